package bramble.modules.files;

import bramble.args.ControllerFile;
import bramble.args.Mode;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.shell.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What is to be copied. */
sealed interface CopySource {
    /** There is nothing; {@code why} is a sentence for the user. */
    record Nothing(String why) implements CopySource {}

    /**
     * Files, folders before what they contain.
     *
     * @param name of the folder that they go into, below the destination; empty for the destination itself
     * @param folder whether a folder is copied
     */
    record Items(String name, boolean folder, List<Item> items) implements CopySource {
        Optional<Item> single() {
            return folder ? Optional.empty() : Optional.of(items.getFirst());
        }

        /** Where an item goes; for a single file, if the destination is no directory. */
        String path(String dest, Item item) {
            if (!folder) {
                return NodePath.normal(dest);
            }
            String base = name.isEmpty() ? dest : NodePath.within(dest, name);
            return item.name().isEmpty() ? NodePath.normal(base) : NodePath.within(base, item.name());
        }
    }

    /**
     * One of them.
     *
     * @param name relative to the copied folder; a single file's own
     * @param content of a file
     * @param target of a link
     * @param mode that it has where it is
     */
    record Item(Kind kind, String name, Content content, String target, Mode mode) {
        boolean large() {
            return Place.large(content.length());
        }
    }

    /** What an item is. */
    enum Kind {
        FILE,
        FOLDER,
        LINK
    }

    static CopySource text(Content content) {
        return new Items("", false, List.of(new Item(Kind.FILE, "content", content, "", new Mode("0644"))));
    }

