package bramble.brought;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The controller's own Python, if it has one. */
public final class Python {
    private Python() {}

    /** Its path: the system's own first, then what PATH has. */
    public static Optional<String> path() {
        Stream<Path> folders = Arrays.stream(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1))
                .filter(folder -> !folder.isEmpty()).map(Path::of);
        return Stream.concat(Stream.of(Path.of("/usr/bin")), folders).map(folder -> folder.resolve("python3"))
                .filter(Files::isExecutable).map(Path::toString).findFirst();
    }
}
