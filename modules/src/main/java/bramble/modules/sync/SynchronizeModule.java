package bramble.modules.sync;

import bramble.args.Arg;
import bramble.args.ControllerFile;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.DigestFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.IdFact;
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.MeFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.TreeFact;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.HomePath;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code synchronize}: keeps a tree of files alike on the controller and on a node. */
@AutoService(AnyModule.class)
public final class SynchronizeModule implements TaskModule<SynchronizeModule.Args, SynchronizeModule.State> {
    /** Which way files go. */
    public enum Mode {
        PUSH,
        PULL
    }

    /** The arguments of {@code synchronize}. */
    @Doc(value = "Keeps a folder or file of a node like one of the controller, or the other way round; sends what differs. Neither side needs rsync.", collection = "ansible.posix", example = """
            - name: The web site
              ansible.posix.synchronize:
                src: site/
                dest: /var/www/html/
                delete: true
                rsync_opts: [--exclude=.git]
            """, oneByOne = true, neverSettles = "without times and without checksum, each file counts as changed", returns = {
        "msg: str: a line for each thing that changes, as rsync itemizes it", "stdout_lines: list: the same",
        "rc: int: 0"})
    public record Args(
            @Arg(value = "What is copied: a folder or file of the controller, or with mode pull of the node. With a slash at its end, what the folder contains.", remoteIf = "mode=pull") ControllerFile src,
            @Arg("Where to; with mode pull an absolute path of the controller.") String dest,
            @Arg(value = "push: to the node; pull: from it.", fallback = "push") Mode mode,
            @Arg(value = "Whether folders are gone through, and links, permissions, times, owner and group kept.", fallback = "true") boolean archive,
            @Arg("Whether folders are gone through; as archive if not given.") Optional<Boolean> recursive,
            @Arg(value = "Where folders aren't gone through: whether what src contains, with a slash at its end, is copied all the same, of folders in it only they themselves.", fallback = "false") boolean dirs,
            @Arg("Whether links are copied as links; as archive if not given.") Optional<Boolean> links,
            @Arg(value = "Whether what links lead to is copied in their place.", fallback = "false") boolean copyLinks,
            @Arg("Whether permissions are kept; as archive if not given.") Optional<Boolean> perms,
            @Arg("Whether times are kept; as archive if not given.") Optional<Boolean> times,
            @Arg("Whether owners are kept, which only root can; as archive if not given.") Optional<Boolean> owner,
            @Arg("Whether groups are kept, which here only root can; as archive if not given.") Optional<Boolean> group,
            @Arg(value = "Whether contents are compared, and not sizes and times.", fallback = "false") boolean checksum,
            @Arg(value = "Whether what the source doesn't have goes.", fallback = "false") boolean delete,
            @Arg(value = "Whether only what is there already is brought up to date.", fallback = "false") boolean existingOnly,
            @Arg(value = "Options of rsync: exclude, include, chown, link-dest, no-perms and the like, delete-excluded, existing, ignore-existing, size-only, update, omit-dir-times, copy-links. Others are refused.", fallback = "[]") List<String> rsyncOpts,
            @Arg(value = "Folders on the side of dest, absolute: of a file that dest hasn't, or not so, and the first of them has just as it is to be, hard links are made. What dest has already stays as it is.", fallback = "[]") List<String> linkDest,
            @Arg(value = "Accepted; what is sent is always compressed.", fallback = "true") boolean compress,
            @Arg(value = "Accepted; files arrive whole, or not at all.", fallback = "false") boolean partial,
            @Arg(value = "Accepted; each file is moved to its place when it is whole.", fallback = "true") boolean delayUpdates,
            @Arg("Accepted; the node's own connection is used.") Optional<Integer> destPort,
            @Arg("Accepted; the node's own connection is used.") Optional<String> privateKey,
            @Arg(value = "Accepted; the node's own connection is used.", fallback = "true") boolean setRemoteUser,
            @Arg(value = "Accepted; the node's own connection is used.", fallback = "false") boolean useSshArgs,
            @Arg(value = "Accepted; the node's own connection is used.", fallback = "false") boolean sshConnectionMultiplexing,
            @Arg(value = "Accepted; the node's own connection is used, whose key is always checked.", fallback = "false") boolean verifyHost,
            @Arg("Accepted; rsync isn't used.") Optional<String> rsyncPath,
            @Arg(value = "Accepted; a task's own timeout counts.", fallback = "0") int rsyncTimeout) {

        /** Where a folder of {@code link_dest} has what is to become the target. */
        private String other(String link, boolean folder, String target) {
            return folder
                    ? src.contents()
                            ? NodePath.normal(link)
                            : NodePath.within(link, NodePath.name(NodePath.normal(src.path().toString())))
                    : NodePath.within(link, NodePath.name(target));
        }

        private boolean pull() {
            return mode == Mode.PULL;
        }

        /** Where to, with the source's own name where the folder itself is copied. */
        private String target(boolean folder, boolean destFolder) {
            String name = NodePath.name(NodePath.normal(src.path().toString()));
            boolean inside = folder ? !src.contents() : dest.endsWith("/") || destFolder;
            return inside ? NodePath.within(dest, name) : NodePath.normal(dest);
        }
    }

