package bramble.template;

import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Evaluates templates, expressions and documents. Immutable apart from its cache of parsed templates; any thread may use it. */
public final class Templates {
    /** What the language itself gives a value to. */
    private static final Set<String> LANGUAGE = Set.of("omit", "lookup", "query", "q", "namespace", "vars");

    private final Function<Vaulted, Value> open;
    private final Registry registry;
    private final Optional<NativeTypes> natives;
    private final Brought brought;
    private final Parsed.Cache parsed = new Parsed.Cache();

    /** @param open opens an inline vaulted text */
    public Templates(Function<Vaulted, Value> open) {
        this(open, false, Brought.NONE);
    }

    /**
     * @param natives the setting {@code jinja2_native}: whether a text that reads as a literal of Python becomes its value
     */
    public Templates(Function<Vaulted, Value> open, boolean natives, Brought brought) {
        this(open, natives, brought, ServiceLoader.load(Extensions.class, Templates.class.getClassLoader()));
    }

    Templates(Function<Vaulted, Value> open, Iterable<Extensions> families) {
        this(open, false, Brought.NONE, families);
    }

    private Templates(Function<Vaulted, Value> open, boolean natives, Brought brought,
            Iterable<Extensions> families) {
        this.brought = brought;
        this.natives = natives ? Optional.of(new NativeTypes()) : Optional.empty();
        this.open = open;
        this.registry = new Registry(families);
    }

    /** Whether {@code set_fact} leaves the words yes and no as they are. */
    public boolean keepsWords() {
        return natives.isPresent();
    }

    /** A value with every template and vaulted text in it evaluated, at any depth; {@code omit} stays for the caller. */
    public Value resolve(Value value, Scope scope) {
        return value.plain()
                ? value
                : guarded(Source.NONE, () -> evaluator("", Source.NONE, scope, null, true).finish(value));
    }

