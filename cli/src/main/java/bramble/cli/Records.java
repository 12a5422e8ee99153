package bramble.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where the record of runs is: {@code $BRAMBLE_DATA}, or bramble/ in the user's data folder (XDG Base Directory). */
final class Records {
    private Records() {}

    static Path file(Map<String, String> environment) {
        String own = environment.getOrDefault("BRAMBLE_DATA", "");
        if (!own.isEmpty()) {
            return Path.of(own, "runs.db");
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base = data.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "share") : Path.of(data);
        return base.resolve("bramble").resolve("runs.db");
    }
}