    /**
     * What there is.
     *
     * @param problem why nothing can be done
     * @param above the state of the folder that the target is put into, where it isn't the target itself
     * @param same the names whose contents are alike, where that counts
     * @param ids the node's numbers of the source's owners
     * @param others the trees of {@code link_dest}
     */
    record State(Optional<String> problem, Side source, Side dest, Optional<PathState> above, Me me,
            Set<String> same, Map<IdFact, IdFact.Id> ids, Optional<LocalTreeFact> local,
            List<Difference.Other> others) {
        static State wrong(String why) {
            Side none = Side.missing("", Optional.empty());
            return new State(Optional.of(why), none, none, Optional.empty(),
                    new Me(Owner.ROOT, Owner.ROOT, 022, "/root"), Set.of(), Map.of(), Optional.empty(), List.of());
        }
    }

    @Override
    public String name() {
        return "synchronize";
    }

    @Override
    public boolean twoSided() {
        return true;
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Optional<String> problem = Options.of(args).problem();
        if (problem.isPresent()) {
            return Inquiry.nothing(State.wrong(problem.get()));
        }
        return args.pull() ? pulled(args) : pushed(args);
    }

    // To the node.

    private static Inquiry<State> pushed(Args args) {
        Options options = Options.of(args);
        Side source = new LocalTreeFact(args.src().path().toString(), options.copyLinks()).read();
        if (!source.exists()) {
            return Inquiry.nothing(State.wrong("Tried to read " + args.src().path() + ", but there is no such file"));
        }
        boolean folder = source.isFolder();
        var facts = new ArrayList<Fact<?>>(List.of(new MeFact(), new PathFact(args.dest())));
        var ids = new LinkedHashSet<IdFact>();
        source.entries().values().forEach(entry -> {
            named(entry.user()).map(IdFact::user).ifPresent(ids::add);
            named(entry.group()).map(IdFact::group).ifPresent(ids::add);
        });
        options.chown().ifPresent(who -> {
            String[] parts = who.split(":", 2);
            Optional.of(parts[0]).filter(SynchronizeModule::isName).map(IdFact::user).ifPresent(ids::add);
            Optional.of(parts.length > 1 ? parts[1] : "").filter(SynchronizeModule::isName).map(IdFact::group)
                    .ifPresent(ids::add);
        });
        facts.addAll(ids);
        var targets = new LinkedHashSet<String>(List.of(args.target(folder, false), args.target(folder, !folder)));
        var looked = new LinkedHashSet<>(targets);
        targets.forEach(
                target -> options.linkDest().forEach(link -> looked.add(args.other(link, folder, target))));
        for (String target : looked) {
            facts.add(new PathFact(target));
            facts.add(new TreeFact(target));
            facts.add(new ShutFact(target));
            if (options.checksum()) {
                source.entries().forEach((name, entry) -> {
                    if (entry.kind() == Side.Kind.FILE && !options.filters().excludes(name, false)) {
                        facts.add(new DigestFact(name.isEmpty() ? target : NodePath.within(target, name)));
                    }
                });
            }
        }
        return Inquiry.ask(facts, known -> {
            PathState dest = known.get(new PathFact(args.dest())).followed();
            String target = args.target(folder, dest instanceof PathState.Directory);
            var numbers = new HashMap<IdFact, IdFact.Id>();
            ids.forEach(id -> numbers.put(id, known.maybe(id).orElse(IdFact.Id.SOME)));
            boolean inside = !target.equals(NodePath.normal(args.dest()));
            return new State(Optional.empty(), source,
                    Side.of(known.get(new PathFact(target)), tree(known, target), known.get(new ShutFact(target))),
                    inside ? Optional.of(dest) : Optional.empty(), known.get(new MeFact()),
                    same(known, target, source, options), numbers, Optional.empty(),
                    options.linkDest().stream().map(link -> args.other(link, folder, target))
                            .map(other -> new Difference.Other(
                                    Side.of(known.get(new PathFact(other)), tree(known, other), List.of()),
                                    same(known, other, source, options)))
                            .toList());
        });
    }

