package bramble.cli;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the small playbooks of {@code src/test/resources/golden}, and compares each line of what is printed, and the
 * exit code, with {@code expected.txt}. With {@code -Dbramble.golden.update=true} that is written anew: read the diff.
 */
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden").toAbsolutePath();

    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDEN)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void printsWhatIsExpected(String name, @TempDir Path data, @TempDir Path scratch) throws IOException {
        Path folder = GOLDEN.resolve(name);
        List<String> arguments = Arrays.stream(Files.readString(folder.resolve("arguments")).strip().split("\\s+", -1))
                .map(word -> word.replace("@TMP@", scratch.toString())).toList();

        String said = new Cli(folder, data).call(arguments).toString();

        String actual = inOrder(said.replace(scratch.toString(), "@TMP@").replace(folder.toString(), "@HERE@")
                .replaceAll("\"(start|end|delta)\": \"[-0-9:. ]+\"", "\"$1\": \"TIME\"")
                .replaceAll("(?m)^( +(?:start|end|delta): )'[-0-9:. ]+'$", "$1'TIME'")
                .replaceAll("(?m)^(ASYNC POLL|FAILED - RETRYING: .*Wait for it).*\\n", "")
                .replaceAll("(?m)^ansible-playbook \\[core .*\\n(?:  .* = .*\\n)+", "VERSION\n")
                .replaceAll("\\d{8}-\\d{6}-\\d{6}", "RUN").replaceAll("jid=j\\d+\\.\\d+", "jid=JOB")).lines()
                .collect(joining("\n", "", "\n"));
        Path expected = folder.resolve("expected.txt");
        if (Boolean.getBoolean("bramble.golden.update")) {
            Files.writeString(expected, actual);
        }
        assertEquals(Files.readString(expected), actual);
    }

    /** The hosts of a task come in the order in which they are done: here in the order of their names. */
    private static String inOrder(String text) {
        var blocks = new ArrayList<String>();
        for (String block : text.split("\n\n", -1)) {
            blocks.add(block.contains("] ***") && !block.startsWith("PLAY RECAP") ? hostsInOrder(block) : block);
        }
        return String.join("\n\n", blocks);
    }

    private static String hostsInOrder(String block) {
        var results = new ArrayList<Result>();
        var before = new StringBuilder();
        for (String line : block.lines().toList()) {
            String host = line.replaceFirst(
                    "^(?:ok|changed|skipping|unknown|failed|fatal|FAILED - RETRYING): \\[(\\w+).*",
                    "$1");
            if (line.startsWith("included: ")) { // printed when all hosts are done
                results.add(new Result("~", new StringBuilder(line).append('\n')));
            } else if (!host.equals(line)) {
                results.add(new Result(host, new StringBuilder(line).append('\n')));
            } else if (results.isEmpty()) {
                before.append(line).append('\n');
            } else {
                results.getLast().lines.append(line).append('\n');
            }
        }
        String after = results.stream().sorted(java.util.Comparator.comparing(Result::host))
                .map(result -> result.lines.toString()).collect(joining());
        return (before + after).stripTrailing();
    }

    private record Result(String host, StringBuilder lines) {}
}
