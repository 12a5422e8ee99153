package bramble.cli;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.testkit.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each whole cluster of {@code examples/} on a lab of its nodes, under their names: what the first run and the second one
 * print is {@code expected.txt} in its folder. {@code -Dbramble.golden.update=true} writes that anew: read the diff.
 */
class ExamplesIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final String SUBNET = "10.77.220";

    /** The nodes of all examples, as the lab reads them. */
    private static final Map<String, List<String>> NODES = Map.of("three-pis",
            List.of("berry1 .11 debian", "berry2 .12 debian", "berry3 .13 debian"), "openwrt-router",
            List.of("gate .21 busybox", "left .22 debian", "right .23 debian"));

    @TempDir
    static Path scratch = Path.of("");

    static List<String> examples() {
        return NODES.keySet().stream().sorted().toList();
    }

    @BeforeAll
    static void up() throws IOException, InterruptedException {
        Lab.needsRoot();
        String nodes = NODES.values().stream().flatMap(List::stream).map(line -> line.replace(" .", " " + SUBNET + "."))
                .collect(joining("\n", "", "\n"));
        lab("up", "--fresh", "--nodes", Files.writeString(scratch.resolve("nodes"), nodes).toString());
    }

    @AfterAll
    static void down() throws IOException, InterruptedException {
        if (Files.exists(scratch.resolve("nodes"))) {
            lab("down", "--purge");
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void printsWhatIsExpected(String name) throws IOException, InterruptedException {
        Path folder = PROJECT.resolve("examples").resolve(name);
        Path addresses = scratch.resolve(name);
        Path variables = Files.createDirectories(addresses.resolve("host_vars"));
        var hosts = new ArrayList<String>();
        String where = lab("where").strip();
        for (String line : NODES.getOrDefault(name, List.of())) {
            String[] words = line.split(" ", -1);
            hosts.add(words[0]);
            Files.writeString(variables.resolve(words[0] + ".yml"), """
                    ansible_host: %s%s
                    ansible_password: %s
                    ansible_ssh_common_args: -o UserKnownHostsFile=%s/known_hosts
                    """.formatted(SUBNET, words[1], words[2].equals("busybox") ? "openwrt" : "raspberry", where));
        }
        Files.writeString(addresses.resolve("hosts"), String.join("\n", hosts) + "\n");

        var cli = new Cli(folder, scratch.resolve("data"));
        String first = play(cli, addresses);
        String second = play(cli, addresses);

        assertTrue(
                second.lines().filter(line -> line.contains("changed=")).allMatch(line -> line.contains("changed=0 ")),
                second);
        String printed = "# first run\n" + first + "\n# second run\n" + second;
        Path expected = folder.resolve("expected.txt");
        if (Boolean.getBoolean("bramble.golden.update")) {
            Files.writeString(expected, printed);
        }
        assertEquals(Files.readString(expected), printed);
    }

    private static String play(Cli cli, Path addresses) {
        Cli.Said said = cli.call("run", "-i", "inventory.yml", "-i", addresses.toString(), "site.yml");
        assertEquals(0, said.code(), said::toString);
        return sorted(said.out());
    }

    /** Hosts are done in no certain order: the lines of a task are sorted. */
    private static String sorted(String text) {
        var blocks = new ArrayList<String>();
        for (String block : text.split("\n\n", -1)) {
            List<String> lines = block.lines().toList();
            boolean results = lines.stream().skip(1).allMatch(line -> line.matches("\\w+: \\[.*"));
            blocks.add(results && !lines.isEmpty()
                    ? lines.getFirst() + lines.stream().skip(1).sorted().map(line -> "\n" + line).collect(joining())
                    : block);
        }
        return String.join("\n\n", blocks);
    }

    private static String lab(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(PROJECT.resolve("lab/lab").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(PROJECT.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("BRAMBLE_LAB_NAME", "examples", "BRAMBLE_LAB_SUBNET", SUBNET));
        Path said = Files.createTempFile(scratch, "lab", ".log");
        Process process = builder.redirectOutput(said.toFile()).start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> "lab " + String.join(" ", arguments) + " does not end");
        assertEquals(0, process.exitValue(), () -> "lab " + String.join(" ", arguments) + ": " + said);
        return Files.readString(said);
    }
}
