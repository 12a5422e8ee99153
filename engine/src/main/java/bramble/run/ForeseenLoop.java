package bramble.run;

import bramble.playbook.Loop;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the items of a task's loop are before anything is done, as far as that is known. */
record ForeseenLoop(World world, Task task, Beforehand.Way way) {
    /** More items than that are left for the run. */
    private static final int MOST = 100;

    /** Each host's first item, each host's second one, and so on; of a task without a loop one turn without items. */
    List<Map<String, Value>> turns() {
        if (task.loop().isEmpty()) {
            return List.of(Map.of());
        }
        var turns = new ArrayList<Map<String, Value>>();
        for (String host : way.frame().hosts()) {
            List<Value> items = items(task.loop().get(), way.scope(host, task));
            for (int i = 0; i < items.size() && i < MOST; i++) {
                if (i == turns.size()) {
                    turns.add(new LinkedHashMap<>());
                }
                turns.get(i).put(host, items.get(i));
            }
        }
        return turns;
    }

    /** The variables that a turn of the loop has besides. */
    static Map<String, Value> local(Task task, Optional<Value> item) {
        return item.isEmpty() || task.loop().isEmpty()
                ? Map.of()
                : Map.of(task.loop().get().control().variable(), item.get());
    }

    private List<Value> items(Loop loop, Beforehand scope) {
        Value over;
        try {
            over = world.templates.resolveKnown(loop.over(), scope);
        } catch (ProblemException | UnknownValueException e) {
            return List.of(); // it can't be told yet
        }
        return switch (loop.lookup().orElse("").replaceFirst("^ansible\\.(builtin|legacy)\\.", "")) {
            case "", "list" -> over instanceof ListValue list ? list.items() : List.of();
            case "items" -> over instanceof ListValue list
                    ? list.items().stream().flatMap(
                            item -> item instanceof ListValue inner ? inner.items().stream() : Stream.of(item)).toList()
                    : List.of();
            case "dict" -> over instanceof MapValue map
                    ? map.entries().entrySet().stream()
                            .<Value>map(one -> MapValue.of("key", one.getKey(), "value", one.getValue())).toList()
                    : List.of();
            default -> List.of();
        };
    }
}
