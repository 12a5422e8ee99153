package bramble.modules.packages;

import java.util.stream.Stream;

/**
 * What dnf does to a package.
 *
 * @param before the version that goes; empty if none does
 * @param after the version that comes; empty if none does
 * @param older whether that is the older one
 */
record DnfStep(String name, String architecture, String before, String after, boolean older) {
    /** How Ansible tells of it. */
    Stream<String> told() {
        return Stream.concat(after.isEmpty() ? Stream.of() : Stream.of("Installed: " + full(after)),
                before.isEmpty() ? Stream.of() : Stream.of("Removed: " + full(before)));
    }

    /** The whole name of one of its versions. */
    String full(String version) {
        return name + "-" + version + "." + architecture;
    }

    /** Whether that does to the same package what this one does. */
    boolean like(DnfStep other) {
        return name.equals(other.name) && architecture.equals(other.architecture)
                && after.isEmpty() == other.after.isEmpty();
    }

    /** Whether somebody who asks for that means one of its versions. */
    boolean is(String asked, String version) {
        return !version.isEmpty() && (asked.equals(name) || asked.equals(name + "." + architecture)
                || asked.equals(full(version)) || (asked + "." + architecture).equals(full(version))
                || (asked.startsWith(name + "-") && full(version).startsWith(asked + "-")));
    }

    /** What takes it back. */
    DnfStep undone() {
        return new DnfStep(name, architecture, /* before= */ after, /* after= */ before,
                !older && !before.isEmpty() && !after.isEmpty());
    }
}
