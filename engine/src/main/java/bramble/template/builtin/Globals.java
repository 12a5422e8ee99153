package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Extensions;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The global functions of Jinja2 and Ansible that need nothing of the evaluation. */
@AutoService(Extensions.class)
public final class Globals implements Extensions {
    private static final int LONGEST_RANGE = 10_000_000;

    @Override
    public Map<String, Value> globals() {
        return Map.ofEntries(
                entry("range", function(Globals::range)),
                entry("dict", function(Globals::dict)),
                entry("now", function(Times::now)),
                entry("undef", function(arguments -> new Undefined(
                        arguments.text(0, "hint", "A variable was set to an undefined value"), Source.NONE))),
                entry("cycler", function(arguments -> new Cycler(arguments.positional()))),
                entry("lipsum", function(Lipsum::text)),
                entry("joiner", function(arguments -> new Joiner(arguments.text(0, "sep", ", ")))));
    }

    /** A function of its arguments. */
    interface Body {
        Value apply(Arguments arguments);
    }

    static Callable function(Body body) {
        return (positional, named) -> body.apply(new Arguments(positional, named));
    }

    private static Value range(Arguments arguments) {
        List<Value> bounds = arguments.positional();
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw new TemplateException("range expected 1 to 3 arguments, got " + bounds.size());
        }
        BigInteger start = bounds.size() == 1 ? BigInteger.ZERO : arguments.integer(0, "start");
        BigInteger stop = arguments.integer(bounds.size() == 1 ? 0 : 1, "stop");
        BigInteger step = bounds.size() == 3 ? arguments.integer(2, "step") : BigInteger.ONE;
        if (step.signum() == 0) {
            throw new TemplateException("range() arg 3 must not be zero");
        }
        if (stop.subtract(start).divide(step).compareTo(BigInteger.valueOf(LONGEST_RANGE)) > 0) {
            throw new TemplateException("range() would have more than " + LONGEST_RANGE + " numbers");
        }
        var numbers = new ArrayList<Value>();
        for (BigInteger i = start; step.signum() > 0 ? i.compareTo(stop) < 0 : i.compareTo(stop) > 0; i = i.add(step)) {
            numbers.add(new Int(i));
        }
        return new ListValue(numbers);
    }

    private static Value dict(Arguments arguments) {
        var entries = new LinkedHashMap<Value, Value>();
        if (arguments.positional().size() > 1) {
            throw new TemplateException("dict expected at most 1 argument, got " + arguments.positional().size());
        }
        for (Value argument : arguments.positional()) {
            if (argument instanceof MapValue map) {
                entries.putAll(map.entries());
                continue;
            }
            for (Value item : Python.items(argument)) {
                List<Value> pair = Python.items(item);
                if (pair.size() != 2) {
                    throw new TemplateException("dictionary update sequence element has length " + pair.size()
                            + "; 2 is required: " + PythonText.repr(item));
                }
                entries.put(pair.get(0), pair.get(1));
            }
        }
        arguments.named().forEach((name, value) -> entries.put(new Text(name), value));
        return new MapValue(entries);
    }

    /** Gives its items in turn, without end. It belongs to the one template that made it. */
    private static final class Cycler implements ObjectValue {
        private final List<Value> items;
        private int at;

        Cycler(List<Value> items) {
            if (items.isEmpty()) {
                throw new TemplateException("at least one item has to be provided");
            }
            this.items = items;
        }

        @Override
        public String type() {
            return "Cycler";
        }

        @Override
        public Optional<Value> attribute(String name) {
            return Optional.ofNullable(switch (name) {
                case "current" -> items.get(at);
                case "next" -> function(_ -> {
                    Value current = items.get(at);
                    at = (at + 1) % items.size();
                    return current;
                });
                case "reset" -> function(_ -> {
                    at = 0;
                    return None.NONE;
                });
                default -> null;
            });
        }
    }

    /** Gives nothing the first time, then the separator. It belongs to the one template that made it. */
    private static final class Joiner implements Callable {
        private final String separator;
        private boolean used;

        Joiner(String separator) {
            this.separator = separator;
        }

        @Override
        public Value call(List<Value> positional, Map<String, Value> named) {
            String given = used ? separator : "";
            used = true;
            return new Text(given);
        }
    }
}
