package bramble.template;

import bramble.problem.Nearest;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code a.b} and {@code a['b']}: attributes, methods and items, in the order in which Jinja2 looks for them. */
final class Members {
    /** Of a mapping with more keys nobody wants to read all. */
    private static final int MOST_NAMED = 12;

    private final Evaluator evaluator;

    Members(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    Value attribute(Value target, String name, int at) {
        return attribute(target, name, at, null);
    }

    /** @param owner the target as it is written, for messages */
    Value attribute(Value target, String name, int at, @Nullable Expression owner) {
        if (name.equals("__class__") && !(target instanceof Undefined || target instanceof Unknown
                || target instanceof Template || target instanceof Vaulted)) {
            return new PythonType(Python.type(target));
        }
        return switch (target) {
            case Undefined _,Unknown _ -> target;
            case Template _,Vaulted _ -> attribute(evaluator.late(target), name, at, owner);
            case MapValue map -> {
                Value item = map.entries().get(new Text(name));
                yield item != null
                        ? evaluator.late(item)
                        : MapMethods.of(map, name).orElseGet(() -> missing(target, name, at, owner));
            }
            case ObjectValue object -> object.attribute(name).orElseGet(() -> missing(target, name, at, owner));
            case None _,Bool _,bramble.value.Int _,bramble.value.Real _,Text _,ListValue _,TupleValue _,Omit _,Callable _ ->
                Methods.of(target, name).orElseGet(() -> missing(target, name, at, owner));
        };
    }

    private Undefined missing(Value target, String name, int at, @Nullable Expression owner) {
        String kind = target == None.NONE ? "None" : Python.type(target) + " object";
        return new Undefined("'" + kind + "' has no attribute '" + name + "'", evaluator.place(at),
                () -> hint(target, name, owner == null ? "It" : evaluator.written(owner, at)));
    }

    /** The name that was meant; or else what there is. */
    private static String hint(Value target, String name, String owner) {
        return switch (target) {
            case MapValue map -> {
                List<String> names = map.entries().keySet().stream().map(PythonText::of).sorted().toList();
                String near = Nearest.hint(name, names);
                if (names.isEmpty() && owner.equals("ansible_facts")) {
                    yield Evaluator.NO_FACTS;
                }
                yield !near.isEmpty() || names.size() > MOST_NAMED
                        ? near
                        : owner + (names.isEmpty()
                                ? " is an empty mapping."
                                : " has " + String.join(", ", names) + ".");
            }
            case ImportedNames names -> Nearest.hint(name, names.frame().own().keySet());
            case None _ -> owner.equals("It") ? "" : owner + " is none.";
            default -> owner.equals("It") ? "" : owner + " is no mapping, but a " + Python.type(target) + ".";
        };
    }

    Value item(Value target, Value key, int at) {
        return item(target, key, at, null);
    }

    /** @param owner what gave the target, for messages */
    Value item(Value target, Value key, int at, @Nullable Expression owner) {
        if (target instanceof Undefined || target instanceof Unknown) {
            return target;
        }
        if (target instanceof Template || target instanceof Vaulted) {
            return item(evaluator.late(target), key, at, owner);
        }
        Python.check(key);
        Optional<Value> found = switch (target) {
            case MapValue map -> Python.lookUp(map, key);
            case ListValue list -> index(list.items(), key);
            case TupleValue(List<Value> items) -> index(items, key);
            case Text(String string) when Python.integer(key).isPresent() -> character(string, key);
            default -> Optional.empty();
        };
        if (found.isPresent()) {
            return evaluator.late(found.get());
        }
        if (key instanceof Text(String name)) {
            return target instanceof MapValue map
                    ? MapMethods.of(map, name).orElseGet(() -> missing(target, name, at, owner))
                    : attribute(target, name, at, owner);
        }
        return new Undefined((target == None.NONE ? "None" : Python.type(target) + " object") + " has no element "
                + PythonText.repr(key), evaluator.place(at));
    }

    private static Optional<Value> index(List<Value> items, Value key) {
        return Python.integer(key).flatMap(number -> {
            int index = number.bitLength() < 31 ? number.intValue() : Integer.MAX_VALUE;
            int place = index < 0 ? items.size() + index : index;
            return place >= 0 && place < items.size() ? Optional.of(items.get(place)) : Optional.empty();
        });
    }

    private static Optional<Value> character(String string, Value key) {
        return index(Python.items(new Text(string)), key);
    }
}
