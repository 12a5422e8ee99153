package bramble.template.builtin;

import bramble.problem.ProblemException;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import io.burt.jmespath.BaseRuntime;
import io.burt.jmespath.JmesPathException;
import io.burt.jmespath.JmesPathType;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filter {@code json_query}: JMESPath expressions. */
@AutoService(Extensions.class)
public final class QueryFilters implements Extensions {
    /** A literal in backticks; quoted texts and names, which may have backticks in them, come first. */
    private static final Pattern LITERAL = Pattern
            .compile("'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|`((?:[^`\\\\]|\\\\.)*)`");

    @Override
    public Map<String, Filter> filters() {
        return Map.of("json_query", QueryFilters::query);
    }

    private static Value query(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("expr");
        String expression = arguments.text(0, "expr");
        try {
            return new JmesPathValues().compile(quoted(expression)).search(input);
        } catch (JmesPathException e) {
            throw new TemplateException("JMESPathError in json_query: " + e.getMessage());
        }
    }

    /** The expression with quotes in its literals that have none: {@code `web`} stands for {@code `"web"`}, as it always did. */
    private static String quoted(String expression) {
        return LITERAL.matcher(expression).replaceAll(match -> {
            String literal = match.group(1);
            return Matcher.quoteReplacement(literal == null || isJson(literal.strip())
                    ? match.group()
                    : "`\"" + literal.stripLeading() + "\"`");
        });
    }

    private static boolean isJson(String text) {
        try {
            Json.parse(text);
            return true;
        } catch (ProblemException _) {
            return false;
        }
    }

    /** JMESPath over our values. */
    private static final class JmesPathValues extends BaseRuntime<Value> {
        private static final double EXACT = 1L << 53;

        @Override
        public Value parseString(String text) {
            try {
                return Json.parse(text);
            } catch (ProblemException e) {
                throw new TemplateException("JMESPathError in json_query: " + e.summary());
            }
        }

        @Override
        public List<Value> toList(Value value) {
            return switch (typeOf(value)) {
                case ARRAY -> Python.items(value);
                case OBJECT -> List.copyOf(((MapValue) value).entries().values());
                case NUMBER, STRING, BOOLEAN, NULL -> List.of();
            };
        }

        @Override
        public String toString(Value value) {
            return value instanceof Text(String text)
                    ? text
                    : Json.write(value, new Json.Style(-1, false, false, ",", ":"));
        }

        @Override
        public Number toNumber(Value value) {
            return value instanceof Int(BigInteger number) ? number : Python.real(value);
        }

        @Override
        public boolean isTruthy(Value value) {
            return switch (typeOf(value)) {
                case NUMBER -> true;
                case ARRAY, OBJECT, STRING, BOOLEAN, NULL -> Python.truth(value);
            };
        }

        @Override
        public JmesPathType typeOf(Value value) {
            Python.truth(value); // what is unknown or undefined says so
            return switch (value) {
                case None _ -> JmesPathType.NULL;
                case Bool _ -> JmesPathType.BOOLEAN;
                case Int _,Real _ -> JmesPathType.NUMBER;
                case ListValue _,bramble.value.TupleValue _ -> JmesPathType.ARRAY;
                case MapValue _ -> JmesPathType.OBJECT;
                default -> JmesPathType.STRING;
            };
        }

        @Override
        public Value getProperty(Value value, Value name) {
            return value instanceof MapValue map ? map.get(PythonText.of(name)).orElse(None.NONE) : None.NONE;
        }

        @Override
        public Collection<Value> getPropertyNames(Value value) {
            return value instanceof MapValue map ? map.entries().keySet() : List.of();
        }

        @Override
        public Value createNull() {
            return None.NONE;
        }

        @Override
        public Value createArray(Collection<Value> elements) {
            return new ListValue(List.copyOf(elements));
        }

        @Override
        public Value createString(String text) {
            return new Text(text);
        }

        @Override
        public Value createBoolean(boolean flag) {
            return Bool.of(flag);
        }

        @Override
        public Value createObject(Map<Value, Value> entries) {
            return new MapValue(new LinkedHashMap<>(entries));
        }

        @Override
        public Value createNumber(double number) {
            // The library calculates with floats only; the sum of whole numbers is a whole number.
            boolean whole = number == Math.rint(number) && Math.abs(number) < EXACT;
            return whole ? Int.of((long) number) : new Real(number);
        }

        @Override
        public Value createNumber(long number) {
            return Int.of(number);
        }
    }
}
