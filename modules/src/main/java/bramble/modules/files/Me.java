package bramble.modules.files;

/**
 * Whom a node's shell runs as: what new files get unless something else is asked for.
 *
 * @param umask the permission bits that new files don't get
 * @param home the home folder
 */
public record Me(Owner user, Owner group, int umask, String home) {
    public boolean root() {
        return user.id().orElse(-1) == 0;
    }
}
