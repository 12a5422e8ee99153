package bramble.shell;

import bramble.crypto.FastDigest;
import bramble.value.EscapedBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Bytes on their way to a node: held in memory, or streamed from a file of the controller. */
public sealed interface Content {
    /** From that many bytes on digests are counted by libcrypto. */
    int MANY = 4 << 20;

    /** No bytes. */
    static Content none() {
        return new Bytes(new byte[0]);
    }

    /** The number of bytes. */
    long length();

    InputStream open() throws IOException;

    /** Bytes in memory. */
    record Bytes(byte[] bytes) implements Content {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes(byte[] others) && Arrays.equals(bytes, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    /**
     * A file of the controller, which must not change while it is sent.
     *
     * @param digests those that were counted already
     */
    record File(Path path, long length, Digests digests) implements Content {
        public File(Path path, long length) {
            this(path, length, new Digests());
        }

        @Override
        public String digest(String algorithm) {
            return digests.of(path, algorithm, () -> Content.super.digest(algorithm));
        }

        @Override
        public void digestAhead(String algorithm) {
            if (length >= MANY) {
                Thread.ofVirtual().name(algorithm + " of " + path).start(() -> {
                    try {
                        digest(algorithm);
                    } catch (RuntimeException _) {
                        return; // whoever asks for it will be told
                    }
                });
            }
        }

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(path);
        }
    }

    /**
     * Bytes that are kept somewhere else, in a file without a name say.
     *
     * @param opener opens them, from the start; more than once, and not at the same time
     */
    record Kept(long length, Opener opener) implements Content {
        @Override
        public InputStream open() throws IOException {
            return opener.open();
        }
    }

    /** Opens a content. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    static Content text(String text) {
        return new Bytes(EscapedBytes.encode(text));
    }

    /** The file's bytes, with its length as it is now. */
    static Content of(Path path) {
        return of(path, new Digests());
    }

    /** The file's bytes; its digests are looked up, and kept. */
    static Content of(Path path, Digests digests) {
        try {
            return new File(path, Files.size(path), digests);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All bytes, for small contents. */
    default byte[] bytesOf() {
        try (InputStream in = open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The digest in lower-case hexadecimal. */
    default String digest(String algorithm) {
        try (InputStream in = open()) {
            return digest(in, length(), algorithm);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The digest of what the stream gives, in lower-case hexadecimal.
     *
     * @param length how much that is, about
     */
    static String digest(InputStream in, long length, String algorithm) throws IOException {
        Optional<String> fast = length < MANY ? Optional.empty() : FastDigest.of(in, algorithm);
        if (fast.isPresent()) {
            return fast.get();
        }
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] buffer = new byte[64 * 1024];
            for (int n; (n = in.read(buffer)) > 0;) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Begins to count a digest that will be asked for later, where that takes time. */
    default void digestAhead(String algorithm) {}

    default String sha1() {
        return digest("SHA-1");
    }
}
