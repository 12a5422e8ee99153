package bramble.modules.archive;

import bramble.args.Arg;
import bramble.args.ControllerFile;
import bramble.args.Doc;
import bramble.args.Mode;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.modules.files.Placed;
import bramble.modules.files.Rights;
import bramble.modules.network.Exchange;
import bramble.modules.network.WebRequest;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** {@code unarchive}: unpacks an archive into a folder of a node. */
@AutoService(AnyModule.class)
public final class UnarchiveModule implements TaskModule<UnarchiveModule.Args, UnarchiveModule.State> {

    /** The arguments of {@code unarchive}. */
    @Doc(value = "Unpacks a tar or zip archive of the controller, of the node or of a web server into a folder.", example = """
            - name: The program's files
              unarchive:
                src: files/tool.tar.gz
                dest: /opt
                owner: root
                group: root
            """, returns = {
        "dest: str: the folder", "src: str: the archive", "handler: str: what unpacks it",
        "files: list: the names in the archive, with list_files",
        "extract_results: dict: rc, out and err of the program",
        "mode: str: four octal digits of the folder", "owner: str: its owner", "group: str: its group",
        "uid: int: number of the owner", "gid: int: number of the group", "size: int: in bytes",
        "state: str: directory"})
    public record Args(
            @Arg(value = "The archive: a file of the controller, with remote_src one of the node, or a URL.", remoteIf = "remote_src !copy") ControllerFile src,
            @Arg(value = "The folder on the node; it has to be there.", nodePath = true) String dest,
            @Arg(value = "Whether src is on the node.", fallback = "false") boolean remoteSrc,
            @Arg("The opposite of remote_src, in the way of old playbooks.") Optional<Boolean> copy,
            @Arg(value = "A path on the node; nothing is done if it exists.", nodePath = true) Optional<String> creates,
            @Arg(value = "Names and patterns that are left out.", fallback = "[]") List<String> exclude,
            @Arg(value = "Names and patterns that are unpacked alone.", fallback = "[]") List<String> include,
            @Arg(value = "Options for tar or unzip. Where the controller unpacks: --strip-components.", fallback = "[]") List<String> extraOpts,
            @Arg(value = "Whether a file that is newer than the archive's stays.", fallback = "false") boolean keepNewer,
            @Arg(value = "Whether the names are returned.", fallback = "false") boolean listFiles,
            @Arg(value = "Whether the server of a URL has to prove who it is.", fallback = "true") boolean validateCerts,
            @Arg(value = "Accepted; archives are read piece by piece.", fallback = "65536") int ioBufferSize,
            @Arg(value = "Whether an archive of the controller that ansible-vault has encrypted is opened.", fallback = "true") boolean decrypt,
            FileAttributes attributes) {

        boolean onNode() {
            return remoteSrc || copy.filter(yes -> !yes).isPresent();
        }

        /** The archive's name, as it was written. */
        String source() {
            return src.name().replaceFirst("^(https?|ftp):/+", "$1://");
        }

        boolean fromWeb() {
            return source().matches("(?i)(https?|ftp)://.*");
        }

        private List<String> options() {
            var options = new ArrayList<String>();
            extraOpts.forEach(option -> options.addAll(List.of(option.strip().split("\\s+", -1))));
            options.removeIf(String::isEmpty);
            return options;
        }

        private boolean keepsNewer(Parcel.Entry entry, PathState there) {
            return keepNewer && there instanceof PathState.File(_, Inode inode)
                    && inode.mtime().orElse(0) > entry.mtime();
        }

        private boolean plainMode() {
            return attributes.mode().isEmpty();
        }
    }

    /**
     * What there is.
     *
     * @param problem why nothing can be done
     * @param skip whether {@code creates} is there
     * @param archive where the controller unpacks: the archive, and its entries with what is at their places
     * @param contents digests of what is at the places of the archive's files, by their names
     * @param found where the node unpacks: how its archive compares
     * @param src of an archive of the node
     */
    public record State(Optional<String> problem, boolean skip, Maybe<PathState> dest, Optional<Rights> rights,
            Optional<Parcel> archive, Map<Parcel.Entry, Maybe<PathState>> entries,
            Map<String, Maybe<PathState>> folders, Maybe<Map<String, String>> contents,
            Optional<Maybe<Unpacked.Found>> found, Maybe<PathState> src) {
        static State wrong(String why) {
            return new State(Optional.of(why), false, Maybe.unknown(""), Optional.empty(), Optional.empty(), Map.of(),
                    Map.of(), Maybe.unknown(""), Optional.empty(), Maybe.unknown(""));
        }

        State withRights(Rights others) {
            return new State(problem, skip, dest, Optional.of(others), archive, entries, folders, contents, found, src);
        }
    }

