package bramble.yaml;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;

/** Makes values of YAML nodes: types of YAML 1.1 as PyYAML gives them, templates, {@code !unsafe} and {@code !vault}. */
public final class NodeValues {
    private static final String STANDARD = "tag:yaml.org,2002:";
    private static final List<String> TAGS = List.of("!unsafe", "!vault", "!vault-encrypted", "!!str", "!!int",
            "!!float",
            "!!bool", "!!null", "!!map", "!!seq", "!!set", "!!omap", "!!binary", "!!timestamp");

    /** What aliases share stays shared. */
    private final IdentityHashMap<Node, Value> done = new IdentityHashMap<>();
    private final boolean templates;

    private NodeValues(boolean templates) {
        this.templates = templates;
    }

    /**
     * The value of a node that the user wrote: text with {@code {{ }}} in it becomes a {@link Template}.
     *
     * @throws ProblemException where a tag is not known, or a text does not fit its tag
     */
    public static Value of(Node node) {
        return new NodeValues(true).value(node, false);
    }

    /** The value of a node of data that nobody may have evaluated: all text is plain. */
    public static Value plain(Node node) {
        return new NodeValues(false).value(node, true);
    }

    /** The mapping that a file of variables holds; nothing at all counts as an empty one. */
    public static MapValue variables(Node node) {
        return switch (of(node)) {
            case MapValue map -> map;
            case None _ -> MapValue.EMPTY;
            case Value _ -> throw new ProblemException(Problem.error(node.source(),
                    "Tried to read variables, but this is no mapping.", "Expected lines of the form name: value."));
        };
    }

    /** The value of a key: it has a type, but is never a template. */
    public static Value key(Node.Scalar key) {
        return typed(key) ? ScalarTypes.of(key.text()) : new Text(key.text());
    }

    private static boolean typed(Node.Scalar scalar) {
        return scalar.plain() && scalar.tag().isEmpty();
    }

    private Value value(Node node, boolean unsafe) {
        if (node instanceof Node.Scalar scalar) {
            return scalar(scalar, unsafe);
        }
        Value known = done.get(node);
        if (known != null) {
            return known;
        }
        boolean inner = unsafe || node.tag().equals("!unsafe");
        Value made = switch (node) {
            case Node.Items items -> list(items, inner);
            case Node.Fields fields -> map(fields, inner);
            case Node.Scalar scalar -> scalar(scalar, inner);
        };
        if (!unsafe || !templates) { // a part of something unsafe may also be used elsewhere, where it is not
            done.put(node, made);
        }
        return made;
    }

    private Value list(Node.Items items, boolean unsafe) {
        var values = new ArrayList<Value>();
        items.items().forEach(item -> values.add(value(item, unsafe)));
        return switch (items.tag()) {
            case "", "!unsafe", STANDARD + "seq", STANDARD + "omap", STANDARD + "pairs" -> new ListValue(values);
            case String tag -> throw unknownTag(tag, items);
        };
    }

    private Value map(Node.Fields fields, boolean unsafe) {
        switch (fields.tag()) {
            case "", "!unsafe", STANDARD + "map", STANDARD + "set" -> {
                var entries = new LinkedHashMap<Value, Value>();
                fields.fields().forEach(field -> entries.put(key(field.key()), value(field.value(), unsafe)));
                return new MapValue(entries);
            }
            case String tag -> throw unknownTag(tag, fields);
        }
    }

    private Value scalar(Node.Scalar scalar, boolean unsafe) {
        return switch (scalar.tag()) {
            case "" -> scalar.plain() ? untagged(scalar, unsafe) : text(scalar, unsafe);
            case STANDARD + "str" -> text(scalar, unsafe);
            case "!", "!unsafe" -> new Text(scalar.text());
            case "!vault", "!vault-encrypted" -> new Vaulted(scalar.text(), scalar.source());
            case STANDARD + "int", STANDARD + "float", STANDARD + "bool", STANDARD + "null", STANDARD + "timestamp" ->
                forced(scalar);
            case STANDARD + "binary" -> binary(scalar);
            case String tag -> throw unknownTag(tag, scalar);
        };
    }

    private static Value untagged(Node.Scalar scalar, boolean unsafe) {
        Value value = ScalarTypes.of(scalar.text());
        return value instanceof Text ? text(scalar, unsafe) : value;
    }

    private static Value text(Node.Scalar scalar, boolean unsafe) {
        return unsafe ? new Text(scalar.text()) : Template.of(scalar.text(), scalar.source());
    }

    private static Value forced(Node.Scalar scalar) {
        String kind = scalar.tag().substring(STANDARD.length());
        if (kind.equals("null")) {
            return None.NONE;
        }
        return switch (ScalarTypes.of(scalar.text())) {
            case Int value when kind.equals("int") -> value;
            case Int(BigInteger number) when kind.equals("float") -> new Real(number.doubleValue());
            case Real value when kind.equals("float") -> value;
            case Bool value when kind.equals("bool") -> value;
            case Value _ when kind.equals("timestamp") -> new Text(scalar.text());
            case Value _ -> throw new ProblemException(Problem.error(scalar.source(),
                    "Tried to read this as !!" + kind + ", but it is none.", "Take the tag out, or mend the value."));
        };
    }

    private static Value binary(Node.Scalar scalar) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(scalar.text());
            return new Text(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
            throw new ProblemException(
                    Problem.error(scalar.source(), "Tried to read this as !!binary, but it is no base64."));
        }
    }

    private static ProblemException unknownTag(String tag, Node node) {
        String name = tag.startsWith(STANDARD) ? "!!" + tag.substring(STANDARD.length()) : tag;
        String hint = Nearest.hint(name, TAGS);
        return new ProblemException(Problem.error(node.source(),
                "Tried to use the tag " + name + ", but there is no such tag"
                        + " for this kind of value.",
                hint.isEmpty() ? "Text that begins with \"!\" must be quoted." : hint));
    }
}
