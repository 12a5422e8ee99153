package bramble.module;

import java.util.Set;

/**
 * What kind of system a node is, read once when its first shell opens.
 *
 * @param id, version as in /etc/os-release: {@code debian}, {@code 12}
 * @param like the ID_LIKE words
 * @param tools the names of the commands that are there, of those that {@link PlatformFact} asks for
 */
public record Platform(String id, String version, Set<String> like, Init init, Packages packages, Set<String> tools) {
    /** What starts services. */
    public enum Init {
        SYSTEMD,
        OPENRC,
        PROCD,
        SYSV,
        NONE
    }

    /** What installs packages. */
    public enum Packages {
        APT,
        APK,
        OPKG,
        DNF,
        NONE
    }

    public Platform {
        like = Set.copyOf(like);
        tools = Set.copyOf(tools);
    }

    public boolean has(String tool) {
        return tools.contains(tool);
    }
}
