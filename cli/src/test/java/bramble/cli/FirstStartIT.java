package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.cli.BootImage.Release;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that start from cards which Bramble wrote: they are those that the inventory has, Bramble knows them by the keys that they
 * were given, also on their next cards, and nobody else in their place. A rebuilding that is killed goes on where it was.
 */
@Timeout(300)
class FirstStartIT {
    private static final String SUBNET = "10.77.105";
    private static final String STRANGER = "its host key is not the one that this node was given";
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final String SITE = """
            - hosts: all
              become: true
              tasks:
                - copy: {content: "of the site\\n", dest: /etc/site}
                - shell: echo >> /etc/once
                  args: {creates: /etc/done}
                - wait_for: {path: /etc/go, timeout: 60}
                - copy: {content: "", dest: /etc/done}
            """;

    @BeforeAll
    static void home() {
        System.setProperty("bramble.home", RoleLab.PROJECT.toString()); // stays: other classes run beside this one
    }

    @TempDir
    Path folder = Path.of("");

    private Cli cli = new Cli(folder, folder);

    @Test
    void isBornAndBornAgain() throws Exception {
        cli = new Cli(folder, folder.resolve("data"));
        BootImage.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve("key").toString());
        Files.writeString(folder.resolve("known"), "");
        Files.writeString(folder.resolve("site.yml"), SITE);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars:
                    ansible_user: alice
                    ansible_ssh_private_key_file: %s
                    ansible_ssh_common_args: -F none -o UserKnownHostsFile=%s -o GlobalKnownHostsFile=none
                    users_list: [{name: alice, keys: ["{{ lookup('file', 'key.pub') }}"], sudo: true}]
                    timezone_name: Europe/Berlin
                    image_keyboard: gb
                    image_address: "{{ ansible_host }}/24"
                    image_nameservers: [9.9.9.9]
                    image_wifi_ssid: "It's ours"
                    image_wifi_password: correct horse
                  hosts:
                    pi3: {ansible_host: %s.13}
                    pi4: {ansible_host: %s.14}
                """.formatted(folder.resolve("key"), folder.resolve("known"), SUBNET, SUBNET));
        for (String card : List.of("three", "four", "other", "next")) {
            Files.createFile(folder.resolve(card));
        }
        try (RoleLab lab = RoleLab.up("born", SUBNET, folder, "pi3 .13 card\npi4 .14 card\n")) {
            SystemImage.of(folder.resolve("golden.img"), Release.BOOKWORM.files(), "touch etc/dhcpcd.conf");
            told();
            killedWhileItWrites(lab);
            killedWhileItWaits();
            String known = Files.readString(folder.resolve("data/known_hosts"));
            aStrangerIsLeftBehind(lab);
            killedWhileItPlays(lab);
            looksRight(lab);
            assertEquals("pi3 root Europe/Berlin", said("-b", "-m", "shell", "-a",
                    "echo \"$(hostname) $(id -un) $(cat /etc/timezone)\"").out().lines().toList().getLast());
            bornAgain(lab);
            assertEquals(known, Files.readString(folder.resolve("data/known_hosts")));
        }
    }

    private void told() throws IOException {
        Cli.Said told = cli.call(words("--dry-run"));
        assertEquals(0, told.code(), told::toString);
        for (String line : List.of("pi4:", "  write golden.img to four, as its card",
                "  wait until it answers, with the host key that is known of it", "  play site.yml (as you say)",
                "Would write " + folder.resolve("golden.img"),
                "To: " + folder.resolve("four").toRealPath() + " (a file); on it: nothing known; for pi4")) {
            assertTrue(told.out().contains(line), () -> line + " isn't in " + told);
        }
        assertEquals(0, Files.size(folder.resolve("four")));
    }

    private static List<String> words(String... more) {
        var words = new ArrayList<>(List.of("rebuild", "-i", "cluster.yml", "pi3", "pi4", "-p", "site.yml", "--image",
                "golden.img", "--device", "three", "--device", "four", "--force", "--yes", "--wait", "1"));
        words.addAll(List.of(more));
        return words;
    }

    private void killedWhileItWrites(RoleLab lab) throws Exception {
        killed(() -> begin("three").startsWith("Bramble has not yet") && begin("four").startsWith("Bramble has"));
        assertTrue(begin("three").startsWith("Bramble has not yet written this card"));
        RoleLab.Ended dark = lab.tried(RoleLab.PROJECT.resolve("lab/lab").toString(), "insert", "pi3",
                folder.resolve("three").toString());
        assertTrue(dark.code() == 1 && dark.printed().contains("its card has no partition table"), dark::toString);
    }

    private void killedWhileItWaits() throws Exception {
        killed(() -> said().contains("pi4: waiting."));
        assertTrue(said().contains("Put the card into pi3") && said().contains("Put the card into pi4"), said());
        String other = cli.call("rebuild", "-i", "cluster.yml", "pi3", "-p", "site.yml", "--image", "golden.img",
                "--device", "next", "--force", "--dry-run").out();
        assertTrue(other.contains("to next, as its card\n"), other);
    }

    private void aStrangerIsLeftBehind(RoleLab lab) throws IOException {
        Files.copy(folder.resolve("golden.img"), folder.resolve("other"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Cli.Said other = new Cli(folder, folder.resolve("elsewhere")).call("image", "customise", "-i", "cluster.yml",
                "other", "--node", "pi4");
        assertEquals(0, other.code(), other::toString);
        insert(lab, "pi3", "three");
        insert(lab, "pi4", "other");
        inNode(lab, "pi3", "touch /etc/go");
        Cli.Said said = cli.call(words());
        assertEquals(4, said.code(), said::toString);
        assertTrue(said.err().contains("pi4: ") && said.err().contains(STRANGER), said::toString);
        assertTrue(said.out().contains("write golden.img to four, as its card: done")
                && said.out().contains("pi3 answers.") && said.out().contains("pi3 is back")
                && said.out().contains("Not back: pi4. The same command goes on with it."), said::toString);
        assertEquals("", inNode(lab, "pi4", "ls /etc/site 2>/dev/null || true"), "nothing was done on it");
    }

    private void killedWhileItPlays(RoleLab lab) throws Exception {
        insert(lab, "pi4", "four");
        killed(() -> said().contains("TASK [wait_for]"));
        inNode(lab, "pi4", "touch /etc/go");
        Cli.Said said = cli.call(words());
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("pi3: is back already") && said.err().contains("Continuing the run")
                && said.out().contains("pi4 is back"), said::toString);
        assertEquals("1", inNode(lab, "pi4", "wc -l </etc/once").strip(), "what was done isn't done again");
        settled();
    }

    private void settled() {
        Cli.Said again = cli.call("run", "-i", "cluster.yml", "site.yml");
        assertEquals(0, again.code(), again::toString);
        assertEquals(2, again.out().split("changed=0", -1).length - 1, again::toString);
    }

    /** Its card is lost, and what it had: another one by one command, and what was kept is there again. */
    private void bornAgain(RoleLab lab) throws Exception {
        Files.createDirectory(folder.resolve("group_vars"));
        Files.writeString(folder.resolve("group_vars/all.yml"),
                "backup_paths: [/srv/data]\nbackup_folder: " + folder.resolve("backups") + "\n");
        inNode(lab, "pi3", "mkdir -m 750 /srv/data; echo kept >/srv/data/file");
        Cli.Said kept = cli.call("backup", "-i", "cluster.yml", "pi3");
        assertEquals(0, kept.code(), kept::toString);
        Files.writeString(folder.resolve("site.yml"), SITE.replace("path: /etc/go, timeout: 60", "path: /etc/site"));
        List<String> words = List.of("rebuild", "-i", "cluster.yml", "pi3", "--image", "golden.img", "--device", "next",
                "--force", "--yes", "--wait", "1");
        String told = cli.call(Stream.concat(words.stream(), Stream.of("--dry-run")).toList()).out();
        assertTrue(
                told.contains("play site.yml (as in the run ") && told.contains("bring back what \"bramble backup\""),
                told);
        Process process = started(new ProcessBuilder(command(words)));
        until(process, () -> said().contains("pi3: waiting. It still is what it was before its card was written"));
        insert(lab, "pi3", "next");
        assertTrue(process.waitFor(90, TimeUnit.SECONDS));
        assertTrue(process.exitValue() == 0 && said().contains("pi3 is back"), said());
        assertEquals("750 kept", inNode(lab, "pi3", "stat -c %a /srv/data | tr '\\n' ' '; cat /srv/data/file").strip());
        settled();
    }

    private void insert(RoleLab lab, String node, String card) {
        lab.lab("insert", node, folder.resolve(card).toString());
    }

    /** Has a rebuilding begin, and kills it once something is so. */
    private void killed(BooleanSupplier when) throws Exception {
        Process process = started(new ProcessBuilder(command(words())));
        until(process, when);
        process.destroyForcibly();
        assertEquals(137, process.waitFor(), this::said);
    }

    private static List<String> command(List<String> words) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1",
                "-Dbramble.home=" + RoleLab.PROJECT, Main.class.getName()));
        command.addAll(words);
        return command;
    }

    private Process started(ProcessBuilder builder) throws IOException {
        builder.environment().put("BRAMBLE_DATA", folder.resolve("data").toString());
        builder.environment().put("NO_COLOR", "1");
        return builder.directory(folder.toFile()).redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null")).redirectOutput(folder.resolve("said").toFile()).start();
    }

    private void until(Process process, BooleanSupplier is) {
        Instant end = Instant.now().plus(LONGEST);
        while (!is.getAsBoolean()) {
            assertTrue(process.isAlive() && Instant.now().isBefore(end), this::said);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Cli.Said said(String... more) {
        return cli.call(Stream.concat(Stream.of("exec", "-i", "cluster.yml", "pi3"), Stream.of(more)).toList());
    }

    private String begin(String card) {
        try (var in = Files.newInputStream(folder.resolve(card))) {
            return new String(in.readNBytes(64), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void looksRight(RoleLab lab) throws IOException {
        String log = inNode(lab, "pi3", "cat /var/log/bramble-first-boot.log");
        assertFalse(log.contains("Tried to"), log);
        assertEquals("", inNode(lab, "pi3", "find /boot/firmware -name 'firstrun*'"));
        String words = inNode(lab, "pi3", "cat /boot/firmware/cmdline.txt");
        assertTrue(words.contains("root=PARTUUID=4d3ee428-02") && !words.contains("systemd"), words);
        assertEquals("ssh_host_ed25519_key\nssh_host_ed25519_key.pub\n",
                inNode(lab, "pi3", "ls /etc/ssh | grep host_"));
        assertEquals("600 root", inNode(lab, "pi3", "stat -c '%a %U' /etc/ssh/ssh_host_ed25519_key").strip());
        assertTrue(inNode(lab, "pi3", "getent passwd 1000").startsWith("alice:"));
        assertEquals("127.0.1.1\tpi3\n", inNode(lab, "pi3", "grep ^127.0.1.1 /etc/hosts"));
        assertTrue(inNode(lab, "pi3", "cat /etc/dhcpcd.conf").contains("static ip_address=" + SUBNET + ".13/24\n"
                + "static domain_name_servers=9.9.9.9\n"));
        assertTrue(inNode(lab, "pi3", "cat /etc/wpa_supplicant/wpa_supplicant.conf").contains("ssid=\"It's ours\""));
        assertTrue(inNode(lab, "pi3", "sshd -T").contains("passwordauthentication no\n"));
        assertFalse(inNode(lab, "pi3", "grep -c BEGIN /boot/firmware/* || true").contains(":1"));
    }

    /** Runs a command as root on the node, where nobody has logged in. */
    private static String inNode(RoleLab lab, String node, String command) {
        String pid = lab.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "status").lines()
                .filter(line -> line.startsWith(node + " ")).findFirst().orElseThrow().split("\\s+", -1)[4];
        return lab.run("nsenter", "-t", pid, "-m", "-u", "-i", "-n", "-p", "sh", "-c", command);
    }
}
