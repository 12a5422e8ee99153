package bramble.modules.files;

import bramble.module.Action;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A place where a file with a certain content is to be, as {@code copy}, {@code template} and all that download or assemble
 * files want it.
 *
 * @param path as it was asked for
 * @param state what is there; unknown where an earlier task would bring something
 * @param same tells whether a content is what is there; false where nothing is
 * @param shown the bytes that are there, as far as they are few enough to be shown
 */
public record Place(String path, Maybe<PathState> state, Function<Content, Boolean> same, Optional<byte[]> shown,
        Rights rights) {

    /** How a file is put there. */
    public record Manner(boolean follow, boolean force, boolean backup, Optional<String> validate) {
        /** Links are replaced, files too, without more ado. */
        public static final Manner PLAIN = new Manner(false, true, false, Optional.empty());
    }

    /** Whether a content is so large that it is compared by digest and not shown. */
    public static boolean large(long bytes) {
        return bytes > Texts.SHOWN;
    }

    /** What has to be asked about the path for {@link #of}. */
    static List<Fact<?>> facts(String path, boolean large, Rights.Wanted rights) {
        var facts = new ArrayList<Fact<?>>(rights.at(path).facts());
        facts.add(new PathFact(path));
        facts.add(large ? new DigestFact(path, "", true) : new ContentFact(path));
        return facts;
    }

    static Place of(String path, boolean large, Rights.Wanted wanted, Facts known) {
        Maybe<PathState> state = known.maybe(new PathFact(path));
        Rights rights = wanted.at(path).on(known);
        if (large) {
            Maybe<DigestFact.Digest> digest = known.maybe(new DigestFact(path, "", true));
            return new Place(path, state,
                    content -> digest instanceof Maybe.Known<DigestFact.Digest>(DigestFact.Digest value)
                            && value.of(content),
                    Optional.empty(), rights);
        }
        Maybe<FileContent> content = known.maybe(new ContentFact(path));
        Optional<Content> bytes = content instanceof Maybe.Known<FileContent>(FileContent.Bytes(_, Content there))
                ? Optional.of(there)
                : Optional.empty();
        return new Place(path,
                bytes.isPresent() || content instanceof Maybe.Known ? state : Maybe.unknown(why(content)),
                wanting -> bytes.isPresent() && bytes.get().length() == wanting.length()
                        && Arrays.equals(bytes.get().bytesOf(), wanting.bytesOf()),
                content instanceof Maybe.Known<FileContent>(FileContent value) && value.missing()
                        ? Optional.of(new byte[0])
                        : bytes.map(Content::bytesOf),
                rights);
    }

    private static String why(Maybe<?> maybe) {
        return maybe instanceof Maybe.NotKnown<?>(String why) ? why : "";
    }

    /** Begins to count what is compared and returned, while the node does. */
    static void countAhead(Content content) {
        content.digestAhead("SHA-1");
    }

    /** Asks about the path, for a content of that many bytes. */
    public static Inquiry<Place> at(String path, long bytes, Rights.Wanted rights) {
        return Inquiry.ask(facts(path, large(bytes), rights), known -> of(path, large(bytes), rights, known));
    }

    /** The same once folders above it are made. */
    Place after(List<PathState> made) {
        Maybe<PathState> now = state.map(old -> {
            PathState then = old;
            for (PathState folder : made) {
                then = then.after(folder);
            }
            return then;
        });
        return new Place(path, now, same, shown, rights);
    }

    Place with(Rights others) {
        return new Place(path, state, same, shown, others);
    }

    /** What is to be done to have the content there. */
    public Plan plan(Content content, Manner manner) {
        Optional<String> obstacle = rights.obstacle().or(() -> Validation.obstacle(manner.validate()));
        if (obstacle.isPresent()) {
            return new Plan.Refused(obstacle.get());
        }
        return switch (state) {
            case Maybe.NotKnown<PathState>(String why) -> {
                Change change = write(
                        new PathState.Absent(NodePath.normal(path), NodePath.parent(NodePath.normal(path)), false),
                        content, manner, new Diff(new Unknown(why), shownText(content), path), Optional.empty());
                yield Plan.of(manner.force()
                        ? change
                        : new Change(change.subject(), change.diff(), change.actions(), List.of(perhaps(why))));
            }
            case Maybe.Known<PathState>(PathState there) ->
                known(manner.follow() ? there.followed() : there, content, manner);
        };
    }

    /** What is there by then may stay. */
    private Effect perhaps(String why) {
        String normal = NodePath.normal(path);
        return new Effect.Unknown((fact, _) -> fact instanceof AboutPath<?> about && about.path().equals(normal), why);
    }

    private Plan known(PathState there, Content content, Manner manner) {
        return switch (there) {
            case PathState.Directory _ -> new Plan.Refused("Destination " + path + " is a directory");
            case PathState.Other _ -> new Plan.Refused("Destination " + path + " is not a regular file");
            case PathState.Absent absent when !absent.hasParent() -> new Plan.Refused(
                    absent.blocked() || !NodePath.normal(path).contains("/")
                            ? "Destination " + path
                                    + " can't be made: " + PathState.Absent.IN_ITS_WAY
                            : "Destination directory " + NodePath.parent(NodePath.normal(path)) + " does not exist",
                    MapValue.of("checksum", content.sha1()));
            case PathState.Present present when !manner.force() -> Plan.NOTHING;
            case PathState.File file when same.apply(content) -> Plan.of(rights.change(file, path).stream().toList());
            case PathState _ -> {
                byte[] before = shown.filter(_ -> !(there instanceof PathState.Link)).orElse(new byte[0]);
                boolean hidden = shown.isEmpty() && !there.missing();
                Diff diff = hidden
                        ? Texts.hidden("destination file size is greater than " + Texts.SHOWN)
                        : large(content.length())
                                ? Texts.hidden("source file size is greater than " + Texts.SHOWN)
                                : Texts.diff(path, before, content.bytesOf());
                yield Plan.of(write(there, content, manner, diff, still(there)));
            }
        };
    }

    private Optional<Sh> still(PathState there) {
        return switch (there) {
            case PathState.Absent _ -> Optional.of(Sh.of("[ ! -e {} ]", there.real()));
            case PathState.File _ -> shown.map(bytes -> Sh.of("[ \"$(md5sum <{})\" = {} ]", there.real(),
                    new Content.Bytes(bytes).digest("MD5") + "  -"));
            case PathState.Present _ -> Optional.empty();
        };
    }

    private Change write(PathState there, Content content, Manner manner, Diff diff, Optional<Sh> still) {
        countAhead(content);
        Attributes attributes = rights.written(there);
        var file = new PathState.File(there.real(), becoming(there).withSize(content.length()));
        return rights.flagged(new Change(path, diff,
                List.of(new Action.Write(there.real(), content, attributes, manner.validate().map(Validation::script),
                        manner.backup() && !there.missing(), still)),
                List.of(Effect.becomes(new ContentFact(there.real()), new FileContent.Bytes(there.real(), content)),
                        Effect.becomes(new PathFact(there.real()), file)),
                Written.refusal(there, attributes)));
    }

    /** The attributes that the new file will have. */
    private Inode becoming(PathState there) {
        Inode made = Inode.made(0666 & ~rights.me().umask(), rights.me(), there.real());
        Inode base = there instanceof PathState.File(_, Inode old)
                ? made.withMode(old.mode()).withUser(old.user()).withGroup(old.group())
                : made;
        return rights.rewritten(base);
    }

    private static Value shownText(Content content) {
        return Value.text(large(content.length()) ? "" : EscapedBytes.decode(content.bytesOf()));
    }

    /** The result keys of a file that was put there. */
    static MapValue results(String dest, Optional<Content> content, Maybe<PathState> after, Applied<?> applied) {
        MapValue results = MapValue.of("dest", dest);
        if (content.isPresent()) {
            results = results.with("checksum", content.get().sha1());
            if (applied.detailed() || content.get().length() < Content.MANY) { // MD5 is slow
                results = results.with("md5sum", content.get().digest("MD5"));
            }
        }
        if (applied.changes().isEmpty()) { // then it was the module file that looked at it
            results = results.with("path", dest);
        }
        if (after instanceof Maybe.Known<PathState>(PathState state)) {
            results = results.with(PathResults.of(state));
        }
        Optional<String> backup = backup(applied);
        return backup.isPresent() ? results.with("backup_file", backup.get()) : results;
    }

    /** Results, with the name under which the old file was kept, if it was. */
    public static MapValue withBackup(MapValue results, Applied<?> applied) {
        return backup(applied).map(name -> results.with("backup", name)).orElse(results);
    }

    /** The name under which the old file was kept. */
    static Optional<String> backup(Applied<?> applied) {
        return applied.answers().stream().map(Answer::text).flatMap(String::lines)
                .filter(line -> line.startsWith("backup ")).map(line -> line.substring("backup ".length())).findFirst();
    }
}
