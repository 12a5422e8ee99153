package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.record.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every run is recorded, can be read afterwards, and a run that did not come to its end can be continued. */
class RecordsTest {
    private static final String PLAYBOOK = """
            - name: Work
              hosts: all
              gather_facts: false
              tasks:
                - name: Count
                  shell: echo {{ inventory_hostname }} >> FOLDER/count
                  register: counted
                  notify: Tell
                - name: Write
                  copy: {dest: "FOLDER/{{ inventory_hostname }}", content: "{{ counted.rc }}, {{ password }}"}
                  vars: {password: !unsafe s3cret}
                  no_log: true
                - name: Stumble
                  command: test -e FOLDER/stone
                  changed_when: false
                  when: inventory_hostname == 'n2'
                - name: Go on
                  debug: {msg: "rc was {{ counted.rc }}"}
              handlers:
                - name: Tell
                  shell: echo {{ inventory_hostname }} >> FOLDER/told
            """;

    @TempDir
    Path folder = Path.of("");

    @Test
    void aFailedRunIsShownAndContinued() throws IOException {
        var cli = new Cli(folder, folder.resolve("data"));
        Files.writeString(folder.resolve("site.yml"), PLAYBOOK.replace("FOLDER", folder.toString()));
        Files.writeString(folder.resolve("hosts"), "n[1:2] ansible_connection=local\n");

        Cli.Said first = cli.call("run", "-i", "hosts", "site.yml");
        assertEquals(2, first.code(), first::toString);

        Cli.Said list = cli.call("history");
        assertTrue(list.out().lines().anyMatch(line -> line.contains("site.yml") && line.contains("failed")),
                list::toString);
        Cli.Said shown = cli.call("history", "show", "last", "--host", "n2");
        assertTrue(shown.out().contains("Stumble") && shown.out().contains("site.yml:13"), shown::toString);
        assertTrue(shown.out().contains("n2 failed") && !shown.out().contains("n1 "), shown::toString);
        Cli.Said host = cli.call("history", "host", "n1");
        assertTrue(host.out().contains("Count") && host.out().contains("n1 changed"), host::toString);
        assertTrue(!(shown.out() + host.out() + list.out()).contains("s3cret"), "a secret is shown");

        Files.createFile(folder.resolve("stone"));
        Cli.Said second = cli.call("run", "-i", "hosts", "site.yml", "--resume");
        assertEquals(0, second.code(), second::toString);
        assertTrue(second.out().contains("\"msg\": \"rc was 0\""), second::toString);
        assertEquals(List.of("n1", "n2"), Files.readAllLines(folder.resolve("count")).stream().sorted().toList(),
                "what was done is not done again");
        assertEquals(List.of("n1", "n2"), Files.readAllLines(folder.resolve("told")).stream().sorted().toList(),
                "each host's pending handler has run, once");
        assertEquals(1, cli.call("run", "-i", "hosts", "site.yml", "--resume").code(), "there is nothing to continue");
    }

