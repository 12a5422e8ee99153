package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.testkit.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The role floating_ip on two real nodes with a real keepalived: the address moves when it has to, and comes back. */
@Timeout(240)
class FloatingIpIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final String NAME = "floating";
    private static final String SUBNET = "10.77.94";
    private static final String ADDRESS = SUBNET + ".2";

    @TempDir
    static Path scratch = Path.of("");

    @BeforeAll
    static void up() throws IOException, InterruptedException {
        Lab.needsRoot();
        Path nodes = Files.writeString(scratch.resolve("nodes"),
                "hub1 %s.11 debian\nhub2 %s.12 debian\n".formatted(SUBNET, SUBNET));
        lab("up", "--fresh", "--nodes", nodes.toString());
        Files.writeString(scratch.resolve("site.yml"), """
                - hosts: all
                  become: true
                  roles: [floating_ip]
                  vars:
                    floating_ip_address: %s/24
                    floating_ip_interface: eth0
                    floating_ip_password: secret12
                    floating_ip_priority: "{{ priorities[inventory_hostname] }}"
                    priorities: {hub1: 150, hub2: 90}
                """.formatted(ADDRESS));
        Files.writeString(scratch.resolve("verify.yml"), """
                - hosts: all
                  become: true
                  tasks:
                    - include_role: {name: floating_ip, tasks_from: verify}
                      vars: {floating_ip_address: %s/24}
                """.formatted(ADDRESS));
    }

    @AfterAll
    static void down() throws IOException, InterruptedException {
        if (Files.exists(scratch.resolve("nodes"))) {
            lab("down", "--purge");
        }
    }

    @Test
    void theAddressMovesAndComesBack() throws Exception {
        Cli.Said foreseen = play("site.yml", "--check", "--diff");
        assertEquals(0, foreseen.code(), foreseen::toString);
        assertTrue(!foreseen.toString().contains("secret12"), foreseen::toString);
        Cli.Said first = play("site.yml");
        assertEquals(0, first.code(), first::toString);
        Cli.Said second = play("site.yml");
        assertEquals(2, second.out().split("changed=0 ", -1).length - 1, second::toString);

        holds("hub1", 10_000);
        Cli.Said verified = play("verify.yml");
        assertEquals(0, verified.code(), verified::toString);

        on("hub1", "systemctl stop keepalived");
        holds("hub2", 1_500); // it says goodbye: RFC 3768, 5.3.4, priority 0
        on("hub1", "systemctl start keepalived");
        holds("hub1", 8_000);

        on("hub1", "nohup sh -c 'ip link set eth0 down; sleep 12; ip link set eth0 up' >/dev/null 2>&1 &");
        holds("hub2", 3_000 + (256 - 90) * 1000 / 256 + 1_000); // three advertisements and the skew: 6.1
        holds("hub1", 25_000);
    }

    @Test
    void twoNodesOfOnePriorityAreRefused() {
        Cli.Said said = play("site.yml", "-e", "{\"priorities\": {\"hub1\": 100, \"hub2\": 100}}");
        assertTrue(said.code() == 4 && said.out().isEmpty()
                && said.err().contains("hub1: floating_ip_priority: 100 is the priority of hub2, too")
                && said.err().contains("hub2: floating_ip_priority: 100 is the priority of hub1, too"),
                said::toString);
    }

    /** Waits until the node has the address, no longer than the protocol may take. */
    private static void holds(String node, long milliseconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        String netns = NAME + "-" + node;
        while (run("ip", "netns", "exec", netns, "ip", "-o", "addr", "show", "to", ADDRESS).isBlank()) {
            assertTrue(System.nanoTime() < end,
                    () -> node + " did not get " + ADDRESS + " within " + milliseconds + " ms");
            Thread.sleep(50);
        }
    }

    private static Cli.Said play(String book, String... more) {
        var words = new ArrayList<>(List.of("run", "-i", "/var/lib/bramble-lab/" + NAME + "/inventory.yml"));
        words.addAll(List.of(more));
        words.add(scratch.resolve(book).toString());
        return new Cli(PROJECT, scratch.resolve("data"))
                .call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()), words);
    }

    private static void on(String node, String command) throws IOException, InterruptedException {
        lab("ssh", node, "sudo sh -c \"" + command + "\"");
    }

    private static void lab(String... words) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(PROJECT.resolve("lab/lab").toString()));
        all.addAll(List.of(words));
        run(all.toArray(String[]::new));
    }

    private static String run(String... words) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("BRAMBLE_LAB_NAME", NAME);
        builder.environment().put("BRAMBLE_LAB_SUBNET", SUBNET);
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0, printed);
        return printed;
    }
}
