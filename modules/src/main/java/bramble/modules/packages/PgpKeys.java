package bramble.modules.packages;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The public keys in a keyring as apt has them: packets one after another, as RFC 4880 describes, in armour or not. The
 * node needs no gpg for it.
 */
record PgpKeys(List<PgpKeys.Key> keys) {
    PgpKeys {
        keys = List.copyOf(keys);
    }

    /** One key with all that belongs to it: names, signatures, keys below it. */
    record Key(String fingerprint, List<String> below, byte[] packets) {
        /** Whether a name, of 8, 16 or 40 hexadecimal digits, is this key's or that of one below it. */
        boolean is(String id) {
            return fingerprint.endsWith(id) || below.stream().anyMatch(print -> print.endsWith(id));
        }

        String id() {
            return fingerprint.substring(fingerprint.length() - 16);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key(String print, var _, byte[] bytes) && print.equals(fingerprint)
                    && Arrays.equals(bytes, packets);
        }

        @Override
        public int hashCode() {
            return fingerprint.hashCode();
        }
    }

    /** Throws IllegalArgumentException, with the end of a sentence, where the bytes are no keys. */
    static PgpKeys of(byte[] bytes) {
        byte[] plain = armoured(bytes) ? plain(new String(bytes, StandardCharsets.ISO_8859_1)) : bytes;
        var keys = new ArrayList<Key>();
        String print = "";
        var below = new ArrayList<String>();
        int start = 0;
        int at = 0;
        while (at < plain.length) {
            int[] packet = packet(plain, at); // tag, first byte of the body, first byte behind it
            if (packet[0] == 6) {
                if (!print.isEmpty()) {
                    keys.add(new Key(print, List.copyOf(below), Arrays.copyOfRange(plain, start, at)));
                }
                start = at;
                print = fingerprint(plain, packet[1], packet[2]);
                below.clear();
            } else if (packet[0] == 14) {
                below.add(fingerprint(plain, packet[1], packet[2]));
            }
            at = packet[2];
        }
        if (print.isEmpty()) {
            throw new IllegalArgumentException("there is no public key in it");
        }
        keys.add(new Key(print, List.copyOf(below), Arrays.copyOfRange(plain, start, plain.length)));
        return new PgpKeys(keys);
    }

    static boolean armoured(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN PGP PUBLIC KEY BLOCK-----");
    }

    /** Without armour: all blocks, without their headers and check sums. */
    private static byte[] plain(String text) {
        var out = new ByteArrayOutputStream();
        var block = new StringBuilder();
        boolean inside = false;
        boolean body = false;
        for (String raw : text.lines().toList()) {
            String line = raw.strip();
            if (line.equals("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
                inside = true;
                body = false;
            } else if (line.equals("-----END PGP PUBLIC KEY BLOCK-----")) {
                try {
                    out.writeBytes(Base64.getDecoder().decode(block.toString()));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("its armour is damaged", e);
                }
                block.setLength(0);
                inside = false;
            } else if (inside && body && !line.startsWith("=")) {
                block.append(line);
            } else if (inside && line.isEmpty()) {
                body = true;
            }
        }
        return out.toByteArray();
    }

    private static int[] packet(byte[] bytes, int at) {
        int head = at(bytes, at);
        if ((head & 0x80) == 0) {
            throw new IllegalArgumentException("it is no OpenPGP key");
        }
        int tag;
        int length;
        int body;
        if ((head & 0x40) != 0) {
            tag = head & 0x3F;
            int first = at(bytes, at + 1);
            if (first < 192) {
                length = first;
                body = at + 2;
            } else if (first < 224) {
                length = ((first - 192) << 8) + at(bytes, at + 2) + 192;
                body = at + 3;
            } else {
                length = number(bytes, at + 2, 4);
                body = at + 6;
            }
        } else {
            tag = (head >> 2) & 0x0F;
            int size = 1 << (head & 3);
            length = size == 8 ? bytes.length - at - 1 : number(bytes, at + 1, size);
            body = size == 8 ? at + 1 : at + 1 + size;
        }
        if (length < 0 || body + length > bytes.length) {
            throw new IllegalArgumentException("it ends in the middle of a key");
        }
        return new int[]{tag, body, body + length};
    }

    private static int at(byte[] bytes, int at) {
        if (at >= bytes.length) {
            throw new IllegalArgumentException("it ends in the middle of a key");
        }
        return bytes[at] & 0xFF;
    }

    private static int number(byte[] bytes, int at, int size) {
        int number = 0;
        for (int i = 0; i < size; i++) {
            number = (number << 8) | at(bytes, at + i);
        }
        return number;
    }

    /** Of keys of version 4, which all that apt takes are. */
    private static String fingerprint(byte[] bytes, int from, int to) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            int length = to - from;
            digest.update(new byte[]{(byte) 0x99, (byte) (length >> 8), (byte) length});
            digest.update(bytes, from, length);
            return HexFormat.of().formatHex(digest.digest()).toUpperCase(Locale.ROOT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The keys as apt reads them from a file, without armour. */
    byte[] packets() {
        var out = new ByteArrayOutputStream();
        keys.forEach(key -> out.writeBytes(key.packets));
        return out.toByteArray();
    }
}
