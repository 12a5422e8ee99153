package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.record.History;
import bramble.testkit.Lab;
import bramble.value.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code playbooks/site.yml} on a lab of a bare Debian node and a router that has BusyBox alone. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SiteOnLabIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final String SUBNET = "10.77.90";
    private static final String NODES = """
            n1 %1$s.11 debian cluster
            r1 %1$s.12 busybox openwrt
            """.formatted(SUBNET);

    /** What a dry run on bare nodes can't know. */
    private static final Set<String> UNDETERMINED = Set.of(
            // the package brings both files, the second made by its own script: with what in them, only installing it tells
            "unattended_upgrades : Say which updates are installed on n1", "unattended_upgrades : Turn it on on n1",
            // the same of /etc/default/sysstat, and of the services
            "statistics : Switch sysstat on on n1", "statistics : Start them, now and at boot on n1",
            "statistics : Start them, now and at boot on n1, sysstat",
            "statistics : Start them, now and at boot on n1, uptimed");

    @TempDir
    static Path scratch = Path.of("");

    @BeforeAll
    static void up() throws IOException, InterruptedException {
        Lab.needsRoot();
        Path nodes = Files.writeString(scratch.resolve("nodes"), NODES);
        lab("up", "--fresh", "--nodes", nodes.toString());
    }

    @AfterAll
    static void down() throws IOException, InterruptedException {
        if (Files.exists(scratch.resolve("nodes"))) {
            lab("down", "--purge");
        }
    }

    @Test
    @Order(1)
    void whoCanNotLogInIsTold() throws IOException, InterruptedException {
        String where = where();
        String known = "ansible_ssh_common_args='-o UserKnownHostsFile=" + where + "/known_hosts'";
        Path inventory = Files.writeString(scratch.resolve("hosts"),
                """
                        wrong_sudo ansible_host=%1$s.11 ansible_user=admin ansible_password=admin ansible_become_password=nope %2$s
                        absent ansible_host=%1$s.99 ansible_user=pi ansible_password=raspberry %2$s
                        refused ansible_host=%1$s.11 ansible_user=pi ansible_ssh_private_key_file=%3$s/id_ed25519 %2$s
                        """
                        .formatted(SUBNET, known, where));
        Map<String, Integer> codes = Map.of("wrong_sudo", 2, "absent", 4, "refused", 4);
        var cli = new Cli(scratch, scratch.resolve("mistakes"));
        assertAll(codes.entrySet().stream().map(entry -> () -> {
            Cli.Said said = cli.call("exec", "-i", inventory.toString(), entry.getKey(), "-b", "-T", "5", "-m",
                    "command",
                    "-a", "id");
            assertEquals(entry.getValue(), said.code(), said::toString);
            assertTrue(said.out().contains(entry.getKey()), said::toString);
            assertTrue(!said.toString().contains("nope") && !said.toString().contains("    at "), said::toString);
        }));
    }

    @Test
    @Order(2)
    void siteIsPredictedMadeAndThenUnchanged() throws IOException, InterruptedException {
        Path data = scratch.resolve("data");

        Map<String, History.Entry> foretold = play(data, "site.yml", "--check");
        Map<String, String> predicted = outcomes(foretold);
        var unknown = new TreeSet<String>();
        predicted.forEach((task, outcome) -> {
            if (outcome.equals("UNDETERMINED")) {
                unknown.add(task.replaceFirst("^\\S+ ", ""));
            }
        });
        assertTrue(unknown.size() * 10 <= predicted.size(), () -> "more than a tenth is not determined: " + unknown);
        assertEquals(new TreeSet<>(UNDETERMINED), unknown);

        Map<String, History.Entry> real = play(data, "site.yml");
        Map<String, String> done = outcomes(real);
        var differences = new ArrayList<String>();
        predicted.forEach((task, outcome) -> {
            String became = done.getOrDefault(task, "not there");
            if (!outcome.equals("UNDETERMINED") && !outcome.replace("WOULD_CHANGE", "CHANGED").equals(became)) {
                differences.add(task.replaceFirst("^\\S+ ", "") + ": predicted " + outcome + ", but " + became);
            } else if (outcome.equals("WOULD_CHANGE")
                    && !RoleLab.WORDED_BY_THE_NODE.contains(Objects.requireNonNull(foretold.get(task)).module())) {
                String changes = Json.compact(Objects.requireNonNull(foretold.get(task)).changes());
                String made = Json.compact(Objects.requireNonNull(real.get(task)).changes());
                if (!changes.equals(made)) {
                    differences.add(task.replaceFirst("^\\S+ ", "") + ": predicted " + changes + ", but made " + made);
                }
            }
        });
        assertEquals(List.of(), differences);

        Map<String, String> again = outcomes(play(data, "site.yml"));
        assertEquals(List.of(), again.entrySet().stream().filter(entry -> entry.getValue().equals("CHANGED")).toList());

        play(data, "verify.yml");

        // what is logged just after a rotation is in the new file, and the old one has what was there
        lab("ssh", "n1", "sudo sh -ec 'cd /var/log; seen() { n=0; until grep -qs $1 rpicluster.log; do sleep 0.2; "
                + "n=$((n + 1)); [ $n -lt 50 ]; done; }; logger -t rpicluster before; seen before; "
                + "logrotate -f /etc/logrotate.d/rpicluster; logger -t rpicluster after; seen after; "
                + "grep -q before rpicluster.log.1'");

        lab("ssh", "n1", "sudo chmod 755 /etc/rc.local");
        Cli.Said said = new Cli(PROJECT.resolve("playbooks"), data)
                .call("run", "-i", where() + "/inventory.yml", "verify.yml");
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("\"check                n1      r1\""), said::toString);
        assertTrue(said.out().contains("\"motd                 ok      ok\""), said::toString);
        assertTrue(said.out().contains("\"rc_local             FAILED  -\""), said::toString);
        assertTrue(said.out().contains("\"n1: rc_local: /etc/rc.local has the mode 0755, not 0750\""),
                said::toString);
    }

    @Test
    @Order(3)
    void whomARunDoesNotReachStaysListed() throws IOException, InterruptedException {
        Path inventory = Files.writeString(scratch.resolve("by-name"),
                """
                        n1 ansible_host=%1$s.11 ansible_user=pi ansible_password=raspberry ansible_ssh_common_args='-o UserKnownHostsFile=%2$s/known_hosts'
                        far ansible_user=root ansible_password=openwrt ansible_ssh_common_args='-o UserKnownHostsFile=%2$s/known_hosts -o HostName=%1$s.12'
                        """
                        .formatted(SUBNET, where()));
        Path book = Files.writeString(scratch.resolve("hosts.yml"),
                "- {hosts: all, become: \"{{ inventory_hostname == 'n1' }}\", roles: [hosts_file]}\n");
        var cli = new Cli(PROJECT.resolve("playbooks"), scratch.resolve("data"));
        for (String[] limit : new String[][]{{"-l", "all"}, {"-l", "n1"}}) {
            Cli.Said said = cli.call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                    List.of("run", "-i", inventory.toString(), book.toString(), limit[0], limit[1]));
            assertTrue(said.code() == 0 && said.out().contains(limit[1].equals("n1") ? "changed=0 " : "changed=1 "),
                    said::toString);
            assertTrue(lab("ssh", "n1", "cat /etc/hosts").contains("\n" + SUBNET + ".12\tfar.cluster far\n"));
        }
    }

    private static Map<String, String> outcomes(Map<String, History.Entry> entries) {
        var outcomes = new TreeMap<String, String>();
        entries.forEach((task, entry) -> outcomes.put(task, entry.outcome()));
        return outcomes;
    }

    /** What became of each task, and of each item of a loop, on each host. */
    private static Map<String, History.Entry> play(Path data, String playbook, String... flags)
            throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("run", "-i", where() + "/inventory.yml", playbook));
        arguments.addAll(List.of(flags));
        Cli.Said said = new Cli(PROJECT.resolve("playbooks"), data).call(arguments);
        assertEquals(0, said.code(), said::toString);
        var entries = new TreeMap<String, History.Entry>();
        try (var history = new History(data.resolve("runs.db"))) {
            history.entries(history.runs(1).getFirst().id()).stream()
                    .forEach(entry -> entries.put(entry.position() + " " + entry.task() + " on " + entry.host()
                            + entry.item().map(item -> ", " + item).orElse(""), entry));
        }
        return entries;
    }

    private static String where() throws IOException, InterruptedException {
        return lab("where").strip();
    }

    private static String lab(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(PROJECT.resolve("lab/lab").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(PROJECT.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("BRAMBLE_LAB_NAME", "verify", "BRAMBLE_LAB_SUBNET", SUBNET));
        Path said = Files.createTempFile(scratch, "lab", ".log");
        Process process = builder.redirectOutput(said.toFile()).start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> "lab " + String.join(" ", arguments) + " does not end");
        assertEquals(0, process.exitValue(), () -> "lab " + String.join(" ", arguments) + ": " + said);
        return Files.readString(said);
    }
}
