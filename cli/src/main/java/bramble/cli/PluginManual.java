package bramble.cli;

import bramble.template.Extensions;
import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What Bramble has beside modules, by kind and name, each with a line that says what it does; by the table {@code plugins.txt}
 * and what is really there.
 */
record PluginManual(Map<String, Map<String, Entry>> byKind) {
    /** The kinds that Ansible has, those of network devices left out: Bramble has none of these. */
    static final List<String> KINDS = List.of("become", "cache", "callback", "cliconf", "connection", "httpapi",
            "inventory", "lookup", "netconf", "shell", "vars", "module", "strategy", "test", "filter", "role",
            "keyword");

    private static final Map<String, String> PLACES = Map.of("P", "Play", "R", "Role", "B", "Block", "T", "Task");

    /** @param more of a keyword: where it may stand, and its type */
    record Entry(String about, List<String> more) {}

    static PluginManual load() {
        var byKind = new TreeMap<String, Map<String, Entry>>();
        try (InputStream in = Objects.requireNonNull(PluginManual.class.getResourceAsStream("plugins.txt"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                    .forEach(parts -> byKind.computeIfAbsent(parts.get(0), _ -> new TreeMap<>()).put(parts.get(1),
                            new Entry(parts.get(2), parts.subList(3, parts.size()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var there = new TreeMap<String, Map<String, ?>>();
        for (Extensions family : ServiceLoader.load(Extensions.class)) {
            Map.<String, Map<String, ?>>of("filter", family.filters(), "test", family.tests(), "lookup",
                    family.lookups()).forEach((kind, plugins) -> there.merge(kind, plugins, PluginManual::both));
        }
        there.forEach((kind, plugins) -> plugins.keySet().stream().filter(name -> name.matches("\\w+"))
                .forEach(name -> byKind.computeIfAbsent(kind, _ -> new TreeMap<>()).putIfAbsent(name,
                        new Entry("", List.of()))));
        return new PluginManual(byKind);
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

    /** By its name, with or without Ansible's own collection before it. */
    Optional<Entry> find(String kind, String name) {
        return Optional.ofNullable(of(kind).get(name.replaceFirst("^ansible\\.builtin\\.", "")));
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
        return kind.equals("keyword")
                ? YamlWriter.write(MapValue.of(name, json(kind, entry)),
                        new YamlWriter.Style(YamlWriter.Flow.NEVER, 2, 80, true, true, false, false, ' '))
                : "> " + name.toUpperCase(Locale.ROOT) + "    (" + kind + ")\n\n"
                        + Manual.wrapped(entry.about().isEmpty() ? "(nothing is said of it)" : entry.about(), 8) + "\n";
    }

    /** The same for programs. */
    Value json(String kind, Entry entry) {
        if (kind.equals("keyword")) {
            return MapValue.of("applies_to", Value.texts(Arrays.stream(entry.more().get(0).split(",", -1))
                    .map(place -> PLACES.getOrDefault(place, place)).toList()), "description", entry.about(), "type",
                    entry.more().get(1));
        }
        return MapValue.of("doc", MapValue.of("short_description", entry.about()));
    }
}
