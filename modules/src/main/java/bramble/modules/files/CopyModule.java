package bramble.modules.files;

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
import bramble.shell.Content;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code copy}: files and folders of the controller, or of the node itself, or a text, put in place on a node. */
@AutoService(AnyModule.class)
public final class CopyModule implements TaskModule<CopyModule.Args, CopyModule.State> {

    /** The arguments of {@code copy}. */
    @Doc(value = "Copies files and folders to a node, or within it, or writes a text.", missing = "dest is required", example = """
            - name: The list of trusted hosts
              copy:
                content: "10.0.0.1\\n10.0.0.2\\n"
                dest: /etc/trusted
                owner: root
                mode: '0644'
            """, returns = {
        "dest: str: the path of the file or folder", "src: str: what was copied",
        "checksum: str: SHA-1 of the content", "md5sum: str: MD5 of the content", "mode: str: four octal digits",
        "owner: str: name of the owner", "group: str: name of the group", "uid: int: number of the owner",
        "gid: int: number of the group", "size: int: in bytes", "state: str: file or directory",
        "backup_file: str: where the old file was kept"})
    public record Args(
            @Arg(value = "The file or folder; with a slash at its end, what the folder contains.", remoteIf = "remote_src") Optional<ControllerFile> src,
            @Arg(value = "The text to write, in place of src; anything but text is written as JSON.", unshown = true) Optional<Value> content,
            @Arg(value = "The path on the node; a directory, if it ends with a slash or is one.", nodePath = true) String dest,
            @Arg(value = "Whether src is on the node.", fallback = "false") boolean remoteSrc,
            @Arg(value = "Whether a file that is there is replaced.", fallback = "true", aliases = "thirsty") boolean force,
            @Arg(value = "Whether a link at the destination is followed.", fallback = "false") boolean follow,
            @Arg(value = "Whether links in the copied folder are followed.", fallback = "true") boolean localFollow,
            @Arg("The SHA-1 that the file must have.") Optional<String> checksum,
            @Arg(value = "Whether files of the controller that ansible-vault has encrypted are opened.", fallback = "true") boolean decrypt,
            @Arg("Permissions of directories that are made.") Optional<Mode> directoryMode,
            Replacing replacing, FileAttributes attributes) {

        Rights.Wanted rights(CopySource.Item item) {
            return attributes.wanted().withMode(
                    attributes.mode().map(given -> given.text().equals("preserve") ? item.mode() : given));
        }

        Rights.Wanted folderRights() {
            return attributes.wanted().withMode(directoryMode);
        }

        private Optional<Content> text() {
            return content.map(value -> Content.text(value instanceof Text || !structured(value)
                    ? PythonText.of(value)
                    : Json.compact(value)));
        }

        private static boolean structured(Value value) {
            return value instanceof MapValue || value instanceof bramble.value.ListValue;
        }
    }

    /**
     * What there is.
     *
     * @param source what is to be copied
     * @param dest what is at the destination
     * @param places one for each item of the source, at its own path
     * @param inside for a single file: its place in the directory, if the destination is one
     * @param folders of the directory rights
     */
    public record State(CopySource source, Maybe<PathState> dest, List<Place> places, Optional<Place> inside,
            Rights folders) {
        private boolean isFolder(String wanted) {
            return wanted.endsWith("/")
                    || (dest instanceof Maybe.Known<PathState>(PathState there)
                            && there.followed() instanceof PathState.Directory);
        }

        Place single(String wanted) {
            return inside.isPresent() && isFolder(wanted) ? inside.get() : places.getFirst();
        }
    }

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public boolean listsDiffs() {
        return true;
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (args.src().isPresent() && args.remoteSrc()) {
            String path = args.src().get().name();
            var wanted = args.attributes().wanted();
            var ahead = new ArrayList<Fact<?>>(Place.facts(args.dest(), false, wanted));
            ahead.addAll(
                    Place.facts(NodePath.resolve(args.dest(), NodePath.name(NodePath.normal(path))), false, wanted));
            return CopySource.onNode(path, args.src().get().contents(), args.localFollow(), ahead)
                    .then(source -> state(args, source));
        }
        CopySource source = args.text().map(CopySource::text)
                .or(() -> args.src().map(file -> CopySource.of(file.opened(args.decrypt()), args.localFollow())))
                .orElse(new CopySource.Nothing("src (or content) is required"));
        return state(args, source);
    }

