package bramble.testkit;

import bramble.module.AnyModule;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One case of a module's fixture file: {@code <module's package as folder>/<module>.yml}, a list of these.
 *
 * @param given shell script that prepares; {@code $D} is a fresh folder. If it exits with 77, the case doesn't apply here
 * @param controller shell script that prepares this machine; {@code $C} is a fresh folder, in which files are looked for
 * @param vars the variables that templates see
 * @param args the module's arguments; {@code $C} and {@code $D} and {@code {{ D }}} in texts stand for the folders,
 *     {@code $H} for a web server with the files of {@code $C}
 * @param expect {@code changed}, {@code failed}, {@code msg} (of a failure: a part of it), {@code diff} (a {@code before} and
 *     {@code after}, or a list of them), and result keys
 * @param partly result keys of which only a part is given: of mappings some keys, of lists some items' keys
 * @param predict what the dry run gives if that isn't the same: {@code undetermined: part of why},
 *     or {@code succeeds: true} where only doing it shows that it fails; {@code but: [stdout]}: the results that are not the
 *     same, a simulation's words for instance
 * @param then shell script that must succeed afterwards
 * @param on the kinds of nodes it runs on: local (this machine), guest (this machine, for who is nobody here), debian, busybox
 *     (the lab's); all but guest unless given
 * @param needs commands without which it doesn't apply
 * @param againChanged ({@code again: changed}) where a second run changes again; the module's documentation has to say why
 * @param trips round trips of the real run, where they aren't one for an unchanged and two for a changed task
 */
public record Fixture(String module, String name, String given, String controller, MapValue vars,
        MapValue args, MapValue expect, MapValue partly, MapValue predict,
        String then, Set<String> on, List<String> needs, boolean againChanged, Optional<Integer> trips) {
    private static final Set<String> KEYS = Set.of("name", "given", "controller", "vars", "args", "expect", "partly",
            "predict",
            "then", "on", "needs",
            "again", "trips");

    /** Where a module's cases are, as a resource's name. */
    public static String file(AnyModule module) {
        return module.getClass().getPackageName().replace('.', '/') + "/" + module.name() + ".yml";
    }

    /** The cases; none if there is no file. */
    public static List<Fixture> of(AnyModule module) {
        String file = file(module);
        try (InputStream in = module.getClass().getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                return List.of();
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Value cases = NodeValues.plain(YamlReader.read(text, file, warning -> {
                throw new IllegalArgumentException(warning.toString());
            }).getFirst());
            return ((ListValue) cases).items().stream().map(one -> of(module.name(), (MapValue) one)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Fixture of(String module, MapValue fields) {
        for (String key : fields.byName().keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("a fixture of " + module + " has an unknown key: " + key);
            }
        }
        return new Fixture(module, text(fields, "name"), text(fields, "given"), text(fields, "controller"),
                map(fields, "vars"), map(fields, "args"), map(fields, "expect"),
                map(fields, "partly"),
                map(fields, "predict"), text(fields, "then"), Set.copyOf(texts(fields, "on")), texts(fields, "needs"),
                text(fields, "again").equals("changed"),
                fields.get("trips").map(trips -> Integer.valueOf(((Int) trips).value().intValue())));
    }

    private static String text(MapValue fields, String name) {
        return fields.get(name).map(value -> ((Text) value).value()).orElse("");
    }

    private static MapValue map(MapValue fields, String name) {
        return fields.get(name).map(MapValue.class::cast).orElse(MapValue.EMPTY);
    }

    private static List<String> texts(MapValue fields, String name) {
        return fields.get(name).map(value -> ((ListValue) value).items().stream().map(Object::toString).toList())
                .orElse(List.of());
    }

    boolean runsOn(TestNode node) {
        return switch (node.kind()) {
            case "guest" -> on.contains("guest");
            case "router" -> on.isEmpty() || on.contains("local");
            default -> on.isEmpty() || on.contains(node.kind());
        };
    }

    /** Whether the expectation says failure. */
    boolean fails() {
        return expect.get("failed").equals(Optional.of(Bool.of(true)));
    }

    /** A value with the names of the folders put in. */
    static Value in(String folder, String controller, String server, Value value) {
        return switch (value) {
            case Text(String text) ->
                new Text(text.replace("{{ D }}", folder).replace("$D", folder).replace("$C", controller)
                        .replaceAll("\\$H(?!\\w)", java.util.regex.Matcher.quoteReplacement(server)));
            case ListValue list ->
                new ListValue(list.items().stream().map(item -> in(folder, controller, server, item)).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach(
                        (key, item) -> entries.put(in(folder, controller, server, key),
                                in(folder, controller, server, item)));
                yield new MapValue(entries);
            }
            default -> value;
        };
    }
}