    @Test
    void whatIsSlowToCountIsCountedForWhoeverLooksAtIt() throws IOException {
        Files.writeString(folder.resolve("large"), "large".repeat(1_000_000));
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - copy: {src: large, dest: "{{ playbook_dir }}/one"}
                    - copy: {src: large, dest: "{{ playbook_dir }}/two"}
                      register: two
                    - assert: {that: two.md5sum == 'e49f8091700de2b30b01d74111ee9861'}
                    - block:
                        - copy: {src: large, dest: "{{ playbook_dir }}/three"}
                          failed_when: true
                      rescue:
                        - assert: {that: ansible_failed_result.md5sum == two.md5sum}
                """);
        var cli = new Cli(folder, folder.resolve("data"));
        Cli.Said said = cli.call("run", "-i", "localhost,", "-c", "local", "site.yml");
        assertEquals(0, said.code(), said::toString);
        try (var history = new History(folder.resolve("data/runs.db"))) {
            List<History.Entry> entries = history.entries(history.runs(1).getFirst().id());
            assertTrue(entries.get(0).result().get("checksum").isPresent(), entries::toString);
            assertTrue(entries.get(0).result().get("md5sum").isEmpty(), entries::toString);
            assertTrue(entries.get(1).result().get("md5sum").isPresent(), entries::toString);
        }
        Files.delete(folder.resolve("one"));
        assertTrue(cli.call("run", "-v", "-i", "localhost,", "-c", "local", "site.yml").out()
                .contains("\"md5sum\": \"e49f8091700de2b30b01d74111ee9861\""));
    }

    @Test
    void aRunMayBeContinuedMoreThanOnce() throws IOException {
        Files.writeString(folder.resolve("twice.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - name: For all
                      shell: echo once >> FOLDER/once
                      run_once: true
                      register: all
                    - name: Change
                      copy: {dest: FOLDER/changed, content: new}
                      notify: Tell
                    - name: Stumble
                      command: test -e FOLDER/stone
                      changed_when: false
                    - name: See
                      debug: {msg: "rc is {{ all.rc }}"}
                  handlers:
                    - name: Tell
                      shell: echo told >> FOLDER/told
                      run_once: true
                """.replace("FOLDER", folder.toString()));
        Files.writeString(folder.resolve("hosts"), "n[1:2] ansible_connection=local\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(2, cli.call("run", "-i", "hosts", "twice.yml").code());
        assertEquals(2, cli.call("run", "-i", "hosts", "twice.yml", "--resume").code());
        Files.createFile(folder.resolve("stone"));
        Cli.Said last = cli.call("run", "-i", "hosts", "twice.yml", "--resume");
        assertEquals(0, last.code(), last::toString);
        assertEquals(List.of("once"), Files.readAllLines(folder.resolve("once")), "done once for all");
        assertEquals(List.of("told"), Files.readAllLines(folder.resolve("told")), "notified by the first run");
    }

