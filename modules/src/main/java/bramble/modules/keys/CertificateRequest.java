package bramble.modules.keys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/** What someone wants to have certified (RFC 2986). */
record CertificateRequest(DistinguishedName subject, PublicKey key, Extensions extensions) {
    private static final String WANTED = "1.2.840.113549.1.9.14"; // the attribute that holds the extensions

    /** The request in a file; none where there is none that is whole and signed by its own key. */
    static Optional<CertificateRequest> read(byte[] file) {
        Optional<Pem> pem = Pem.first(file, "CERTIFICATE REQUEST");
        if (pem.isEmpty()) {
            return Optional.empty();
        }
        try {
            Der whole = Der.of(pem.get().bytes());
            List<Der> parts = whole.part(0).parts();
            PublicKey key = key(parts.get(2).whole());
            Extensions extensions = Extensions.NONE;
            for (Der attribute : parts.size() > 3 ? parts.get(3).parts() : List.<Der>of()) {
                if (attribute.part(0).dotted().equals(WANTED)) {
                    extensions = Extensions.of(attribute.part(1).part(0));
                }
            }
            return Signing.verified(whole, key)
                    ? Optional.of(new CertificateRequest(DistinguishedName.of(parts.get(1)), key, extensions))
                    : Optional.empty();
        } catch (Der.MalformedException | GeneralSecurityException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    /** A public key, as certificates have it. */
    static PublicKey key(byte[] encoded) throws GeneralSecurityException {
        String number = Der.of(encoded).part(0).part(0).dotted();
        return KeyFactory.getInstance(TlsKey.algorithm(number)).generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** The digest's name, of the signature in a file. */
    static String digest(byte[] file) {
        return Pem.first(file, "CERTIFICATE REQUEST").map(pem -> Signing.digest(Der.of(pem.bytes()))).orElse("");
    }

    boolean same(CertificateRequest other) {
        return subject.equals(other.subject) && java.util.Arrays.equals(key.getEncoded(), other.key.getEncoded())
                && extensions.same(other.extensions);
    }

    /** The file's text. */
    String text(Signing signing) {
        byte[] attributes = extensions.byNumber().isEmpty()
                ? new byte[0]
                : Der.sequence(Der.oid(WANTED), Der.set(extensions.encoded()));
        byte[] what = Der.sequence(Der.integer(0), subject.encoded(), key.getEncoded(),
                Der.context(0, true, attributes));
        return new Pem("CERTIFICATE REQUEST", signing.signed(what)).text();
    }
}
