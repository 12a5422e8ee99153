package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.template.TemplateException;
import bramble.template.builtin.TimeFormat;
import bramble.value.MapValue;
import bramble.value.Real;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** {@code file}: files, directories and links, and their attributes. */
@AutoService(AnyModule.class)
public final class FileModule implements TaskModule<FileModule.Args, FileModule.State> {

    /** The arguments of {@code file}. */
    @Doc(value = "Sets attributes of files, makes directories and links, removes what shall not be there.", example = """
            - name: The folder of the web pages
              file:
                path: /srv/www
                state: directory
                owner: root
                mode: '0755'
            """, neverSettles = "state: touch sets times to now, as it is meant to", returns = {
        "path: str: the path, for all states but link and hard",
        "dest: str: the path, for state link and hard", "src: str: where the link leads",
        "state: str: what is at the path: file, directory, link, hard or absent", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "size: int: in bytes"})
    public record Args(@Arg(value = "The path on the node.", aliases = {
        "dest", "name"}, nodePath = true) String path,
            @Arg("What is to be there; what is there already, or else file, if not given.") Optional<Kind> state,
            @Arg(value = "Where a link leads; the file that a hard link is to.", nodePath = true) Optional<String> src,
            @Arg(value = "Whether a directory's attributes are set on all that it contains.", fallback = "false") boolean recurse,
            @Arg(value = "Whether a link may replace a file or an empty directory, and may lead nowhere.", fallback = "false") boolean force,
            @Arg(value = "Whether attributes of a link are those of what it leads to.", fallback = "true") boolean follow,
            @Arg("When it was last read: a time, now or preserve.") Optional<String> accessTime,
            @Arg(value = "How access_time is written, as date takes it.", fallback = "%Y%m%d%H%M.%S") String accessTimeFormat,
            @Arg("When it was last changed: a time, now or preserve.") Optional<String> modificationTime,
            @Arg(value = "How modification_time is written, as date takes it.", fallback = "%Y%m%d%H%M.%S") String modificationTimeFormat,
            FileAttributes attributes){
        Rights.Wanted rights() {
            return attributes.wanted().at(path);
        }
    }

    private static final String LOOKED_UP = "failed to look up";

    /** What can be at a path. */
    public enum Kind {
        ABSENT,
        DIRECTORY,
        FILE,
        HARD,
        LINK,
        TOUCH
    }

    /**
     * What there is.
     *
     * @param source what a link would lead to
     * @param tree what is below the directory, if that matters
     * @param strangers what is to be said of the wanted owner and group if there is no file for them: there are none such
     * @param behind what links below the directory lead to, if that matters, with what is below it
     */
    public record State(PathState path, Optional<PathState> source, Optional<Maybe<TreeFact.Tree>> tree,
            Rights rights, List<String> strangers, List<PathState.Present> behind) {
        State withBehind(List<PathState.Present> others) {
            return new State(path, source, tree, rights, strangers, others);
        }

        State withRights(Rights others) {
            return new State(path, source, tree, others, strangers, behind);
        }

        private List<String> links() {
            return tree.orElse(null) instanceof Maybe.Known<TreeFact.Tree>(TreeFact.Tree known)
                    ? known.entries().stream().filter(PathState.Link.class::isInstance).map(PathState::real).toList()
                    : List.of();
        }
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var path = new PathFact(args.path());
        Optional<PathFact> source = source(args).map(PathFact::new);
        boolean listed = args.recurse() || args.state().equals(Optional.of(Kind.ABSENT))
                || (args.force() && args.state().equals(Optional.of(Kind.LINK)));
        Optional<TreeFact> tree = listed ? Optional.of(new TreeFact(args.path())) : Optional.empty();
        var facts = new ArrayList<Fact<?>>(args.rights().facts());
        facts.add(path);
        source.ifPresent(facts::add);
        tree.ifPresent(facts::add);
        List<IdFact> numbered = numbered(args);
        facts.addAll(numbered);
        Inquiry<State> asked = Inquiry.ask(facts, known -> {
            Rights rights = args.rights().on(known);
            var strangers = new ArrayList<String>();
            rights.obstacle().filter(why -> why.contains(LOOKED_UP))
                    .ifPresent(why -> strangers.add(why.substring(why.indexOf(LOOKED_UP))));
            for (IdFact id : numbered) {
                if (!known.maybe(id).orElse(IdFact.Id.SOME).exists()) {
                    strangers.add(LOOKED_UP + (id.kind() == IdFact.Kind.USER ? " user with uid " : " group with gid ")
                            + id.name());
                }
            }
            return new State(known.get(path), source.map(known::get), tree.map(known::maybe), rights,
                    List.copyOf(strangers), List.of());
        });
        Inquiry<State> all = args.recurse() && args.follow() ? asked.then(FileModule::withLinks) : asked;
        return args.recurse() && args.attributes().attributes().isPresent()
                ? all.then(state -> withFlags(args, state))
                : all;
    }

