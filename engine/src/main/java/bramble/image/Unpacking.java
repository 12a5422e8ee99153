package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.MemoryLimitException;

/** Reads an image, whatever it is packed in, from one end to the other; tells in words what is wrong with it. */
public final class Unpacking implements AutoCloseable {
    private static final int BEGIN = 64;

    private final Origin origin;
    private final Optional<Checksum> wanted;
    private final Packed packed;
    private final Optional<DigestInputStream> counted;
    private final Kind kind;
    private final Content content;
    private long done;
    private boolean ended;

    /** Its place can't be read any more; what was read so far is the image's. */
    public static final class InterruptedFlowException extends ProblemException {
        private static final long serialVersionUID = 1;

        private InterruptedFlowException(String summary) {
            super(Source.NONE, summary);
        }
    }

    /** What an image is packed in. */
    public enum Kind {
        RAW("", "", ""),
        GZIP("gzip", "1f8b08", "gunzip -k"),
        XZ("xz", "fd377a585a00", "xz -d -k"),
        ZSTD("zstd", "28b52ffd|5.2a4d18", "zstd -d"), // as it is, or with a frame before it that is skipped, as pzstd makes them
        ZIP("zip", "504b0304", "unzip"),
        BZIP2("bzip2", "425a68", "bunzip2 -k");

        private final String shown;
        private final String magic;
        private final String program;

        Kind(String shown, String magic, String program) {
            this.shown = shown;
            this.magic = magic;
            this.program = program;
        }

        /** How a file is packed. */
        public static Kind of(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                return of(in.readNBytes(BEGIN));
            }
        }

        /** The command that unpacks a file, and keeps it; empty for an image that isn't packed. */
        public String program() {
            return program;
        }

        static Kind of(byte[] begin) {
            return Arrays.stream(values()).filter(kind -> kind != RAW && kind.begins(begin)).findFirst().orElse(RAW);
        }

        private boolean begins(byte[] begin) {
            return HexFormat.of().formatHex(begin).matches("(" + magic + ")..+");
        }

        /** Its name; empty for an image that isn't packed. */
        public String shown() {
            return shown;
        }
    }

    /**
     * Begins to read.
     *
     * @param wanted the checksum that all of it shall have; what is read is its own only once {@link #read} has told the end
     */
    public Unpacking(Origin origin, Optional<Checksum> wanted) {
        this.origin = origin;
        this.wanted = wanted;
        try {
            packed = origin.open();
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to read " + origin.shown() + ", but " + bramble.problem.FileTrouble.why(e) + ".");
        }
        try {
            counted = wanted.map(checksum -> new DigestInputStream(packed, checksum.digest()));
            var in = new BufferedInputStream(counted.map(one -> (InputStream) one).orElse(packed), 1 << 18);
            in.mark(BEGIN);
            byte[] begin = in.readNBytes(BEGIN);
            in.reset();
            kind = Kind.of(begin);
            content = content(in, begin);
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    private Content content(InputStream in, byte[] begin) throws IOException {
        Optional<Path> file = wanted.isPresent() ? Optional.empty() : origin.file();
        return switch (kind) {
            case RAW -> new StreamContent(in, packed.size());
            case GZIP -> new GzipContent(in, lastFour());
            case XZ -> XzContent.of(in, file);
            case ZSTD -> new ZstdContent(in, begin);
            case BZIP2 -> new StreamContent(new BZip2CompressorInputStream(in, true), -1);
            case ZIP -> file.isPresent() ? ZipContent.of(file.get(), origin.name()) : ZipContent.of(in, origin.name());
        };
    }

    /** The size of what the last member of a file of gzip holds, modulo 2^32. */
    private long lastFour() throws IOException {
        ByteBuffer end = origin.end(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return end.remaining() < Integer.BYTES ? 0 : Integer.toUnsignedLong(end.getInt());
    }

    /** Why it can't be an image, whatever it is wanted for: it isn't what its name says, as the page of a server that had no such file. */
    public Optional<ProblemException> mistake() {
        Optional<String> why = size() == 0
                ? Optional.of("it is empty")
                : kind == Kind.RAW && origin.name().matches("(?i).*\\.(xz|gz|zst|bz2|zip)")
                        ? Optional.of("it isn't packed, as its name says")
                        : Optional.empty();
        return why.map(text -> new ProblemException(Problem.error(Source.NONE,
                "Tried to unpack " + origin.shown() + ", but " + text + ".",
                "Was it fetched to its end, and from the right place? Fetch it anew.")));
    }

    public Kind kind() {
        return kind;
    }

    /** How many bytes it has unpacked; -1 where that isn't known before the end. */
    public long size() {
        return content.size();
    }

    /** How many bytes it has unpacked at the least, as far as is known. */
    public long atLeast() {
        return content.atLeast();
    }

    /** How many bytes of the image unpacking keeps in memory. */
    long window() {
        return content.window();
    }

    /** How many bytes it has given so far. */
    public long done() {
        return done;
    }

    /** How many it will be, as far as can be told by now; -1 if it can't. */
    public long expected() {
        if (content.size() >= 0) {
            return content.size();
        }
        long taken = packed.taken();
        return packed.size() > 0 && taken > 0 && done > 0 ? (long) ((double) done / taken * packed.size()) : -1;
    }

    /** Differs from what it is for another image, or another version of it. */
    public String version() {
        return origin.shown() + " " + packed.version() + " " + wanted.map(Checksum::toString).orElse("");
    }

    /**
     * Fills a buffer, as far as there is something to fill it with.
     *
     * @return whether there was anything
     */
    public boolean read(ByteBuffer into) {
        int before = into.position();
        try {
            while (into.hasRemaining() && !ended) {
                ended = content.read(into) < 0;
                if (ended) {
                    verify();
                }
            }
        } catch (IOException e) {
            throw trouble(e);
        } finally {
            done += into.position() - before;
        }
        return into.position() > before;
    }

    private void verify() throws IOException {
        if (counted.isPresent()) {
            counted.get().transferTo(java.io.OutputStream.nullOutputStream());
            wanted.get().check(origin, counted.get().getMessageDigest());
        }
    }

    private ProblemException trouble(IOException e) {
        if (e instanceof Packed.UnreadableException) {
            return new InterruptedFlowException("Tried to read " + origin.shown() + ", but " + e.getMessage() + ".");
        }
        String tried = "Tried to unpack " + origin.shown() + ", but ";
        if (e instanceof MemoryLimitException limit) {
            return new ProblemException(Problem.error(Source.NONE,
                    tried + "it was packed so that unpacking it takes more than "
                            + limit.getMemoryLimit() / 1024 + " MB of memory.",
                    "Unpack it first, by its own program: xz -d."));
        }
        if (e instanceof ZstdContent.LargeWindowException) {
            return new ProblemException(Problem.error(Source.NONE, tried + e.getMessage() + ".",
                    "Unpack it first, by its own program: zstd -d --long=31."));
        }
        String why = e instanceof EOFException
                || String.valueOf(e.getMessage()).matches(".*(runcated|nexpected end of stream).*")
                        ? "it ends too early"
                        : "it is damaged" + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
        return new ProblemException(Problem.error(Source.NONE,
                tried + why + (done > 0 ? ", after " + Amount.of(done) + " unpacked" : "") + ".",
                "Was it fetched to its end? Fetch it anew."));
    }

    @Override
    public void close() {
        try {
            content.close();
            packed.close();
        } catch (IOException _) {
            // all that was wanted of it is read
        }
    }
}
