package bramble.modules.keys;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.Mode;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.Presence;
import bramble.modules.keys.TlsKey.Form;
import bramble.modules.keys.TlsKey.Kind;
import bramble.modules.keys.TlsKey.Read;
import bramble.shell.Content;
import bramble.value.MapValue;
import bramble.value.Unknown;
import com.google.auto.service.AutoService;
import java.util.Optional;
import java.util.TreeSet;

/** {@code openssl_privatekey}: a private key for TLS. */
@AutoService(AnyModule.class)
public final class OpensslPrivatekeyModule implements TaskModule<OpensslPrivatekeyModule.Args, KeyPlace> {
    /** How the key is written. */
    public enum Format {
        PKCS1,
        PKCS8,
        AUTO,
        AUTO_IGNORE
    }

    /** What becomes of a key that is written otherwise. */
    public enum Mismatch {
        REGENERATE,
        CONVERT
    }

    /** The arguments of {@code openssl_privatekey}. */
    @Doc(value = "Makes a private key for TLS. The controller makes it: the node needs no openssl.", collection = "community.crypto", example = """
            - name: The web server's key
              community.crypto.openssl_privatekey:
                path: /etc/ssl/private/web.pem
                type: ECC
                curve: secp256r1
            """, oneByOne = true, neverSettles = "force, and regenerate: always, make a new key each time", returns = {
        "filename: str: the file", "type: str: the kind of the key", "size: int: in bits",
        "curve: str: the name of its curve, of type ECC", "fingerprint: dict: digests of the public key",
        "backup_file: str: where the old file was kept", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group",
        "state: str: file, or absent"}, refuses = "return_content: A private key is in no result: read the file where it is needed, with slurp and no_log.")
    public record Args(@Arg(value = "The file.", nodePath = true) String path,
            @Arg(value = "The kind: RSA, DSA, ECC, Ed25519, Ed448, X25519 or X448.", fallback = "RSA") String type,
            @Arg(value = "The length in bits, of RSA and DSA.", fallback = "4096") int size,
            @Arg("The curve, of ECC: secp256r1, secp384r1 or secp521r1.") Optional<String> curve,
            @Arg(value = "A passphrase that protects the key.", secret = true) Optional<String> passphrase,
            @Arg(value = "The passphrase's cipher; only auto, which is AES-256.", fallback = "auto") String cipher,
            @Arg(value = "How the key is written; auto is pkcs1 for RSA, DSA and ECC, pkcs8 for others; auto_ignore leaves a key that is there as it is.", fallback = "auto_ignore") Format format,
            @Arg(value = "What becomes of a key that is there in another format.", fallback = "regenerate") Mismatch formatMismatch,
            @Arg(value = "When a key that is there is made anew.", fallback = "full_idempotence") Regenerate regenerate,
            @Arg(value = "Makes a new key each time.", fallback = "false") boolean force,
            @Arg(value = "Whether the key is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether the old key is kept under a name with the time.", fallback = "false") boolean backup,
            @Arg(value = "Accepted; Java makes the key.", fallback = "auto") String selectCryptoBackend,
            FileAttributes attributes) {

        private Optional<String> mistake() {
            if (Kind.of(type).isEmpty()) {
                return Optional.of("value of type must be one of: DSA, ECC, Ed25519, Ed448, RSA, X25519, X448, got: "
                        + type);
            }
            if (type.equals("ECC") && curve.isEmpty()) {
                return Optional.of("type is ECC but all of the following are missing: curve");
            }
            if (type.equals("ECC") && !TlsKey.CURVES.containsKey(curve.get())) {
                return Optional.of("value of curve must be one of: " + String.join(", ",
                        new TreeSet<>(TlsKey.CURVES.keySet())) + ", got: " + curve.get() + " (Java has no others)");
            }
            int least = 512;
            if (type.equals("RSA") && (size < least || size > 16384)) {
                return Optional.of("Tried to make an RSA key, but it can have 512 to 16384 bits, not " + size);
            }
            if (type.equals("DSA") && size != 1024 && size != 2048 && size != 3072) {
                return Optional.of("Tried to make a DSA key, but it can have 1024, 2048 or 3072 bits, not " + size);
            }
            return cipher.equals("auto")
                    ? Optional.empty()
                    : Optional.of("cipher must be \"auto\", which is AES-256, got: " + cipher);
        }

        private Kind kind() {
            return Kind.of(type).orElseThrow();
        }

        private Form form() {
            return switch (format) {
                case PKCS8 -> Form.PKCS8;
                case PKCS1 -> Form.PKCS1;
                case AUTO, AUTO_IGNORE -> kind().old() ? Form.PKCS1 : Form.PKCS8;
            };
        }

        /** What tells the key from others. */
        private String what() {
            return switch (kind()) {
                case RSA, DSA -> type + " " + size;
                case ECC -> type + " " + curve.orElse("");
                case ED25519, ED448, X25519, X448 -> type;
            } + " " + form() + (passphrase.isPresent() ? " locked" : "");
        }

        private boolean always() {
            return force || regenerate == Regenerate.ALWAYS;
        }
    }

