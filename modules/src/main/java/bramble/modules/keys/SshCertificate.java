package bramble.modules.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A certificate of OpenSSH (its PROTOCOL.certkeys).
 *
 * @param terms what is certified
 * @param signer the public key of who signed it
 * @param algorithm how it was signed
 */
record SshCertificate(String name, byte[] keyFields, Terms terms, SshPublicKey signer, String algorithm) {
    private static final String SUFFIX = "-cert-v01@openssh.com";
    private static final BigInteger FOREVER = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /**
     * What is certified. Times in seconds since 1970.
     *
     * @param options critical ones, and extensions, each with what it says
     */
    record Terms(boolean host, BigInteger serial, String id, List<String> principals, BigInteger from, BigInteger until,
            SortedMap<String, String> options, SortedMap<String, String> extensions) {
        static final BigInteger ALWAYS = BigInteger.ZERO;

        boolean holdsAt(BigInteger moment) {
            return from.compareTo(moment) <= 0 && moment.compareTo(until) < 0;
        }
    }

    static BigInteger forever() {
        return FOREVER;
    }

    /** The certificate in a file; none where there is none. */
    static Optional<SshCertificate> read(byte[] file) {
        String[] words = new String(file, java.nio.charset.StandardCharsets.UTF_8).strip().split("\\s+", 3);
        if (words.length < 2 || !words[0].endsWith(SUFFIX)) {
            return Optional.empty();
        }
        try {
            var in = new SshWire.Reader(Base64.getDecoder().decode(words[1]));
            String name = in.text().replace(SUFFIX, "");
            in.string(); // random
            var fields = new SshWire.Writer();
            int count = switch (name) {
                case "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" -> 2;
                case "ssh-dss" -> 4;
                default -> 1;
            };
            for (int i = 0; i < count; i++) {
                fields.string(in.string());
            }
            BigInteger serial = new BigInteger(1, in.take(8));
            boolean host = in.number() == 2;
            String id = in.text();
            var list = new SshWire.Reader(in.string());
            var principals = new java.util.ArrayList<String>();
            while (list.hasMore()) {
                principals.add(list.text());
            }
            BigInteger from = new BigInteger(1, in.take(8));
            BigInteger until = new BigInteger(1, in.take(8));
            SortedMap<String, String> options = pairs(in.string());
            SortedMap<String, String> extensions = pairs(in.string());
            in.string(); // reserved
            SshPublicKey signer = SshPublicKey.of(in.string());
            String algorithm = new SshWire.Reader(in.string()).text();
            return Optional.of(new SshCertificate(name, fields.bytes(),
                    new Terms(host, serial, id, List.copyOf(principals), from, until, options, extensions), signer,
                    algorithm));
        } catch (IllegalArgumentException | Der.MalformedException _) {
            return Optional.empty();
        }
    }

    private static SortedMap<String, String> pairs(byte[] bytes) {
        SortedMap<String, String> pairs = new TreeMap<>();
        var in = new SshWire.Reader(bytes);
        while (in.hasMore()) {
            String name = in.text();
            byte[] value = in.string();
            pairs.put(name, value.length == 0 ? "" : new SshWire.Reader(value).text());
        }
        return pairs;
    }

    private static byte[] written(SortedMap<String, String> pairs) {
        var out = new SshWire.Writer();
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            out.string(pair.getKey()).string(pair.getValue().isEmpty()
                    ? new byte[0]
                    : new SshWire.Writer().string(pair.getValue()).bytes());
        }
        return out.bytes();
    }

    boolean isOf(SshPublicKey key) {
        return key.name().equals(name) && Arrays.equals(key.fields(), keyFields);
    }

    /** The algorithm by which a key signs, unless another is asked for. */
    static String usual(SshPublicKey signer) {
        return signer.kind() == SshPublicKey.Kind.RSA ? "rsa-sha2-512" : signer.name();
    }

    /** A new certificate's file. */
    static String signed(SshPublicKey.Line key, Terms terms, SshKey signer, String algorithm) {
        byte[] nonce = new byte[32];
        new SecureRandom().nextBytes(nonce);
        String name = key.key().name() + SUFFIX;
        var principals = new SshWire.Writer();
        terms.principals().forEach(principals::string);
        byte[] what = new SshWire.Writer().string(name).string(nonce).raw(key.key().fields())
                .longNumber(terms.serial()).number(terms.host() ? 2 : 1).string(terms.id())
                .string(principals.bytes()).longNumber(terms.from()).longNumber(terms.until())
                .string(written(terms.options())).string(written(terms.extensions())).string("")
                .string(signer.open().blob()).bytes();
        try {
            byte[] whole = new SshWire.Writer().raw(what).string(signer.signed(what, algorithm)).bytes();
            return name + " " + Base64.getEncoder().encodeToString(whole)
                    + (key.comment().isEmpty() ? "" : " " + key.comment()) + "\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SshCertificate certificate && terms.equals(certificate.terms)
                && Arrays.equals(keyFields, certificate.keyFields) && signer.equals(certificate.signer);
    }

    @Override
    public int hashCode() {
        return terms.hashCode();
    }
}
