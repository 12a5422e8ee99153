package bramble.run;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.YamlReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds the part of a value that something wrong is in, and where it is written: the item of a list, not the list. */
final class WrittenParts {
    /** Nobody asks. */
    static final WrittenParts NOWHERE = new WrittenParts(_ -> Optional.empty());
    /** Of larger lists and maps no part is looked for. */
    private static final int MOST = 300;

    private final Function<String, Optional<String>> texts;
    private final Map<String, List<Node>> read = new HashMap<>();

    /** @param texts the text of a file, by the name that messages have for it */
    WrittenParts(Function<String, Optional<String>> texts) {
        this.texts = texts;
    }

    /**
     * The innermost part without which it isn't wrong, as list indices and names of fields; of several items of a list the last.
     *
     * @param wrong whether it is still wrong with another value; empty where that can't be told of a value
     */
    static List<Object> guilty(Value value, Function<Value, Optional<Boolean>> wrong) {
        return guilty(value, wrong, false);
    }

    private static List<Object> guilty(Value value, Function<Value, Optional<Boolean>> wrong, boolean item) {
        List<Object> keys = keys(value);
        if (keys.size() > MOST) {
            return List.of();
        }
        var guilty = new ArrayList<Object>();
        var needed = new ArrayList<Object>();
        for (Object key : keys) {
            Optional<Boolean> still = wrong.apply(replaced(value, key, Optional.empty()));
            (still.isEmpty() ? needed : guilty).addAll(still.orElse(false) ? List.of() : List.of(key));
        }
        if (guilty.isEmpty() && needed.size() == 1) {
            guilty.addAll(needed);
        }
        if (guilty.isEmpty() || (value instanceof MapValue && guilty.size() > 1)) {
            return List.of(); // fields that belong together
        }
        Object last = guilty.getLast();
        // what an item says is in all of it: its name is part of the message
        if (item && value instanceof MapValue && keys(part(value, last)).isEmpty()) {
            return List.of();
        }
        return Stream.concat(Stream.of(last), guilty(part(value, last),
                other -> wrong.apply(replaced(value, last, Optional.of(other))), value instanceof ListValue).stream())
                .toList();
    }

    /** Which part of a list or mapping an item of a loop is, or has in it. */
    static List<Object> ofItem(Value value, Value item) {
        if (value instanceof ListValue list && list.items().contains(item)) {
            return List.of(list.items().lastIndexOf(item));
        }
        if (value instanceof MapValue map && item instanceof MapValue pair) {
            return pair.get("key").map(PythonText::of).filter(map.byName()::containsKey).<List<Object>>map(List::of)
                    .orElse(List.of());
        }
        return item instanceof ListValue several
                ? several.items().reversed().stream().filter(one -> !(one instanceof ListValue))
                        .map(one -> ofItem(value, one)).filter(path -> !path.isEmpty()).findFirst().orElse(List.of())
                : List.of();
    }

    /**
     * Where a part is written; where its whole is, if that can't be told.
     *
     * @param name where the name stands that the whole has
     */
    Source place(Source name, List<Object> part) {
        if (part.isEmpty() || name.line() == 0) {
            return name;
        }
        Optional<Node> whole = documents(name.file()).stream().flatMap(node -> named(node, name)).findFirst();
        return whole.map(node -> place(node, part, name)).orElse(name);
    }

    private static Source place(Node whole, List<Object> part, Source name) {
        Node node = whole;
        Source found = name;
        for (Object key : part) {
            if (node instanceof Node.Items items && key instanceof Integer at && at < items.items().size()) {
                node = items.items().get(at);
                found = node.source();
            } else if (node instanceof Node.Fields fields && fields.field(key.toString()).isPresent()) {
                Node.Field field = fields.field(key.toString()).orElseThrow();
                node = field.value();
                found = field.key().source();
            } else {
                return found; // a template gives it, say
            }
        }
        return found;
    }

    /** What has its name there. */
    private static Stream<Node> named(Node node, Source name) {
        return switch (node) {
            case Node.Fields fields -> fields.fields().stream().flatMap(field -> field.key().source().equals(name)
                    ? Stream.of(field.value())
                    : named(field.value(), name));
            case Node.Items items -> items.items().stream().flatMap(item -> named(item, name));
            case Node.Scalar _ -> Stream.empty();
        };
    }

    private static List<Object> keys(Value value) {
        return switch (value) {
            case ListValue list -> IntStream.range(0, list.items().size()).<Object>mapToObj(i -> i).toList();
            case MapValue map -> List.copyOf(map.byName().keySet());
            case Value _ -> List.of();
        };
    }

    private static Value part(Value value, Object key) {
        return value instanceof MapValue map
                ? map.get(key.toString()).orElseThrow()
                : ((ListValue) value).items().get((Integer) key);
    }

    /** With another part there, or none. */
    private static Value replaced(Value value, Object key, Optional<Value> other) {
        if (value instanceof MapValue map) {
            var entries = new LinkedHashMap<>(map.byName());
            other.ifPresentOrElse(one -> entries.put(key.toString(), one), () -> entries.remove(key.toString()));
            return MapValue.named(entries);
        }
        var items = new ArrayList<>(((ListValue) value).items());
        int at = (Integer) key;
        items.remove(at);
        other.ifPresent(one -> items.add(at, one));
        return new ListValue(items);
    }

    private List<Node> documents(String file) {
        return read.computeIfAbsent(file, _ -> {
            try {
                return texts.apply(file).map(text -> YamlReader.read(text, file, _ -> {})).orElse(List.of());
            } catch (ProblemException e) {
                return List.of(); // no YAML
            }
        });
    }
}
