package bramble.template;

import bramble.problem.Source;
import bramble.value.Undefined;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/** Evaluates templates, expressions and documents. Immutable apart from its cache of parsed templates; any thread may use it. */
public final class Templates {
    private final Function<Vaulted, Value> open;
    private final Map<String, Filter> filters = new HashMap<>();
    private final Map<String, Test> tests = new HashMap<>();
    private final Map<String, Lookup> lookups = new HashMap<>();
    private final Map<String, Value> globals = new HashMap<>();

    /** @param open opens an inline vaulted text */
    public Templates(Function<Vaulted, Value> open) {
        this(open, ServiceLoader.load(Extensions.class, Templates.class.getClassLoader()));
    }

    Templates(Function<Vaulted, Value> open, Iterable<Extensions> families) {
        this.open = open;
        for (Extensions family : families) {
            filters.putAll(family.filters());
            tests.putAll(family.tests());
            lookups.putAll(family.lookups());
            globals.putAll(family.globals());
        }
    }

    /** A value with every template and vaulted text in it evaluated, at any depth; {@code omit} stays for the caller. */
    public Value resolve(Value value, Scope scope) {
        return value instanceof Vaulted vaulted ? open.apply(vaulted) : value;
    }

    /** What a bare expression (an {@code until}, a {@code changed_when}) gives. */
    public Value expression(String expression, Source at, Scope scope) {
        return new Undefined("not there yet: " + expression, at);
    }

    /** Whether a {@code when}, a {@code failed_when} or an {@code assert} holds: an expression, a bool, or a list of them. */
    public Truth condition(Value condition, Source at, Scope scope) {
        return Truth.FALSE;
    }

    /** The text that a template file gives. Unknown values in it are a {@link bramble.value.UnknownValueException}. */
    public String document(String text, Source at, DocumentOptions options, Scope scope) {
        return text;
    }

    Value filter(String name, Value input, Arguments arguments, Evaluation evaluation) {
        Filter filter = filters.get(name);
        return filter == null ? input : filter.apply(input, arguments, evaluation);
    }

    Value test(String name, Value input, Arguments arguments, Evaluation evaluation) {
        Test test = tests.get(name);
        return Value.of(test != null && test.test(input, arguments, evaluation));
    }

    List<Value> query(String name, List<Value> terms, Arguments options, Evaluation evaluation) {
        Lookup lookup = lookups.get(name);
        return lookup == null ? List.of() : lookup.look(terms, options, evaluation);
    }

    Value attribute(Value value, String name, Evaluation evaluation) {
        return new Undefined(name + globals.size(), evaluation.source());
    }

    Value item(Value value, Value key, Evaluation evaluation) {
        return new Undefined(key.toString(), evaluation.source());
    }
}
