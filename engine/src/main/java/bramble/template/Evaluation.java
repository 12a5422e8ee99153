package bramble.template;

import bramble.problem.Source;
import bramble.value.Callable;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.util.List;

/**
 * What a filter, a test or a lookup may ask of the evaluation it is part of.
 *
 * <p>Where one of these doors meets an unknown value, it throws {@link bramble.value.UnknownValueException}; let it pass: what
 * was being made of the value is then unknown too. An undefined value is an {@link UndefinedException} likewise.
 */
public final class Evaluation {
    private final Evaluator evaluator;
    private final int at;

    Evaluation(Evaluator evaluator, int at) {
        this.evaluator = evaluator;
        this.at = at;
    }

    /** The names of the expression that is being evaluated. */
    public Scope scope() {
        return evaluator.scope();
    }

    /** Where the expression stands. */
    public Source source() {
        return evaluator.place(at);
    }

    /** The language itself, for what takes a text as a template. */
    public Templates templates() {
        return evaluator.templates();
    }

    /** A value with every template in it evaluated. Undefined parts stay as they are. */
    public Value resolve(Value value) {
        return evaluator.settle(value);
    }

    /** What {@code input | name(arguments)} gives. */
    public Value filter(String name, Value input, Arguments arguments) {
        return evaluator.plugins().filter(name, input, arguments, at);
    }

    /** What {@code input is name(arguments)} gives. */
    public boolean test(String name, Value input, Arguments arguments) {
        return Python.truth(evaluator.plugins().test(name, input, arguments, at));
    }

    /** Whether there is a filter of that name. */
    public boolean hasFilter(String name) {
        return evaluator.templates().registry().hasFilter(name);
    }

    /** Whether there is a test of that name. */
    public boolean hasTest(String name) {
        return evaluator.templates().registry().hasTest(name);
    }

    /** What {@code query(name, terms, options)} gives. */
    public List<Value> query(String name, List<Value> terms, Arguments options) {
        return evaluator.plugins().query(name, terms, options, at);
    }

    /** What {@code callable(arguments)} gives. */
    public Value call(Callable callable, Arguments arguments) {
        return evaluator.call(callable, arguments);
    }

    /** {@code value.name}: an attribute or method, otherwise an item; {@link bramble.value.Undefined} where there is neither. */
    public Value attribute(Value value, String name) {
        return evaluator.members().attribute(value, name, at);
    }

    /** {@code value[key]}: an item, otherwise an attribute; {@link bramble.value.Undefined} where there is neither. */
    public Value item(Value value, Value key) {
        return evaluator.members().item(value, key, at);
    }

    /** The name of a value's type, as {@code type_debug} tells it. */
    public String type(Value value) {
        return value instanceof Text text
                ? evaluator.templates().natives().map(natives -> natives.type(text).orElse("AnsibleUnicode"))
                        .orElse("str")
                : Python.type(value);
    }

    /**
     * A text that a lookup made of a template.
     *
     * @param asValue whether, with {@code jinja2_native}, it is read as a literal of Python; otherwise it stays text
     */
    public Value rendered(String text, boolean asValue) {
        return evaluator.templates().natives()
                .<Value>map(natives -> asValue ? NativeTypes.read(text) : natives.known(text, "NativeJinjaUnsafeText"))
                .orElseGet(() -> new Text(text));
    }

    public boolean truth(Value value) {
        return Python.truth(value);
    }

    public boolean equal(Value a, Value b) {
        return Python.equal(a, b);
    }

    public int compare(Value a, Value b) {
        return Python.compare(a, b);
    }

    /** What str() writes. */
    public String text(Value value) {
        return PythonText.of(value);
    }

    /** What {@code for x in value} goes over. */
    public List<Value> items(Value value) {
        return Python.items(value);
    }
}
