package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The roles load_balancer, web_server and chroot_httpd on five nodes: requests are spread evenly, a dead worker is left
 * out, between the balancer's two networks there is no other way, and BusyBox's httpd sees nothing but its folder.
 */
@Timeout(300)
class WebRolesIT {
    private static final String SUBNET = "10.77.97";
    private static final String PROGRAMS = """
            {chroot_httpd_programs: {seen: "#!/bin/sh\\necho Content-type: text/plain\\necho\\nls /\\n"}}""";
    private static final int DEADLINE = 6; // seconds after a worker's death by which no request may fail any more

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void theBalancerSpreadsRequestsAndLeavesTheDeadOut() throws IOException, InterruptedException {
        try (RoleLab lab = RoleLab.up("web", SUBNET, scratch, """
                head .11 debian balancers,chroot_web
                w1 .12 debian web_workers
                w2 .13 debian web_workers
                w3 .14 debian web_workers
                w4 .15 debian web_workers
                """)) {
            // The LAN: the balancer's other network, as 192.168.0.3, and somebody in it who takes the balancer for a router.
            lab.network("lan");
            lab.cable("lan", "eth0", "head", "eth1");
            lab.inside("head", "ip", "addr", "add", "192.168.0.3/24", "dev", "eth1");
            lab.inside("lan", "ip", "addr", "add", "192.168.0.10/24", "dev", "eth0");
            lab.inside("lan", "ip", "route", "add", "default", "via", "192.168.0.3");
            HttpServer developer = developersPi(lab);
            lab.settles(34, RoleLab.PROJECT.resolve("playbooks/web.yml").toString(), "-e",
                    PROGRAMS, "-e",
                    "web_server_archive=http://" + SUBNET + ".1:" + developer.getAddress().getPort() + "/site.tar.gz");
            developer.stop(0);
            lab.write("who.yml", """
                    - hosts: web_workers
                      become: true
                      tasks:
                        - copy: {dest: /var/www/html/who, content: "{{ inventory_hostname }}\\n"}
                    """);
            lab.plays("who.yml");
            lab.write("verify.yml", """
                    - hosts: web_workers
                      become: true
                      tasks: [include_role: {name: web_server, tasks_from: verify}]
                    - hosts: balancers
                      become: true
                      tasks: [include_role: {name: load_balancer, tasks_from: verify}]
                    - hosts: chroot_web
                      become: true
                      tasks: [include_role: {name: chroot_httpd, tasks_from: verify}]
                    """);
            lab.plays("verify.yml", "-e", PROGRAMS);

            assertEquals("A page of the developer's\n", lab.inside("lan", "curl", "-sS", "http://192.168.0.3/moved"));
            assertEquals(Map.of("w1", 10, "w2", 10, "w3", 10, "w4", 10), asked(lab, 40));

            String small = "http://192.168.0.3:1080/";
            assertTrue(lab.inside("lan", "curl", "-sS", small).contains("R-Pi BB httpd"));
            assertEquals("bin\netc\nwww\n", lab.inside("lan", "curl", "-sS", small + "cgi-bin/seen"),
                    "all that it sees");

            assertEquals("200", status(lab, "lan", "http://192.168.0.3/balancer-manager"));
            assertEquals("403", status(lab, "w1", "http://" + SUBNET + ".11/balancer-manager"));
            assertEquals("403", status(lab, "head", "http://127.0.0.1/balancer-manager"));
            assertEquals("w1\n", lab.inside("head", "curl", "-sS", "http://" + SUBNET + ".12/who"));
            assertNotEquals(0, lab.tried("ip", "netns", "exec", "web-lan", "curl", "-sS", "-m", "2",
                    "http://" + SUBNET + ".12/who").code());

            lab.inside("w3", "ip", "link", "set", "eth0", "down"); // it refuses nothing: it is silent
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE);
            asked(lab, 8);
            assertTrue(System.nanoTime() < end, "requests hang long after a worker has died");
            assertEquals(Map.of("w1", 10, "w2", 10, "w4", 10), asked(lab, 30));
        }
    }

    /** A web server with an archive whose {@code .htaccess} needs mod_rewrite. */
    private static HttpServer developersPi(RoleLab lab) throws IOException {
        Path site = Files.createDirectory(scratch.resolve("site"));
        Files.writeString(site.resolve("page"), "A page of the developer's\n");
        Files.writeString(site.resolve(".htaccess"), "RewriteEngine on\nRewriteRule ^moved$ page\n");
        lab.run("tar", "-czf", scratch.resolve("site.tar.gz").toString(), "-C", site.toString(), "page", ".htaccess");
        byte[] archive = Files.readAllBytes(scratch.resolve("site.tar.gz"));
        HttpServer server = HttpServer.create(new InetSocketAddress(SUBNET + ".1", 0), 0);
        server.createContext("/site.tar.gz", exchange -> {
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Asks the balancer so often, from the LAN: how many answers each worker gave. None may fail. */
    private static Map<String, Integer> asked(RoleLab lab, int times) {
        var answers = new TreeMap<String, Integer>();
        lab.inside("lan", "curl", "-fsS", "http://192.168.0.3/who?[1-" + times + "]").lines()
                .forEach(who -> answers.merge(who, 1, Integer::sum));
        return answers;
    }

    private static String status(RoleLab lab, String from, String url) {
        return lab.inside(from, "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url);
    }
}
