package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The roles nat_head, tftp_server and pxe on three nodes: who is behind the head node gets an address and reaches outside, files
 * are handed out, and a Pi that boots is told where from.
 */
@Timeout(300)
class NetRolesIT {
    private static final String SUBNET = "10.77.98";
    private static final int SILENCE = 10_000; // milliseconds

    @TempDir
    static Path scratch = Path.of("");

    @Test
    void innerNodesReachOutsideAndFindWhatTheyBootFrom() throws IOException {
        try (RoleLab lab = RoleLab.up("lan", SUBNET, scratch, """
                head .11 debian nat_heads
                files .12 debian tftp_servers
                boot .13 debian boot_servers
                """)) {
            lab.network("inner");
            lab.cable("inner", "eth0", "head", "eth1");
            HttpServer outside = outside();
            String url = "http://" + SUBNET + ".1:" + outside.getAddress().getPort() + "/";
            reachesNothingAlone(lab, url);
            lab.on("head", "/usr/sbin/sshd -o PidFile=none -p 8080 -p 8081");
            assertTrue(reaches(lab, "files", SUBNET + ".11", 8080) && reaches(lab, "files", SUBNET + ".11", 8081));

            lab.settles(16, RoleLab.PROJECT.resolve("playbooks/lan-services.yml").toString(), "-e", """
                    {nat_head_inside: eth1, nat_head_outside: eth0, nat_head_outside_dhcp: false,
                     nat_head_open: [8081], pxe_nodes: {9ffefdef: '192.168.188.30:/srv/pi3'}}""");
            lab.write("verify.yml", """
                    - hosts: all
                      become: true
                      tasks:
                        - include_role: {name: nat_head, tasks_from: verify}
                          vars: {nat_head_inside: eth1, nat_head_outside: eth0}
                          when: inventory_hostname == 'head'
                        - include_role: {name: tftp_server, tasks_from: verify}
                          when: inventory_hostname == 'files'
                        - include_role: {name: pxe, tasks_from: verify}
                          when: inventory_hostname == 'boot'
                    """);
            lab.plays("verify.yml");

            reachesOutside(lab, url);
            outside.stop(0);
            lets(lab);
            handsOutFiles(lab);
            assertTrue(toldToAPi().contains("Raspberry Pi Boot"));
        }
    }

    private static void reachesNothingAlone(RoleLab lab, String url) {
        lab.inside("inner", "ip", "addr", "add", "192.168.50.7/24", "dev", "eth0");
        lab.inside("inner", "ip", "route", "add", "default", "via", "192.168.50.1");
        lab.inside("head", "ip", "addr", "add", "192.168.50.1/24", "dev", "eth1");
        assertNotEquals(0, lab.tried("ip", "netns", "exec", "lan-inner", "curl", "-sS", "-m", "2", url).code());
        lab.inside("head", "ip", "addr", "flush", "dev", "eth1");
        lab.inside("inner", "ip", "addr", "flush", "dev", "eth0");
    }

