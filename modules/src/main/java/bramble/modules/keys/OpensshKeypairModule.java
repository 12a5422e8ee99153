package bramble.modules.keys;

import bramble.args.Arg;
import bramble.args.Doc;
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
import bramble.modules.keys.SshPublicKey.Kind;
import bramble.shell.Content;
import bramble.value.MapValue;
import bramble.value.Unknown;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** {@code openssh_keypair}: a key pair of SSH. */
@AutoService(AnyModule.class)
public final class OpensshKeypairModule
        implements
            TaskModule<OpensshKeypairModule.Args, OpensshKeypairModule.Pair> {
    /** The kinds that ssh-keygen knew. */
    public enum Type {
        RSA,
        DSA,
        RSA1,
        ECDSA,
        ED25519
    }

    /** How the private key is written. */
    public enum Format {
        AUTO,
        PKCS1,
        PKCS8,
        SSH
    }

    /** What Ansible would make it with. */
    public enum Backend {
        AUTO,
        CRYPTOGRAPHY,
        OPENSSHBIN
    }

    /** The arguments of {@code openssh_keypair}. */
    @Doc(value = "Makes a key pair of SSH. The controller makes it: the node needs no ssh-keygen.", collection = "community.crypto", example = """
            - name: The key with which the nodes know each other
              community.crypto.openssh_keypair:
                path: /home/mpi/.ssh/id_ed25519
                type: ed25519
                owner: mpi
                group: mpi
            """, oneByOne = true, neverSettles = "force, and regenerate: always, make a new key each time", returns = {
        "filename: str: the private key's file", "type: str: the kind of the key", "size: int: in bits",
        "fingerprint: str: digest of the public key", "public_key: str: kind and public key",
        "comment: str: the comment behind the public key",
        "backup_file: str: where the old private key was kept", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "state: str: file, or absent"})
    public record Args(
            @Arg(value = "The private key's file; the public key's is of the same name with .pub behind it.", nodePath = true) String path,
            @Arg(value = "The kind. rsa1 is no more.", fallback = "rsa") Type type,
            @Arg("The length in bits: of rsa 4096 if not given, of dsa 1024, of ecdsa 256, 384 or 521; ed25519 has but one.") Optional<Integer> size,
            @Arg("The comment behind the public key.") Optional<String> comment,
            @Arg(value = "A passphrase that protects the private key.", secret = true) Optional<String> passphrase,
            @Arg(value = "How the private key is written: auto and ssh are OpenSSH's own form.", fallback = "auto") Format privateKeyFormat,
            @Arg(value = "Accepted; Java makes the key.", fallback = "auto") Backend backend,
            @Arg(value = "When a key that is there is made anew.", fallback = "partial_idempotence") Regenerate regenerate,
            @Arg(value = "Makes a new key each time.", fallback = "false") boolean force,
            @Arg(value = "Whether the keys are to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether the old private key is kept under a name with the time.", fallback = "false") boolean backup,
            FileAttributes attributes) {

        private Kind kind() {
            return switch (type) {
                case RSA, RSA1 -> Kind.RSA;
                case DSA -> Kind.DSA;
                case ECDSA -> Kind.ECDSA;
                case ED25519 -> Kind.ED25519;
            };
        }

        private int bits() {
            return switch (kind()) {
                case RSA -> size.orElse(4096);
                case DSA -> size.orElse(1024);
                case ECDSA -> size.orElse(256);
                case ED25519 -> 256;
            };
        }

        private Optional<String> mistake() {
            if (type == Type.RSA1) {
                return Optional.of("Tried to make a key of type rsa1, but OpenSSH knows these no more. Use rsa.");
            }
            return Optional.ofNullable(switch (kind()) {
                case RSA -> bits() < 1024 || bits() > 16384
                        ? "For RSA keys, the minimum size is 1024 bits and the default is 4096 bits."
                                + " Attempting to use bit lengths under 1024 will cause the module to fail."
                        : null;
                case DSA -> bits() != 1024
                        ? "DSA keys must be exactly 1024 bits as specified by FIPS 186-2."
                        : null;
                case ECDSA -> bits() != 256 && bits() != 384 && bits() != 521
                        ? "For ECDSA keys, size determines the key length by selecting from one of three elliptic"
                                + " curve sizes: 256, 384 or 521 bits. Attempting to use bit lengths other than these"
                                + " three values for ECDSA keys will cause this module to fail."
                        : null;
                case ED25519 -> null;
            });
        }

        /** What tells the key from others. */
        private String what() {
            return kind() + " " + bits() + " " + comment.orElse("") + (passphrase.isPresent() ? " locked" : "");
        }

        private boolean always() {
            return force || regenerate == Regenerate.ALWAYS;
        }

        private String text(SshKey key) throws IOException {
            boolean own = privateKeyFormat == Format.AUTO || privateKeyFormat == Format.SSH || kind() == Kind.ED25519;
            return own
                    ? key.text(passphrase)
                    : key.tls().text(privateKeyFormat == Format.PKCS1 ? TlsKey.Form.PKCS1 : TlsKey.Form.PKCS8,
                            passphrase);
        }
    }

    /** Both files. */
    record Pair(KeyPlace secret, KeyPlace open) {}

    @Override
    public String name() {
        return "openssh_keypair";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Pair> inspect(Args args, Platform node) {
        var wanted = args.attributes().wanted();
        return KeyPlace.at(args.path(), wanted).and(
                KeyPlace.at(args.path() + ".pub", wanted.withMode(Optional.empty())), Pair::new);
    }

    @Override
    public Plan plan(Args args, Pair actual) {
        if (args.state() == Presence.ABSENT) {
            var gone = new ArrayList<>(actual.secret.gone());
            gone.addAll(actual.open.gone());
            return Plan.of(gone);
        }
        Optional<String> obstacle = args.mistake().or(actual.secret::obstacle).or(actual.open::obstacle);
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        if (actual.secret.missing() || args.always()) {
            return fresh(args, actual);
        }
        return switch (actual.secret.file().get()) {
            case KeyFile.Made(_, String what) when what.equals(args.what()) -> Plan.of(attributes(actual));
            case KeyFile.Made _ -> fresh(args, actual);
            case KeyFile.Held held -> there(args, actual, SshKey.read(held.bytes().orElse(new byte[0]),
                    args.passphrase()));
        };
    }

    private static Plan there(Args args, Pair actual, SshKey.Read read) {
        return switch (read) {
            case SshKey.Read.Broken(String why, _) -> unreadable(args, actual, why);
            case SshKey.Read.Fine fine when args.regenerate() == Regenerate.NEVER -> rest(args, actual, fine);
            case SshKey.Read.Fine fine -> {
                SshPublicKey open = fine.key().open();
                if (args.passphrase().isPresent() && !fine.locked()) {
                    yield unreadable(args, actual, "a passphrase is given, but none protects it");
                }
                if (open.kind() == args.kind() && open.size() == args.bits()) {
                    yield rest(args, actual, fine);
                }
                yield args.regenerate() == Regenerate.FAIL
                        ? new Plan.Refused("Key has wrong type and/or size. Will not proceed. To force regeneration,"
                                + " call the module with `generate` set to `partial_idempotence`, `full_idempotence` or"
                                + " `always`, or with `force=true`.")
                        : fresh(args, actual);
            }
        };
    }

    private static Plan unreadable(Args args, Pair actual, String why) {
        return args.regenerate() == Regenerate.FULL_IDEMPOTENCE
                ? fresh(args, actual)
                : new Plan.Refused("Unable to read the key " + args.path() + ": " + why + ". Will not proceed. To force"
                        + " regeneration, call the module with `generate` set to `full_idempotence` or `always`, or"
                        + " with `force=true`.");
    }

    private static Plan fresh(Args args, Pair actual) {
        var key = new FutureTask<>(() -> SshKey.generate(args.kind(), args.bits(), args.comment().orElse("")));
        MapValue before = MapValue.of("state", actual.secret.missing() ? "absent" : "file");
        return Plan.of(List.of(
                actual.secret.made(args.what(), diff(args.path(), before, described(args.kind(), args.bits())), "0600",
                        args.backup(), () -> Optional.of(Content.text(args.text(once(key))))),
                opened(args, actual, "of " + args.what(), () -> once(key).open().line(args.comment().orElse("")))));
    }

    /** The one key of both files. */
    private static SshKey once(FutureTask<SshKey> key) throws IOException, InterruptedException {
        key.run();
        try {
            return key.get();
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static Change opened(Args args, Pair actual, String what, Callable<String> line) {
        return actual.open.made(what, diff(actual.open.path(),
                MapValue.of("state", actual.open.missing() ? "absent" : "file"), MapValue.of("state", "file", "comment",
                        args.comment().orElse(""))),
                "0644", false, () -> {
                    try {
                        return Optional.of(Content.text(line.call()));
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                });
    }

    private static Diff diff(String path, MapValue before, MapValue after) {
        return Diff.attributes(path, before, after);
    }

    private static MapValue described(Kind kind, int size) {
        return MapValue.of("state", "file", "type", kind.name().toLowerCase(Locale.ROOT), "size", size);
    }

    /** What a key needs that is the right one: its comment, its public half, its attributes. */
    private static Plan rest(Args args, Pair actual, SshKey.Read.Fine fine) {
        var changes = new ArrayList<Change>();
        SshKey key = fine.key();
        Optional<SshPublicKey.Line> line = line(actual.open);
        String old = line.map(SshPublicKey.Line::comment).orElse(key.comment());
        String comment = args.comment().orElse(old);
        SshKey wanted = key.withComment(comment);
        if (fine.ours() && args.comment().isPresent() && !comment.equals(key.comment())) {
            changes.add(actual.secret.made(args.what(), diff(args.path(), MapValue.of("comment", key.comment()),
                    MapValue.of("comment", comment)), "0600", args.backup(),
                    () -> Optional.of(Content.text(wanted.text(args.passphrase())))));
        } else {
            changes.addAll(actual.secret.attributes());
        }
        String text = key.open().line(comment);
        boolean settled = !actual.open.missing() && switch (actual.open.file().get()) {
            case KeyFile.Made(_, String what) -> what.equals(text);
            case KeyFile.Held _ -> line.filter(one -> one.key().equals(key.open()) && one.comment().equals(comment))
                    .isPresent();
        };
        if (settled) {
            changes.addAll(actual.open.attributes());
        } else {
            changes.add(opened(args, actual, text, () -> text));
        }
        return Plan.of(changes);
    }

    private static Optional<SshPublicKey.Line> line(KeyPlace place) {
        return place.file() instanceof Maybe.Known<KeyFile>(KeyFile file)
                ? file.bytes().flatMap(SshPublicKey.Line::of)
                : Optional.empty();
    }

    /** The comment inside a private key. */
    private static Optional<String> comment(Args args, KeyPlace place) {
        return place.file() instanceof Maybe.Known<KeyFile>(KeyFile file) && file.bytes().isPresent()
                && SshKey.read(file.bytes().get(), args.passphrase()) instanceof SshKey.Read.Fine fine
                        ? Optional.of(fine.key().comment())
                        : Optional.empty();
    }

    private static List<Change> attributes(Pair actual) {
        var changes = new ArrayList<>(actual.secret.attributes());
        changes.addAll(actual.open.attributes());
        return changes;
    }

    @Override
    public Verdict judge(Args args, Pair before, Applied<Pair> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        Pair after = applied.after().orElse(before);
        MapValue results = after.secret.results(applied);
        if (args.state() == Presence.PRESENT && plain.failure().isEmpty()) {
            var later = new Unknown("the key would be made by this run");
            Optional<SshPublicKey.Line> line = line(after.open);
            Optional<SshPublicKey> key = line.map(SshPublicKey.Line::key);
            results = results.with(MapValue.of("type",
                    key.map(SshPublicKey::kind).orElse(args.kind()).name().toLowerCase(Locale.ROOT), "size",
                    key.map(SshPublicKey::size).orElse(args.bits()), "fingerprint",
                    key.<Object>map(one -> SshKey.fingerprint(one.blob())).orElse(later), "public_key",
                    key.<Object>map(SshPublicKey::text).orElse(later), "comment",
                    line.map(SshPublicKey.Line::comment).or(args::comment).or(() -> comment(args, after.secret))
                            .orElse("")));
        }
        return plain.with(results);
    }
}
