package bramble.template;

import bramble.problem.Source;
import bramble.template.Expression.Argument;
import bramble.template.Expression.Comparator;
import bramble.template.Mention.Kind;
import bramble.value.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Walks through a parsed template and notes the names in it. */
final class Mentions {
    private static final Set<String> DEFAULTS = Set.of("default", "d");
    private static final Set<String> ASKING = Set.of("defined", "undefined");
    private static final Set<String> OF_TESTS = Set.of("select", "reject");
    private static final Set<String> OF_TESTED_ATTRIBUTES = Set.of("selectattr", "rejectattr");
    private static final Set<String> OF_PLAYS = Set.of("vars", "hostvars", "groups");
    private static final Set<String> OF_PATTERNS = Set.of("regex_replace", "regex_search", "regex_findall");
    private static final Set<String> MATCHING = Set.of("match", "search", "regex");
    /** What maps themselves can do, so that it is no name of what is in them. */
    private static final Set<String> OF_MAPS = Set.of("get", "items", "keys", "values", "copy");
    /** What the bodies of loops, macros and blocks have without anybody setting it. */
    private static final Set<String> OF_BODIES = Set.of("loop", "self", "super", "caller", "varargs", "kwargs",
            StatementParser.BODY);

    private final IntFunction<Source> places;
    private final List<Mention> found = new ArrayList<>();
    private final Set<String> set = new HashSet<>();

    private Mentions(IntFunction<Source> places) {
        this.places = places;
    }

    /** @param places where an offset in the template's text is */
    static List<Mention> of(Parsed parsed, IntFunction<Source> places) {
        var mentions = new Mentions(places);
        switch (parsed) {
            case Parsed.Plain _ -> {
                // mentions nothing
            }
            case Parsed.Lone(Expression expression, _) -> mentions.walk(expression, true);
            case Parsed.Mixed mixed -> mixed.parts().forEach(part -> {
                if (part instanceof Part.Output(Expression expression)) {
                    mentions.walk(expression, true);
                }
            });
            case Document document -> {
                mentions.names(document.elements());
                mentions.set.forEach(name -> mentions.note(Kind.SET, name, 0, true));
                mentions.walk(document.elements(), true);
            }
        }
        return mentions.found.stream()
                .filter(mention -> mention.kind() != Kind.VARIABLE
                        || !(mentions.set.contains(mention.name()) || OF_BODIES.contains(mention.name())))
                .toList();
    }

    private void note(Kind kind, String name, int at, boolean sure) {
        found.add(new Mention(kind, name, places.apply(at), sure));
    }

    private void names(List<Element> elements) {
        for (Element element : elements) {
            if (element instanceof Element.Tag(Statement statement, List<Element> body)) {
                names(statement);
                names(body);
            }
        }
    }

    /** The names that a statement gives values to; where in the document they hold is not looked at. */
    private void names(Statement statement) {
        switch (statement) {
            case Statement.For one -> target(one.target());
            case Statement.Set one -> target(one.target());
            case Statement.SetBody one -> target(one.target());
            case Statement.MacroBody one -> {
                set.add(one.name());
                set.addAll(one.parameters().names());
            }
            case Statement.CallBody one -> set.addAll(one.parameters().names());
            case Statement.With one -> one.targets().forEach(this::target);
            case Statement.Import one -> set.add(one.as());
            case Statement.From one -> set.addAll(one.names().values());
            case Statement.If _,Statement.ElseIf _,Statement.Else _,Statement.FilterBody _,Statement.Include _,Statement.Extends _,Statement.Block _,Statement.Do _,Statement.Print _,Statement.Break _,Statement.Continue _,Statement.Autoescape _ -> {
                // sets nothing
            }
        }
    }

    private void target(Expression target) {
        switch (target) {
            case Expression.Name(String name, _) -> set.add(name);
            case Expression.TupleOf(List<Expression> items, _) -> items.forEach(this::target);
            case Expression _ -> {
                // part of something that has a name elsewhere
            }
        }
    }

    private void walk(List<Element> elements, boolean sure) {
        for (Element element : elements) {
            switch (element) {
                case Element.Data _ -> {
                    // mentions nothing
                }
                case Element.Output(Expression expression) -> walk(expression, sure);
                case Element.Tag(Statement statement, List<Element> body) -> {
                    walk(statement, sure);
                    walk(body, sure && !(statement instanceof Statement.If || statement instanceof Statement.For
                            || statement instanceof Statement.MacroBody || statement instanceof Statement.CallBody));
                }
            }
        }
    }

