package bramble.modules.archive;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
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
import bramble.modules.archive.PackedFact.Packed;
import bramble.modules.files.AboutPath;
import bramble.modules.files.Inode;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.modules.files.Rights;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code archive}: packs files of a node into one. */
@AutoService(AnyModule.class)
public final class ArchiveModule implements TaskModule<ArchiveModule.Args, ArchiveModule.State> {
    /** How it is packed. */
    public enum Format {
        BZ2,
        GZ,
        TAR,
        XZ,
        ZIP
    }

    /** The arguments of {@code archive}. */
    @Doc(value = "Packs files and directories of a node into an archive, or compresses one file.", collection = "community.general", example = """
            - name: Keep the configuration as it was
              community.general.archive:
                path: /etc/network
                dest: /root/network.tgz
                mode: '0600'
            """, returns = {
        "dest_state: str: archive; compress, of one file; incomplete, where some of the paths aren't there; absent, where none is",
        "state: str: file; absent, where there was nothing to be packed",
        "archived: list: what was packed", "missing: list: paths that aren't there",
        "arcroot: str: the directory that names in the archive count from",
        "expanded_paths: list: the paths that patterns stand for",
        "expanded_exclude_paths: list: the paths that are left out", "dest: str: the archive"})
    public record Args(
            @Arg(value = "Files, directories, patterns. Names count from the directory that all are in.", nodePath = true) List<String> path,
            @Arg(value = "How it is packed; one file alone is only compressed.", fallback = "gz") Format format,
            @Arg(value = "The archive; for one path the path with the format added unless given.", nodePath = true) Optional<String> dest,
            @Arg(value = "Paths that are left out.", fallback = "[]") List<String> excludePath,
            @Arg(value = "Patterns for names in the archive that are left out.", fallback = "[]") List<String> exclusionPatterns,
            @Arg(value = "Whether one file alone is packed too.", fallback = "false") boolean forceArchive,
            @Arg(value = "Whether what was packed is removed.", fallback = "false") boolean remove,
            FileAttributes attributes) {

        public Args {
            boolean pattern = path.stream().anyMatch(Packing::isPattern);
            if (dest.isEmpty() && (path.size() != 1 || pattern)) {
                throw new IllegalArgumentException(
                        "Error, must specify 'dest' when archiving multiple files or trees");
            }
        }

        private Rights.Wanted wanted() {
            return attributes.wanted().at(packing().dest());
        }

        private Packing packing() {
            String word = format.name().toLowerCase(Locale.ROOT);
            boolean single = !forceArchive && format != Format.TAR && format != Format.ZIP
                    && path.stream().noneMatch(Packing::isPattern);
            return new Packing(path.stream().map(Args::rooted).toList(), excludePath, exclusionPatterns,
                    rooted(dest.orElseGet(() -> NodePath.normal(path.getFirst()) + "." + word)), word, single);
        }

        private static String rooted(String path) {
            return path.startsWith("/") || path.startsWith("~") ? path : "./" + path;
        }

    }

