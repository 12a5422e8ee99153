package bramble.modules.files;

import java.util.OptionalInt;

/**
 * Whom a file belongs to, or which group.
 *
 * @param name empty if the number has no name, or if only the number is known
 * @param id empty if only the name is known, because the user would be made by an earlier task
 */
public record Owner(String name, OptionalInt id) {
    public static final Owner ROOT = new Owner("root", OptionalInt.of(0));

    /** Whether this is the user or group that a playbook means by a name or a number. */
    public boolean is(String wanted) {
        return name.equals(wanted) || (id.isPresent() && String.valueOf(id.getAsInt()).equals(wanted));
    }

    /** The name, or the number of one without a name. */
    public String label() {
        return name.isEmpty() && id.isPresent() ? String.valueOf(id.getAsInt()) : name;
    }
}
