package bramble.image;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A card in a reader, or an image in a file. */
public final class LocalOriginal implements Original {
    private final Path path;
    private final Region all;
    private final List<String> uses;

    private LocalOriginal(Path path, Region all, List<String> uses) {
        this.path = path;
        this.all = all;
        this.uses = uses;
    }

    /**
     * Opens one.
     *
     * @throws ProblemException if there is none, or it can't be read
     */
    public static LocalOriginal of(Path file, Disk.Found disks) {
        try {
            Path real = file.toRealPath();
            if (Files.isDirectory(real)) {
                throw new IOException("it is a folder");
            }
            List<String> uses = List.of();
            if (!Files.isRegularFile(real)) {
                Disk disk = disks.at(real).orElseThrow(() -> new IOException("it is no disk"));
                if (disk.size() == 0) {
                    throw new IOException("there is no card in it");
                }
                uses = disk.uses();
            }
            return new LocalOriginal(file, Region.whole(FileChannel.open(real, StandardOpenOption.READ)), uses);
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to read " + file + ", but " + FileTrouble.why(e) + ".");
        }
    }

    @Override
    public String shown() {
        return path.toString();
    }

    @Override
    public List<String> uses() {
        return uses;
    }

    @Override
    public void settle() throws IOException {
        if (uses.isEmpty()) {
            return;
        }
        try {
            new ProcessBuilder("sync").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted", e);
        }
    }

    @Override
    public void forget() {
        if (uses.isEmpty()) {
            return;
        }
        try {
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "1"); // the device's own pages don't know what files have
        } catch (IOException _) {
            return; // who may not do so mostly may not read the device, either
        }
    }

    @Override
    public long length() {
        return all.length();
    }

    @Override
    public ByteBuffer read(long at, int bytes) throws IOException {
        return all.read(at, bytes);
    }

    @Override
    public void close() {
        try {
            all.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
