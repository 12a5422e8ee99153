package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.MeFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Presence;
import bramble.modules.files.Tried;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** {@code apt_key}: whose packages apt trusts. */
@AutoService(AnyModule.class)
public final class AptKeyModule implements TaskModule<AptKeyModule.Args, AptKeyModule.State> {
    @Doc(value = "Adds and removes keys that apt trusts; the node needs no gpg. For new playbooks, deb822_repository ties a key to its source.", example = """
            - name: Trust the packages of our own server
              ansible.builtin.apt_key:
                url: https://packages.example.com/key.asc
                keyring: /etc/apt/trusted.gpg.d/example.gpg
            """, returns = {
        "id: str: the key, as it was named or found", "key_id: str: the same",
        "fp: str: its last 16 digits", "short_id: str: its last 8 digits",
        "before: list: the keys that were trusted", "after: list: those that are now"})
    public record Args(
            @Arg("The key's fingerprint, or the last 16 or 8 digits of it; where it is known, nothing is fetched.") Optional<String> id,
            @Arg("The key itself.") Optional<String> data,
            @Arg("A file on the node that has the key.") Optional<String> file,
            @Arg("An address where the node can fetch the key.") Optional<String> url,
            @Arg("A server of keys; needs id.") Optional<String> keyserver,
            @Arg(value = "The file of keys to use; /etc/apt/trusted.gpg for new ones if not given.", nodePath = true) Optional<String> keyring,
            @Arg(value = "Whether it is to be trusted.", fallback = "present") Presence state,
            @Arg(value = "Whether the server has to prove who it is.", fallback = "yes") boolean validateCerts) {

        private Optional<String> mistake() {
            long sources = Stream.of(data, file, url, keyserver).filter(Optional::isPresent).count();
            if (sources > 1) {
                return Optional.of("parameters are mutually exclusive: data|file|keyserver|url");
            }
            if (url.isPresent() && !url.get().matches("(?i)(https?|ftp|file)://.+")) {
                return Optional.of("url is an address that begins with https://, http://, ftp:// or file://, not "
                        + url.get());
            }
            if (id.isPresent() && !name().matches("[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40}")) {
                return Optional.of("Invalid key_id: " + id.get()
                        + ". It must be the last 8 or 16, or all 40 hexadecimal digits of the key's fingerprint.");
            }
            if (state == Presence.ABSENT) {
                return id.isEmpty() && sources == 0 ? Optional.of("id is required to remove a key") : Optional.empty();
            }
            if (keyserver.isPresent() && id.isEmpty()) {
                return Optional.of("keyserver needs id, which says what to ask it for");
            }
            return sources == 0 && id.isEmpty()
                    ? Optional.of("one of the following is required: data, file, keyserver, url, id")
                    : Optional.empty();
        }

        /** The id in its plain form. */
        private String name() {
            return id.map(text -> text.replaceAll("\\s", "").toUpperCase(Locale.ROOT).replaceFirst("^0X", ""))
                    .orElse("");
        }

        /** Where the node fetches it, if it does. */
        private Optional<String> address() {
            return url.or(() -> keyserver.filter(_ -> id.isPresent()).map(server -> {
                String plain = server.replaceFirst("^hkp://", "http://").replaceFirst("^hkps://", "https://");
                String whole = plain.contains("://") ? plain : "http://" + plain;
                boolean port = whole.startsWith("https://") || whole.matches(".*:\\d+/?$");
                return whole.replaceFirst("/$", "") + (port ? "" : ":11371")
                        + "/pks/lookup?op=get&options=mr&search=0x" + name();
            }));
        }
    }

    /**
     * What matters to a task.
     *
     * @param rings keys by file
     * @param closed whether the folder of apt's keyrings may not be written
     * @param given the bytes of the key to add, or why there are none; nothing where they don't matter
     */
    public record State(Map<String, Content.Bytes> rings, PathState place, boolean closed, Me me,
            Optional<DownloadFact.Download> given) {
        private State with(Optional<DownloadFact.Download> key) {
            return new State(rings, place, closed, me, key);
        }

        private Optional<String> refusal(String verb, String path) {
            boolean may = NodePath.below(path, AptKeyringsFact.FOLDER) ? !closed : !place.closed();
            return may ? Optional.empty() : Optional.of(Tried.denied(verb + " " + path));
        }
    }

