package bramble.template;

import bramble.problem.Source;
import bramble.value.Callable;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.List;

/**
 * What a filter, a test or a lookup may ask of the evaluation it is part of.
 *
 * <p>Where one of these doors meets an unknown value, it throws {@link bramble.value.UnknownValueException}; let it pass: what
 * was being made of the value is then unknown too. An undefined value is an {@link UndefinedException} likewise.
 */
public final class Evaluation {
    private final Templates templates;
    private final Scope scope;
    private final Source source;

    Evaluation(Templates templates, Scope scope, Source source) {
        this.templates = templates;
        this.scope = scope;
        this.source = source;
    }

    /** The names of the expression that is being evaluated. */
    public Scope scope() {
        return scope;
    }

    /** Where the expression stands. */
    public Source source() {
        return source;
    }

    /** The language itself, for what takes a text as a template. */
    public Templates templates() {
        return templates;
    }

    /** A value with every template in it evaluated. */
    public Value resolve(Value value) {
        return templates.resolve(value, scope);
    }

    /** What {@code input | name(arguments)} gives. */
    public Value filter(String name, Value input, Arguments arguments) {
        return templates.filter(name, input, arguments, this);
    }

    /** What {@code input is name(arguments)} gives. */
    public boolean test(String name, Value input, Arguments arguments) {
        return Python.truth(templates.test(name, input, arguments, this));
    }

    /** What {@code query(name, terms, options)} gives. */
    public List<Value> query(String name, List<Value> terms, Arguments options) {
        return templates.query(name, terms, options, this);
    }

    /** What {@code callable(arguments)} gives. */
    public Value call(Callable callable, Arguments arguments) {
        return resolve(callable.call(arguments.positional(), arguments.named()));
    }

    /** {@code value.name}: an attribute or method, otherwise an item; {@link bramble.value.Undefined} where there is neither. */
    public Value attribute(Value value, String name) {
        return templates.attribute(value, name, this);
    }

    /** {@code value[key]}: an item, otherwise an attribute; {@link bramble.value.Undefined} where there is neither. */
    public Value item(Value value, Value key) {
        return templates.item(value, key, this);
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
