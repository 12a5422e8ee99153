package bramble.brought;

import bramble.module.Verdict;
import bramble.problem.ProblemException;
import bramble.shell.Answer;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Reads what a module printed: one JSON object, which other lines may surround. */
final class ModuleOutput {
    private ModuleOutput() {}

    static Verdict read(Answer answer, String name) {
        String out = answer.text();
        Optional<Found> found = find(out);
        if (found.isEmpty()) {
            String why = answer.status() == Answer.TIMED_OUT
                    ? "The module " + name + " was ended because its time was up."
                    : answer.errors().contains("No module named 'ansible")
                            ? "MODULE FAILURE: The module " + name
                                    + " uses ansible-core's library for modules (module_utils): "
                                    + "install the package ansible-core on this machine or on the node."
                            : "MODULE FAILURE: Tried to read the JSON that the module " + name
                                    + " prints, but there is none\nSee stdout/stderr for the exact error";
            MapValue results = MapValue.of("module_stdout", out, "module_stderr", answer.errors(), "rc",
                    answer.status());
            return Verdict.failed(why, answer.errors().isBlank()
                    ? results
                    : results.with("exception", answer.errors()));
        }
        MapValue results = MapValue.EMPTY;
        for (var entry : found.get().result().byName().entrySet()) {
            results = results.with(entry.getKey(), entry.getKey().equals("ansible_facts")
                    ? entry.getValue()
                    : without(entry.getValue()));
        }
        if (!found.get().rest().isBlank()) {
            var warnings = new ArrayList<Value>(results.get("warnings").orElse(null) instanceof ListValue list
                    ? list.items()
                    : List.of());
            warnings.add(new Text("Module invocation had junk after the JSON data: " + found.get().rest().strip()));
            results = results.with("warnings", new ListValue(warnings));
        }
        if (results.get("stderr").isEmpty() && !answer.errors().isEmpty()) {
            results = results.with("stderr", answer.errors());
        }
        boolean failed = results.get("failed").map(ModuleOutput::yes)
                .orElse(results.get("rc").map(rc -> !PythonText.of(rc).equals("0")).orElse(false));
        boolean changed = results.get("changed").map(ModuleOutput::yes).orElse(false);
        Optional<String> failure = failed
                ? Optional.of(results.get("msg").map(PythonText::of).orElse("the module " + name + " failed"))
                : Optional.empty();
        return new Verdict(changed, failure, results.without("changed").without("failed"));
    }

    /** What a module shows of its own call is shown without what the run tells every module. */
    private static Value without(Value value) {
        return switch (value) {
            case MapValue map -> {
                var kept = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, inner) -> {
                    if (!(key instanceof Text(String name) && name.startsWith("_ansible_"))) {
                        kept.put(key, without(inner));
                    }
                });
                yield new MapValue(kept);
            }
            case ListValue list -> new ListValue(list.items().stream().map(ModuleOutput::without).toList());
            case Value other -> other;
        };
    }

    private static boolean yes(Value value) {
        return List.of("true", "yes", "1").contains(PythonText.of(value).toLowerCase(java.util.Locale.ROOT));
    }

    private record Found(MapValue result, String rest) {}

    /** The first line that begins with a brace begins the object; it ends with the last brace that makes it whole. */
    private static Optional<Found> find(String out) {
        int from = out.startsWith("{") ? 0 : out.indexOf("\n{") + 1;
        while (from > 0 || out.startsWith("{")) {
            for (int end = out.lastIndexOf('}'); end >= from; end = out.lastIndexOf('}', end - 1)) {
                try {
                    if (Json.parse(out.substring(from, end + 1)) instanceof MapValue map) {
                        return Optional.of(new Found(map, out.substring(end + 1)));
                    }
                } catch (ProblemException _) {
                    // what follows the object has a brace, too
                }
            }
            int next = out.indexOf("\n{", from);
            if (next < 0) {
                return Optional.empty();
            }
            from = next + 1;
        }
        return Optional.empty();
    }
}
