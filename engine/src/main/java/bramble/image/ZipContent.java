package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The one image in a zip archive. */
final class ZipContent extends StreamContent {
    private final ZipArchiveEntry entry;
    private final CRC32 crc = new CRC32();
    private long done;

    private final Optional<ZipArchiveInputStream> stream;

    private ZipContent(InputStream in, ZipArchiveEntry entry, Optional<ZipArchiveInputStream> stream) {
        super(in, entry.getSize());
        this.entry = entry;
        this.stream = stream;
    }

    /** Of a file of this machine: its list of contents stands at its end. */
    static ZipContent of(Path file, String name) throws IOException {
        ZipFile zip = ZipFile.builder().setSeekableByteChannel(FileChannel.open(file)).get();
        List<ZipArchiveEntry> files = Collections.list(zip.getEntries()).stream().filter(one -> !one.isDirectory())
                .toList();
        List<ZipArchiveEntry> images = files.size() == 1 ? files : files.stream().filter(ZipContent::isImage).toList();
        if (images.size() != 1) {
            zip.close();
            throw notOne(name, files.stream().map(ZipArchiveEntry::getName).toList());
        }
        ZipArchiveEntry entry = images.getFirst();
        return new ZipContent(zip.getInputStream(entry), entry, Optional.empty());
    }

    /** Of a stream: the first image that comes. */
    static ZipContent of(InputStream in, String name) throws IOException {
        var zip = new ZipArchiveInputStream(in);
        var seen = new java.util.ArrayList<String>();
        for (ZipArchiveEntry entry; (entry = zip.getNextEntry()) != null;) {
            if (isImage(entry)) {
                return new ZipContent(zip, entry, Optional.of(zip));
            }
            seen.add(entry.getName());
        }
        throw notOne(name, seen);
    }

    private static boolean isImage(ZipArchiveEntry entry) {
        return entry.getName().toLowerCase(Locale.ROOT).endsWith(".img");
    }

    private static ProblemException notOne(String name, List<String> files) {
        return new ProblemException(Problem.error(Source.NONE, "Tried to find the image in " + name
                + ", but it holds " + (files.stream().noneMatch(one -> one.toLowerCase(Locale.ROOT).endsWith(".img"))
                        ? "none"
                        : "several")
                + ": " + files.stream().limit(10).collect(Collectors.joining(", ")) + ".",
                "Expected one file that ends in .img."));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        ByteBuffer written = into.duplicate();
        int read = super.read(into);
        if (read > 0) {
            crc.update(written.limit(into.position()));
            done += read;
        } else {
            verify();
        }
        return read;
    }

    private void verify() throws IOException {
        if (stream.isPresent()) {
            stream.get().getNextEntry(); // in a stream, what a file must come to stands behind it
        }
        if (entry.getSize() >= 0 && done < entry.getSize()) {
            throw new EOFException();
        }
        if (entry.getCrc() >= 0 && entry.getCrc() != crc.getValue()) {
            throw new IOException("its own checksum is another one");
        }
    }
}
