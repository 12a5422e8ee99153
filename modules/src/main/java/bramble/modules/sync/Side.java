package bramble.modules.sync;

import bramble.modules.files.Owner;
import bramble.modules.files.PathState;
import bramble.modules.files.TreeFact;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One of the two trees.
 *
 * @param base the path of the folder, or of the single file
 * @param entries by their names below it; the folder itself, or the single file, has an empty one. None where there is nothing
 * @param blocked why nothing can be there
 * @param shut the names of what can't be read: what is in them isn't told, and may be there
 */
record Side(String base, SortedMap<String, Entry> entries, Optional<String> blocked, List<String> shut) {
    /** What an entry is. */
    enum Kind {
        FILE,
        FOLDER,
        LINK,
        OTHER
    }

    /**
     * One thing.
     *
     * @param mtime in seconds since 1970; -1 where it isn't known
     * @param target of a link
     */
    record Entry(Kind kind, int mode, Owner user, Owner group, long size, long mtime, String target) {
        Entry withTarget(String other) {
            return new Entry(kind, mode, user, group, size, mtime, other);
        }
    }

    Side {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        shut = List.copyOf(shut);
    }

    Side(String base, SortedMap<String, Entry> entries, Optional<String> blocked) {
        this(base, entries, blocked, List.of());
    }

    static Side missing(String base, Optional<String> blocked) {
        return new Side(base, new TreeMap<>(), blocked);
    }

    /**
     * What is on a node.
     *
     * @param shut the folders that can't be read
     */
    static Side of(PathState root, TreeFact.Tree tree, List<String> shut) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        PathState there = root.followed();
        if (there instanceof PathState.Present present) {
            entries.put("", entry(present));
        }
        if (there instanceof PathState.Directory) {
            for (PathState.Present one : tree.entries()) {
                entries.put(one.real().substring(tree.real().equals("/") ? 1 : tree.real().length() + 1), entry(one));
            }
        }
        Optional<String> blocked = there instanceof PathState.Absent absent && !absent.hasParent()
                ? Optional.of("its folder does not exist")
                : Optional.empty();
        boolean folder = there instanceof PathState.Directory;
        return new Side(there.real(), entries, blocked,
                folder && tree.missing() ? List.of("") : folder ? shut : List.of());
    }

    /** The first thing that can't be read though it counts. */
    Optional<String> unread(Filters filters) {
        return shut.stream().filter(name -> !filters.excludes(name, true)).findFirst().map(this::path);
    }

    private static Entry entry(PathState.Present present) {
        var inode = present.inode();
        return new Entry(switch (present) {
            case PathState.File _ -> Kind.FILE;
            case PathState.Directory _ -> Kind.FOLDER;
            case PathState.Link _ -> Kind.LINK;
            case PathState.Other _ -> Kind.OTHER;
        }, inode.mode(), inode.user(), inode.group(), inode.size().orElse(-1), inode.mtime().orElse(-1),
                present instanceof PathState.Link link ? link.target() : "");
    }

    boolean exists() {
        return entries.containsKey("");
    }

    boolean isFolder() {
        return isFolder("");
    }

    boolean isFolder(String name) {
        return entries.getOrDefault(name, NONE).kind() == Kind.FOLDER;
    }

    private static final Entry NONE = new Entry(Kind.OTHER, 0, Owner.ROOT, Owner.ROOT, 0, 0, "");

    String path(String name) {
        return name.isEmpty() ? base : base.equals("/") ? "/" + name : base + "/" + name;
    }
}
