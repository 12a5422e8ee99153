package bramble.cli;

import bramble.problem.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is set, where, and whether it matters: each line of ansible.cfg, then each variable of the environment.
 *
 * @param folder what paths are shown relative to
 */
record SettingsReport(Configuration configuration, Path folder) {
    private static final Pattern SERVER = Pattern.compile("ANSIBLE_GALAXY_SERVER_.+_([A-Z0-9_]+?)");
    /** Variables that are no settings: the first says where the settings are. */
    private static final List<String> OTHERS = List.of("ANSIBLE_CONFIG", "ANSIBLE_NET_USERNAME", "ANSIBLE_NET_PASSWORD",
            "ANSIBLE_GALAXY_SERVER_LIST");

    /** One thing that is set. */
    private record Line(String place, String name, String value, String remark) {}

    String text() {
        var lines = new ArrayList<Line>();
        configuration.written().ifPresent(file -> file.entries().values().forEach(entry -> lines.add(
                line(file, entry))));
        new TreeMap<>(configuration.environment()).forEach((name, value) -> variable(name, value)
                .ifPresent(lines::add));
        var text = new StringBuilder(configuration.file()
                .map(file -> "The configuration's file is " + shown(file) + ".\n")
                .orElse("There is no configuration's file: no ansible.cfg here, no ~/.ansible.cfg, no /etc/ansible/ansible.cfg.\n"));
        int place = lines.stream().mapToInt(line -> line.place().length()).max().orElse(0);
        int name = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
        for (Line line : lines) {
            text.append(String.format(Locale.ROOT, "%-" + place + "s  %-" + name + "s = %s%n", line.place(),
                    line.name(), line.value().replace("\n", ", ")));
            if (!line.remark().isEmpty()) {
                text.append(" ".repeat(place)).append("    ").append(line.remark()).append('\n');
            }
        }
        if (lines.isEmpty()) {
            text.append("Nothing is set; all settings have their defaults. `bramble config list` lists them.\n");
        }
        return text.toString();
    }

    private String shown(Path file) {
        return file.startsWith(folder) ? folder.relativize(file).toString() : file.toString();
    }

    private Line line(ConfigurationFile file, ConfigurationFile.Entry entry) {
        String place = shown(file.path()) + ":" + entry.line();
        String name = entry.section() + "." + entry.name();
        if (entry.section().startsWith("galaxy_server.") && KnownSettings.OF_SERVER.contains(entry.name())) {
            boolean secret = KnownSettings.SECRETS_OF_SERVER.contains(entry.name());
            return new Line(place, name, secret ? "***" : entry.value(), "");
        }
        Optional<KnownSetting> setting = configuration.known().at(entry.section(), entry.name());
        return new Line(place, name, setting.filter(KnownSetting::secret).map(_ -> "***").orElse(entry.value()),
                setting.map(known -> remark(known, configuration.found(known)
                        .filter(found -> !(found
                                .origin() instanceof Configuration.Origin.InFile(Path _, ConfigurationFile.Entry other)
                                && other.equals(entry)))))
                        .orElseGet(() -> unknown(entry)));
    }

    /** @param stronger what counts instead */
    private String remark(KnownSetting setting, Optional<Configuration.Found> stronger) {
        if (!setting.used()) {
            return "no effect: " + setting.use();
        }
        return stronger.map(found -> switch (found.origin()) {
            case Configuration.Origin.Variable(String name) -> "doesn't count: the variable " + name + " is stronger";
            case Configuration.Origin.InFile(Path _, ConfigurationFile.Entry other) ->
                "doesn't count: " + other.name() + " in line " + other.line() + " is stronger";
        }).orElseGet(() -> configuration.found(setting).map(found -> wrong(setting, found.text())).orElse(""));
    }

    /** What is wrong with a value that counts; empty if nothing is. */
    private static String wrong(KnownSetting setting, String text) {
        if (setting.read(text, path -> path).isEmpty()) {
            return "wrong: " + switch (setting.type()) {
                case "integer", "int" -> "it is no whole number";
                case "boolean", "bool" -> "it is neither yes nor no";
                case String _ -> "it is no number";
            };
        }
        boolean callback = setting.name().equals("DEFAULT_STDOUT_CALLBACK");
        List<String> choices = callback ? Callbacks.SHOWING : setting.choices();
        boolean there = choices.isEmpty() || choices.contains(callback ? Callbacks.plain(text) : text);
        return there
                ? ""
                : "wrong: it can be " + (String.join(", ", choices) + ". " + Nearest.hint(text, choices)).strip();
    }

    private String unknown(ConfigurationFile.Entry entry) {
        Map<String, KnownSetting> known = configuration.known().byKey();
        List<String> elsewhere = known.keySet().stream().filter(key -> key.endsWith("." + entry.name())).toList();
        if (!elsewhere.isEmpty()) {
            String key = elsewhere.getFirst();
            return "no effect: " + entry.name() + " belongs in the section [" + key.substring(0, key.indexOf('.'))
                    + "]";
        }
        String hint = Nearest.hint(entry.section() + "." + entry.name(), known.keySet());
        return "no effect: there is no such setting. " + hint;
    }

    private Optional<Line> variable(String name, String value) {
        KnownSetting setting = configuration.known().byVariable().get(name);
        if (setting != null && !value.isEmpty() && (name.startsWith("ANSIBLE_") || name.equals("NO_COLOR"))) {
            return Optional.of(new Line(name, setting.keys().isEmpty()
                    ? setting.name()
                    : setting.keys().getLast().toString(), setting.secret() ? "***" : value,
                    remark(setting, configuration.found(setting).filter(
                            found -> !found.origin().equals(new Configuration.Origin.Variable(name))))));
        }
        if (setting != null || !name.startsWith("ANSIBLE_") || OTHERS.contains(name)) {
            return Optional.empty();
        }
        Matcher server = SERVER.matcher(name);
        if (server.matches() && KnownSettings.OF_SERVER.stream()
                .anyMatch(one -> name.endsWith("_" + one.toUpperCase(Locale.ROOT)))) {
            boolean secret = KnownSettings.SECRETS_OF_SERVER.stream()
                    .anyMatch(one -> name.endsWith("_" + one.toUpperCase(Locale.ROOT)));
            return Optional.of(new Line(name, "of a Galaxy server", secret ? "***" : value, ""));
        }
        return Optional.of(new Line(name, "?", "***", "no effect: there is no such setting. "
                + Nearest.hint(name, configuration.known().byVariable().keySet())));
    }
}
