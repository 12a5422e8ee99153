package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The role cascade_shutdown on three nodes: the head's restart leaves the others alone, its end takes them along, in order. The
 * role boot_config, which makes the button that ends it.
 */
@Timeout(240)
class CascadeShutdownIT {
    private static final String SUBNET = "10.77.104";
    private static final Map<String, String> ENDS = Map.of("head", "11", "n1", "12", "n2", "13");

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void theHeadTakesTheOthersAlong() throws InterruptedException {
        try (RoleLab lab = RoleLab.up("cascade", SUBNET, scratch, """
                head .11 debian
                n1 .12 debian
                n2 .13 debian
                """)) {
            lab.write("site.yml", """
                    - hosts: all
                      become: true
                      roles: [cascade_shutdown]
                      vars: {cascade_shutdown_head: head, cascade_shutdown_order: [n2, n1]}
                    """);
            lab.write("verify.yml", """
                    - hosts: all
                      become: true
                      tasks:
                        - include_role: {name: cascade_shutdown, tasks_from: verify}
                          vars: {cascade_shutdown_head: head}
                    """);
            button(lab);
            lab.on("n1", "printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/port.conf; systemctl restart ssh");
            String ports = lab.write("ports", "n1 ansible_port=2222\n").toString();
            lab.settles(3, "site.yml", "-i", ports);
            lab.plays("verify.yml", "-i", ports);
            Cli.Said dead = lab.play("site.yml", "-i", lab.write("dead", "n1 ansible_port=9\n").toString());
            assertTrue(dead.code() == 4 && dead.out().matches("(?s).*\\nhead +: ok=\\d+ +changed=1 +unreachable=0 .*"),
                    dead::toString);
            lab.plays("site.yml", "-i", ports);
            assertTrue(lab.on("head",
                    "ssh -i /etc/cascade-shutdown/id_ed25519 -o UserKnownHostsFile=/etc/cascade-shutdown/known_hosts"
                            + " power@" + SUBNET + ".13 id 2>&1 || true")
                    .contains("Only check and off are understood."));

            lab.on("head", "systemctl restart cascade-shutdown");
            assertEquals(List.of("head", "n1", "n2"), there());

            lab.tried("ip", "netns", "exec", "cascade-head", "sshpass", "-p", "raspberry", "ssh", "-F",
                    "/var/lib/bramble-lab/cascade/ssh_config", "head", "sudo systemctl poweroff");
            // Between the last answers of n1 and of the head lies less than can be seen from here.
            assertEquals("n2", ends().getFirst());
        }
    }

    private static void button(RoleLab lab) {
        lab.write("boot.yml", "- {hosts: head, become: true, roles: [boot_config]}\n");
        lab.write("booted.yml", """
                - hosts: head
                  become: true
                  tasks: [include_role: {name: boot_config, tasks_from: verify}]
                """);
        String[] asked = {"-e", "{boot_config_power_button: true, boot_config_settings: {enable_uart: true}}"};
        lab.plays("boot.yml");
        Cli.Said said = lab.play("boot.yml", asked);
        assertTrue(said.code() == 4 && said.out().isEmpty()
                && said.err().contains("head: boot_config_power_button: there is no /boot/firmware/config.txt")
                && said.err().contains("head: boot_config_settings: there is no /boot/firmware/config.txt"),
                said::toString);

        lab.on("head", "mkdir -p /boot/firmware; echo dtoverlay=gpio-shutdown,gpio_pin=5 > /boot/firmware/config.txt");
        lab.plays("boot.yml");
        assertEquals("dtoverlay=gpio-shutdown,gpio_pin=5\ngpu_mem=16\n",
                lab.on("head", "cat /boot/firmware/config.txt"));
        assertEquals(2, lab.play("booted.yml", asked).code());
        lab.settles(0, "boot.yml", asked);
        lab.plays("booted.yml", asked);
        assertEquals("dtoverlay=gpio-shutdown\ngpu_mem=16\nenable_uart=1\n",
                lab.on("head", "cat /boot/firmware/config.txt"));
    }

    /** The nodes in the order in which they answered last. They are asked now and then: sshd drops who asks all the time. */
    private static List<String> ends() throws InterruptedException {
        var last = new ConcurrentHashMap<String, Long>();
        var watching = ENDS.keySet().stream().map(node -> Thread.ofVirtual().start(() -> {
            while (answers(SUBNET + "." + ENDS.get(node))) {
                last.put(node, System.nanoTime());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        })).toList();
        for (Thread one : watching) {
            assertTrue(one.join(Duration.ofSeconds(90)), last::toString);
        }
        return last.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey).toList();
    }

    private static List<String> there() {
        return ENDS.keySet().stream().filter(node -> answers(SUBNET + "." + ENDS.get(node))).sorted().toList();
    }

    private static boolean answers(String address) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, 22), 1000);
            return socket.getInputStream().read() >= 0;
        } catch (IOException _) {
            return false;
        }
    }
}
