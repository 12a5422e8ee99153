package bramble.cli;

import bramble.template.Extensions;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Bramble has beside modules, by kind and name, each with a line that says what it does, and its arguments; by the table
 * {@code plugins.txt} and what is really there.
 */
record PluginManual(Map<String, Map<String, Entry>> byKind) {
    /** The kinds that Ansible has, those of network devices left out: Bramble has none of these. */
    static final List<String> KINDS = List.of("become", "cache", "callback", "cliconf", "connection", "httpapi",
            "inventory", "lookup", "netconf", "shell", "vars", "module", "strategy", "test", "filter", "role",
            "keyword");

    private static final Map<String, String> PLACES = Map.of("P", "Play", "R", "Role", "B", "Block", "T", "Task");
    private static final Pattern PARAMETER = Pattern
            .compile("  (\\w+|\\*)(=?) (\\w+)(?: = ('[^']*'|\\S+|\\S.*?))?: (.+)");

    /**
     * @param more of a keyword: where it may stand, and its type
     * @param examples expressions, each with its value
     */
    record Entry(String about, List<String> more, List<Parameter> parameters, List<Example> examples) {
        private static final String SAME = "= ";
    }

    /**
     * An argument of a filter, test or lookup.
     *
     * @param name {@code *} for any number of them
     * @param byName whether it can be given by name alone
     * @param fallback empty where there is none, or none that can be said
     */
    record Parameter(String name, boolean byName, String type, Optional<String> fallback, String about) {}

    /** @param json the value; empty where it depends on the machine */
    record Example(String expression, Optional<String> json) {}

    static PluginManual load() {
        var byKind = read();
        var there = new TreeMap<String, Map<String, ?>>();
        for (Extensions family : ServiceLoader.load(Extensions.class)) {
            Map.<String, Map<String, ?>>of("filter", family.filters(), "test", family.tests(), "lookup",
                    family.lookups()).forEach((kind, plugins) -> there.merge(kind, plugins, PluginManual::both));
        }
        there.forEach((kind, plugins) -> plugins.keySet().stream().filter(name -> name.matches("\\w+"))
                .forEach(name -> byKind.computeIfAbsent(kind, _ -> new TreeMap<>()).putIfAbsent(name,
                        new Entry("", List.of(), List.of(), List.of()))));
        return new PluginManual(byKind);
    }

    /** The table; of another name for a plugin what is said of that plugin. */
    private static Map<String, Map<String, Entry>> read() {
        var byKind = new TreeMap<String, Map<String, Entry>>();
        Entry entry = new Entry("", List.of(), new ArrayList<>(), new ArrayList<>());
        for (String line : lines()) {
            if (line.startsWith("  > ")) {
                String[] parts = line.substring(4).split(" => ", 2);
                entry.examples().add(new Example(parts[0], Arrays.stream(parts).skip(1).findFirst()));
            } else if (line.startsWith("  ")) {
                Matcher parts = PARAMETER.matcher(line);
                if (!parts.matches()) {
                    throw new IllegalStateException("plugins.txt: " + line);
                }
                entry.parameters().add(new Parameter(parts.group(1), !parts.group(2).isEmpty(), parts.group(3),
                        Optional.ofNullable(parts.group(4)), parts.group(5)));
            } else {
                List<String> parts = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
                entry = new Entry(parts.get(2), parts.subList(3, parts.size()), new ArrayList<>(), new ArrayList<>());
                byKind.computeIfAbsent(parts.get(0), _ -> new TreeMap<>()).put(parts.get(1), entry);
            }
        }
        byKind.values().forEach(plugins -> plugins.replaceAll((_, one) -> one.about().startsWith(Entry.SAME)
                ? Objects.requireNonNull(plugins.get(one.about().substring(Entry.SAME.length())))
                : one));
        return byKind;
    }

