package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pages that are made from the code are as new as the code. {@code -Dbramble.golden.update=true} writes them anew.
 */
class GeneratedDocsTest {
    @ParameterizedTest
    @CsvSource({"--markdown, modules.md", "--schema, playbook.schema.json"})
    void areAsNewAsTheCode(String flag, String name, @TempDir Path scratch) throws IOException {
        String made = new Cli(scratch, scratch).call("doc", flag).out();

        Path page = Path.of("../docs").resolve(name);
        if (Boolean.getBoolean("bramble.golden.update")) {
            Files.writeString(page, made);
        }
        assertEquals(Files.readString(page), made,
                () -> "docs/" + name + " is older than the code; write it anew with -Dbramble.golden.update=true");
    }
}
