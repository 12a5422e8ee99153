package bramble.args;

import bramble.shell.Content;
import java.nio.file.Path;
import java.util.Optional;

/** Files of the controller that are encrypted as a whole. */
@FunctionalInterface
public interface VaultedFiles {
    /** None is opened. */
    VaultedFiles CLOSED = _ -> Optional.empty();

    /**
     * What is in the file; empty if it isn't encrypted.
     *
     * @throws bramble.problem.ProblemException where no password fits
     */
    Optional<Content> open(Path file);
}