    @Override
    public String name() {
        return "apt_key";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var rings = new AptKeyringsFact(args.keyring().orElse(""));
        var place = new PathFact(args.keyring().orElse(AptKeyringsFact.FILE));
        var beside = new PathFact(AptKeyringsFact.FOLDER + "/bramble.gpg");
        var me = new MeFact();
        Inquiry<State> known = Inquiry.ask(List.of(rings, place, beside, me),
                facts -> new State(facts.get(rings), facts.get(place), facts.get(beside).closed(), facts.get(me),
                        Optional.empty()));
        if (args.id().isEmpty()) {
            return known.and(given(args), State::with);
        }
        if (args.state() == Presence.ABSENT) {
            return known;
        }
        return known.then(state -> holds(state.rings, args.name())
                ? Inquiry.nothing(state)
                : given(args).map(state::with));
    }

    private static Inquiry<Optional<DownloadFact.Download>> given(Args args) {
        if (args.data().isPresent()) {
            return Inquiry.nothing(Optional.of(new DownloadFact.Download(
                    new Content.Bytes(args.data().get().getBytes(StandardCharsets.UTF_8)), "")));
        }
        if (args.file().isPresent()) {
            return Inquiry.of(new ContentFact(args.file().get())).map(content -> Optional.of(switch (content) {
                case FileContent.Bytes(_, Content bytes) ->
                    new DownloadFact.Download(new Content.Bytes(bytes.bytesOf()), "");
                case FileContent.Missing _ -> failure("there is no such file on the node");
                case FileContent.TooLarge _ -> failure("it is too large for a key");
                case FileContent.Unreadable(_, String why) -> failure("it " + why);
            }));
        }
        return args.address().isPresent() && args.mistake().isEmpty()
                ? Inquiry.of(new DownloadFact(args.address().get(), args.validateCerts())).map(Optional::of)
                : Inquiry.nothing(Optional.empty());
    }

    private static DownloadFact.Download failure(String why) {
        return new DownloadFact.Download(new Content.Bytes(new byte[0]), why);
    }

    private static boolean holds(Map<String, Content.Bytes> rings, String id) {
        return keys(rings).anyMatch(key -> key.is(id));
    }

    private static Stream<PgpKeys.Key> keys(Map<String, Content.Bytes> rings) {
        return rings.values().stream().flatMap(bytes -> in(bytes).stream());
    }

    /** What is no keyring of packets is left alone. */
    private static List<PgpKeys.Key> in(Content.Bytes bytes) {
        try {
            return bytes.length() == 0 ? List.of() : PgpKeys.of(bytes.bytesOf()).keys();
        } catch (IllegalArgumentException _) {
            return List.of();
        }
    }

    /** The key that the task is about, of those that it brings. */
    private static Optional<PgpKeys.Key> brought(Args args, State state) {
        return state.given.flatMap(given -> in(given.content()).stream()
                .filter(key -> args.name().isEmpty() || key.is(args.name())).findFirst());
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        if (args.state() == Presence.PRESENT && !args.name().isEmpty() && holds(actual.rings, args.name())) {
            return Plan.NOTHING;
        }
        Optional<PgpKeys.Key> key = brought(args, actual);
        if (args.state() == Presence.ABSENT) {
            String id = args.name().isEmpty() ? key.map(PgpKeys.Key::fingerprint).orElse("") : args.name();
            return id.isEmpty() ? new Plan.Refused(unusable(args, actual)) : absent(id, actual);
        }
        if (key.isEmpty()) {
            return new Plan.Refused(unusable(args, actual));
        }
        if (holds(actual.rings, key.get().fingerprint())) {
            return Plan.NOTHING;
        }
        String path = args.keyring().orElse(AptKeyringsFact.FILE);
        if (actual.place instanceof PathState.Absent absent && !absent.hasParent()) {
            return new Plan.Refused("Tried to write " + path + ", but the folder " + NodePath.parent(path)
                    + " does not exist on the node.");
        }
        Content.Bytes old = actual.rings.getOrDefault(path, new Content.Bytes(new byte[0]));
        if (old.length() > 0 && in(old).isEmpty()) {
            return new Plan.Refused("Tried to add a key to " + path
                    + ", but what is in it are no OpenPGP packets, so that apt couldn't read it. Name another keyring.");
        }
        byte[] before = old.length() == 0 ? old.bytes() : PgpKeys.of(old.bytes()).packets();
        List<PgpKeys.Key> all = in(actual.given.orElseThrow().content());
        byte[] added = new PgpKeys(all).packets();
        var after = new byte[before.length + added.length];
        System.arraycopy(before, 0, after, 0, before.length);
        System.arraycopy(added, 0, after, before.length, added.length);
        return Plan.of(write(path, actual, old, new Content.Bytes(after)));
    }