    private void walk(Statement statement, boolean sure) {
        switch (statement) {
            case Statement.If one -> walk(one.condition(), sure);
            case Statement.ElseIf one -> walk(one.condition(), false);
            case Statement.For one -> {
                walk(one.items(), sure);
                maybe(one.filter());
            }
            case Statement.Set one -> walk(one.value(), sure);
            case Statement.SetBody one -> {
                if (one.filters() != null) {
                    walk(one.filters(), sure);
                }
            }
            case Statement.MacroBody one -> one.parameters().defaults().forEach(this::maybe);
            case Statement.CallBody one -> {
                one.parameters().defaults().forEach(this::maybe);
                walk(one.call(), sure);
            }
            case Statement.FilterBody one -> walk(one.filters(), sure);
            case Statement.With one -> one.values().forEach(value -> walk(value, sure));
            case Statement.Include one -> document(one.name(), sure && !one.ignoreMissing());
            case Statement.Import one -> document(one.name(), sure);
            case Statement.From one -> document(one.name(), sure);
            case Statement.Extends one -> document(one.name(), sure);
            case Statement.Do one -> walk(one.expression(), sure);
            case Statement.Print one -> walk(one.expression(), sure);
            case Statement.Else _,Statement.Block _,Statement.Break _,Statement.Continue _,Statement.Autoescape _ -> {
                // has no expression
            }
        }
    }

    private void document(Expression name, boolean sure) {
        if (name instanceof Expression.Literal(Text(String text), int at)) {
            note(Kind.DOCUMENT, text, at, sure);
        } else {
            walk(name, sure);
        }
    }

    private void maybe(@Nullable Expression expression) {
        if (expression != null) {
            walk(expression, false);
        }
    }

    private void walk(Expression expression, boolean sure) {
        switch (expression) {
            case Expression.Literal _ -> {
                // names nothing
            }
            case Expression.Name(String name, int at) -> note(Kind.VARIABLE, name, at, sure);
            case Expression.ListOf(List<Expression> items, _) -> items.forEach(item -> walk(item, sure));
            case Expression.TupleOf(List<Expression> items, _) -> items.forEach(item -> walk(item, sure));
            case Expression.MapOf map -> {
                map.keys().forEach(key -> walk(key, sure));
                map.values().forEach(value -> walk(value, sure));
            }
            case Expression.Attribute(Expression target, String name, int at) -> {
                walk(target, sure);
                if (!OF_MAPS.contains(name)) {
                    element(target, name, at, sure);
                }
            }
            case Expression.Item(Expression target, Expression key, int at) -> {
                walk(target, sure);
                walk(key, sure);
                if (key instanceof Expression.Literal(Text(String name), _)) {
                    element(target, name, at, sure);
                }
            }
            case Expression.Slice slice -> {
                walk(slice.target(), sure);
                maybe(slice.from());
                maybe(slice.to());
                maybe(slice.step());
            }
            case Expression.Call call -> call(call, sure);
            case Expression.Filtered filtered -> filtered(filtered, sure);
            case Expression.Tested tested -> {
                note(Kind.TEST, tested.name(), tested.at(), sure);
                if (ASKING.contains(plain(tested.name()))) {
                    guard(tested.input());
                } else {
                    walk(tested.input(), sure);
                }
                arguments(tested.arguments(), sure);
                if (MATCHING.contains(plain(tested.name()))) {
                    named(tested.arguments(), 0, Kind.PATTERN, sure);
                }
            }
            case Expression.Signed(_, Expression operand, _) -> walk(operand, sure);
            case Expression.Binary(_, Expression left, Expression right, _) -> {
                walk(left, sure);
                walk(right, sure);
            }
            case Expression.Comparison comparison -> comparison(comparison, sure);
            case Expression.Joined(List<Expression> parts, _) -> parts.forEach(part -> walk(part, sure));
            case Expression.And(Expression left, Expression right, _) -> {
                walk(left, sure);
                walk(right, false);
            }
            case Expression.Or(Expression left, Expression right, _) -> {
                walk(left, sure);
                walk(right, false);
            }
            case Expression.Not(Expression operand, _) -> walk(operand, sure);
            case Expression.Choice choice -> {
                walk(choice.condition(), sure);
                walk(choice.then(), false);
                maybe(choice.otherwise());
            }
        }
    }

    private void arguments(List<Argument> arguments, boolean sure) {
        arguments.forEach(argument -> walk(argument.value(), sure));
    }

