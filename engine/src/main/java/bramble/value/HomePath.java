package bramble.value;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths of this machine that begin with the home of a user. */
public final class HomePath {
    private static final Path ACCOUNTS = Path.of("/etc/passwd");
    private static final int HOME = 5; // the field of an account that says it

    private HomePath() {}

    /** The path with its home in place of {@code ~} or {@code ~user}; as it is where there is no such user. */
    public static String expanded(String path) {
        if (!path.startsWith("~")) {
            return path;
        }
        int slash = path.indexOf('/');
        String user = path.substring(1, slash < 0 ? path.length() : slash);
        String rest = slash < 0 ? "" : path.substring(slash);
        return user.isEmpty() ? System.getProperty("user.home", "") + rest : home(user, path, rest);
    }

    private static String home(String user, String path, String rest) {
        try {
            return Files.readAllLines(ACCOUNTS, StandardCharsets.ISO_8859_1).stream().map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > HOME && fields[0].equals(user))
                    .map(fields -> fields[HOME] + rest).findFirst().orElse(path);
        } catch (IOException _) {
            return path;
        }
    }
}
