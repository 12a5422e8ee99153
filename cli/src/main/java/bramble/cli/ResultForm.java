package bramble.cli;

import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a result is written behind the line that says how the task ended. */
enum ResultForm {
    /** A line, or several where more is asked for. */
    JSON,
    /** Always several lines. */
    WIDE_JSON,
    /** Always one line. */
    NARROW_JSON,
    /** Easy to read: text without what would make it hard to. */
    YAML,
    /** To be read by programs: all as it is. */
    EXACT_YAML,
    /** As the callback {@code community.general.yaml} writes. */
    COMMUNITY_YAML,
    /** As the callback {@code ansible.posix.debug} writes: output and messages in sections of their own. */
    SECTIONS;

    private static final Json.Style LINE = new Json.Style(-1, true, false, ", ", ": ");
    private static final Json.Style ONE_LINE = new Json.Style(1, true, false, ",", ": ");
    private static final YamlWriter.Style WIDE = style(4, 80);
    private static final YamlWriter.Style NARROW = style(2, 80);
    private static final YamlWriter.Style UNBROKEN = style(2, Integer.MAX_VALUE);
    private static final Text OMITTED = new Text("<omitted>");
    private static final List<String> OUTPUT = List.of("stdout", "stderr", "msg", "module_stdout", "module_stderr");
    private static final int TAB = 8;

    private static YamlWriter.Style style(int indent, int width) {
        return new YamlWriter.Style(YamlWriter.Flow.NEVER, indent, width, true, true, false, false, ' ', true);
    }

    /** What the configuration says: {@code callback_result_format} and {@code callback_format_pretty}. */
    static ResultForm of(Configuration configuration) {
        boolean yaml = configuration.choice("json", List.of("json", "yaml"), "defaults", "callback_result_format")
                .equals("yaml");
        boolean said = configuration.text("defaults", "callback_format_pretty")
                .isPresent();
        boolean pretty = configuration.flag(yaml, "defaults", "callback_format_pretty");
        if (yaml) {
            return pretty ? YAML : EXACT_YAML;
        }
        return said ? pretty ? WIDE_JSON : NARROW_JSON : JSON;
    }

    /** @param indented whether more than a line is asked for */
    String of(MapValue result, boolean indented) {
        return switch (this) {
            case JSON -> indented ? Json.pretty(result) : Json.write(result, LINE);
            case WIDE_JSON -> Json.pretty(result);
            case NARROW_JSON -> Json.write(result, LINE);
            case YAML -> "\n" + indent(YamlWriter.write(readable(abridged(result)), WIDE), "    ", false);
            case EXACT_YAML -> "\n" + indent(YamlWriter.write(result, NARROW), "    ", false);
            case COMMUNITY_YAML -> community(result);
            case SECTIONS -> sections(result);
        };
    }

    /** As Ansible has it: written over several lines, and then put into one. */
    String inOneLine(Value value) {
        return switch (this) {
            case JSON, WIDE_JSON, NARROW_JSON, SECTIONS -> Json.write(value, ONE_LINE).replace("\n", "");
            case YAML, EXACT_YAML, COMMUNITY_YAML ->
                YamlWriter.write(value, NARROW).lines().map(line -> " " + line).collect(Collectors.joining());
        };
    }

    /** Lines of output stand in the output itself already. */
    private static MapValue abridged(MapValue result) {
        MapValue shorter = result;
        for (String name : List.of("stdout", "stderr")) {
            if (result.get(name).isPresent() && result.get(name + "_lines").isPresent()) {
                shorter = shorter.with(name + "_lines", OMITTED);
            }
        }
        return shorter;
    }

    private static String community(MapValue result) {
        MapValue rest = result.without("changed");
        String changed = result.get("changed").map(value -> "changed=" + Json.compact(value) + " ").orElse("");
        return changed + (rest.entries().isEmpty()
                ? ""
                : "\n" + indent(YamlWriter.write(readable(abridged(rest)), UNBROKEN), "  ", true));
    }

    private static String indent(String text, String by, boolean alsoEmpty) {
        return text.stripTrailing().lines().map(line -> line.isEmpty() && !alsoEmpty ? line : by + line)
                .collect(Collectors.joining("\n"));
    }

    /** Text of several lines without what would keep YAML from writing it as such. */
    private static Value readable(Value value) {
        return switch (value) {
            case Text(String text) when text.chars().anyMatch(ResultForm::lineBreak) -> new Text(plain(text));
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> entries.put(key, readable(one)));
                yield new MapValue(entries);
            }
            case ListValue list -> new ListValue(list.items().stream().map(ResultForm::readable).toList());
            default -> value;
        };
    }

    private static boolean lineBreak(int c) {
        return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static String plain(String text) {
        var out = new StringBuilder();
        int column = 0;
        for (int c : text.stripTrailing().codePoints().toArray()) {
            if (c == '\t') {
                int spaces = TAB - column % TAB;
                out.repeat(' ', spaces);
                column += spaces;
            } else if (c == '\n' || (c >= ' ' && c <= '~') || c >= 0xa0) {
                out.appendCodePoint(c);
                column = c == '\n' ? 0 : column + 1;
            }
        }
        return out.toString().replaceAll(" +\n", "\n");
    }

    private static String sections(MapValue result) {
        MapValue rest = result;
        for (String name : OUTPUT) {
            rest = rest.without(name).without(name + "_lines");
        }
        var out = new StringBuilder(Json.pretty(rest));
        for (String name : OUTPUT) {
            result.get(name).filter(ResultForm::something).ifPresent(value -> out.append("\n\n")
                    .append(name.toUpperCase(Locale.ROOT)).append(":\n\n").append(PythonText.of(value)).append('\n'));
        }
        return out.toString();
    }

    private static boolean something(Value value) {
        return switch (value) {
            case Text(String text) -> !text.isEmpty();
            case ListValue list -> !list.items().isEmpty();
            case MapValue map -> !map.entries().isEmpty();
            case None _ -> false;
            case Value _ -> true;
        };
    }
}
