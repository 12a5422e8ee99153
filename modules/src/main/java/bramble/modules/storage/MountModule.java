package bramble.modules.storage;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Inode;
import bramble.modules.files.ListingFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Placed;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code mount}: what is mounted where, now and at each start. */
@AutoService(AnyModule.class)
public final class MountModule implements TaskModule<MountModule.Args, MountModule.State> {
    /** What is to be so. */
    public enum Wanted {
        ABSENT,
        ABSENT_FROM_FSTAB,
        MOUNTED,
        PRESENT,
        UNMOUNTED,
        REMOUNTED,
        EPHEMERAL;

        private boolean brings() {
            return this == MOUNTED || this == PRESENT || this == EPHEMERAL;
        }

        private boolean mounts() {
            return this == MOUNTED || this == EPHEMERAL;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** File systems that mount leaves to a program of their own, and the packages that have it. */
    private static final Map<String, String> PACKAGES = Map.of("nfs", "nfs-common (Fedora, Alpine, OpenWrt: nfs-utils)",
            "nfs4", "nfs-common (Fedora, Alpine, OpenWrt: nfs-utils)", "cifs", "cifs-utils", "smb3", "cifs-utils",
            "glusterfs", "glusterfs-client", "davfs", "davfs2", "ceph", "ceph-common", "fuse.sshfs", "sshfs",
            "zfs", "zfsutils-linux");

    @Doc(value = "Mounts file systems, and keeps /etc/fstab.", collection = "ansible.posix", neverSettles = "remounted and ephemeral mount anew each time, as they are meant to", example = """
            - name: Keep the disk of the media on /srv/media
              ansible.posix.mount:
                path: /srv/media
                src: LABEL=media
                fstype: ext4
                opts: noatime,nofail
                state: mounted
            """, returns = {
        "name: str: the path", "src: str: what is mounted", "fstype: str: the kind of file system",
        "opts: str: the options", "dump: str: the fifth field of the line", "passno: str: the sixth",
        "fstab: str: the file that has the line", "backup_file: str: a copy of that file as it was"})
    public record Args(@Arg(value = "Where it is mounted.", aliases = "name", nodePath = true) String path,
            @Arg(value = "A device, UUID=..., LABEL=..., an NFS export, a folder for a bind mount.", nodePath = true) Optional<String> src,
            @Arg("The kind of file system.") Optional<String> fstype,
            @Arg("Options, separated by commas; defaults if not given.") Optional<String> opts,
            @Arg("mounted: in fstab and mounted; present: in fstab; absent: in neither, and the folder removed; absent_from_fstab; unmounted; remounted; ephemeral: mounted without fstab.") Wanted state,
            @Arg(value = "Whether dump saves it: fstab's fifth field.", fallback = "0") String dump,
            @Arg(value = "When it is checked at a start: fstab's sixth field.", fallback = "0") String passno,
            @Arg(value = "The file with the lines.", fallback = "/etc/fstab") String fstab,
            @Arg(value = "Whether it is mounted at each start; if not, noauto is added to the options.", fallback = "yes") boolean boot,
            @Arg(value = "Keeps a copy of fstab as it was.", fallback = "no") boolean backup,
            @Arg(value = "Whether the options are a secret: they are left out of results and differences.", fallback = "no") boolean optsNoLog) {

        private String options() {
            String given = opts.filter(text -> !text.isEmpty()).orElse("defaults");
            boolean manual = boot || List.of(given.split(",", -1)).contains("noauto");
            return manual ? given : given + ",noauto";
        }

        private boolean binds() {
            return has("bind", "rbind");
        }

        private boolean has(String... options) {
            return opts.stream().flatMap(text -> List.of(text.split(",", -1)).stream())
                    .anyMatch(List.of(options)::contains);
        }
    }

    /**
     * What matters to a task.
     *
     * @param place what is at the path; a mounted file system's own root is not asked about
     * @param inside what is in the folder, where it would be removed
     * @param source what is at the path that is mounted, where it has to be there
     * @param program the one that mounts this kind of file system, where it needs one of its own
     */
    public record State(TextEdit fstab, MountFact.Mounts mounts, Maybe<PathState> place,
            Optional<Maybe<ListingFact.Listing>> inside, Optional<Maybe<PathState>> source,
            Optional<Maybe<Optional<String>>> program) {}

    @Override
    public String name() {
        return "mount";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<Optional<Maybe<ListingFact.Listing>>> inside = args.state() == Wanted.ABSENT
                ? Inquiry.maybe(new ListingFact(args.path())).map(Optional::of)
                : Inquiry.nothing(Optional.empty());
        Inquiry<Optional<Maybe<Optional<String>>>> program = args.state().mounts()
                && args.fstype().filter(PACKAGES::containsKey).isPresent()
                        ? Inquiry.maybe(program(args)).map(Optional::of)
                        : Inquiry.nothing(Optional.empty());
        return TextEdit.of(args.fstab()).and(Inquiry.of(new MountFact(args.path())), Pair::new)
                .and(Inquiry.maybe(new PathFact(args.path())),
                        (pair, place) -> new State(pair.fstab, pair.mounts, place, Optional.empty(), Optional.empty(),
                                Optional.empty()))
                .and(inside, (state, listing) -> new State(state.fstab, state.mounts, state.place, listing,
                        Optional.empty(), Optional.empty()))
                .and(source(args), (state, found) -> new State(state.fstab, state.mounts, state.place, state.inside,
                        found, Optional.empty()))
                .and(program, (state, found) -> new State(state.fstab, state.mounts, state.place, state.inside,
                        state.source, found));
    }

    /** Names that udev gives may come with a file system that is made first; all other devices, folders and files have to be there. */
    private static Inquiry<Optional<Maybe<PathState>>> source(Args args) {
        Optional<String> path = args.src().filter(_ -> args.state().mounts())
                .filter(source -> args.has("bind", "rbind", "loop")
                        ? source.startsWith("/")
                        : source.startsWith("/dev/") && !source.startsWith("/dev/disk/"));
        return path.isPresent() && !args.has("nofail")
                ? Inquiry.maybe(new PathFact(path.get())).map(Optional::of)
                : Inquiry.nothing(Optional.empty());
    }

    private record Pair(TextEdit fstab, MountFact.Mounts mounts) {}

    private static CommandFact program(Args args) {
        return new CommandFact("mount." + args.fstype().orElse(""));
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> wrong = wrong(args, actual);
        if (wrong.isPresent()) {
            return new Plan.Refused(wrong.get());
        }
        return Plan.of(switch (args.state()) {
            case PRESENT -> table(args, actual, with(args, actual));
            case ABSENT_FROM_FSTAB -> table(args, actual, without(args, actual));
            case MOUNTED -> mounted(args, actual);
            case EPHEMERAL -> ephemeral(args, actual);
            case REMOUNTED -> List.of(remount(args, Optional.empty()));
            case UNMOUNTED -> actual.mounts.mounted() ? List.of(unmount(args, actual)) : List.of();
            case ABSENT -> absent(args, actual);
        });
    }

    private static Optional<String> wrong(Args args, State actual) {
        var missing = new ArrayList<String>();
        if (args.state().brings()) {
            args.src().ifPresentOrElse(_ -> {}, () -> missing.add("src"));
            args.fstype().ifPresentOrElse(_ -> {}, () -> missing.add("fstype"));
        }
        if (!missing.isEmpty()) {
            return Optional.of("state is " + args.state().word() + " but all of the following are missing: "
                    + String.join(", ", missing));
        }
        if (args.state() == Wanted.REMOUNTED && !actual.mounts.mounted()) {
            return Optional.of("Tried to remount " + args.path() + ", but nothing is mounted there.");
        }
        if (args.state() == Wanted.EPHEMERAL && actual.mounts.mounted()
                && !from(args, actual.mounts.stack().getLast())) {
            return Optional.of("Tried to mount " + args.src().orElse("") + " at " + args.path() + ", but "
                    + actual.mounts.stack().getLast().source()
                    + " is mounted there. Unmount it first (state: unmounted), or choose another path.");
        }
        boolean reads = args.state() != Wanted.EPHEMERAL && args.state() != Wanted.UNMOUNTED
                && args.state() != Wanted.REMOUNTED;
        Optional<String> obstacle = reads ? actual.fstab.obstacle() : Optional.empty();
        if (obstacle.isPresent()) {
            return Optional.of("Tried to write " + args.fstab() + ", but " + obstacle.get() + ".");
        }
        if (forbidden(args, actual)) {
            return Optional.of("Error " + (args.state().mounts() ? "" : "un") + "mounting " + args.path()
                    + ": mount: only root may do that. Does the task need become?");
        }
        boolean sourceless = !actual.mounts.mounted() && actual.source.isPresent()
                && actual.source.get() instanceof Maybe.Known<PathState>(PathState state)
                && state.followed() instanceof PathState.Absent;
        if (sourceless) {
            return Optional.of("Error mounting " + args.path() + ": mount: there is no " + args.src().orElse("") + ".");
        }
        if (actual.program.isPresent() && !actual.mounts.mounted()) {
            return program(args).lacking(actual.program.get(), "mount " + args.src().orElse("") + " at " + args.path(),
                    PACKAGES.getOrDefault(args.fstype().orElse(""), ""));
        }
        return Optional.empty();
    }

    private static final Pattern ANYBODYS = Pattern.compile("\\b(users?|owner|group)\\b");

    /** Whether mount will refuse it, because who asks isn't root, and fstab lets nobody else. */
    private static boolean forbidden(Args args, State actual) {
        boolean acts = switch (args.state()) {
            case MOUNTED, EPHEMERAL -> !actual.mounts.mounted();
            case UNMOUNTED, ABSENT -> actual.mounts.mounted();
            case REMOUNTED -> true;
            case PRESENT, ABSENT_FROM_FSTAB -> false;
        };
        boolean anybodys = args.has("user", "users", "owner", "group")
                || args.fstype().filter(type -> type.startsWith("fuse")).isPresent()
                || ANYBODYS.matcher(actual.fstab.text()).find();
        return acts && !actual.fstab.me().root() && !anybodys;
    }

    /** Whether the mount may come from the task's source; names that the node alone can resolve are taken as such. */
    private static boolean from(Args args, MountFact.Mount mount) {
        String source = args.src().orElse("");
        boolean resolved = source.contains("=") || source.startsWith("/dev/disk/") || source.startsWith("/dev/mapper/");
        return resolved || mount.source().equals(source)
                || (args.binds() && (source.endsWith(mount.root()) || mount.root().endsWith(source)));
    }

    private static Fstab with(Args args, State actual) {
        return Fstab.of(actual.fstab.text()).with(new Fstab.Entry(args.src().orElse(""), shown(args),
                args.fstype().orElse(""), args.options(), args.dump(), args.passno()));
    }

    private static Fstab without(Args args, State actual) {
        return Fstab.of(actual.fstab.text()).without(shown(args), args.src().orElse(""));
    }

    /** The path as it stands in the file. */
    private static String shown(Args args) {
        return NodePath.normal(args.path());
    }

    private static List<Change> table(Args args, State actual, Fstab next) {
        if (next.equals(Fstab.of(actual.fstab.text()))) {
            return List.of();
        }
        var options = new TextEdit.Options(
                actual.fstab.exists()
                        ? TextEdit.Options.PLAIN.attributes()
                        : TextEdit.Options.mode(0644).attributes(),
                Optional.empty(), args.backup() && actual.fstab.exists());
        List<Change> changes = actual.fstab.to(next.text(), options);
        return args.optsNoLog()
                ? changes.stream().map(c -> new Change(c.subject(), Diff.NONE, c.actions(), c.effects())).toList()
                : changes;
    }

    private static List<Change> mounted(Args args, State actual) {
        List<Change> table = table(args, actual, with(args, actual));
        if (actual.mounts.mounted()) {
            if (table.isEmpty()) {
                return table;
            }
            var changes = new ArrayList<>(table);
            changes.add(remount(args, Optional.of(Sh.of("mount{} {}", other(args), shown(args)))));
            return changes;
        }
        var changes = new ArrayList<Change>();
        List<String> folders = folders(actual);
        folder(actual, folders).ifPresent(changes::add);
        changes.addAll(table);
        Sh undo = Sh.raw("");
        for (String path : folders.reversed()) {
            undo = Sh.of("{}rmdir {}; ", undo, path);
        }
        if (!table.isEmpty()) {
            undo = actual.fstab.exists()
                    ? Sh.of("{}cat >{}; ", undo, actual.fstab.state().real())
                    : Sh.of("{}rm -f {}; ", undo, actual.fstab.state().real());
        }
        Sh script = Sh.of("mount{} {} || { b_s=$?; {}exit $b_s; }", other(args), shown(args), undo);
        changes.add(mount(args, actual, new Action.Run(script, Content.text(actual.fstab.text()))));
        return changes;
    }

    private static List<Change> ephemeral(Args args, State actual) {
        if (actual.mounts.mounted()) {
            return List.of(remount(args, Optional.empty()));
        }
        var changes = new ArrayList<Change>();
        List<String> folders = folders(actual);
        folder(actual, folders).ifPresent(changes::add);
        Sh options = args.opts().isPresent() ? Sh.of(" -o {}", option(args)) : Sh.raw("");
        Sh undo = Sh.raw("");
        for (String path : folders.reversed()) {
            undo = Sh.of("{}rmdir {}; ", undo, path);
        }
        changes.add(mount(args, actual, new Action.Run(Sh.of("mount -t {}{} {} {} || { b_s=$?; {}exit $b_s; }",
                args.fstype().orElse(""), options, args.src().orElse(""), shown(args), undo))));
        return changes;
    }

    private static Object option(Args args) {
        return args.optsNoLog() ? Sh.secret(args.options()) : args.options();
    }

    /** The folders that have to be made, the outermost first. */
    private static List<String> folders(State actual) {
        var missing = new ArrayList<String>();
        if (actual.place.get().followed() instanceof PathState.Absent absent && !absent.blocked()) {
            for (String path = absent.real(); !path.equals(absent.ground()); path = NodePath.parent(path)) {
                missing.addFirst(path);
            }
        }
        return missing;
    }

    private static Optional<Change> folder(State actual, List<String> folders) {
        if (folders.isEmpty()) {
            return Optional.empty();
        }
        var effects = new ArrayList<Effect>();
        for (String path : folders) {
            effects.add(Effect.becomes(new PathFact(path), new PathState.Directory(path,
                    Inode.made(0777 & ~actual.fstab.me().umask(), actual.fstab.me(), path))));
        }
        String path = folders.getLast();
        return Optional.of(new Change(path, Diff.attributes(path, MapValue.of("path", path, "state", "absent"),
                MapValue.of("path", path, "state", "directory")),
                List.of(new Action.Run(Sh.of("mkdir -p {}", path))), effects));
    }

    /** How mount is told of another fstab. */
    private static Sh other(Args args) {
        return args.fstab().equals("/etc/fstab") ? Sh.raw("") : Sh.of(" -T {}", args.fstab());
    }

    private static Change mount(Args args, State actual, Action.Run run) {
        boolean made = actual.place.get().followed() instanceof PathState.Absent;
        String real = made ? actual.place.get().followed().real() : actual.mounts.real();
        var now = new MountFact.Mounts(real, actual.mounts.stack()).with(new MountFact.Mount(args.src().orElse(""),
                "/", args.fstype().orElse("")));
        return new Change(shown(args), difference(args, "unmounted", "mounted"), List.of(run), List.of(
                Effect.becomes(new MountFact(args.path()), now),
                unknown(real, "a file system would be mounted on " + args.path())));
    }

    private static Diff difference(Args args, String before, String after) {
        return Diff.attributes(shown(args), MapValue.of("path", shown(args), "state", before),
                MapValue.of("path", shown(args), "state", after));
    }

    /** What is at and below the place is another file system's affair. */
    private static Effect unknown(String real, String why) {
        return new Effect.Unknown((_, value) -> value instanceof Placed placed
                && (placed.real().equals(real) || placed.inside(real)), why);
    }

    /** Has the options take effect; what can't be remounted is unmounted and mounted again. */
    private static Change remount(Args args, Optional<Sh> anew) {
        Sh options = anew.isPresent() || args.opts().isPresent() ? Sh.of(",{}", option(args)) : Sh.raw("");
        Sh remount = Sh.of("mount -o remount{}{} {}", options, other(args), shown(args));
        Sh script = anew.map(mount -> Sh.of("{} 2>/dev/null || { umount {} && {}; }", remount, shown(args), mount))
                .orElse(remount);
        return new Change(shown(args), Diff.NONE, List.of(new Action.Run(script)), List.of());
    }

    private static Change unmount(Args args, State actual) {
        Sh script = Sh.of("umount {}", shown(args));
        for (int i = 1; i < actual.mounts.stack().size(); i++) {
            script = script.and(Sh.of("umount {}", shown(args)));
        }
        return new Change(shown(args), difference(args, "mounted", "unmounted"), List.of(new Action.Run(script)),
                List.of(Effect.becomes(new MountFact(args.path()), new MountFact.Mounts(actual.mounts.real(),
                        List.of())), unknown(actual.mounts.real(), args.path() + " would be unmounted")));
    }

    private static List<Change> absent(Args args, State actual) {
        List<Change> table = table(args, actual, without(args, actual));
        if (table.isEmpty()) {
            return table;
        }
        var changes = new ArrayList<Change>();
        if (actual.mounts.mounted()) {
            changes.add(unmount(args, actual));
        }
        changes.addAll(table);
        boolean there = actual.mounts.mounted() || !actual.place.get().missing();
        if (there) {
            String real = actual.mounts.real();
            changes.add(new Change(shown(args),
                    Diff.attributes(shown(args), MapValue.of("path", shown(args), "state", "directory"),
                            MapValue.of("path", shown(args), "state", "absent")),
                    List.of(new Action.Run(Sh.of("rmdir {}", shown(args)))), List.of(Effect.becomes(
                            new PathFact(real), new PathState.Absent(real, NodePath.parent(real), false)))));
        }
        return changes;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("name", shown(args), "dump", args.dump(), "passno", args.passno(), "fstab",
                args.fstab(), "boot", args.boot() ? "yes" : "no", "backup_file", backup(applied));
        if (args.src().isPresent()) {
            results = results.with("src", args.src().get());
        }
        if (args.fstype().isPresent()) {
            results = results.with("fstype", args.fstype().get());
        }
        if (!args.optsNoLog()) {
            results = results.with("opts", args.options());
        }
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        String verb = switch (args.state()) {
            case ABSENT, UNMOUNTED -> "unmounting ";
            case REMOUNTED -> "remounting ";
            case MOUNTED, EPHEMERAL, PRESENT, ABSENT_FROM_FSTAB -> "mounting ";
        };
        return failed.isPresent()
                ? Verdict.failed("Error " + verb + shown(args) + ": " + failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }

    private static String backup(Applied<State> applied) {
        return applied.answers().stream().flatMap(answer -> answer.text().lines())
                .filter(line -> line.startsWith("backup ")).map(line -> line.substring(7)).findFirst().orElse("");
    }
}
