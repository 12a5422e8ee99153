package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.testkit.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The facts of tasks to come are read along: that saves round trips, and shows in no result. */
class ReadingAheadTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void tasksThatChangeNothingShareRoundTrips() throws IOException {
        String tasks = IntStream.range(0, 20)
                .mapToObj(i -> "    - file: {path: HERE/folder" + i + ", state: directory}\n")
                .collect(Collectors.joining());
        try (SshServer server = server()) {
            int alone = turns(server, "    - ping:\n");
            turns(server, tasks);
            // the first reading takes one task along; the third task's three, the seventh's seven, the fifteenth's the rest
            assertEquals(4, turns(server, tasks) - alone + 1);
        }
    }

    @Test
    void aTaskSeesWhatTheTasksBeforeItDid() throws IOException {
        try (SshServer server = server()) {
            turns(server, """
                        - stat: {path: HERE/made}
                        - stat: {path: HERE/made}
                        - copy: {content: one, dest: HERE/made}
                        - stat: {path: HERE/made}
                          register: written
                        - stat: {path: HERE/other}
                        - shell: echo two > HERE/made; echo more > HERE/other
                          when: inventory_hostname == 'n1'
                        - slurp: {src: HERE/made}
                          register: read
                        - stat: {path: HERE/other}
                          register: other
                        - stat: {path: HERE/other}
                        - file: {path: HERE/other, state: absent}
                          delegate_to: n2
                          run_once: true
                        - stat: {path: HERE/other}
                          register: gone
                        - assert:
                            that:
                              - written.stat.exists
                              - read.content | b64decode == 'two\\n'
                              - other.stat.size == 5
                              - not gone.stat.exists
                    """);
        }
    }

    @Test
    void aTaskSeesWhatHappenedWhileAnEarlierOneWaited() throws IOException {
        try (SshServer server = server()) {
            turns(server,
                    """
                                - stat: {path: HERE/calm}
                                - stat: {path: HERE/calm}
                                - shell: (sleep 2; echo done > HERE/result; echo done > HERE/signal) </dev/null >/dev/null 2>&1 &
                                - stat: {path: HERE/calm}
                                - stat: {path: HERE/calm}
                                - stat: {path: HERE/signal}
                                  register: signal
                                  until: signal.stat.exists
                                  retries: 40
                                  delay: 0.2
                                - stat: {path: HERE/result}
                                  register: result
                                - assert: {that: result.stat.exists}
                            """);
        }
    }

    @Test
    void whatIsOnlyForeseenIsNotLookedUp() throws IOException {
        try (SshServer server = server()) {
            turns(server, """
                        - stat: {path: HERE/calm}
                        - stat: {path: HERE/calm}
                        - stat: {path: "{{ lookup('pipe', 'echo x >> HERE/asked; echo HERE/calm') }}"}
                          when: inventory_hostname == 'n1'
                    """);
            assertEquals("x\n", Files.readString(folder.resolve("asked")));
        }
    }

    @Test
    void whatIsWrongWithATaskToComeIsToldWhenItsTurnComes() throws IOException {
        Path folderToCopy = Files.createDirectories(folder.resolve("tree/deep"));
        Files.createSymbolicLink(folderToCopy.resolve("loop"), Path.of("loop"));
        try (SshServer server = server()) {
            turns(server, """
                        - stat: {path: HERE}
                        - stat: {path: HERE}
                        - copy: {src: tree/, dest: HERE/copied, local_follow: true}
                          ignore_errors: true
                        - stat: {path: HERE}
                          register: last
                        - assert: {that: last.stat.exists}
                    """);
        }
    }

    private static SshServer server() throws IOException {
        return SshServer.start().password("ada", "lovelace");
    }

    /** Plays the tasks, on two hosts that are one machine where they name both; counts the round trips. */
    private int turns(SshServer server, String tasks) throws IOException {
        int before = server.turns();
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        String reached = " ansible_host=127.0.0.1 ansible_port=" + server.port()
                + " ansible_user=ada ansible_password=lovelace ansible_ssh_common_args='-F none -o UserKnownHostsFile="
                + known + "'\n";
        boolean two = tasks.contains("n2");
        Files.writeString(folder.resolve("hosts"), "n1" + reached + (two ? "n2" + reached : ""));
        Files.writeString(folder.resolve("site.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n"
                + tasks.replace("HERE", folder.toString()));
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "site.yml");
        assertEquals(0, said.code(), said::toString);
        return server.turns() - before;
    }
}
