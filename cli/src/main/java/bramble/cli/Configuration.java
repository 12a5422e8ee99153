package bramble.cli;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What ansible.cfg and the {@code ANSIBLE_*} variables say. The first of {@code $ANSIBLE_CONFIG}, ./ansible.cfg (unless
 * anybody may write to the folder), ~/.ansible.cfg and /etc/ansible/ansible.cfg counts; the environment is stronger.
 */
final class Configuration {
    private static final List<String> YES = List.of("1", "yes", "true", "on", "y", "t");
    private static final List<String> NO = List.of("0", "no", "false", "off", "n", "f");

    private final Optional<Path> file;
    private final Map<String, String> settings;
    private final Map<String, String> environment;

    private Configuration(Optional<Path> file, Map<String, String> settings, Map<String, String> environment) {
        this.file = file;
        this.settings = settings;
        this.environment = environment;
    }

    static Configuration load(Path folder, Map<String, String> environment) {
        Optional<Path> file = find(folder, environment);
        return new Configuration(file, file.map(Configuration::read).orElse(Map.of()), environment);
    }

    private static Optional<Path> find(Path folder, Map<String, String> environment) {
        String named = environment.get("ANSIBLE_CONFIG");
        if (named != null && !named.isEmpty()) {
            Path path = home(named);
            return Optional.of(Files.isDirectory(path) ? path.resolve("ansible.cfg") : path)
                    .filter(Files::isRegularFile);
        }
        Path here = folder.resolve("ansible.cfg");
        if (Files.isRegularFile(here) && !everybodyMayWrite(folder)) {
            return Optional.of(here);
        }
        return List.of(home("~/.ansible.cfg"), Path.of("/etc/ansible/ansible.cfg")).stream()
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static boolean everybodyMayWrite(Path folder) {
        try {
            return Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static Map<String, String> read(Path file) {
        var settings = new HashMap<String, String>();
        String section = "";
        String last = "";
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read the configuration, but it can't be read: " + e.getMessage());
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
                settings.merge(last, text, (a, b) -> a + "\n" + b);
            } else if (text.startsWith("[") && text.endsWith("]")) {
                section = text.substring(1, text.length() - 1).strip();
                last = "";
            } else {
                int equals = text.indexOf('=') < 0 ? text.indexOf(':') : text.indexOf('=');
                if (equals < 0) {
                    throw new ProblemException(Problem.error(new Source(file.toString(), i + 1, 1), text.startsWith("[")
                            ? "Tried to read a section's name, but the line has no \"]\"."
                            : "Tried to read a setting, but the line has no \"=\".",
                            text.startsWith("[")
                                    ? "Write [name]."
                                    : "Write name = value."));
                }
                last = section + "." + text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                settings.put(last, uncommented(text.substring(equals + 1).strip()));
            }
        }
        return settings;
    }

    private static String uncommented(String value) {
        int comment = value.indexOf(" ;");
        return comment < 0 ? value : value.substring(0, comment).strip();
    }

    Optional<Path> file() {
        return file;
    }

    /** @param variables the environment variables that say it, the strongest first */
    Optional<String> text(String section, String name, String... variables) {
        for (String variable : variables) {
            String value = environment.get(variable);
            if (value != null && !value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.ofNullable(settings.get(section + "." + name)).filter(value -> !value.isEmpty());
    }

    boolean ofEnvironment(String variable) {
        return !environment.getOrDefault(variable, "").isEmpty();
    }

    boolean flag(boolean fallback, String section, String name, String... variables) {
        return text(section, name, variables).map(value -> {
            String word = value.toLowerCase(Locale.ROOT);
            if (!YES.contains(word) && !NO.contains(word)) {
                throw wrong(section, name, value, "neither yes nor no", variables);
            }
            return YES.contains(word);
        }).orElse(fallback);
    }

    int number(int fallback, String section, String name, String... variables) {
        Optional<String> text = text(section, name, variables);
        try {
            return text.map(Integer::parseInt).orElse(fallback);
        } catch (NumberFormatException e) {
            throw wrong(section, name, text.orElse(""), "no whole number", variables);
        }
    }

    private ProblemException wrong(String section, String name, String value, String what, String... variables) {
        Optional<String> variable = Arrays.stream(variables).filter(this::ofEnvironment).findFirst();
        return new ProblemException(
                variable.isPresent()
                        ? Source.NONE
                        : file.map(path -> Source.file(path.toString())).orElse(Source.NONE),
                "Tried to read " + variable.map(text -> "the environment variable " + text)
                        .orElse("the setting " + name + " of the section " + section)
                        + ", but \"" + value + "\" is " + what + ".");
    }

    /** Paths, separated by colons; relative ones are relative to the configuration's file. */
    List<Path> paths(List<Path> fallback, String section, String name, String... variables) {
        return text(section, name, variables).map(value -> Arrays.stream(value.split(":", -1)).map(String::strip)
                .filter(one -> !one.isEmpty()).map(this::path).toList()).orElse(fallback);
    }

    /** Folders of modules that a playbook's author brings. */
    List<Path> library() {
        return paths(List.of(home("~/.ansible/plugins/modules"), Path.of("/usr/share/ansible/plugins/modules")),
                "defaults", "library", "ANSIBLE_LIBRARY");
    }

    /** Folders of plugins of a kind: action, connection, filter, test, lookup. */
    List<Path> plugins(String kind) {
        return paths(List.of(home("~/.ansible/plugins/" + kind), Path.of("/usr/share/ansible/plugins/" + kind)),
                "defaults", kind + "_plugins", "ANSIBLE_" + kind.toUpperCase(Locale.ROOT) + "_PLUGINS");
    }

    /** Folders of collections. */
    List<Path> collections() {
        return paths(List.of(home("~/.ansible/collections"), Path.of("/usr/share/ansible/collections")), "defaults",
                "collections_path", "ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_COLLECTIONS_PATHS");
    }

    /** Folders of roles, beside those that the playbook has. */
    List<Path> roles() {
        return paths(List.of(home("~/.ansible/roles"), Path.of("/usr/share/ansible/roles"),
                Path.of("/etc/ansible/roles")), "defaults", "roles_path", "ANSIBLE_ROLES_PATH");
    }

    Optional<Path> path(String section, String name, String... variables) {
        return text(section, name, variables).map(this::path);
    }

    private Path path(String text) {
        Path path = home(text);
        Path base = file.map(Path::toAbsolutePath).map(Path::getParent).orElse(Path.of("").toAbsolutePath());
        return path.isAbsolute() ? path : base.resolve(path).normalize();
    }

    static Path home(String path) {
        return Path.of(
                path.equals("~") || path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path);
    }
}
