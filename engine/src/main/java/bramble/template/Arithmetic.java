package bramble.template;

import bramble.template.Expression.Operator;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.ObjectValue;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Python's operators: {@code + - * / // % **} and the signs. */
final class Arithmetic {
    private static final BigInteger EXACT = BigInteger.ONE.shiftLeft(53);
    private static final int MOST_BITS = 4_000_000;
    private static final int LONGEST_LIST = 10_000_000;

    private Arithmetic() {}

    static Value binary(Operator operator, Value a, Value b) {
        Python.check(a);
        Python.check(b);
        if (a instanceof Int(BigInteger left) && b instanceof Int(BigInteger right)) {
            return whole(operator, left, right);
        }
        if (Python.number(a) && Python.number(b)) {
            Optional<BigInteger> left = Python.integer(a);
            Optional<BigInteger> right = Python.integer(b);
            return left.isPresent() && right.isPresent()
                    ? whole(operator, left.get(), right.get())
                    : real(operator, Python.real(a), Python.real(b));
        }
        if (a instanceof ObjectValue object) {
            Optional<Value> result = object.operate(operator.symbol, b);
            if (result.isPresent()) {
                return result.get();
            }
        }
        return switch (operator) {
            case ADD -> add(a, b);
            case MULTIPLY -> {
                Optional<BigInteger> times = Python.integer(b);
                yield times.isPresent()
                        ? repeat(a, b, times.get())
                        : Python.integer(a).map(count -> repeat(b, a, count)).orElseThrow(() -> unsupported("*", a, b));
            }
            case MODULO -> {
                if (a instanceof Text(String format)) {
                    yield new Text(PercentFormat.format(format, b));
                }
                throw unsupported("%", a, b);
            }
            case SUBTRACT, DIVIDE, FLOOR -> throw unsupported(operator.symbol, a, b);
            case POWER -> throw unsupported("** or pow()", a, b);
        };
    }

    private static Value add(Value a, Value b) {
        if (a instanceof Text(String left)) {
            if (b instanceof Text(String right)) {
                return new Text(left + right);
            }
            throw new TemplateException("can only concatenate str (not \"" + Python.type(b) + "\") to str");
        }
        if (a instanceof ListValue left) {
            if (b instanceof ListValue right) {
                return new ListValue(concatenated(left.items(), right.items()));
            }
            throw new TemplateException("can only concatenate list (not \"" + Python.type(b) + "\") to list");
        }
        if (a instanceof TupleValue(var left) && b instanceof TupleValue(var right)) {
            return new TupleValue(concatenated(left, right));
        }
        if (a instanceof MapValue && b instanceof MapValue) {
            throw new TemplateException(bramble.problem.Source.NONE, unsupported("+", a, b).summary(),
                    "The combine filter joins two mappings.");
        }
        throw unsupported("+", a, b);
    }

    private static List<Value> concatenated(List<Value> left, List<Value> right) {
        var items = new ArrayList<Value>(left.size() + right.size());
        items.addAll(left);
        items.addAll(right);
        return items;
    }

    private static Value repeat(Value sequence, Value number, BigInteger count) {
        int times = Math.max(0, count.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue());
        return switch (sequence) {
            case Text(String text) -> {
                Width.of((long) text.length() * times);
                yield new Text(text.repeat(times));
            }
            case ListValue list -> new ListValue(repeated(list.items(), times));
            case TupleValue(List<Value> items) -> new TupleValue(repeated(items, times));
            default -> throw unsupported("*", sequence, number);
        };
    }

    private static List<Value> repeated(List<Value> items, int times) {
        if ((long) items.size() * times > LONGEST_LIST) {
            throw new TemplateException("the list would be too long");
        }
        var all = new ArrayList<Value>(items.size() * times);
        for (int i = 0; i < times; i++) {
            all.addAll(items);
        }
        return all;
    }

    private static Value whole(Operator operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case ADD -> new Int(a.add(b));
            case SUBTRACT -> new Int(a.subtract(b));
            case MULTIPLY -> new Int(a.multiply(b));
            case DIVIDE -> {
                notZero(b.signum() == 0, "division by zero");
                boolean exact = a.abs().compareTo(EXACT) <= 0 && b.abs().compareTo(EXACT) <= 0;
                yield new Real(exact
                        ? a.doubleValue() / b.doubleValue()
                        : new BigDecimal(a).divide(new BigDecimal(b), new MathContext(40)).doubleValue());
            }
            case FLOOR -> {
                notZero(b.signum() == 0, "integer division or modulo by zero");
                BigInteger[] parts = a.divideAndRemainder(b);
                boolean down = parts[1].signum() != 0 && parts[1].signum() != b.signum();
                yield new Int(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
            }
            case MODULO -> {
                notZero(b.signum() == 0, "integer modulo by zero");
                BigInteger rest = a.remainder(b);
                yield new Int(rest.signum() != 0 && rest.signum() != b.signum() ? rest.add(b) : rest);
            }
            case POWER -> {
                if (b.signum() < 0) {
                    yield real(operator, a.doubleValue(), b.doubleValue());
                }
                if (a.abs().bitLength() > 1 && b.doubleValue() * a.bitLength() > MOST_BITS) {
                    throw new TemplateException("the number would be too large");
                }
                yield new Int(a.abs().bitLength() > 1
                        ? a.pow(b.intValueExact())
                        : a.signum() >= 0 ? b.signum() == 0 ? BigInteger.ONE : a : b.testBit(0) ? a : BigInteger.ONE);
            }
        };
    }

    private static Value real(Operator operator, double a, double b) {
        return new Real(switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> {
                notZero(b == 0, "float division by zero");
                yield a / b;
            }
            case FLOOR -> {
                notZero(b == 0, "float floor division by zero");
                double exact = (a - modulo(a, b)) / b;
                double floor = Math.floor(exact);
                yield exact == 0 ? Math.copySign(0, a / b) : exact - floor > 0.5 ? floor + 1 : floor;
            }
            case MODULO -> {
                notZero(b == 0, "float modulo by zero");
                yield modulo(a, b);
            }
            case POWER -> {
                notZero(a == 0 && b < 0, "0.0 cannot be raised to a negative power");
                yield Math.pow(a, b);
            }
        });
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        return rest == 0 ? Math.copySign(0, b) : rest < 0 != b < 0 ? rest + b : rest;
    }

    private static void notZero(boolean zero, String message) {
        if (zero) {
            throw new TemplateException(message);
        }
    }

    static Value signed(boolean negative, Value value) {
        Python.check(value);
        if (value instanceof Real(double number)) {
            return negative ? new Real(-number) : value;
        }
        BigInteger number = Python.integer(value).orElseThrow(() -> new TemplateException(
                "bad operand type for unary " + (negative ? "-" : "+") + ": '" + Python.type(value) + "'"));
        return new Int(negative ? number.negate() : number);
    }

    private static TemplateException unsupported(String operator, Value a, Value b) {
        return new TemplateException("unsupported operand type(s) for " + operator + ": '" + Python.type(a) + "' and '"
                + Python.type(b) + "'");
    }
}
