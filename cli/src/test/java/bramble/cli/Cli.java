package bramble.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line as a test calls it, in this process.
 *
 * @param folder where it is called
 * @param data where its record of runs is
 */
record Cli(Path folder, Path data) {
    /** What a call printed, and its exit code. */
    record Said(int code, String out, String err) {
        @Override
        public String toString() {
            return out + "exit " + code + "\n" + (err.isEmpty() ? "" : "--- stderr\n" + err);
        }
    }

    Said call(List<String> arguments) {
        return call(Map.of(), arguments);
    }

    /** @param more variables of the environment */
    Said call(Map<String, String> more, List<String> arguments) {
        var environment = new HashMap<>(Map.of("BRAMBLE_DATA", data.toString(), "NO_COLOR", "1"));
        environment.putAll(more);
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = Main.run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), folder,
                environment, false);
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Said call(String... arguments) {
        return call(List.of(arguments));
    }
}
