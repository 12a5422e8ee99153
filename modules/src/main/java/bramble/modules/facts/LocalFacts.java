package bramble.modules.facts;

import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Facts that a node's owner put into files: JSON or INI, as they stand or as a program prints them. */
final class LocalFacts {
    private static final String NOT_THERE = "Could not stat fact (";
    private static final String FAILED = "Failure executing fact script (";
    private static final String NO_FACTS = "error loading facts as JSON or ini - please check content: ";
    private static final List<String> WRONG = List.of(NOT_THERE, FAILED, NO_FACTS);

    private LocalFacts() {}

    static MapValue of(Report report) {
        Map<String, Value> facts = new LinkedHashMap<>();
        List<Map.Entry<String, String>> sections = new ArrayList<>(report.sections().entrySet());
        for (Map.Entry<String, String> section : sections) {
            String[] words = section.getKey().split(" ", 3);
            if (!words[0].equals("local") || words.length < 3) {
                continue;
            }
            String path = words[2];
            String name = path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.fact$", "");
            facts.put(name, value(path, words[1], section.getValue(), report.text("local-error " + path)));
        }
        return MapValue.named(facts);
    }

    /** What is wrong with files; it stands in place of their facts. */
    static List<String> warnings(Value local) {
        return local instanceof MapValue facts
                ? facts.byName().values().stream().filter(Text.class::isInstance).map(PythonText::of)
                        .filter(text -> WRONG.stream().anyMatch(text::startsWith)).toList()
                : List.of();
    }

    private static Value value(String path, String status, String text, String errors) {
        if (status.equals("dead")) {
            return Value.text(NOT_THERE + path + "): [Errno 2] No such file or directory: '" + path + "'");
        }
        if (!status.equals("0")) {
            return Value.text(FAILED + path + "), rc: " + status + ", err: "
                    + (status.equals("timeout") ? "its time was up" : errors));
        }
        Optional<Value> json = Json.tryParse(text.strip());
        if (json.isPresent()) {
            return json.get();
        }
        return ini(text).<Value>map(MapValue::named)
                .orElseGet(() -> Value.text(NO_FACTS + path));
    }

    /** Sections of keys and texts; nothing if the text is no INI file. */
    private static Optional<Map<String, Value>> ini(String text) {
        Map<String, MapValue> sections = new LinkedHashMap<>();
        String section = "";
        for (String line : text.lines().toList()) {
            String plain = line.strip();
            if (plain.isEmpty() || plain.startsWith("#") || plain.startsWith(";")) {
                continue;
            }
            if (plain.startsWith("[") && plain.endsWith("]")) {
                section = plain.substring(1, plain.length() - 1);
                sections.putIfAbsent(section, MapValue.EMPTY);
                continue;
            }
            int at = separator(plain);
            MapValue known = sections.get(section);
            if (at < 0 || known == null) {
                return Optional.empty();
            }
            String key = plain.substring(0, at).strip().toLowerCase(Locale.ROOT);
            sections.put(section, known.with(key, plain.substring(at + 1).strip()));
        }
        return sections.isEmpty() && !text.isBlank() ? Optional.empty() : Optional.of(new LinkedHashMap<>(sections));
    }

    private static int separator(String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
    }
}
