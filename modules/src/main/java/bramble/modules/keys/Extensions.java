package bramble.modules.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a certificate, or the request for one, says beyond whose key it is (RFC 5280, section 4.2).
 *
 * @param byNumber in their order
 */
record Extensions(Map<String, Extension> byNumber) {
    /** One: its value is encoded. */
    record Extension(boolean critical, Der value) {}

    static final Extensions NONE = new Extensions(Map.of());
    static final String ALTERNATIVE_NAMES = "2.5.29.17";
    static final String KEY_USAGE = "2.5.29.15";
    static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    static final String BASIC_CONSTRAINTS = "2.5.29.19";
    static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
    static final String SUBJECT_KEY = "2.5.29.14";
    static final String AUTHORITY_KEY = "2.5.29.35";
    static final String NAME_CONSTRAINTS = "2.5.29.30";
    static final String REVOCATION_LISTS = "2.5.29.31";

    private static final List<List<String>> USAGES = List.of(List.of("digitalSignature", "Digital Signature"),
            List.of("nonRepudiation", "Non Repudiation", "contentCommitment", "Content Commitment"),
            List.of("keyEncipherment", "Key Encipherment"), List.of("dataEncipherment", "Data Encipherment"),
            List.of("keyAgreement", "Key Agreement"), List.of("keyCertSign", "Certificate Sign"),
            List.of("cRLSign", "CRL Sign"), List.of("encipherOnly", "Encipher Only"),
            List.of("decipherOnly", "Decipher Only"));
    private static final Map<String, List<String>> PURPOSES = Map.of("1.3.6.1.5.5.7.3.1",
            List.of("serverAuth", "TLS Web Server Authentication"), "1.3.6.1.5.5.7.3.2",
            List.of("clientAuth", "TLS Web Client Authentication"), "1.3.6.1.5.5.7.3.3",
            List.of("codeSigning", "Code Signing"), "1.3.6.1.5.5.7.3.4",
            List.of("emailProtection", "E-mail Protection"), "1.3.6.1.5.5.7.3.5",
            List.of("ipsecEndSystem", "IPSec End System"), "1.3.6.1.5.5.7.3.6",
            List.of("ipsecTunnel", "IPSec Tunnel"), "1.3.6.1.5.5.7.3.7", List.of("ipsecUser", "IPSec User"),
            "1.3.6.1.5.5.7.3.8", List.of("timeStamping", "Time Stamping"), "1.3.6.1.5.5.7.3.9",
            List.of("OCSPSigning", "OCSP Signing"), "2.5.29.37.0",
            List.of("anyExtendedKeyUsage", "Any Extended Key Usage"));

