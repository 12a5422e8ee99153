package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters of the collection ansible.utils that compare and gather facts. */
@AutoService(Extensions.class)
public final class FactFilters implements Extensions {
    private static final int CONTEXT = 3;

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("consolidate", FactFilters::consolidate),
                entry("param_list_compare", FactFilters::chosen),
                entry("fact_diff", FactFilters::diff));
    }

    /** The values that a data source has for its key. */
    private record Seen(int number, String name, Set<Value> values) {}

    /** Entries of several lists, together by the value that each has for its list's key. */
    private static Value consolidate(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("fail_missing_match_key", "fail_missing_match_value", "fail_duplicate");
        var gathered = new LinkedHashMap<Value, Map<String, Value>>();
        var seen = new ArrayList<Seen>();
        var missing = new ArrayList<String>();
        var twice = new ArrayList<String>();
        int source = 0;
        for (Value given : evaluation.items(input)) {
            source++;
            String key = evaluation.text(part(given, "match_key", source));
            String name = evaluation.text(part(given, "name", source));
            var values = new LinkedHashSet<Value>();
            int number = 0;
            for (Value item : evaluation.items(part(given, "data", source))) {
                number++;
                Value value = item instanceof MapValue map ? map.get(key).orElse(None.NONE) : None.NONE;
                if (value == None.NONE) {
                    missing.add("missing match key '" + key + "' in data source " + source + " in list entry "
                            + number);
                    continue;
                }
                if (!values.add(value)) {
                    twice.add("duplicate values in data source " + source + ": " + evaluation.text(value));
                }
                gathered.computeIfAbsent(value, _ -> new LinkedHashMap<>()).put(name, item);
            }
            seen.add(new Seen(source, name, values));
        }
        refuse(arguments.bool(0, "fail_missing_match_key", true), "fail_missing_match_key", missing);
        var incomplete = new ArrayList<String>();
        seen.forEach(one -> gathered.keySet().stream().filter(value -> !one.values.contains(value))
                .forEach(value -> incomplete.add("missing match value " + evaluation.text(value) + " in data source "
                        + one.number + " (" + one.name + ")")));
        refuse(arguments.bool(1, "fail_missing_match_value", true), "fail_missing_match_value", incomplete);
        refuse(arguments.bool(2, "fail_duplicate", true), "fail_duplicate", twice);
        var entries = new LinkedHashMap<Value, Value>();
        gathered.forEach((value, parts) -> {
            seen.forEach(one -> parts.putIfAbsent(one.name, MapValue.EMPTY));
            entries.put(value, MapValue.named(parts));
        });
        return new MapValue(entries);
    }

    private static Value part(Value source, String key, int number) {
        return (source instanceof MapValue map ? map.get(key) : java.util.Optional.<Value>empty())
                .orElseThrow(() -> new TemplateException("data source " + number + " has no \"" + key
                        + "\"; each is a mapping with data, match_key and name"));
    }

    private static void refuse(boolean strict, String option, List<String> reasons) {
        if (strict && !reasons.isEmpty()) {
            throw new TemplateException("'" + option + "' reported " + String.join(", ", reasons));
        }
    }

    /** Of a list of words, those that another list asks for; {@code all} are all of them, {@code !word} leaves one out. */
    private static Value chosen(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("target");
        List<String> base = evaluation.items(input).stream().map(evaluation::text).toList();
        List<String> target = evaluation.items(arguments.value(0, "target")).stream().map(evaluation::text).toList();
        List<String> without = target.stream().filter(word -> word.startsWith("!")).map(word -> word.substring(1))
                .toList();
        List<String> wanted = target.stream().filter(word -> !word.startsWith("!")).toList();
        var unsupported = new ArrayList<String>();
        var actionable = new LinkedHashSet<String>();
        if (wanted.contains("all")) {
            actionable.addAll(base);
        }
        for (String word : wanted) {
            if (base.contains(word)) {
                actionable.add(word);
            } else if (!word.equals("all")) {
                unsupported.add(word);
            }
        }
        without.forEach(actionable::remove);
        return MapValue.of("actionable", Value.texts(base.stream().filter(actionable::contains).toList()),
                "unsupported", Value.texts(unsupported));
    }

    /** The lines of a unified diff. */
    private static Value diff(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("after", "plugin", "common");
        List<PythonRegex> skipped = skipped(arguments.value(1, "plugin", MapValue.EMPTY), evaluation);
        List<String> before = lines(input, skipped, evaluation);
        List<String> after = lines(arguments.value(0, "after"), skipped, evaluation);
        int context = arguments.bool(2, "common", false) ? Math.max(before.size(), after.size()) : CONTEXT;
        var patch = DiffUtils.diff(before, after);
        var lines = new ArrayList<>(
                UnifiedDiffUtils.generateUnifiedDiff("before", "after", before, patch, context));
        lines.add("");
        return Value.texts(lines);
    }

    private static List<PythonRegex> skipped(Value plugin, Evaluation evaluation) {
        if (plugin instanceof MapValue map && map.get("vars").orElse(None.NONE) instanceof MapValue vars
                && vars.get("skip_lines").isPresent()) {
            Value given = vars.get("skip_lines").get();
            List<Value> patterns = given instanceof Text ? List.of(given) : evaluation.items(given);
            return patterns.stream().map(evaluation::text)
                    .map(pattern -> RegexFilters.reading(() -> PythonRegex.compile(pattern))).toList();
        }
        return List.of();
    }

    private static List<String> lines(Value value, List<PythonRegex> skipped, Evaluation evaluation) {
        List<String> lines = switch (value) {
            case Text(String text) -> text.lines().toList();
            case ListValue list when !skipped.isEmpty() -> list.items().stream().map(evaluation::text).toList();
            default -> Json.pretty(value).lines().toList();
        };
        return lines.stream().filter(line -> skipped.stream()
                .noneMatch(regex -> RegexFilters.reading(() -> regex.match(line)).isPresent())).toList();
    }
}