    /** With the file system's own attributes of all that is below. */
    private static Inquiry<State> withFlags(Args args, State state) {
        Stream<PathState.Present> below = Stream.concat(state.behind().stream(),
                state.tree().orElse(null) instanceof Maybe.Known<TreeFact.Tree>(TreeFact.Tree known)
                        ? known.entries().stream()
                        : Stream.empty());
        Rights.Wanted wanted = args.rights()
                .at(below.filter(entry -> !(entry instanceof PathState.Link)).map(PathState::real)
                        .toArray(String[]::new));
        return Inquiry.ask(wanted.facts(), known -> state.withRights(wanted.on(known)));
    }

    private static Inquiry<State> withLinks(State state) {
        List<String> links = state.links();
        if (links.isEmpty()) {
            return Inquiry.nothing(state);
        }
        var facts = new ArrayList<Fact<?>>();
        links.forEach(link -> facts.addAll(List.of(new PathFact(link), new TreeFact(link))));
        return Inquiry.ask(facts, known -> {
            var behind = new ArrayList<PathState.Present>();
            for (String link : links) {
                if (known.get(new PathFact(link)).followed() instanceof PathState.Present target
                        && !(target instanceof PathState.Link)) {
                    behind.add(target);
                    behind.addAll(known.get(new TreeFact(link)).entries());
                }
            }
            return state.withBehind(List.copyOf(behind));
        });
    }

    /** Numbers of an owner and a group who matter only where there is no file for them. */
    private static List<IdFact> numbered(Args args) {
        if (args.state().orElse(Kind.FILE) != Kind.FILE) {
            return List.of();
        }
        var facts = new ArrayList<IdFact>();
        args.rights().owner().filter(FileModule::number).map(IdFact::user).ifPresent(facts::add);
        args.rights().group().filter(FileModule::number).map(IdFact::group).ifPresent(facts::add);
        return facts;
    }

    private static boolean number(String name) {
        return !name.isEmpty() && name.chars().allMatch(Character::isDigit);
    }

    /** A link's text counts from the folder that the link is in; a hard link's from where the task stands. */
    private static Optional<String> source(Args args) {
        return switch (args.state().orElse(Kind.LINK)) {
            case LINK -> args.src().map(src -> NodePath.resolve(NodePath.parent(NodePath.normal(args.path())), src));
            case HARD -> args.src();
            case ABSENT, DIRECTORY, FILE, TOUCH -> Optional.empty();
        };
    }

    @Override
    public Plan plan(Args args, State actual) {
        Plan plan = planned(args, actual);
        return plan instanceof Plan.Refused(String why, MapValue results, boolean always)
                && actual.path() instanceof PathState.Present there
                        ? new Plan.Refused(why,
                                MapValue.of("path", args.path()).with(PathResults.of(there)).with(results), always)
                        : plan;
    }