    private static void reachesOutside(RoleLab lab, String url) throws IOException {
        Path script = scratch.resolve("bound");
        Files.writeString(script, """
                #!/bin/sh
                [ "$1" = bound ] || exit 0
                ip addr add "$ip/$mask" dev "$interface" && ip route add default via "$router"
                echo "$dns" >"$0.dns"
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        lab.inside("inner", "busybox", "udhcpc", "-f", "-q", "-n", "-i", "eth0", "-s", script.toString());
        assertEquals("192.168.50.1\n", Files.readString(scratch.resolve("bound.dns")));
        String mine = lab.inside("inner", "ip", "-o", "-4", "addr", "show", "dev", "eth0");
        assertTrue(mine.matches("(?s).* 192\\.168\\.50\\.1\\d\\d/24 .*"), mine);
        assertEquals(SUBNET + ".11", lab.inside("inner", "curl", "-sS", "-m", "5", url), "whom the outside sees");

        lab.on("head", "iptables -F && iptables -t nat -F && iptables -P FORWARD DROP");
        Cli.Said found = lab.play("verify.yml", "-l", "head");
        assertTrue(found.code() == 2 && found.out().contains("MASQUERADE"), found::toString);
        assertNotEquals(0, lab.tried("ip", "netns", "exec", "lan-inner", "curl", "-sS", "-m", "2", url).code());
        lab.on("head", "ifdown eth1 && ifup eth1");
        assertEquals(SUBNET + ".11", lab.inside("inner", "curl", "-sS", "-m", "5", url), "after the rules were loaded");
    }

    /** From outside only what is listed gets in, to the head node and to those behind it. */
    private static void lets(RoleLab lab) {
        assertTrue(reaches(lab, "files", SUBNET + ".11", 22) && reaches(lab, "files", SUBNET + ".11", 8081));
        assertTrue(reaches(lab, "inner", "192.168.50.1", 8080) && !reaches(lab, "files", SUBNET + ".11", 8080));
        String link = "fe80::"
                + lab.on("head", "ip -6 -br addr show dev eth0").replaceFirst("(?s).*fe80::([0-9a-f:]+)/.*", "$1")
                + "%eth0";
        assertTrue(reaches(lab, "files", link, 8081) && !reaches(lab, "files", link, 8080), link);
        String mine = lab.inside("inner", "ip", "-br", "-4", "addr", "show", "dev", "eth0")
                .replaceFirst("(?s).*?(192[.][0-9.]+)/.*", "$1");
        lab.inside("files", "ip", "route", "add", "192.168.50.0/24", "via", SUBNET + ".11");
        String[] ping = {"ip", "netns", "exec", "lan-files", "busybox", "ping", "-c1", "-W1", mine};
        assertNotEquals(0, lab.tried(ping).code());
        lab.on("head", "iptables -D FORWARD -i eth0 -o eth1 -j DROP");
        assertEquals(0, lab.tried(ping).code());
    }

    private static boolean reaches(RoleLab lab, String from, String address, int port) {
        return lab.tried("ip", "netns", "exec", "lan-" + from, "timeout", "2", "bash", "-c",
                "exec 3<>/dev/tcp/" + address + "/" + port).code() == 0;
    }

    /** A web server outside of the inner network, which tells everyone from where it is asked. */
    private static HttpServer outside() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(SUBNET + ".1", 0), 0);
        server.createContext("/", exchange -> {
            byte[] asker = exchange.getRemoteAddress().getAddress().getHostAddress().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, asker.length);
            exchange.getResponseBody().write(asker);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void handsOutFiles(RoleLab lab) {
        String welcome = "Welcome to the cluster's TFTP server.\n";
        assertEquals(welcome, fetched(lab, ".12/welcome.txt").printed());
        assertEquals(0, fetched(lab, ".12/pxelinux/ldlinux.c32").code());
        assertNotEquals(0, fetched(lab, ".12//etc/hostname").code());
        String cmdline = fetched(lab, ".13/9ffefdef/cmdline.txt").printed();
        assertEquals(
                "console=serial0,115200 console=tty1 root=/dev/nfs nfsroot=192.168.188.30:/srv/pi3,vers=3 rw ip=dhcp "
                        + "rootwait\n",
                cmdline);
    }

    private static RoleLab.Ended fetched(RoleLab lab, String path) {
        return lab.tried("curl", "-sS", "-m", "10", "tftp://" + SUBNET + path);
    }

    /** Asks for a place to boot from as the firmware of a Pi does: what the reply holds, as text. */
    private static String toldToAPi() throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress(68))) {
            socket.setBroadcast(true);
            socket.setSoTimeout(SILENCE);
            byte[] discover = discover();
            socket.send(new DatagramPacket(discover, discover.length,
                    new InetSocketAddress(SUBNET + ".255", 67)));
            var reply = new DatagramPacket(new byte[1500], 1500);
            do {
                reply.setLength(1500);
                socket.receive(reply);
            } while (!reply.getAddress().getHostAddress().startsWith(SUBNET + ".")); // servers of another lab are heard here, too
            assertEquals(InetAddress.getByName(SUBNET + ".13"), reply.getAddress());
            return new String(Arrays.copyOf(reply.getData(), reply.getLength()), StandardCharsets.ISO_8859_1);
        }
    }

    /** DHCPDISCOVER of a network boot: RFC 2131, and RFC 4578 for the kind of machine. */
    private static byte[] discover() throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(300);
        packet.put(new byte[]{1, 1, 6, 0}).putInt(0xb4a3b1e).putInt(0x8000); // a request, Ethernet; its number; answer to all
        packet.position(28).put(new byte[]{(byte) 0xb8, 0x27, (byte) 0xeb, 1, 2, 3}); // the card: a Pi's
        packet.position(236).putInt(0x63825363);
        option(packet, 53, new byte[]{1});
        option(packet, 55, new byte[]{1, 3, 43, 60, 66, 67});
        option(packet, 93, new byte[]{0, 0});
        option(packet, 94, new byte[]{1, 2, 1});
        option(packet, 60, "PXEClient:Arch:00000:UNDI:002001".getBytes(StandardCharsets.US_ASCII));
        packet.put((byte) 255);
        return packet.array();
    }

    private static void option(ByteBuffer packet, int code, byte[] value) {
        packet.put((byte) code).put((byte) value.length).put(value);
    }
}
