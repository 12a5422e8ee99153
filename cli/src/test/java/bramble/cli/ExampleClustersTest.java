package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The clusters of {@code examples/} that the project's playbooks make: nothing is wrong with them that could be known before a node
 * is touched, and what is spoilt in them is told all at once. No node is there.
 */
class ExampleClustersTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> BOOKS = List.of("site", "lan-services", "web", "storage", "compute", "security",
            "cards", "verify");

    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"dox", "rpi-cluster", "head-node"})
    void nothingIsWrong(String example) throws IOException {
        Path folder = copied(example);
        for (String flag : List.of("--syntax-check", "--list-hosts", "--list-tasks")) {
            Cli.Said said = call(folder, "run", flag);
            assertEquals(0, said.code(), said::toString);
        }
        Cli.Said said = call(folder, "check");
        assertEquals(0, said.code(), said::toString);
        assertTrue(!said.toString().contains("ERROR"), said::toString);
    }

    @Test
    void whatIsSpoiltIsToldAtOnce() throws IOException {
        Path folder = copied("rpi-cluster");
        spoil(folder, "inventory.yml", ", mac_address: \"02:00:c0:a8:0a:05\"", "");
        spoil(folder, "inventory.yml", ", mac_address: \"02:00:c0:a8:0a:0e\"", "");
        spoil(folder, "inventory.yml", "192.168.10.12", "192.168.11.12");
        spoil(folder, "inventory.yml", "192.168.10.13", "192.168.10.111");
        spoil(folder, "group_vars/hubs.yml", "[192.168.10.200-192.168.10.240]",
                "[192.168.10.200-192.168.10.240, 192.168.10.230-192.168.10.250]");
        spoil(folder, "group_vars/hubs.yml", "  - { name: txttest",
                "  - { name: \"@\", type: SOA, value: ns.clust0r. }\n  - { name: txttest");
        spoil(folder, "host_vars/beta.yml", "101", "100");

        spoil(folder, "group_vars/card_readers.yml", "/dev/sdb", "/dev/sda");
        spoil(folder, "inventory.yml", "192.168.10.14", "192.168.10.14, image_address: dhcp");

        Cli.Said said = call(folder, "run");

        assertEquals(4, said.code(), said::toString);
        for (String finding : List.of(
                "psi: mac_address: It is missing.",
                "delta: mac_address: It is missing.",
                "epsilon: ansible_host: '192.168.11.12' is outside of 192.168.10.0/24 (dhcp_server_subnet)",
                "gamma: ansible_host: 192.168.10.111 is the floating address",
                "alpha, beta: dhcp_server_pools: 192.168.10.200-192.168.10.240 and 192.168.10.230-192.168.10.250 overlap.",
                "alpha: dns_server_records: @ SOA is a second SOA",
                "psi: sd_cards_devices: /dev/sda is the card of zeta and epsilon",
                "delta: image_address: It is missing: which address has delta when its card first starts? "
                        + "\"{{ ansible_host }}/24\" say",
                "beta: floating_ip_priority: 100 is the priority of alpha, too")) {
            assertTrue(said.toString().contains("ERROR! " + finding), () -> finding + "\n" + said);
        }
        for (String place : List.of("inventory.yml:8:16", "inventory.yml:16:20", "inventory.yml:17:18",
                "inventory.yml:18:18", "inventory.yml:18:47", "group_vars/card_readers.yml:4:1",
                "group_vars/hubs.yml:18:52", "group_vars/hubs.yml:13:5",
                "host_vars/beta.yml:1:1")) {
            assertTrue(said.toString().contains("--> " + place), () -> place + "\n" + said);
        }
        assertTrue(!said.out().contains("PLAY"), said::toString);
    }

    @Test
    void aHeadNodeHasNoOtherFirewall() throws IOException {
        Path folder = copied("head-node");
        Path book = Files.writeString(folder.resolve("walls.yml"), "- {hosts: nat_heads, roles: [firewall]}\n");
        Cli.Said said = call(folder, "run", book.toString());
        assertEquals(4, said.code(), said::toString);
        assertTrue(said.toString().contains("ERROR! head: firewall_incoming: This node is in the group nat_heads"),
                said::toString);
    }

    private Path copied(String example) throws IOException {
        Path from = PROJECT.resolve("examples").resolve(example);
        Path to = scratch.resolve(example);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    private static void spoil(Path folder, String file, String good, String bad) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertTrue(text.contains(good), text);
        Files.writeString(folder.resolve(file), text.replace(good, bad));
    }

    private Cli.Said call(Path folder, String command, String... flags) {
        var words = new ArrayList<>(List.of(command, "-i", "inventory.yml"));
        words.addAll(List.of(flags));
        BOOKS.forEach(book -> words.add(PROJECT.resolve("playbooks").resolve(book + ".yml").toString()));
        return new Cli(folder, scratch.resolve("data"))
                .call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()), words);
    }
}