    @Override
    public String name() {
        return "openssl_privatekey";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<KeyPlace> inspect(Args args, Platform node) {
        var attributes = args.attributes();
        return KeyPlace.at(args.path(), attributes.wanted().withMode(
                attributes.mode().or(() -> Optional.of(new Mode("0600")))));
    }

    /** What is to be done with the key that is there, or isn't. */
    private sealed interface Course {
        record Leave() implements Course {}

        record Make() implements Course {}

        record Rewrite(TlsKey key) implements Course {}

        record Refuse(String why) implements Course {}
    }

    @Override
    public Plan plan(Args args, KeyPlace actual) {
        if (args.state() == Presence.ABSENT) {
            return Plan.of(actual.gone());
        }
        Optional<String> obstacle = args.mistake().or(actual::obstacle);
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        return switch (course(args, actual)) {
            case Course.Leave() -> Plan.of(actual.attributes());
            case Course.Refuse(String why) -> new Plan.Refused(why);
            case Course.Make() -> Plan.of(change(args, actual,
                    () -> TlsKey.generate(args.kind(), args.size(), args.curve().orElse(""))));
            case Course.Rewrite(TlsKey key) -> Plan.of(change(args, actual, () -> key));
        };
    }

    private static Change change(Args args, KeyPlace actual, java.util.function.Supplier<TlsKey> key) {
        MapValue shown = MapValue.of("type", args.type());
        MapValue after = switch (args.kind()) {
            case RSA, DSA -> shown.with("size", args.size());
            case ECC -> shown.with("curve", args.curve().orElse(""));
            case ED25519, ED448, X25519, X448 -> shown;
        };
        MapValue before = known(args, actual).map(old -> MapValue.of("type", old.kind().word, "size", old.size()))
                .orElse(MapValue.of("state", actual.missing() ? "absent" : "file"));
        return actual.made(args.what(), Diff.attributes(args.path(), before, after.with("state", "file")), "0600",
                args.backup(),
                () -> Optional.of(Content.text(key.get().text(args.form(), args.passphrase()))));
    }

    private static Optional<TlsKey> known(Args args, KeyPlace place) {
        return place.file() instanceof Maybe.Known<KeyFile>(KeyFile file) && file.bytes().isPresent()
                && TlsKey.read(file.bytes().get(), args.passphrase()) instanceof Read.Fine fine
                        ? Optional.of(fine.key())
                        : Optional.empty();
    }

    private static Course course(Args args, KeyPlace actual) {
        if (actual.missing() || args.always()) {
            return new Course.Make();
        }
        return switch (actual.file().get()) {
            case KeyFile.Made(_, String what) -> what.equals(args.what()) ? new Course.Leave() : new Course.Make();
            case KeyFile.Held held -> switch (TlsKey.read(held.bytes().orElse(new byte[0]), args.passphrase())) {
                case Read.Broken(String why) -> switch (args.regenerate()) {
                    case FULL_IDEMPOTENCE, ALWAYS -> new Course.Make();
                    case NEVER, FAIL, PARTIAL_IDEMPOTENCE -> new Course.Refuse("Unable to read the key " + args.path()
                            + ": " + why + ". Will not proceed. To force regeneration, call the module with"
                            + " `regenerate` set to `full_idempotence` or `always`, or with `force=true`.");
                };
                case Read.Fine fine -> matching(args, fine);
            };
        };
    }

    private static Course matching(Args args, Read.Fine fine) {
        if (args.regenerate() == Regenerate.NEVER) {
            return new Course.Leave();
        }
        TlsKey key = fine.key();
        boolean kind = key.kind() == args.kind() && switch (key.kind()) {
            case RSA, DSA -> key.size() == args.size();
            case ECC -> args.curve().equals(Optional.of(key.curve()));
            case ED25519, ED448, X25519, X448 -> true;
        };
        boolean open = args.passphrase().isPresent() && !fine.locked();
        if (kind && open && args.regenerate() == Regenerate.PARTIAL_IDEMPOTENCE) {
            return new Course.Refuse("Unable to read the key " + args.path() + ": a passphrase is given, but none"
                    + " protects it. Will not proceed. To force regeneration, call the module with `regenerate` set to"
                    + " `full_idempotence` or `always`, or with `force=true`.");
        }
        boolean form = args.format() == Format.AUTO_IGNORE || fine.form() == args.form();
        if (kind && !open && form) {
            return new Course.Leave();
        }
        if (kind && !open && args.formatMismatch() == Mismatch.CONVERT) {
            return new Course.Rewrite(key);
        }
        return args.regenerate() == Regenerate.FAIL
                ? new Course.Refuse("Key has wrong " + (kind ? open ? "passphrase" : "format" : "type and/or size")
                        + ". Will not proceed. To force regeneration, call the module with `regenerate` set to"
                        + " `partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.")
                : new Course.Make();
    }

    @Override
    public Verdict judge(Args args, KeyPlace before, Applied<KeyPlace> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        KeyPlace after = applied.after().orElse(before);
        MapValue results = after.results(applied);
        if (args.state() == Presence.PRESENT && plain.failure().isEmpty()) {
            Optional<TlsKey> key = known(args, after);
            results = results.with("type", key.map(one -> one.kind().word).orElse(args.type()));
            results = key.isEmpty()
                    ? results.with("fingerprint", new Unknown("the key would be made by this run"))
                    : results.with("fingerprint", TlsKey.fingerprints(key.get().open())).with("size", key.get().size());
            if (key.map(TlsKey::kind).orElse(args.kind()) == Kind.ECC) {
                results = results.with("curve", key.map(TlsKey::curve).or(args::curve).orElse(""));
            }
        }
        return plain.with(results);
    }
}
