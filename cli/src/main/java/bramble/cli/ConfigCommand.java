package bramble.cli;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Shows the settings: {@code bramble config}, {@code ansible-config}. */
final class ConfigCommand {
    private static final List<String> KINDS = List.of("all", "base", "become", "cache", "callback", "cliconf",
            "connection", "httpapi", "inventory", "lookup", "netconf", "shell", "vars");

    private final Session session;
    private Optional<String> file = Optional.empty();
    private Optional<String> format = Optional.empty();
    private String kind = "base";
    private boolean onlyChanged;
    private boolean disabled;
    private final List<String> plugins = new ArrayList<>();

    ConfigCommand(Session session) {
        this.session = session;
    }

    Command command() {
        return new Command("config", "Show which settings are set, where, and which have no effect.", this::own,
                () -> {
                    if (session.compat()) {
                        throw new UsageException("", "the following arguments are required: action");
                    }
                    session.out().print(new SettingsReport(configuration(), session.folder()).text());
                    return 0;
                },
                List.of(Command.of("list", "List all settings there are.", syntax -> declare(syntax, "json, yaml"),
                        this::list),
                        Command.of("dump", "Show the value of each setting.", this::dumping, this::dump),
                        Command.of("view", "Print the configuration's file.", this::view, this::print),
                        Command.of("init", "Print a file with all settings.", this::initial, this::init)));
    }

    /** The flags of a call without an action. */
    private void own(Syntax syntax) {
        if (session.compat()) {
            syntax.flag(() -> {}, "tell more", "-v", "--verbose");
        } else {
            view(syntax);
        }
    }

    private void view(Syntax syntax) {
        syntax.flag(() -> {}, "", "-v", "--verbose");
        syntax.value(text -> file = Optional.of(text), "CONFIG_FILE", "this file, not the one that would be found",
                "-c", "--config");
        if (session.compat()) {
            onlyType(syntax);
        }
    }

    private void onlyType(Syntax syntax) {
        syntax.value(text -> kind = chosen("-t/--type", text, KINDS), "TYPE",
                "all, base, or the settings of this kind of plugin", "-t", "--type");
    }

    private void declare(Syntax syntax, String formats) {
        syntax.flag(() -> {}, "", "-v", "--verbose");
        syntax.value(text -> file = Optional.of(text), "CONFIG_FILE", "this file, not the one that would be found",
                "-c", "--config");
        onlyType(syntax);
        syntax.value(text -> format = Optional.of(chosen("--format/-f", text, List.of(formats.split(", ", -1)))),
                "FORMAT", formats, "--format", "-f");
        syntax.words(plugins::add, "ARGS", false);
    }

    private void dumping(Syntax syntax) {
        declare(syntax, "json, yaml, display");
        syntax.flag(() -> onlyChanged = true, "only those that are set", "--only-changed", "--changed-only");
    }

    private void initial(Syntax syntax) {
        declare(syntax, "ini, env, vars");
        syntax.flag(() -> disabled = true, "each as a comment", "--disabled");
    }

    private static String chosen(String flag, String text, List<String> choices) {
        if (!choices.contains(text)) {
            throw new UsageException(
                    "argument " + flag + ": there is no \"" + text + "\", only " + String.join(", ", choices),
                    "argument " + flag + ": invalid choice: '" + text + "' (choose from "
                            + choices.stream().map(one -> "'" + one + "'").collect(Collectors.joining(", ")) + ")");
        }
        return text;
    }

    private Configuration configuration() {
        return file.map(name -> {
            Path path = session.folder().resolve(Configuration.home(name));
            if (!Files.isRegularFile(path)) {
                throw UsageException.options("there is no file " + name,
                        "The provided configuration file is missing or not accessible: " + name);
            }
            return Configuration.of(path, session.folder(), session.environment());
        }).orElseGet(session::configuration);
    }

    /** Those of Ansible as a whole. */
    private static List<KnownSetting> base(Configuration configuration) {
        return configuration.known().all().stream().filter(setting -> !setting.ofPlugin()).toList();
    }

