package bramble.image;

import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** An image in a file of this machine. */
record LocalOrigin(Path path) implements Origin {
    private static final long SMALL = 1 << 20;

    static LocalOrigin of(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ProblemException(Source.NONE, "Tried to read the image " + file + ", but "
                    + (Files.exists(file) ? "it is no file." : "there is no such file."));
        }
        return new LocalOrigin(file);
    }

    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public String shown() {
        return path.toString();
    }

    @Override
    public Optional<Path> file() {
        return Optional.of(path);
    }

    @Override
    public Packed open() throws IOException {
        return new Packed(Files.newInputStream(path), Files.size(path),
                Files.size(path) + " " + Files.getLastModifiedTime(path));
    }

    @Override
    public ByteBuffer end(int bytes) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            return HeldOrigin.end(file, bytes);
        }
    }

    @Override
    public Optional<String> beside(String name) {
        Path file = path.resolveSibling(name);
        try {
            return Files.isRegularFile(file) && Files.size(file) < SMALL
                    ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to read the checksums of " + file + ", but " + FileTrouble.why(e) + ".");
        }
    }
}
