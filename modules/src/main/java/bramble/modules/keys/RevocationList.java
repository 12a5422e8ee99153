package bramble.modules.keys;

import bramble.args.Arg;
import java.util.List;
import java.util.Optional;

/** Where a list of revoked certificates is (RFC 5280, section 4.2.1.13). */
public record RevocationList(
        @Arg("Where it can be had: URI:https://ca.example.org/revoked.crl.") Optional<List<String>> fullName,
        @Arg("The same as a part of its issuer's name: CN=revoked.") Optional<List<String>> relativeName,
        @Arg("Who issues it.") Optional<List<String>> crlIssuer,
        @Arg("Why certificates are in it.") Optional<List<Reason>> reasons) {

    /** Why a certificate is revoked. */
    public enum Reason {
        KEY_COMPROMISE,
        CA_COMPROMISE,
        AFFILIATION_CHANGED,
        SUPERSEDED,
        CESSATION_OF_OPERATION,
        CERTIFICATE_HOLD,
        PRIVILEGE_WITHDRAWN,
        AA_COMPROMISE
    }

    /** @throws IllegalArgumentException with a sentence, if a name can't be understood */
    byte[] encoded() {
        if (fullName.isPresent() == relativeName.isPresent() && (fullName.isPresent() || crlIssuer.isEmpty())) {
            throw new IllegalArgumentException(fullName.isPresent()
                    ? "parameters are mutually exclusive: full_name|relative_name found in crl_distribution_points"
                    : "one of the following is required: full_name, relative_name, crl_issuer found in"
                            + " crl_distribution_points");
        }
        byte[] place = fullName.map(names -> Der.context(0, true, Der.context(0, true, names(names))))
                .or(() -> relativeName.map(parts -> Der.context(0, true, Der.context(1, true, relative(parts)))))
                .orElse(new byte[0]);
        return Der.sequence(place, reasons.filter(all -> !all.isEmpty()).map(RevocationList::bits)
                .orElse(new byte[0]), crlIssuer.map(names -> Der.context(2, true, names(names))).orElse(new byte[0]));
    }

    @SuppressWarnings("EnumOrdinal") // they stand in the order of RFC 5280, 4.2.1.13
    private static byte[] bits(List<Reason> reasons) {
        byte[] bits = Der.bits(reasons.stream().map(reason -> reason.ordinal() + 1).toList());
        return Der.context(1, false, Der.of(bits).content());
    }

    private static byte[][] names(List<String> names) {
        return names.stream().map(name -> GeneralName.encoded(name, "CRL distribution point")).toArray(byte[][]::new);
    }

    private static byte[] relative(List<String> parts) {
        return Der.joined(parts.stream().map(part -> {
            String[] both = part.replaceFirst("^/", "").split("=", 2);
            String number = DistinguishedName.number(both[0].strip()).filter(_ -> both.length == 2)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "Cannot parse relative_name \"" + part + "\": it is of the form CN=revoked"));
            return Der.of(Der.of(new DistinguishedName(List.of(new DistinguishedName.Part(number, both[1].strip())))
                    .encoded()).part(0).whole()).content();
        }).toArray(byte[][]::new));
    }
}
