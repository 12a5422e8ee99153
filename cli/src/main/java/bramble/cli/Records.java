package bramble.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the record of runs is, and what else Bramble keeps: {@code $BRAMBLE_DATA}, or bramble/ in the user's data folder (XDG Base Directory). */
final class Records {
    private Records() {}

    /**
     * Points the database driver to its native library as the build unpacked it. Else the driver would unpack it at each
     * start, into /tmp, where a killed run leaves it behind.
     */
    static void useUnpackedLibrary() {
        String machine = System.getProperty("os.arch").replace("amd64", "x86_64");
        Path folder = Path.of(System.getProperty("bramble.home", ""), "cli", "target", "native", "org", "sqlite",
                "native", "Linux", machine);
        if (Files.isDirectory(folder)) {
            System.setProperty("org.sqlite.lib.path", folder.toString());
        }
    }

    static Path file(Map<String, String> environment) {
        return folder(environment).resolve("runs.db");
    }

    /** The host keys that nodes were given, as ssh's known_hosts. */
    static Path pinned(Map<String, String> environment) {
        return folder(environment).resolve("known_hosts");
    }

    /** The private halves of these. */
    static Path hostKeys(Map<String, String> environment) {
        return folder(environment).resolve("host_keys");
    }

    /** How far the rebuilding of nodes has come. */
    static Path rebuilds(Map<String, String> environment) {
        return folder(environment).resolve("rebuilds");
    }

    /** Where the role backup keeps what nodes had, unless it is told otherwise. */
    static Path backups(Map<String, String> environment) {
        return folder(environment).resolve("backups");
    }

    /** The folder of all of it. */
    static Path folder(Map<String, String> environment) {
        String own = environment.getOrDefault("BRAMBLE_DATA", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base = data.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "share") : Path.of(data);
        return base.resolve("bramble");
    }
}
