package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import bramble.value.Vaulted;
import com.google.auto.service.AutoService;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Tests of what a value is. */
@AutoService(Extensions.class)
public final class TypeTests implements Extensions {
    private static final Set<String> YES = Set.of("y", "yes", "on", "1", "true", "t", "1.0");
    private static final Set<String> SAYS = Set.of("y", "yes", "on", "1", "true", "t", "1.0", "n", "no", "off", "0",
            "false", "f", "0.0");

    @Override
    public Map<String, Test> tests() {
        return Map.ofEntries(
                entry("defined", Test.takingUndefined((input, _, _) -> !(input instanceof Undefined))),
                entry("undefined", Test.takingUndefined((input, _, _) -> input instanceof Undefined)),
                entry("none", (input, _, _) -> input == None.NONE),
                entry("string", (input, _, _) -> input instanceof Text),
                entry("mapping", (input, _, _) -> input instanceof MapValue),
                entry("sequence", (input, _, _) -> sequence(input)),
                entry("iterable", (input, _, _) -> iterable(input)),
                entry("number", (input, _, _) -> Python.number(input)),
                entry("integer", (input, _, _) -> input instanceof Int),
                entry("float", (input, _, _) -> input instanceof Real),
                entry("boolean", (input, _, _) -> input instanceof Bool),
                entry("true", (input, _, _) -> input == Bool.TRUE),
                entry("false", (input, _, _) -> input == Bool.FALSE),
                entry("callable", (input, _, _) -> input instanceof Callable),
                entry("escaped", (_, _, _) -> false),
                entry("odd", (input, _, _) -> Python.equal(remainder(input, Int.of(2)), Int.of(1))),
                entry("even", (input, _, _) -> Python.equal(remainder(input, Int.of(2)), Int.of(0))),
                entry("divisibleby",
                        (input, arguments, _) -> Python.equal(remainder(input, arguments.value(0, "num")), Int.of(0))),
                entry("nan", (input, _, _) -> nan(input)),
                entry("isnan", (input, _, _) -> nan(input)),
                entry("truthy", (input, arguments, at) -> truthy(input, arguments, at)),
                entry("falsy", (input, arguments, at) -> !truthy(input, arguments, at)));
    }

    private static boolean sequence(Value value) {
        return switch (value) {
            case Text _,ListValue _,TupleValue _,MapValue _ -> true;
            case ObjectValue object -> object.operate("iter", None.NONE).isPresent();
            case None _,Bool _,Int _,Real _,Callable _,Undefined _,bramble.value.Unknown _,bramble.value.Omit _,Template _,Vaulted _ ->
                false;
        };
    }

    private static boolean iterable(Value value) {
        return sequence(value);
    }

    private static Value remainder(Value value, Value divisor) {
        if (value instanceof Real || divisor instanceof Real) {
            double by = Python.real(divisor);
            double rest = Python.real(value) % by;
            return new Real(rest != 0 && (rest < 0) != (by < 0) ? rest + by : rest);
        }
        BigInteger by = integer(divisor);
        if (by.signum() == 0) {
            throw new TemplateException("integer modulo by zero");
        }
        return new Int(integer(value).mod(by.abs()));
    }

    private static BigInteger integer(Value value) {
        return Python.integer(value)
                .orElseThrow(() -> new TemplateException("must be a number, not " + Python.type(value)));
    }

    private static boolean nan(Value value) {
        return Double.isNaN(Python.real(value));
    }

    private static boolean truthy(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("convert_bool");
        return evaluation.truth(arguments.bool(0, "convert_bool", false) ? word(input) : input);
    }

    /** A text that says yes or no as what it says; any other value as it is. */
    private static Value word(Value input) {
        return input instanceof Text(String text) && SAYS.contains(text.strip().toLowerCase(Locale.ROOT))
                ? Bool.of(YES.contains(text.strip().toLowerCase(Locale.ROOT)))
                : input;
    }
}
