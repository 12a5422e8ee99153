package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A place where a folder is to be. What is new is made in a folder beside it, and moved there when it is whole: nobody ever
 * meets half of it.
 */
public record Place(Path folder) {
    /** Makes the new folder's content. */
    @FunctionalInterface
    public interface Work {
        void in(Path folder) throws IOException;
    }

    /** Whether something is there already; an empty folder is nothing. */
    public boolean isTaken() {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isPresent();
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to list " + folder + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /** Makes what is to be there, in place of what is. */
    public void fill(Work work) {
        Path parent = Optional.ofNullable(folder.toAbsolutePath().getParent()).orElse(Path.of("/"));
        try {
            Files.createDirectories(parent);
            Path beside = Files.createTempDirectory(parent, ".bramble-");
            try {
                Path fresh = Files.createDirectory(beside.resolve("new"));
                work.in(fresh);
                exchange(fresh, beside.resolve("old"));
            } finally {
                remove(beside);
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to write " + folder + ", but " + FileTrouble.why(e) + ".");
        } catch (UncheckedIOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to write " + folder + ", but " + FileTrouble.why(Objects.requireNonNull(e.getCause()))
                            + ".");
        }
    }

    /** What was there stays there if the new can't be moved to its place. */
    private void exchange(Path fresh, Path old) throws IOException {
        boolean replaces = Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
        if (replaces) {
            Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (replaces) {
                Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
            }
            throw e;
        }
    }

    /** Removes a folder with all that is in it; links are removed, not followed. */
    public static void remove(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE, "Tried to remove " + folder + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /** Copies a folder with all that is in it; links stay links. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!target.equals(to)) {
                    Files.copy(file, target, LinkOption.NOFOLLOW_LINKS,
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
