package bramble.record;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.nio.charset.StandardCharsets;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals texts that may hold secrets, so that the record can tell whether they were edited, and gives nothing away: whoever
 * has the record alone can't try passwords against it. The key is in a file of its own, beside the record.
 */
public final class Seal {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int SHOWN_BYTES = 12;

    /** With the key, and never fed: its copies are, which spares looking the algorithm up each time. */
    private final Optional<Mac> keyed;

    /** @param file of the record; where the key can be neither read nor made, nothing is sealed */
    public Seal(Path file) {
        this.keyed = key(file.resolveSibling("runs.key")).map(Seal::mac);
    }

    /** A word for the text; empty without a key. */
    public String of(String text) {
        if (keyed.isEmpty()) {
            return "";
        }
        try {
            Mac mac = (Mac) keyed.get().clone();
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)), 0, SHOWN_BYTES);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e); // Java's own can be copied
        }
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has this algorithm
        }
    }

    private static Optional<byte[]> key(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            byte[] bytes = Files.readAllBytes(file);
            return bytes.length == KEY_BYTES ? Optional.of(bytes) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whole at once: another run that begins now reads all of it or makes the same attempt. */
    private static void make(Path file) throws IOException {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder for " + file);
        }
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, ".runs", ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(fresh, bytes);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
