package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.shell.Sh;
import bramble.testkit.Lab;
import bramble.testkit.TestNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on real nodes: one clear sentence, the right exit code, the other hosts go on, nothing half-written. */
@Timeout(120)
class BadInputOnLabIT {
    private static final String DEBIAN = "badinput-d";
    private static final String ROUTER = "badinput-b";

    /** Holds while the long command runs, also where there is neither pgrep nor a ps that shows all. */
    private static final String SLEEPS = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -q 'sleep [8]8'";

    private static Optional<Lab> lab = Optional.empty();

    @TempDir
    Path folder = Path.of("");

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void up() {
        lab = Optional.of(Lab.up("badinput", "10.77.91"));
    }

    @AfterAll
    static void down() {
        lab.ifPresent(Lab::close);
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aFullDisk() throws IOException {
        on(DEBIAN, "mkdir /mnt/full && mount -t tmpfs -o size=64k tmpfs /mnt/full && echo old >/mnt/full/file");
        on(ROUTER, "mkdir -p /mnt/full");
        Files.write(folder.resolve("big"), new byte[300_000]);
        play("""
                - name: Fill
                  copy: {src: big, dest: /mnt/full/file, mode: "0644"}
                - name: Go on
                  ping:
                """, true);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(arguments());
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("fatal: [" + DEBIAN + "]: FAILED! => ")
                && said.out().contains("Tried to write /mnt/full/file, but: No space left on device"), said::toString);
        assertTrue(said.out().contains("changed: [" + ROUTER + "]") && said.out().contains("ok: [" + ROUTER + "]"),
                said::toString);
        assertEquals("file\nold", on(DEBIAN, "ls -A /mnt/full; cat /mnt/full/file"), "what was there still is");
    }

    @Test
    void whatOneMayNotWrite() throws IOException {
        play("- copy: {content: x, dest: /etc/x}\n", false);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(arguments("--limit", DEBIAN));
        assertTrue(said.code() == 2 && said.out().contains(
                "\"Tried to write /etc/x, but: Permission denied. Does the task need become?\""), said::toString);
        for (String account : List.of("user", "group")) {
            play("- %s: {name: nobodyyet}\n".formatted(account), false);
            Cli.Said dry = new Cli(folder, folder.resolve("data")).call(arguments("--check", "--limit", DEBIAN));
            assertTrue(dry.code() == 2 && dry.out().contains("\"Tried to make the " + account
                    + " nobodyyet, but: Permission denied. Does the task need become?\""), dry::toString);
        }
        for (String service : List.of("service: {name: ssh, state: restarted}", "systemd: {daemon_reload: true}")) {
            play("- " + service + "\n", false);
            for (String mode : List.of("--check", "-v")) {
                Cli.Said denied = new Cli(folder, folder.resolve("data")).call(arguments(mode, "--limit", DEBIAN));
                assertTrue(denied.code() == 2
                        && denied.out()
                                .matches("(?s).*\"Unable to (restart service ssh|daemon-reload service systemd): "
                                        + "[^\"]*Does the task need become.*"),
                        denied::toString);
            }
        }
    }

