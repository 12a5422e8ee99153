package bramble.template;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Statement.Parameters;
import bramble.value.Callable;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One document being written out. */
final class Rendering {
    /** How often the loops of a template may go round, all together: nested ones can ask for any number. */
    private static final int MOST_ROUNDS = 10_000_000;

    /** What a {@code break} or {@code continue} asks of the loop around it. */
    private enum Signal {
        NONE,
        BREAK,
        CONTINUE
    }

    private final Document document;
    private final Evaluator evaluator;
    private final Frame root;
    private final Map<String, List<BlockBody>> blocks;
    private Frame frame;
    private Signal signal = Signal.NONE;
    private @Nullable Rendering parent;
    private int printed;
    private int rounds;
    private @Nullable Value last;

    /** A block's content, and the document it is written in. */
    private record BlockBody(Rendering owner, List<Element> body) {}

    private Rendering(Document document, Evaluator evaluator, Frame root, Map<String, List<BlockBody>> blocks) {
        this.document = document;
        this.evaluator = evaluator;
        this.root = root;
        this.frame = root;
        this.blocks = blocks;
        document.blocks().forEach(
                (name, block) -> blocks.computeIfAbsent(name, _ -> new ArrayList<>())
                        .add(new BlockBody(this, block.body())));
    }

    static Rendering of(Document document, Evaluator evaluator) {
        var rendering = new Rendering(document, evaluator, new Frame(null), new HashMap<>());
        rendering.root.set("self", new Blocks(rendering));
        return rendering;
    }

    /** The whole document's text, or that of what it extends. */
    String render() {
        var out = new StringBuilder();
        Rendering extended = null;
        for (Element element : document.elements()) {
            String text = run(element);
            if (extended == null || written(element)) {
                out.append(text);
            }
            extended = parent;
        }
        return parent == null ? out.toString() : out + parent.render();
    }

    /** Whether an element's text counts outside of blocks, too, in a template that extends another one. */
    private static boolean written(Element element) {
        return element instanceof Element.Tag(Statement statement, _)
                && (statement instanceof Statement.Include || statement instanceof Statement.CallBody);
    }

    /** The one value that was printed, if there was just one. */
    @Nullable
    Value only() {
        return printed == 1 && parent == null ? last : null;
    }

    private String run(Element element) {
        return switch (element) {
            case Element.Data(String text) -> text;
            case Element.Output(Expression expression) -> print(expression);
            case Element.Tag(Statement statement, List<Element> body) -> execute(statement, body);
        };
    }

    private String run(List<Element> body) {
        var out = new StringBuilder();
        for (Element element : body) {
            out.append(run(element));
            if (signal != Signal.NONE) {
                break;
            }
        }
        return out.toString();
    }

    private String run(List<Element> body, Frame inner) {
        Frame outer = frame;
        frame = inner;
        try {
            return run(body);
        } finally {
            frame = outer;
        }
    }

    /** The text of a body that is not printed where it stands. */
    private String captured(List<Element> body, Frame inner) {
        int before = printed;
        Value lastBefore = last;
        Rendering extended = parent;
        parent = null; // what is in a block or a macro is written, also in a template that extends another one
        try {
            return run(body, inner);
        } finally {
            printed = before;
            last = lastBefore;
            parent = extended;
        }
    }

    private String print(Expression expression) {
        if (parent != null) {
            return "";
        }
        Value value = known(evaluator.eval(expression, frame));
        printed++;
        last = value;
        return placed(expression, () -> evaluator.text(value));
    }

    private <T> T placed(Expression expression, java.util.function.Supplier<T> body) {
        try {
            return body.get();
        } catch (ProblemException e) {
            throw Python.placed(e, evaluator.place(expression.at()));
        }
    }

    private Value eval(Expression expression) {
        return known(evaluator.eval(expression, frame));
    }

    private static Value known(Value value) {
        if (value instanceof Unknown(String why)) {
            throw new UnknownValueException(why);
        }
        return value;
    }

    private boolean truth(Expression expression) {
        Value value = eval(expression);
        return placed(expression, () -> Python.truth(value));
    }

