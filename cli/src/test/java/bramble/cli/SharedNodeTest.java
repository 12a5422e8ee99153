package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.testkit.SshServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs do to each other on one node, and what one leaves there that is cut off or killed. */
@Timeout(120)
class SharedNodeTest {
    /** What a host does until it is told to go on. */
    private static final String HOLD = "echo held >FOLDER/begun; while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done";

    private final Path folder;
    private final SshServer server = SshServer.start().password("ada", "lovelace");

    SharedNodeTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void inventory() throws IOException {
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        Files.writeString(folder.resolve("hosts"), "n1 ansible_host=127.0.0.1 ansible_port=" + server.port()
                + " ansible_user=ada ansible_password=lovelace"
                + " ansible_ssh_common_args='-F none -o UserKnownHostsFile=" + known + "'\n");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String playbook(String name, String task) throws IOException {
        Files.writeString(folder.resolve(name),
                "- hosts: all\n  gather_facts: false\n  tasks:\n    - " + task.replace("FOLDER", folder.toString()));
        return name;
    }

    /** A run within this process, whose output can be looked at meanwhile. */
    private final class Going {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        Going(String playbook, String... flags) {
            var arguments = new ArrayList<>(List.of("run", "-i", "hosts", playbook));
            arguments.addAll(List.of(flags));
            Thread.ofPlatform().daemon().start(() -> {
                var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
                code.complete(Main.run(arguments, stream, stream, folder,
                        Map.of("BRAMBLE_DATA", folder.resolve("data-" + playbook).toString(), "NO_COLOR", "1"),
                        false));
            });
        }

        String said() {
            return out.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void theSecondRunWaitsAndSaysForWhom() throws Exception {
        var first = new Going(playbook("first.yml", "shell: " + HOLD + "; echo first >>FOLDER/done\n"));
        until(() -> Files.exists(folder.resolve("begun")));
        var second = new Going(playbook("second.yml", "shell: echo second >>FOLDER/done\n"));
        until(() -> second.said().contains(" since 20"));
        Files.createFile(folder.resolve("go"));
        assertTrue(second.said().matches("(?s).* since 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\S+.*"),
                second::said);
        assertEquals(0, second.code.get(), second::said);
        assertEquals(0, first.code.get(), first::said);
        assertEquals(List.of("first", "second"), Files.readAllLines(folder.resolve("done")));
        assertTrue(second.said().contains(System.getProperty("user.name") + "@"), second::said);
    }

    @Test
    void aRunWhoseConnectionEndedUnnoticedWaitsForWhoCameMeanwhile() throws Exception {
        var first = new Going(playbook("first.yml", """
                shell: echo first >>FOLDER/done
                    - wait_for: {path: FOLDER/goon, timeout: 60, sleep: 1}
                      delegate_to: localhost
                    - shell: echo again >>FOLDER/done
                """));
        until(() -> Files.exists(folder.resolve("done")) && first.said().contains("wait_for"));
        server.cut();
        var second = new Going(playbook("second.yml", "shell: " + HOLD + "; echo second >>FOLDER/done\n"));
        until(() -> Files.exists(folder.resolve("begun")));
        Files.createFile(folder.resolve("goon"));
        until(() -> first.said().contains(" since 20") || first.code.isDone());
        Files.createFile(folder.resolve("go"));
        assertEquals(0, first.code.get(), first::said);
        assertEquals(0, second.code.get(), second::said);
        assertEquals(List.of("first", "second", "again"), Files.readAllLines(folder.resolve("done")));
    }

    @Test
    void whoWaitsForAnotherRunNeedsNoFork() throws Exception {
        Files.writeString(folder.resolve("hosts"), "n2 ansible_connection=local\n", StandardOpenOption.APPEND);
        var first = new Going(playbook("first.yml",
                "shell: " + HOLD + "\n      when: inventory_hostname == 'n1'\n"));
        until(() -> Files.exists(folder.resolve("begun")));
        var second = new Going(playbook("second.yml",
                "shell: test {{ inventory_hostname }} = n1 || touch FOLDER/go\n"), "--forks", "1");
        assertEquals(0, second.code.get(), second::said);
        assertEquals(0, first.code.get(), first::said);
        assertTrue(second.said().contains("n1 is in the hands of another run"), second::said);
    }

    @Test
    void aKilledRunHoldsTheNodeNoLongerThanItsCommandRuns() throws Exception {
        Process first = killed(playbook("first.yml", "shell: " + HOLD + "; echo first >>FOLDER/done\n"));
        assertFalse(first.isAlive());
        var second = new Going(playbook("second.yml", "shell: echo second >>FOLDER/done\n"));
        until(() -> second.said().contains(" since 20"));
        Files.createFile(folder.resolve("go"));
        assertEquals(0, second.code.get(), second::said);
        assertEquals(List.of("first", "second"), Files.readAllLines(folder.resolve("done")));
    }

    @Test
    void aKilledRunLeavesAWholeFileAndNothingBesideIt() throws Exception {
        Path etc = Files.createDirectories(folder.resolve("etc"));
        Path target = etc.resolve("file");
        Files.writeString(target, "old");
        killed(playbook("copy.yml",
                "copy: {dest: FOLDER/etc/file, content: new, validate: sh FOLDER/hold %s}\n"));
        assertEquals(2, left(etc).size(), "the new file is there, but not yet in its place");
        Files.createFile(folder.resolve("go"));
        until(() -> left(etc).size() == 1);
        assertTrue(List.of("old", "new").contains(Files.readString(target)));
    }

    @ParameterizedTest
    @ValueSource(longs = {20_000, 150_000, 299_000})
    void aConnectionThatIsCutLeavesTheOldFile(long bytes) throws Exception {
        Path etc = Files.createDirectories(folder.resolve("etc"));
        Path target = etc.resolve("file");
        Files.writeString(target, "old");
        Files.write(folder.resolve("big"), new byte[300_000]);
        String play = playbook("copy.yml", "copy: {dest: FOLDER/etc/file, src: big}\n");
        server.cutAfter(bytes);
        var cut = new Going(play);
        assertEquals(4, cut.code.get(), cut::said);
        server.cutNever();
        until(() -> left(etc).size() == 1);
        assertEquals("old", Files.readString(target));
        var again = new Going(play);
        assertEquals(0, again.code.get(), again::said);
        assertEquals(300_000, Files.size(target));
    }

    /** A run in a process of its own, killed when its task has begun. */
    private Process killed(String playbook) throws Exception {
        Files.writeString(folder.resolve("hold"), HOLD.replace("FOLDER", folder.toString()));
        var command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "run", "-i", "hosts", playbook).directory(folder.toFile())
                .redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
        command.environment().put("BRAMBLE_DATA", folder.resolve("data").toString());
        Process run = command.start();
        until(() -> Files.exists(folder.resolve("begun")) || !run.isAlive());
        assertTrue(run.isAlive(), () -> read(folder.resolve("said")));
        run.destroyForcibly().waitFor();
        return run;
    }

    private static List<Path> left(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void until(java.util.function.BooleanSupplier reached) throws InterruptedException {
        while (!reached.getAsBoolean()) {
            Thread.sleep(20);
        }
    }
}
