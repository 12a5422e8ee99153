package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Compares and sorts versions. */
@AutoService(Extensions.class)
public final class VersionTests implements Extensions {
    @Override
    public Map<String, Test> tests() {
        return Map.of("version", VersionTests::compare, "version_compare", VersionTests::compare);
    }

    @Override
    public Map<String, Filter> filters() {
        return Map.of("version_sort", VersionTests::sort);
    }

    private static boolean compare(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("version", "operator", "strict", "version_type");
        String value = evaluation.text(input);
        String version = arguments.text(0, "version");
        if (value.isEmpty()) {
            throw new TemplateException("Input version value cannot be empty");
        }
        if (version.isEmpty()) {
            throw new TemplateException("Version parameter to compare against cannot be empty");
        }
        String operator = arguments.text(1, "operator", "eq");
        int order = scheme(arguments).compare(value, version);
        return switch (operator) {
            case "==", "=", "eq" -> order == 0;
            case "!=", "<>", "ne" -> order != 0;
            case "<", "lt" -> order < 0;
            case "<=", "le" -> order <= 0;
            case ">", "gt" -> order > 0;
            case ">=", "ge" -> order >= 0;
            default ->
                throw new TemplateException(bramble.problem.Source.NONE, "Invalid operator type (" + operator + ")",
                        "It must be one of ==, =, eq, !=, <>, ne, <, lt, <=, le, >, gt, >=, ge.");
        };
    }

    private static Versions scheme(Arguments arguments) {
        Value strict = arguments.value(2, "strict", None.NONE);
        String type = arguments.text(3, "version_type", "");
        if (strict != None.NONE && !type.isEmpty()) {
            throw new TemplateException("Cannot specify both 'strict' and 'version_type'");
        }
        if (strict != None.NONE) {
            return arguments.bool(2, "strict", false) ? Versions.STRICT : Versions.LOOSE;
        }
        return type.isEmpty() ? Versions.LOOSE : Versions.named(type);
    }

    private static Value sort(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("reverse");
        Comparator<Value> order = (a, b) -> Versions.LOOSE.compare(evaluation.text(a), evaluation.text(b));
        List<Value> items = evaluation.items(input);
        return new ListValue(items.stream()
                .sorted(evaluation.truth(arguments.value(0, "reverse", Bool.FALSE)) ? order.reversed() : order)
                .toList());
    }
}
