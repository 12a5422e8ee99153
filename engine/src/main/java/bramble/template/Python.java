package bramble.template;

import bramble.problem.ProblemException;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.Omit;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How Python treats values: truth, equality, order, membership, iteration. Where a value is unknown or undefined, each of
 * them throws {@link UnknownValueException} or {@link UndefinedException}.
 */
public final class Python {
    private Python() {}

    /** Python's name of a value's type, for messages: {@code str}, {@code dict}, {@code NoneType}. */
    public static String type(Value value) {
        return switch (value) {
            case None _ -> "NoneType";
            case Bool _ -> "bool";
            case Int _ -> "int";
            case Real _ -> "float";
            case Text _,Template _,Vaulted _ -> "str";
            case ListValue _ -> "list";
            case TupleValue _ -> "tuple";
            case MapValue _ -> "dict";
            case ObjectValue object -> object.type();
            case Callable _ -> "function";
            case Omit _ -> "Omit";
            case Undefined _ -> "Undefined";
            case Unknown _ -> "Unknown";
        };
    }

    /** Whether {@code if value} is taken. */
    public static boolean truth(Value value) {
        return switch (value) {
            case None _ -> false;
            case Bool bool -> bool.value();
            case Int(BigInteger number) -> number.signum() != 0;
            case Real(double number) -> number != 0;
            case Text(String text) -> !text.isEmpty();
            case ListValue list -> !list.items().isEmpty();
            case TupleValue(List<Value> items) -> !items.isEmpty();
            case MapValue map -> !map.entries().isEmpty();
            case Undefined undefined -> throw new UndefinedException(undefined);
            case Unknown(String why) -> throw new UnknownValueException(why);
            case Template _,Vaulted _,ObjectValue _,Callable _,Omit _ -> true;
        };
    }

    /** {@code a == b}: numbers by value across their types, lists and mappings part by part. */
    public static boolean equal(Value a, Value b) {
        check(a);
        check(b);
        if (a == b) {
            return !(a instanceof Real(double number) && Double.isNaN(number));
        }
        if (a instanceof Text(String left) && b instanceof Text(String right)) {
            return left.equals(right);
        }
        if (number(a) && number(b)) {
            return numbers(a, b) == 0;
        }
        if (a instanceof ListValue left && b instanceof ListValue right) {
            return equal(left.items(), right.items());
        }
        if (a instanceof TupleValue(var left) && b instanceof TupleValue(var right)) {
            return equal(left, right);
        }
        if (a instanceof MapValue left && b instanceof MapValue right) {
            if (left.entries().size() != right.entries().size()) {
                return false;
            }
            for (var entry : left.entries().entrySet()) {
                Optional<Value> other = lookUp(right, entry.getKey());
                if (other.isEmpty() || !equal(entry.getValue(), other.get())) {
                    return false;
                }
            }
            return true;
        }
        return a.equals(b);
    }