    @Override
    public String name() {
        return "unarchive";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<State> asked = unflagged(args);
        return args.attributes().attributes().isEmpty()
                ? asked
                : asked.then(state -> state.rights().isEmpty() ? Inquiry.nothing(state) : flagged(args, state));
    }

    /** With the file system's own attributes of all that comes from the archive. */
    private static Inquiry<State> flagged(Args args, State state) {
        Rights.Wanted wanted = args.attributes().wanted().at(names(state).stream()
                .map(name -> NodePath.resolve(args.dest(), name)).toArray(String[]::new));
        return Inquiry.ask(wanted.facts(), known -> state.withRights(wanted.on(known)));
    }

    private static List<String> names(State state) {
        return state.archive().isPresent()
                ? state.entries().keySet().stream().map(Parcel.Entry::name).toList()
                : state.found()
                        .flatMap(found -> found instanceof Maybe.Known<Unpacked.Found>(Unpacked.Found value)
                                ? Optional.of(value.files())
                                : Optional.empty())
                        .orElse(List.of());
    }

    private static Inquiry<State> unflagged(Args args) {
        if (args.creates().isEmpty()) {
            return rest(args);
        }
        return Inquiry.ask(List.of(new PathFact(args.creates().get()), new PathFact(args.dest())), known -> List
                .of(known.get(new PathFact(args.creates().get())), known.get(new PathFact(args.dest()))))
                .then(states -> states.getFirst().missing()
                        ? rest(args)
                        : Inquiry.nothing(new State(Optional.empty(), true, Maybe.known(states.getLast()),
                                Optional.empty(), Optional.empty(), Map.of(), Map.of(), Maybe.unknown(""),
                                Optional.empty(), Maybe.unknown(""))));
    }

    private static Inquiry<State> rest(Args args) {
        try {
            if (args.fromWeb()) {
                WebRequest request = WebRequest.get(args.source()).withTerms(Duration.ofSeconds(30),
                        args.validateCerts(), WebRequest.Follow.ALL);
                return new Exchange(request).inquiry().then(answer -> answer.status() == 200
                        ? unpacked(args, new Parcel(answer.content()))
                        : Inquiry.nothing(State.wrong("Failure downloading " + args.source() + ", "
                                + answer.problem())));
            }
        } catch (URISyntaxException e) {
            return Inquiry.nothing(State.wrong(args.source() + " is no URL: " + e.getReason()));
        }
        return args.onNode() ? onNode(args) : unpacked(args, new Parcel(args.src().opened(args.decrypt()).content()));
    }

    private static Unpacked fact(Args args) {
        var options = new ArrayList<>(args.options());
        return new Unpacked(NodePath.normal(args.source()), NodePath.normal(args.dest()), args.plainMode(), options,
                List.of(args.exclude(), args.include()));
    }

    private static Inquiry<State> onNode(Args args) {
        Unpacked unpacked = fact(args);
        var facts = new ArrayList<Fact<?>>(args.attributes().wanted().facts());
        var dest = new PathFact(args.dest());
        var src = new PathFact(args.source());
        facts.addAll(List.of(dest, src, unpacked));
        return Inquiry.ask(facts, known -> new State(Optional.empty(), false, known.maybe(dest),
                Optional.of(args.attributes().wanted().on(known)), Optional.empty(), Map.of(), Map.of(),
                Maybe.unknown(""), Optional.of(known.maybe(unpacked)), known.maybe(src)));
    }

    private static Inquiry<State> unpacked(Args args, Parcel archive) {
        List<Parcel.Entry> entries;
        try {
            var selection = Selection.of(args.include(), args.exclude(), args.options());
            if (selection.problem().isPresent()) {
                return Inquiry.nothing(State.wrong(selection.problem().get()));
            }
            entries = selection.of(archive.entries());
        } catch (IOException e) {
            return Inquiry.nothing(State.wrong("Failed to find handler for \"" + args.source()
                    + "\": tried to read it, but " + e.getMessage()));
        }
        var facts = new ArrayList<Fact<?>>(args.attributes().wanted().facts());
        var dest = new PathFact(args.dest());
        facts.add(dest);
        Set<String> folders = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        entries.forEach(entry -> names.add(entry.name()));
        for (Parcel.Entry entry : entries) {
            facts.add(new PathFact(NodePath.resolve(args.dest(), entry.name())));
            for (String above = entry.name(); above.contains("/");) {
                above = above.substring(0, above.lastIndexOf('/'));
                if (!names.contains(above)) {
                    folders.add(above);
                }
            }
        }
        folders.forEach(name -> facts.add(new PathFact(NodePath.resolve(args.dest(), name))));
        var contents = new ContentsFact(args.dest(), files(entries));
        facts.add(contents);
        return Inquiry.ask(facts, known -> {
            Map<Parcel.Entry, Maybe<PathState>> there = new LinkedHashMap<>();
            entries.forEach(entry -> there.put(entry, at(known, args, entry.name())));
            Map<String, Maybe<PathState>> above = new LinkedHashMap<>();
            folders.forEach(name -> above.put(name, at(known, args, name)));
            return new State(Optional.empty(), false, known.maybe(dest),
                    Optional.of(args.attributes().wanted().on(known)), Optional.of(archive), there, above,
                    known.maybe(contents), Optional.empty(), Maybe.unknown(""));
        });
    }

