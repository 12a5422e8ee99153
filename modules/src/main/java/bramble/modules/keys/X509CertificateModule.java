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
import bramble.modules.files.ClockFact;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.Presence;
import bramble.shell.Content;
import bramble.value.MapValue;
import bramble.value.Unknown;
import com.google.auto.service.AutoService;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** {@code x509_certificate}: a certificate that a key of one's own signs. */
@AutoService(AnyModule.class)
public final class X509CertificateModule
        implements
            TaskModule<X509CertificateModule.Args, X509CertificateModule.State> {
    /** Who signs. */
    public enum Provider {
        SELFSIGNED,
        OWNCA
    }

    /** Whether the certificate names its key where the request doesn't. */
    public enum Naming {
        CREATE_IF_NOT_PROVIDED,
        ALWAYS_CREATE,
        NEVER_CREATE
    }

    /** The arguments of {@code x509_certificate}. */
    @Doc(value = "Makes a certificate that its own key, or one's own authority, signs. The controller makes it: the node needs no openssl.", collection = "community.crypto", example = """
            - name: The cluster's authority signs the web server's certificate
              community.crypto.x509_certificate:
                path: /etc/ssl/web.crt
                csr_path: /etc/ssl/web.csr
                provider: ownca
                ownca_path: /etc/ssl/ca.crt
                ownca_privatekey_path: /etc/ssl/private/ca.pem
                ownca_not_after: +365d
            """, oneByOne = true, neverSettles = "force, and relative times without ignore_timestamps, make a new one each time", returns = {
        "filename: str: the file", "privatekey: str: the private key's file", "csr: str: the request's file",
        "notBefore: str: since when it holds, as 20240101000000Z", "notAfter: str: until when",
        "serial_number: int: its number",
        "ca_cert: str: the authority's certificate", "ca_privatekey: str: the authority's private key's file",
        "certificate: str: the certificate, with return_content", "backup_file: str: where the old file was kept",
        "mode: str: four octal digits", "owner: str: name of the owner", "group: str: name of the group",
        "uid: int: number of the owner", "gid: int: number of the group", "state: str: file, or absent"}, refuses = {
            "acme_directory: Bramble asks no authority over the network: let certbot or acme.sh of the node do it.",
            "acme_accountkey_path: Bramble asks no authority over the network: let certbot or acme.sh of the node do it.",
            "acme_challenge_path: Bramble asks no authority over the network: let certbot or acme.sh of the node do it."})
    public record Args(@Arg(value = "The certificate's file.", nodePath = true) String path,
            @Arg("Who signs: selfsigned or ownca. Not needed to remove it.") Optional<Provider> provider,
            @Arg(value = "The request's file, on the node.", nodePath = true) Optional<String> csrPath,
            @Arg("The request itself.") Optional<String> csrContent,
            @Arg(value = "The private key's file, on the node.", nodePath = true) Optional<String> privatekeyPath,
            @Arg(value = "The private key itself.", secret = true) Optional<String> privatekeyContent,
            @Arg(value = "The private key's passphrase.", secret = true) Optional<String> privatekeyPassphrase,
            @Arg(value = "The version; there is but 3.", fallback = "3") int selfsignedVersion,
            @Arg(value = "The digest that is signed.", fallback = "sha256") String selfsignedDigest,
            @Arg(value = "Since when it holds, as +0s or 20240101000000Z.", aliases = "selfsigned_notBefore", fallback = "+0s") String selfsignedNotBefore,
            @Arg(value = "Until when it holds.", aliases = "selfsigned_notAfter", fallback = "+3650d") String selfsignedNotAfter,
            @Arg(value = "Whether the certificate names its key.", fallback = "create_if_not_provided") Naming selfsignedCreateSubjectKeyIdentifier,
            @Arg(value = "The authority's certificate's file, on the node.", nodePath = true) Optional<String> owncaPath,
            @Arg("The authority's certificate itself.") Optional<String> owncaContent,
            @Arg(value = "The authority's private key's file, on the node.", nodePath = true) Optional<String> owncaPrivatekeyPath,
            @Arg(value = "The authority's private key itself.", secret = true) Optional<String> owncaPrivatekeyContent,
            @Arg(value = "The authority's private key's passphrase.", secret = true) Optional<String> owncaPrivatekeyPassphrase,
            @Arg(value = "The version; there is but 3.", fallback = "3") int owncaVersion,
            @Arg(value = "The digest that the authority signs.", fallback = "sha256") String owncaDigest,
            @Arg(value = "Since when it holds.", fallback = "+0s") String owncaNotBefore,
            @Arg(value = "Until when it holds.", fallback = "+3650d") String owncaNotAfter,
            @Arg(value = "Whether the certificate names its key.", fallback = "create_if_not_provided") Naming owncaCreateSubjectKeyIdentifier,
            @Arg(value = "Whether the certificate names the authority's key.", fallback = "true") boolean owncaCreateAuthorityKeyIdentifier,
            @Arg(value = "Whether a certificate of other times stays.", fallback = "true") boolean ignoreTimestamps,
            @Arg(value = "For how many days it has to hold at least, by the node's clock: one that ends before is made anew. 0 for one that may end.", fallback = "0") int remainingDays,
            @Arg(value = "Makes a new certificate each time.", fallback = "false") boolean force,
            @Arg(value = "Whether the certificate is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            @Arg(value = "Whether the certificate is returned.", fallback = "false") boolean returnContent,
            @Arg(value = "Accepted; Java makes the certificate.", fallback = "auto") String selectCryptoBackend,
            FileAttributes attributes) {

        private boolean self() {
            return provider.equals(Optional.of(Provider.SELFSIGNED));
        }

        private Given request() {
            return new Given("certificate signing request", csrPath, csrContent);
        }

        /** The key that signs. */
        private Given key() {
            return self()
                    ? new Given("private key", privatekeyPath, privatekeyContent)
                    : new Given("CA private key", owncaPrivatekeyPath, owncaPrivatekeyContent);
        }

        private Optional<String> passphrase() {
            return self() ? privatekeyPassphrase : owncaPrivatekeyPassphrase;
        }

        private Given authority() {
            return self()
                    ? new Given("CA certificate", Optional.empty(), Optional.empty())
                    : new Given("CA certificate", owncaPath, owncaContent);
        }

        private String digest() {
            return self() ? selfsignedDigest : owncaDigest;
        }

        private String from() {
            return self() ? selfsignedNotBefore : owncaNotBefore;
        }

        private String until() {
            return self() ? selfsignedNotAfter : owncaNotAfter;
        }

        private Naming naming() {
            return self() ? selfsignedCreateSubjectKeyIdentifier : owncaCreateSubjectKeyIdentifier;
        }

        private Optional<String> mistake() {
            if (provider.isEmpty()) {
                return Optional.of("state is present but all of the following are missing: provider");
            }
            String name = self() ? "selfsigned" : "ownca";
            if ((self() ? selfsignedVersion : owncaVersion) != 3) {
                return Optional.of(name + "_version must be 3");
            }
            if (!key().isGiven()) {
                return Optional.of(self()
                        ? "One of privatekey_path and privatekey_content must be specified for the selfsigned provider."
                        : "One of ownca_privatekey_path and ownca_privatekey_content must be specified for the ownca provider.");
            }
            if (!self() && !authority().isGiven()) {
                return Optional.of("One of ownca_path and ownca_content must be specified for the ownca provider.");
            }
            if (!self() && !request().isGiven()) {
                return Optional.of("csr_path or csr_content is required for ownca provider");
            }
            return Signing.mistake(name + "_digest", digest()).or(() -> Moment.mistake(name + "_not_before", from()))
                    .or(() -> Moment.mistake(name + "_not_after", until()))
                    .or(() -> Moment.of(until())
                            .filter(end -> end.relative() && end.offset().compareTo(remaining()) < 0)
                            .map(_ -> "remaining_days is " + remainingDays + ", but by " + name + "_not_after, "
                                    + until()
                                    + ", a new certificate holds for less"));
        }

        private Duration remaining() {
            return Duration.ofDays(Math.max(0, remainingDays));
        }
    }

    /** The certificate's place, and what it is made of. */
    record State(KeyPlace place, Maybe<KeyFile> request, Maybe<KeyFile> key, Maybe<KeyFile> authority, Instant now) {}

    @Override
    public String name() {
        return "x509_certificate";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<Instant> clock = args.remainingDays() == 0
                ? Inquiry.nothing(Instant.EPOCH)
                : Inquiry.of(new ClockFact()).map(Instant::ofEpochSecond);
        return KeyPlace.at(args.path(), args.attributes().wanted())
                .and(clock, Map::entry)
                .and(args.request().inquiry(),
                        (place, request) -> new State(place.getKey(), request, request, request, place.getValue()))
                .and(args.key().inquiry(), (state, key) -> new State(state.place, state.request, key, key, state.now))
                .and(args.authority().inquiry(),
                        (state, authority) -> new State(state.place, state.request, state.key, authority, state.now));
    }

    @Override
    public Plan plan(Args args, State actual) {
        KeyPlace place = actual.place;
        if (args.state() == Presence.ABSENT) {
            return Plan.of(place.gone());
        }
        Optional<String> obstacle = args.mistake().or(place::obstacle)
                .or(() -> args.request().obstacle(actual.request)).or(() -> args.key().obstacle(actual.key))
                .or(() -> args.authority().obstacle(actual.authority));
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        try {
            Optional<Certificate.Wish> wish = wish(args, actual);
            String what = wish.map(_ -> "known").orElse("") + args.provider() + args.digest() + args.until()
                    + Given.foretold(actual.request) + Given.foretold(actual.key) + Given.foretold(actual.authority);
            return settled(args, actual, wish, what)
                    ? Plan.of(place.attributes())
                    : Plan.of(place.made(what, diff(place, wish), "0644", args.backup(), () -> wish.map(
                            known -> Content.text(known.signed(args.from(), args.until(), Instant.now())))));
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** What is to be certified, by whom; empty where a dry run only predicts a part of it. */
    private static Optional<Certificate.Wish> wish(Args args, State actual) {
        Optional<byte[]> keyBytes = Given.bytes(actual.key);
        Optional<byte[]> requestBytes = Given.bytes(actual.request);
        Optional<byte[]> authorityBytes = Given.bytes(actual.authority);
        Optional<TlsKey> key = keyBytes.map(bytes -> switch (TlsKey.read(bytes, args.passphrase())) {
            case TlsKey.Read.Fine fine -> fine.key();
            case TlsKey.Read.Broken(String why) -> throw new IllegalArgumentException("Tried to read the "
                    + args.key().what() + " " + args.key().path().orElse("") + ", but " + why);
        });
        key.flatMap(Signing::obstacle).ifPresent(why -> {
            throw new IllegalArgumentException("Tried to sign the certificate, but " + why);
        });
        Optional<CertificateRequest> request = requestBytes.map(bytes -> CertificateRequest.read(bytes)
                .orElseThrow(() -> new IllegalArgumentException("Tried to read the certificate signing request "
                        + args.csrPath().orElse("") + ", but it is broken, or not signed by its own key")));
        Optional<Certificate> authority = authorityBytes.map(bytes -> Certificate.read(bytes)
                .orElseThrow(() -> new IllegalArgumentException("Tried to read the CA certificate "
                        + args.owncaPath().orElse("") + ", but there is none in it")));
        boolean unread = key.isEmpty() || (args.request().isGiven() && request.isEmpty())
                || (!args.self() && authority.isEmpty());
        if (unread) {
            return Optional.empty();
        }
        TlsKey signer = key.orElseThrow();
        if (authority.isPresent() && !authority.get().isOf(signer.open())) {
            throw new IllegalArgumentException("The CA private key " + args.owncaPrivatekeyPath().orElse("")
                    + " does not belong to the CA certificate " + args.owncaPath().orElse(""));
        }
        CertificateRequest wanted = request.orElseGet(() -> new CertificateRequest(
                new DistinguishedName(java.util.List.of()), signer.open(), Extensions.NONE));
        if (args.self() && !java.util.Arrays.equals(wanted.key().getEncoded(), signer.open().getEncoded())) {
            throw new IllegalArgumentException("Tried to sign the request with its own key, but "
                    + args.csrPath().orElse("it") + " is of another key than " + args.privatekeyPath().orElse("given"));
        }
        return Optional.of(new Certificate.Wish(wanted, new Signing(signer, args.digest()), authority,
                args.naming(), args.owncaCreateAuthorityKeyIdentifier()));
    }

    private static boolean settled(Args args, State actual, Optional<Certificate.Wish> wish, String what) {
        KeyPlace place = actual.place;
        if (place.missing() || args.force()) {
            return false;
        }
        return switch (place.file().get()) {
            case KeyFile.Made(_, String made) -> made.equals(what);
            case KeyFile.Held held -> wish.isPresent() && held.bytes().flatMap(Certificate::read)
                    .filter(there -> wish.get().isMet(there)
                            && (args.remainingDays() == 0 || there.holdsAt(actual.now.plus(args.remaining())))
                            && (args.ignoreTimestamps() || there.holds(args.from(), args.until())))
                    .isPresent();
        };
    }

    private static Diff diff(KeyPlace place, Optional<Certificate.Wish> wish) {
        Optional<Certificate> old = Given.bytes(place.file()).flatMap(Certificate::read);
        MapValue before = old.map(one -> MapValue.of("state", "file", "subject", one.subject().toString()))
                .orElse(MapValue.of("state", place.missing() ? "absent" : "file"));
        return Diff.attributes(place.path(), before, wish.map(known -> MapValue.of("state", "file", "subject",
                known.request().subject().toString(), "issuer", known.issuer().toString()))
                .orElse(MapValue.of("state", "file")));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        State after = applied.after().orElse(before);
        MapValue results = after.place.results(applied);
        if (args.state() == Presence.PRESENT && plain.failure().isEmpty()) {
            var later = new Unknown("the certificate would be made by this run");
            Optional<Certificate> made = Given.bytes(after.place.file()).flatMap(Certificate::read);
            results = results.with(MapValue.of("privatekey", args.privatekeyPath().orElse(null), "csr",
                    args.csrPath().orElse(null), "notBefore", made.<Object>map(Certificate::from).orElse(later),
                    "notAfter", made.<Object>map(Certificate::until).orElse(later), "serial_number",
                    made.<Object>map(one -> new bramble.value.Int(one.serial())).orElse(later)));
            if (!args.self()) {
                results = results.with(MapValue.of("ca_cert", args.owncaPath().orElse(null), "ca_privatekey",
                        args.owncaPrivatekeyPath().orElse(null)));
            }
            if (args.returnContent()) {
                results = results.with("certificate", OpensslCsrModule.content(after.place));
            }
        }
        return plain.with(results);
    }
}
