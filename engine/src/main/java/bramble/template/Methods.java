package bramble.template;

import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Function;

/** The methods and attributes of Python's built-in types. */
final class Methods {
    private Methods() {}

    /** The named method, bound to its value, or the attribute. */
    static Optional<Value> of(Value value, String name) {
        return switch (value) {
            case Text(String text) -> TextMethods.of(text, name);
            case ListValue list -> ListMethods.of(list, name);
            case TupleValue tuple -> ListMethods.of(tuple, name);
            case MapValue map -> MapMethods.of(map, name);
            case Int(BigInteger number) -> whole(number, name);
            case Bool bool -> whole(bool.value() ? BigInteger.ONE : BigInteger.ZERO, name);
            case Real(double number) -> real(number, name);
            default -> Optional.empty();
        };
    }

    static Optional<Value> bound(Function<Arguments, Value> method) {
        Callable callable = (positional, named) -> method.apply(new Arguments(positional, named));
        return Optional.of(callable);
    }

    private static Optional<Value> whole(BigInteger number, String name) {
        return switch (name) {
            case "bit_length" -> bound(_ -> Int.of(number.abs().bitLength()));
            case "bit_count" -> bound(_ -> Int.of(number.abs().bitCount()));
            case "conjugate" -> bound(_ -> new Int(number));
            case "is_integer" -> bound(_ -> Bool.TRUE);
            case "as_integer_ratio" -> bound(_ -> TupleValue.of(new Int(number), Int.of(1)));
            case "real", "numerator" -> Optional.of(new Int(number));
            case "imag" -> Optional.of(Int.of(0));
            case "denominator" -> Optional.of(Int.of(1));
            default -> Optional.empty();
        };
    }

    private static Optional<Value> real(double number, String name) {
        return switch (name) {
            case "is_integer" -> bound(_ -> Bool.of(Double.isFinite(number) && number == Math.rint(number)));
            case "conjugate" -> bound(_ -> new Real(number));
            case "hex" -> bound(_ -> new Text(Double.toHexString(number)));
            case "real" -> Optional.of(new Real(number));
            case "imag" -> Optional.of(new Real(0));
            default -> Optional.empty();
        };
    }
}