    /** A file or folder of the controller. */
    static CopySource of(ControllerFile source, boolean follow) {
        Path path = source.path();
        if (!source.isFolder()) {
            return new Items("", false, List.of(file(source, path, String.valueOf(path.getFileName()))));
        }
        var items = new ArrayList<Item>();
        try {
            items.add(new Item(Kind.FOLDER, "", Content.none(), "", mode(SourceMode.bits(path))));
            gather(items, source, path, follow, List.of(path.toRealPath()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Items(source.contents() ? "" : String.valueOf(path.getFileName()), true, items);
    }

    /**
     * Adds what is in a folder. A link that leads nowhere, or to a folder that it is in itself, stays a link.
     *
     * @param way the folder and those above it, without links
     */
    private static void gather(List<Item> items, ControllerFile source, Path folder, boolean follow, List<Path> way)
            throws IOException {
        List<Path> children;
        try (Stream<Path> listed = Files.list(folder)) {
            children = listed.sorted(Comparator.<Path, Boolean>comparing(Files::isDirectory)
                    .thenComparing(Comparator.naturalOrder())).toList();
        }
        for (Path child : children) {
            String name = source.path().relativize(child).toString();
            boolean link = Files.isSymbolicLink(child);
            if (link && !(follow && Files.exists(child) && !way.contains(child.toRealPath()))) {
                items.add(new Item(Kind.LINK, name, Content.none(), Files.readSymbolicLink(child).toString(),
                        new Mode("0777")));
            } else if (Files.isDirectory(child)) {
                items.add(new Item(Kind.FOLDER, name, Content.none(), "", mode(SourceMode.bits(child))));
                var further = new ArrayList<Path>(way);
                further.add(child.toRealPath());
                gather(items, source, child, follow, further);
            } else {
                items.add(file(source, child, name));
            }
        }
    }

    private static Item file(ControllerFile source, Path path, String name) {
        return new Item(Kind.FILE, name, source.content(path), "", mode(SourceMode.bits(path)));
    }

    private static Mode mode(int bits) {
        return new Mode("0" + Integer.toOctalString(bits));
    }

    /**
     * A file or folder of the node.
     *
     * @param ahead what will have to be known if it is a file; asking for it now saves a round trip
     */
    static Inquiry<CopySource> onNode(String path, boolean contents, boolean follow, List<Fact<?>> ahead) {
        var state = new PathFact(path);
        var content = new ContentFact(path);
        var tree = new TreeFact(path);
        var facts = new ArrayList<Fact<?>>(List.of(state, content, tree));
        facts.addAll(ahead);
        return Inquiry.ask(facts, known -> new Found(known.get(state).followed(),
                known.get(content), known.get(tree))).then(found -> switch (found.state()) {
                    case PathState.Directory _ -> folder(found,
                            contents ? "" : NodePath.name(NodePath.normal(path)), follow);
                    case PathState.File file ->
                        Inquiry.nothing(item(NodePath.name(NodePath.normal(path)), file, found.content())
                                .<CopySource>map(item -> new Items("", false, List.of(item)))
                                .orElse(new Nothing(
                                        "Source " + path + " is too large to be copied, or may not be read")));
                    case PathState.Other _ -> Inquiry.nothing(
                            new Nothing("Cannot copy invalid source '" + path + "': not a file"));
                    case PathState _ -> Inquiry.nothing(new Nothing("Source " + path + " not found"));
                });
    }

    /** What was found at a path of the node. */
    record Found(PathState state, FileContent content, TreeFact.Tree tree) {}

    private static Inquiry<CopySource> folder(Found found, String name, boolean follow) {
        var items = new ArrayList<Item>();
        if (found.state() instanceof PathState.Directory(_, Inode inode)) {
            items.add(new Item(Kind.FOLDER, "", Content.none(), "", mode(inode.mode())));
        }
        return gather(found.tree(), "", follow, List.of(found.tree().real())).map(gathered -> {
            if (gathered.unread().isPresent()) {
                return new Nothing(
                        "Source " + gathered.unread().get() + " is too large to be copied, or may not be read");
            }
            items.addAll(gathered.items());
            return new Items(name, true, items);
        });
    }

    /** What is in a folder of the node, or the file that can't be read. */
    record Gathered(List<Item> items, Optional<String> unread) {
        private Gathered and(Gathered more) {
            var all = new ArrayList<Item>(items);
            all.addAll(more.items);
            return new Gathered(all, unread.or(more::unread));
        }
    }

    /**
     * A link that leads nowhere, or to a folder that it is in itself, stays a link.
     *
     * @param below the path of the tree, below the folder that is copied
     * @param way the folder and those above it, without links
     */
    private static Inquiry<Gathered> gather(TreeFact.Tree tree, String below, boolean follow, List<String> way) {
        List<PathFact> links = tree.entries().stream().filter(PathState.Link.class::isInstance)
                .map(link -> new PathFact(link.real())).toList();
        if (!follow || links.isEmpty()) {
            return gather(tree, below, Map.of(), way);
        }
        return Inquiry.ask(links, known -> {
            Map<String, PathState> meant = new HashMap<>();
            links.forEach(link -> meant.put(link.path(), known.get(link).followed()));
            return meant;
        }).then(meant -> gather(tree, below, meant, way));
    }

    /** @param meant where the links lead, as far as they are followed, by their paths */
    private static Inquiry<Gathered> gather(TreeFact.Tree tree, String below, Map<String, PathState> meant,
            List<String> way) {
        var facts = new ArrayList<Fact<?>>();
        Map<String, TreeFact> further = new LinkedHashMap<>();
        for (PathState.Present entry : tree.entries()) {
            PathState end = meant.getOrDefault(entry.real(), entry);
            if (end instanceof PathState.File file) {
                facts.add(new ContentFact(file.real()));
            } else if (entry instanceof PathState.Link && end instanceof PathState.Directory folder
                    && !inside(way, folder.real(), entry.real())) {
                further.put(below + entry.real().substring(tree.real().length() + 1), new TreeFact(folder.real()));
            }
        }
        facts.addAll(further.values());
        Inquiry<Reading> read = Inquiry.ask(facts, known -> {
            Map<String, TreeFact.Tree> trees = new LinkedHashMap<>();
            further.forEach((name, fact) -> trees.put(name, known.get(fact)));
            return new Reading(gathered(tree, below, meant, further.keySet(), known), trees);
        });
        return further.isEmpty() ? read.map(Reading::found) : read.then(reading -> {
            Inquiry<Gathered> all = Inquiry.nothing(reading.found());
            for (Map.Entry<String, TreeFact.Tree> one : reading.trees().entrySet()) {
                var longer = new ArrayList<String>(way);
                longer.add(one.getValue().real());
                all = all.and(gather(one.getValue(), one.getKey() + "/", true, longer), Gathered::and);
            }
            return all;
        });
    }

    /** What is in a folder, and the folders to which its links lead, by their names. */
    record Reading(Gathered found, Map<String, TreeFact.Tree> trees) {}

    private static boolean inside(List<String> way, String folder, String link) {
        return way.contains(folder) || link.startsWith(folder + "/");
    }

    private static Gathered gathered(TreeFact.Tree tree, String below, Map<String, PathState> meant,
            Set<String> folders, Facts known) {
        var items = new ArrayList<Item>();
        for (PathState.Present entry : tree.entries()) {
            String name = below + entry.real().substring(tree.real().length() + 1);
            PathState end = meant.getOrDefault(entry.real(), entry);
            switch (entry) {
                case PathState.Directory(_, Inode inode) ->
                    items.add(new Item(Kind.FOLDER, name, Content.none(), "", mode(inode.mode())));
                case PathState.Link _ when folders.contains(name)
                        && end instanceof PathState.Directory(_, Inode inode) ->
                    items.add(new Item(Kind.FOLDER, name, Content.none(), "", mode(inode.mode())));
                case PathState.Link link when !(end instanceof PathState.File) -> items
                        .add(new Item(Kind.LINK, name, Content.none(), link.target(), new Mode("0777")));
                case PathState.Other _ -> {
                    // pipes and devices are not copied
                }
                case PathState.Present _ -> {
                    PathState.File file = (PathState.File) end;
                    Optional<Item> item = item(name, file, known.get(new ContentFact(file.real())));
                    if (item.isEmpty()) {
                        return new Gathered(List.of(), Optional.of(file.real()));
                    }
                    items.add(item.get());
                }
            }
        }
        return new Gathered(items, Optional.empty());
    }

    private static Optional<Item> item(String name, PathState.File file, FileContent content) {
        return content instanceof FileContent.Bytes(_, Content bytes)
                ? Optional.of(new Item(Kind.FILE, name, bytes, "", mode(file.inode().mode())))
                : Optional.empty();
    }
}