    Extensions {
        byNumber = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byNumber));
    }

    /** Reads the list of them. */
    static Extensions of(Der list) {
        Map<String, Extension> found = new LinkedHashMap<>();
        for (Der one : list.parts()) {
            List<Der> parts = one.parts();
            boolean critical = parts.size() > 2 && parts.get(1).content()[0] != 0;
            found.put(parts.getFirst().dotted(), new Extension(critical, Der.of(parts.getLast().content())));
        }
        return new Extensions(found);
    }

    /** The same with one more. */
    Extensions with(String number, boolean critical, byte[] value) {
        Map<String, Extension> more = new LinkedHashMap<>(byNumber);
        more.put(number, new Extension(critical, Der.of(value)));
        return new Extensions(more);
    }

    boolean has(String number) {
        return byNumber.containsKey(number);
    }

    byte[] encoded() {
        return Der.sequence(byNumber.entrySet().stream().map(entry -> Der.sequence(Der.oid(entry.getKey()),
                entry.getValue().critical() ? Der.bool(true) : new byte[0],
                Der.octets(entry.getValue().value().whole()))).toList());
    }

    /** Whether both say the same; in lists of names the order says nothing. */
    boolean same(Extensions other) {
        return byNumber.keySet().equals(other.byNumber.keySet()) && byNumber.entrySet().stream().allMatch(entry -> {
            Extension mine = entry.getValue();
            Extension others = other.byNumber.get(entry.getKey());
            if (entry.getKey().equals(NAME_CONSTRAINTS) && others != null) {
                return mine.critical() == others.critical() && subtrees(mine.value()).equals(subtrees(others.value()));
            }
            boolean list = entry.getKey().equals(ALTERNATIVE_NAMES) || entry.getKey().equals(EXTENDED_KEY_USAGE);
            return others != null && mine.critical() == others.critical() && (list
                    ? sorted(mine.value()).equals(sorted(others.value()))
                    : mine.value().equals(others.value()));
        });
    }

    private static Map<Integer, List<String>> subtrees(Der constraints) {
        var found = new TreeMap<Integer, List<String>>();
        constraints.parts().forEach(part -> found.put(part.tag(), sorted(part)));
        return found;
    }

    private static List<String> sorted(Der list) {
        return list.parts().stream().map(part -> HexFormat.of().formatHex(part.whole())).sorted().toList();
    }

    // Values of the single kinds; what the user got wrong is an IllegalArgumentException.

    /** Names such as {@code DNS:www.example.org}, {@code IP:10.0.0.1}. */
    static byte[] names(List<String> names) {
        return Der.sequence(names.stream().map(name -> GeneralName.encoded(name, "Subject Alternative Name")).toList());
    }

    /** The names that an authority may, and may not, speak of. */
    static byte[] nameConstraints(List<String> permitted, List<String> excluded) {
        return Der.sequence(subtrees(0, permitted), subtrees(1, excluded));
    }

    private static byte[] subtrees(int number, List<String> names) {
        return names.isEmpty()
                ? new byte[0]
                : Der.context(number, true, names.stream()
                        .map(name -> Der.sequence(GeneralName.subtree(name))).toArray(byte[][]::new));
    }

    /** What the key may be used for. */
    static byte[] usages(List<String> words) {
        var bits = new ArrayList<Integer>();
        for (String word : words) {
            int bit = 0;
            while (bit < USAGES.size() && !USAGES.get(bit).contains(word)) {
                bit++;
            }
            if (bit == USAGES.size()) {
                throw new IllegalArgumentException("Unknown key usage \"" + word + "\". There are: "
                        + String.join(", ", USAGES.stream().map(List::getFirst).toList()));
            }
            bits.add(bit);
        }
        return Der.bits(bits);
    }

    /** What the certificate may be used for. */
    static byte[] purposes(List<String> words) {
        return Der.sequence(words.stream().map(word -> Der.oid(PURPOSES.entrySet().stream()
                .filter(entry -> entry.getValue().contains(word)).map(Map.Entry::getKey).findFirst()
                .or(() -> Optional.of(word).filter(text -> text.matches("[012](\\.\\d+)+")))
                .orElseThrow(() -> new IllegalArgumentException("Unknown extended key usage \"" + word
                        + "\". There are: " + String.join(", ",
                                PURPOSES.values().stream().map(List::getFirst).sorted().toList())
                        + ", and numbers with dots"))))
                .toList());
    }

    /** Whether it may sign others: {@code CA:TRUE}, {@code pathlen:0}. */
    static byte[] constraints(List<String> words) {
        boolean authority = false;
        Optional<BigInteger> length = Optional.empty();
        for (String word : words) {
            switch (word) {
                case "CA:TRUE" -> authority = true;
                case "CA:FALSE" -> authority = false;
                case String text when text.matches("pathlen:\\d{1,4}") ->
                    length = Optional.of(new BigInteger(text.substring("pathlen:".length())));
                default -> throw new IllegalArgumentException("Cannot parse basic constraint \"" + word
                        + "\" (there are CA:TRUE, CA:FALSE and pathlen:number)");
            }
        }
        return Der.sequence(authority ? Der.bool(true) : new byte[0],
                length.map(Der::integer).orElse(new byte[0]));
    }

    static byte[] mustStaple() {
        return Der.sequence(Der.integer(5));
    }

    /** The name of a key: its digest. */
    static byte[] keyName(PublicKey key) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(Der.of(key.getEncoded()).part(1).bytesOfBits());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key's name as people write it: {@code 00:11:22}. */
    static byte[] keyName(String hex) {
        try {
            return HexFormat.of().parseHex(hex.replace(":", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Cannot parse key identifier \"" + hex + "\": it is of the form 00:11:22", e);
        }
    }

    /** The extension by which a certificate names the key that signed it. */
    static byte[] authority(byte[] name) {
        return authority(Optional.of(name), List.of(), Optional.empty());
    }

    /**
     * The same with more.
     *
     * @param issuer who made that key's own certificate
     * @param serial its number
     */
    static byte[] authority(Optional<byte[]> name, List<String> issuer, Optional<BigInteger> serial) {
        return Der.sequence(name.map(id -> Der.context(0, false, id)).orElse(new byte[0]),
                issuer.isEmpty()
                        ? new byte[0]
                        : Der.context(1, true, issuer.stream()
                                .map(one -> GeneralName.encoded(one, "authority cert issuer")).toArray(byte[][]::new)),
                serial.map(number -> Der.context(2, false, number.toByteArray())).orElse(new byte[0]));
    }

    /** The name that the certificate gives its own key. */
    Optional<byte[]> keyName() {
        return Optional.ofNullable(byNumber.get(SUBJECT_KEY)).map(found -> found.value().content());
    }

    /** A text that is the same for equal ones. */
    String digest() {
        return HexFormat.of().formatHex(Arrays.copyOf(sha256(encoded()), 16));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