    /** The names whose contents are alike, where checksums count. */
    private static Set<String> same(Facts known, String target, Side source, Options options) {
        var same = new HashSet<String>();
        if (options.checksum()) {
            source.entries().forEach((name, entry) -> {
                if (entry.kind() == Side.Kind.FILE && !options.filters().excludes(name, false)
                        && known.get(new DigestFact(name.isEmpty() ? target : NodePath.within(target, name)))
                                .of(Content.of(Path.of(source.path(name))))) {
                    same.add(name);
                }
            });
        }
        return Set.copyOf(same);
    }

    private static TreeFact.Tree tree(Facts known, String target) {
        return known.get(new TreeFact(target));
    }

    private static Optional<String> named(Owner owner) {
        return Optional.of(owner.name()).filter(SynchronizeModule::isName);
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && !name.equals("root") && !name.chars().allMatch(Character::isDigit);
    }

    // From the node.

    private static Inquiry<State> pulled(Args args) {
        Options options = Options.of(args);
        String dest = HomePath.expanded(args.dest());
        if (!dest.startsWith("/")) {
            return Inquiry.nothing(State.wrong("Tried to bring files to " + args.dest()
                    + ", but dest has to be an absolute path: \"{{ playbook_dir }}/" + args.dest() + "\""));
        }
        if (options.copyLinks()) {
            return Inquiry.nothing(State.wrong("copy_links can't be had with mode pull"));
        }
        String src = args.src().path().toString();
        var state = new PathFact(src);
        var tree = new TreeFact(src);
        var shut = new ShutFact(src);
        var within = new LocalTreeFact(NodePath.within(dest, NodePath.name(src)), false);
        var itself = new LocalTreeFact(dest, false);
        Inquiry<State> sides = Inquiry.ask(List.of(state, tree, shut, within, itself, new MeFact()), known -> {
            Side source = Side.of(known.get(state), known.get(tree), known.get(shut));
            boolean inside = source.isFolder()
                    ? !args.src().contents()
                    : args.dest().endsWith("/") || Files.isDirectory(Path.of(dest));
            LocalTreeFact target = inside ? within : itself;
            return source.exists()
                    ? new State(Optional.empty(), source, known.get(target), Optional.empty(), known.get(new MeFact()),
                            Set.of(), Map.of(), Optional.of(target), options.linkDest().stream()
                                    .map(link -> new LocalTreeFact(
                                            args.other(link, source.isFolder(), target.path()), false).read())
                                    .map(side -> new Difference.Other(side, Set.of())).toList())
                    : State.wrong("Tried to read " + src + ", but there is no such file");
        });
        return options.checksum()
                ? sides.then(both -> both.problem().isEmpty() ? compared(both, options) : Inquiry.nothing(both))
                : sides;
    }

