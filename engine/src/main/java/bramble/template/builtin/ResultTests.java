package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Extensions;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Map;

/** Tests of a task's result. */
@AutoService(Extensions.class)
public final class ResultTests implements Extensions {
    @Override
    public Map<String, Test> tests() {
        Test succeeded = (input, _, _) -> !flag(input, "success", "failed");
        Test failed = (input, _, _) -> flag(input, "failed", "failed");
        Test changed = (input, _, _) -> changed(result(input, "changed"));
        Test skipped = (input, _, _) -> flag(input, "skipped", "skipped");
        return Map.ofEntries(
                entry("succeeded", succeeded), entry("success", succeeded), entry("successful", succeeded),
                entry("failed", failed), entry("failure", failed),
                entry("changed", changed), entry("change", changed),
                entry("skipped", skipped), entry("skip", skipped),
                entry("started", (input, _, _) -> flag(input, "started", "started", true)),
                entry("finished", (input, _, _) -> flag(input, "finished", "finished", true)),
                entry("timedout", (input, _, _) -> timedOut(result(input, "timedout"))),
                entry("reachable", (input, _, _) -> !flag(input, "reachable", "unreachable")),
                entry("unreachable", (input, _, _) -> flag(input, "unreachable", "unreachable")));
    }

    private static MapValue result(Value input, String test) {
        if (input instanceof MapValue map) {
            return map;
        }
        throw new TemplateException("The '" + test + "' test expects a dictionary");
    }

    private static boolean flag(Value input, String test, String key) {
        return flag(input, test, key, false);
    }

    private static boolean flag(Value input, String test, String key, boolean missing) {
        return Python.truth(result(input, test).get(key).orElse(Bool.of(missing)));
    }

    /** Of a loop without a word of its own, whether any item changed something. */
    private static boolean changed(MapValue result) {
        if (result.get("changed").isEmpty()
                && result.get("results").orElse(ListValue.EMPTY) instanceof ListValue items) {
            return items.items().stream().anyMatch(item -> item instanceof MapValue map
                    && Python.truth(map.get("changed").orElse(Bool.FALSE)));
        }
        return Python.truth(result.get("changed").orElse(Bool.FALSE));
    }

    private static boolean timedOut(MapValue result) {
        return result.get("timedout").filter(value -> value instanceof MapValue map
                ? Python.truth(map.get("period").orElse(Bool.FALSE))
                : Python.truth(value)).isPresent();
    }
}