    /**
     * What there is.
     *
     * @param dest what is where the archive is to be
     */
    public record State(PathState dest, Maybe<?> packed, Rights rights) {
        private Maybe<Packed> contents() {
            return packed.map(Packed.class::cast);
        }
    }

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var packed = new PackedFact(args.packing());
        var dest = new PathFact(args.packing().dest());
        var facts = new ArrayList<Fact<?>>(args.wanted().facts());
        facts.addAll(List.of(packed, dest));
        return Inquiry.ask(facts,
                known -> new State(known.get(dest).followed(), known.maybe(packed),
                        args.wanted().on(known)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        PathState dest = actual.dest();
        String shown = args.packing().dest();
        boolean nothing = actual.contents() instanceof Maybe.Known<Packed>(Packed none) && none.targets().isEmpty();
        if (nothing && actual.contents().get().root().isEmpty()) {
            return new Plan.Refused("Error, no source paths were found",
                    MapValue.of("path", String.join(", ", args.path()), "expanded_paths",
                            String.join(", ", actual.contents().get().expanded()), "expanded_exclude_paths",
                            String.join(", ", actual.contents().get().excluded())));
        }
        if (nothing && dest.missing()) {
            return Plan.NOTHING;
        }
        if (actual.rights().obstacle().isPresent()) {
            return new Plan.Refused(actual.rights().obstacle().get());
        }
        if (dest instanceof PathState.Directory) {
            return new Plan.Refused("Tried to make the archive " + shown + ", but it is a directory");
        }
        if (dest instanceof PathState.Absent absent && !absent.hasParent()) {
            return new Plan.Refused("Tried to make the archive " + shown + ", but the directory "
                    + NodePath.parent(NodePath.normal(shown)) + " does not exist");
        }
        Maybe<Packed> contents = actual.contents();
        // an archive that isn't there comes, whatever there is to be packed
        boolean comes = dest.missing() && contents instanceof Maybe.NotKnown;
        if (!comes) {
            Packed packed = contents.get();
            if (!packed.failure().isEmpty()) {
                return new Plan.Refused("Tried to make the archive " + shown + ", but " + packed.failure());
            }
            if (nothing || (packed.same() && !args.remove())) {
                return dest instanceof PathState.Present present
                        ? Plan.of(actual.rights().change(present, shown).stream().toList())
                        : Plan.NOTHING;
            }
        }
        var changes = new ArrayList<Change>();
        if (comes || !contents.get().same()) {
            changes.add(packed(args, actual));
        }
        if (args.remove()) {
            changes.addAll(removed(args, contents.get()));
        }
        return Plan.of(changes);
    }

    private static Change packed(Args args, State actual) {
        Packing packing = args.packing();
        Rights rights = actual.rights();
        String real = actual.dest().real();
        Attributes attributes = rights.written(actual.dest());
        Inode fresh = Inode.made(0666 & ~rights.me().umask(), rights.me(), real);
        Inode base = actual.dest() instanceof PathState.File(_, Inode old)
                ? fresh.withMode(old.mode()).withUser(old.user()).withGroup(old.group())
                : fresh;
        Inode then = rights.over(base, false).withMode(attributes.mode().orElse(base.mode()));
        Sh sets = Sh.of("chmod {} \"$1\"", then.octal());
        if (attributes.owner().isPresent() || attributes.group().isPresent()) {
            String group = attributes.group().map(name -> ":" + name).orElse(""); // a colon alone would mean the owner's
            sets = Sh.of("chown {} \"$1\"", attributes.owner().orElse("") + group).and(sets);
        }
        var effects = new ArrayList<Effect>();
        effects.add(Effect.becomes(new PathFact(real), new PathState.File(real, then)));
        effects.add(new Effect.Unknown((fact, _) -> fact instanceof AboutPath<?> about && about.path().equals(real)
                && !(fact instanceof PathFact), "it would be packed by this run"));
        if (actual.contents() instanceof Maybe.Known<Packed>(Packed packed)) {
            effects.add(Effect.becomes(new PackedFact(packing), packed.done()));
        }
        String before = actual.dest() instanceof PathState.Present ? "archive" : "absent";
        Diff diff = Diff.attributes(packing.dest(), MapValue.of("path", packing.dest(), "state", before),
                MapValue.of("path", packing.dest(), "state", "archive"));
        return rights.flagged(
                new Change(packing.dest(), diff, List.of(new Action.Run(packing.call("b_pk_make", sets))), effects));
    }

    private static List<Change> removed(Args args, Packed packed) {
        return packed.targets().stream().map(path -> {
            String real = NodePath.normal(path);
            return new Change(path,
                    Diff.attributes(path, MapValue.of("path", path, "state", "present"),
                            MapValue.of("path", path, "state", "absent")),
                    List.of(new Action.Run(Sh.of("rm -rf {}", real))),
                    List.of(Effect.becomes(new PathFact(real),
                            new PathState.Absent(real, NodePath.parent(real), false)),
                            Effect.becomes(new PackedFact(args.packing()), packed.gone())));
        }).toList();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("dest", args.packing().dest());
        Optional<Packed> packed = before.contents().map(Optional::of).orElse(Optional.empty());
        if (applied.after() instanceof Maybe.Known<State>(State after)) {
            results = results.with(PathResults.of(after.dest()));
        }
        if (packed.isPresent()) {
            Packed known = packed.get();
            results = results.with("archived", known.members()).with("missing", known.missing())
                    .with("arcroot", known.root()).with("expanded_paths", known.expanded())
                    .with("expanded_exclude_paths", known.excluded());
        }
        return plain.with(results.with("dest_state", destState(packed, before.dest())));
    }

    private static String destState(Optional<Packed> packed, PathState dest) {
        if (packed.isPresent() && packed.get().targets().isEmpty()) {
            return dest.missing() ? "absent" : packed.get().archive() ? "archive" : "compress";
        }
        boolean incomplete = packed.map(known -> !known.missing().isEmpty()).orElse(false);
        return incomplete ? "incomplete" : packed.map(Packed::single).orElse(false) ? "compress" : "archive";
    }
}
