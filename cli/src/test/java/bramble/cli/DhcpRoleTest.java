package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the role dhcp_server refuses, without a node. */
class DhcpRoleTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder = Path.of("");

    @Test
    void whatCantBeRightIsToldAtOnceBeforeAnyNodeIsTouched() throws IOException {
        Files.writeString(folder.resolve("inventory.yml"),
                """
                        all:
                          hosts:
                            pi1: {ansible_host: 192.168.10.11, mac_address: "b8:27:eb:00:00:01"}
                            pi2: {ansible_host: 192.168.10.12}
                            pi3: {ansible_host: 192.168.12.13, mac_address: "B8-27-EB-00-00-01"}
                            pi4: {ansible_host: 192.168.10.205, mac_address: "b8:27:eb:00:00"}
                            pi5: {ansible_host: 192.168.10.11, mac_address: "b8:27:eb:00:00:05"}
                          children:
                            dhcp_servers:
                              hosts:
                                hub1: {ansible_host: 192.168.10.2}
                                hub2: {ansible_host: 192.168.10.3}
                              vars:
                                dhcp_server_pools: [192.168.10.200-192.168.10.240, 192.168.10.230-192.168.10.250, 192.168.9.1-192.168.9.3]
                        """);
        Files.writeString(folder.resolve("site.yml"), "- hosts: dhcp_servers\n  roles: [dhcp_server]\n");

        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("run", "-i", "inventory.yml", "site.yml"));

        assertEquals(4, said.code(), said::toString);
        assertEquals("", said.out());
        assertEquals(
                """
                        ERROR! pi2: mac_address: It is missing. Give the address of the node's network card, or leave the node out of dhcp_server_clients.
                         --> inventory.yml:4:11
                        ERROR! pi4: mac_address: 'b8:27:eb:00:00' is no address of a network card: b8:27:eb:00:00:01 is one, say.
                         --> inventory.yml:6:41
                        ERROR! pi3: ansible_host: '192.168.12.13' is outside of 192.168.10.0/24 (dhcp_server_subnet), so that it can't be given by DHCP.
                         --> inventory.yml:5:11
                        ERROR! pi3: mac_address: B8-27-EB-00-00-01 is the network card of pi1, too.
                         --> inventory.yml:5:40
                        ERROR! pi5: ansible_host: 192.168.10.11 is the address of pi1, too.
                         --> inventory.yml:7:11
                        ERROR! hub1, hub2: dhcp_server_pools: 192.168.9.1-192.168.9.3 is outside of 192.168.10.0/24.
                          --> inventory.yml:14:91
                        ERROR! hub1, hub2: dhcp_server_pools: 192.168.10.200-192.168.10.240 and 192.168.10.230-192.168.10.250 overlap.
                          --> inventory.yml:14:60
                        ERROR! hub1, hub2: dhcp_server_pools: 192.168.10.200-192.168.10.240 has the address of pi4, 192.168.10.205: dhcpd gives it to others, too.
                          --> inventory.yml:14:29
                        """,
                said.err().replaceAll("(?m)^ *\\d* \\|.*\\n", ""));
    }
}
