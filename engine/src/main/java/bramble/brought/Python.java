package bramble.brought;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The controller's own Python, if it has one. */
public final class Python {
    private static final String WHERE = """
            import importlib.util
            ansible = importlib.util.find_spec('ansible')
            print(ansible.submodule_search_locations[0] if ansible and ansible.submodule_search_locations else '')
            """;

    private Python() {}

    /** Asked once. */
    private static final class Installed {
        private static final Optional<Path> UTILITIES = path().flatMap(Installed::of).map(Path::of)
                .map(ansible -> ansible.resolve("module_utils")).filter(Files::isDirectory);

        private static Optional<String> of(String python) {
            try {
                Process asked = new ProcessBuilder(python, "-c", WHERE).redirectInput(new File("/dev/null"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
                String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                return Optional.of(said).filter(path -> !path.isEmpty());
            } catch (IOException _) {
                return Optional.empty();
            }
        }
    }

    /** The folder {@code module_utils} of the ansible-core that the user has installed on this machine. */
    public static Optional<Path> moduleUtils() {
        return Installed.UTILITIES;
    }

    /** Its path: the system's own first, then what PATH has. */
    public static Optional<String> path() {
        Stream<Path> folders = Arrays.stream(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1))
                .filter(folder -> !folder.isEmpty()).map(Path::of);
        return Stream.concat(Stream.of(Path.of("/usr/bin")), folders).map(folder -> folder.resolve("python3"))
                .filter(Files::isExecutable).map(Path::toString).findFirst();
    }
}
