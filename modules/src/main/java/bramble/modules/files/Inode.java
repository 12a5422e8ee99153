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
 */
public record Inode(int mode, Owner user, Owner group, String id, int links, OptionalLong size, OptionalLong atime,
        OptionalLong mtime) {
    /** A new one, as the system would make it. */
    public static Inode made(int mode, Me me, String real) {
        return new Inode(mode, me.user(), me.group(), "new:" + real, 1, OptionalLong.empty(), OptionalLong.empty(),
                OptionalLong.empty());
    }

    public Inode withMode(int other) {
        return new Inode(other, user, group, id, links, size, atime, mtime);
    }

    public Inode withUser(Owner other) {
        return new Inode(mode, other, group, id, links, size, atime, mtime);
    }

    public Inode withGroup(Owner other) {
        return new Inode(mode, user, other, id, links, size, atime, mtime);
    }

    public Inode withTimes(OptionalLong access, OptionalLong modification) {
        return new Inode(mode, user, group, id, links, size, access, modification);
    }

    public Inode withSize(long bytes) {
        return new Inode(mode, user, group, id, links, OptionalLong.of(bytes), atime, mtime);
    }

    /** With what a folder loses when something in it comes or goes. */
    Inode withoutSize() {
        return new Inode(mode, user, group, id, links, OptionalLong.empty(), atime, OptionalLong.empty());
    }

    public Inode withLinks(int names) {
        return new Inode(mode, user, group, id, names, size, atime, mtime);
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