    private void filtered(Expression.Filtered filtered, boolean sure) {
        note(Kind.FILTER, filtered.name(), filtered.at(), sure);
        String name = plain(filtered.name());
        if (DEFAULTS.contains(name)) {
            guard(filtered.input());
            arguments(filtered.arguments(), false);
            return;
        }
        walk(filtered.input(), sure);
        arguments(filtered.arguments(), sure);
        if (name.equals("map")) {
            named(filtered.arguments(), 0, Kind.FILTER, sure);
        } else if (OF_PATTERNS.contains(name)) {
            named(filtered.arguments(), 0, Kind.PATTERN, sure);
        } else if (OF_TESTS.contains(name)) {
            named(filtered.arguments(), 0, Kind.TEST, sure);
        } else if (OF_TESTED_ATTRIBUTES.contains(name)) {
            named(filtered.arguments(), 1, Kind.TEST, sure);
        }
    }

    /** What is asked of the mappings that each play has, by a name that is written out. */
    private void element(Expression target, String name, int at, boolean sure) {
        if (target instanceof Expression.Name(String whole, _)) {
            switch (whole) {
                case "vars" -> note(Kind.GUARDED, name, at, sure);
                case "hostvars" -> note(Kind.HOST, name, at, sure);
                case "groups" -> note(Kind.GROUP, name, at, sure);
                default -> {
                    // any other mapping
                }
            }
        }
    }

    /** A filter, test or regular expression that another filter or test is told as a text. */
    private void named(List<Argument> arguments, int place, Kind kind, boolean sure) {
        if (arguments.size() > place && arguments.get(place).kind() == Argument.Kind.POSITIONAL
                && arguments.get(place).value() instanceof Expression.Literal(Text(String name), int at)) {
            note(kind, name, at, sure);
        }
    }

    private void comparison(Expression.Comparison comparison, boolean sure) {
        walk(comparison.first(), sure);
        comparison.others().forEach(other -> walk(other, sure));
        boolean looksIn = comparison.operators().stream()
                .anyMatch(operator -> operator == Comparator.IN || operator == Comparator.NOT_IN);
        if (looksIn && comparison.first() instanceof Expression.Literal(Text(String name), int at)) {
            note(Kind.GUARDED, name, at, sure); // 'x' in vars
        }
    }

    private void call(Expression.Call call, boolean sure) {
        boolean looksUp = call.target() instanceof Expression.Name(String name, _)
                && Set.of("lookup", "query", "q").contains(name);
        if (!looksUp) {
            walk(call.target(), sure);
            arguments(call.arguments(), sure);
            return;
        }
        boolean mayFail = call.arguments().stream().anyMatch(
                argument -> argument.name().equals("errors") || argument.name().equals("default"));
        arguments(call.arguments(), sure && !mayFail);
        if (call.arguments().isEmpty()
                || !(call.arguments().getFirst().value() instanceof Expression.Literal(Text(String lookup), int at))) {
            return;
        }
        note(Kind.LOOKUP, lookup, at, sure && !mayFail);
        if (plain(lookup).equals("vars")) {
            for (Argument argument : call.arguments().subList(1, call.arguments().size())) {
                if (argument.kind() == Argument.Kind.POSITIONAL
                        && argument.value() instanceof Expression.Literal(Text(String name), int place)) {
                    note(mayFail ? Kind.GUARDED : Kind.VARIABLE, name, place, sure);
                }
            }
        }
    }

    /** What may be undefined, from its name on: {@code a.b[c]}. */
    private void guard(Expression expression) {
        switch (expression) {
            case Expression.Name(String name, int at) -> note(Kind.GUARDED, name, at, true);
            case Expression.Attribute(Expression target, String name, int at) -> {
                guard(target);
                if (target instanceof Expression.Name(String whole, _) && OF_PLAYS.contains(whole)) {
                    note(Kind.GUARDED, name, at, true);
                }
            }
            case Expression.Item(Expression target, Expression key, int at) -> {
                guard(target);
                walk(key, false);
                if (key instanceof Expression.Literal(Text(String name), _)) {
                    note(Kind.GUARDED, name, at, true);
                }
            }
            case Expression.Filtered filtered -> {
                note(Kind.FILTER, filtered.name(), filtered.at(), true);
                guard(filtered.input());
                arguments(filtered.arguments(), false);
            }
            case Expression.Call(Expression.Attribute(Expression target, _, _), List<Argument> arguments, _) -> {
                guard(target);
                arguments(arguments, false);
            }
            case Expression _ -> walk(expression, false);
        }
    }

    private static String plain(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
