package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.testkit.Relay;
import bramble.testkit.SshServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run on a real terminal, one that {@code script} makes: what is drawn, and what is left on the screen. */
@Timeout(180)
class LiveConsoleTest {
    private static final String PLAYBOOK = """
            - hosts: all
              gather_facts: false
              tasks:
                - name: Fine
                  command: "true"
                  changed_when: false
                - name: Slow
                  shell: >
                    touch {{ inventory_hostname }};
                    while [ {{ inventory_hostname }} = n1 ] && [ ! -e go ]; do sleep 0.05; done
                - name: Bad
                  shell: echo out of luck >&2; exit 3
            """;

    @TempDir
    Path folder = Path.of("");

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @BeforeEach
    void files() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script, of util-linux, is not there");
        Files.writeString(folder.resolve("play.yml"), PLAYBOOK);
        Files.writeString(folder.resolve("hosts"), "n[1:5] ansible_connection=local\n");
    }

    @Test
    void drawsWhileHostsWorkAndLeavesTheResults() throws IOException, InterruptedException {
        Process run = onTerminal("run -i hosts play.yml");
        Pattern drawing = Pattern.compile("TASK \\[Slow] \\d at work.*\r\n.*  n1  +\\ds", Pattern.DOTALL);
        while (run.isAlive() && !drawing.matcher(said()).find()) {
            run.waitFor(20, TimeUnit.MILLISECONDS);
        }
        assertTrue(drawing.matcher(said()).find(), this::said);
        Files.createFile(folder.resolve("go"));
        assertEquals(2, ended(run), this::said);

        List<String> screen = screen(said());
        var expected = new ArrayList<>(List.of("PLAY [all] on 5 hosts", "TASK [Fine]", "  ok: all 5 hosts",
                "TASK [Slow]", "  changed: all 5 hosts", "TASK [Bad]",
                "  failed: all 5 hosts: non-zero return code 3", "    stderr: out of luck", "", "RECAP"));
        for (int i = 1; i <= 5; i++) {
            expected.add(("n%d                         : ok=2    changed=1    unreachable=0    failed=1    skipped=0"
                    + "    rescued=0    ignored=0").formatted(i));
        }
        assertEquals(expected, screen.subList(screen.indexOf("PLAY [all] on 5 hosts"), screen.size() - 3));
        assertTrue(screen.get(screen.size() - 3).matches("Took \\d+s, run [-0-9]+\\."), screen::toString);
        assertEquals("Go on where it stopped:  bramble run --resume -i hosts play.yml", screen.get(screen.size() - 2));
    }

    @Test
    void showsHowFarALargeFileIs() throws IOException, InterruptedException {
        try (var large = new RandomAccessFile(folder.resolve("large").toFile(), "rw")) {
            large.setLength(64 << 20);
        }
        try (SshServer server = SshServer.start().password("ada", "lovelace"); var relay = new Relay(server.port())) {
            Path known = server.knownHosts(folder.resolve("known_hosts"));
            Files.writeString(known, Files.readString(known).replace(":" + server.port(), ":" + relay.port()));
            Files.writeString(folder.resolve("far"), "n1 ansible_host=127.0.0.1 ansible_port=" + relay.port()
                    + " ansible_user=ada ansible_password=lovelace"
                    + " ansible_ssh_common_args='-F none -o UserKnownHostsFile=" + known + "'\n");
            carried(relay, "copy: {src: large, dest: " + folder.resolve("sent") + "}", "sent");
            carried(relay, "fetch: {src: " + folder.resolve("sent") + ", dest: " + folder.resolve("back")
                    + ", flat: true}", "received");
        }
        assertEquals(-1, Files.mismatch(folder.resolve("large"), folder.resolve("back")));
    }

    /** What is on its way is held until the screen says how far it is. */
    private void carried(Relay relay, String task, String way) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("large.yml"),
                "- hosts: all\n  gather_facts: false\n  tasks: [{" + task + "}]\n");
        Files.deleteIfExists(folder.resolve("said"));
        relay.holdAfter(4 << 20);
        Process run = onTerminal("run -i far large.yml");
        Pattern share = Pattern.compile("  n1 +\\d+s  [1-9]\\d?% of 64\\.0 MiB " + way + ", \\d+\\.\\d [KM]iB/s");
        while (run.isAlive() && !share.matcher(said()).find()) {
            run.waitFor(20, TimeUnit.MILLISECONDS);
        }
        relay.open();
        assertEquals(0, ended(run), this::said);
        assertTrue(share.matcher(said()).find(), this::said);
        assertTrue(screen(said()).contains("  changed: n1"), this::said);
    }

    @Test
    void theInterruptKeyEndsItInGoodOrder() throws IOException, InterruptedException {
        Process run = onTerminal("run -i hosts play.yml -l n1");
        while (run.isAlive() && !Files.exists(folder.resolve("n1"))) {
            run.waitFor(20, TimeUnit.MILLISECONDS);
        }
        OutputStream keyboard = run.getOutputStream();
        keyboard.write(3);
        keyboard.flush();
        assertEquals(99, ended(run), this::said);

        List<String> screen = screen(said());
        assertEquals(List.of("ERROR! User interrupted execution",
                "Go on where it stopped:  bramble run --resume -i hosts play.yml -l n1"),
                screen.subList(screen.size() - 3, screen.size() - 1), screen::toString);
        assertTrue(screen.contains("  ok: n1") && screen.contains("RECAP"), screen::toString);
        assertTrue(screen.stream().noneMatch(line -> line.contains("at work")), screen::toString);
        var history = new Cli(folder, folder.resolve("data")).call("history");
        assertTrue(history.out().contains("interrupted"), history::toString);
    }

    @Test
    void theInterruptKeyEndsTheLookAtNodesToo() throws IOException, InterruptedException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(folder.resolve("far"),
                    "n1 ansible_host=127.0.0.1 ansible_port=" + silent.getLocalPort() + " ansible_ssh_timeout=60\n");
            Files.writeString(folder.resolve("pi.yml"),
                    "- {hosts: all, gather_facts: false, tasks: [gpio_shutdown: ]}\n");
            Process run = onTerminal("run -i far pi.yml");
            while (run.isAlive() && !said().contains("Looking at 1 node")) {
                run.waitFor(20, TimeUnit.MILLISECONDS);
            }
            OutputStream keyboard = run.getOutputStream();
            keyboard.write(3);
            keyboard.flush();
            assertEquals(99, ended(run), this::said);
        }
        assertTrue(said().contains("ERROR! User interrupted execution"), this::said);
        assertFalse(said().contains("PLAY ["), this::said);
    }

    @Test
    void theAnsibleNamesAndDumbTerminalsGetPlainLines() throws IOException, InterruptedException {
        Files.createFile(folder.resolve("go"));
        for (List<String> way : List.of(List.of("xterm", "ansible-playbook"), List.of("dumb", "run"))) {
            Files.deleteIfExists(folder.resolve("said"));
            Process run = onTerminal("%s -i hosts play.yml -l n1".formatted(way.getLast()), "TERM=" + way.getFirst());
            assertEquals(2, ended(run), this::said);
            assertTrue(said().contains("TASK [Fine] ****") && said().contains("ok: [n1]"), this::said);
            assertTrue(!said().contains("\u001b[J"), this::said);
        }
    }

    /** How it exits; if it doesn't, a failure that says what was on the screen, and what it was doing. */
    private int ended(Process run) throws IOException, InterruptedException {
        if (!run.waitFor(60, TimeUnit.SECONDS)) {
            var inside = new StringBuilder(said());
            for (ProcessHandle process : run.descendants().toList()) {
                inside.append('\n').append(process.info().commandLine().orElse("?"));
                var jstack = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jstack").toString(),
                        Long.toString(process.pid())).redirectErrorStream(true).start();
                inside.append('\n').append(new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            fail(inside.toString());
        }
        return run.exitValue();
    }

    private Process onTerminal(String arguments, String... environment) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // a build in the background ignores interrupts, and with it all that it starts
        String line = "stty cols 120 rows 20; exec env --default-signal=INT '%s' -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED %s %s %s"
                .formatted(java, "-cp \"$CP\"", Main.class.getName(), arguments);
        var builder = new ProcessBuilder("/usr/bin/script", "-qec", line, folder.resolve("typescript").toString())
                .directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().putAll(Map.of("CP", System.getProperty("java.class.path"), "BRAMBLE_DATA",
                folder.resolve("data").toString(), "NO_COLOR", "1", "TERM", "xterm", "SHELL", "/bin/sh"));
        for (String setting : environment) {
            builder.environment().put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
        }
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What is seen of it on a terminal that understands lines, going up, and clearing what is below. */
    private static List<String> screen(String text) {
        var lines = new ArrayList<>(List.of(""));
        int row = 0;
        Matcher part = Pattern.compile("\u001b\\[(\\d+)A|\u001b\\[J|\r|\n|[^\u001b\r\n]+").matcher(text);
        while (part.find()) {
            String word = part.group();
            if (part.group(1) != null) {
                row -= Integer.parseInt(part.group(1));
            } else if (word.equals("\u001b[J")) {
                lines.subList(row, lines.size()).clear();
                lines.add("");
            } else if (word.equals("\n")) {
                row++;
                if (row == lines.size()) {
                    lines.add("");
                }
            } else if (!word.equals("\r")) {
                lines.set(row, lines.get(row) + word);
            }
        }
        return lines.stream().map(String::stripTrailing).toList().subList(0, lines.size() - 1);
    }
}
