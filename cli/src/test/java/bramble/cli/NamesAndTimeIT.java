package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The roles dns_server and time with a real BIND, gpsd and chrony: names outlive their primary, the time its receiver. */
@Order(5)
@Timeout(300)
class NamesAndTimeIT {
    private static final String SUBNET = "10.77.96";

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void aChangedZoneReachesTheSecondaryAndOutlivesThePrimary() throws InterruptedException {
        try (RoleLab lab = RoleLab.up("names", SUBNET, scratch, """
                ns1 .11 debian dns_servers
                ns2 .12 debian dns_servers
                other .13 light others
                """)) {
            lab.write("names.yml", """
                    - hosts: dns_servers
                      become: true
                      roles: [dns_server]
                      vars: {dns_server_network: %s.0/24, dns_server_key: Z2VoZWltZXM=}
                    """.formatted(SUBNET));
            lab.settles(4, "names.yml");
            lab.write("verify.yml", """
                    - hosts: dns_servers
                      become: true
                      tasks: [include_role: {name: dns_server, tasks_from: verify}]
                      vars: {dns_server_network: %s.0/24}
                    - hosts: others
                      become: true
                      tasks: [package: {name: bind9-dnsutils}]
                    """.formatted(SUBNET));
            lab.plays("verify.yml");
            assertEquals("float.clust0r.\n192.168.10.111\n", dig(lab, "other", ".12", "lansrv.clust0r"));
            assertEquals("other.clust0r.\n", dig(lab, "other", ".12", "-x " + SUBNET + ".13"));
            assertEquals("\"txttest rpi_cluster_test\"\n", dig(lab, "other", ".12", "txttest.clust0r TXT"));

            lab.plays("names.yml", "-e", "{dns_server_records: [{name: txttest, type: TXT, value: another}]}");
            await("the secondary's answer", 5, () -> dig(lab, "other", ".12", "txttest.clust0r TXT"),
                    "\"another\"\n"::equals);
            assertEquals(dig(lab, "other", ".11", "clust0r SOA"), dig(lab, "other", ".12", "clust0r SOA"));

            for (String server : new String[]{".11", ".12"}) { // whole zones are for who has the key
                String refused = dig(lab, "other", server, "clust0r AXFR");
                assertTrue(refused.contains("Transfer failed"), refused);
            }

            lab.on("ns2",
                    "grep -q 'query: lansrv.clust0r' /var/log/named/queries.log && grep -q 'Transfer completed' /var/log/named/xfer.log");

            lab.write("include.yml", """
                    - hosts: ns2
                      become: true
                      tasks:
                        - copy: {dest: /etc/bind/more.conf, content: "acl more { 10.0.0.0/8; };\\n"}
                        - dns_server: {path: /etc/bind/other.conf, includes: [/etc/bind/more.conf], allow_query: [more]}
                        - dns_zone: {zone: z, path: /nowhere/db.z, soa: {primary: a, mail: b@c}, name_servers: [a]}
                          ignore_errors: true
                        - dns_server: {path: /etc/bind/other.conf, options: {dnssec-lookaside: auto}}
                    """);
            for (String flag : new String[]{"--check", "--diff"}) {
                String said = lab.play("include.yml", flag).toString();
                assertTrue(said.contains("changed=2"), said); // the first configuration is written, or would be
                assertTrue(said.contains("the zone z can say: @ NS names a, which has no address here"), said);
                assertTrue(said.contains(
                        "named-checkconf says: /etc/bind/other.conf:8: option 'dnssec-lookaside' no longer exists"),
                        said);
            }

            lab.on("ns1", "systemctl stop named");
            assertEquals("\"another\"\n", dig(lab, "other", ".12", "txttest.clust0r TXT"));
        }
    }