    /** Those of plugins, by kind and plugin. */
    private Map<String, Map<String, List<KnownSetting>>> ofPlugins(Configuration configuration) {
        var all = new TreeMap<String, Map<String, List<KnownSetting>>>();
        for (KnownSetting setting : configuration.known().all()) {
            if (setting.ofPlugin()) {
                String[] words = setting.name().substring(0, setting.name().indexOf(':')).split("\\.", 2);
                if ((kind.equals("all") || kind.equals(words[0]))
                        && (plugins.isEmpty() || plugins.contains(words[1]))) {
                    all.computeIfAbsent(words[0], _ -> new TreeMap<>())
                            .computeIfAbsent(words[1], _ -> new ArrayList<>()).add(setting);
                }
            }
        }
        return all;
    }

    private static String option(KnownSetting setting) {
        return setting.name().substring(setting.name().indexOf(':') + 1);
    }

    private boolean withBase() {
        return kind.equals("base") || kind.equals("all");
    }

    private int list() {
        Configuration configuration = configuration();
        var shown = new LinkedHashMap<String, Value>();
        if (withBase()) {
            base(configuration).forEach(setting -> shown.put(setting.name(), described(setting)));
        }
        if (!kind.equals("base")) {
            var kinds = new LinkedHashMap<String, Value>();
            ofPlugins(configuration).forEach((one, named) -> {
                var options = new LinkedHashMap<String, Value>();
                named.forEach((plugin, settings) -> options.put(plugin, MapValue.named(settings.stream()
                        .collect(Collectors.toMap(ConfigCommand::option, ConfigCommand::described)))));
                kinds.put(one, MapValue.named(options));
            });
            if (plugins.isEmpty()) {
                shown.put("PLUGINS", MapValue.named(kinds));
            } else {
                kinds.values().forEach(plugin -> shown.putAll(((MapValue) plugin).byName()));
            }
        }
        MapValue all = MapValue.named(shown);
        session.out().print(format.orElse("yaml").equals("json") ? Json.pretty(all) + "\n" : yaml(all));
        return 0;
    }

    private static Value described(KnownSetting setting) {
        MapValue shown = MapValue.of("default", setting.byDefault("~/.ansible", text -> text), "description",
                ListValue.of(new Text(setting.about()), new Text(setting.used()
                        ? "Bramble goes by it."
                        : "No effect in Bramble: " + setting.use() + ".")));
        if (!setting.variables().isEmpty()) {
            shown = shown.with("env", new ListValue(setting.variables().stream()
                    .map(name -> (Value) MapValue.of("name", name)).toList()));
        }
        if (!setting.keys().isEmpty()) {
            shown = shown.with("ini", new ListValue(setting.keys().stream()
                    .map(key -> (Value) MapValue.of("key", key.name(), "section", key.section())).toList()));
        }
        if (!setting.choices().isEmpty()) {
            shown = shown.with("choices", Value.texts(setting.choices()));
        }
        return setting.type().isEmpty() ? shown : shown.with("type", setting.type());
    }

    private static String yaml(Value value) {
        return YamlWriter.write(value, new YamlWriter.Style(YamlWriter.Flow.NEVER, 2, 80, true, true, false, false,
                ' '));
    }

    private int dump() {
        Configuration configuration = configuration();
        var text = new StringBuilder();
        var values = new ArrayList<Value>();
        Supplier<Integer> wrong = () -> 5;
        try {
            if (withBase()) {
                base(configuration).forEach(setting -> one(configuration, setting, setting.name(), text, values));
            }
            if (!kind.equals("base")) {
                plugins(configuration, text, values);
            }
        } catch (ProblemException e) {
            session.report(e);
            return wrong.get();
        }
        session.out().print(switch (format.orElse("display")) {
            case "json" -> Json.pretty(new ListValue(values)) + "\n";
            case "yaml" -> yaml(new ListValue(values));
            case String _ -> text.toString();
        });
        return 0;
    }

