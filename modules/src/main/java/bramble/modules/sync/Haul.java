package bramble.modules.sync;

import bramble.module.Beyond;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Brings files of a node to the controller: small ones together, large ones in pieces, each written beside its place and moved.
 *
 * @param from the tree's folder, or file, on the node
 * @param touched folders whose times are set once more when all is done
 */
record Haul(Side from, Path to, Difference difference, Set<String> touched) {
    private static final long TOGETHER = 8L << 20; // bytes in one answer

    void over(Beyond beyond) throws IOException {
        List<Difference.Step> steps = difference.steps();
        for (Difference.Step step : difference.deleted(true)) {
            remove(path(step));
        }
        for (Difference.Step step : steps) {
            if (step.what() == Difference.What.REPLACE) {
                remove(path(step));
            }
            if (step.becoming().kind() == Side.Kind.FOLDER && step.what() != Difference.What.DELETE) {
                Files.createDirectories(path(step));
            }
        }
        var batch = new ArrayList<Difference.Step>();
        long size = 0;
        for (Difference.Step step : steps) {
            boolean sends = step.what() == Difference.What.SEND || step.what() == Difference.What.REPLACE;
            long length = step.becoming().size();
            if (step.what() == Difference.What.LINK) {
                remove(path(step));
                link(Path.of(step.becoming().target()), path(step));
            }
            if (sends && step.becoming().kind() == Side.Kind.LINK) {
                remove(path(step));
                Files.createSymbolicLink(path(step), Path.of(step.becoming().target()));
            } else if (sends && step.becoming().kind() == Side.Kind.FILE && length > TOGETHER) {
                large(beyond, step);
            } else if (sends && step.becoming().kind() == Side.Kind.FILE) {
                if (size + length > TOGETHER || batch.size() >= 200) {
                    together(beyond, batch);
                    batch.clear();
                    size = 0;
                }
                batch.add(step);
                size += length;
            }
        }
        together(beyond, batch);
        for (Difference.Step step : difference.deleted(false)) {
            remove(path(step));
        }
        for (Difference.Step step : steps.reversed()) { // folders after what they contain
            if (step.what() != Difference.What.DELETE && step.what() != Difference.What.LINK) {
                attributes(step);
            }
        }
        for (String name : touched) {
            Side.Entry folder = from.entries().get(name);
            if (folder != null && folder.kind() == Side.Kind.FOLDER) {
                Files.setLastModifiedTime(name.isEmpty() ? to : to.resolve(name),
                        FileTime.from(Instant.ofEpochSecond(folder.mtime())));
            }
        }
    }

    private Path path(Difference.Step step) {
        return step.name().isEmpty() ? to : to.resolve(step.name());
    }

    private static void link(Path other, Path path) throws IOException {
        try {
            Files.createLink(path, other);
        } catch (FileSystemException | UnsupportedOperationException _) { // another file system takes no link
            Files.copy(other, path, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static void remove(Path path) throws IOException {
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException _) {
            throw new IOException(path + " holds something that wasn't there before");
        }
    }

    private void together(Beyond beyond, List<Difference.Step> batch) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        Sh script = Sh.raw(":");
        long expected = 0;
        for (Difference.Step step : batch) {
            script = script.and(Sh.of("head -c {} {}", step.becoming().size(), from.path(step.name())));
            expected += step.becoming().size();
        }
        byte[] bytes = arrived(beyond.ask().apply(script), expected);
        int at = 0;
        for (Difference.Step step : batch) {
            int length = (int) step.becoming().size();
            Path part = Files.createTempFile(path(step).toAbsolutePath().getParent(), ".bramble", ".part");
            try (OutputStream out = Files.newOutputStream(part)) {
                out.write(bytes, at, length);
            }
            Files.move(part, path(step), StandardCopyOption.REPLACE_EXISTING);
            at += length;
        }
    }

    private void large(Beyond beyond, Difference.Step step) throws IOException {
        Path part = Files.createTempFile(path(step).toAbsolutePath().getParent(), ".bramble", ".part");
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                for (long at = 0; at < step.becoming().size(); at += TOGETHER) {
                    long length = Math.min(TOGETHER, step.becoming().size() - at);
                    out.write(arrived(beyond.ask().apply(Sh.of("tail -c {} {} | head -c {}", "+" + (at + 1),
                            from.path(step.name()), length)), length));
                    beyond.received().at(at + length, step.becoming().size());
                }
            }
            Files.move(part, path(step), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static byte[] arrived(Answer answer, long expected) throws IOException {
        if (answer.out().length != expected) {
            throw new IOException("only " + answer.out().length + " of " + expected + " bytes arrived: "
                    + (answer.errors().isBlank() ? "a file has changed meanwhile" : answer.errors().strip()));
        }
        return answer.out();
    }

    private void attributes(Difference.Step step) throws IOException {
        Side.Entry entry = step.becoming();
        Path path = path(step);
        boolean root = "root".equals(System.getProperty("user.name"));
        if (root && entry.user().id().isPresent()) {
            Files.setAttribute(path, "unix:uid", entry.user().id().getAsInt(), LinkOption.NOFOLLOW_LINKS);
        }
        if (root && entry.group().id().isPresent()) {
            Files.setAttribute(path, "unix:gid", entry.group().id().getAsInt(), LinkOption.NOFOLLOW_LINKS);
        }
        if (entry.kind() != Side.Kind.LINK) {
            Files.setAttribute(path, "unix:mode", entry.mode());
            if (entry.mtime() >= 0) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(entry.mtime())));
            }
        }
    }
}