    private static Inquiry<State> state(Args args, CopySource source) {
        if (!(source instanceof CopySource.Items items)) {
            return Inquiry.nothing(new State(source, Maybe.unknown(""), List.of(), Optional.empty(), NO_RIGHTS));
        }
        Rights.Wanted folders = args.folderRights()
                .at(items.items().stream().filter(item -> item.kind() == CopySource.Kind.FOLDER)
                        .map(item -> items.path(args.dest(), item)).toArray(String[]::new));
        var facts = new ArrayList<Fact<?>>(folders.facts());
        var dest = new PathFact(args.dest());
        facts.add(dest);
        for (CopySource.Item item : items.items()) {
            facts.addAll(Place.facts(items.path(args.dest(), item), item.large(), args.rights(item)));
        }
        Optional<CopySource.Item> file = items.single();
        file.ifPresent(item -> {
            facts.addAll(Place.facts(NodePath.within(args.dest(), item.name()), item.large(), args.rights(item)));
            Place.countAhead(item.content());
        });
        return Inquiry.ask(facts,
                known -> new State(source, known.maybe(dest),
                        items.items().stream().map(item -> place(args, item, items.path(args.dest(), item), known))
                                .toList(),
                        file.map(item -> place(args, item, NodePath.within(args.dest(), item.name()), known)),
                        folders.on(known)));
    }

    private static final Rights NO_RIGHTS = Rights.none(new Me(Owner.ROOT, Owner.ROOT, 022, "/root"));

