package bramble.connection;

import bramble.problem.ProblemException;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whatever the user's ssh_config says, reading it ends soon, with a target or a problem. */
public class SshConfigFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void target(FuzzedDataProvider data) throws IOException {
        Path home = Files.createTempDirectory("fuzz");
        Path file = home.resolve(".ssh/config");
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, data.consumeRemainingAsBytes());
            SshConfig config = SshConfig.read(home, home.resolve("none"), "me", Map.of("HOME", home.toString()));
            config.warnings();
            config.target(SshConfig.Wanted.host("pi1.example.net"));
        } catch (ProblemException e) {
            // told as it should be
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.getParent());
            Files.deleteIfExists(home);
        }
    }
}