    private static List<String> files(Collection<Parcel.Entry> entries) {
        return entries.stream().filter(entry -> entry.kind() == Parcel.Kind.FILE).map(Parcel.Entry::name).toList();
    }

    private static Maybe<PathState> at(Facts known, Args args, String name) {
        return known.maybe(new PathFact(NodePath.resolve(args.dest(), name)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (!args.include().isEmpty() && !args.exclude().isEmpty()) {
            return Plan.mistake("parameters are mutually exclusive: include|exclude");
        }
        if (actual.problem().isPresent()) {
            return new Plan.Refused(actual.problem().get());
        }
        if (actual.skip()) {
            return Plan.NOTHING;
        }
        Rights rights = actual.rights().orElseThrow();
        if (rights.obstacle().isPresent()) {
            return new Plan.Refused(rights.obstacle().get(), args.attributes().mode().filter(mode -> !mode.valid())
                    .map(mode -> MapValue.of("details", "bad symbolic permission for mode: " + mode.text()))
                    .orElse(MapValue.EMPTY));
        }
        if (!(actual.dest().get().followed() instanceof PathState.Directory folder)) {
            return new Plan.Refused("dest '" + args.dest() + "' must be an existing dir");
        }
        Plan plan = actual.archive().isPresent()
                ? controller(args, actual, rights, folder, actual.archive().get())
                : node(args, actual, folder);
        if (!(plan instanceof Plan.Changes(List<Change> unpacking))) {
            return plan;
        }
        var changes = new ArrayList<Change>(unpacking);
        changes.addAll(rights.flagsOfAll(!unpacking.isEmpty()));
        return Plan.of(changes);
    }

    // The controller unpacks.

    private static Plan controller(Args args, State actual, Rights rights, PathState.Directory folder,
            Parcel archive) {
        Map<String, Inode> differing = new LinkedHashMap<>();
        var effects = new ArrayList<Effect>();
        actual.folders().forEach((_, state) -> {
            if (state.get() instanceof PathState.Absent absent) {
                effects.add(Effect.becomes(new PathFact(absent.real()), new PathState.Directory(absent.real(),
                        rights.over(Inode.made(0777 & ~rights.me().umask(), rights.me(), absent.real()), true))));
            }
        });
        Set<String> linked = new LinkedHashSet<>();
        for (Map.Entry<Parcel.Entry, Maybe<PathState>> one : actual.entries().entrySet()) {
            Parcel.Entry entry = one.getKey();
            PathState there = one.getValue().get();
            Inode wanted = wanted(entry, rights, there.real());
            if (same(entry, wanted, there, args)
                    && (args.keepsNewer(entry, there) || sameContent(entry, actual.contents()))) {
                continue;
            }
            differing.put(entry.name(), wanted);
            if (entry.kind() == Parcel.Kind.HARD_LINK) {
                linked.add(entry.target());
            }
            effects.add(Effect.becomes(new PathFact(there.real()), becoming(entry, wanted, there)));
        }
        if (differing.isEmpty()) {
            return Plan.NOTHING;
        }
        for (Parcel.Entry entry : actual.entries().keySet()) {
            if (linked.contains(entry.name())) {
                differing.putIfAbsent(entry.name(), wanted(entry, rights, entry.name()));
            }
        }
        effects.addFirst(new Effect.Unknown(
                (fact, value) -> !(fact instanceof PathFact) && value instanceof Placed placed
                        && NodePath.below(placed.real(), folder.real()),
                args.source() + " would be unpacked"));
        Map<String, String> contents = new LinkedHashMap<>();
        actual.entries().keySet().stream().filter(entry -> entry.kind() == Parcel.Kind.FILE)
                .forEach(entry -> contents.put(entry.name(), entry.md5()));
        effects.add(Effect.becomes(new ContentsFact(args.dest(), files(actual.entries().keySet())), contents));
        var selection = Selection.of(args.include(), args.exclude(), args.options());
        Sh script = Sh.of("tar -x -p -z -f - -C {}", folder.real());
        Action action = new Action.Errand("pack what differs of " + args.source(),
                _ -> new Action.Run(script, selection.packed(archive, differing)));
        return Plan.of(new Change(args.dest(), diff(args, List.copyOf(differing.keySet())), List.of(action), effects));
    }

    private static Diff diff(Args args, List<String> names) {
        return Diff.text(args.dest(), "", String.join("\n", names) + "\n");
    }

    private static Inode wanted(Parcel.Entry entry, Rights rights, String real) {
        Inode plain = Inode.made(entry.mode(), rights.me(), real);
        Inode wanted = entry.kind() == Parcel.Kind.LINK
                ? plain.withMode(0777)
                : rights.over(plain, entry.kind() == Parcel.Kind.FOLDER);
        return entry.kind() == Parcel.Kind.FILE
                ? wanted.withSize(entry.size()).withTimes(OptionalLong.empty(), OptionalLong.of(entry.mtime()))
                : wanted;
    }

    private static boolean same(Parcel.Entry entry, Inode wanted, PathState there, Args args) {
        boolean owned = there instanceof PathState.Present present
                && args.attributes().owner().map(present.inode().user()::is).orElse(true)
                && args.attributes().group().map(present.inode().group()::is).orElse(true);
        return switch (there) {
            case PathState.File(_, Inode inode) when entry.kind() == Parcel.Kind.HARD_LINK -> owned;
            case PathState.File(_, Inode inode) when entry.kind() == Parcel.Kind.FILE -> {
                yield args.keepsNewer(entry, there)
                        || (owned && inode.mode() == wanted.mode() && inode.size().equals(wanted.size())
                                && inode.mtime().equals(wanted.mtime()));
            }
            case PathState.Directory(_, Inode inode) -> entry.kind() == Parcel.Kind.FOLDER && owned
                    && inode.mode() == wanted.mode();
            case PathState.Link link when entry.kind() == Parcel.Kind.FOLDER ->
                link.followed() instanceof PathState.Directory;
            case PathState.Link link -> entry.kind() == Parcel.Kind.LINK && link.target().equals(entry.target());
            case PathState _ -> false;
        };
    }

    /** Where the node couldn't count a file's digest, its size and time have to do. */
    private static boolean sameContent(Parcel.Entry entry, Maybe<Map<String, String>> contents) {
        return entry.kind() != Parcel.Kind.FILE
                || contents.get().getOrDefault(entry.name(), entry.md5()).equals(entry.md5());
    }

    private static PathState becoming(Parcel.Entry entry, Inode wanted, PathState there) {
        return switch (entry.kind()) {
            case FILE, HARD_LINK -> new PathState.File(there.real(), wanted);
            case FOLDER -> new PathState.Directory(there.real(), wanted);
            case LINK -> {
                String parent = NodePath.parent(there.real());
                yield new PathState.Link(there.real(), wanted, entry.target(),
                        new PathState.Absent(NodePath.target(parent, entry.target()), parent, false));
            }
        };
    }

    // The node unpacks.

    private static Plan node(Args args, State actual, PathState.Directory folder) {
        PathState src = actual.src().get().followed();
        Maybe<Unpacked.Found> maybe = actual.found().orElseThrow();
        Unpacked fact = fact(args);
        Diff doubt = new Diff(new Unknown("an earlier task would bring " + args.source()), Value.text(""), args.dest());
        return switch (maybe) {
            case Maybe.NotKnown<Unpacked.Found> _ when src instanceof PathState.File ->
                Plan.of(change(args, fact, folder, doubt));
            case Maybe.NotKnown<Unpacked.Found>(String why) -> Maybe.<Plan>unknown(why).get();
            case Maybe.Known<Unpacked.Found>(Unpacked.Found found) when found.problem().equals("absent") ->
                src instanceof PathState.File
                        ? Plan.of(change(args, fact, folder, doubt))
                        : new Plan.Refused("Source '" + args.source() + "' does not exist");
            case Maybe.Known<Unpacked.Found>(Unpacked.Found found) when found.problem().startsWith("missing ") ->
                new Plan.Refused("Failed to find handler for \"" + args.source() + "\". Unable to find required '"
                        + found.problem().substring("missing ".length())
                        + "' on the node; a package of that name brings it");
            case Maybe.Known<Unpacked.Found>(Unpacked.Found found) when !found.problem().isEmpty() ->
                new Plan.Refused(
                        "Failed to find handler for \"" + args.source() + "\". Unable to list files in the archive: "
                                + found.problem().replaceFirst("^failed ", "").strip());
            case Maybe.Known<Unpacked.Found>(Unpacked.Found found) -> counting(found.differences(), args).isEmpty()
                    ? Plan.NOTHING
                    : Plan.of(change(args, fact, folder, diff(args, counting(found.differences(), args))));
        };
    }

    /** What GNU tar says of attributes doesn't count where the task sets them; the owner is only root's to give. */
    private static List<String> counting(List<String> differences, Args args) {
        return differences.stream()
                .filter(line -> !(line.endsWith(": Mode differs") && args.attributes().mode().isPresent()))
                .filter(line -> !(line.endsWith(": Uid differs") && args.attributes().owner().isPresent()))
                .filter(line -> !(line.endsWith(": Gid differs") && args.attributes().group().isPresent()))
                .toList();
    }

    private static Change change(Args args, Unpacked fact, PathState.Directory folder, Diff diff) {
        String keep = args.keepNewer()
                ? "case $b_k$b_gnu in unzip) b_opts=\"$b_opts -u\" ;; tar1) b_opts=\"$b_opts --keep-newer-files\" ;; esac\n"
                : "";
        String mode = args.attributes().mode().map(Mode::text).orElse("");
        String owner = args.attributes().owner().orElse("");
        String group = args.attributes().group().orElse("");
        String who = group.isEmpty() ? owner : owner + ":" + group;
        Sh attributes = mode.isEmpty() && who.isEmpty()
                ? Sh.raw("")
                : Sh.of("""
                         &&
                        b_ua_set() { # path; a link's own owner is set
                          [ -e "$1" ] || [ -L "$1" ] || return 0
                          [ -z {} ] || chown -h {} "$1" || exit 1
                          [ -z {} ] || [ -L "$1" ] || chmod {} "$1" || exit 1
                        } && b_top= &&
                        b_ua_list {} | while IFS= read -r b_f; do
                          b_n=${b_f#./}
                          case $b_n in
                          */?*) [ "${b_n%%/*}" = "$b_top" ] || { b_top=${b_n%%/*}; b_ua_set {}/"$b_top"; } ;; # it may not be listed
                          esac
                          b_ua_set {}/"$b_f"
                        done""",
                        who, who, mode, mode, fact.src(), fact.dest(), fact.dest());
        Sh script = Sh.of("{}b_ua_kind {} || exit 1\n{}b_ua_x {} {}{}", fact.settings(), fact.src(), Sh.raw(keep),
                fact.src(), fact.dest(), attributes).using(Unpacked.LIBRARY);
        Inode now = folder.inode();
        Inode then = new Inode(now.mode(), now.user(), now.group(), now.id(), now.links(), OptionalLong.empty(),
                now.atime(), OptionalLong.empty());
        return new Change(args.dest(), diff, List.of(new Action.Run(script)),
                List.of(Effect.becomes(new PathFact(folder.real()), folder.with(then)),
                        new Effect.Unknown((_, value) -> value instanceof Placed placed
                                && placed.inside(fact.dest()), args.source() + " would be unpacked"),
                        Effect.becomes(fact, Unpacked.Found.DONE)));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        if (before.skip()) {
            return Verdict.changed(false, MapValue.of("skipped", true, "msg",
                    "skipped, since " + args.creates().orElse("") + " exists"));
        }
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("dest", args.dest(), "src", args.source(), "handler", handler(before));
        if (args.listFiles()) {
            results = results.with("files", Value.texts(names(before)));
        }
        if (!applied.answers().isEmpty()) {
            Answer answer = applied.answers().getFirst();
            results = results.with("extract_results",
                    MapValue.of("rc", answer.status(), "out", answer.text(), "err", answer.errors()));
        }
        Maybe<PathState> dest = applied.after().orElse(before).dest();
        if (dest instanceof Maybe.Known<PathState>(PathState state)) {
            results = results.with(PathResults.of(state.followed()));
        }
        Optional<String> failure = plain.failure()
                .map(why -> "failed to unpack " + args.source() + " to " + args.dest() + ": " + why);
        return new Verdict(plain.changed(), failure, results);
    }

    private static String handler(State before) {
        try {
            if (before.archive().isPresent()) {
                return before.archive().get().handler();
            }
        } catch (IOException _) {
            return "TarArchive";
        }
        boolean zip = before.found().filter(found -> found instanceof Maybe.Known<Unpacked.Found>(Unpacked.Found value)
                && value.kind().equals("unzip")).isPresent();
        return zip ? "ZipArchive" : "TgzArchive";
    }
}
