package bramble.modules.users;

import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * A user.
 *
 * @param uid, gid empty where the system will choose them
 * @param group the primary group's name, or its number if it has none
 * @param groups the other groups
 * @param password what /etc/shadow holds; {@code x} where it couldn't be read
 * @param ages the fields of /etc/shadow behind the password: last change, minimum, maximum, warning, inactive, expiry, in days
 */
public record Account(String name, OptionalInt uid, OptionalInt gid, String group, String comment, String home,
        String shell,
        Set<String> groups, String password, Ages ages) {
    /** Ages, in days; empty for none. */
    public record Ages(String min, String max, String warn, String expire) {
        static final Ages NONE = new Ages("", "", "", "");
    }

    public Account {
        groups = Set.copyOf(groups);
    }

    boolean locked() {
        return password.startsWith("!");
    }

    Account withGroups(Set<String> others) {
        return new Account(name, uid, gid, group, comment, home, shell, others, password, ages);
    }

    Account with(String group, boolean member) {
        var more = new TreeSet<>(groups);
        if (member) {
            more.add(group);
        } else {
            more.remove(group);
        }
        return withGroups(more);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Account[" + name + " " + uid + "]";
    }
}
