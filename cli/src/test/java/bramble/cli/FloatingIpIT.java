package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The role floating_ip on two real nodes with a real keepalived: the address moves when it has to, and comes back. */
@Isolated("the address has to move as fast as the protocol says")
@Timeout(240)
class FloatingIpIT {
    private static final String SUBNET = "10.77.94";
    private static final String ADDRESS = SUBNET + ".2";

    /** How long hub2 waits, of priority 90, once it has missed three signs of life: (256 - priority) / 256 seconds. */
    private static final long SKEW = (256 - 90) * 1000 / 256;

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void theAddressMovesAndComesBack() throws InterruptedException {
        try (RoleLab lab = RoleLab.up("floating", SUBNET, scratch, """
                hub1 .11 debian
                hub2 .12 debian
                """)) {
            lab.write("site.yml", """
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
            lab.write("verify.yml", """
                    - hosts: all
                      become: true
                      tasks:
                        - include_role: {name: floating_ip, tasks_from: verify}
                          vars: {floating_ip_address: %s/24}
                    """.formatted(ADDRESS));
            twoNodesOfOnePriorityAreRefused(lab);

            Cli.Said foreseen = lab.settles(2, "site.yml");
            assertFalse(foreseen.toString().contains("secret12"), foreseen::toString);
            holds(lab, "hub1", System.currentTimeMillis(), 10_000);
            lab.plays("verify.yml");

            // The node tells when it began: the log-in before that takes as long as it takes. RFC 3768, 5.3.4: priority 0.
            long stopped = Long.parseLong(lab.on("hub1", "date +%s%3N; systemctl --no-block stop keepalived").strip());
            holds(lab, "hub2", stopped, 1_500);
            lab.on("hub1", "systemctl start keepalived");
            holds(lab, "hub1", System.currentTimeMillis(), 8_000);

            long cut = System.currentTimeMillis();
            lab.inside("hub1", "ip", "link", "set", "eth0", "down");
            holds(lab, "hub2", cut, 3 * 1_000 + SKEW + 1_000); // 6.1
            lab.inside("hub1", "ip", "link", "set", "eth0", "up");
            holds(lab, "hub1", System.currentTimeMillis(), 8_000);
            lab.plays("verify.yml");
        }
    }

    private static void twoNodesOfOnePriorityAreRefused(RoleLab lab) {
        Cli.Said said = lab.play("site.yml", "-e", "{\"priorities\": {\"hub1\": 100, \"hub2\": 100}}");
        assertTrue(said.code() == 4 && said.out().isEmpty()
                && said.err().contains("hub1: floating_ip_priority: 100 is the priority of hub2, too")
                && said.err().contains("hub2: floating_ip_priority: 100 is the priority of hub1, too"),
                said::toString);
    }

    /** Waits until the node has the address, no longer than the protocol may take since that moment. */
    private static void holds(RoleLab lab, String node, long since, long milliseconds) throws InterruptedException {
        while (lab.inside(node, "ip", "-o", "addr", "show", "to", ADDRESS).isBlank()) {
            assertTrue(System.currentTimeMillis() - since < milliseconds,
                    () -> node + " did not get " + ADDRESS + " within " + milliseconds + " ms");
            Thread.sleep(50);
        }
    }
}
