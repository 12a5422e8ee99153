package bramble.modules.keys;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A certificate (RFC 5280).
 *
 * @param from since when it holds, as {@code 20240101000000Z}
 */
record Certificate(Der whole, BigInteger serial, DistinguishedName issuer, String from, String until,
        DistinguishedName subject, PublicKey key, Extensions extensions) {

    /** The first certificate in a file; none where there is none that is whole. */
    static Optional<Certificate> read(byte[] file) {
        try {
            Optional<Pem> pem = Pem.first(file, "CERTIFICATE");
            if (pem.isEmpty()) {
                return Optional.empty();
            }
            Der whole = Der.of(pem.get().bytes());
            List<Der> parts = whole.part(0).parts();
            int first = parts.getFirst().isContext(0) ? 1 : 0;
            Extensions extensions = parts.stream().skip(first + 6L).filter(part -> part.isContext(3)).findFirst()
                    .map(part -> Extensions.of(part.part(0))).orElse(Extensions.NONE);
            return Optional.of(new Certificate(whole, parts.get(first).number(),
                    DistinguishedName.of(parts.get(first + 2)), time(parts.get(first + 3).part(0)),
                    time(parts.get(first + 3).part(1)), DistinguishedName.of(parts.get(first + 4)),
                    CertificateRequest.key(parts.get(first + 5).whole()), extensions));
        } catch (Der.MalformedException | GeneralSecurityException | IndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }

    private static String time(Der time) {
        String text = time.text();
        return text.length() > 13 ? text : (text.charAt(0) < '5' ? "20" : "19") + text;
    }

    boolean isOf(PublicKey other) {
        return Arrays.equals(key.getEncoded(), other.getEncoded());
    }

    /** Whether it holds from one moment to another; what is counted from now never fits. */
    boolean holds(String since, String to) {
        return same(since, from) && same(to, until);
    }

    /** Whether it holds still then. */
    boolean holdsAt(Instant moment) {
        return Moment.of(until).filter(end -> !end.at(moment).isBefore(moment)).isPresent();
    }

    private static boolean same(String wanted, String actual) {
        Optional<Moment> moment = Moment.of(wanted).filter(one -> !one.relative());
        return moment.isPresent() && moment.equals(Moment.of(actual));
    }

    /**
     * What is wanted.
     *
     * @param authority whose key signs; none if the certificate's own does
     */
    record Wish(CertificateRequest request, Signing signing, Optional<Certificate> authority,
            X509CertificateModule.Naming naming, boolean namesAuthority) {

        DistinguishedName issuer() {
            return authority.map(Certificate::subject).orElse(request.subject());
        }

        private Extensions extensions() {
            Extensions all = request.extensions();
            boolean named = switch (naming) {
                case CREATE_IF_NOT_PROVIDED -> !all.has(Extensions.SUBJECT_KEY);
                case ALWAYS_CREATE -> true;
                case NEVER_CREATE -> false;
            };
            if (named) {
                all = all.with(Extensions.SUBJECT_KEY, false, Der.octets(Extensions.keyName(request.key())));
            }
            if (authority.isPresent() && namesAuthority && !all.has(Extensions.AUTHORITY_KEY)) {
                byte[] name = authority.get().extensions().keyName()
                        .orElseGet(() -> Extensions.keyName(authority.get().key()));
                all = all.with(Extensions.AUTHORITY_KEY, false, Extensions.authority(name));
            }
            return all;
        }

        /** Whether a certificate is as wanted, its times and its number aside. */
        boolean isMet(Certificate there) {
            return there.isOf(request.key()) && there.subject.equals(request.subject())
                    && there.issuer.equals(issuer()) && there.extensions.same(extensions())
                    && Signing.verified(there.whole, signing.key().open());
        }

        /** The file's text. */
        String signed(String from, String until, Instant now) {
            Extensions extensions = extensions();
            byte[] validity = Der.sequence(Der.time(Moment.of(from).orElseThrow().at(now)),
                    Der.time(Moment.of(until).orElseThrow().at(now)));
            byte[] what = Der.sequence(Der.context(0, true, Der.integer(2)),
                    Der.integer(new BigInteger(159, new SecureRandom())), signing.algorithm(), issuer().encoded(),
                    validity, request.subject().encoded(), request.key().getEncoded(),
                    extensions.byNumber().isEmpty()
                            ? new byte[0]
                            : Der.context(3, true, extensions.encoded()));
            return new Pem("CERTIFICATE", signing.signed(what)).text();
        }
    }
}
