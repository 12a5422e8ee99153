package bramble.template;

import bramble.problem.Nearest;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Expression.Argument;
import bramble.template.Expression.Comparator;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Evaluates the expressions of one text with the names of one scope. It belongs to one thread. */
final class Evaluator {
    /** What an {@code a if b} without an else says where it is used in earnest; printed it is nothing. */
    static final String NO_ELSE = "the inline if-expression evaluated to false, and it has no else";

    private static final int DEEPEST = 100;

    private final Templates templates;
    private final Scope scope;
    private final String text;
    private final Source base;
    private final @Nullable Evaluator caller;
    private final boolean lookups;
    private final int depth;
    private final Members members = new Members(this);
    private final Plugins plugins = new Plugins(this);
    private @Nullable Map<String, Value> thawed;

    /**
     * @param text what offsets are offsets in
     * @param base where it starts
     * @param caller whose expression needed this text's value
     * @param lookups whether lookups are allowed
     */
    Evaluator(Templates templates, Scope scope, String text, Source base, @Nullable Evaluator caller, boolean lookups) {
        this.templates = templates;
        this.scope = scope;
        this.text = text;
        this.base = base;
        this.caller = caller;
        this.lookups = lookups && scope.looksUp();
        this.depth = caller == null ? 0 : caller.depth + 1;
    }

    /** An evaluator for another text, with the same scope and the same changed lists. */
    Evaluator in(String otherText, Source otherBase) {
        var other = new Evaluator(templates, scope, otherText, otherBase, caller, lookups);
        other.thawed = thawed;
        return other;
    }

    /** An evaluator that sees no variables, only globals. */
    Evaluator withoutVariables() {
        return new Evaluator(templates, Scopes.of(Map.of(), scope.site()), text, base, caller, lookups);
    }

    /** From now on lists and mappings are copies that methods may change. */
    void mutate() {
        if (thawed == null) {
            thawed = new HashMap<>();
        }
    }

    boolean mutates() {
        return thawed != null;
    }

    Scope scope() {
        return scope;
    }

    Templates templates() {
        return templates;
    }

    Members members() {
        return members;
    }

    Plugins plugins() {
        return plugins;
    }

    /** Whether lookups are allowed. */
    boolean lookups() {
        return lookups;
    }