    /**
     * The same of another host's variable: what needs something that the host lacks is undefined by itself, and knows what
     * was written.
     */
    public Value resolveKnown(Value value, Scope scope) {
        return switch (value) {
            case Template template -> {
                try {
                    yield resolve(template, scope);
                } catch (UndefinedException e) {
                    var problem = e.problems().getFirst();
                    yield new Undefined(problem.summary(), problem.source(), problem::hint, Optional.of(template));
                }
            }
            case ListValue list when !list.plain() && !list.thawed() ->
                new ListValue(list.items().stream().map(item -> resolveKnown(item, scope)).toList());
            case MapValue map when !map.plain() && !map.thawed() && !map.isView() -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> entries.put(key, resolveKnown(one, scope)));
                yield new MapValue(entries);
            }
            default -> resolve(value, scope);
        };
    }

    /** A value with every template in it evaluated, as {@link #resolve} does it, but undefined parts stay as they are. */
    public Value settle(Value value, Scope scope) {
        return guarded(Source.NONE, () -> evaluator("", Source.NONE, scope, null, true).settle(value));
    }

    /** What a bare expression (an {@code until}, a {@code changed_when}) gives. */
    public Value expression(String expression, Source at, Scope scope) {
        return guarded(at, () -> expression(expression, at, scope, true));
    }

    private Value expression(String text, Source at, Scope scope, boolean lookups) {
        Parsed.Lone lone = read(at, text, () -> parsed.expression(text));
        Evaluator evaluator = evaluator(text, at, scope, null, lookups);
        return evaluator.finish(lone.value(evaluator));
    }

    /**
     * Whether a {@code when}, a {@code failed_when} or an {@code assert} holds: an expression, a bool, or a list of them that
     * must all hold. Nothing at all holds, but a template that gives nothing doesn't. A condition with <code>{{ }}</code> in it is evaluated, and if that gives a text,
     * the text is a condition in turn, though one without lookups.
     */
    public Truth condition(Value condition, Source at, Scope scope) {
        return guarded(at, () -> condition(condition, at, scope, true));
    }

    private Truth condition(Value condition, Source at, Scope scope, boolean lookups) {
        return switch (condition) {
            case None _ -> Truth.TRUE;
            case Text(String text) when Template.marked(text) && lookups ->
                condition(new Template(text, at), at, scope, true);
            case Text(String text) ->
                text.isBlank() ? Truth.of(lookups) : truth(expression(text, at, scope, lookups));
            case Template template -> {
                Value value = evaluator("", at, scope, null, true).finish(template);
                yield value instanceof Text ? condition(value, template.source(), scope, false) : truth(value);
            }
            case Vaulted vaulted -> condition(open(vaulted), at, scope, lookups);
            case ListValue list -> all(list.items(), at, scope, lookups);
            case TupleValue(List<Value> items) -> all(items, at, scope, lookups);
            case Bool _,bramble.value.Int _,bramble.value.Real _,MapValue _,Undefined _,Unknown _,bramble.value.Omit _,bramble.value.Callable _,bramble.value.ObjectValue _ ->
                truth(condition);
        };
    }

    private Truth all(List<Value> conditions, Source at, Scope scope, boolean lookups) {
        Truth result = Truth.TRUE;
        for (Value condition : conditions) {
            Truth truth;
            try {
                truth = condition(condition, at, scope, lookups);
            } catch (TemplateException e) {
                if (result.isUnknown()) {
                    return result;
                }
                throw e;
            }
            if (truth.isFalse()) {
                return truth;
            }
            result = result.isUnknown() ? result : truth;
        }
        return result;
    }

    private static Truth truth(Value value) {
        return value instanceof Unknown(String why) ? Truth.unknown(why) : Truth.of(Python.truth(value));
    }

    /** The text that a template file gives. Unknown values in it are a {@link UnknownValueException}. */
    public String document(String text, Source at, DocumentOptions options, Scope scope) {
        return guarded(at, () -> {
            Source start = at.line() == 0 ? new Source(at.file(), 1, 1) : at;
            Evaluator evaluator = evaluator(text, start, scope, null, true);
            Parsed document = read(start, text, () -> parsed.document(text, options));
            return document.text(evaluator);
        });
    }

    /** What a lookup gives, for the {@code with_} forms of loops. */
    public List<Value> query(String lookup, List<Value> terms, Arguments options, Source at, Scope scope) {
        return guarded(at, () -> {
            Evaluator evaluator = evaluator("", at, scope, null, true);
            return evaluator.plugins().query(lookup, terms.stream().map(evaluator::finish).toList(), options, 0)
                    .stream()
                    .map(evaluator::finish).toList();
        });
    }

    /** The names in a template inside YAML. {@link TemplateException} where it can't be read. */
    public List<Mention> mentions(Template template) {
        return mentions(() -> parsed.inline(template.text()), template.text(), template.source());
    }

    /** The names in a bare expression. */
    public List<Mention> mentionsInExpression(String text, Source at) {
        return mentions(() -> parsed.expression(text), text, at);
    }

    /** The names in the text of a template file. */
    public List<Mention> mentionsInDocument(String text, Source at, DocumentOptions options) {
        return mentions(() -> parsed.document(text, options), text, at);
    }

    private List<Mention> mentions(java.util.function.Supplier<Parsed> parse, String text, Source at) {
        return guarded(at, () -> Mentions.of(read(at, text, parse),
                evaluator(text, at, Scopes.EMPTY, null, false)::place));
    }

    /** Whether Bramble itself has a filter, test, lookup or global of that name. */
    public boolean knows(Mention mention) {
        return switch (mention.kind()) {
            case FILTER -> registry.hasFilter(mention.name());
            case TEST -> registry.hasTest(mention.name());
            case LOOKUP -> registry.hasLookup(mention.name());
            case VARIABLE, GUARDED, HOST, GROUP, PATTERN, SET, DOCUMENT ->
                LANGUAGE.contains(mention.name()) || registry.global(mention.name()).isPresent();
        };
    }

    /** The names of that kind that Bramble itself has, for "did you mean". */
    public Set<String> names(Mention.Kind kind) {
        return registry.names(kind);
    }

    Optional<NativeTypes> natives() {
        return natives;
    }

    Registry registry() {
        return registry;
    }

    /** What the playbook brings of that name, or Bramble's own; a collection's own comes first. */
    Filter filter(String name, Scope scope) {
        return own(name) && registry.hasFilter(name) && !brought.replaces("filter", name, scope)
                ? registry.filter(name)
                : brought.filter(name, scope).orElseGet(() -> registry.filter(name));
    }

    Test test(String name, Scope scope) {
        return own(name) && registry.hasTest(name) && !brought.replaces("test", name, scope)
                ? registry.test(name)
                : brought.test(name, scope).orElseGet(() -> registry.test(name));
    }

    Lookup lookup(String name, Scope scope) {
        return own(name) && registry.hasLookup(name)
                ? registry.lookup(name)
                : brought.lookup(name, scope).orElseGet(() -> registry.lookup(name));
    }

    private static boolean own(String name) {
        return name.indexOf('.') < 0 || name.startsWith("ansible.") || name.startsWith("community.");
    }

    Value open(Vaulted vaulted) {
        return open.apply(vaulted);
    }

    Parsed.Cache parsed() {
        return parsed;
    }

    Evaluator evaluator(String text, Source base, Scope scope, @Nullable Evaluator caller, boolean lookups) {
        return new Evaluator(this, scope, text, base, caller, lookups);
    }

    /** A template's value; parts of it may still be templates. */
    Value value(Template template, Scope scope, Evaluator caller) {
        String text = template.text();
        Parsed document = read(template.source(), text, () -> parsed.inline(text));
        Value value = document.value(evaluator(text, template.source(), scope, caller, true));
        return natives.isPresent() ? natives.get().of(document, value) : value;
    }

    <T> T read(Source at, String text, java.util.function.Supplier<T> parse) {
        try {
            return parse.get();
        } catch (SyntaxException e) {
            var place = new Evaluator(this, Scopes.EMPTY, text, at, null, false).place(e.at());
            throw new TemplateException(place, "Tried to read a template, but " + e.message() + ".", e.hint());
        }
    }

    private static <T> T guarded(Source at, java.util.function.Supplier<T> body) {
        try {
            return body.get();
        } catch (StackOverflowError _) {
            throw new TemplateException(at, "recursive loop detected: this template needs its own value");
        } catch (OutOfMemoryError _) { // what filled it is gone with the evaluation
            throw new TemplateException(at, "the template makes more than fits in Bramble's memory");
        } catch (bramble.problem.ProblemException e) {
            throw Python.placed(e, at);
        }
    }
}
