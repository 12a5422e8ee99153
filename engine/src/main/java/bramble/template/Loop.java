package bramble.template;

import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ObjectValue;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code loop} is within a {@code for}. */
final class Loop implements ObjectValue {
    private final List<Value> items;
    private final int depth;
    private final @Nullable Callable again;
    private final Evaluator evaluator;
    private int index = -1;
    private @Nullable Value seen;

    /** @param again what calling it does, in a recursive loop */
    Loop(List<Value> items, int depth, @Nullable Callable again, Evaluator evaluator) {
        this.items = items;
        this.depth = depth;
        this.again = again;
        this.evaluator = evaluator;
    }

    /** Goes on to the next item, if there is one. */
    boolean next() {
        return ++index < items.size();
    }

    Value item() {
        return items.get(index);
    }

    @Override
    public String type() {
        return "LoopContext";
    }

    @Override
    public Optional<Value> attribute(String name) {
        return Optional.ofNullable(switch (name) {
            case "index" -> Int.of(index + 1);
            case "index0" -> Int.of(index);
            case "revindex" -> Int.of(items.size() - index);
            case "revindex0" -> Int.of(items.size() - index - 1);
            case "first" -> Bool.of(index == 0);
            case "last" -> Bool.of(index == items.size() - 1);
            case "length" -> Int.of(items.size());
            case "depth" -> Int.of(depth + 1);
            case "depth0" -> Int.of(depth);
            case "previtem" ->
                index > 0 ? items.get(index - 1) : new Undefined("there is no previous item", Source.NONE);
            case "nextitem" ->
                index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item", Source.NONE);
            case "cycle" -> cycle();
            case "changed" -> changed();
            case "__call__" -> again;
            default -> null;
        });
    }

    private Callable cycle() {
        return (positional, _) -> {
            if (positional.isEmpty()) {
                throw new TemplateException("no items for cycling given");
            }
            return positional.get(index % positional.size());
        };
    }

    private Callable changed() {
        return (positional, _) -> {
            Value now = evaluator.settle(new TupleValue(positional));
            boolean changed = seen == null || !Python.equal(seen, now);
            seen = now;
            return Bool.of(changed);
        };
    }
}