    /** What a tag writes. */
    private String execute(Statement tag, List<Element> body) {
        return switch (tag) {
            case Statement.If statement -> branch(statement, body);
            case Statement.ElseIf _,Statement.Else _ -> "";
            case Statement.For loop -> loop(loop, body, eval(loop.items()), 0);
            case Statement.Set(Expression target, Expression value) -> {
                assign(frame, target, eval(value));
                yield "";
            }
            case Statement.SetBody(Expression target, Expression filters) -> {
                String text = captured(body, new Frame(frame));
                assign(frame, target, filters == null ? new Text(text) : filtered(filters, text));
                yield "";
            }
            case Statement.MacroBody(String name, Parameters parameters) -> {
                frame.set(name, macro("macro '" + name + "'", parameters, body));
                yield "";
            }
            case Statement.CallBody(Parameters parameters, Expression call) -> {
                yield evaluator.text(known(evaluator.callWith((Expression.Call) call, frame,
                        Map.of("caller", macro("caller", parameters, body)))));
            }
            case Statement.FilterBody(Expression filters) ->
                evaluator.text(known(filtered(filters, captured(body, new Frame(frame)))));
            case Statement.With with -> {
                var inner = new Frame(frame);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(inner, with.targets().get(i), eval(with.values().get(i)));
                }
                yield run(body, inner);
            }
            case Statement.Include include -> include(include);
            case Statement.Import(Expression name, String as, boolean context) -> {
                frame.set(as, imported(name, context));
                yield "";
            }
            case Statement.From(Expression name, Map<String, String> names, boolean context) -> {
                ImportedNames all = imported(name, context);
                names.forEach((to, from) -> frame.set(to, all.attribute(from).orElseGet(() -> new Undefined(
                        "the template '" + all.file() + "' does not export the name '" + from + "'",
                        evaluator.place(name.at())))));
                yield "";
            }
            case Statement.Extends(Expression name) -> {
                if (parent != null) {
                    throw new TemplateException(evaluator.place(name.at()),
                            "a template can extend one other template only");
                }
                Loaded loaded = load(name).orElseThrow();
                parent = new Rendering(loaded.document(), loaded.evaluator(evaluator), root, blocks);
                yield "";
            }
            case Statement.Block block -> parent != null ? "" : block(block, 0);
            case Statement.Do(Expression expression) -> {
                Python.check(eval(expression));
                yield "";
            }
            case Statement.Print(Expression expression) -> print(expression);
            case Statement.Break _ -> {
                signal = Signal.BREAK;
                yield "";
            }
            case Statement.Continue _ -> {
                signal = Signal.CONTINUE;
                yield "";
            }
            case Statement.Autoescape _ -> run(body, new Frame(frame));
        };
    }

    private String branch(Statement.If statement, List<Element> body) {
        boolean taken = truth(statement.condition());
        boolean done = taken;
        var out = new StringBuilder();
        for (Element element : body) {
            Statement other = element instanceof Element.Tag tag ? tag.statement() : null;
            if (other instanceof Statement.ElseIf || other instanceof Statement.Else) {
                if (taken) {
                    return out.toString();
                }
                taken = !done && (!(other instanceof Statement.ElseIf(Expression condition)) || truth(condition));
                done |= taken;
            } else if (taken) {
                out.append(run(element));
                if (signal != Signal.NONE) {
                    break;
                }
            }
        }
        return out.toString();
    }

    private String loop(Statement.For loop, List<Element> all, Value source, int depth) {
        int split = 0;
        while (split < all.size()
                && !(all.get(split) instanceof Element.Tag tag && tag.statement() instanceof Statement.Else)) {
            split++;
        }
        List<Element> body = all.subList(0, split);
        List<Element> otherwise = all.subList(Math.min(split + 1, all.size()), all.size());
        Frame outer = frame;
        List<Value> items = new ArrayList<>(placed(loop.items(), () -> Python.items(source)));
        items.replaceAll(evaluator::late);
        Expression filter = loop.filter();
        if (filter != null) {
            items.removeIf(item -> {
                var inner = new Frame(outer);
                assign(inner, loop.target(), item);
                Value holds = known(evaluator.eval(filter, inner));
                return !placed(filter, () -> Python.truth(holds));
            });
        }
        Callable again = loop.recursive() ? (OpenCallable) (positional, named) -> {
            Value inner = new Arguments(positional, named).value(0, "iterable");
            int before = printed;
            Value lastBefore = last;
            Frame now = frame;
            frame = outer;
            try {
                return new Text(loop(loop, all, inner, depth + 1));
            } finally {
                frame = now;
                printed = before;
                last = lastBefore;
            }
        } : null;
        var position = new Loop(items, depth, again, evaluator);
        var out = new StringBuilder();
        while (position.next()) {
            if (++rounds > MOST_ROUNDS) {
                throw new TemplateException(evaluator.place(loop.items().at()),
                        "the template's loops go round more than " + MOST_ROUNDS + " times");
            }
            var inner = new Frame(outer);
            inner.set("loop", position);
            assign(inner, loop.target(), position.item());
            out.append(run(body, inner));
            Signal asked = signal;
            signal = Signal.NONE;
            if (asked == Signal.BREAK) {
                break;
            }
        }
        return items.isEmpty() ? run(otherwise, new Frame(outer)) : out.toString();
    }

    private void assign(Frame into, Expression target, Value value) {
        switch (target) {
            case Expression.Name(String name, _) -> into.set(name, value);
            case Expression.TupleOf(List<Expression> targets, int at) -> {
                List<Value> parts = placed(target, () -> Python.items(evaluator.late(value)));
                if (parts.size() != targets.size()) {
                    throw new TemplateException(evaluator.place(at), parts.size() > targets.size()
                            ? "too many values to unpack (expected " + targets.size() + ")"
                            : "not enough values to unpack (expected " + targets.size() + ", got " + parts.size()
                                    + ")");
                }
                for (int i = 0; i < parts.size(); i++) {
                    assign(into, targets.get(i), evaluator.late(parts.get(i)));
                }
            }
            case Expression.Attribute(Expression owner, String name, int at) -> {
                if (!(eval(owner) instanceof Namespace namespace)) {
                    throw new TemplateException(evaluator.place(at), "cannot assign attribute on non-namespace object");
                }
                namespace.set(name, value);
            }
            default -> throw new TemplateException(evaluator.place(target.at()), "can't assign to this");
        }
    }

    private Value filtered(Expression filters, String body) {
        var inner = new Frame(frame);
        inner.set(StatementParser.BODY, new Text(body));
        return known(evaluator.eval(filters, inner));
    }

    private Callable macro(String what, Parameters parameters, List<Element> content) {
        Frame defined = frame;
        return (OpenCallable) (positional, named) -> {
            var inner = new Frame(defined);
            bind(what, parameters, new Arguments(positional, named), inner);
            Signal before = signal;
            signal = Signal.NONE;
            try {
                return new Text(captured(content, inner));
            } finally {
                signal = before;
            }
        };
    }

    private void bind(String what, Parameters parameters, Arguments given, Frame inner) {
        List<String> names = parameters.names();
        int required = names.size() - parameters.defaults().size();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (i < given.positional().size() && given.named().containsKey(name)) {
                throw new TemplateException(what + " got multiple values for argument '" + name + "'");
            }
            Optional<Value> value = given.optional(i, name);
            Value fallback = value.isPresent()
                    ? value.get()
                    : i < required
                            ? new Undefined("parameter '" + name + "' was not provided", Source.NONE)
                            : known(evaluator.eval(parameters.defaults().get(i - required), inner));
            inner.set(name, fallback);
        }
        List<Value> more = given.from(names.size());
        if (parameters.varargs()) {
            inner.set("varargs", new TupleValue(more));
        } else if (!more.isEmpty()) {
            throw new TemplateException(what + " takes not more than " + names.size() + " argument(s)");
        }
        Map<String, Value> others = new LinkedHashMap<>(given.named());
        names.forEach(others::remove);
        Value caller = others.remove("caller");
        if (caller != null && (parameters.caller() || parameters.kwargs())) {
            inner.set("caller", caller);
        } else if (caller != null) {
            throw new TemplateException(what + " takes no keyword argument 'caller'");
        } else if (parameters.caller() && !names.contains("caller")) {
            inner.set("caller", new Undefined("No caller defined", Source.NONE));
        }
        if (parameters.kwargs()) {
            inner.set("kwargs", MapValue.named(others));
        } else if (!others.isEmpty()) {
            throw new TemplateException(
                    what + " takes no keyword argument '" + others.keySet().iterator().next() + "'");
        }
    }

    /** Another template, found and read. */
    private record Loaded(Path file, Document document) {
        Evaluator evaluator(Evaluator from) {
            if (document.mutating()) {
                from.mutate();
            }
            return from.in(document.text(), new Source(file.toString(), 1, 1));
        }
    }

    private String include(Statement.Include include) {
        Optional<Loaded> found = include.ignoreMissing() ? tryLoad(include.name()) : load(include.name());
        if (found.isEmpty()) {
            return "";
        }
        Evaluator from = include.context() ? evaluator : evaluator.withoutVariables();
        Loaded loaded = found.get();
        var rendering = new Rendering(loaded.document(), loaded.evaluator(from),
                new Frame(include.context() ? frame : null), new HashMap<>());
        rendering.root.set("self", new Blocks(rendering));
        rendering.root.set("loop", new Undefined("'loop' is undefined", Source.NONE)); // that of here isn't seen there
        return rendering.render();
    }

    private ImportedNames imported(Expression name, boolean context) {
        Loaded loaded = load(name).orElseThrow();
        Evaluator from = context ? evaluator : evaluator.withoutVariables();
        var inner = new Frame(context ? frame : null);
        var rendering = new Rendering(loaded.document(), loaded.evaluator(from), inner, new HashMap<>());
        rendering.render();
        return new ImportedNames(loaded.file().toString(), inner);
    }

    private Optional<Loaded> load(Expression name) {
        Value names = eval(name);
        Optional<Loaded> found = tryLoad(names);
        if (found.isEmpty()) {
            List<String> wanted = names(names);
            throw new TemplateException(evaluator.place(name.at()),
                    "Tried to read the template '" + String.join("' or '", wanted) + "', but there is no such file.",
                    "Looked for: "
                            + String.join(", ", wanted.stream().flatMap(one -> places(one).stream()).map(Path::toString)
                                    .toList()));
        }
        return found;
    }

    private Optional<Loaded> tryLoad(Expression name) {
        return tryLoad(eval(name));
    }

    private static List<String> names(Value names) {
        Python.check(names);
        return names instanceof ListValue || names instanceof TupleValue
                ? Python.items(names).stream().map(PythonText::of).toList()
                : List.of(PythonText.of(names));
    }

    private List<Path> places(String name) {
        var places = new ArrayList<>(evaluator.scope().site().candidates("templates", name));
        String here = evaluator.place(0).file();
        Path folder = here.isEmpty() ? null : Path.of(here).getParent();
        if (folder != null) {
            places.add(folder.resolve(name).normalize());
        }
        return places.stream().distinct().toList();
    }

    private Optional<Loaded> tryLoad(Value names) {
        for (String name : names(evaluator.settle(names))) {
            for (Path file : places(name)) {
                if (Files.isRegularFile(file)) {
                    return Optional.of(new Loaded(file, read(file)));
                }
            }
        }
        return Optional.empty();
    }

    private Document read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new TemplateException(Source.file(file.toString()),
                    "Tried to read this template, but " + e.getMessage() + ".");
        }
        return evaluator.templates().read(new Source(file.toString(), 1, 1), text,
                () -> evaluator.templates().parsed().tagged(text, document.options()));
    }

    private String block(Statement.Block block, int level) {
        List<BlockBody> bodies = blocks.getOrDefault(block.name(), List.of());
        if (level >= bodies.size()) {
            throw new TemplateException("there is no parent block called '" + block.name() + "'");
        }
        BlockBody found = bodies.get(level);
        if (block.required() && bodies.size() == 1) {
            throw new TemplateException("Required block '" + block.name() + "' not found");
        }
        var inner = new Frame(block.scoped() ? frame : root);
        inner.set("super", new Above(this, block, level + 1));
        return found.owner().captured(found.body(), inner);
    }

    /** What a block is in the template above, as {@code super()} gives it; {@code super.super()} is one further up. */
    private record Above(Rendering rendering, Statement.Block block, int level) implements bramble.value.ObjectValue {
        @Override
        public String type() {
            return "BlockReference";
        }

        @Override
        public Optional<Value> attribute(String name) {
            return switch (name) {
                case "__call__" -> Optional.of((OpenCallable) (_, _) -> new Text(rendering.block(block, level)));
                case "super" -> Optional.<Value>of(new Above(rendering, block, level + 1))
                        .filter(_ -> level + 1 < rendering.blocks.getOrDefault(block.name(), List.of()).size());
                default -> Optional.empty();
            };
        }
    }

    /** The blocks as {@code self} gives them. */
    private record Blocks(Rendering rendering) implements bramble.value.ObjectValue {
        @Override
        public String type() {
            return "TemplateReference";
        }

        @Override
        public Optional<Value> attribute(String name) {
            if (!rendering.blocks.containsKey(name)) {
                return Optional.empty();
            }
            Callable block = (_, _) -> new Text(rendering.block(new Statement.Block(name, false, false), 0));
            return Optional.of(block);
        }
    }
}
