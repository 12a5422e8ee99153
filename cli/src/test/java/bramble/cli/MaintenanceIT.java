package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code playbooks/maintenance.yml} on two hubs with a floating address and one more node: all restart, somebody who asks the
 * address all the while is always answered, and a batch that isn't well is the last.
 */
@Order(3)
@Timeout(300)
class MaintenanceIT {
    private static final String SUBNET = "10.77.102";
    private static final String ADDRESS = SUBNET + ".2";
    /** A hub that stops says goodbye, and the other one waits for (256 - priority) / 256 seconds: RFC 3768, 6.1. */
    private static final long LONGEST_SILENCE = 2_000;
    private static final String PLAYBOOK = RoleLab.PROJECT.resolve("playbooks/maintenance.yml").toString();

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void nodesRestartWhileTheAddressIsServed() throws InterruptedException {
        try (RoleLab lab = RoleLab.up("maintain", SUBNET, scratch, """
                hub1 .11 debian hubs
                hub2 .12 debian hubs
                w1 .13 debian
                """)) {
            lab.write("hubs.yml", """
                    - hosts: hubs
                      become: true
                      roles: [floating_ip, firewall]
                      vars:
                        floating_ip_address: %s/24
                        floating_ip_interface: eth0
                        floating_ip_priority: "{{ {'hub1': 100, 'hub2': 101}[inventory_hostname] }}"
                    """.formatted(ADDRESS));
            lab.plays("hubs.yml");
            try (var somebody = new Somebody()) {
                somebody.waits();
            }
            lab.write("one.yml", """
                    - hosts: hubs
                      become: true
                      tasks: [include_role: {name: floating_ip, tasks_from: verify}]
                      vars: {floating_ip_address: %s/24}
                    """.formatted(ADDRESS));
            lab.plays("one.yml"); // the firewall lets the hubs hear each other: only one has it
            lab.write("address.yml", "all: {vars: {floating_ip_address: %s/24}}\n".formatted(ADDRESS));
            String address = scratch.resolve("address.yml").toString();
            Map<String, String> before = boots(lab);
            long silence;
            try (var somebody = new Somebody()) {
                Cli.Said sick = lab.play(PLAYBOOK, "-i", address, "-e", "maintenance_check=false", "-e",
                        "maintenance_wait=2");
                assertEquals(2, sick.code(), sick::toString);
                assertTrue(sick.out().contains("TASK [maintenance : It does its work]")
                        && sick.out().contains("[hub1]") && !sick.out().contains("[hub2]"), sick::toString);
                Map<String, String> once = boots(lab);
                assertNotEquals(before.get("hub1"), once.get("hub1"));
                assertEquals(List.of("hub2", "w1"), same(before, once), "another batch was begun");

                lab.plays(PLAYBOOK, "-i", address);
                assertEquals(List.of(), same(once, boots(lab)));
                silence = somebody.longestSilence();
            }
            assertTrue(silence <= LONGEST_SILENCE, "the address was silent for " + silence + " ms");

            Cli.Said again = lab.play(PLAYBOOK, "-i", address, "-e", "maintenance_reboot=false");
            assertEquals(3, again.out().split("changed=0 ", -1).length - 1, again::toString);

            Cli.Said lost = lab.play(PLAYBOOK, "-e", "floating_ip_address=" + SUBNET + ".9/24", "-e",
                    "maintenance_reboot=false", "-e", "maintenance_wait=2");
            assertTrue(lost.code() == 2 && lost.out().contains("No hub serves " + SUBNET + ".9")
                    && !lost.out().contains("[hub2]"), lost::toString);
        }
    }

    /** Connects to the address again and again. */
    private static final class Somebody implements AutoCloseable {
        private final AtomicLong longest = new AtomicLong();
        private final AtomicLong last = new AtomicLong();
        private final CountDownLatch answered = new CountDownLatch(1);
        private final Thread asking = Thread.ofVirtual().start(this::ask);

        private void ask() {
            while (!Thread.currentThread().isInterrupted()) {
                try (var socket = new Socket()) {
                    socket.connect(new InetSocketAddress(ADDRESS, 22), 200);
                    long now = System.nanoTime();
                    if (answered.getCount() == 0) {
                        longest.accumulateAndGet(now - last.get(), Math::max);
                    }
                    last.set(now);
                    answered.countDown();
                    Thread.sleep(50);
                } catch (IOException e) {
                    Thread.onSpinWait(); // nobody has it at this moment
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        /** Until it is answered for the first time. */
        void waits() throws InterruptedException {
            assertTrue(answered.await(30, TimeUnit.SECONDS), "the address never answered");
        }

        /** In milliseconds, that since the last answer too. */
        long longestSilence() throws InterruptedException {
            waits();
            return TimeUnit.NANOSECONDS.toMillis(Math.max(longest.get(), System.nanoTime() - last.get()));
        }

        @Override
        public void close() {
            asking.interrupt();
        }
    }

    private static List<String> same(Map<String, String> before, Map<String, String> after) {
        return before.entrySet().stream().filter(boot -> boot.getValue().equals(after.get(boot.getKey())))
                .map(Map.Entry::getKey).sorted().toList();
    }

    /** Each node's boot, by its id. */
    private static Map<String, String> boots(RoleLab lab) {
        return Stream.of("hub1", "hub2", "w1").collect(Collectors.toMap(node -> node,
                node -> lab.on(node, "cat /proc/sys/kernel/random/boot_id")));
    }
}
