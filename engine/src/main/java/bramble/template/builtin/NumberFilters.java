package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Filters that make numbers, calculate with them, or write them for people. */
@AutoService(Extensions.class)
public final class NumberFilters implements Extensions {
    private static final String SUFFIXES = "YZEPTGMKB";
    private static final Pattern SIZE = Pattern.compile("\\s*(\\d*\\.?\\d+)\\s*([A-Za-z]+)?.*", Pattern.DOTALL);

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("int", NumberFilters::toInt),
                entry("float", NumberFilters::toFloat),
                entry("abs", NumberFilters::abs),
                entry("round", NumberFilters::round),
                entry("log", NumberFilters::log),
                entry("pow", (input, arguments, _) -> new Real(Math.pow(Numbers.demand(input, "pow()"),
                        Numbers.demand(arguments.value(0, "y"), "pow()")))),
                entry("root", NumberFilters::root),
                entry("human_readable", NumberFilters::humanReadable),
                entry("human_to_bytes", NumberFilters::humanToBytes),
                entry("filesizeformat", NumberFilters::fileSize));
    }

    private static Value toInt(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("default", "base");
        Value fallback = arguments.value(0, "default", Int.of(0));
        int base = arguments.integer(1, "base", 10);
        if (input instanceof Text(String text)) {
            return Numbers.whole(text, base).or(() -> Numbers.real(text).flatMap(Numbers::truncated))
                    .<Value>map(Int::new).orElse(fallback);
        }
        if (!Python.number(input)) {
            return fallback;
        }
        return Python.integer(input).or(() -> Numbers.truncated(Python.real(input))).<Value>map(Int::new)
                .orElse(fallback);
    }

    private static Value toFloat(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("default");
        return Numbers.real(input).<Value>map(Real::new).orElse(arguments.value(0, "default", new Real(0)));
    }

    private static Value abs(Value input, Arguments arguments, Evaluation evaluation) {
        Numbers.demand(input, "abs()");
        return Python.integer(input).<Value>map(number -> new Int(number.abs()))
                .orElseGet(() -> new Real(Math.abs(Python.real(input))));
    }

    private static Value round(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("precision", "method");
        double number = Numbers.demand(input, "round()");
        int precision = arguments.integer(0, "precision", 0);
        String method = arguments.text(1, "method", "common");
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return input;
        }
        double scale = Math.pow(10, precision);
        return switch (method) {
            case "ceil" -> new Real(Math.ceil(number * scale) / scale);
            case "floor" -> new Real(Math.floor(number * scale) / scale);
            case "common" -> Python.integer(input)
                    .<Value>map(whole -> new Int(
                            new BigDecimal(whole).setScale(Math.min(0, precision), RoundingMode.HALF_EVEN)
                                    .toBigInteger()))
                    .orElseGet(() -> new Real(
                            new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).doubleValue()));
            default -> throw new TemplateException("method must be common, ceil or floor");
        };
    }

    private static Value log(Value input, Arguments arguments, Evaluation evaluation) {
        double number = Numbers.demand(input, "log()");
        Optional<Value> base = arguments.optional(0, "base");
        if (number <= 0) {
            throw new TemplateException("log() can only be used on numbers: math domain error");
        }
        if (base.isEmpty()) {
            return new Real(Math.log(number));
        }
        double of = Numbers.demand(base.get(), "log()");
        return new Real(of == 10 ? Math.log10(number) : of == 2 ? log2(number) : Math.log(number) / Math.log(of));
    }

    private static double log2(double number) {
        int exponent = Math.getExponent(number);
        return number == Math.scalb(1.0, exponent) ? exponent : Math.log(number) / Math.log(2);
    }

    private static Value root(Value input, Arguments arguments, Evaluation evaluation) {
        double number = Numbers.demand(input, "root()");
        double base = arguments.optional(0, "base").map(value -> Numbers.demand(value, "root()")).orElse(2.0);
        if (base == 2 && number < 0) {
            throw new TemplateException("root() can only be used on numbers: math domain error");
        }
        return new Real(base == 2 ? Math.sqrt(number) : Math.pow(number, 1 / base));
    }

    private static BigInteger limit(char suffix) {
        return BigInteger.ONE.shiftLeft(10 * (SUFFIXES.length() - 1 - SUFFIXES.indexOf(suffix)));
    }

    private static Value humanReadable(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("isbits", "unit");
        boolean bits = arguments.bool(0, "isbits", false);
        String unit = arguments.text(1, "unit", "").toUpperCase(Locale.ROOT);
        double size = Numbers.real(input).orElseThrow(
                () -> new TemplateException(
                        "human_readable() can't interpret following string: " + evaluation.text(input)));
        char suffix = 'B';
        for (int i = 0; i < SUFFIXES.length(); i++) {
            char candidate = SUFFIXES.charAt(i);
            if (unit.isEmpty() ? size >= limit(candidate).doubleValue() : unit.equals(String.valueOf(candidate))) {
                suffix = candidate;
                break;
            }
        }
        String name = suffix == 'B' ? bits ? "bits" : "Bytes" : suffix + (bits ? "b" : "B");
        return new Text(decimals(size / limit(suffix).doubleValue(), 2) + " " + name);
    }

    private static String decimals(double number, int places) {
        return new BigDecimal(number).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static Value humanToBytes(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("default_unit", "isbits");
        boolean bits = arguments.bool(1, "isbits", false);
        String text = evaluation.text(input);
        var matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new TemplateException("human_to_bytes() can't interpret following string: " + text);
        }
        Optional<String> written = Optional.ofNullable(matcher.group(2));
        String unit = written.orElse(arguments.text(0, "default_unit", ""));
        var number = new BigDecimal(String.valueOf(matcher.group(1)));
        if (unit.isEmpty()) {
            return new Int(number.setScale(0, RoundingMode.HALF_EVEN).toBigInteger());
        }
        char suffix = Character.toUpperCase(unit.charAt(0));
        if (SUFFIXES.indexOf(suffix) < 0) {
            throw new TemplateException("human_to_bytes() failed to convert " + text + " (unit = " + unit
                    + "). The suffix must be one of Y, Z, E, P, T, G, M, K, B");
        }
        checkUnit(unit, bits, text);
        return new Int(
                number.multiply(new BigDecimal(limit(suffix))).setScale(0, RoundingMode.HALF_EVEN).toBigInteger());
    }

    /** KB means bytes and Kb bits; more letters must be the word itself. */
    private static void checkUnit(String unit, boolean bits, String text) {
        String kind = bits ? "bit" : "byte";
        if (unit.length() == 1) {
            if (unit.equals(bits ? "B" : "b")) {
                throw new TemplateException(
                        "human_to_bytes() failed to convert " + text + ". Value is not a valid string ("
                                + "expect " + (bits ? "b" : "B") + ")");
            }
            return;
        }
        String rest = unit.substring(1);
        boolean word = unit.toLowerCase(Locale.ROOT).contains(kind);
        if (!word && !rest.equals(bits ? "b" : "B")) {
            throw new TemplateException(
                    "human_to_bytes() failed to convert " + text + ". Value is not a valid string (expect "
                            + (bits ? "b" : "B") + " or " + kind + " after the prefix)");
        }
    }

    private static Value fileSize(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("binary");
        boolean binary = arguments.bool(0, "binary", false);
        double size = Numbers.real(input)
                .orElseThrow(
                        () -> new TemplateException("could not convert string to float: " + evaluation.text(input)));
        int base = binary ? 1024 : 1000;
        if (size == 1) {
            return new Text("1 Byte");
        }
        if (size < base) {
            return new Text((long) size + " Bytes");
        }
        String suffix = "";
        double unit = base;
        for (String prefix : List.of("k", "M", "G", "T", "P", "E", "Z", "Y")) {
            suffix = binary ? prefix.toUpperCase(Locale.ROOT) + "iB" : prefix + "B";
            unit *= base;
            if (size < unit) {
                break;
            }
        }
        return new Text(decimals(base * size / unit, 1) + " " + suffix);
    }

}