    @Test
    void theTimeComesFromTheReceiverAndWithoutItFromTheServer() throws IOException, InterruptedException {
        try (RoleLab lab = RoleLab.up("names", SUBNET, scratch, """
                clock .11 debian time_servers
                client .12 debian time_clients
                """)) {
            var receiver = new Receiver(new InetSocketAddress(SUBNET + ".11", Receiver.PORT));
            // Looks are frequent and doubts grow quickly, so that a test sees what else takes minutes and hours.
            String roles = """
                    - hosts: time_servers:time_clients
                      become: true
                      vars:
                        time_gps: true
                        time_gps_device: udp://0.0.0.0:%s
                        time_gps_poll: 1
                        time_maxupdateskew: 100000
                        time_local_distance: 0.5
                        time_lines: [maxclockerror 20000]
                        time_allow: [%s.0/24]
                        time_sources: "{{ [] if time_server else [{'address': '%s.11', 'minpoll': 0, 'maxpoll': 0}] }}"
                        time_sets_clock: false
                        time_wait: 60
                    """.formatted(Receiver.PORT, SUBNET, SUBNET);
            lab.write("time.yml", roles + "  roles: [time]\n");
            lab.write("verify.yml", roles + "  tasks: [include_role: {name: time, tasks_from: verify}]\n");
            lab.settles(13, "time.yml");
            lab.plays("verify.yml");
            await("what the server follows", 20, () -> followed(lab, "clock"), "GPS, stratum 2"::equals);
            await("what the client follows", 20, () -> followed(lab, "client"), (SUBNET + ".11, stratum 3")::equals);

            receiver.off();
            await("what the server follows", 60, () -> followed(lab, "clock"), ", stratum 8"::equals); // nobody
            await("what the client follows", 30, () -> followed(lab, "client"), (SUBNET + ".11, stratum 9")::equals);
            lab.write("wait.yml", """
                    - hosts: time_servers
                      tasks: [chrony_wait: {timeout: 1}]
                    """);
            String said = lab.play("wait.yml").toString();
            assertTrue(said.contains("Tried for 1 seconds to get the right time, but chronyd only gives its own time."),
                    said);
        }
    }

    private static String dig(RoleLab lab, String from, String server, String question) {
        return lab.on(from, "dig +short +time=2 +tries=1 @" + SUBNET + server + " " + question + " || true");
    }

    private static String followed(RoleLab lab, String node) {
        String[] told = lab.on(node, "chronyc -n -c tracking").split(",", -1);
        return told[1] + ", stratum " + told[2];
    }

    private static void await(String what, int seconds, Supplier<String> asked, Predicate<String> wanted)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (String said = asked.get(); !wanted.test(said); said = asked.get()) {
            if (System.nanoTime() > end) {
                fail(what + " is still " + said + " after " + seconds + " seconds");
            }
            Thread.sleep(200);
        }
    }

    /**
     * A GPS receiver in the network, which says where it is and when each second, half a second late, as NMEA 0183 has it. gpsfake
     * won't do: chrony gets the time of what it sends by UDP (of its pseudo-terminals gpsd gives none), but from a gpsd that it
     * starts itself, beside the role's, which so wouldn't be proved. It replays a log made beforehand, at a pace of its own, and
     * brings 187 packages with it, or takes Python and two packages unpacked by hand, 20 seconds in all.
     */
    private static final class Receiver {
        static final int PORT = 5000;
        private static final DateTimeFormatter TIME = formatter("HHmmss");
        private static final DateTimeFormatter DAY = formatter("ddMMyy");

        private final DatagramSocket socket = new DatagramSocket();
        private final Thread thread;

        Receiver(InetSocketAddress gpsd) throws IOException {
            thread = Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        long now = System.currentTimeMillis();
                        Thread.sleep(1500 - (now + 500) % 1000 - 500);
                        Instant second = Instant.ofEpochMilli((System.currentTimeMillis() - 400) / 1000 * 1000);
                        byte[] said = (sentence("GPRMC,%s.00,A,4807.038,N,01131.000,E,000.0,000.0,%s,,,A", second)
                                + sentence("GPGGA,%s.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,", second))
                                .getBytes(StandardCharsets.US_ASCII);
                        socket.send(new DatagramPacket(said, said.length, gpsd));
                    }
                } catch (InterruptedException _) {
                    // it is switched off
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        private static DateTimeFormatter formatter(String pattern) {
            return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
        }

        private static String sentence(String pattern, Instant second) {
            String said = pattern.formatted(TIME.format(second), DAY.format(second));
            int sum = said.chars().reduce(0, (a, b) -> a ^ b);
            return "$" + said + "*%02X\r\n".formatted(sum);
        }

        void off() throws InterruptedException {
            thread.interrupt();
            thread.join();
            socket.close();
        }
    }
}
