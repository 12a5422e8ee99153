package bramble.modules.archive;

import bramble.shell.Content;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** An archive that the controller has: tar, compressed or not, or zip. */
public record Parcel(Content content) {
    /** What an entry is. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK,
        HARD_LINK
    }

    /**
     * One thing in it.
     *
     * @param name relative, with no {@code ..} in it
     * @param mtime in seconds since 1970
     * @param md5 of a file's content, where it was counted; otherwise empty
     */
    public record Entry(String name, Kind kind, int mode, long size, long mtime, String target, String md5) {
        private Entry counted(String digest) {
            return new Entry(name, kind, mode, size, mtime, target, digest);
        }
    }

    /** Looks at each entry; the stream is that entry's content. */
    @FunctionalInterface
    interface Visitor {
        void visit(Entry entry, InputStream content) throws IOException;
    }

    /** What Ansible calls whoever unpacks it. */
    String handler() throws IOException {
        try (InputStream in = content.open()) {
            byte[] head = in.readNBytes(6);
            if (starts(head, 'P', 'K')) {
                return "ZipArchive";
            }
            return starts(head, 0x1f, 0x8b)
                    ? "TgzArchive"
                    : starts(head, 'B', 'Z', 'h')
                            ? "TarBzipArchive"
                            : starts(head, 0xfd, '7', 'z', 'X', 'Z') ? "TarXzArchive" : "TarArchive";
        }
    }

    private static boolean starts(byte[] bytes, int... with) {
        for (int i = 0; i < with.length; i++) {
            if (bytes.length <= i || (bytes[i] & 0xff) != with[i]) {
                return false;
            }
        }
        return true;
    }

    /** Its entries with their digests, the last of a name alone. */
    List<Entry> entries() throws IOException {
        Map<String, Entry> all = new LinkedHashMap<>();
        each((entry, content) -> {
            all.remove(entry.name());
            all.put(entry.name(),
                    entry.kind() == Kind.FILE ? entry.counted(Content.digest(content, entry.size(), "MD5")) : entry);
        });
        return new ArrayList<>(all.values());
    }

    void each(Visitor visitor) throws IOException {
        if (handler().equals("ZipArchive")) {
            zip(visitor);
        } else {
            tar(visitor);
        }
    }

    private void zip(Visitor visitor) throws IOException {
        ZipFile.Builder builder = content instanceof Content.File(var path, _, _)
                ? ZipFile.builder().setPath(path)
                : ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(content.bytesOf()));
        try (ZipFile zip = builder.get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                int unix = entry.getUnixMode();
                Kind kind = entry.isDirectory() ? Kind.FOLDER : entry.isUnixSymlink() ? Kind.LINK : Kind.FILE;
                int mode = unix == 0 ? (kind == Kind.FOLDER ? 0755 : 0644) : unix & UnixStat.PERM_MASK;
                String target = kind == Kind.LINK ? zip.getUnixSymlink(entry) : "";
                try (InputStream in = zip.getInputStream(entry)) {
                    visitor.visit(new Entry(name(entry.getName()), kind, mode, Math.max(0, entry.getSize()),
                            Math.floorDiv(entry.getTime(), 1000), target, ""), in);
                }
            }
        }
    }

    private void tar(Visitor visitor) throws IOException {
        try (InputStream raw = new BufferedInputStream(content.open());
                InputStream head = new BufferedInputStream(unpacked(new BufferedInputStream(content.open())))) {
            if (!TarUtils.verifyCheckSum(Arrays.copyOf(head.readNBytes(512), 512))) {
                throw new IOException("it is neither a tar, compressed or not, nor a zip");
            }
            tar(visitor, raw);
        } catch (CompressorException | IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void tar(Visitor visitor, InputStream raw) throws IOException, CompressorException {
        try (var tar = new TarArchiveInputStream(unpacked(raw), "UTF-8")) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null;) {
                if (entry.isGlobalPaxHeader() || entry.isFIFO() || entry.isCharacterDevice()
                        || entry.isBlockDevice()) {
                    continue;
                }
                Kind kind = entry.isDirectory()
                        ? Kind.FOLDER
                        : entry.isSymbolicLink() ? Kind.LINK : entry.isLink() ? Kind.HARD_LINK : Kind.FILE;
                String name = name(entry.getName());
                if (!name.isEmpty()) {
                    visitor.visit(new Entry(name, kind, entry.getMode() & 07777, entry.getSize(),
                            entry.getLastModifiedTime().toInstant().getEpochSecond(),
                            kind == Kind.HARD_LINK ? name(entry.getLinkName()) : entry.getLinkName(),
                            ""), tar);
                }
            }
        }
    }

    private InputStream unpacked(InputStream raw) throws IOException, CompressorException {
        String handler = handler();
        return handler.equals("TarArchive")
                ? raw
                : new CompressorStreamFactory(true).createCompressorInputStream(switch (handler) {
                    case "TgzArchive" -> CompressorStreamFactory.GZIP;
                    case "TarBzipArchive" -> CompressorStreamFactory.BZIP2;
                    default -> CompressorStreamFactory.XZ;
                }, raw);
    }

    /** Relative, with no slash at its end and no dot in it. */
    private static String name(String written) throws IOException {
        var parts = new ArrayList<String>();
        for (String part : written.split("/", -1)) {
            if (part.equals("..")) {
                throw new IOException("it has an entry that leads out of the folder: " + written);
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }
}
