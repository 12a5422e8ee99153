package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is compared with ansible-core, and what isn't. */
class ComparedTest {
    private static final Path TESTKIT = Path.of("../testkit");

    @Test
    void eachModuleIsComparedOrItIsSaidThatItIsNot(@TempDir Path scratch) throws IOException {
        var played = new StringBuilder();
        try (DirectoryStream<Path> playbooks = Files.newDirectoryStream(TESTKIT.resolve("conformance"), "*.yml")) {
            for (Path playbook : playbooks) {
                played.append(Files.readString(playbook));
            }
        }
        List<String> modules = new Cli(scratch, scratch).call("doc", "-l").out().lines()
                .map(line -> line.strip().replaceFirst("\\s.*", "").replaceFirst(".*\\.", "")).distinct().toList();
        String excepted = Files.readString(TESTKIT.resolve("README.md")).replaceFirst("(?s).*\\nNot compared: ", "")
                .replaceFirst("(?s)\\n\\n.*", "");

        assertTrue(modules.size() > 100, modules::toString);
        assertEquals(modules.stream().filter(module -> excepted.contains("`" + module + "`")).toList(),
                modules.stream()
                        .filter(module -> !Pattern.compile("(?m)(^|[ .-])" + module + ":").matcher(played).find())
                        .toList());
    }
}
