package bramble.cli;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.regex.RegexException;
import bramble.value.Bool;
import bramble.value.Value;
import bramble.vault.Identity;
import bramble.vault.PasswordSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What ansible.cfg and the {@code ANSIBLE_*} variables say. The first of {@code $ANSIBLE_CONFIG}, ./ansible.cfg (unless
 * anybody may write to the folder), ~/.ansible.cfg and /etc/ansible/ansible.cfg counts; the environment is stronger.
 */
final class Configuration {
    private static final Pattern CURRENT = Pattern.compile("\\{\\{\\s*CWD\\s*}}");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    private final Optional<ConfigurationFile> file;
    private final Map<String, String> environment;
    private final Path folder;
    private final KnownSettings known = KnownSettings.load();
    private final List<Problem> warnings;

    /** Where a value comes from. */
    sealed interface Origin {
        record InFile(Path file, ConfigurationFile.Entry entry) implements Origin {}

        record Variable(String name) implements Origin {}
    }

    /** A text that was set somewhere. */
    record Found(String text, Origin origin) {}

    private Configuration(Optional<ConfigurationFile> file, Map<String, String> environment, Path folder,
            List<Problem> warnings) {
        this.file = file;
        this.environment = environment;
        this.folder = folder;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Looks for the file and reads it.
     *
     * @param strict whether a file that {@code $ANSIBLE_CONFIG} names must be there; else there is a warning
     */
    static Configuration load(Path folder, Map<String, String> environment, boolean strict) {
        var warnings = new ArrayList<Problem>();
        Optional<Path> file = find(folder, environment, strict, warnings);
        return new Configuration(file.map(ConfigurationFile::read), environment, folder, warnings);
    }

    /** The one that a file holds, which is there. */
    static Configuration of(Path file, Path folder, Map<String, String> environment) {
        return new Configuration(Optional.of(ConfigurationFile.read(file)), environment, folder, List.of());
    }

    private static Optional<Path> find(Path folder, Map<String, String> environment, boolean strict,
            List<Problem> warnings) {
        String named = environment.getOrDefault("ANSIBLE_CONFIG", "");
        if (!named.isEmpty()) {
            Path path = folder.resolve(home(named));
            Path meant = Files.isDirectory(path) ? path.resolve("ansible.cfg") : path;
            if (Files.isRegularFile(meant)) {
                return Optional.of(meant);
            }
            missing(named, meant, strict, warnings);
        }
        Path here = folder.resolve("ansible.cfg");
        if (Files.isRegularFile(here)) {
            if (!everybodyMayWrite(folder)) {
                return Optional.of(here);
            }
            warnings.add(Problem.warning(Source.NONE,
                    "ansible.cfg in " + folder + " is passed over: anybody may write to this folder.",
                    "Take the right to write away from others (chmod o-w), or name the file in ANSIBLE_CONFIG."));
        }
        return List.of(home("~/.ansible.cfg"), Path.of("/etc/ansible/ansible.cfg")).stream()
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static void missing(String named, Path meant, boolean strict, List<Problem> warnings) {
        Path parent = Optional.ofNullable(meant.getParent()).orElse(meant);
        String summary = "Tried to read the configuration that ANSIBLE_CONFIG names, but there is no file " + named
                + ".";
        String hint = Nearest.hint(String.valueOf(meant.getFileName()), names(parent));
        if (strict) {
            throw new ProblemException(Problem.error(Source.NONE, summary, hint));
        }
        warnings.add(Problem.warning(Source.NONE, summary, hint));
    }

    private static List<String> names(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    private static boolean everybodyMayWrite(Path folder) {
        try {
            return Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** What was amiss when the file was looked for. */
    List<Problem> warnings() {
        return warnings;
    }

    Optional<Path> file() {
        return file.map(ConfigurationFile::path);
    }

    Optional<ConfigurationFile> written() {
        return file;
    }

    KnownSettings known() {
        return known;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Where a setting is set: the strongest place. */
    Optional<Found> found(KnownSetting setting) {
        return found(setting.keys(), setting.variables());
    }

    /** Where a setting's value comes from, as Ansible says it. */
    String origin(KnownSetting setting) {
        return found(setting).map(found -> switch (found.origin()) {
            case Origin.Variable(String name) -> "env: " + name;
            case Origin.InFile(Path path, ConfigurationFile.Entry _) -> path.toString();
        }).orElse("default");
    }

    private Optional<Found> found(List<KnownSetting.Key> keys, List<String> variables) {
        for (String variable : variables.reversed()) {
            String value = environment.getOrDefault(variable, "");
            if (!value.isEmpty()) {
                return Optional.of(new Found(value, new Origin.Variable(variable)));
            }
        }
        for (KnownSetting.Key key : keys.reversed()) {
            Optional<Found> found = file.flatMap(read -> read.at(key.section(), key.name())
                    .map(entry -> new Found(unquoted(entry.value()), new Origin.InFile(read.path(), entry))));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Quotes around a whole value in a file are no part of it. */
    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(0) == text.charAt(text.length() - 1);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /**
     * A setting by its place in ansible.cfg; of one that Ansible documents, its other places and its variables count too.
     *
     * @param variables the environment's, the strongest first, where Ansible documents none
     */
    Optional<Found> found(String section, String name, String... variables) {
        return known.at(section, name).map(this::found).orElseGet(() -> found(
                List.of(new KnownSetting.Key(section, name)), Arrays.asList(variables).reversed()));
    }

    /** The same, as text: see {@link #found(String, String, String...)}. */
    Optional<String> text(String section, String name, String... variables) {
        return found(section, name, variables).map(Found::text);
    }

    boolean ofEnvironment(String variable) {
        return !environment.getOrDefault(variable, "").isEmpty();
    }

    boolean flag(boolean fallback, String section, String name, String... variables) {
        return found(section, name, variables)
                .map(found -> KnownSetting.flag(found.text()).map(Bool.TRUE::equals)
                        .orElseThrow(() -> wrong(found, "neither yes nor no")))
                .orElse(fallback);
    }

    int number(int fallback, String section, String name, String... variables) {
        Optional<Found> found = found(section, name, variables);
        try {
            return found.map(Found::text).map(Integer::parseInt).orElse(fallback);
        } catch (NumberFormatException e) {
            throw wrong(found.orElseThrow(), "no whole number");
        }
    }

    /** One of several words. */
    String choice(String fallback, List<String> choices, String section, String name, String... variables) {
        return found(section, name, variables).map(found -> {
            if (!choices.contains(found.text())) {
                throw wrong(found, "none of " + String.join(", ", choices));
            }
            return found.text();
        }).orElse(fallback);
    }

    private static ProblemException wrong(Found found, String what) {
        return switch (found.origin()) {
            case Origin.Variable(String variable) -> new ProblemException(Source.NONE,
                    "Tried to read the environment variable " + variable + ", but \"" + found.text() + "\" is " + what
                            + ".");
            case Origin.InFile(Path path, ConfigurationFile.Entry entry) -> new ProblemException(
                    new Source(path.toString(), entry.line(), 1), "Tried to read the setting " + entry.name()
                            + " of the section " + entry.section() + ", but \"" + found.text() + "\" is " + what + ".");
        };
    }

    /** A setting of a become method: user, exe, flags, pass. */
    Optional<String> become(String method, String what) {
        String plugin = method.replaceFirst("^(ansible\\.builtin|community\\.general)\\.", "");
        return known.named("become." + plugin + ":become_" + what).map(this::found)
                .orElseGet(() -> found("privilege_escalation", "become_" + what)).map(Found::text);
    }

    /** Words with commas between them. */
    List<String> words(String section, String name, String... variables) {
        return text(section, name, variables).map(list -> Arrays.stream(list.split(",", -1)).map(String::strip)
                .filter(word -> !word.isEmpty()).toList()).orElse(List.of());
    }

    /**
     * Where vault passwords come from.
     *
     * @param ask shows a question and returns what was typed
     */
    PasswordSources passwords(Function<String, String> ask, Consumer<Problem> warn) {
        return new PasswordSources(ask, folder, text("defaults", "vault_identity").orElse(Identity.DEFAULT), warn);
    }

    /** The vault identities that are configured, as a command line would name them, and those that it names. */
    List<String> vaultIds(List<String> given) {
        return Stream.concat(words("defaults", "vault_identity_list").stream(), given.stream()).toList();
    }

    /** The files of vault passwords that a command line names, and the one that is configured. */
    List<String> vaultPasswordFiles(List<String> given) {
        return Stream.concat(given.stream(), path("defaults", "vault_password_file").map(Path::toString).stream())
                .distinct().toList();
    }

    /** Regular expressions with commas between them. */
    List<PythonRegex> patterns(String section, String name) {
        try {
            return words(section, name).stream().map(PythonRegex::compile).toList();
        } catch (RegexException e) {
            throw wrong(found(section, name).orElseThrow(), "no regular expression: " + e.getMessage());
        }
    }

    /** Paths, separated by colons; relative ones are relative to the configuration's file. */
    List<Path> paths(List<Path> fallback, String section, String name, String... variables) {
        return found(section, name, variables)
                .map(found -> Arrays.stream(found.text().split(":", -1)).map(String::strip)
                        .filter(one -> !one.isEmpty()).map(one -> path(one, found.origin())).toList())
                .orElse(fallback);
    }

    Optional<Path> path(String section, String name, String... variables) {
        return found(section, name, variables).map(found -> path(found.text(), found.origin()));
    }

    /** A path in a variable is relative to the folder one is in, one in a file to that file's. */
    Path path(String text, Origin origin) {
        Path path = home(VARIABLE.matcher(CURRENT.matcher(text).replaceAll(Matcher.quoteReplacement(folder.toString())))
                .replaceAll(match -> Matcher.quoteReplacement(
                        environment.getOrDefault(match.group(1) == null ? match.group(2) : match.group(1),
                                match.group()))));
        Path base = switch (origin) {
            case Origin.Variable _ -> folder;
            case Origin.InFile(Path configuration, ConfigurationFile.Entry _) ->
                Optional.ofNullable(configuration.toAbsolutePath().getParent()).orElse(folder);
        };
        return base.resolve(path).normalize();
    }

    /** The folder of all that Ansible keeps for a user. */
    Path home() {
        return path("defaults", "home").orElse(home("~/.ansible"));
    }

    /** A setting's value, by its type. */
    Value value(KnownSetting setting) {
        return found(setting).map(found -> value(setting, found))
                .orElseGet(() -> setting.byDefault(home().toString(), text -> home(text).toString()));
    }

    private Value value(KnownSetting setting, Found found) {
        return setting.read(found.text(), text -> path(text, found.origin()).toString())
                .orElseThrow(() -> new ProblemException(Source.NONE,
                        "Invalid type for configuration option setting: " + setting.name() + " (from "
                                + (found.origin() instanceof Origin.Variable(String name)
                                        ? "env: " + name
                                        : file()
                                                .map(Path::toString).orElse(""))
                                + "): \"" + found.text() + "\" is no " + setting.type()));
    }

    /** The folders that the command line names, with colons between them. */
    static List<Path> folders(List<String> given, Path folder) {
        return given.stream().flatMap(paths -> Arrays.stream(paths.split(":", -1))).filter(path -> !path.isEmpty())
                .map(path -> folder.resolve(home(path))).toList();
    }

    /** Folders of modules that a playbook's author brings. */
    List<Path> library() {
        return paths(usual("modules"), "defaults", "library");
    }

    /** Folders of plugins of a kind: action, connection, filter, test, lookup. */
    List<Path> plugins(String kind) {
        return paths(usual(kind), "defaults", kind + "_plugins");
    }

    private List<Path> usual(String kind) {
        return List.of(home().resolve("plugins").resolve(kind), Path.of("/usr/share/ansible/plugins/" + kind));
    }

    /** Folders of collections. */
    List<Path> collections() {
        return paths(List.of(home().resolve("collections"), Path.of("/usr/share/ansible/collections")), "defaults",
                "collections_path");
    }

    /** Folders of roles, beside those that the playbook has. */
    List<Path> roles() {
        return paths(List.of(home().resolve("roles"), Path.of("/usr/share/ansible/roles"),
                Path.of("/etc/ansible/roles")), "defaults", "roles_path");
    }

    static Path home(String path) {
        return Path.of(
                path.equals("~") || path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path);
    }
}