    private static boolean equal(List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Negative, zero or positive, as {@code a < b}, {@code a == b} or {@code a > b}; kinds that don't compare are an error. */
    public static int compare(Value a, Value b) {
        return compare(a, b, "<");
    }

    static int compare(Value a, Value b, String operator) {
        check(a);
        check(b);
        if (a instanceof Text(String left) && b instanceof Text(String right)) {
            return codePoints(left, right);
        }
        if (number(a) && number(b)) {
            return numbers(a, b);
        }
        if (a instanceof ListValue left && b instanceof ListValue right) {
            return compare(left.items(), right.items(), operator);
        }
        if (a instanceof TupleValue(var left) && b instanceof TupleValue(var right)) {
            return compare(left, right, operator);
        }
        if (a instanceof ObjectValue left) {
            Optional<Value> less = left.operate("<", b);
            if (less.isPresent()) {
                return truth(less.get()) ? -1 : a.equals(b) ? 0 : 1;
            }
        }
        throw new TemplateException("'" + operator + "' not supported between instances of '" + type(a) + "' and '"
                + type(b) + "'");
    }

    /** Whether it is the float that is neither more nor less than anything. */
    static boolean nan(Value value) {
        return value instanceof Real(double number) && Double.isNaN(number);
    }

    private static int compare(List<Value> left, List<Value> right, String operator) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return compare(left.get(i), right.get(i), operator);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int codePoints(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char l = left.charAt(i);
            char r = right.charAt(i);
            if (l != r) {
                // Python orders by code point: a surrogate stands for something above every other char.
                boolean high = Character.isSurrogate(l);
                return high == Character.isSurrogate(r) ? Character.compare(l, r) : high ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Whether it is a bool, an int or a float. */
    public static boolean number(Value value) {
        return value instanceof Int || value instanceof Bool || value instanceof Real;
    }

    private static int numbers(Value a, Value b) {
        Optional<BigInteger> left = integer(a);
        Optional<BigInteger> right = integer(b);
        if (left.isPresent() && right.isPresent()) {
            return left.get().compareTo(right.get());
        }
        double x = real(a);
        double y = real(b);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return 2;
        }
        if (Double.isInfinite(x) || Double.isInfinite(y)) {
            return x < y ? -1 : x > y ? 1 : 0;
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Value value) {
        return integer(value).map(BigDecimal::new).orElseGet(() -> new BigDecimal(real(value)));
    }

    /** The character of a number, as {@code %c} has it. */
    static String character(BigInteger number) {
        if (number.signum() < 0 || number.compareTo(BigInteger.valueOf(Character.MAX_CODE_POINT)) > 0) {
            throw new TemplateException("the number of a character has to be in range(0x110000)");
        }
        return Character.toString(number.intValue());
    }

    /** The value of a bool or an int; nothing for everything else. */
    public static Optional<BigInteger> integer(Value value) {
        return switch (value) {
            case Int(BigInteger number) -> Optional.of(number);
            case Bool bool -> Optional.of(bool.value() ? BigInteger.ONE : BigInteger.ZERO);
            case None _,Real _,Text _,Template _,Vaulted _,ListValue _,TupleValue _,MapValue _,Undefined _,Unknown _,Omit _,Callable _,ObjectValue _ ->
                Optional.empty();
        };
    }

    /** A bool's, an int's or a float's value; 0 for everything else. */
    public static double real(Value value) {
        return value instanceof Real(double number) ? number : integer(value).map(BigInteger::doubleValue).orElse(0.0);
    }

    /** {@code item in container}. */
    public static boolean contains(Value container, Value item) {
        check(container);
        check(item);
        return switch (container) {
            case Text(String text) -> {
                if (!(item instanceof Text(String part))) {
                    throw new TemplateException("'in <string>' requires string as left operand, not " + type(item));
                }
                yield text.contains(part);
            }
            case MapValue map -> lookUp(map, item).isPresent();
            case ListValue list -> among(list.items(), item);
            case TupleValue(List<Value> items) -> among(items, item);
            case ObjectValue object when object.operate("in", item).isPresent() ->
                truth(object.operate("in", item).orElseThrow());
            case None _,Bool _,Int _,Real _,Template _,Vaulted _,Undefined _,Unknown _,Omit _,Callable _,ObjectValue _ ->
                throw new TemplateException("argument of type '" + type(container) + "' is not iterable");
        };
    }

    /** {@code format % values}: a tuple's items, a mapping's entries, or one value. */
    public static String format(String format, Value values) {
        return PercentFormat.format(format, values);
    }

    private static boolean among(List<Value> items, Value item) {
        UnknownValueException unknown = null;
        for (Value other : items) {
            try {
                if (equal(other, item)) {
                    return true;
                }
            } catch (UnknownValueException e) {
                unknown = e; // it matters only if no other item is equal
            }
        }
        if (unknown != null) {
            throw unknown;
        }
        return false;
    }

    private static final List<Value> LETTERS = IntStream.range(0, 128)
            .<Value>mapToObj(point -> new Text(Character.toString(point))).toList();

    private static Value letter(int point) {
        return point < LETTERS.size() ? LETTERS.get(point) : new Text(Character.toString(point));
    }

    /** What {@code for x in value} goes over: items, keys or characters. */
    public static List<Value> items(Value value) {
        check(value);
        return switch (value) {
            case ListValue list -> list.items();
            case TupleValue(List<Value> items) -> items;
            case MapValue map -> List.copyOf(map.entries().keySet());
            case Text(String text) -> {
                var characters = new ArrayList<Value>(text.length());
                text.codePoints().forEach(point -> characters.add(letter(point)));
                yield characters;
            }
            case ObjectValue object when object.operate("iter", None.NONE).isPresent() ->
                items(object.operate("iter", None.NONE).orElseThrow());
            case None _,Bool _,Int _,Real _,Template _,Vaulted _,Undefined _,Unknown _,Omit _,Callable _,ObjectValue _ ->
                throw new TemplateException("'" + type(value) + "' object is not iterable");
        };
    }

    /** A mapping's value for a key; true, 1 and 1.0 are the same key. */
    public static Optional<Value> lookUp(MapValue map, Value key) {
        Value found = map.entries().get(key);
        if (found != null || map.entries().isEmpty()) {
            return Optional.ofNullable(found);
        }
        if (number(key)) {
            for (var entry : map.entries().entrySet()) {
                if (number(entry.getKey()) && numbers(entry.getKey(), key) == 0) {
                    return Optional.of(entry.getValue());
                }
            }
        }
        return Optional.empty();
    }

    /** {@code format % values}: a tuple holds one value for each conversion. */
    public static String percent(String format, Value values) {
        return PercentFormat.format(format, values);
    }

    /** Throws where a value is unknown or undefined. */
    public static void check(Value value) {
        if (value instanceof Unknown(String why)) {
            throw new UnknownValueException(why);
        }
        if (value instanceof Undefined undefined) {
            throw new UndefinedException(undefined);
        }
    }

    /** The same problem as one of the template language, at a place if it has none of its own. */
    static TemplateException placed(ProblemException failure, bramble.problem.Source place) {
        var problem = failure.problems().getFirst();
        boolean bare = problem.source().equals(bramble.problem.Source.NONE);
        if (failure instanceof TemplateException template && !bare) {
            return template;
        }
        var moved = new bramble.problem.Problem(problem.severity(), bare ? place : problem.source(), problem.summary(),
                problem.hint());
        return failure instanceof UndefinedException ? new UndefinedException(moved) : new TemplateException(moved);
    }
}