    private void plugins(Configuration configuration, StringBuilder text, List<Value> values) {
        ofPlugins(configuration).forEach((one, named) -> {
            var ofKind = new StringBuilder();
            var kindValues = new ArrayList<Value>();
            named.forEach((plugin, settings) -> {
                var options = new StringBuilder();
                var shown = new ArrayList<Value>();
                settings.forEach(setting -> one(configuration, setting, option(setting), options, shown));
                if (!shown.isEmpty() || !onlyChanged) {
                    ofKind.append('\n').append(plugin).append(":\n").append("_".repeat(plugin.length())).append('\n')
                            .append(options);
                    kindValues.add(MapValue.of(plugin, new ListValue(shown)));
                }
            });
            if (kind.equals("all") && !(onlyChanged && kindValues.isEmpty())) {
                String title = one.toUpperCase(Locale.ROOT);
                text.append('\n').append(title).append(":\n").append("=".repeat(title.length())).append('\n');
            }
            text.append(ofKind);
            if (kind.equals("all")) {
                values.add(MapValue.of(one.toUpperCase(Locale.ROOT), new ListValue(kindValues)));
            } else {
                values.addAll(kindValues);
            }
        });
    }

    /** The line of one setting. */
    private void one(Configuration configuration, KnownSetting setting, String name, StringBuilder text,
            List<Value> values) {
        Optional<Configuration.Found> found = configuration.found(setting);
        boolean file = setting.name().equals("CONFIG_FILE");
        if (onlyChanged && !file && found.isEmpty()) {
            return;
        }
        Value value = file
                ? configuration.file().<Value>map(path -> new Text(path.toString())).orElse(None.NONE)
                : setting.secret() && found.isPresent() ? new Text("***") : configuration.value(setting);
        String origin = file ? "" : configuration.origin(setting);
        text.append(name).append('(').append(origin).append(") = ").append(PythonText.of(value)).append('\n');
        values.add(MapValue.of("name", name, "origin", origin, "type", None.NONE, "value", value));
    }

    private int print() throws IOException {
        Path path = configuration().file().orElseThrow(() -> new ProblemException(Source.NONE,
                "Invalid or no config file was supplied"));
        session.out().print(Files.readString(path).stripTrailing() + "\n");
        return 0;
    }

    private int init() {
        Configuration configuration = configuration();
        var settings = new ArrayList<KnownSetting>();
        if (withBase()) {
            settings.addAll(base(configuration));
        }
        if (!kind.equals("base")) {
            ofPlugins(configuration).values().forEach(named -> named.values().forEach(settings::addAll));
        }
        session.out().print(switch (format.orElse("ini")) {
            case "env" -> environment(settings);
            case "vars" -> "";
            case String _ -> sections(settings);
        });
        return 0;
    }

    private String environment(List<KnownSetting> settings) {
        return settings.stream().filter(setting -> !setting.variables().isEmpty()).map(setting -> comment(setting)
                + (disabled ? ";" : "") + setting.variables().getLast() + "=" + quoted(plain(setting)) + "\n\n")
                .collect(Collectors.joining());
    }

    private static String quoted(String text) {
        return text.matches("[\\w@%+=:,./-]*") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private String sections(List<KnownSetting> settings) {
        var sections = new LinkedHashMap<String, StringBuilder>();
        sections.put("defaults", new StringBuilder());
        var seen = new ArrayList<String>();
        for (KnownSetting setting : settings) {
            if (!setting.keys().isEmpty() && !seen.contains(setting.keys().getLast().toString())) {
                KnownSetting.Key key = setting.keys().getLast();
                seen.add(key.toString());
                sections.computeIfAbsent(key.section(), _ -> new StringBuilder()).append(comment(setting))
                        .append(disabled ? ";" : "").append(key.name()).append('=').append(plain(setting))
                        .append("\n\n");
            }
        }
        return sections.entrySet().stream().filter(section -> !section.getValue().isEmpty())
                .map(section -> "[" + section.getKey() + "]\n" + section.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String comment(KnownSetting setting) {
        return "# (" + (setting.type().isEmpty() ? "string" : setting.type()) + ") " + setting.about()
                + (setting.used() ? "" : "; no effect: " + setting.use()) + "\n";
    }

    /** The default, as it would be written. */
    private static String plain(KnownSetting setting) {
        return switch (setting.byDefault("~/.ansible", text -> text)) {
            case None _ -> "";
            case ListValue list -> list.items().stream().map(PythonText::of)
                    .collect(Collectors.joining(setting.type().equals("pathspec") ? ":" : ", "));
            case Value value -> PythonText.of(value);
        };
    }
}
