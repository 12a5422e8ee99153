package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.testkit.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a run asks its node, counted by the server: an unchanged task costs one round trip, a changed one two. */
class RoundTripsTest {
    /** A task; how many round trips it costs when it changes something, and when all is as desired. */
    private record Cost(String task, int changed, int unchanged) {}

    private static final List<Cost> COSTS = List.of(
            new Cost("file: {path: HERE/folder/below, state: directory, mode: '0750'}", 2, 1),
            new Cost("file: {src: page.j2, dest: HERE/link, state: link}", 2, 1),
            new Cost("copy: {content: \"some text\\n\", dest: HERE/copied, mode: '0600'}", 2, 1),
            new Cost("template: {src: page.j2, dest: HERE/page}", 2, 1),
            new Cost("lineinfile: {path: HERE/lines, line: one more, create: true}", 2, 1),
            new Cost("blockinfile: {path: HERE/lines, block: a block}", 2, 1),
            new Cost("replace: {path: HERE/lines, regexp: 'one m\\S+', replace: 1 more}", 2, 1),
            new Cost("copy: {content: \"what $HOME and ${PATH} are is nobody's question\\n\", dest: HERE/plain}", 2, 1),
            new Cost("stat: {path: HERE/lines}", 1, 1),
            new Cost("slurp: {src: HERE/lines}", 1, 1),
            new Cost("command: touch HERE/touched creates=HERE/touched", 2, 1),
            new Cost("{file: {path: \"HERE/loop{{ item }}\", state: directory}, loop: \"{{ range(20) | list }}\"}", 2,
                    1),
            new Cost("{template: {src: page.j2, dest: \"HERE/{{ item }}.html\"}, loop: [a, b, c]}", 2, 1),
            new Cost("{file: {path: \"HERE/one{{ item }}\", state: directory}, loop: [1, 2, 3, 4], register: made}", 2,
                    1));

    /** Items of a loop that look at what an earlier one gave, or that only run a command, go one after another. */
    private static final List<Cost> ONE_BY_ONE = List.of(
            new Cost("{file: {path: \"HERE/after{{ item }}\", state: directory}, loop: [1, 2, 3, 4], register: made,"
                    + " when: made is not defined or made is not failed}", 8, 4),
            new Cost("{command: \"echo {{ item }}\", loop: [1, 2, 3, 4], changed_when: false}", 4, 4));

    @TempDir
    Path folder = Path.of("");

    @Test
    void anUnchangedTaskCostsOneRoundTripAChangedOneTwo() throws IOException {
        assertEquals(costs(COSTS), measured(COSTS));
    }

    @Test
    void someLoopsCostRoundTripsForEachItem() throws IOException {
        assertEquals(costs(ONE_BY_ONE), measured(ONE_BY_ONE));
    }

    /** What nodes are asked before the run goes with the first round trip, which asks what they are; without a question, nobody is asked. */
    @Test
    void toLookAtANodeBeforehandCostsNoRoundTrip() throws IOException {
        assumeTrue(Stream.of("/boot/config.txt", "/boot/firmware/config.txt", "/proc/device-tree/model").map(Path::of)
                .noneMatch(Files::exists), "this machine may be a Raspberry Pi");
        String pi = "ping:\n    - command: echo /boot\n    - boot_config: {settings: {gpu_mem: 16}}\n      ";
        try (SshServer server = serving()) {
            assertEquals(trips(server, 2, pi + "loop: [1]"), trips(server, 2, pi + "tags: looked"));
            int before = server.turns();
            assertEquals(4, play(pi.replace("echo /boot", "echo") + "tags: looked").code());
            assertEquals(1, server.turns() - before);
        }
    }

    private static List<String> costs(List<Cost> costs) {
        return costs.stream().map(cost -> line(cost, cost.changed, cost.unchanged)).toList();
    }

    private static String line(Cost cost, int changed, int unchanged) {
        return changed + " changed, " + unchanged + " unchanged: " + cost.task;
    }

    private List<String> measured(List<Cost> costs) throws IOException {
        Files.writeString(folder.resolve("page.j2"), "{{ inventory_hostname }}\n");
        Files.createDirectories(folder.resolve("templates"));
        var lines = new ArrayList<String>();
        try (SshServer server = serving()) {
            int alone = trips(server, 0, "ping:") - 1;
            for (Cost cost : costs) {
                lines.add(line(cost, trips(server, 0, cost.task) - alone, trips(server, 0, cost.task) - alone));
            }
        }
        return lines;
    }

    private SshServer serving() throws IOException {
        SshServer server = SshServer.start().password("ada", "lovelace");
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        Files.writeString(folder.resolve("hosts"), "n1 ansible_host=127.0.0.1 ansible_port=" + server.port()
                + " ansible_user=ada ansible_password=lovelace"
                + " ansible_ssh_common_args='-F none -o UserKnownHostsFile=" + known + "'\n");
        return server;
    }

    /** Plays a play of one task, and counts. */
    private int trips(SshServer server, int code, String task) throws IOException {
        int before = server.turns();
        Cli.Said said = play(task);
        assertEquals(code, said.code(), said::toString);
        return server.turns() - before;
    }

    private Cli.Said play(String task) throws IOException {
        Files.writeString(folder.resolve("site.yml"),
                "- hosts: all\n  gather_facts: false\n  tasks:\n    - " + task.replace("HERE", folder.toString())
                        + "\n");
        return new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "site.yml");
    }
}
