package bramble.modules.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Whom a certificate speaks of: {@code C=AU, O=Example, CN=node1}, in this order. */
record DistinguishedName(List<Part> parts) {
    /** One attribute: its number, and its value. */
    record Part(String number, String value) {}

    private static final List<Kind> KINDS = List.of(new Kind("2.5.4.6", "C", "countryName"),
            new Kind("2.5.4.8", "ST", "stateOrProvinceName"), new Kind("2.5.4.7", "L", "localityName"),
            new Kind("2.5.4.10", "O", "organizationName"), new Kind("2.5.4.11", "OU", "organizationalUnitName"),
            new Kind("2.5.4.3", "CN", "commonName"), new Kind("1.2.840.113549.1.9.1", "emailAddress", "emailAddress"),
            new Kind("2.5.4.5", "serialNumber", "serialNumber"), new Kind("2.5.4.4", "SN", "surname"),
            new Kind("2.5.4.42", "GN", "givenName"), new Kind("2.5.4.12", "title", "title"),
            new Kind("2.5.4.41", "name", "name"), new Kind("2.5.4.43", "initials", "initials"),
            new Kind("2.5.4.44", "generationQualifier", "generationQualifier"),
            new Kind("2.5.4.46", "dnQualifier", "dnQualifier"), new Kind("2.5.4.65", "pseudonym", "pseudonym"),
            new Kind("2.5.4.9", "street", "streetAddress"), new Kind("2.5.4.17", "postalCode", "postalCode"),
            new Kind("0.9.2342.19200300.100.1.1", "UID", "userId"),
            new Kind("0.9.2342.19200300.100.1.25", "DC", "domainComponent"));

    private record Kind(String number, String brief, String full) {
        boolean is(String name) {
            return number.equals(name) || brief.equals(name) || full.equals(name);
        }
    }

    DistinguishedName {
        parts = List.copyOf(parts);
    }

    /** The number of an attribute, by its short name, its long one, or the number itself. */
    static Optional<String> number(String name) {
        return KINDS.stream().filter(kind -> kind.is(name)).map(Kind::number).findFirst();
    }

    static DistinguishedName of(Der name) {
        var parts = new ArrayList<Part>();
        for (Der set : name.parts()) {
            for (Der part : set.parts()) {
                parts.add(new Part(part.part(0).dotted(), part.part(1).text()));
            }
        }
        return new DistinguishedName(parts);
    }

    byte[] encoded() {
        return Der.sequence(parts.stream().map(part -> Der.set(Der.sequence(Der.oid(part.number()),
                Der.text(kind(part.number()), part.value())))).toList());
    }

    /** The kind of text that an attribute has. */
    private static int kind(String number) {
        return switch (number) {
            case "2.5.4.6", "2.5.4.5", "2.5.4.46" -> Der.PRINTABLE;
            case "1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.25" -> Der.IA5;
            default -> Der.UTF8;
        };
    }

    /** The attributes as Ansible returns them: short name and value. */
    List<List<String>> pairs() {
        return parts.stream().map(part -> List.of(KINDS.stream().filter(kind -> kind.number.equals(part.number()))
                .map(Kind::brief).findFirst().orElse(part.number()), part.value())).toList();
    }

    @Override
    public String toString() {
        return String.join(", ", parts.stream().map(part -> KINDS.stream()
                .filter(kind -> kind.number.equals(part.number())).map(Kind::brief).findFirst().orElse(part.number())
                + "=" + part.value()).toList());
    }

    /** What is wrong with a value. */
    static Optional<String> mistake(Map.Entry<String, String> part) {
        return number(part.getKey()).isEmpty()
                ? Optional.of("Unknown attribute of a subject: " + part.getKey() + ". There are: "
                        + String.join(", ", KINDS.stream().map(Kind::full).toList()))
                : part.getKey().toLowerCase(Locale.ROOT).matches("c|countryname") && part.getValue().length() != 2
                        ? Optional.of("Country name must be a 2 character country code, not " + part.getValue())
                        : Optional.empty();
    }
}