    /** With the contents of files compared that are on both sides and of one size. */
    private static Inquiry<State> compared(State found, Options options) {
        var facts = new TreeMap<String, DigestFact>();
        List<Side> sides = Stream.concat(Stream.of(found.dest()), found.others().stream().map(Difference.Other::side))
                .toList();
        found.source().entries().forEach((name, entry) -> {
            if (entry.kind() == Side.Kind.FILE && !options.filters().excludes(name, false)
                    && sides.stream().anyMatch(side -> alike(side, name, entry))) {
                facts.put(name, new DigestFact(found.source().path(name)));
            }
        });
        return Inquiry.ask(List.copyOf(facts.values()), known -> {
            List<Set<String>> same = sides.stream().map(side -> facts.entrySet().stream()
                    .filter(one -> alike(side, one.getKey(),
                            Objects.requireNonNull(found.source().entries().get(one.getKey()))))
                    .filter(one -> same(known.get(one.getValue()), Path.of(side.path(one.getKey()))))
                    .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet())).toList();
            return new State(found.problem(), found.source(), found.dest(), found.above(), found.me(), same.getFirst(),
                    found.ids(), found.local(), IntStream.range(1, sides.size())
                            .mapToObj(i -> new Difference.Other(sides.get(i), same.get(i))).toList());
        });
    }

    /** Whether a file of this machine has that digest; one that is only foreseen has. */
    private static boolean same(DigestFact.Digest digest, Path file) {
        return !Files.exists(file) || digest.of(Content.of(file));
    }

    /** Whether there is a file of that name and size. */
    private static boolean alike(Side side, String name, Side.Entry entry) {
        Side.Entry there = side.entries().get(name);
        return there != null && there.kind() == Side.Kind.FILE && there.size() == entry.size();
    }

    // What is to be done.

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.problem().isPresent()) {
            return new Plan.Refused(actual.problem().get());
        }
        Difference difference = difference(args, actual);
        Optional<String> obstacle = unread(args, actual).or(difference::obstacle).or(() -> blocked(actual));
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to synchronize " + args.src().path() + " and " + args.dest() + ", but "
                    + obstacle.get());
        }
        if (difference.steps().isEmpty()) {
            return Plan.NOTHING;
        }
        Diff diff = Diff.text(args.dest(), "", told(args, actual, difference));
        return Plan.of(args.pull()
                ? brought(args, actual, difference, diff)
                : sent(args, actual, difference, diff));
    }

    /** What isn't seen must not be taken for what isn't there. */
    private static Optional<String> unread(Args args, State actual) {
        Options options = Options.of(args);
        return actual.source().unread(options.filters())
                .or(() -> options.delete() ? actual.dest().unread(options.filters()) : Optional.empty())
                .map(path -> path + " can't be read" + (options.delete() ? "; nothing was deleted" : ""));
    }

    private static Optional<String> blocked(State actual) {
        if (actual.above().isEmpty() || !(actual.above().get() instanceof PathState.Absent absent)) {
            return actual.dest().blocked();
        }
        return absent.hasParent()
                ? Optional.empty()
                : Optional.of("the folder above " + absent.real() + " does not exist");
    }

    private static Difference difference(Args args, State actual) {
        Options options = Options.of(args);
        Difference.Maker maker = args.pull() ? here() : there(options, actual);
        return Difference.between(actual.source(), actual.dest(), options, maker, actual.same()::contains,
                actual.others());
    }

    private static Difference.Maker there(Options options, State actual) {
        String[] chown = options.chown().orElse("").split(":", 2);
        return new Difference.Maker(actual.me().user(), actual.me().group(), actual.me().umask(), actual.me().root(),
                owner -> numbered(chown[0].isEmpty() ? owner : named(chown[0]), IdFact::user, actual),
                group -> numbered(chown.length > 1 && !chown[1].isEmpty() ? named(chown[1]) : group, IdFact::group,
                        actual));
    }

    private static Owner named(String name) {
        return name.equals("root")
                ? Owner.ROOT
                : isName(name)
                        ? new Owner(name, OptionalInt.empty())
                        : new Owner("", OptionalInt.of(Integer.parseUnsignedInt(name)));
    }

    /** The node's owner of that name; where it has none, the one of that number. */
    private static Owner numbered(Owner owner, java.util.function.Function<String, IdFact> fact, State actual) {
        IdFact.Id id = actual.ids().getOrDefault(fact.apply(owner.name()), IdFact.Id.NONE);
        return id.exists()
                ? new Owner(owner.name(), id.number())
                : owner.id().isPresent() ? new Owner(owner.name().equals("root") ? "root" : "", owner.id()) : owner;
    }

    /** On this machine owners keep their numbers: Java doesn't tell the number that a name has here. */
    private static Difference.Maker here() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return new Difference.Maker(Owner.ROOT, Owner.ROOT, 022, root, owner -> owner, group -> group);
    }

    /** The lines that rsync would print. */
    private static String told(Args args, State actual, Difference difference) {
        String above = actual.source().isFolder() && !args.src().contents()
                ? NodePath.name(NodePath.normal(args.src().path().toString())) + "/"
                : "";
        var lines = new StringBuilder();
        for (Difference.Step step : difference.steps()) {
            if (step.told().isEmpty()) {
                continue;
            }
            String name = !actual.source().isFolder()
                    ? NodePath.name(actual.source().base())
                    : step.name().isEmpty() ? above.isEmpty() ? "./" : above : above + step.name();
            boolean folder = step.becoming().kind() == Side.Kind.FOLDER && !name.endsWith("/");
            String told = args.pull() || !step.told().startsWith(">") ? step.told() : "<" + step.told().substring(1);
            lines.append(told).append(name).append(folder ? "/" : "")
                    .append(step.becoming().kind() == Side.Kind.LINK ? " -> " + step.becoming().target() : "")
                    .append('\n');
        }
        return lines.toString();
    }

    private static Change sent(Args args, State actual, Difference difference, Diff diff) {
        Side dest = actual.dest();
        List<Difference.Step> steps = difference.steps();
        boolean folder = actual.source().isFolder();
        var actions = new ArrayList<Action>();
        var ways = new ArrayList<Sh>(removals(dest, Stream.concat(difference.deleted(true).stream(),
                steps.stream().filter(step -> step.what() == Difference.What.REPLACE)).toList()));
        List<Sh> gone = removals(dest, difference.deleted(false));
        var attributes = new ArrayList<Sh>();
        for (Difference.Step step : steps) {
            String path = dest.path(step.name());
            switch (step.what()) {
                case ATTRIBUTES -> attributes.add(attributes(path, step.becoming(), actual.me().root()));
                case LINK ->
                    attributes.add(Sh.of("ln -f {} {} 2>/dev/null || cp -p {} {}", step.becoming().target(), path,
                            step.becoming().target(), path)); // another file system takes no link
                case SEND, REPLACE, DELETE -> {
                    // below
                }
            }
        }
        String base = folder ? dest.base() : NodePath.parent(dest.base());
        Sh into = Sh.of("mkdir -p {}", base);
        actions.add(new Action.Run(Sh.raw("/bin/sh -e"), script(ways, into)));
        List<Difference.Step> sent = steps.stream().filter(step -> step.what() == Difference.What.SEND
                || step.what() == Difference.What.REPLACE).toList();
        if (!sent.isEmpty()) {
            actions.add(ship(args, actual, base, sent));
        }
        if (!attributes.isEmpty() || !gone.isEmpty()) {
            attributes.addAll(gone);
            actions.add(new Action.Run(Sh.raw("/bin/sh -e"), script(attributes, Sh.raw(":"))));
        }
        List<Difference.Step> folders = folders(args, actual, steps);
        if (!folders.isEmpty()) {
            actions.add(ship(args, actual, base, folders));
        }
        return new Change(args.dest(), diff, actions, effects(actual, steps, folders));
    }

    /** Files first, then the folders that are empty then: one that isn't holds what wasn't seen, and stays. */
    private static List<Sh> removals(Side dest, List<Difference.Step> steps) {
        var commands = new ArrayList<Sh>();
        for (boolean folders : new boolean[]{false, true}) {
            List<String> paths = steps.stream().filter(step -> folders == dest.isFolder(step.name()))
                    .map(step -> dest.path(step.name())).toList();
            for (int i = 0; i < paths.size(); i += 100) {
                commands.add(Sh.of("{} {}", Sh.raw(folders ? "rmdir" : "rm -f"),
                        paths.subList(i, Math.min(paths.size(), i + 100))));
            }
        }
        return commands;
    }

    private static Content script(List<Sh> commands, Sh last) {
        Sh all = commands.stream().reduce(Sh.raw(""), (before, next) -> Sh.of("{}{}\n", before, next));
        return Content.text(Sh.of("{}{}\n", all, last).source());
    }

    private static Sh attributes(String path, Side.Entry entry, boolean root) {
        Sh mode = Sh.of("chmod {} {}", String.format("%04o", entry.mode()), path);
        return root
                ? Sh.of("chown {} {}\n{}", entry.user().label() + ":" + entry.group().label(), path, mode)
                : mode;
    }

    private static Action ship(Args args, State actual, String base, List<Difference.Step> steps) {
        boolean folder = actual.source().isFolder();
        Path from = Path.of(actual.source().base());
        return new Action.Errand("pack what differs of " + args.src().path(), _ -> {
            Content packed = Shipment.of(folder ? from : Optional.ofNullable(from.getParent()).orElse(from),
                    folder
                            ? steps
                            : steps.stream().map(step -> new Difference.Step(
                                    NodePath.name(actual.dest().base()), step.what(), step.becoming(), step.told()))
                                    .toList(),
                    folder ? Optional.empty() : Optional.of(from));
            return new Action.Run(Sh.of("tar -x -p -z -f - -C {}", base), packed);
        });
    }

    /** The folders whose times have to be set again, because something in them came or went. */
    private static List<Difference.Step> folders(Args args, State actual, List<Difference.Step> steps) {
        Options options = Options.of(args);
        if (!options.times() || !options.folderTimes() || !actual.source().isFolder()) {
            return List.of();
        }
        Set<String> touched = touched(steps);
        // of all that is there then, as if nothing was there: each with what it is to have
        Side empty = new Side(actual.dest().base(), new TreeMap<>(), Optional.empty());
        Difference all = Difference.between(actual.source(), empty, plain(options), there(options, actual), _ -> true,
                List.of());
        SortedMap<String, Difference.Step> found = new TreeMap<>();
        all.steps().stream().filter(step -> touched.contains(step.name())
                && step.becoming().kind() == Side.Kind.FOLDER).forEach(step -> found.put(step.name(), step));
        return found.values().stream().map(step -> kept(step, actual, options)).toList();
    }

    /** The folders that change, or in which something comes or goes. */
    private static Set<String> touched(List<Difference.Step> steps) {
        var touched = new LinkedHashSet<String>();
        for (Difference.Step step : steps) {
            boolean folder = step.becoming().kind() == Side.Kind.FOLDER && step.what() != Difference.What.DELETE;
            if (folder) {
                touched.add(step.name());
            }
            if (!step.name().isEmpty() && step.what() != Difference.What.ATTRIBUTES) {
                String parent = NodePath.parent(step.name());
                touched.add(parent.equals(".") ? "" : parent);
            }
        }
        return touched;
    }

    /** What isn't kept alike stays as it is. */
    private static Difference.Step kept(Difference.Step step, State actual, Options options) {
        Side.Entry old = actual.dest().entries().get(step.name());
        Side.Entry to = step.becoming();
        return old == null || old.kind() != Side.Kind.FOLDER
                ? step
                : new Difference.Step(step.name(), step.what(),
                        new Side.Entry(to.kind(), options.perms() ? to.mode() : old.mode(),
                                options.owner() && actual.me().root() ? to.user() : old.user(),
                                options.group() && actual.me().root() ? to.group() : old.group(), to.size(), to.mtime(),
                                to.target()),
                        step.told());
    }

    private static Options plain(Options o) {
        return new Options(o.recursive(), o.flat(), o.links(), o.copyLinks(), o.perms(), o.times(), o.owner(),
                o.group(), false,
                false, false, false, false, false, false, o.folderTimes(), o.chown(), o.filters(), List.of(),
                Optional.empty());
    }

    private static List<Effect> effects(State actual, List<Difference.Step> steps, List<Difference.Step> folders) {
        var effects = new ArrayList<Effect>();
        Side dest = actual.dest();
        List<Difference.Step> ordered = Stream.concat( // what goes may be in the way
                steps.stream().filter(step -> step.what() == Difference.What.DELETE),
                steps.stream().filter(step -> step.what() != Difference.What.DELETE)).toList();
        for (Difference.Step step : ordered) {
            String path = dest.path(step.name());
            if (step.what() == Difference.What.DELETE || step.what() == Difference.What.REPLACE) {
                effects.add(Effect.becomes(new PathFact(path),
                        new PathState.Absent(path, NodePath.parent(path), false)));
            }
            if (step.what() != Difference.What.DELETE) {
                if (step.becoming().kind() == Side.Kind.FILE && step.what() != Difference.What.ATTRIBUTES) {
                    Content content = Content.of(Path.of(actual.source().path(step.name())));
                    effects.add(Effect.becomes(new ContentFact(path), content.length() > ContentFact.LIMIT
                            ? new FileContent.TooLarge(path)
                            : new FileContent.Bytes(path, content)));
                }
                effects.add(Effect.becomes(new PathFact(path), state(path, step.becoming(), actual, step)));
            }
        }
        for (Difference.Step step : folders.reversed()) {
            effects.add(Effect.becomes(new PathFact(dest.path(step.name())),
                    state(dest.path(step.name()), step.becoming(), actual, step)));
        }
        return effects;
    }

    private static PathState state(String path, Side.Entry entry, State actual, Difference.Step step) {
        Inode inode = Inode.made(entry.mode(), actual.me(), path).withUser(entry.user()).withGroup(entry.group())
                .withTimes(OptionalLong.empty(),
                        step.what() == Difference.What.ATTRIBUTES
                                ? OptionalLong.of(actual.dest().entries().getOrDefault(step.name(), entry).mtime())
                                : entry.mtime() < 0 ? OptionalLong.empty() : OptionalLong.of(entry.mtime()));
        return switch (entry.kind()) {
            case FILE, OTHER -> new PathState.File(path, inode.withSize(entry.size()));
            case FOLDER -> new PathState.Directory(path, inode);
            case LINK -> new PathState.Link(path, inode, entry.target(),
                    new PathState.Absent(NodePath.target(NodePath.parent(path), entry.target()),
                            NodePath.parent(path), false));
        };
    }

    private static Change brought(Args args, State actual, Difference difference, Diff diff) {
        LocalTreeFact fact = actual.local().orElseThrow();
        Options options = Options.of(args);
        var haul = new Haul(actual.source(), Path.of(fact.path()), difference,
                options.times() && options.folderTimes() ? touched(difference.steps()) : Set.of());
        var errand = new Action.Errand("bring " + args.src().path(), beyond -> {
            try {
                haul.over(beyond);
                return new Action.Run(Sh.raw(":"));
            } catch (IOException e) {
                return new Action.Run(Sh.of("echo {} >&2; exit 1", "Tried to bring " + args.src().path() + " to "
                        + args.dest() + ", but " + e.getMessage()));
            }
        });
        SortedMap<String, Side.Entry> entries = new TreeMap<>(actual.dest().entries());
        for (Difference.Step step : difference.steps()) {
            if (step.what() == Difference.What.DELETE) {
                entries.remove(step.name());
            } else {
                entries.put(step.name(), step.becoming());
            }
        }
        return new Change(args.dest(), diff, List.of(errand),
                List.of(Effect.becomes(fact, new Side(actual.dest().base(), entries, Optional.empty()))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        String told = before.problem().isPresent() || applied.changes().isEmpty()
                ? ""
                : told(args, before, difference(args, before));
        return plain.with(MapValue.of("msg", told, "rc", plain.failure().isPresent() ? 1 : 0, "stdout_lines",
                Value.texts(told.lines().toList())));
    }
}
