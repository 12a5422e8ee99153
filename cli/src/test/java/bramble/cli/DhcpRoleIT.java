package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The role dhcp_server on two nodes: they give distinct addresses to many clients at once, half each, and one goes on alone when
 * the other is cut off or ends. So does Kea; dnsmasq answers all who ask at once.
 */
@Order(4)
@Timeout(240)
class DhcpRoleIT {
    private static final String NAME = "leases";
    private static final String SUBNET = "10.77.95";
    private static final String PRIMARY = SUBNET + ".11";
    private static final String SECONDARY = SUBNET + ".12";
    private static final String SERVICES = RoleLab.PROJECT.resolve("playbooks/lan-services.yml").toString();

    @TempDir
    static Path scratch = Path.of("");

    /** What a client was told. */
    private record Lease(String address, String server) {}

    @Test
    void twoServersShareClientsAndOneGoesOnAlone() throws Exception {
        try (RoleLab lab = RoleLab.up(NAME, SUBNET, scratch, """
                dhcp1 .11 debian dhcp_servers
                dhcp2 .12 debian dhcp_servers
                """)) {
            Path known = lab.write("known.yml", """
                    all:
                      vars:
                        dhcp_server_interface: eth0
                        dhcp_server_subnet: %1$s.0/24
                        dhcp_server_pools: [%1$s.200-%1$s.240]
                        dhcp_server_routers: [%1$s.1]
                      hosts:
                        pi1: {ansible_host: %1$s.50, mac_address: "%2$s"}
                    """.formatted(SUBNET, card(1)));
            lab.settles(2, SERVICES, "-i", known.toString(), "--limit", "dhcp_servers"); // pi1 is no node of the lab
            lab.write("verify.yml", """
                    - hosts: dhcp_servers
                      become: true
                      tasks:
                        - include_role: {name: dhcp_server, tasks_from: verify}
                    """);
            lab.plays("verify.yml", "-i", known.toString());

            clients(lab, 1, 21);
            List<Lease> leases = lent(lab, 1, 21);
            assertEquals(SUBNET + ".50", leases.getFirst().address, "the reserved address");
            leases.stream().skip(1).forEach(lease -> assertTrue(inPool(lease.address), lease::toString));
            assertEquals(21, leases.stream().map(Lease::address).distinct().count(), leases::toString);
            assertEquals(2, leases.stream().skip(1).map(Lease::server).distinct().count(), leases::toString);

            // Cut off: as far as dhcp2 knows for 30 seconds, dhcp1 is there, and has its own clients. After 4 they get an answer.
            var taken = new HashSet<>(leases.stream().map(Lease::address).toList());
            clients(lab, 22, 25);
            lab.run("ip", "link", "set", cable(), "down");
            List<Lease> alone = lent(lab, 22, 25);
            lab.run("ip", "link", "set", cable(), "up");
            alone.forEach(lease -> assertTrue(
                    inPool(lease.address) && lease.server.equals(SECONDARY) && taken.add(lease.address),
                    lease::toString));
            assertTrue(lab.on("dhcp2", "journalctl -q -t dhcpd").lines().filter(line -> line.contains("load balance"))
                    .anyMatch(line -> IntStream.rangeClosed(22, 25).anyMatch(i -> line.contains(card(i)))));

            // Ended: dhcp2 is told by the connection, and answers all, those too who have an address of dhcp1's.
            lab.plays("verify.yml", "-i", known.toString());
            lab.on("dhcp1", "kill -9 $(pidof dhcpd)");
            int of1 = IntStream.range(1, leases.size()).filter(i -> leases.get(i).server.equals(PRIMARY)).findFirst()
                    .orElseThrow();
            assertEquals(new Lease(leases.get(of1).address, SECONDARY), lent(lab, of1 + 1, of1 + 1).getFirst());
            clients(lab, 26, 28);
            lent(lab, 26, 28)
                    .forEach(lease -> assertTrue(inPool(lease.address) && taken.add(lease.address), lease::toString));
        }
    }