    /** What is edited between a run that stumbled and its continuation, and which tasks are then played again. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nothing    |                |                 |
            site.yml   | # moved        | "\\n"            |
            site.yml   | echo own       | "echo  own"     | own
            site.yml   | name: KEYWORD  | "name: KEYWORD\\n      delay: 1" | keyword
            site.yml   | echo given     | echo other      | variable
            vars.yml   | file: a        | "file: b"       | file
            vars.yml   | deep: a        | "deep: b"       | file
            vars.yml   | unused: a      | "unused: b"     |
            page.j2    | page           | pages           | template
            """)
    void whatWasEditedIsPlayedAgain(String file, String old, String edited, String again) throws IOException {
        Files.writeString(folder.resolve("site.yml"), """
                # moved
                - hosts: all
                  gather_facts: false
                  vars: {given: "echo given"}
                  vars_files: [vars.yml]
                  tasks:
                    - shell: echo own; echo own >> FOLDER/played
                    - shell: echo keyword >> FOLDER/played
                      # name: KEYWORD
                    - shell: "{{ given }}; echo variable >> FOLDER/played"
                    - shell: "echo {{ file }}; echo file >> FOLDER/played"
                    - template: {src: page.j2, dest: FOLDER/page, force: true}
                    - shell: test -e FOLDER/stone
                """.replace("FOLDER", folder.toString()).replace("# name:", "name:"));
        Files.writeString(folder.resolve("vars.yml"), "file: a{{ deep }}\ndeep: a\nunused: a\n");
        Files.writeString(folder.resolve("page.j2"), "page {{ given }}\n");
        Files.writeString(folder.resolve("hosts"), "n[1:2] ansible_connection=local\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(2, cli.call("run", "-i", "hosts", "site.yml").code());
        Files.createFile(folder.resolve("stone"));
        Files.delete(folder.resolve("played"));
        Files.createFile(folder.resolve("played"));
        Files.delete(folder.resolve("page"));
        if (old != null) {
            Path path = folder.resolve(file);
            String text = Files.readString(path);
            assertTrue(text.contains(old));
            Files.writeString(path, text.replace(old, edited.replace("\"", "").replace("\\n", "\n")));
        }

        Cli.Said said = cli.call("run", "-i", "hosts", "site.yml", "--resume");

        assertEquals(0, said.code(), said::toString);
        var played = new TreeSet<>(Files.readAllLines(folder.resolve("played")));
        if (Files.exists(folder.resolve("page"))) {
            played.add("template");
        }
        assertTrue(again == null ? played.isEmpty() : played.contains(again), () -> played + "\n" + said);
        assertTrue(again == null || !again.equals("own") || played.size() == 1, played::toString);
        assertEquals(played.size(), said.err().lines().filter(line -> line.contains("it is played again")).count(),
                said::toString);
    }

    @Test
    void whatLooksAtATaskThatWasPlayedAgainIsPlayedAgain() throws IOException {
        String play = """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - shell: echo one
                      register: r
                      changed_when: "'two' in r.stdout"
                    - shell: echo skipped >> FOLDER/played
                      when: r is changed
                    - shell: echo {{ r.stdout }} >> FOLDER/played
                    - shell: test -e FOLDER/stone
                """.replace("FOLDER", folder.toString());
        Files.writeString(folder.resolve("site.yml"), play);
        Files.writeString(folder.resolve("hosts"), "n1 ansible_connection=local\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(2, cli.call("run", "-i", "hosts", "site.yml").code());
        Files.createFile(folder.resolve("stone"));
        Files.writeString(folder.resolve("site.yml"), play.replace("echo one", "echo two"));
        Cli.Said said = cli.call("run", "-i", "hosts", "site.yml", "--resume");
        assertEquals(0, said.code(), said::toString);
        assertEquals(List.of("one", "skipped", "two"), Files.readAllLines(folder.resolve("played")));
    }

    /** Also where the handler itself was not edited, and came at the same place in the run that is continued. */
    @Test
    void aHandlerIsPlayedAgainAfterTheTaskThatNotifiesIt() throws IOException {
        String playbook = """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - copy: {content: old, dest: FOLDER/conf}
                      notify: Restart
                    - meta: flush_handlers
                    - shell: test -e FOLDER/stone
                  handlers:
                    - name: Restart
                      shell: cat FOLDER/conf >> FOLDER/restarted; echo >> FOLDER/restarted
                """.replace("FOLDER", folder.toString());
        Files.writeString(folder.resolve("site.yml"), playbook);
        Files.writeString(folder.resolve("hosts"), "n1 ansible_connection=local\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(2, cli.call("run", "-i", "hosts", "site.yml").code());
        assertEquals(2, cli.call("run", "-i", "hosts", "site.yml", "--resume").code());
        assertEquals(List.of("old"), Files.readAllLines(folder.resolve("restarted")), "it was restarted already");
        Files.createFile(folder.resolve("stone"));
        Files.writeString(folder.resolve("site.yml"), playbook.replace("content: old", "content: new"));
        Cli.Said said = cli.call("run", "-i", "hosts", "site.yml", "--resume");
        assertEquals(0, said.code(), said::toString);
        assertEquals(List.of("old", "new"), Files.readAllLines(folder.resolve("restarted")), said::toString);
    }

    /** Files that are not named outright: what is in them now can't be told from what the task says. */
    @Test
    void whatTakesFilesOfAFolderOrByAnExpressionIsPlayedAgain() throws IOException {
        Files.createDirectories(folder.resolve("files/tree"));
        for (String name : List.of("files/tree/in-folder", "files/by-name", "files/by-lookup")) {
            Files.writeString(folder.resolve(name), "old\n");
        }
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - copy: {src: tree/, dest: FOLDER/to/}
                    - copy: {src: "{{ inventory_hostname | replace('n1', 'by-name') }}", dest: FOLDER/to/}
                    - copy: {content: "{{ lookup('file', 'by-lookup') }}", dest: FOLDER/to/by-lookup}
                    - shell: test -e FOLDER/stone
                """.replace("FOLDER", folder.toString()));
        Files.writeString(folder.resolve("hosts"), "n1 ansible_connection=local\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(2, cli.call("run", "-i", "hosts", "site.yml").code());
        Files.createFile(folder.resolve("stone"));
        for (String name : List.of("files/tree/in-folder", "files/by-name", "files/by-lookup")) {
            Files.writeString(folder.resolve(name), "new\n");
        }
        Cli.Said said = cli.call("run", "-i", "hosts", "site.yml", "--resume");
        assertEquals(0, said.code(), said::toString);
        for (String name : List.of("in-folder", "by-name", "by-lookup")) {
            assertEquals("new", Files.readString(folder.resolve("to").resolve(name)).strip(), said::toString);
        }
    }

    @Test
    void anotherMachineOfThatNameIsNotTakenForDone() throws IOException {
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - shell: echo {{ inventory_hostname }} >> FOLDER/played
                    - shell: echo once >> FOLDER/played
                      run_once: true
                    - shell: test -e FOLDER/stone
                """.replace("FOLDER", folder.toString()));
        String local = " ansible_connection=local ansible_host=192.0.2.";
        Files.writeString(folder.resolve("hosts"), "n1" + local + "1\nn2" + local + "2\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(2, cli.call("run", "-i", "hosts", "site.yml").code());
        Files.createFile(folder.resolve("stone"));
        Files.writeString(folder.resolve("other"), "n1" + local + "1\nn2" + local + "3\n");
        Files.writeString(folder.resolve("played"), "");
        Cli.Said said = cli.call("run", "-i", "other", "site.yml", "--resume");
        assertEquals(0, said.code(), said::toString);
        assertEquals(List.of("n2"), Files.readAllLines(folder.resolve("played")), said::toString);
    }

    @Test
    void aRunThatGoesOnIsNotContinued() throws Exception {
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - shell: echo begun > FOLDER/begun; while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.1; done
                """.replace("FOLDER", folder.toString()));
        var cli = new Cli(folder, folder.resolve("data"));
        Thread first = Thread.ofVirtual().start(() -> cli.call("run", "-i", "localhost,", "-c", "local", "site.yml"));
        try {
            while (!Files.exists(folder.resolve("begun"))) {
                Thread.sleep(20);
            }
            Cli.Said second = cli.call("run", "-i", "localhost,", "-c", "local", "site.yml", "--resume");
            assertEquals(1, second.code(), second::toString);
            assertTrue(
                    second.err().matches("(?s).*but the run \\d{8}-\\d{6}-\\d{6} by " + System.getProperty("user.name")
                            + " is still going on, since \\d{4}-.*"),
                    second::toString);
        } finally {
            Files.createFile(folder.resolve("go"));
            first.join();
        }
    }

    @Test
    void eachTextIsKeptOnceAndALongOneInPart() throws Exception {
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - name: Long
                      shell: "echo first; yes 'a line of it' | head -c 3000000; echo last"
                      register: long
                    - name: Loop
                      shell: "echo of {{ item }}; : {{ 'x' * 1000 }}"
                      loop: [one, two]
                      register: loop
                    - name: Stumble
                      command: test -e FOLDER/stone
                    - debug: {msg: "{{ long.stdout_lines | last }}, {{ loop.results | map(attribute='stdout_lines') }}"}
                """.replace("FOLDER", folder.toString()));
        var cli = new Cli(folder, folder.resolve("data"));
        List<String> run = List.of("run", "-i", "localhost,", "-c", "local", "site.yml");
        assertEquals(2, cli.call(run).code());
        try (var history = new History(folder.resolve("data/runs.db"))) {
            List<History.Entry> entries = history.entries(history.runs(1).getFirst().id());
            String kept = entries.getFirst().result().get("stdout").orElseThrow().toString();
            assertTrue(kept.length() < 1024 * 1024 + 100 && kept.startsWith("first\n") && kept.endsWith("last"));
            assertTrue(kept.contains("[... left out of the record: 1951"), "it says how much is left out");
            History.Entry loop = entries.stream().filter(entry -> entry.task().equals("Loop")).toList().getLast();
            assertTrue(loop.result().toString().contains("of two"), loop::toString);
        }
        try (var database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/runs.db"));
                var statement = database.createStatement();
                var rows = statement.executeQuery("SELECT sum(length(result)) FROM results")) {
            assertTrue(rows.next() && rows.getLong(1) < 1_200_000, "the output is kept more than once");
        }
        Files.createFile(folder.resolve("stone"));
        var again = new ArrayList<>(run);
        again.add("--resume");
        Cli.Said said = cli.call(again);
        assertTrue(said.out().contains("last, [['of one'], ['of two']]"), said::toString);
        assertTrue(said.out().contains("TASK [Long]") && !said.out().contains("TASK [Loop]"),
                "a result that is not whole is no use: " + said);
    }