    Source place(int at) {
        int end = Math.min(at, text.length());
        int lines = 0;
        int start = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < end; i = text.indexOf('\n', i + 1)) {
            lines++;
            start = i + 1;
        }
        return base.plus(lines, end - start);
    }

    /** The expression's value. Parts of it may still be templates; {@link #settle} or {@link #finish} evaluates them. */
    Value eval(Expression expression, @Nullable Frame frame) {
        try {
            return switch (expression) {
                case Expression.Literal(Value value, _) -> value;
                case Expression.Name(String name, int at) -> name(name, at, frame);
                case Expression.ListOf(List<Expression> items, _) -> {
                    var values = evalAll(items, frame);
                    yield mutates() ? ListValue.thawed(values) : new ListValue(values);
                }
                case Expression.TupleOf(List<Expression> items, _) -> new TupleValue(evalAll(items, frame));
                case Expression.MapOf map -> map(map, frame);
                case Expression.Attribute(Expression target, String name, int at) ->
                    members.attribute(eval(target, frame), name, at, target);
                case Expression.Item(Expression target, Expression key, int at) ->
                    members.item(eval(target, frame), eval(key, frame), at, target);
                case Expression.Slice slice -> slice(slice, frame);
                case Expression.Call call -> call(call, frame);
                case Expression.Filtered(Expression input, String name, List<Argument> arguments, int at) ->
                    plugins.filter(name, eval(input, frame), arguments(arguments, frame), at);
                case Expression.Tested tested -> tested(tested, frame);
                case Expression.Signed(boolean negative, Expression operand, _) ->
                    Arithmetic.signed(negative, eval(operand, frame));
                case Expression.Binary(var operator, Expression left, Expression right, _) ->
                    Arithmetic.binary(operator, settle(eval(left, frame)), settle(eval(right, frame)));
                case Expression.Comparison comparison -> comparison(comparison, frame);
                case Expression.Joined(List<Expression> parts, _) -> {
                    var out = new StringBuilder();
                    for (Expression part : parts) {
                        out.append(text(eval(part, frame)));
                    }
                    yield new Text(out.toString());
                }
                case Expression.And(Expression left, Expression right, _) -> junction(left, right, true, frame);
                case Expression.Or(Expression left, Expression right, _) -> junction(left, right, false, frame);
                case Expression.Not(Expression operand, _) -> Bool.of(!Python.truth(eval(operand, frame)));
                case Expression.Choice choice -> choice(choice, frame);
            };
        } catch (UnknownValueException e) {
            return new Unknown(e.why());
        } catch (ProblemException e) {
            throw Python.placed(e,
                    e.problems().getFirst().source().equals(Source.NONE) ? place(expression.at()) : base);
        }
    }

    /** A path of names as it is written, up to the member that is asked of it; "It" for all else. */
    String written(Expression owner, int end) {
        Expression first = owner;
        while (!(first instanceof Expression.Name)) {
            switch (first) {
                case Expression.Attribute(Expression target, _, _) -> first = target;
                case Expression.Item(Expression target, _, _) -> first = target;
                default -> {
                    return "It";
                }
            }
        }
        return first.at() < end && end <= text.length()
                ? text.substring(first.at(), end).replaceFirst("[\\s.\\[]+$", "")
                : "It";
    }

    private List<Value> evalAll(List<Expression> expressions, @Nullable Frame frame) {
        var values = new ArrayList<Value>(expressions.size());
        for (Expression expression : expressions) {
            values.add(eval(expression, frame));
        }
        return values;
    }

    private Value map(Expression.MapOf map, @Nullable Frame frame) {
        var entries = new LinkedHashMap<Value, Value>();
        for (int i = 0; i < map.keys().size(); i++) {
            Value key = settle(eval(map.keys().get(i), frame));
            Python.check(key);
            if (key instanceof ListValue || key instanceof MapValue) {
                throw new TemplateException("unhashable type: '" + Python.type(key) + "'");
            }
            entries.put(key, eval(map.values().get(i), frame));
        }
        return mutates() ? MapValue.thawed(entries) : new MapValue(entries);
    }

    private Value name(String name, int at, @Nullable Frame frame) {
        Value local = frame == null ? null : frame.get(name);
        return local != null ? local : variable(name, at);
    }

    /** A name that the template itself gives no value to. */
    Value variable(String name, int at) {
        Value changed = thawed == null ? null : thawed.get(name);
        if (changed != null) {
            return changed;
        }
        if (name.equals("vars")) {
            return MapValue.view(new ScopeView(this));
        }
        Value value = scope.get(name);
        if (value instanceof Undefined) {
            return switch (name) {
                case "omit" -> Omit.OMIT;
                case "lookup" -> function(arguments -> plugins.lookup(arguments, false, at));
                case "query", "q" -> function(arguments -> plugins.lookup(arguments, true, at));
                case "namespace" -> function(arguments -> new Namespace(MapMethods.pairs(arguments)));
                default ->
                    templates.registry().global(name).orElseGet(() -> new Undefined("'" + name + "' is undefined",
                            place(at), () -> hint(name)));
            };
        }
        if (thawed != null) {
            Value copy = settle(value).thaw();
            thawed.put(name, copy);
            return copy;
        }
        return late(value);
    }

    /** The nearest name; or what a fact would need that nobody has gathered. */
    private String hint(String name) {
        String near = Nearest.hint(name, scope.names());
        boolean fact = name.startsWith("ansible_") && scope.get("ansible_facts") instanceof MapValue facts
                && facts.byName().isEmpty();
        return near.isEmpty() && fact ? NO_FACTS : near;
    }

    /** Said where a fact is asked for, and there are none. */
    static final String NO_FACTS = "No facts are gathered of this host: \"gather_facts: true\", or the module setup, does it.";

    private static Value function(java.util.function.Function<Arguments, Value> body) {
        Callable callable = (positional, named) -> body.apply(new Arguments(positional, named));
        return callable;
    }

    private Value slice(Expression.Slice slice, @Nullable Frame frame) {
        Value target = eval(slice.target(), frame);
        if (target instanceof Unknown) {
            return target;
        }
        Python.check(target);
        return Slices.of(target, bound(slice.from(), frame), bound(slice.to(), frame), bound(slice.step(), frame));
    }

    private Value bound(@Nullable Expression expression, @Nullable Frame frame) {
        return expression == null ? None.NONE : eval(expression, frame);
    }

    private Arguments arguments(List<Argument> written, @Nullable Frame frame) {
        if (written.isEmpty()) {
            return Arguments.NONE;
        }
        var positional = new ArrayList<Value>(written.size());
        Map<String, Value> named = new LinkedHashMap<>();
        for (Argument argument : written) {
            Value value = settle(eval(argument.value(), frame));
            switch (argument.kind()) {
                case POSITIONAL -> positional.add(value);
                case NAMED -> named.put(argument.name(), value);
                case SPREAD -> positional.addAll(Python.items(value));
                case SPREAD_NAMED -> {
                    Python.check(value);
                    if (!(value instanceof MapValue map)) {
                        throw new TemplateException("argument after ** must be a mapping, not " + Python.type(value));
                    }
                    named.putAll(map.byName());
                }
            }
        }
        return new Arguments(positional, named);
    }

    private Value call(Expression.Call call, @Nullable Frame frame) {
        return callWith(call, frame, Map.of());
    }

    /** A call with more named arguments than are written. */
    Value callWith(Expression.Call call, @Nullable Frame frame, Map<String, Value> more) {
        Value callee;
        if (call.target() instanceof Expression.Attribute(Expression target, String name, int at)) {
            Value owner = eval(target, frame);
            owner = owner instanceof MapValue ? owner : settle(owner);
            Optional<Value> method = owner instanceof MapValue map ? MapMethods.of(map, name) : Optional.empty();
            callee = method.isPresent() ? method.get() : members.attribute(owner, name, at);
        } else {
            callee = eval(call.target(), frame);
        }
        return switch (callee) {
            case Unknown _ -> callee;
            case Undefined undefined -> throw new UndefinedException(undefined);
            case Callable callable -> call(callable, arguments(call.arguments(), frame).and(more));
            case ObjectValue object when object.attribute("__call__").orElse(None.NONE) instanceof Callable callable ->
                call(callable, arguments(call.arguments(), frame).and(more));
            default -> throw new TemplateException("'" + Python.type(callee) + "' object is not callable");
        };
    }

    Value call(Callable callable, Arguments arguments) {
        if (!(callable instanceof OpenCallable)) {
            Optional<Value> unknown = Plugins.unknown(arguments);
            if (unknown.isPresent()) {
                return unknown.get();
            }
            arguments.positional().forEach(Python::check);
            arguments.named().values().forEach(Python::check);
        }
        return result(callable.call(arguments.positional(), arguments.named()));
    }

    /** What a function or filter gave, as this evaluation needs it. */
    Value result(Value value) {
        Value now = late(value);
        boolean fixed = (now instanceof ListValue list && !list.thawed())
                || (now instanceof MapValue map && !map.thawed() && !map.isView());
        if (thawed != null && fixed) {
            return settle(now).thaw();
        }
        return now;
    }

    private Value tested(Expression.Tested tested, @Nullable Frame frame) {
        boolean sealed = tested.name().endsWith("vault_encrypted")
                && tested.input() instanceof Expression.Name(String name, _)
                && (frame == null || frame.get(name) == null) && scope.get(name) instanceof Vaulted;
        if (sealed) { // as it stands: evaluated, it would be open
            return Bool.of(!tested.negated());
        }
        Value result = plugins.test(tested.name(), eval(tested.input(), frame), arguments(tested.arguments(), frame),
                tested.at());
        return tested.negated() && result instanceof Bool bool ? Bool.of(!bool.value()) : result;
    }

    private Value comparison(Expression.Comparison comparison, @Nullable Frame frame) {
        Value left = settle(eval(comparison.first(), frame));
        for (int i = 0; i < comparison.operators().size(); i++) {
            Comparator operator = comparison.operators().get(i);
            boolean member = operator == Comparator.IN || operator == Comparator.NOT_IN;
            Value right = eval(comparison.others().get(i), frame);
            right = member && right instanceof MapValue ? right : settle(right);
            if (!holds(operator, left, right)) {
                return Bool.FALSE;
            }
            left = right;
        }
        return Bool.TRUE;
    }

    private static boolean holds(Comparator operator, Value left, Value right) {
        return switch (operator) {
            case EQUAL -> Python.equal(left, right);
            case UNEQUAL -> !Python.equal(left, right);
            case LESS -> Python.compare(left, right, "<") < 0 && ordered(left, right);
            case AT_MOST -> Python.compare(left, right, "<=") <= 0 && ordered(left, right);
            case GREATER -> Python.compare(left, right, ">") > 0 && ordered(left, right);
            case AT_LEAST -> Python.compare(left, right, ">=") >= 0 && ordered(left, right);
            case IN -> Python.contains(right, left);
            case NOT_IN -> !Python.contains(right, left);
        };
    }

    private static boolean ordered(Value left, Value right) {
        return !Python.nan(left) && !Python.nan(right);
    }

    /** {@code and} where {@code both}, {@code or} otherwise; an unknown side matters only if the other does not decide. */
    private Value junction(Expression leftPart, Expression rightPart, boolean both, @Nullable Frame frame) {
        Value left = eval(leftPart, frame);
        if (!(left instanceof Unknown)) {
            return Python.truth(left) == both ? eval(rightPart, frame) : left;
        }
        try {
            Value right = eval(rightPart, frame);
            return !(right instanceof Unknown) && Python.truth(right) != both ? right : left;
        } catch (TemplateException _) {
            return left; // what the unknown side may keep from being evaluated must not fail
        }
    }

    private Value choice(Expression.Choice choice, @Nullable Frame frame) {
        Value condition = eval(choice.condition(), frame);
        if (condition instanceof Unknown) {
            return condition;
        }
        if (Python.truth(condition)) {
            return eval(choice.then(), frame);
        }
        Expression otherwise = choice.otherwise();
        return otherwise == null ? new Undefined(NO_ELSE, place(choice.at())) : eval(otherwise, frame);
    }

    /** What is printed for a value. */
    String text(Value value) {
        Value settled = settle(value);
        if (settled instanceof Undefined(String what, _, _, _) && what.equals(NO_ELSE)) {
            return "";
        }
        Python.check(settled);
        return PythonText.of(settled);
    }

    /** A template or vaulted text evaluated; the parts of a list or mapping stay as they are. */
    Value late(Value value) {
        Value now = value;
        while (true) {
            switch (now) {
                case Template template -> now = template(template);
                case Vaulted vaulted -> now = templates.open(vaulted);
                default -> {
                    return now;
                }
            }
        }
    }

    private Value template(Template template) {
        for (Evaluator running = this; running != null; running = running.caller) {
            if (running.scope == scope && running.text.equals(template.text())
                    && running.base.equals(template.source())) {
                throw new TemplateException(template.source(),
                        "recursive loop detected in the template \"" + template.text().strip() + "\"",
                        "A variable's value needs the variable itself.");
            }
        }
        if (depth > DEEPEST) {
            throw new TemplateException(template.source(),
                    "recursive loop detected: templates refer to templates more than "
                            + DEEPEST + " deep");
        }
        try {
            return templates.value(template, scope, this);
        } catch (UndefinedException e) {
            // Undefined in turn, so that default and defined work on what is made of something undefined.
            var problem = e.problems().getFirst();
            return new Undefined(problem.summary(), problem.source(), problem::hint);
        }
    }

    /** A value with every template in it evaluated, at any depth. */
    Value settle(Value value) {
        return walk(value, false);
    }

    /** The same as what leaves the expression language: undefined parts are errors, tuples are lists, nothing can be changed. */
    Value finish(Value value) {
        return walk(value, true);
    }

    private Value walk(Value value, boolean last) {
        if (value.plain()) {
            return value;
        }
        return switch (value) {
            case Template _,Vaulted _ -> walk(late(value), last);
            case ListValue list -> list.thawed() && !last ? list : new ListValue(walk(list.items(), last));
            case TupleValue(List<Value> items) ->
                last ? new ListValue(walk(items, true)) : new TupleValue(walk(items, false));
            case MapValue map -> map.isView() || (map.thawed() && !last) ? map : walk(map, last);
            case Undefined undefined -> {
                if (last) {
                    if (undefined.what().equals(NO_ELSE)) {
                        yield new Text("");
                    }
                    throw new UndefinedException(undefined);
                }
                yield undefined;
            }
            case PythonType type when last && templates.natives().isEmpty() -> throw new TemplateException(Source.NONE,
                    "Tried to take " + type.text() + " as a value, but a 'type' object is no data",
                    "Its name is a text: .__class__.__name__, or the filter type_debug.");
            case None _,Bool _,bramble.value.Int _,bramble.value.Real _,Text _,Unknown _,Omit _,Callable _,ObjectValue _ ->
                value;
        };
    }

    private List<Value> walk(List<Value> items, boolean last) {
        var walked = new ArrayList<Value>(items.size());
        for (Value item : items) {
            walked.add(walk(item, last));
        }
        return walked;
    }

    private MapValue walk(MapValue map, boolean last) {
        var walked = new LinkedHashMap<Value, Value>();
        map.entries().forEach((key, value) -> walked.put(key, walk(value, last)));
        return new MapValue(walked);
    }
}
