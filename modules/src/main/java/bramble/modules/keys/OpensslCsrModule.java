package bramble.modules.keys;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Diff;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.Presence;
import bramble.shell.Content;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code openssl_csr}: a request for a certificate. */
@AutoService(AnyModule.class)
public final class OpensslCsrModule implements TaskModule<OpensslCsrModule.Args, OpensslCsrModule.State> {

    /** The arguments of {@code openssl_csr}. */
    @Doc(value = "Makes a request for a certificate. The controller makes it: the node needs no openssl.", collection = "community.crypto", example = """
            - name: Ask for the web server's certificate
              community.crypto.openssl_csr:
                path: /etc/ssl/web.csr
                privatekey_path: /etc/ssl/private/web.pem
                common_name: www.example.org
                subject_alt_name: [DNS:www.example.org, DNS:example.org, IP:192.168.50.1]
            """, oneByOne = true, neverSettles = "force makes a new request each time", returns = {
        "filename: str: the file",
        "privatekey: str: the private key's file", "subject: list: pairs of names and values",
        "subjectAltName: list: as given", "keyUsage: list: as given", "extendedKeyUsage: list: as given",
        "basicConstraints: list: as given", "name_constraints_permitted: list: as given",
        "name_constraints_excluded: list: as given", "ocsp_must_staple: bool: as given",
        "csr: str: the request, with return_content", "backup_file: str: where the old file was kept",
        "mode: str: four octal digits", "owner: str: name of the owner", "group: str: name of the group",
        "uid: int: number of the owner", "gid: int: number of the group", "state: str: file, or absent"})
    public record Args(@Arg(value = "The request's file.", nodePath = true) String path,
            @Arg(value = "The private key's file, on the node.", nodePath = true) Optional<String> privatekeyPath,
            @Arg(value = "The private key itself.", secret = true) Optional<String> privatekeyContent,
            @Arg(value = "The private key's passphrase.", secret = true) Optional<String> privatekeyPassphrase,
            @Arg(value = "The digest that is signed: sha256, sha384, sha512, sha224 or sha1.", fallback = "sha256") String digest,
            @Arg(value = "The version; there is but 1.", fallback = "1") int version,
            @Arg(value = "Makes a new request each time.", fallback = "false") boolean force,
            @Arg(value = "Whether the request is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            @Arg("The subject: names and values.") Optional<MapValue> subject,
            @Arg("The subject in its order: a list of single names and values. Nothing else is taken into it then.") Optional<List<MapValue>> subjectOrdered,
            @Arg(value = "The country, two letters.", aliases = {
                "C", "countryName"}) Optional<String> countryName,
            @Arg(value = "The state or province.", aliases = {"ST",
                "stateOrProvinceName"}) Optional<String> stateOrProvinceName,
            @Arg(value = "The town.", aliases = {"L", "localityName"}) Optional<String> localityName,
            @Arg(value = "The organization.", aliases = {"O", "organizationName"}) Optional<String> organizationName,
            @Arg(value = "The organization's unit.", aliases = {"OU",
                "organizationalUnitName"}) Optional<String> organizationalUnitName,
            @Arg(value = "The common name.", aliases = {"CN", "commonName"}) Optional<String> commonName,
            @Arg(value = "The address of electronic mail.", aliases = {"E",
                "emailAddress"}) Optional<String> emailAddress,
            @Arg(value = "Other names: DNS:, IP:, email:, URI: and RID:, each with what it says.", aliases = "subjectAltName", fallback = "[]") List<String> subjectAltName,
            @Arg(value = "Whether the other names must be understood.", aliases = "subjectAltName_critical", fallback = "false") boolean subjectAltNameCritical,
            @Arg(value = "Whether the common name is taken for DNS: where there are no other names.", aliases = "useCommonNameForSAN", fallback = "true") boolean useCommonNameForSan,
            @Arg(value = "What the key may be used for: digitalSignature, keyEncipherment, keyCertSign, ...", aliases = "keyUsage", fallback = "[]") List<String> keyUsage,
            @Arg(value = "Whether that must be understood.", aliases = "keyUsage_critical", fallback = "false") boolean keyUsageCritical,
            @Arg(value = "What the certificate may be used for: serverAuth, clientAuth, ..., or numbers.", aliases = {
                "extKeyUsage", "extendedKeyUsage"}, fallback = "[]") List<String> extendedKeyUsage,
            @Arg(value = "Whether that must be understood.", aliases = {"extKeyUsage_critical",
                "extendedKeyUsage_critical"}, fallback = "false") boolean extendedKeyUsageCritical,
            @Arg(value = "Whether it may sign others: CA:TRUE, CA:FALSE, pathlen:0.", aliases = "basicConstraints", fallback = "[]") List<String> basicConstraints,
            @Arg(value = "Whether that must be understood.", aliases = "basicConstraints_critical", fallback = "false") boolean basicConstraintsCritical,
            @Arg(value = "Whether the server has to show that its certificate still holds.", aliases = "ocspMustStaple", fallback = "false") boolean ocspMustStaple,
            @Arg(value = "Whether that must be understood.", aliases = "ocspMustStaple_critical", fallback = "false") boolean ocspMustStapleCritical,
            @Arg(value = "Whether the key's digest is its name.", fallback = "false") boolean createSubjectKeyIdentifier,
            @Arg("The key's name, as 00:11:22.") Optional<String> subjectKeyIdentifier,
            @Arg("The name of the key that is to sign, as 00:11:22.") Optional<String> authorityKeyIdentifier,
            @Arg(value = "Who made the certificate of the key that is to sign, as subject_alt_name has names.", fallback = "[]") List<String> authorityCertIssuer,
            @Arg("The number of that certificate.") Optional<String> authorityCertSerialNumber,
            @Arg(value = "Names below which an authority may certify others: DNS:.example.org, IP:10.0.0.0/8, email:.example.org.", fallback = "[]") List<String> nameConstraintsPermitted,
            @Arg(value = "Names below which it may not.", fallback = "[]") List<String> nameConstraintsExcluded,
            @Arg(value = "Whether that must be understood.", fallback = "false") boolean nameConstraintsCritical,
            @Arg("Where lists of revoked certificates are.") Optional<List<RevocationList>> crlDistributionPoints,
            @Arg(value = "Whether the request is returned.", fallback = "false") boolean returnContent,
            @Arg(value = "Accepted; Java makes the request.", fallback = "auto") String selectCryptoBackend,
            FileAttributes attributes){

        private Given key() {
            return new Given("private key", privatekeyPath, privatekeyContent);
        }

        private Optional<String> mistake() {
            if (!key().isGiven()) {
                return Optional.of("one of the following is required: privatekey_path, privatekey_content");
            }
            if (version != 1) {
                return Optional.of("version must be 1, got: " + version);
            }
            if (createSubjectKeyIdentifier && subjectKeyIdentifier.isPresent()) {
                return Optional
                        .of("subject_key_identifier cannot be specified if create_subject_key_identifier is true");
            }
            if (authorityCertIssuer.isEmpty() == authorityCertSerialNumber.isPresent()) {
                return Optional
                        .of("parameters are required together: authority_cert_issuer, authority_cert_serial_number");
            }
            return Signing.mistake("digest", digest).or(() -> named().stream().map(DistinguishedName::mistake)
                    .flatMap(Optional::stream).findFirst()).or(() -> {
                        try {
                            extensions(Optional.empty());
                            return Optional.empty();
                        } catch (IllegalArgumentException e) {
                            return Optional.ofNullable(e.getMessage());
                        }
                    });
        }

        private List<Map.Entry<String, String>> named() {
            var parts = new ArrayList<Map.Entry<String, String>>();
            if (subjectOrdered.isPresent()) {
                subjectOrdered.get().forEach(part -> add(parts, part));
                return parts;
            }
            countryName.ifPresent(text -> parts.add(Map.entry("C", text)));
            stateOrProvinceName.ifPresent(text -> parts.add(Map.entry("ST", text)));
            localityName.ifPresent(text -> parts.add(Map.entry("L", text)));
            organizationName.ifPresent(text -> parts.add(Map.entry("O", text)));
            organizationalUnitName.ifPresent(text -> parts.add(Map.entry("OU", text)));
            commonName.ifPresent(text -> parts.add(Map.entry("CN", text)));
            emailAddress.ifPresent(text -> parts.add(Map.entry("emailAddress", text)));
            subject.ifPresent(map -> add(parts, map));
            return parts;
        }

        private static void add(List<Map.Entry<String, String>> parts, MapValue map) {
            map.byName().forEach((name, value) -> (value instanceof ListValue list ? list.items() : List.of(value))
                    .forEach(one -> parts.add(Map.entry(name, one.toString()))));
        }

        private DistinguishedName name() {
            return new DistinguishedName(named().stream().map(part -> new DistinguishedName.Part(
                    DistinguishedName.number(part.getKey()).orElseThrow(), part.getValue())).toList());
        }

        private List<String> names() {
            Optional<String> common = named().stream().filter(part -> DistinguishedName.number(part.getKey())
                    .equals(DistinguishedName.number("CN"))).map(Map.Entry::getValue).findFirst();
            return subjectAltName.isEmpty() && useCommonNameForSan && common.isPresent()
                    ? List.of("DNS:" + common.get())
                    : subjectAltName;
        }

        private Extensions extensions(Optional<TlsKey> key) {
            Extensions all = Extensions.NONE;
            if (!names().isEmpty()) {
                all = all.with(Extensions.ALTERNATIVE_NAMES, subjectAltNameCritical, Extensions.names(names()));
            }
            if (!keyUsage.isEmpty()) {
                all = all.with(Extensions.KEY_USAGE, keyUsageCritical, Extensions.usages(keyUsage));
            }
            if (!extendedKeyUsage.isEmpty()) {
                all = all.with(Extensions.EXTENDED_KEY_USAGE, extendedKeyUsageCritical,
                        Extensions.purposes(extendedKeyUsage));
            }
            if (!basicConstraints.isEmpty()) {
                all = all.with(Extensions.BASIC_CONSTRAINTS, basicConstraintsCritical,
                        Extensions.constraints(basicConstraints));
            }
            if (ocspMustStaple) {
                all = all.with(Extensions.TLS_FEATURE, ocspMustStapleCritical, Extensions.mustStaple());
            }
            Optional<byte[]> name = subjectKeyIdentifier.map(Extensions::keyName)
                    .or(() -> key.filter(_ -> createSubjectKeyIdentifier).map(one -> Extensions.keyName(one.open())));
            if (name.isPresent()) {
                all = all.with(Extensions.SUBJECT_KEY, false, Der.octets(name.get()));
            }
            if (authorityKeyIdentifier.isPresent() || !authorityCertIssuer.isEmpty()) {
                all = all.with(Extensions.AUTHORITY_KEY, false, Extensions.authority(
                        authorityKeyIdentifier.map(Extensions::keyName), authorityCertIssuer,
                        authorityCertSerialNumber.map(OpensslCsrModule::number)));
            }
            if (!nameConstraintsPermitted.isEmpty() || !nameConstraintsExcluded.isEmpty()) {
                all = all.with(Extensions.NAME_CONSTRAINTS, nameConstraintsCritical,
                        Extensions.nameConstraints(nameConstraintsPermitted, nameConstraintsExcluded));
            }
            if (crlDistributionPoints.filter(points -> !points.isEmpty()).isPresent()) {
                all = all.with(Extensions.REVOCATION_LISTS, false, Der.sequence(
                        crlDistributionPoints.get().stream().map(RevocationList::encoded).toList()));
            }
            return all;
        }

        private CertificateRequest request(TlsKey key) {
            return new CertificateRequest(name(), key.open(), extensions(Optional.of(key)));
        }
    }

    /** The request's place, and the key. */
    record State(KeyPlace place, Maybe<KeyFile> key) {}

    @Override
    public String name() {
        return "openssl_csr";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return KeyPlace.at(args.path(), args.attributes().wanted()).and(args.key().inquiry(), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        KeyPlace place = actual.place;
        if (args.state() == Presence.ABSENT) {
            return Plan.of(place.gone());
        }
        Optional<String> obstacle = args.mistake().or(place::obstacle).or(() -> args.key().obstacle(actual.key));
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        Optional<byte[]> bytes = Given.bytes(actual.key);
        Optional<TlsKey> key = Optional.empty();
        if (bytes.isPresent()) {
            switch (TlsKey.read(bytes.get(), args.privatekeyPassphrase())) {
                case TlsKey.Read.Fine fine -> key = Optional.of(fine.key());
                case TlsKey.Read.Broken(String why) -> {
                    return new Plan.Refused("Tried to read the private key " + args.privatekeyPath().orElse("")
                            + ", but " + why);
                }
            }
            Optional<String> unable = key.flatMap(Signing::obstacle);
            if (unable.isPresent()) {
                return new Plan.Refused("Tried to sign the request, but " + unable.get());
            }
        }
        String what = args.name() + " " + args.extensions(key).digest() + " " + args.digest()
                + key.map(one -> "").orElse(Given.foretold(actual.key));
        return settled(args, place, key, what)
                ? Plan.of(place.attributes())
                : Plan.of(place.made(what, diff(args, place), "0644", args.backup(), making(args, key)));
    }

    /** A number as people write it: a whole one, or {@code 0x} and hexadecimal digits. */
    private static BigInteger number(String text) {
        try {
            return text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("argument 'authority_cert_serial_number' is no number: " + text, e);
        }
    }

    private static KeyPlace.Making making(Args args, Optional<TlsKey> key) {
        return () -> key.map(one -> Content.text(args.request(one).text(new Signing(one, args.digest()))));
    }

    private static boolean settled(Args args, KeyPlace place, Optional<TlsKey> key, String what) {
        if (place.missing() || args.force()) {
            return false;
        }
        return switch (place.file().get()) {
            case KeyFile.Made(_, String made) -> made.equals(what);
            case KeyFile.Held held -> key.isPresent() && held.bytes().flatMap(CertificateRequest::read)
                    .filter(there -> there.same(args.request(key.get()))).isPresent();
        };
    }

    private static Diff diff(Args args, KeyPlace place) {
        Optional<CertificateRequest> old = Given.bytes(place.file()).flatMap(CertificateRequest::read);
        MapValue before = old.map(one -> MapValue.of("state", "file", "subject", one.subject().toString()))
                .orElse(MapValue.of("state", place.missing() ? "absent" : "file"));
        return Diff.attributes(args.path(), before,
                MapValue.of("state", "file", "subject", args.name().toString(), "subjectAltName", args.names()));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        State after = applied.after().orElse(before);
        MapValue results = after.place.results(applied);
        if (args.state() == Presence.PRESENT && plain.failure().isEmpty()) {
            results = results.with(MapValue.of("privatekey", args.privatekeyPath().orElse(null), "subject",
                    args.name().pairs(), "subjectAltName", orNone(args.names()), "keyUsage", orNone(args.keyUsage()),
                    "extendedKeyUsage", orNone(args.extendedKeyUsage()), "basicConstraints",
                    orNone(args.basicConstraints()), "ocsp_must_staple", args.ocspMustStaple(),
                    "ocspMustStaple", args.ocspMustStaple(), "name_constraints_permitted",
                    args.nameConstraintsPermitted(), "name_constraints_excluded", args.nameConstraintsExcluded()));
            if (args.returnContent()) {
                results = results.with("csr", content(after.place));
            }
        }
        return plain.with(results);
    }

    private static @org.jspecify.annotations.Nullable Value orNone(List<String> words) {
        return words.isEmpty() ? null : Value.texts(words);
    }

    /** The file's text, or that it isn't known. */
    static Value content(KeyPlace place) {
        return Given.bytes(place.file()).<Value>map(bytes -> Value.text(new String(bytes, StandardCharsets.UTF_8)))
                .orElse(new Unknown("the file would be made by this run"));
    }
}
