package bramble.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** What a command line shows at a terminal, which script(1) makes. */
final class Screen {
    private Screen() {}

    /**
     * All that is on the screen; as soon as a word is there, something is typed.
     *
     * @param line with {@code ansible-} before the name of a command, which this program is put before
     */
    static String of(Path folder, String line, String word, String typed) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String program = "env --default-signal=INT '%s' -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp \"$CP\" %s ansible-"
                .formatted(java, Main.class.getName());
        var builder = new ProcessBuilder("/usr/bin/script", "-qec", line.replace("ansible-", program), "/dev/null")
                .directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("CP", System.getProperty("java.class.path"), "NO_COLOR", "1", "TERM",
                "xterm", "SHELL", "/bin/sh", "EDITOR", folder.resolve("editor").toString(), "BRAMBLE_DATA",
                folder.resolve("data").toString()));
        Process process = builder.start();
        var said = new StringBuilder();
        try (var out = process.inputReader(StandardCharsets.UTF_8);
                var in = process.outputWriter(StandardCharsets.UTF_8)) {
            boolean done = false;
            for (int letter = out.read(); letter >= 0; letter = out.read()) {
                said.append((char) letter);
                if (!done && said.indexOf(word) >= 0) {
                    done = true;
                    in.write(typed);
                    in.flush();
                }
            }
        } finally {
            process.destroy();
        }
        return said.toString();
    }
}
