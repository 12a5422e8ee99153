package bramble.image;

import bramble.image.UsedBlocks.Part;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the last partition of an image, an ext file system, as small as what is in it and a little room, and the image with it. The work on the
 * file system is that of e2fsck and resize2fs, on a copy of the partition alone.
 */
public final class Shrinking {
    private static final int SECTOR = 512;
    private static final int PIECE = 1 << 20;

    /** What the system needs for its first start, before it grows to its card: so much, and one part in sixteen. */
    private static final long ROOM = 8 << 20;
    private static final int PART = 16;

    private final Path image;
    private final Path check;
    private final Path resize;

    /**
     * Looks for the programs.
     *
     * @param image which becomes smaller; nobody misses it if it doesn't come to that
     * @param path the folders of programs, as {@code PATH} has them
     */
    public Shrinking(Path image, String path) {
        this.image = image;
        this.check = program("e2fsck", path);
        this.resize = program("resize2fs", path);
    }

    private static Path program(String name, String path) {
        return Stream.concat(Stream.of(path.split(File.pathSeparator, -1)), Stream.of("/usr/sbin", "/sbin"))
                .filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, name)).filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                        "Tried to find " + name + ", which shrinks file systems, but it isn't here.",
                        "The package e2fsprogs has it: apt install e2fsprogs.")));
    }

    /**
     * Refuses what can't be shrunk.
     *
     * @param shown what it is called in messages
     * @return the partition that becomes smaller
     */
    public static Part last(UsedBlocks of, String shown) {
        Part last = of.parts().stream().max(Comparator.comparingLong(part -> part.start() + part.length()))
                .orElseThrow();
        Optional<String> why = !last.kind().equals("ext") || (last.whole() && !last.recovery())
                ? Optional.of("there is " + (last.kind().isEmpty() ? "something unknown" : last.kind()) + " in it")
                : of.replaced().isEmpty() && (last.number() > 4 || last.start() + last.length() < of.end())
                        ? Optional.of("another one is around it")
                        : Optional.empty();
        if (why.isPresent()) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to shrink the last partition of " + shown
                    + ", partition " + last.number() + ", but " + why.get() + ".",
                    "What can be shrunk is ext2, ext3 and ext4, in a partition that is in no other."));
        }
        return last;
    }

    /** Does it. */
    public void run() throws InterruptedException {
        Path system = image.resolveSibling(image.getFileName() + ".partition");
        try (FileChannel disk = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Part last = last(UsedBlocks.of(Region.whole(disk)), image.toString());
            boolean gpt = PartitionTable.of(Region.whole(disk)).orElseThrow().gpt();
            try (FileChannel out = PrivateFile.fresh(system)) {
                copy(disk, last.start(), out, 0, last.length());
            }
            shrink(system);
            long length;
            try (FileChannel in = FileChannel.open(system, StandardOpenOption.READ)) {
                Ext4 smaller = Ext4.of(Region.whole(in)).orElseThrow(() -> new IOException("resize2fs broke it"));
                length = smaller.blocks() * smaller.blockBytes();
                Optional<GuidTable> guid = gpt ? Optional.of(GuidTable.of(Region.whole(disk))) : Optional.empty();
                disk.truncate(last.start());
                copy(in, 0, disk, last.start(), length);
                end(disk, guid, last, length);
            }
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to shrink the clone, but " + FileTrouble.why(e) + ".");
        } finally {
            try {
                Files.deleteIfExists(system);
            } catch (IOException _) {
                // it says by its name what it is
            }
        }
    }

    private static void end(FileChannel disk, Optional<GuidTable> guid, Part last, long length) throws IOException {
        long end = last.start() + length;
        if (guid.isPresent()) {
            long all = end + (long) guid.get().copySectors() * SECTOR;
            disk.write(ByteBuffer.allocate(1), all - 1);
            guid.get().end(last.number(), end / SECTOR - 1);
            guid.get().fit(all / SECTOR);
            Region whole = Region.whole(disk);
            guid.get().write(whole, whole::write);
        } else {
            Region whole = Region.whole(disk);
            PartitionTable.end(last.number(), length / SECTOR, whole::write);
        }
    }

    /** Leaves holes where zeros are. */
    private static void copy(FileChannel from, long at, FileChannel into, long place, long bytes) throws IOException {
        ByteBuffer some = ByteBuffer.allocate(PIECE);
        for (long done = 0; done < bytes;) {
            some.clear().limit((int) Math.min(PIECE, bytes - done));
            int read = from.read(some, at + done);
            if (read < 0) {
                throw new IOException("it ends too early");
            }
            some.flip();
            if (!Chunk.zero(some) || done + read == bytes) {
                for (long next = place + done; some.hasRemaining();) {
                    next += into.write(some, next);
                }
            }
            done += read;
        }
    }

    private void shrink(Path system) throws IOException, InterruptedException {
        Said checked = said(List.of(check.toString(), "-f", "-p", system.toString()));
        if (checked.code > 2) {
            throw new IOException("e2fsck finds in its last partition what it doesn't mend unasked: " + checked.last());
        }
        Said estimated = said(List.of(resize.toString(), "-P", system.toString()));
        Matcher blocks = Pattern.compile(": (\\d{1,18})\\s*$").matcher(estimated.text);
        if (estimated.code != 0 || !blocks.find()) {
            throw new IOException("resize2fs can't tell how small it can be: " + estimated.last());
        }
        long now;
        long wanted;
        try (FileChannel in = FileChannel.open(system, StandardOpenOption.READ)) {
            Ext4 found = Ext4.of(Region.whole(in)).orElseThrow(() -> new IOException("e2fsck broke it"));
            long least = Long.parseLong(blocks.group(1));
            now = found.blocks();
            wanted = least + least / PART + ROOM / found.blockBytes();
        }
        if (wanted < now) {
            Said resized = said(List.of(resize.toString(), system.toString(), String.valueOf(wanted)));
            if (resized.code != 0) {
                throw new IOException("resize2fs can't make it smaller: " + resized.last());
            }
        }
    }

    /** What a program printed. */
    private record Said(int code, String text) {
        String last() {
            return text.lines().filter(line -> !line.isBlank()).reduce((_, later) -> later)
                    .orElse("it ended with " + code).strip();
        }
    }

    private static Said said(List<String> words) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(new ArrayList<>(words)).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), text);
        } finally {
            process.destroy();
        }
    }
}
