package bramble.template;

import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of a filter, a test, a lookup or a function. Each getter takes the argument's position, or -1 where it can
 * only be named, and its name; with a fallback it is optional. An argument that doesn't fit is a {@link TemplateException}.
 */
public record Arguments(List<Value> positional, Map<String, Value> named) {
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    public static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** The argument, if it is given. */
    public Optional<Value> optional(int position, String name) {
        if (position >= 0 && position < positional.size()) {
            return Optional.of(positional.get(position));
        }
        return Optional.ofNullable(named.get(name));
    }

    public Value value(int position, String name) {
        return optional(position, name)
                .orElseThrow(() -> new TemplateException("missing required argument '" + name + "'"));
    }

    public Value value(int position, String name, Value fallback) {
        return optional(position, name).orElse(fallback);
    }

    /** The argument as text, as Python's str() writes it. */
    public String text(int position, String name) {
        return PythonText.of(value(position, name));
    }

    /** The argument as text; the fallback also where it is none. */
    public String text(int position, String name, String fallback) {
        return optional(position, name).filter(value -> value != None.NONE).map(PythonText::of).orElse(fallback);
    }

    public BigInteger integer(int position, String name) {
        return integer(name, value(position, name));
    }

    /** The argument as a whole number that fits an int; the fallback also where it is none. */
    public int integer(int position, String name, int fallback) {
        return optional(position, name).filter(value -> value != None.NONE).map(value -> clamp(integer(name, value)))
                .orElse(fallback);
    }

    private static int clamp(BigInteger number) {
        return number.max(BigInteger.valueOf(Integer.MIN_VALUE)).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private static BigInteger integer(String name, Value value) {
        return Python.integer(value).orElseThrow(
                () -> new TemplateException("argument '" + name + "' must be an int, not " + Python.type(value)));
    }

    /** The argument's truth. */
    public boolean bool(int position, String name, boolean fallback) {
        return optional(position, name).map(Python::truth).orElse(fallback);
    }

    /** The positional arguments from one position on. */
    public List<Value> from(int position) {
        return position >= positional.size() ? List.of() : positional.subList(position, positional.size());
    }

    /** These arguments without the first positional ones. */
    public Arguments skip(int count) {
        return new Arguments(from(count), named);
    }

    /** These arguments without a named one. */
    public Arguments without(String name) {
        var copy = new LinkedHashMap<>(named);
        copy.remove(name);
        return new Arguments(positional, copy);
    }

    /** These arguments and more named ones. */
    public Arguments and(Map<String, Value> more) {
        if (more.isEmpty()) {
            return this;
        }
        var all = new LinkedHashMap<>(named);
        all.putAll(more);
        return new Arguments(positional, all);
    }

    /** Refuses more positional arguments than there are names, and other names, with the nearest right one. */
    public void only(String... names) {
        Collection<String> known = List.of(names);
        if (positional.size() > names.length) {
            throw new TemplateException("takes at most " + names.length + " arguments, but " + positional.size()
                    + " were given");
        }
        for (String name : named.keySet()) {
            if (!known.contains(name)) {
                throw new TemplateException(bramble.problem.Source.NONE,
                        "got an unexpected keyword argument '" + name + "'",
                        bramble.problem.Nearest.hint(name, known));
            }
        }
    }
}
