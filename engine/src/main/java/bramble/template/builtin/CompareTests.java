package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Extensions;
import bramble.template.Python;
import bramble.template.Test;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** Tests that compare a value with another, or look into it. */
@AutoService(Extensions.class)
public final class CompareTests implements Extensions {
    @Override
    public Map<String, Test> tests() {
        Test equal = (input, arguments, _) -> Python.equal(input, other(arguments));
        Test unequal = (input, arguments, _) -> !Python.equal(input, other(arguments));
        Test less = compare(order -> order < 0);
        Test atMost = compare(order -> order <= 0);
        Test greater = compare(order -> order > 0 && order != UNORDERED);
        Test atLeast = compare(order -> order >= 0 && order != UNORDERED);
        Test subset = (input, arguments, _) -> subset(input, arguments.value(0, "b"));
        Test superset = (input, arguments, _) -> subset(arguments.value(0, "b"), input);
        return Map.ofEntries(
                entry("eq", equal), entry("==", equal), entry("equalto", equal),
                entry("ne", unequal), entry("!=", unequal),
                entry("lt", less), entry("<", less), entry("lessthan", less),
                entry("le", atMost), entry("<=", atMost),
                entry("gt", greater), entry(">", greater), entry("greaterthan", greater),
                entry("ge", atLeast), entry(">=", atLeast),
                entry("sameas", (input, arguments, _) -> same(input, other(arguments))),
                entry("in", (input, arguments, _) -> Python.contains(arguments.value(0, "seq"), input)),
                entry("contains", (input, arguments, _) -> Python.contains(input, arguments.value(0, "value"))),
                entry("any", (input, _, at) -> Python.items(input).stream().anyMatch(at::truth)),
                entry("all", (input, _, at) -> Python.items(input).stream().allMatch(at::truth)),
                entry("subset", subset), entry("issubset", subset),
                entry("superset", superset), entry("issuperset", superset));
    }

    private static final int UNORDERED = 2; // what Python.compare says of a nan

    private static Value other(Arguments arguments) {
        return arguments.value(0, "other");
    }

    private static Test compare(IntPredicate wanted) {
        return (input, arguments, at) -> wanted.test(at.compare(input, other(arguments)));
    }

    private static boolean same(Value a, Value b) {
        return a == b || (a.getClass() == b.getClass() && !(a instanceof ListValue || a instanceof MapValue)
                && !(a instanceof Bool) && a != None.NONE && a.equals(b));
    }

    private static boolean subset(Value part, Value whole) {
        List<Value> items = Python.items(part);
        var known = new ListFilters.Seen();
        Python.items(whole).forEach(known::add);
        return items.stream().allMatch(known::has);
    }
}