    /** With one fork, and items one after another, no two of the times overlap; and items share their task's time. */
    @Test
    void eachItemAndTaskHasItsOwnTime() throws IOException {
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - name: Alone
                      shell: sleep 0.2
                    - name: One by one
                      shell: sleep {{ item }}
                      loop: [0.2, 0, 0.1]
                    - name: Together
                      file: {path: "FOLDER/{{ inventory_hostname }}/{{ item }}", state: directory}
                      loop: "{{ range(40) | list }}"
                """.replace("FOLDER", folder.toString()));
        Files.writeString(folder.resolve("hosts"), "n[1:3] ansible_connection=local\n");
        assertEquals(0, new Cli(folder, folder.resolve("data"))
                .call("run", "-i", "hosts", "site.yml", "--forks", "1").code());
        try (var history = new History(folder.resolve("data/runs.db"))) {
            List<History.Entry> entries = history.entries(history.runs(1).getFirst().id());
            inARow(entries.stream().filter(entry -> entry.item().isEmpty()).toList());
            inARow(entries.stream().filter(entry -> entry.task().equals("One by one") && entry.item().isPresent())
                    .toList());
            for (History.Entry task : entries.stream().filter(entry -> entry.item().isEmpty()).toList()) {
                Duration items = entries.stream()
                        .filter(entry -> entry.item().isPresent() && entry.host().equals(task.host())
                                && entry.position().equals(task.position()))
                        .map(History.Entry::took).reduce(Duration.ZERO, Duration::plus);
                assertTrue(items.compareTo(task.took()) <= 0, () -> items + " in " + task);
            }
        }
    }

    private static void inARow(List<History.Entry> entries) {
        for (int i = 1; i < entries.size(); i++) {
            History.Entry before = entries.get(i - 1);
            History.Entry after = entries.get(i);
            assertFalse(before.started().plus(before.took()).isAfter(after.started()), () -> before + "\n" + after);
        }
    }

    @Test
    void aKilledRunLeavesAReadableRecord() throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        Path waiting = folder.resolve("waiting");
        Files.writeString(folder.resolve("slow.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - name: Done before
                      copy: {dest: "%s", content: "here\\n"}
                    - name: Never done
                      shell: test -e %s || sleep 60
                """.formatted(waiting, folder.resolve("go")));
        var command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "run",
                "-i", "localhost,", "-c", "local", "slow.yml").directory(folder.toFile())
                .redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
        command.environment().put("BRAMBLE_DATA", data.toString());
        Process run = command.start();
        try {
            try (var history = new History(data.resolve("runs.db"))) {
                while (run.isAlive() && !recorded(history)) {
                    run.waitFor(50, TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            run.descendants().forEach(ProcessHandle::destroyForcibly);
            run.destroyForcibly().waitFor();
        }
        var cli = new Cli(folder, data);
        Cli.Said list = cli.call("history");
        assertTrue(list.out().lines().anyMatch(line -> line.contains("slow.yml") && line.contains("killed")),
                () -> list + said());
        Cli.Said shown = cli.call("history", "show", "last");
        assertTrue(shown.out().contains("Done before") && shown.out().contains("+here"), shown::toString);

        Files.createFile(folder.resolve("go"));
        Files.delete(waiting);
        Cli.Said rest = cli.call("run", "-i", "localhost,", "-c", "local", "slow.yml", "--resume");
        assertEquals(0, rest.code(), rest::toString);
        assertTrue(rest.out().contains("changed: [localhost]") && Files.notExists(waiting),
                () -> "what was done is not done again: " + rest);
    }

    private static boolean recorded(History history) {
        return history.runs(1).stream().anyMatch(run -> history.entries(run.id()).stream()
                .anyMatch(entry -> entry.task().equals("Done before")));
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
