package bramble.modules.files;

import java.util.OptionalLong;

/**
 * What files, directories and links have in common.
 *
 * @param mode the permission bits, 0 to 07777
 * @param id tells whether two names are one file
 * @param links how many names it has
 * @param size in bytes; empty where it isn't known, for a folder that would be made say
 * @param atime when it was last read, in seconds since 1970; empty where that isn't known
 * @param mtime when it was last changed, likewise
 * @param closed whether the folder that it is in may not be written by who asks
 */
public record Inode(int mode, Owner user, Owner group, String id, int links, OptionalLong size, OptionalLong atime,
        OptionalLong mtime, boolean closed) {
    public Inode(int mode, Owner user, Owner group, String id, int links, OptionalLong size, OptionalLong atime,
            OptionalLong mtime) {
        this(mode, user, group, id, links, size, atime, mtime, false);
    }

    /** A new one, as the system would make it. */
    public static Inode made(int mode, Me me, String real) {
        return new Inode(mode, me.user(), me.group(), "new:" + real, 1, OptionalLong.empty(), OptionalLong.empty(),
                OptionalLong.empty());
    }

    public Inode withMode(int other) {
        return new Inode(other, user, group, id, links, size, atime, mtime, closed);
    }

    public Inode withUser(Owner other) {
        return new Inode(mode, other, group, id, links, size, atime, mtime, closed);
    }

    public Inode withGroup(Owner other) {
        return new Inode(mode, user, other, id, links, size, atime, mtime, closed);
    }

    public Inode withTimes(OptionalLong access, OptionalLong modification) {
        return new Inode(mode, user, group, id, links, size, access, modification, closed);
    }

    public Inode withSize(long bytes) {
        return new Inode(mode, user, group, id, links, OptionalLong.of(bytes), atime, mtime, closed);
    }

    /** With what a folder loses when something in it comes or goes. */
    Inode withoutSize() {
        return new Inode(mode, user, group, id, links, OptionalLong.empty(), atime, OptionalLong.empty(), closed);
    }

    public Inode withLinks(int names) {
        return new Inode(mode, user, group, id, names, size, atime, mtime, closed);
    }

    /** The same where nothing is known of who may write the folder that it is in. */
    Inode open() {
        return new Inode(mode, user, group, id, links, size, atime, mtime, false);
    }

    Inode in(boolean closedFolder) {
        return new Inode(mode, user, group, id, links, size, atime, mtime, closedFolder);
    }

    /** The mode as stat and find show it, and chmod takes it: {@code 0644}, {@code 4755}. */
    public String octal() {
        return String.format("%04o", mode);
    }

    /** The mode as what sets it shows it: {@code 0644}, {@code 04755}. */
    public String told() {
        return String.format("0%03o", mode);
    }
}
