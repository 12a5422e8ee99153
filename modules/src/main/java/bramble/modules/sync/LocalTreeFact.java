package bramble.modules.sync;

import bramble.module.Beyond;
import bramble.module.FarFact;
import bramble.modules.files.Owner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a tree of the controller.
 *
 * @param follow whether what links lead to is meant
 */
record LocalTreeFact(String path, boolean follow) implements FarFact<Side> {

    @Override
    public Side look(Beyond beyond) {
        return read();
    }

    /** Reads it. */
    Side read() {
        Path root = Path.of(path);
        if (!Files.exists(root)) {
            Path parent = root.toAbsolutePath().getParent();
            return Side.missing(path, parent == null || Files.isDirectory(parent)
                    ? Optional.empty()
                    : Optional.of("its folder does not exist"));
        }
        Set<FileVisitOption> options = follow ? Set.of(FileVisitOption.FOLLOW_LINKS) : Set.of();
        SortedMap<String, Side.Entry> entries = new TreeMap<>();
        try {
            Path real = root.toRealPath();
            var shut = new ArrayList<String>();
            Files.walkFileTree(real, options, Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                        throws IOException {
                    return visitFile(folder, attributes);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    entries.put(name(real, file), entry(file));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
                    if (why instanceof FileSystemLoopException) {
                        throw why;
                    }
                    shut.add(name(real, file));
                    if (Files.isDirectory(file)) {
                        entries.put(name(real, file), entry(file));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException why) {
                    if (why != null) {
                        shut.add(name(real, folder));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
            return new Side(real.toString(), entries, Optional.empty(), shut);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path root, Path path) {
        return path.equals(root) ? "" : root.relativize(path).toString();
    }

    private Side.Entry entry(Path path) throws IOException {
        LinkOption[] options = follow ? new LinkOption[0] : new LinkOption[]{LinkOption.NOFOLLOW_LINKS};
        Map<String, Object> found = Files.readAttributes(path, "unix:mode,uid,gid,owner,group,size,lastModifiedTime",
                options);
        int mode = number(told(found, "mode"));
        Side.Kind kind = switch (mode >> 12) {
            case 0x8 -> Side.Kind.FILE;
            case 0x4 -> Side.Kind.FOLDER;
            case 0xa -> Side.Kind.LINK;
            default -> Side.Kind.OTHER;
        };
        return new Side.Entry(kind, mode & 07777, owner(told(found, "owner"), number(told(found, "uid"))),
                owner(told(found, "group"), number(told(found, "gid"))),
                ((Number) found.getOrDefault("size", 0L)).longValue(),
                ((java.nio.file.attribute.FileTime) told(found, "lastModifiedTime")).toInstant().getEpochSecond(),
                kind == Side.Kind.LINK ? Files.readSymbolicLink(path).toString() : "");
    }

    private static Object told(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name));
    }

    private static int number(Object value) {
        return ((Number) value).intValue();
    }

    private static Owner owner(Object principal, int number) {
        String name = principal.toString();
        return new Owner(name.equals(String.valueOf(number)) ? "" : name, OptionalInt.of(number));
    }
}
