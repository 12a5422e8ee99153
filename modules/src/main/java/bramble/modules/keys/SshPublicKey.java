package bramble.modules.keys;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A public key of SSH.
 *
 * @param name how SSH calls its kind: {@code ssh-ed25519}
 * @param size in bits
 * @param blob as SSH writes it
 */
record SshPublicKey(Kind kind, String name, int size, byte[] blob) {
    /** The kinds, in ssh-keygen's words. */
    enum Kind {
        RSA,
        DSA,
        ECDSA,
        ED25519
    }

    static SshPublicKey of(byte[] blob) {
        var in = new SshWire.Reader(blob);
        String name = in.text();
        return switch (name) {
            case "ssh-rsa" -> {
                in.mpint();
                yield new SshPublicKey(Kind.RSA, name, in.mpint().bitLength(), blob);
            }
            case "ssh-dss" -> new SshPublicKey(Kind.DSA, name, in.mpint().bitLength(), blob);
            case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" ->
                new SshPublicKey(Kind.ECDSA, name, Integer.parseInt(name.substring(name.length() - 3)), blob);
            case "ssh-ed25519" -> new SshPublicKey(Kind.ED25519, name, 256, blob);
            default -> throw new Der.MalformedException("a key of type " + name + " is not known here");
        };
    }

    /** A public key in a file, with the comment behind it. */
    record Line(SshPublicKey key, String comment) {
        static Optional<Line> of(byte[] file) {
            String[] words = new String(file, java.nio.charset.StandardCharsets.UTF_8).strip().split("\\s+", 3);
            if (words.length < 2) {
                return Optional.empty();
            }
            try {
                SshPublicKey key = SshPublicKey.of(Base64.getDecoder().decode(words[1]));
                return Optional.of(new Line(key, words.length > 2 ? words[2] : ""))
                        .filter(_ -> key.name.equals(words[0]));
            } catch (IllegalArgumentException | Der.MalformedException _) {
                return Optional.empty();
            }
        }
    }

    /** The fields behind the name. */
    byte[] fields() {
        var in = new SshWire.Reader(blob);
        in.string();
        return in.rest();
    }

    String text() {
        return name + " " + Base64.getEncoder().encodeToString(blob);
    }

    /** A file's line. */
    String line(String comment) {
        return text() + (comment.isEmpty() ? "" : " " + comment) + "\n";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SshPublicKey key && Arrays.equals(blob, key.blob);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blob);
    }
}
