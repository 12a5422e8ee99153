package bramble.template;

import bramble.template.Statement.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what stands in a tag, in Jinja2's grammar. */
final class StatementParser {
    /** The name of what a filter block or a set block holds; no template can write it. */
    static final String BODY = "(body)";

    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final Part.Tag tag;
    private final Parser parser;

    private StatementParser(String text, Part.Tag tag, String newline) {
        this.tag = tag;
        this.parser = new Parser(text, tag.start(), tag.end(), new Lexer.Strings(false, newline));
    }

    /**
     * @param body what the tag holds, as it is written; empty where it holds nothing
     * @param newline what a line's end within a string is
     */
    static Statement parse(String text, Part.Tag tag, String body, String newline) {
        var reader = new StatementParser(text, tag, newline);
        Statement statement = reader.statement(body);
        reader.parser.end();
        return statement;
    }

    /** Whether the tag holds a body, for those that need not. */
    static boolean holdsBody(String text, Part.Tag tag) {
        return !tag.name().equals("set") || Lexer.tokens(text, tag.start(), tag.end()).stream()
                .noneMatch(token -> token.is("="))
                || new StatementParser(text, tag, "\n").setsBody();
    }

    private boolean setsBody() {
        target();
        return !parser.peek().is("=");
    }

    private Statement statement(String body) {
        return switch (tag.name()) {
            case "if" -> new Statement.If(parser.tuple());
            case "elif" -> new Statement.ElseIf(parser.tuple());
            case "else" -> new Statement.Else();
            case "for" -> forLoop();
            case "set" -> set();
            case "macro" -> new Statement.MacroBody(parser.name(), parameters(body));
            case "call" -> call(body);
            case "filter" -> new Statement.FilterBody(filters(true));
            case "with" -> with();
            case "include" -> include();
            case "import" -> {
                Expression name = parser.expression();
                parser.expectName("as");
                yield new Statement.Import(name, parser.name(), context(false));
            }
            case "from" -> from();
            case "extends" -> new Statement.Extends(parser.expression());
            case "block" -> new Statement.Block(parser.name(), parser.skipName("scoped"), parser.skipName("required"));
            case "do" -> new Statement.Do(parser.tuple());
            case "print" -> new Statement.Print(parser.tuple());
            case "break" -> new Statement.Break();
            case "continue" -> new Statement.Continue();
            case "autoescape" -> {
                parser.expression();
                yield new Statement.Autoescape();
            }
            default -> throw new SyntaxException(tag.at(), "there is no tag '" + tag.name() + "'");
        };
    }

    private Statement forLoop() {
        Expression target = target();
        parser.expectName("in");
        Expression items = parser.tupleWithoutChoice();
        Expression filter = parser.skipName("if") ? parser.expression() : null;
        return new Statement.For(target, items, filter, parser.skipName("recursive"));
    }

    private Expression target() {
        int at = parser.peek().at();
        var targets = new ArrayList<Expression>();
        boolean tuple = false;
        do {
            if (!targets.isEmpty() && (parser.peek().named("in") || parser.peek().is("=") || parser.peek().is(")"))) {
                break;
            }
            if (parser.skip("(")) {
                targets.add(target());
                parser.expect(")");
            } else {
                int start = parser.peek().at();
                if (CONSTANTS.contains(parser.peek().text())) {
                    throw new SyntaxException(start, "nothing can be assigned to '" + parser.peek().text() + "'");
                }
                Expression name = new Expression.Name(parser.name(), start);
                targets.add(parser.skip(".") ? new Expression.Attribute(name, parser.name(), start) : name);
            }
            tuple |= parser.peek().is(",");
        } while (parser.skip(","));
        return tuple ? new Expression.TupleOf(targets, at) : targets.getFirst();
    }

    private Statement set() {
        Expression target = target();
        if (parser.skip("=")) {
            return new Statement.Set(target, parser.tuple());
        }
        return new Statement.SetBody(target, parser.atEnd() ? null : filters(false));
    }

    /** @param bare whether the first filter's bar is left out */
    private Expression filters(boolean bare) {
        Expression result = new Expression.Name(BODY, parser.peek().at());
        if (bare) {
            result = parser.bareFilter(result);
        }
        while (parser.peek().is("|")) {
            result = parser.filter(result);
        }
        return result;
    }

    private Parameters parameters(String body) {
        var names = new ArrayList<String>();
        var defaults = new ArrayList<Expression>();
        parser.expect("(");
        while (!parser.peek().is(")")) {
            int at = parser.peek().at();
            names.add(parser.name());
            if (parser.skip("=")) {
                defaults.add(parser.expression());
            } else if (!defaults.isEmpty()) {
                throw new SyntaxException(at, "a parameter without a default follows one with a default");
            }
            if (!parser.peek().is(")")) {
                parser.expect(",");
            }
        }
        parser.take();
        return new Parameters(names, defaults, body.contains("varargs"), body.contains("kwargs"),
                body.contains("caller"));
    }

    private Statement call(String body) {
        Parameters parameters = parser.peek().is("(")
                ? parameters(body)
                : new Parameters(List.of(), List.of(), body.contains("varargs"), body.contains("kwargs"), false);
        int at = parser.peek().at();
        Expression call = parser.expression();
        if (!(call instanceof Expression.Call)) {
            throw new SyntaxException(at, "there is no call of a macro");
        }
        return new Statement.CallBody(parameters, call);
    }

    private Statement with() {
        var targets = new ArrayList<Expression>();
        var values = new ArrayList<Expression>();
        while (!parser.atEnd()) {
            if (!targets.isEmpty()) {
                parser.expect(",");
            }
            int at = parser.peek().at();
            targets.add(new Expression.Name(parser.name(), at));
            parser.expect("=");
            values.add(parser.expression());
        }
        return new Statement.With(targets, values);
    }

    private Statement include() {
        Expression name = parser.expression();
        boolean ignore = false;
        if (parser.peek().named("ignore") && parser.peek(1).named("missing")) {
            parser.take();
            parser.take();
            ignore = true;
        }
        return new Statement.Include(name, ignore, context(true));
    }

    private boolean context(boolean fallback) {
        if ((parser.peek().named("with") || parser.peek().named("without")) && parser.peek(1).named("context")) {
            boolean with = parser.take().named("with");
            parser.take();
            return with;
        }
        return fallback;
    }

    private Statement from() {
        Expression name = parser.expression();
        parser.expectName("import");
        Map<String, String> names = new LinkedHashMap<>();
        do {
            if (parser.atEnd()) {
                break;
            }
            String imported = parser.name();
            names.put(parser.skipName("as") ? parser.name() : imported, imported);
        } while (parser.skip(","));
        return new Statement.From(name, names, context(false));
    }
}