    private static List<String> lines() {
        try (InputStream in = Objects.requireNonNull(PluginManual.class.getResourceAsStream("plugins.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, ?> both(Map<String, ?> a, Map<String, ?> b) {
        var all = new TreeMap<String, Object>(a);
        all.putAll(b);
        return all;
    }

    /** The plugins of a kind by name. */
    Map<String, Entry> of(String kind) {
        return byKind.getOrDefault(kind, Map.of());
    }

    /** By its name, with or without a collection of Ansible's before it. */
    Optional<Entry> find(String kind, String name) {
        return Optional.ofNullable(of(kind).get(name.replaceFirst("^(ansible|community)\\.\\w+\\.", "")));
    }

    /** A line each. */
    String list(String kind, List<String> only) {
        return of(kind).entrySet().stream().filter(one -> only.isEmpty() || only.contains(one.getKey()))
                .map(one -> String.format(Locale.ROOT, kind.equals("keyword") ? "%s: %s%n" : "%-40s %s%n",
                        one.getKey(), one.getValue().about()))
                .collect(Collectors.joining());
    }

    /** All there is to know of one. */
    String page(String kind, String name, Entry entry) {
        if (kind.equals("keyword")) {
            return YamlWriter.write(MapValue.of(name, json(kind, entry)),
                    new YamlWriter.Style(YamlWriter.Flow.NEVER, 2, 80, true, true, false, false, ' '));
        }
        var page = new StringBuilder("> " + name.toUpperCase(Locale.ROOT) + "    (" + kind + ")\n\n"
                + Manual.wrapped(entry.about().isEmpty() ? "(nothing is said of it)" : entry.about(), 8) + "\n");
        if (!entry.parameters().isEmpty()) {
            page.append("OPTIONS:\n\n");
        }
        for (Parameter parameter : entry.parameters()) {
            page.append("- ").append(parameter.name().equals("*") ? "(any number)" : parameter.name()).append('\n')
                    .append(Manual.wrapped(parameter.about(), 8));
            parameter.fallback().ifPresent(text -> page.append("        default: ").append(text).append('\n'));
            page.append("        type: ").append(parameter.type())
                    .append(parameter.byName() && !kind.equals("lookup") ? ", given by name" : "").append("\n\n");
        }
        if (!entry.examples().isEmpty()) {
            page.append("EXAMPLES:\n\n");
        }
        for (Example example : entry.examples()) {
            page.append("{{ ").append(example.expression()).append(" }}\n");
            example.json().ifPresent(json -> page.append("# => ").append(json).append('\n'));
            page.append('\n');
        }
        return page.toString();
    }

    /** The same for programs. */
    Value json(String kind, Entry entry) {
        if (kind.equals("keyword")) {
            return MapValue.of("applies_to", Value.texts(Arrays.stream(entry.more().get(0).split(",", -1))
                    .map(place -> PLACES.getOrDefault(place, place)).toList()), "description", entry.about(), "type",
                    entry.more().get(1));
        }
        MapValue doc = MapValue.of("short_description", entry.about());
        MapValue options = MapValue.EMPTY;
        for (Parameter parameter : entry.parameters()) {
            MapValue option = MapValue.of("description", Value.texts(List.of(parameter.about())), "type",
                    parameter.type());
            options = options.with(parameter.name(),
                    parameter.fallback().map(text -> option.with("default", text)).orElse(option));
        }
        if (!entry.parameters().isEmpty()) {
            doc = doc.with("options", options).with("positional", entry.parameters().stream()
                    .filter(parameter -> !parameter.byName()).map(Parameter::name).collect(Collectors.joining(", ")));
        }
        MapValue shown = MapValue.of("doc", doc);
        return entry.examples().isEmpty()
                ? shown
                : shown.with("examples", entry.examples().stream()
                        .map(example -> "{{ " + example.expression() + " }}"
                                + example.json().map(json -> "  # => " + Json.compact(Json.parse(json))).orElse(""))
                        .collect(Collectors.joining("\n")));
    }
}
