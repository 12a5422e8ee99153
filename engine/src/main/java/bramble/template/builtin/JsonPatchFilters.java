package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.Nearest;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Patches of JSON, of the collection community.general.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902</a>, <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>
 */
@AutoService(Extensions.class)
public final class JsonPatchFilters implements Extensions {
    private static final List<String> OPERATIONS = List.of("add", "copy", "move", "remove", "replace", "test");

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("json_patch", JsonPatchFilters::patch),
                entry("json_patch_recipe", JsonPatchFilters::recipe),
                entry("json_diff", (input, arguments, _) -> {
                    var operations = new ArrayList<Value>();
                    diff("", document(input), document(arguments.value(0, "target")), operations);
                    return new ListValue(operations);
                }));
    }

    /** One step of a patch. */
    private record Operation(String name, String path, Optional<String> from, Optional<Value> value) {
        static Operation of(MapValue map, Evaluation evaluation) {
            return new Operation(evaluation.text(demanded(map, "op")), evaluation.text(demanded(map, "path")),
                    map.get("from").map(evaluation::text), map.get("value"));
        }

        private static Value demanded(MapValue map, String name) {
            return map.get(name)
                    .orElseThrow(() -> new TemplateException("an operation of a JSON patch has no \"" + name + "\""));
        }

        Value needed() {
            return value.orElseThrow(
                    () -> new TemplateException("the operation " + name + " of " + path + " has no \"value\""));
        }

        String source() {
            return from.orElseThrow(
                    () -> new TemplateException("the operation " + name + " of " + path + " has no \"from\""));
        }

        /** What it makes of a document; nothing where it is a test that fails. */
        Optional<Value> apply(Value document) {
            List<String> place = pointer(path);
            return switch (name) {
                case "add" -> Optional.of(added(document, place, needed()));
                case "remove" -> Optional.of(removed(document, place));
                case "replace" -> Optional.of(replaced(document, place, needed()));
                case "copy" -> Optional.of(added(document, place, at(document, pointer(source()))));
                case "move" -> {
                    List<String> source = pointer(source());
                    Value moved = at(document, source);
                    yield Optional.of(added(removed(document, source), place, moved));
                }
                case "test" -> Optional.of(document).filter(whole -> Python.equal(at(whole, place), needed()));
                default -> throw new TemplateException(Source.NONE, "there is no operation \"" + name + "\"",
                        Nearest.hint(name, OPERATIONS));
            };
        }
    }

    private static Value document(Value input) {
        if (!(input instanceof Text(String text))) {
            return input;
        }
        try {
            return Json.parse(text);
        } catch (ProblemException e) {
            throw new TemplateException("the text is no JSON: " + e.summary());
        }
    }

    private static Value patch(Value input, Arguments arguments, Evaluation evaluation) {
        boolean strict = arguments.bool(-1, "fail_test", false);
        Arguments given = arguments.without("fail_test").without("from");
        given.only("op", "path", "value");
        var operation = new Operation(given.text(0, "op"), given.text(1, "path"),
                arguments.optional(-1, "from").map(evaluation::text),
                Optional.of(given.value(2, "value", None.NONE)));
        Optional<Value> patched = operation.apply(document(input));
        if (patched.isEmpty() && strict) {
            throw new TemplateException("the test of " + operation.path() + " failed");
        }
        return patched.orElse(None.NONE);
    }

    private static Value recipe(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("operations", "fail_test");
        Value document = document(input);
        for (Value operation : evaluation.items(arguments.value(0, "operations"))) {
            if (!(operation instanceof MapValue map)) {
                throw new TemplateException("each operation of a JSON patch is a mapping, not a "
                        + Python.type(operation));
            }
            Operation next = Operation.of(map, evaluation);
            Optional<Value> patched = next.apply(document);
            if (patched.isEmpty()) {
                if (arguments.bool(1, "fail_test", false)) {
                    throw new TemplateException("the test of " + next.path() + " failed");
                }
                return None.NONE;
            }
            document = patched.get();
        }
        return document;
    }

    private static List<String> pointer(String path) {
        if (path.isEmpty()) {
            return List.of();
        }
        if (!path.startsWith("/")) {
            throw new TemplateException("a JSON pointer starts with a slash, but \"" + path + "\" doesn't");
        }
        return Arrays.stream(path.substring(1).split("/", -1))
                .map(part -> part.replace("~1", "/").replace("~0", "~")).toList();
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    private static TemplateException missing(String key, Value owner) {
        return owner instanceof MapValue map
                ? new TemplateException(Source.NONE, "there is no \"" + key + "\" at the place of the JSON pointer",
                        Nearest.hint(key, map.byName().keySet()))
                : new TemplateException("there is no \"" + key + "\" at the place of the JSON pointer, but a "
                        + Python.type(owner));
    }

    /** The place in a list, which may be one past its end. */
    private static int index(List<Value> items, String key, int end) {
        if (!key.matches("0|[1-9]\\d{0,8}") || Integer.parseInt(key) > end) {
            throw new TemplateException("the list at the place of the JSON pointer has " + items.size()
                    + " items, and none is \"" + key + "\"");
        }
        return Integer.parseInt(key);
    }

    private static Value at(Value document, List<String> path) {
        Value value = document;
        for (String key : path) {
            Value owner = value;
            value = child(owner, key);
        }
        return value;
    }

    private static Value child(Value owner, String key) {
        return switch (owner) {
            case MapValue map -> map.get(key).orElseThrow(() -> missing(key, owner));
            case ListValue list -> list.items().get(index(list.items(), key, list.items().size() - 1));
            case TupleValue(List<Value> items) -> items.get(index(items, key, items.size() - 1));
            default -> throw missing(key, owner);
        };
    }

    /** The document with what holds the last key of the path made anew. */
    private static Value changed(Value document, List<String> path, Function<Value, Value> change) {
        if (path.size() == 1) {
            return change.apply(document);
        }
        Value inner = changed(child(document, path.getFirst()), path.subList(1, path.size()), change);
        return set(document, path.getFirst(), inner);
    }

    private static Value set(Value owner, String key, Value value) {
        if (owner instanceof MapValue map) {
            return map.with(key, value);
        }
        var items = new ArrayList<Value>(Python.items(owner));
        items.set(index(items, key, items.size() - 1), value);
        return new ListValue(items);
    }

    private static Value added(Value document, List<String> path, Value value) {
        if (path.isEmpty()) {
            return value;
        }
        String key = path.getLast();
        return changed(document, path, owner -> switch (owner) {
            case MapValue map -> map.with(key, value);
            case ListValue list -> {
                var items = new ArrayList<Value>(list.items());
                items.add(key.equals("-") ? items.size() : index(items, key, items.size()), value);
                yield new ListValue(items);
            }
            default -> throw missing(key, owner);
        });
    }

    private static Value removed(Value document, List<String> path) {
        if (path.isEmpty()) {
            return None.NONE;
        }
        String key = path.getLast();
        return changed(document, path, owner -> {
            child(owner, key);
            if (owner instanceof MapValue map) {
                return map.without(key);
            }
            var items = new ArrayList<Value>(Python.items(owner));
            items.remove(index(items, key, items.size() - 1));
            return new ListValue(items);
        });
    }

    private static Value replaced(Value document, List<String> path, Value value) {
        if (path.isEmpty()) {
            return value;
        }
        return changed(document, path, owner -> {
            child(owner, path.getLast());
            return set(owner, path.getLast(), value);
        });
    }

    private static void operation(String name, String path, Optional<Value> value, List<Value> into) {
        MapValue map = MapValue.of("op", name, "path", path);
        into.add(value.<Value>map(given -> map.with("value", given)).orElse(map));
    }

    /** What makes one value the other: what goes, what comes, then what differs. */
    private static void diff(String path, Value before, Value after, List<Value> into) {
        if (before instanceof MapValue old && after instanceof MapValue fresh) {
            Map<String, Value> left = old.byName();
            Map<String, Value> right = fresh.byName();
            left.keySet().stream().filter(key -> !right.containsKey(key))
                    .forEach(key -> operation("remove", path + "/" + escaped(key), Optional.empty(), into));
            right.forEach((key, value) -> {
                if (!left.containsKey(key)) {
                    operation("add", path + "/" + escaped(key), Optional.of(value), into);
                }
            });
            var both = new LinkedHashMap<>(left);
            both.keySet().retainAll(right.keySet());
            both.forEach((key, value) -> diff(path + "/" + escaped(key), value,
                    java.util.Objects.requireNonNull(right.get(key)), into));
        } else if (before instanceof ListValue old && after instanceof ListValue fresh) {
            lists(path, old.items(), fresh.items(), into);
        } else if (!Python.equal(before, after)) {
            operation("replace", path, Optional.of(after), into);
        }
    }

    /** The same beginning and end of both stay; of the middle, item by item, then the rest of the longer one. */
    private static void lists(String path, List<Value> before, List<Value> after, List<Value> into) {
        int start = 0;
        int shorter = Math.min(before.size(), after.size());
        while (start < shorter && Python.equal(before.get(start), after.get(start))) {
            start++;
        }
        int end = 0;
        while (end < shorter - start
                && Python.equal(before.get(before.size() - 1 - end), after.get(after.size() - 1 - end))) {
            end++;
        }
        int old = before.size() - end;
        int fresh = after.size() - end;
        for (int i = start; i < Math.min(old, fresh); i++) {
            diff(path + "/" + i, before.get(i), after.get(i), into);
        }
        for (int i = old - 1; i >= fresh; i--) {
            operation("remove", path + "/" + i, Optional.empty(), into);
        }
        for (int i = Math.max(old, start); i < fresh; i++) {
            operation("add", path + "/" + i, Optional.of(after.get(i)), into);
        }
    }
}
