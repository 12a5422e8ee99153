package bramble.modules.containers;

import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads trees of JSON in which parts may be missing. */
final class Tree {
    private Tree() {}

    /** What is at the end of the path; none where it breaks off. */
    static Value at(Value tree, String... path) {
        Value here = tree;
        for (String name : path) {
            here = here instanceof MapValue map ? map.get(name).orElse(None.NONE) : None.NONE;
        }
        return here;
    }

    /** Empty for none. */
    static String text(Value tree, String... path) {
        Value found = at(tree, path);
        return found instanceof None ? "" : PythonText.of(found);
    }

    static boolean yes(Value tree, String... path) {
        return at(tree, path) instanceof Bool flag && flag.value();
    }

    static long number(Value tree, String... path) {
        return at(tree, path) instanceof Int(var number) ? number.longValue() : 0;
    }

    static List<Value> list(Value tree, String... path) {
        return switch (at(tree, path)) {
            case ListValue list -> list.items();
            case TupleValue(List<Value> items) -> items;
            default -> List.of();
        };
    }

    static List<String> texts(Value tree, String... path) {
        return list(tree, path).stream().map(PythonText::of).toList();
    }

    static Map<String, Value> map(Value tree, String... path) {
        return at(tree, path) instanceof MapValue map ? map.byName() : Map.of();
    }

    static Optional<String> given(Value tree, String... path) {
        return Optional.of(text(tree, path)).filter(found -> !found.isEmpty());
    }
}
