package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many hosts work at once, in which order they begin, and who does not count because it only waits. */
@Timeout(120)
class AtOnceTest {
    /** Not sorted, to tell their order from that of names. */
    private static final List<String> HOSTS = List.of("z", "c", "x", "a", "y", "b");
    /** Writes down that it begins, waits until so many have begun, and writes down that it ends. */
    private static final String MEETS = "echo begin >>FOLDER/log; "
            + "while [ -d FOLDER ] && [ $(grep -c begin FOLDER/log) -lt MEET ]; do sleep 0.02; done; echo end >>FOLDER/log";

    @TempDir
    Path folder = Path.of("");

    private Cli.Said play(String play, String... flags) throws IOException {
        Files.writeString(folder.resolve("hosts"), String.join(" ansible_connection=local\n", HOSTS)
                + " ansible_connection=local\n");
        Files.writeString(folder.resolve("site.yml"), play.replace("FOLDER", folder.toString()));
        var arguments = new ArrayList<>(List.of("run", "-i", "hosts", "site.yml"));
        arguments.addAll(List.of(flags));
        return new Cli(folder, folder.resolve("data")).call(arguments);
    }

    @ParameterizedTest
    @CsvSource({"'', 6, 6, 6", "'', 2, 2, 2", "'', 1, 1, 1", "'throttle: 2', 6, 2, 2", "'throttle: 1', 6, 1, 1",
        "'throttle: 3', 2, 2, 2", "'throttle: \"{{ 1 + 1 }}\"', 6, 2, 2", "'throttle: 0', 6, 6, 6"})
    void soManyHostsWorkAtOnce(String keyword, int forks, int meet, int most) throws IOException {
        Cli.Said said = play("""
                - hosts: all
                  gather_facts: false
                  tasks:
                    - shell: "%s"
                      %s
                """.formatted(MEETS.replace("MEET", Integer.toString(meet)), keyword), "--forks",
                Integer.toString(forks));
        assertEquals(0, said.code(), said::toString);
        int now = 0;
        int seen = 0;
        for (String line : Files.readAllLines(folder.resolve("log"))) {
            now += line.equals("begin") ? 1 : -1;
            seen = Math.max(seen, now);
        }
        assertEquals(most, seen);
        assertEquals(0, now);
    }

    @ParameterizedTest
    @CsvSource({"inventory, z c x a y b", "reverse_inventory, b y a x c z", "sorted, a b c x y z",
        "reverse_sorted, z y x c b a"})
    void withOneForkHostsGoInOrder(String order, String expected) throws IOException {
        Cli.Said said = play("""
                - hosts: all
                  gather_facts: false
                  order: %s
                  tasks:
                    - name: One
                      shell: echo {{ inventory_hostname }} >>FOLDER/order
                      notify: Tell
                    - name: Two
                      debug: {msg: hello}
                    - name: Three
                      shell: echo {{ inventory_hostname }} >>FOLDER/order
                      throttle: 1
                  handlers:
                    - name: Tell
                      shell: echo {{ inventory_hostname }} >>FOLDER/order
                """.formatted(order), "--forks", "1");
        assertEquals(0, said.code(), said::toString);
        assertEquals(String.join(" ", expected, expected, expected),
                String.join(" ", Files.readAllLines(folder.resolve("order"))));
        for (String task : List.of("One", "Two", "Three", "Tell")) {
            assertEquals(expected, shown(said.out(), task), said::toString);
        }
    }

    @Test
    void serialBatchesGoInOrderToo() throws IOException {
        Cli.Said said = play("""
                - hosts: all
                  gather_facts: false
                  serial: 2
                  order: sorted
                  tasks:
                    - shell: echo {{ inventory_hostname }} >>FOLDER/order
                """, "--forks", "1");
        assertEquals(0, said.code(), said::toString);
        assertEquals(HOSTS.stream().sorted().toList(), Files.readAllLines(folder.resolve("order")));
    }

    /** The hosts of a task's lines, in their order. */
    private static String shown(String out, String task) {
        return String.join(" ", Arrays.stream(out.split("\n\n", -1)).filter(block -> block.contains("[" + task + "] *"))
                .flatMap(String::lines).filter(line -> line.matches("(ok|changed): \\[.*"))
                .map(line -> line.replaceAll(".*: \\[(\\w+)].*", "$1")).toList());
    }

    /** What one host waits for is done by another, which needs the only fork. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wait_for: {path: FOLDER/made, timeout: 60}|
            command: test -e FOLDER/made|until: waits is success, retries: 600, delay: 0.1
            """)
    void whoOnlyWaitsNeedsNoFork(String waits, String keywords) throws IOException {
        Cli.Said said = play("""
                - hosts: z:c
                  gather_facts: false
                  strategy: free
                  tasks:
                    - %s
                      when: inventory_hostname == 'z'
                      register: waits
                %s
                    - command: touch FOLDER/made
                      when: inventory_hostname == 'c'
                """.formatted(waits, keywords == null
                ? ""
                : String.join("\n", Stream.of(keywords.split(", ", -1)).map(line -> "      " + line).toList())),
                "--forks", "1");
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void aTaskThatTakesTooLongIsEnded() throws IOException {
        Cli.Said said = play("""
                - hosts: z
                  gather_facts: false
                  tasks:
                    - block:
                        - name: Long
                          shell: echo $$ >FOLDER/pid; echo before; sleep 600; echo after >FOLDER/after
                          timeout: 1
                          register: long
                      rescue:
                        - debug: {msg: "rescued {{ ansible_failed_task.name }}"}
                    - name: Loop
                      shell: echo {{ item }} >>FOLDER/items; sleep {{ item }}
                      loop: [0, 600, 0]
                      timeout: 1
                      ignore_errors: true
                    - name: Quick
                      command: echo on
                      timeout: 60
                """);
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("fatal: [z]: FAILED! => ") && said.out().contains("rescued Long")
                && said.out().contains("failed to execute in the expected time frame (1) and was terminated"),
                said::toString);
        assertFalse(Files.exists(folder.resolve("after")));
        assertFalse(runs(Files.readString(folder.resolve("pid")).strip()), "the command lives on");
        assertEquals(List.of("0", "600", "0"), Files.readAllLines(folder.resolve("items")),
                "each item has its own time");
        assertTrue(said.out().contains("failed: [z] (item=600)") && said.out().contains("changed: [z] => (item=0)"),
                said::toString);
    }

    private static boolean runs(String process) throws IOException {
        try {
            return !Files.readString(Path.of("/proc", process, "stat")).matches("(?s).*\\) [ZX] .*");
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