    private static String unusable(Args args, State actual) {
        String what = args.url().or(args::file).or(args::keyserver).orElse(args.data().isPresent() ? "data" : "id");
        if (actual.given.isEmpty()) {
            return "Tried to trust the key " + args.name()
                    + ", but the node doesn't have it, and neither data, file, url nor keyserver says where it is.";
        }
        DownloadFact.Download given = actual.given.get();
        if (!given.failure().isEmpty()) {
            return "Tried to get the key from " + what + ", but " + given.failure() + ".";
        }
        try {
            List<String> there = PgpKeys.of(given.content().bytesOf()).keys().stream().map(PgpKeys.Key::fingerprint)
                    .toList();
            return "Tried to find the key " + args.name() + " in " + what + ", but it has only "
                    + String.join(", ", there) + ".";
        } catch (IllegalArgumentException e) {
            return "Tried to read the key in " + what + ", but " + e.getMessage() + ".";
        }
    }

    private static Plan absent(String id, State actual) {
        var changes = new ArrayList<Change>();
        for (Map.Entry<String, Content.Bytes> ring : actual.rings.entrySet()) {
            List<PgpKeys.Key> keys = in(ring.getValue());
            List<PgpKeys.Key> left = keys.stream().filter(key -> !key.is(id)).toList();
            if (left.size() == keys.size()) {
                continue;
            }
            String path = ring.getKey();
            if (left.isEmpty()) {
                changes.add(new Change(path, diff(path, ring.getValue(), new Content.Bytes(new byte[0])),
                        List.of(new Action.Run(Tried.of("remove " + path, Sh.of("rm -f {}", path)))),
                        List.of(Effect.becomes(new ContentFact(path), new FileContent.Missing(path)),
                                Effect.becomes(new PathFact(path),
                                        new PathState.Absent(path, NodePath.parent(path), false))),
                        actual.refusal("remove", path)));
            } else if (PgpKeys.armoured(ring.getValue().bytes())) {
                return new Plan.Refused("Tried to remove the key " + id + " from " + path
                        + ", but other keys share its armour. Remove the file, and add the others anew.");
            } else {
                changes.add(write(path, actual, ring.getValue(), new Content.Bytes(new PgpKeys(left).packets())));
            }
        }
        return Plan.of(changes);
    }

    private static Change write(String path, State actual, Content.Bytes before, Content.Bytes after) {
        var attributes = new Attributes(OptionalInt.of(0644), Optional.empty(), Optional.empty());
        return new Change(path, diff(path, before, after), List.of(new Action.Write(path, after, attributes)),
                List.of(Effect.becomes(new ContentFact(path), new FileContent.Bytes(path, after)),
                        Effect.becomes(new PathFact(path), new PathState.File(path,
                                Inode.made(0644, actual.me, path).withSize(after.length())))),
                actual.refusal("write", path));
    }

    private static Diff diff(String path, Content.Bytes before, Content.Bytes after) {
        return Diff.text(path, lines(before), lines(after));
    }

    private static String lines(Content.Bytes ring) {
        return in(ring).stream().map(key -> key.fingerprint() + "\n").reduce("", String::concat);
    }

    private static List<String> ids(Map<String, Content.Bytes> rings) {
        return keys(rings).flatMap(key -> Stream.concat(Stream.of(key.fingerprint()), key.below().stream()))
                .map(print -> print.substring(print.length() - 16)).distinct().toList();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        String id = args.name().isEmpty()
                ? brought(args, before).map(PgpKeys.Key::id).orElse("")
                : args.name();
        MapValue results = MapValue.of("id", args.id().orElse(id), "key_id", id, "fp",
                id.substring(Math.max(0, id.length() - 16)),
                "short_id", id.substring(Math.max(0, id.length() - 8)), "before", ids(before.rings), "after",
                ids(applied.after().orElse(before).rings));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
