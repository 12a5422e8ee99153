package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can't be right is refused by the project's roles before any node is touched: these nodes aren't even there. */
class RoleChecksTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "load_balancer | {load_balancer_workers: []} | name at least one",
        "load_balancer | {load_balancer_workers: [192.0.2.2, 192.0.2.2]} | each but once",
        "load_balancer | {load_balancer_workers: [192.0.2.1]} | 192.0.2.1 is the balancer itself",
        "nat_head | {nat_head_inside: eth1} | eth1 is the outer interface (nat_head_outside), too",
        "nat_head | {nat_head_dhcp_range: [192.168.50.9]} | two of them, the first and the last",
        "nat_head | {nat_head_dhcp_range: [192.168.50.9, 192.168.51.9]} | 192.168.51.9 is not in the inner network",
        "nfs_server | {nfs_server_exports: [{path: x, clients: ['*']}]} | x is not an absolute path",
        "nfs_server | {nfs_server_exports: [{clients: ['*']}, {path: x}]} | x is not an absolute path",
        "nfs_server | {nfs_server_exports: [{path: /x, clients: ['*'], options: [ro, rw]}]} | /x is both ro and rw",
        "nfs_server | {nfs_server_exports: [{path: /x, clients: [a]}, {path: /x, clients: [b]}]} | listed twice",
        "chroot_httpd | {chroot_httpd_port: 80} | 80 is a port that only root may listen on",
        "chroot_httpd | {chroot_httpd_root: /opt/} | /opt/ can't be the folder",
    })
    void isRefused(String role, String variables, String why) throws IOException {
        Path inventory = Files.writeString(folder.resolve("hosts"), "pi1 ansible_host=192.0.2.1\n");
        Path book = Files.writeString(folder.resolve("site.yml"), "- {hosts: all, roles: [%s]}\n".formatted(role));
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("run", "-i", inventory.toString(), "-e", variables, book.toString()));
        assertEquals(4, said.code(), said::toString);
        assertTrue((said.toString().contains("ERROR! pi1: " + role) && said.toString().contains(why))
                || said.toString().contains("ERROR! pi1: ansible_host: " + why), said::toString);
    }
}
