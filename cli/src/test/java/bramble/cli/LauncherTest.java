package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script tells the version without Java: the same as the program does. */
class LauncherTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void tellsTheVersionOfTheProgram() throws IOException {
        Process launcher = new ProcessBuilder(Path.of("../bramble").toAbsolutePath().toString(), "--version").start();
        String told = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(new Cli(folder, folder).call(List.of("--version")).out(), told);
    }
}
