package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Filters that choose: by whether a value is defined, is true, is there at all. */
@AutoService(Extensions.class)
public final class LogicFilters implements Extensions {
    private static final Set<String> YES = Set.of("yes", "on", "1", "true");

    @Override
    public Map<String, Test> tests() {
        return Map.of(
                "ansible_type", (input, arguments, at) -> {
                    Value types = arguments.value(0, "dtype");
                    String type = revealed(input, arguments, 1);
                    return (types instanceof Text ? List.of(types) : at.items(types)).stream().map(at::text)
                            .map(LogicFilters::today).anyMatch(type::equals);
                },
                "filter", (input, _, at) -> at.hasFilter(name(input)),
                "test", (input, _, at) -> at.hasTest(name(input)));
    }

    private static String name(Value input) {
        if (input instanceof Text(String name)) {
            return name;
        }
        throw new TemplateException("key must be a string, got <class '" + Python.type(input) + "'> instead");
    }

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("default", Filter.takingUndefined(LogicFilters::fallback)),
                entry("d", Filter.takingUndefined(LogicFilters::fallback)),
                entry("mandatory", Filter.takingUndefined(LogicFilters::mandatory)),
                entry("ternary", Filter.takingUndefined(LogicFilters::ternary)),
                entry("bool", (input, _, _) -> bool(input)),
                entry("string", (input, _, at) -> new Text(at.text(input))),
                entry("type_debug", (input, _, at) -> new Text(at.type(input))),
                entry("reveal_ansible_type", (input, arguments, at) -> new Text(revealed(input, arguments, 0))),
                entry("attr", LogicFilters::attribute));
    }

    /** The name of a type, and of what a list or mapping holds: {@code dict[str, int|str]}. */
    private static String revealed(Value input, Arguments arguments, int at) {
        Map<String, Value> aliases = arguments.value(at, "alias", None.NONE) instanceof MapValue map
                ? map.byName()
                : Map.of();
        return switch (input) {
            case ListValue list when !list.items().isEmpty() -> "list[" + kinds(list.items(), aliases) + "]";
            case MapValue map when !map.entries().isEmpty() ->
                "dict[" + kinds(map.entries().keySet(), aliases) + ", " + kinds(map.entries().values(), aliases) + "]";
            default -> kinds(List.of(input), aliases);
        };
    }

    private static String kinds(Collection<Value> values, Map<String, Value> aliases) {
        return values.stream().map(Python::type)
                .map(type -> PythonText.of(aliases.getOrDefault(type, new Text(type)))).distinct().sorted()
                .collect(Collectors.joining("|"));
    }

    /** Names of text's type from before 2.19. */
    private static String today(String type) {
        return type.replaceAll("AnsibleUnicode|_AnsibleTaggedStr|AnsibleUnsafeText|NativeJinjaText", "str")
                .replaceAll("_AnsibleTagged(Int|Float)", "$1").replace("Int", "int").replace("Float", "float");
    }

    private static Value fallback(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("default_value", "boolean");
        boolean missing = input instanceof Undefined
                || (arguments.bool(1, "boolean", false) && !evaluation.truth(input));
        return missing ? arguments.value(0, "default_value", new Text("")) : input;
    }

    private static Value mandatory(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("msg");
        if (!(input instanceof Undefined undefined)) {
            return input;
        }
        String message = arguments.text(0, "msg", "");
        throw new TemplateException(
                message.isEmpty() ? "Mandatory variable " + name(undefined) + " not defined." : message);
    }

    /** The missing name in quotes, from a sentence such as {@code 'dict object' has no attribute 'x'}. */
    private static String name(Undefined undefined) {
        String[] parts = undefined.what().split("'", -1);
        return parts.length < 3 ? "" : "'" + parts[parts.length - 2] + "' ";
    }

    private static Value ternary(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("true_val", "false_val", "none_val");
        Value none = arguments.value(2, "none_val", None.NONE);
        if (input == None.NONE && none != None.NONE) {
            return none;
        }
        return evaluation.truth(input) ? arguments.value(0, "true_val") : arguments.value(1, "false_val");
    }

    /** An attribute or a method, but never a mapping's entry. */
    private static Value attribute(Value input, Arguments arguments, Evaluation evaluation) {
        String name = arguments.text(0, "name");
        if (!(input instanceof MapValue)) {
            return evaluation.attribute(input, name);
        }
        Value method = evaluation.attribute(MapValue.EMPTY, name);
        return method instanceof Undefined ? method : evaluation.attribute(input, name);
    }

    /** A lookup's option that is yes or no; it may be said in words. */
    static boolean flag(Arguments options, String name, boolean fallback) {
        return options.optional(-1, name).filter(value -> value != None.NONE)
                .map(value -> bool(value) == Bool.TRUE).orElse(fallback);
    }

    static Value bool(Value input) {
        if (input == None.NONE || input instanceof Bool) {
            return input;
        }
        return Bool.of(input instanceof Text(String text)
                ? YES.contains(text.toLowerCase(Locale.ROOT))
                : Python.number(input) && Python.equal(input, Int.of(1)));
    }
}
