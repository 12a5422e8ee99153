package bramble.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The git commit that a folder is at. */
final class Commit {
    private Commit() {}

    /** The short commit, with {@code +} behind it where the folder has changes; empty outside a checkout or without git. */
    static Optional<String> of(Path folder) {
        Optional<String> commit = git(folder, List.of("git", "rev-parse", "--short", "HEAD"));
        return commit.filter(text -> !text.isEmpty())
                .map(text -> git(folder, List.of("git", "status", "--porcelain", "--", "."))
                        .filter(changes -> !changes.isEmpty()).map(_ -> text + "+").orElse(text));
    }

    private static Optional<String> git(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? Optional.of(out) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