    private static Plan planned(Args args, State actual) {
        Kind kind = kind(args, actual.path());
        if (args.src().isPresent() && kind != Kind.LINK && kind != Kind.HARD) {
            return Plan.mistake("src option requires state to be 'link' or 'hard'");
        }
        if (kind == Kind.ABSENT) {
            return absent(args, actual);
        }
        try {
            Times.of(args, false);
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
        if (actual.rights().obstacle().isPresent()
                && !(kind == Kind.FILE && followed(args, actual.path()) instanceof PathState.Absent)) {
            return new Plan.Refused(actual.rights().obstacle().get(), warnings(actual));
        }
        if (args.recurse() && kind != Kind.DIRECTORY) {
            return Plan.mistake("recurse option requires state to be 'directory'");
        }
        return switch (kind) {
            case DIRECTORY -> directory(args, actual);
            case FILE -> file(args, actual);
            case TOUCH -> touch(args, actual);
            case LINK -> link(args, actual);
            case HARD -> hard(args, actual);
            case ABSENT -> Plan.NOTHING;
        };
    }

    private static MapValue warnings(State actual) {
        return actual.strangers().isEmpty()
                ? MapValue.EMPTY
                : MapValue.of("warnings", Value.texts(actual.strangers()));
    }

    private static Kind kind(Args args, PathState state) {
        return args.state().orElseGet(() -> switch (state) {
            case PathState.Absent _ -> args.recurse() ? Kind.DIRECTORY : Kind.FILE;
            case PathState.Directory _ -> Kind.DIRECTORY;
            case PathState.Link _ -> Kind.LINK;
            case PathState.File _,PathState.Other _ -> Kind.FILE;
        });
    }

    private static Plan absent(Args args, State actual) {
        PathState state = actual.path();
        if (!(state instanceof PathState.Present present)) {
            return Plan.NOTHING;
        }
        var gone = new PathState.Absent(state.real(), NodePath.parent(state.real()), false);
        Diff states = states(args, present.word(), "absent");
        MapValue below = state instanceof PathState.Directory ? below(actual) : MapValue.EMPTY;
        Diff diff = new Diff(((MapValue) states.before()).with(below), states.after(), states.header());
        return Plan.of(new Change(args.path(), diff,
                List.of(new Action.Run(Tried.of("remove " + state.real(), Sh.of("rm -rf {}", state.real())))),
                List.of(Effect.becomes(new PathFact(state.real()), gone)),
                Tried.refusal("remove " + state.real(), state)));
    }

    /** What goes with a directory. */
    private static MapValue below(State actual) {
        if (!(actual.tree().orElse(null) instanceof Maybe.Known<TreeFact.Tree>(TreeFact.Tree tree))) {
            return MapValue.EMPTY;
        }
        var folders = new ArrayList<String>();
        var files = new ArrayList<String>();
        tree.entries()
                .forEach(entry -> (entry instanceof PathState.Directory ? folders : files).add(entry.real()));
        return MapValue.of("path_content", MapValue.of("directories", folders, "files", files));
    }

    private static Diff states(Args args, String before, String after) {
        return Diff.attributes(args.path(), MapValue.of("path", args.path(), "state", before),
                MapValue.of("path", args.path(), "state", after));
    }

    /** Whether it is told of what a link leads to by that one's own path. */
    private static boolean leads(Kind kind, PathState state) {
        return state instanceof PathState.Link && (kind == Kind.FILE || kind == Kind.DIRECTORY);
    }

    private static PathState followed(Args args, PathState state) {
        return args.follow() ? state.followed() : state;
    }

    private static Plan directory(Args args, State actual) {
        PathState state = followed(args, actual.path());
        return switch (state) {
            case PathState.Absent absent -> created(args, absent, actual.rights());
            case PathState.Directory directory -> {
                var changes = new ArrayList<Change>(attributes(args, directory, actual.rights()));
                actual.tree().ifPresent(tree -> tree.get().entries()
                        .forEach(entry -> actual.rights().change(entry, entry.real()).ifPresent(changes::add)));
                actual.behind().stream().filter(entry -> changes.stream().noneMatch(
                        change -> change.subject().equals(entry.real())))
                        .forEach(entry -> actual.rights().change(entry, entry.real()).ifPresent(changes::add));
                yield Plan.of(changes);
            }
            case PathState.Present other ->
                new Plan.Refused(args.path() + " already exists as a " + other.word());
        };
    }

    private static Plan created(Args args, PathState.Absent absent, Rights rights) {
        if (absent.blocked()) {
            return new Plan.Refused("There was an issue creating " + args.path()
                    + " as requested: " + PathState.Absent.IN_ITS_WAY);
        }
        if (!absent.real().startsWith("/")) {
            return new Plan.Refused(
                    "There was an issue creating " + args.path() + " as requested: the node has no user "
                            + "whose home " + absent.real().replaceFirst("/.*", "") + " would be");
        }
        Inode plain = Inode.made(0777 & ~rights.me().umask(), rights.me(), absent.real());
        Inode inode = rights.over(plain, true);
        var changes = new ArrayList<Change>();
        changes.add(NewFolders.change(absent, rights, args.path(), made(args, "directory", plain, inode)));
        Times.of(args, false).change(new PathState.Directory(absent.real(), inode), args.path())
                .ifPresent(changes::add);
        return Plan.of(changes);
    }

    /** From nothing to something that is given other rights than it has at first. */
    private static Diff made(Args args, String word, Inode plain, Inode inode) {
        Diff states = states(args, "absent", word);
        return new Diff(((MapValue) states.before()).with(Rights.apart(plain, inode)),
                ((MapValue) states.after()).with(Rights.apart(inode, plain)), states.header());
    }

    private static List<Change> attributes(Args args, PathState.Present state, Rights rights) {
        var changes = new ArrayList<Change>();
        rights.change(state, args.path()).ifPresent(changes::add);
        Times.of(args, false).change(state, args.path()).ifPresent(changes::add);
        return List.copyOf(changes);
    }

    private static Plan file(Args args, State actual) {
        PathState state = followed(args, actual.path());
        return switch (state) {
            case PathState.Absent _ ->
                new Plan.Refused("file (" + args.path() + ") is absent, cannot continue",
                        MapValue.of("path", args.path(), "state", "absent").with(warnings(actual)));
            case PathState.Directory _ ->
                new Plan.Refused("file (" + args.path() + ") is directory, cannot continue");
            case PathState.Link _ -> new Plan.Refused("file (" + args.path() + ") is link, cannot continue");
            case PathState.Present present -> Plan.of(attributes(args, present, actual.rights()));
        };
    }

    private static Plan touch(Args args, State actual) {
        PathState state = followed(args, actual.path());
        Rights rights = actual.rights();
        return switch (state) {
            case PathState.Absent absent when absent.blocked() -> new Plan.Refused("Error, could not touch target: "
                    + PathState.Absent.IN_ITS_WAY);
            case PathState.Absent absent when !absent.hasParent() -> new Plan.Refused("Error, could not touch target: "
                    + "the directory " + NodePath.parent(absent.real()) + " does not exist");
            case PathState.Absent absent -> {
                Inode plain = Inode.made(0666 & ~rights.me().umask(), rights.me(), absent.real()).withSize(0);
                Inode inode = rights.over(plain, false);
                Times times = Times.of(args, true);
                Sh attributes = rights.script(absent.real(), plain, inode, false)
                        .and(times.script(absent.real(), false));
                // a file that can't have the attributes that are wanted is not left behind
                Sh script = Tried.of("write " + absent.real(), Sh.of("touch {}", absent.real()))
                        .and(Sh.of("if {}; then :; else rm -f {}; exit 1; fi",
                                attributes, absent.real()));
                var file = new PathState.File(absent.real(), inode);
                Diff made = made(args, "touch", plain, inode);
                Diff diff = new Diff(((MapValue) made.before()).with(times.named(file, false)),
                        ((MapValue) made.after()).with(times.named(file, true)), made.header());
                yield Plan.of(rights.flagged(new Change(args.path(), diff, List.of(new Action.Run(script)),
                        List.of(Effect.becomes(new ContentFact(absent.real()),
                                new FileContent.Bytes(absent.real(), Content.none())),
                                Effect.becomes(new PathFact(absent.real()), times.on(file))),
                        Tried.refusal("write " + absent.real(), absent))));
            }
            case PathState.Present present -> {
                var changes = new ArrayList<Change>();
                Times.of(args, true).change(present, args.path()).ifPresent(changes::add);
                rights.change(present, args.path()).ifPresent(changes::add);
                yield Plan.of(changes);
            }
        };
    }

    private static Plan link(Args args, State actual) {
        PathState state = actual.path();
        if (args.src().isEmpty()) {
            return state instanceof PathState.Link link
                    ? linkAttributes(args, link, actual.rights())
                    : new Plan.Refused("src is required for creating new symlinks");
        }
        String src = args.src().get();
        PathState source = actual.source().orElseThrow();
        if (source.followed().missing() && !args.force()) {
            return new Plan.Refused("src file does not exist, use \"force=yes\" if you really want to create the link: "
                    + source.real(), MapValue.of("path", args.path(), "src", src));
        }
        if (state instanceof PathState.Link link && link.target().equals(src)) {
            return linkAttributes(args, link, actual.rights());
        }
        if (state instanceof PathState.Absent absent && !absent.hasParent()) {
            return new Plan.Refused("Error while linking: the directory " + NodePath.parent(absent.real())
                    + " does not exist");
        }
        if (state instanceof PathState.Present present && !(state instanceof PathState.Link)) {
            if (!args.force()) {
                return new Plan.Refused(
                        "refusing to convert from " + present.word() + " to symlink for " + args.path());
            }
            if (present instanceof PathState.Directory
                    && !actual.tree().map(tree -> tree.get().entries()).orElse(List.of()).isEmpty()) {
                return new Plan.Refused("the directory " + args.path() + " is not empty, refusing to convert it");
            }
        }
        return newLink(args, actual, src, source);
    }

    private static Plan newLink(Args args, State actual, String src, PathState source) {
        PathState state = actual.path();
        String path = state.real();
        String what = "link " + path;
        Sh make = Tried.of(what, Sh.of("ln -s -- {} {}", src, path));
        Sh script = switch (state) {
            case PathState.Absent _ -> make;
            case PathState.Directory _ -> Tried.of(what, Sh.of("rmdir {}", path)).and(make);
            case PathState.Present _ -> Tried.of(what, Relink.of(src, path));
        };
        Inode plain = Inode.made(0777, actual.rights().me(), path).withSize(src.length());
        PathState end = source.followed();
        boolean loop = end.real().equals(path) || NodePath.below(end.real(), path);
        PathState destination = loop ? new PathState.Absent(end.real(), NodePath.parent(path), true) : end;
        var link = new PathState.Link(path, plain, src, destination);
        PathState.Present target = args.follow() && destination instanceof PathState.Present there ? there : link;
        MapValue named = MapValue.of("path", args.path());
        Diff diff = state instanceof PathState.Link(_, _, String old, _)
                ? Diff.attributes(args.path(), named.with("src", old), named.with("src", src))
                : states(args, state instanceof PathState.Present present ? present.word() : "absent", "link");
        var changes = new ArrayList<Change>();
        changes.add(new Change(args.path(), diff, List.of(new Action.Run(script)),
                List.of(Effect.becomes(new PathFact(path), link)), Tried.refusal(what, state)));
        if (args.follow() && target instanceof PathState.Link) {
            return Plan.of(changes); // what isn't there has no attributes to set
        }
        changes.addAll(attributes(args, target, actual.rights()));
        return Plan.of(changes);
    }

    private static Plan linkAttributes(Args args, PathState.Link link, Rights rights) {
        PathState target = followed(args, link);
        return target instanceof PathState.Present present ? Plan.of(attributes(args, present, rights)) : Plan.NOTHING;
    }

    private static Plan hard(Args args, State actual) {
        PathState state = actual.path();
        if (args.src().isEmpty()) {
            return state instanceof PathState.File file && file.inode().links() > 1
                    ? Plan.of(attributes(args, file, actual.rights()))
                    : new Plan.Refused("src is required for creating new hardlinks");
        }
        if (!(actual.source().orElseThrow().followed() instanceof PathState.File source)) {
            return new Plan.Refused("src does not exist", MapValue.of("dest", args.path(), "src", args.src().get()));
        }
        if (state instanceof PathState.Absent absent && !absent.hasParent()) {
            return new Plan.Refused("Error while linking: the directory " + NodePath.parent(absent.real())
                    + " does not exist");
        }
        if (state instanceof PathState.File file) {
            if (file.inode().id().equals(source.inode().id())) {
                return Plan.of(attributes(args, file, actual.rights()));
            }
            if (!args.force()) {
                return new Plan.Refused(file.inode().links() > 1
                        ? "Cannot link, different hard link exists at destination"
                        : "Cannot link, file exists at destination");
            }
        }
        if (state instanceof PathState.Directory || state instanceof PathState.Other) {
            return new Plan.Refused("refusing to convert from " + ((PathState.Present) state).word()
                    + " to hard link for " + args.path());
        }
        String what = "link " + state.real();
        var path = new PathState.File(state.real(), source.inode().withLinks(source.inode().links() + 1));
        Change made = new Change(args.path(),
                states(args, state instanceof PathState.Present present ? present.word() : "absent", "hard"),
                List.of(new Action.Run(Tried.of(what, Sh.of("rm -f {}", state.real()))
                        .and(Tried.of(what, Sh.of("ln {} {}", source.real(), state.real()))))),
                List.of(Effect.becomes(new PathFact(source.real()), source.with(path.inode())),
                        Effect.becomes(new PathFact(state.real()), path)),
                Tried.refusal(what, state));
        var changes = new ArrayList<Change>(List.of(made));
        changes.addAll(attributes(args, path, actual.rights()));
        return Plan.of(changes);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        Kind kind = kind(args, before.path());
        boolean link = kind == Kind.LINK || kind == Kind.HARD;
        MapValue results = MapValue.of(link ? "dest" : "path", args.path());
        if (kind == Kind.TOUCH) {
            results = results.with("dest", args.path());
        }
        if (link && args.src().isPresent()) {
            results = results.with("src", args.src().get());
        }
        PathState after = applied.after().orElse(before).path();
        if (link && args.src().isEmpty() && after instanceof PathState.Link there) {
            results = results.with("src", there.target());
        }
        if (leads(kind, before.path()) && followed(args, before.path()) instanceof PathState.Present there) {
            results = results.with("path", there.real());
        }
        results = results.with(PathResults.of(link || kind == Kind.TOUCH ? after : followed(args, after)));
        if (kind != Kind.ABSENT || !before.path().missing()) {
            results = results.with("diff", diff(args, before.path(), applied.changes()));
        }
        if (kind == Kind.DIRECTORY || kind == Kind.FILE || kind == Kind.TOUCH || link) {
            return plain.with(results);
        }
        return plain.with(results.with("state", kind.name().toLowerCase(Locale.ROOT)));
    }

    /** What becomes of the path itself, in one mapping before and one after; other than most modules' it is always told. */
    private static MapValue diff(Args args, PathState was, List<Change> changes) {
        Kind kind = kind(args, was);
        boolean behind = leads(kind, was);
        PathState state = behind ? followed(args, was) : was;
        MapValue path = MapValue.of("path", behind ? state.real() : args.path());
        String old = state instanceof PathState.Present present ? present.word() : "absent";
        String wanted = args.state().isPresent() ? kind.name().toLowerCase(Locale.ROOT) : old;
        boolean other = !old.equals(wanted);
        MapValue before = other ? MapValue.of("state", old) : MapValue.EMPTY;
        MapValue after = other ? MapValue.of("state", wanted) : MapValue.EMPTY;
        for (Change change : changes) {
            if (change.diff().header().equals(args.path()) && change.diff().before() instanceof MapValue earlier
                    && change.diff().after() instanceof MapValue later) {
                before = before.with(earlier);
                after = after.with(later);
            }
        }
        return MapValue.of("before", before.with(path), "after", after.with(path));
    }

    /** The times that a task wants: each a time, empty for now; nothing for: as it is. */
    private record Times(Optional<Wish> access, Optional<Wish> modification) {
        /** A time in seconds since 1970, or now. */
        record Wish(OptionalLong seconds) {}

        static Times of(Args args, boolean touch) {
            return new Times(wish(args.accessTime(), args.accessTimeFormat(), touch),
                    wish(args.modificationTime(), args.modificationTimeFormat(), touch));
        }

        private static Optional<Wish> wish(Optional<String> given, String format, boolean touch) {
            return switch (given.orElse(touch ? "now" : "preserve")) {
                case "preserve" -> Optional.empty();
                case "now" -> Optional.of(new Wish(OptionalLong.empty()));
                case String time -> Optional.of(new Wish(OptionalLong.of(seconds(time, format))));
            };
        }

        private static long seconds(String time, String format) {
            try {
                return TimeFormat.seconds(time, format, ZoneId.systemDefault());
            } catch (TemplateException e) {
                throw new IllegalArgumentException(
                        "Error while obtaining timestamp for time " + time + " using format " + format + ": "
                                + e.getMessage(),
                        e);
            }
        }

        private boolean met(PathState.Present state) {
            return met(access, state.inode().atime()) && met(modification, state.inode().mtime());
        }

        private static boolean met(Optional<Wish> wish, OptionalLong actual) {
            return wish.isEmpty() || (wish.get().seconds().isPresent() && wish.get().seconds().equals(actual));
        }

        Optional<Change> change(PathState.Present state, String shown) {
            if (met(state)) {
                return Optional.empty();
            }
            Diff diff = Diff.attributes(shown, MapValue.of("path", shown).with(named(state, false)),
                    MapValue.of("path", shown).with(named(state, true)));
            return Optional.of(new Change(shown, diff,
                    List.of(new Action.Run(script(state.real(), state instanceof PathState.Link))),
                    List.of(Effect.becomes(new PathFact(state.real()), on(state)))));
        }

        /** Those that are to be others, as they are or as they are to be. */
        private MapValue named(PathState.Present state, boolean after) {
            MapValue named = MapValue.EMPTY;
            if (shows(access, state.inode().atime())) {
                named = named.with("atime", shown(after ? access.orElseThrow().seconds() : state.inode().atime()));
            }
            if (shows(modification, state.inode().mtime())) {
                named = named.with("mtime",
                        shown(after ? modification.orElseThrow().seconds() : state.inode().mtime()));
            }
            return named;
        }

        private static boolean shows(Optional<Wish> wish, OptionalLong actual) {
            return !met(wish, actual) && !wish.orElseThrow().seconds().equals(actual);
        }

        private static Value shown(OptionalLong seconds) {
            return seconds.isPresent() ? new Real(seconds.getAsLong()) : Value.text("now");
        }

        PathState.Present on(PathState.Present state) {
            return state.with(state.inode().withTimes(access.map(Wish::seconds).orElse(state.inode().atime()),
                    modification.map(Wish::seconds).orElse(state.inode().mtime())));
        }

        Sh script(String path, boolean link) {
            boolean now = access.equals(modification) && access.filter(wish -> wish.seconds().isEmpty()).isPresent();
            return now // both at once: who may write a file, but doesn't own it, may do no more than this
                    ? Sh.of("touch -c {} {}", Sh.raw(link ? "-h" : ""), path)
                    : one("-a", access, path, link).and(one("-m", modification, path, link));
        }

        private static Sh one(String which, Optional<Wish> wish, String path, boolean link) {
            if (wish.isEmpty()) {
                return Sh.raw(":");
            }
            Sh options = Sh.raw(link ? which + " -h" : which);
            return wish.get().seconds().isEmpty()
                    ? Sh.of("touch -c {} {}", options, path)
                    : Sh.of("touch -c {} -d @{} {}", options, wish.get().seconds().getAsLong(), path);
        }
    }
}
