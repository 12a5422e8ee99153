package bramble.modules.files;

import java.util.OptionalLong;

/**
 * What files, directories and links have in common.
 *
 * @param mode the permission bits, 0 to 07777
 * @param id tells whether two names are one file
 * @param atime, mtime seconds since 1970; empty where they aren't known
 */
public record Inode(int mode, Owner user, Owner group, String id, OptionalLong atime, OptionalLong mtime) {
    /** A new one, as the system would make it. */
    public static Inode made(int mode, Me me, String real) {
        return new Inode(mode, me.user(), me.group(), "new:" + real, OptionalLong.empty(), OptionalLong.empty());
    }

    public Inode withMode(int other) {
        return new Inode(other, user, group, id, atime, mtime);
    }

    public Inode withUser(Owner other) {
        return new Inode(mode, other, group, id, atime, mtime);
    }

    public Inode withGroup(Owner other) {
        return new Inode(mode, user, other, id, atime, mtime);
    }

    public Inode withTimes(OptionalLong access, OptionalLong modification) {
        return new Inode(mode, user, group, id, access, modification);
    }

    /** The mode as Ansible shows it: {@code 0644}. */
    public String octal() {
        return String.format("%04o", mode);
    }
}
