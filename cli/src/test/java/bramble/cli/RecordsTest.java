package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.record.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
