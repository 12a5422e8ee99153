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
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code openssh_cert}: a certificate of OpenSSH, for a user or a host. */
@AutoService(AnyModule.class)
public final class OpensshCertModule implements TaskModule<OpensshCertModule.Args, OpensshCertModule.State> {
    private static final List<String> PERMITS = List.of("permit-X11-forwarding", "permit-agent-forwarding",
            "permit-port-forwarding", "permit-pty", "permit-user-rc");

    /** Whom it is for. */
    public enum Type {
        HOST,
        USER
    }

    /** How it is signed. */
    public enum Algorithm {
        SSH_RSA,
        RSA_SHA2_256,
        RSA_SHA2_512
    }

    /** The arguments of {@code openssh_cert}. */
    @Doc(value = "Signs a public key with the key of one's own authority. The controller signs: the node needs no ssh-keygen.", collection = "community.crypto", example = """
            - name: Let mpi log in everywhere, by the cluster's authority
              community.crypto.openssh_cert:
                path: /home/mpi/.ssh/id_ed25519-cert.pub
                public_key: /home/mpi/.ssh/id_ed25519.pub
                signing_key: /etc/ssh/ca
                type: user
                identifier: mpi
                principals: [mpi]
                valid_from: always
                valid_to: forever
            """, oneByOne = true, neverSettles = "force, and relative times without ignore_timestamps, make a new one each time", returns = {
        "filename: str: the file", "type: str: user or host", "info: list: what ssh-keygen -L would tell, a line each",
        "backup_file: str: where the old file was kept", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "state: str: file, or absent"})
    public record Args(@Arg(value = "The certificate's file.", nodePath = true) String path,
            @Arg(value = "The public key's file, on the node. Needed to make one, as type, signing_key, valid_from and valid_to are.", nodePath = true) Optional<String> publicKey,
            @Arg(value = "The file of the authority's private key, on the node; no passphrase may protect it.", nodePath = true) Optional<String> signingKey,
            @Arg("Whom it is for: host or user.") Optional<Type> type,
            @Arg(value = "The certificate's name, which the server's log shows.", fallback = "") String identifier,
            @Arg(value = "The users or hosts it is good for; any, if there are none.", fallback = "[]") List<String> principals,
            @Arg("Since when it holds: always, +1h, 2024-01-31, 2024-01-31T12:00:00.") Optional<String> validFrom,
            @Arg("Until when it holds: forever, +52w, 2030-12-31.") Optional<String> validTo,
            @Arg("A moment at which a certificate that is there must hold.") Optional<String> validAt,
            @Arg("Its number; 0 if not given.") Optional<Long> serialNumber,
            @Arg(value = "What it allows: clear, no-pty, permit-pty, force-command=..., source-address=..., extension:name, critical:name=value.", fallback = "[]") List<String> options,
            @Arg("How an RSA key signs; rsa-sha2-512 if not given.") Optional<Algorithm> signatureAlgorithm,
            @Arg(value = "When a certificate that is there is made anew.", fallback = "partial_idempotence") Regenerate regenerate,
            @Arg(value = "Whether the times of one that is there don't matter.", fallback = "false") boolean ignoreTimestamps,
            @Arg(value = "Makes a new one each time.", fallback = "false") boolean force,
            @Arg(value = "Whether the certificate is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            FileAttributes attributes) {

        private Optional<String> mistake() {
            List<String> missing = Map.of("type", type.isPresent(), "signing_key", signingKey.isPresent(), "public_key",
                    publicKey.isPresent(), "valid_from", validFrom.isPresent(), "valid_to", validTo.isPresent())
                    .entrySet().stream().filter(entry -> !entry.getValue()).map(Map.Entry::getKey).sorted().toList();
            if (!missing.isEmpty()) {
                return Optional.of("state is present but all of the following are missing: "
                        + String.join(", ", missing));
            }
            return validFrom.filter(text -> !text.equals("always")).flatMap(text -> Moment.mistake("valid_from", text))
                    .or(() -> validTo.filter(text -> !text.equals("forever"))
                            .flatMap(text -> Moment.mistake("valid_to", text)))
                    .or(() -> validAt.flatMap(text -> Moment.mistake("valid_at", text))).or(() -> {
                        try {
                            terms(Instant.EPOCH);
                            return Optional.empty();
                        } catch (IllegalArgumentException e) {
                            return Optional.ofNullable(e.getMessage());
                        }
                    });
        }

        private boolean host() {
            return type.equals(Optional.of(Type.HOST));
        }

        private SshCertificate.Terms terms(Instant now) {
            SortedMap<String, String> critical = new TreeMap<>();
            SortedMap<String, String> extensions = new TreeMap<>();
            if (!host()) {
                PERMITS.forEach(name -> extensions.put(name, ""));
            }
            for (String option : options) {
                String[] parts = option.split("=", 2);
                String value = parts.length > 1 ? parts[1] : "";
                if (option.equals("clear")) {
                    extensions.clear();
                } else if (parts[0].startsWith("critical:")) {
                    critical.put(parts[0].substring("critical:".length()), value);
                } else if (parts[0].startsWith("extension:")) {
                    extensions.put(parts[0].substring("extension:".length()), value);
                } else if (parts[0].equals("force-command") || parts[0].equals("source-address")) {
                    critical.put(parts[0], value);
                } else if (permit("permit", parts[0]).isPresent()) {
                    extensions.put(permit("permit", parts[0]).get(), "");
                } else if (permit("no", parts[0]).isPresent()) {
                    extensions.remove(permit("no", parts[0]).get());
                } else {
                    throw new IllegalArgumentException("Tried to read the option " + option + ", but there are only"
                            + " clear, force-command=, source-address=, critical:, extension:, permit- and no- with "
                            + String.join(", ", PERMITS.stream().map(name -> name.substring(7)).toList()));
                }
            }
            return new SshCertificate.Terms(host(), BigInteger.valueOf(serialNumber.orElse(0L)), identifier, principals,
                    moment(validFrom.orElse("always"), now), moment(validTo.orElse("forever"), now), critical,
                    extensions);
        }

        private static Optional<String> permit(String prefix, String option) {
            return PERMITS.stream().filter(name -> (prefix + name.substring("permit".length()).toLowerCase(Locale.ROOT))
                    .equals(option.toLowerCase(Locale.ROOT))).findFirst();
        }

        private static BigInteger moment(String text, Instant now) {
            return switch (text) {
                case "always" -> SshCertificate.Terms.ALWAYS;
                case "forever" -> SshCertificate.forever();
                default -> BigInteger.valueOf(Moment.of(text).orElseThrow().at(now).getEpochSecond());
            };
        }

        private boolean relative(Optional<String> text) {
            return text.flatMap(Moment::of).filter(Moment::relative).isPresent();
        }

        private String algorithm(SshPublicKey signer) {
            return signer.kind() == SshPublicKey.Kind.RSA && signatureAlgorithm.isPresent()
                    ? switch (signatureAlgorithm.get()) {
                        case SSH_RSA -> "ssh-rsa";
                        case RSA_SHA2_256 -> "rsa-sha2-256";
                        case RSA_SHA2_512 -> "rsa-sha2-512";
                    }
                    : SshCertificate.usual(signer);
        }

        private Given signer() {
            return new Given("signing key", signingKey, Optional.empty());
        }

        private Given key() {
            return new Given("public key", publicKey, Optional.empty());
        }
    }

    /** The certificate's place, and what it is made of. */
    record State(KeyPlace place, Maybe<KeyFile> key, Maybe<KeyFile> signer) {}

    @Override
    public String name() {
        return "openssh_cert";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return KeyPlace.at(args.path(), args.attributes().wanted())
                .and(args.key().inquiry(), (place, key) -> new State(place, key, key))
                .and(args.signer().inquiry(), (state, signer) -> new State(state.place, state.key, signer));
    }

    @Override
    public Plan plan(Args args, State actual) {
        KeyPlace place = actual.place;
        if (args.state() == Presence.ABSENT) {
            return Plan.of(place.gone());
        }
        Optional<String> obstacle = args.mistake().or(place::obstacle).or(() -> args.key().obstacle(actual.key))
                .or(() -> args.signer().obstacle(actual.signer));
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        Optional<byte[]> keyBytes = Given.bytes(actual.key);
        Optional<SshPublicKey.Line> key = keyBytes.flatMap(SshPublicKey.Line::of);
        if (keyBytes.isPresent() && key.isEmpty()) {
            return new Plan.Refused("Tried to read the public key " + args.publicKey().orElse("")
                    + ", but there is none in it");
        }
        Optional<SshKey> signer = Optional.empty();
        if (Given.bytes(actual.signer).isPresent()) {
            switch (SshKey.read(Given.bytes(actual.signer).get(), Optional.empty())) {
                case SshKey.Read.Fine fine -> signer = Optional.of(fine.key());
                case SshKey.Read.Broken(String why, _) -> {
                    return new Plan.Refused("Tried to read the signing key " + args.signingKey().orElse("") + ", but "
                            + why);
                }
            }
        }
        String what = args.terms(Instant.EPOCH) + Given.foretold(actual.key) + Given.foretold(actual.signer);
        Optional<SshKey> signing = signer;
        if (settled(args, place, key, signing, what)) {
            return Plan.of(place.attributes());
        }
        if (args.regenerate() == Regenerate.FAIL && !place.missing() && !args.force()) {
            return new Plan.Refused("Certificate " + args.path() + " does not match the provided options.");
        }
        return Plan.of(place.made(what, diff(args, place), "0644", args.backup(), () -> key.flatMap(
                line -> signing.map(by -> Content.text(SshCertificate.signed(line, args.terms(Instant.now()), by,
                        args.algorithm(by.open())))))));
    }

    private static boolean settled(Args args, KeyPlace place, Optional<SshPublicKey.Line> key, Optional<SshKey> signer,
            String what) {
        if (place.missing() || args.force() || args.regenerate() == Regenerate.ALWAYS) {
            return false;
        }
        return switch (place.file().get()) {
            case KeyFile.Made(_, String made) -> made.equals(what);
            case KeyFile.Held _ when args.regenerate() == Regenerate.NEVER -> true;
            case KeyFile.Held held -> held.bytes().flatMap(SshCertificate::read)
                    .filter(there -> fits(args, there, key, signer)).isPresent();
        };
    }

    private static boolean fits(Args args, SshCertificate there, Optional<SshPublicKey.Line> key,
            Optional<SshKey> signer) {
        SshCertificate.Terms terms = there.terms();
        SshCertificate.Terms wanted = args.terms(Instant.now());
        boolean times = args.ignoreTimestamps() || (wanted.from().equals(terms.from())
                && wanted.until().equals(terms.until()) && !args.relative(args.validFrom())
                && !args.relative(args.validTo()));
        boolean now = args.validAt()
                .map(text -> terms.holdsAt(BigInteger.valueOf(Moment.of(text).orElseThrow().at(Instant.now())
                        .getEpochSecond())))
                .orElse(times);
        boolean partly = terms.host() == wanted.host() && now
                && terms.principals().stream().sorted().toList()
                        .equals(wanted.principals().stream().sorted().toList())
                && (args.serialNumber().isEmpty() || terms.serial().equals(wanted.serial()));
        boolean fully = terms.id().equals(wanted.id()) && terms.options().equals(wanted.options())
                && terms.extensions().equals(wanted.extensions())
                && key.filter(line -> there.isOf(line.key())).isPresent()
                && signer.filter(by -> there.signer().equals(by.open())).isPresent();
        return partly && (fully || args.regenerate() == Regenerate.PARTIAL_IDEMPOTENCE);
    }

    private static Diff diff(Args args, KeyPlace place) {
        Optional<SshCertificate> old = Given.bytes(place.file()).flatMap(SshCertificate::read);
        return Diff.attributes(args.path(),
                old.map(one -> described(one.terms())).orElse(
                        MapValue.of("state", place.missing() ? "absent" : "file")),
                described(args.terms(Instant.EPOCH)));
    }

    private static MapValue described(SshCertificate.Terms terms) {
        return MapValue.of("state", "file", "type", terms.host() ? "host" : "user", "identifier", terms.id(),
                "principals", Value.texts(terms.principals()), "serial_number", new bramble.value.Int(terms.serial()));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        State after = applied.after().orElse(before);
        MapValue results = after.place.results(applied);
        if (args.state() == Presence.PRESENT && plain.failure().isEmpty()) {
            Optional<SshCertificate> made = Given.bytes(after.place.file()).flatMap(SshCertificate::read);
            results = results.with("type", args.host() ? "host" : "user").with("info",
                    made.<Value>map(OpensshCertModule::info)
                            .orElse(new Unknown("the certificate would be made by this run")));
        }
        return plain.with(results);
    }

    private static ListValue info(SshCertificate one) {
        SshCertificate.Terms terms = one.terms();
        var lines = new java.util.ArrayList<String>(List.of(
                "Type: " + one.name() + "-cert-v01@openssh.com " + (terms.host() ? "host" : "user") + " certificate",
                "Signing CA: " + one.signer().kind() + " " + SshKey.fingerprint(one.signer().blob()) + " (using "
                        + one.algorithm() + ")",
                "Key ID: \"" + terms.id() + "\"", "Serial: " + terms.serial(), "Valid: " + valid(terms),
                "Principals:" + (terms.principals().isEmpty() ? " (none)" : "")));
        lines.addAll(terms.principals());
        lines.add("Critical Options:" + (terms.options().isEmpty() ? " (none)" : ""));
        terms.options().forEach((name, value) -> lines.add((name + " " + value).strip()));
        lines.add("Extensions:" + (terms.extensions().isEmpty() ? " (none)" : ""));
        terms.extensions().forEach((name, value) -> lines.add((name + " " + value).strip()));
        return Value.texts(lines);
    }

    private static String valid(SshCertificate.Terms terms) {
        boolean always = terms.from().signum() == 0;
        boolean forever = terms.until().equals(SshCertificate.forever());
        return always && forever
                ? "forever"
                : (always ? "before " : "from " + time(terms.from()) + (forever ? "" : " to "))
                        + (forever ? "" : time(terms.until()));
    }

    private static String time(BigInteger seconds) {
        return Instant.ofEpochSecond(seconds.longValue()).toString().replace("Z", "");
    }
}