    @Test
    void aFullDiskUnderAFileThatMayBeWrittenButNotGivenAway() throws IOException {
        on(DEBIAN, """
                mkdir /mnt/tight && mount -t tmpfs -o size=64k,mode=777 tmpfs /mnt/tight
                cd /mnt/tight && echo old >file && echo old >small && chmod 666 file small
                """);
        on(ROUTER, "mkdir -p /mnt/tight");
        Files.write(folder.resolve("big"), new byte[40_000]);
        play("""
                - copy: {content: new, dest: /mnt/tight/small}
                - copy: {src: big, dest: /mnt/tight/file}
                """, false);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(arguments());
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("fatal: [" + DEBIAN + "]: FAILED! => ")
                && said.out().contains("No space left on device"), said::toString);
        assertEquals("file\nsmall\nold\nnewroot", on(DEBIAN, "cd /mnt/tight; ls -A; cat file small; stat -c %U small"),
                "what was there still is");
    }

    @Test
    void aFileThatIsLargerThanTheMemory() throws IOException, InterruptedException {
        try (var file = new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        play("- copy: {src: large, dest: large}\n", false);
        for (String expected : List.of("changed=1", "changed=0")) {
            assertEquals(0, start("-Xmx64m").waitFor(), this::said);
            assertEquals(3, said().split(expected, -1).length, this::said);
        }
        for (String node : List.of(DEBIAN, ROUTER)) {
            assertEquals(Long.toString(1L << 30),
                    on(node, "cd " + (node.equals(DEBIAN) ? "/home/pi" : "/root") + " && wc -c <large && rm large"),
                    node);
        }
    }

    @Test
    void aToolThatTheNodeLacksIsNamedWithThePackageThatBringsIt() throws IOException {
        Map<String, String> tools = new LinkedHashMap<>();
        """
                acl: {path: /etc, entity: root, etype: user, permissions: r, state: present} | setfacl: acl
                xattr: {path: /etc, key: user.x, value: y} | getfattr: attr
                parted: {device: /dev/loop9, number: 1, state: present} | parted: parted
                ufw: {rule: allow, port: 22} | ufw: ufw
                nftables: {content: 'table inet x {}'} | nft: nftables
                iptables: {chain: INPUT, jump: ACCEPT} | iptables: iptables
                firewalld: {port: 80/tcp, state: enabled, permanent: true} | firewall-cmd: firewalld
                nmcli: {conn_name: x, type: ethernet, ifname: eth9, state: present} | nmcli: network-manager
                netplan: {name: x, network: {version: 2}} | netplan: netplan.io
                at: {command: ls, count: 1, units: minutes} | at: at
                redis: {command: config, name: a, value: b} | redis-cli: redis-tools
                docker_container: {name: x, image: y} | docker: docker.io
                k8s: {definition: {apiVersion: v1, kind: Namespace, metadata: {name: x}}} | kubectl: kubernetes-client
                helm: {name: x, chart_ref: y, release_namespace: z} | helm: helm
                mysql_db: {name: x} | mariadb and no mysql: mariadb-client
                postgresql_db: {name: x} | psql: postgresql-client
                pip: {name: x} | python3, and pip is a Python program: python3-pip
                npm: {name: x, global: true} | npm: npm
                gem: {name: x} | gem: ruby
                locale_gen: {name: de_DE.UTF-8} | locale-gen: locales
                alternatives: {name: editor, path: /bin/vi} | update-alternatives: dpkg
                archive: {path: /etc/passwd, dest: /tmp/x.zip, format: zip} | zip: zip
                mount: {path: /mnt/n, src: 'h:/x', fstype: nfs, state: mounted} | mount.nfs: nfs-common
                """.lines().map(line -> line.split(" \\| ")).forEach(way -> tools.put(way[0], way[1]));
        play(tools.keySet().stream().map("- %s\n  ignore_errors: true\n"::formatted).collect(Collectors.joining()),
                false);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(arguments("--limit", ROUTER));
        tools.forEach((task, tool) -> assertTrue(said.out().contains("but the node has no "
                + tool.replace(": ", ": install the package ")), () -> task + "\n" + said));
    }

    @Test
    void aToolThatATaskBeforeWouldInstallIsNotMissingInADryRun() throws IOException {
        play("""
                - acl: {path: /etc/motd, entity: daemon, etype: user, permissions: r, state: present}
                  ignore_errors: true
                - apt: {name: acl}
                - acl: {path: /etc/motd, entity: daemon, etype: user, permissions: r, state: present}
                """, true);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(arguments("--limit", DEBIAN, "--check"));
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("but the node has no setfacl: install the package acl first")
                && said.out().contains("unknown: [" + DEBIAN + "] => it may come with acl"), said::toString);
    }

    @Test
    void aConnectionThatIsCutInATask() throws IOException, InterruptedException {
        play("""
                - name: Long
                  shell: "{{ 'sleep 66' if inventory_hostname == '%s' else 'true' }}"
                - name: Go on
                  ping:
                """.formatted(DEBIAN), false);
        Process run = start();
        await(DEBIAN, "pgrep -f '^sleep 66$' >/dev/null");
        on(DEBIAN, """
                p=$(pgrep -f '^sleep 66$')
                while [ "$(cat /proc/$p/comm)" != sshd ]; do p=$(ps -o ppid= -p "$p" | tr -d ' '); done
                kill -KILL "$p"
                """);
        assertEquals(4, run.waitFor(), this::said);
        assertTrue(said().contains("fatal: [" + DEBIAN + "]: UNREACHABLE! => ") && said().contains(
                "The connection was lost while running the task's command as pi@10.77.91.11. Whether it finished is unknown"),
                this::said);
        assertTrue(said().contains("ok: [" + ROUTER + "]"), this::said);
    }

    @Test
    void anInterrupt() throws IOException, InterruptedException {
        play("""
                - name: Fine
                  ping:
                - name: Long
                  shell: touch /tmp/begun; sleep 88
                """, true);
        Process run = start();
        for (String node : List.of(DEBIAN, ROUTER)) {
            await(node, SLEEPS);
        }
        assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(run.pid())).start().waitFor());
        assertEquals(99, run.waitFor(), this::said);
        assertTrue(said().contains("ERROR! User interrupted execution") && !said().contains("    at "), this::said);
        for (String node : List.of(DEBIAN, ROUTER)) {
            await(node, "! " + SLEEPS);
            await(node, "! cat /proc/[0-9]*/stat 2>/dev/null | grep -q ') T '");
            assertEquals("", on(node, "ls /tmp/.bramble* 2>/dev/null; true"), "something of it is left");
        }
        Cli.Said history = new Cli(folder, folder.resolve("data")).call("history");
        assertTrue(history.out().contains("interrupted"), history::toString);
        Cli.Said shown = new Cli(folder, folder.resolve("data")).call("history", "show", "last", "--all");
        assertTrue(shown.out().contains("Fine"), shown::toString);
    }

    @Test
    void whoIsNotLetIn() throws IOException {
        Path known = Path.of("/var/lib/bramble-lab/badinput/known_hosts");
        String router = Files.readAllLines(known).stream().filter(line -> line.contains("10.77.91.12")).findFirst()
                .orElseThrow();
        Files.writeString(folder.resolve("changed"), router.replace("10.77.91.12", "10.77.91.11") + "\n");
        record Way(String host, String known, String variables, String expected) {}
        var ways = List.of(
                new Way("password", known.toString(), "ansible_password=nope9",
                        "but was not let in: tried the password"),
                new Way("unknown", "/dev/null", "ansible_password=raspberry", "but its host key is not known"),
                new Way("changed", folder.resolve("changed").toString(), "ansible_password=raspberry",
                        "but its host key has changed"),
                new Way("closed", known.toString(), "ansible_password=raspberry ansible_port=2",
                        "but nothing listens on port 2"),
                new Way("sudo", known.toString(), "ansible_user=admin ansible_password=admin ansible_become=true "
                        + "ansible_become_password=nope8", "Incorrect sudo password"),
                new Way("good", known.toString(), "ansible_password=raspberry", ""));
        var inventory = new StringBuilder();
        ways.forEach(way -> inventory.append(way.host).append(" ansible_host=10.77.91.11 ansible_ssh_common_args='-o "
                + "UserKnownHostsFile=").append(way.known).append("' ansible_user=pi ").append(way.variables)
                .append('\n'));
        Files.writeString(folder.resolve("hosts"), inventory);
        Files.writeString(folder.resolve("play.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n");

        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "play.yml");

        assertEquals(4, said.code(), said::toString);
        for (Way way : ways) {
            String line = said.out().lines().filter(one -> one.contains("[" + way.host + "]")).findFirst().orElse("");
            assertTrue(way.expected.isEmpty() ? line.equals("ok: [good]") : line.contains(way.expected),
                    () -> way + ": " + line);
        }
        assertTrue(!said.toString().contains("nope"), said::toString);
    }

    /** Mistakes of all kinds, and a node that is no Raspberry Pi beside one that seems to be. */
    @Test
    void whatAnInventoryGetsWrongIsToldAtOnceBeforeAnyNodeIsTouched() throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"),
                "[defaults]\nroles_path = " + Path.of("..").toAbsolutePath().normalize().resolve("roles") + "\n");
        Files.writeString(folder.resolve("more.yml"), """
                all:
                  hosts:
                    badinput-b: {mac_address: "b8:27:eb:00:00:02"}
                    away: {ansible_host: 10.77.92.13, lonely: true}
                  children:
                    dhcp_servers: {hosts: {badinput-d: }}
                    dns_servers: {hosts: {badinput-d: }}
                """);
        Files.createDirectories(folder.resolve("group_vars"));
        Files.writeString(folder.resolve("group_vars/all.yml"), """
                dhcp_server_subnet: 10.77.92.0/24
                dhcp_server_routers: []
                dhcp_server_pools: [10.77.92.100-10.77.92.120, 10.77.92.110-10.77.92.130]
                dns_server_records:
                  - {name: "@", type: SOA, value: a}
                  - {name: float, type: A, value: 300.1.1.1}
                floating_ip_address: 10.77.91.11/24
                boot_config_settings: {gpu_mem: 32}
                """);
        Files.writeString(folder.resolve("play.yml"), """
                - hosts: badinput-d,badinput-b
                  gather_facts: false
                  tasks:
                    - command: touch /tmp/bad-touched
                - {hosts: dhcp_servers, gather_facts: false, roles: [dhcp_server]}
                - {hosts: dns_servers, gather_facts: false, roles: [dns_server, floating_ip]}
                - {hosts: "badinput-d,badinput-b", gather_facts: false, roles: [boot_config]}
                """);
        on(DEBIAN, "mkdir -p /boot/firmware; : >/boot/firmware/config.txt");
        var expected = List.of(
                "badinput-b: ansible_host: '10.77.91.12' is outside of 10.77.92.0/24",
                "away: mac_address: It is missing.", "more.yml:4:", "group_vars/all.yml:3:48",
                "badinput-d: dhcp_server_pools: 10.77.92.100-10.77.92.120 and 10.77.92.110-10.77.92.130 overlap.",
                "badinput-d: dns_server_records: @ SOA is a second SOA", "group_vars/all.yml:5:5",
                "group_vars/all.yml:6:5",
                "badinput-d: dns_server_records: float A is '300.1.1.1', which is no address",
                "badinput-d: ansible_host: 10.77.91.11 is the floating address (floating_ip_address), too",
                "badinput-b: boot_config_settings: there is no /boot/firmware/config.txt and no /boot/config.txt",
                "group_vars/all.yml:8:1");
        for (String mode : List.of("--diff", "--check")) {
            Cli.Said said = new Cli(folder, folder.resolve("data")).call(arguments("-i", "more.yml", mode));
            assertTrue(said.code() == 4 && said.out().isEmpty(), said::toString);
            expected.forEach(one -> assertTrue(said.err().contains(one), () -> one + "\n" + said));
            assertEquals(8, said.err().split("ERROR! ", -1).length, said::toString);
        }
        for (String node : List.of(DEBIAN, ROUTER)) {
            assertEquals("", on(node, "ls /tmp/bad-touched 2>/dev/null; true"), node);
        }
    }

    private void play(String tasks, boolean become) throws IOException {
        Files.writeString(folder.resolve("play.yml"), "- hosts: all\n  gather_facts: false\n"
                + (become ? "  become: \"{{ inventory_hostname == '" + DEBIAN + "' }}\"\n" : "") + "  tasks:\n"
                + tasks.indent(4));
    }

    private static List<String> arguments(String... more) {
        return Stream.concat(Stream.of("run", "-i", "/var/lib/bramble-lab/badinput/inventory.yml", "play.yml"),
                Stream.of(more)).toList();
    }

    /** In a process of its own, which can be interrupted. */
    private Process start(String... options) throws IOException {
        var line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(List.of(options));
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        line.addAll(arguments());
        var builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().putAll(Map.of("BRAMBLE_DATA", folder.resolve("data").toString(), "NO_COLOR", "1"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String on(String node, String command) {
        TestNode at = lab.orElseThrow().nodes().get(node.equals(DEBIAN) ? 0 : 1);
        return at.run(Sh.raw(command)).text().strip();
    }

    /** Until it holds; the test's own time limit ends a wait in vain. */
    private static void await(String node, String condition) throws InterruptedException {
        while (!on(node, "if " + condition + "; then echo yes; fi").equals("yes")) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