    private static Place place(Args args, CopySource.Item item, String path, Facts known) {
        return Place.of(path, item.large(), args.rights(item), known);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.src().isPresent() && args.content().isPresent()) {
            return Plan.mistake("src and content are mutually exclusive");
        }
        return switch (actual.source()) {
            case CopySource.Nothing(String why) -> new Plan.Refused(why);
            case CopySource.Items items when items.single().isPresent() ->
                file(args, actual, items.single().get());
            case CopySource.Items items -> folder(args, actual, items);
        };
    }

    private static Place.Manner manner(Args args) {
        return new Place.Manner(args.follow(), args.force(), args.replacing().backup(), args.replacing().validate());
    }

    private static Plan file(Args args, State actual, CopySource.Item item) {
        if (args.content().isPresent() && actual.isFolder(args.dest())) {
            return new Plan.Refused("can not use content with a dir as dest");
        }
        if (args.checksum().isPresent() && !args.checksum().get().equals(item.content().sha1())) {
            return new Plan.Refused("Copied file does not match the expected checksum. Transfer failed.");
        }
        Place place = actual.single(args.dest());
        var changes = new ArrayList<Change>();
        if (args.dest().endsWith("/") && actual.dest() instanceof Maybe.Known<PathState>(PathState.Absent absent)) {
            if (absent.blocked() || actual.folders().obstacle().isPresent()) {
                return new Plan.Refused(actual.folders().obstacle()
                        .orElse("Destination directory " + args.dest()
                                + " can't be made: " + PathState.Absent.IN_ITS_WAY));
            }
            changes.add(newFolder(absent, actual.folders()));
            place = place.after(made(changes));
        }
        return added(changes, place.plan(item.content(), manner(args)));
    }

    private static Change newFolder(PathState.Absent absent, Rights rights) {
        return NewFolders.change(absent, rights, absent.real(),
                Diff.attributes(absent.real(), MapValue.of("path", absent.real(), "state", "absent"),
                        MapValue.of("path", absent.real(), "state", "directory")));
    }

    private static Plan added(List<Change> before, Plan plan) {
        return switch (plan) {
            case Plan.Refused refused -> refused;
            case Plan.Changes(List<Change> changes) -> {
                var all = new ArrayList<Change>(before);
                all.addAll(changes);
                yield Plan.of(all);
            }
        };
    }

    private static List<PathState> made(List<Change> changes) {
        return changes.stream().flatMap(change -> change.effects().stream())
                .filter(Effect.Becomes.class::isInstance).map(effect -> ((Effect.Becomes<?>) effect).value())
                .filter(PathState.class::isInstance).map(PathState.class::cast).toList();
    }

    private static Plan folder(Args args, State actual, CopySource.Items items) {
        if (actual.folders().obstacle().isPresent()) {
            return new Plan.Refused(actual.folders().obstacle().get());
        }
        var changes = new ArrayList<Change>();
        for (int i = 0; i < items.items().size(); i++) {
            CopySource.Item item = items.items().get(i);
            Place place = actual.places().get(i).after(made(changes));
            Plan plan = switch (item.kind()) {
                case FILE -> place.plan(item.content(), manner(args));
                case FOLDER -> folderItem(place.state().get().followed(), place.path(), actual.folders());
                case LINK -> link(place, item);
            };
            if (plan instanceof Plan.Refused refused) {
                return refused;
            }
            changes.addAll(((Plan.Changes) plan).changes());
        }
        return Plan.of(changes);
    }

    private static Plan folderItem(PathState there, String path, Rights rights) {
        return switch (there) {
            case PathState.Absent absent when !absent.blocked() -> Plan.of(newFolder(absent, rights));
            case PathState.Directory directory ->
                Plan.of(rights.withMode(Optional.empty()).change(directory, path).stream().toList());
            case PathState _ ->
                new Plan.Refused("Destination " + path + " can't be made a directory: "
                        + PathState.Absent.IN_ITS_WAY);
        };
    }

    private static Plan link(Place place, CopySource.Item item) {
        PathState there = place.state().get();
        if (there instanceof PathState.Link link && link.target().equals(item.target())) {
            return Plan.NOTHING;
        }
        if (there instanceof PathState.Directory) {
            return new Plan.Refused("Destination " + place.path() + " is a directory, and no link");
        }
        Inode inode = Inode.made(0777, place.rights().me(), there.real()).withSize(item.target().length());
        String parent = NodePath.parent(there.real());
        String what = "link " + there.real();
        var link = new PathState.Link(there.real(), inode, item.target(),
                new PathState.Absent(NodePath.target(parent, item.target()), parent, false));
        return Plan.of(new Change(place.path(),
                Diff.attributes(place.path(), MapValue.of("path", place.path(), "state",
                        there instanceof PathState.Present present ? present.word() : "absent"),
                        MapValue.of("path", place.path(), "state", "link", "src", item.target())),
                List.of(new Action.Run(Tried.of(what, Relink.of(item.target(), there.real())))),
                List.of(Effect.becomes(new PathFact(there.real()), link)), Tried.refusal(what, there)));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        State after = applied.after().orElse(before);
        MapValue src = args.src().map(file -> MapValue.of("src", file.path() + (file.contents() ? "/" : "")))
                .orElse(MapValue.EMPTY);
        if (!(before.source() instanceof CopySource.Items items)) {
            return plain.with(src);
        }
        MapValue results = items.single()
                .map(item -> Place.results(after.single(args.dest()).path(), Optional.of(item.content()),
                        after.single(args.dest()).state(), applied))
                .orElseGet(() -> Place.results(args.dest(), Optional.empty(), after.dest(), applied));
        return Validation.told(plain.with(results.with(src)));
    }
}