    @Test
    void keaTakesOverFromWhoIsSilentAndDnsmasqAnswersWhoAsksAtOnce() throws Exception {
        try (RoleLab lab = RoleLab.up(NAME, SUBNET, scratch, """
                dhcp1 .11 debian
                dhcp2 .12 debian
                """)) {
            lab.write("kea.yml",
                    """
                            - hosts: all
                              become: true
                              tasks:
                                - package: {name: kea-dhcp4-server}
                                - dhcp_server:
                                    daemon: kea
                                    interfaces: [eth0]
                                    authoritative: true
                                    default_lease_time: 3600
                                    subnets: [{subnet: %1$s.0/24, pools: [%1$s.200-%1$s.240]}]
                                    failover:
                                      name: lan
                                      role: "{{ {'dhcp1': 'primary', 'dhcp2': 'secondary'}[inventory_hostname] }}"
                                      address: "{{ ansible_host }}"
                                      peer_address: "{{ hostvars[groups.all | difference([inventory_hostname]) | first].ansible_host }}"
                                  notify: Restart Kea
                              handlers:
                                - name: Restart Kea
                                  service: {name: kea-dhcp4-server, state: restarted}
                            """
                            .formatted(SUBNET));
            lab.settles(4, "kea.yml"); // where Kea has its libraries is part of the text
            clients(lab, 1, 8);
            List<Lease> leases = lent(lab, 1, 8);
            assertEquals(8, leases.stream().map(Lease::address).distinct().count(), leases::toString);
            assertEquals(2, leases.stream().map(Lease::server).distinct().count(), leases::toString);

            var taken = new HashSet<>(leases.stream().map(Lease::address).toList());
            clients(lab, 9, 14);
            lab.run("ip", "link", "set", cable(), "down");
            lent(lab, 9, 14).forEach(lease -> assertTrue(
                    inPool(lease.address) && lease.server.equals(SECONDARY) && taken.add(lease.address),
                    lease::toString));

            lab.write("dnsmasq.yml", """
                    - hosts: dhcp2
                      become: true
                      tasks:
                        - service: {name: kea-dhcp4-server, state: stopped}
                        - package: {name: dnsmasq}
                        - dhcp_server:
                            daemon: dnsmasq
                            interfaces: [eth0]
                            authoritative: true
                            subnets: [{subnet: %1$s.0/24, pools: [%1$s.100-%1$s.140]}]
                        - service: {name: dnsmasq, state: restarted}
                    """.formatted(SUBNET));
            lab.plays("dnsmasq.yml");
            clients(lab, 15, 22);
            List<Lease> atOnce = lent(lab, 15, 22, "-n -t 3 -T 3");
            assertEquals(8, atOnce.stream().map(Lease::address).distinct().count(), atOnce::toString);
        }
    }

    /** Clients: each a network of its own, with a card on the nodes' network. */
    private static void clients(RoleLab lab, int first, int last) {
        String orders = IntStream
                .rangeClosed(first, last).boxed().flatMap(i -> Stream.of("netns add " + NAME + "-c" + i,
                        "link add lease" + i + " master br-" + NAME + " type veth peer name eth0 address " + card(i)
                                + " netns "
                                + NAME + "-c" + i,
                        "link set lease" + i + " up"))
                .reduce("", (one, other) -> one + other + "\n");
        lab.run("ip", "-batch", lab.write("clients", orders).toString());
    }

    private static String card(int client) {
        return "02:1b:0a:4d:5f:%02x".formatted(client);
    }

    /** The nodes' end of dhcp1's cable. */
    private static String cable() {
        return "v0a4d5f0b";
    }

    private static boolean inPool(String address) {
        int end = Integer.parseInt(address.substring(SUBNET.length() + 1));
        return address.startsWith(SUBNET + ".") && end >= 200 && end <= 240;
    }

    /** What these clients are given, who all ask at once, each second, and begin anew where an offer leads to nothing. */
    private static List<Lease> lent(RoleLab lab, int first, int last)
            throws IOException, InterruptedException, ExecutionException {
        return lent(lab, first, last, "-t 15 -T 1 -A 1");
    }

    private static List<Lease> lent(RoleLab lab, int first, int last, String patience)
            throws IOException, InterruptedException, ExecutionException {
        Path script = scratch.resolve("bound");
        Files.writeString(script, "#!/bin/sh\n[ \"$1\" != bound ] || echo \"lent $ip $serverid\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        var asking = new ArrayList<Future<Lease>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = first; i <= last; i++) {
                String client = "c" + i;
                asking.add(threads.submit(() -> {
                    String said = lab.inside(client, "sh", "-c", "ip link set eth0 up && "
                            + "exec busybox udhcpc -f -q " + patience + " -i eth0 -s \"$0\"", script.toString());
                    String[] words = said.lines().filter(line -> line.startsWith("lent ")).findFirst().orElseThrow()
                            .split(" ", -1);
                    return new Lease(words[1], words[2]);
                }));
            }
        }
        var leases = new ArrayList<Lease>();
        for (Future<Lease> one : asking) {
            leases.add(one.get());
        }
        return leases;
    }
}
