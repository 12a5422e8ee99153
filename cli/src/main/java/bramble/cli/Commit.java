package bramble.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The git commit that a folder is at. Git is asked as a run begins, and heard when the answer is needed. */
final class Commit {
    private static final String HEAD = "# branch.oid ";
    private static final int SHORT = 7;

    private final Optional<Process> git;

    private Commit(Optional<Process> git) {
        this.git = git;
    }

    static Commit ask(Path folder) {
        boolean checkout = Stream.iterate(folder.toAbsolutePath(), path -> path != null, Path::getParent)
                .anyMatch(path -> Files.exists(path.resolve(".git")));
        return new Commit(checkout ? start(folder) : Optional.empty());
    }

    private static Optional<Process> start(Path folder) {
        try {
            Process process = new ProcessBuilder("git", "--no-optional-locks", "status", "--porcelain=v2", "--branch",
                    "--", ".").directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            return Optional.of(process);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The short commit, with {@code +} behind it where the folder has changes; empty outside a checkout or without git. */
    Optional<String> answer() {
        if (git.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<String> lines = new String(git.get().getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                    .toList();
            boolean changes = lines.stream().anyMatch(line -> !line.startsWith("#"));
            return lines.stream().filter(line -> line.startsWith(HEAD)).map(line -> line.substring(HEAD.length()))
                    .filter(commit -> commit.length() > SHORT && !commit.startsWith("("))
                    .map(commit -> commit.substring(0, SHORT) + (changes ? "+" : "")).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
