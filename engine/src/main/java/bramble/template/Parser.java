package bramble.template;

import bramble.template.Expression.Argument;
import bramble.template.Expression.Comparator;
import bramble.template.Expression.Operator;
import bramble.template.Token.Kind;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Text;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions in Jinja2's grammar, as documented under "Expressions" in its template designer documentation. */
final class Parser {
    private static final Set<String> MUTATORS = Set.of("append", "extend", "insert", "pop", "remove", "sort", "reverse",
            "clear", "update", "setdefault", "popitem");

    private final List<Token> tokens;
    private int next;
    private boolean mutating;

    Parser(String text, int start, int end) {
        this(text, start, end, Lexer.Strings.PLAIN);
    }

    Parser(String text, int start, int end, Lexer.Strings strings) {
        this.tokens = Lexer.tokens(text, start, end, strings);
    }

    /** The text as one expression; a bare tuple ({@code a, b}) is one too. */
    static Expression expression(String text, int start, int end) {
        var parser = new Parser(text, start, end);
        Expression expression = parser.tuple();
        parser.end();
        return expression;
    }

    /** Whether what was read so far calls a method that changes its list or mapping. */
    boolean mutating() {
        return mutating;
    }

    static boolean mutates(String method) {
        return MUTATORS.contains(method);
    }

    Token peek() {
        return tokens.get(next);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(next + ahead, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(next);
        if (token.kind() != Kind.END) {
            next++;
        }
        return token;
    }

    boolean skip(String operator) {
        if (peek().is(operator)) {
            next++;
            return true;
        }
        return false;
    }

    boolean skipName(String name) {
        if (peek().named(name)) {
            next++;
            return true;
        }
        return false;
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw unexpected(peek(), "'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected(peek(), "'" + name + "'");
        }
    }

    String name() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected(peek(), "a name");
        }
        return take().text();
    }

    boolean atEnd() {
        return peek().kind() == Kind.END;
    }

    void end() {
        if (!atEnd()) {
            throw unexpected(peek(), "the end of the expression");
        }
    }

    private static SyntaxException unexpected(Token token, String expected) {
        return new SyntaxException(token.at(), token.kind() == Kind.END
                ? "the expression ends where " + expected + " is expected"
                : "there is '" + token.text() + "' where " + expected + " is expected",
                token.text().equals("=") ? "To compare, write ==." : "");
    }

    /** An expression, or several separated by commas. */
    Expression tuple() {
        return tuple(true);
    }

    /** The same without a trailing condition, which belongs to the {@code for} tag. */
    Expression tupleWithoutChoice() {
        return tuple(false);
    }

    private Expression tuple(boolean choices) {
        int at = peek().at();
        Expression first = choices ? expression() : or();
        if (!peek().is(",")) {
            return first;
        }
        var items = new ArrayList<Expression>();
        items.add(first);
        while (skip(",")) {
            if (!startsExpression()) {
                break;
            }
            items.add(choices ? expression() : or());
        }
        return new Expression.TupleOf(items, at);
    }

    private boolean startsExpression() {
        Token token = peek();
        return switch (token.kind()) {
            case END -> false;
            case NAME -> !(token.named("if") || token.named("in") || token.named("else") || token.named("recursive"));
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.is("(") || token.is("[") || token.is("{") || token.is("-") || token.is("+");
        };
    }

    Expression expression() {
        Expression result = or();
        while (peek().named("if")) {
            int at = take().at();
            Expression condition = or();
            Expression otherwise = skipName("else") ? expression() : null;
            result = new Expression.Choice(condition, result, otherwise, at);
        }
        return result;
    }

    private Expression or() {
        Expression left = and();
        while (peek().named("or")) {
            int at = take().at();
            left = new Expression.Or(left, and(), at);
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (peek().named("and")) {
            int at = take().at();
            left = new Expression.And(left, not(), at);
        }
        return left;
    }

    private Expression not() {
        if (peek().named("not")) {
            int at = take().at();
            return new Expression.Not(not(), at);
        }
        return comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        var operators = new ArrayList<Comparator>();
        var others = new ArrayList<Expression>();
        int at = peek().at();
        for (Comparator operator = comparator(); operator != null; operator = comparator()) {
            operators.add(operator);
            others.add(sum());
        }
        return operators.isEmpty() ? first : new Expression.Comparison(first, operators, others, at);
    }

    private @Nullable Comparator comparator() {
        Token token = peek();
        Comparator found = null;
        if (token.named("in")) {
            found = Comparator.IN;
        } else if (token.named("not") && peek(1).named("in")) {
            take();
            found = Comparator.NOT_IN;
        } else if (token.kind() == Kind.OPERATOR) {
            found = switch (token.text()) {
                case "==" -> Comparator.EQUAL;
                case "!=" -> Comparator.UNEQUAL;
                case "<" -> Comparator.LESS;
                case "<=" -> Comparator.AT_MOST;
                case ">" -> Comparator.GREATER;
                case ">=" -> Comparator.AT_LEAST;
                default -> null;
            };
        }
        if (found != null) {
            take();
        }
        return found;
    }

    private Expression sum() {
        Expression left = joined();
        while (peek().is("+") || peek().is("-")) {
            Token token = take();
            left = new Expression.Binary(token.is("+") ? Operator.ADD : Operator.SUBTRACT, left, joined(), token.at());
        }
        return left;
    }

    private Expression joined() {
        Expression first = product();
        if (!peek().is("~")) {
            return first;
        }
        int at = peek().at();
        var parts = new ArrayList<Expression>();
        parts.add(first);
        while (skip("~")) {
            parts.add(product());
        }
        return new Expression.Joined(parts, at);
    }

    private Expression product() {
        Expression left = power();
        while (true) {
            Operator operator = peek().kind() != Kind.OPERATOR ? null : switch (peek().text()) {
                case "*" -> Operator.MULTIPLY;
                case "/" -> Operator.DIVIDE;
                case "//" -> Operator.FLOOR;
                case "%" -> Operator.MODULO;
                default -> null;
            };
            if (operator == null) {
                return left;
            }
            int at = take().at();
            left = new Expression.Binary(operator, left, power(), at);
        }
    }

    private Expression power() {
        Expression left = unary(true);
        while (peek().is("**")) {
            int at = take().at();
            left = new Expression.Binary(Operator.POWER, left, unary(true), at);
        }
        return left;
    }

    private Expression unary(boolean filters) {
        Expression node;
        if (peek().is("-") || peek().is("+")) {
            Token token = take();
            node = new Expression.Signed(token.is("-"), unary(false), token.at());
        } else {
            node = primary();
        }
        node = postfix(node);
        return filters ? filters(node) : node;
    }

    private Expression primary() {
        Token token = peek();
        switch (token.kind()) {
            case NAME -> {
                take();
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(Bool.TRUE, token.at());
                    case "false", "False" -> new Expression.Literal(Bool.FALSE, token.at());
                    case "none", "None" -> new Expression.Literal(None.NONE, token.at());
                    case "and", "or", "in", "is", "if", "else" ->
                        throw unexpected(token, "a value");
                    default -> new Expression.Name(token.text(), token.at());
                };
            }
            case STRING -> {
                var text = new StringBuilder();
                while (peek().kind() == Kind.STRING) {
                    text.append(take().text());
                }
                return new Expression.Literal(new Text(text.toString()), token.at());
            }
            case INTEGER -> {
                take();
                return new Expression.Literal(new Int(new BigInteger(token.text())), token.at());
            }
            case FLOAT -> {
                take();
                return new Expression.Literal(new Real(Double.parseDouble(token.text())), token.at());
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        return parenthesis();
                    }
                    case "[" -> {
                        return list();
                    }
                    case "{" -> {
                        return map();
                    }
                    default -> throw unexpected(token, "a value");
                }
            }
            case END -> throw unexpected(token, "a value");
        }
        throw new IllegalStateException();
    }

    private Expression parenthesis() {
        int at = take().at();
        if (skip(")")) {
            return new Expression.TupleOf(List.of(), at);
        }
        Expression inner = tuple();
        expect(")");
        return inner;
    }

    private Expression list() {
        int at = take().at();
        var items = new ArrayList<Expression>();
        while (!peek().is("]")) {
            items.add(expression());
            if (!peek().is("]")) {
                expect(",");
            }
        }
        take();
        return new Expression.ListOf(items, at);
    }

    private Expression map() {
        int at = take().at();
        var keys = new ArrayList<Expression>();
        var values = new ArrayList<Expression>();
        while (!peek().is("}")) {
            keys.add(expression());
            expect(":");
            values.add(expression());
            if (!peek().is("}")) {
                expect(",");
            }
        }
        take();
        return new Expression.MapOf(keys, values, at);
    }

    private Expression postfix(Expression start) {
        Expression node = start;
        while (true) {
            Token token = peek();
            if (token.is(".")) {
                take();
                Token member = take();
                node = switch (member.kind()) {
                    case NAME -> new Expression.Attribute(node, member.text(), member.at());
                    case INTEGER -> new Expression.Item(node,
                            new Expression.Literal(new Int(new BigInteger(member.text())), member.at()), member.at());
                    case STRING, FLOAT, OPERATOR, END ->
                        throw unexpected(member, "the name of an attribute");
                };
            } else if (token.is("[")) {
                node = subscript(node);
            } else if (token.is("(")) {
                node = call(node);
            } else {
                return node;
            }
        }
    }

    private Expression call(Expression target) {
        int at = peek().at();
        if (target instanceof Expression.Attribute attribute && MUTATORS.contains(attribute.name())) {
            mutating = true;
        }
        return new Expression.Call(target, arguments(), at);
    }

    private Expression subscript(Expression target) {
        int at = take().at();
        var parts = new ArrayList<Expression>();
        boolean tuple = false;
        while (!peek().is("]")) {
            Expression from = peek().is(":") ? null : expression();
            if (peek().is(":")) {
                take();
                Expression to = peek().is(":") || peek().is("]") ? null : expression();
                Expression step = skip(":") && !peek().is("]") ? expression() : null;
                expect("]");
                return new Expression.Slice(target, from, to, step, at);
            }
            parts.add(java.util.Objects.requireNonNull(from));
            if (!peek().is("]")) {
                expect(",");
                tuple = true;
            }
        }
        take();
        if (parts.isEmpty()) {
            throw new SyntaxException(at, "there is no key between '[' and ']'");
        }
        Expression key = tuple ? new Expression.TupleOf(parts, at) : parts.getFirst();
        return new Expression.Item(target, key, at);
    }

    List<Argument> arguments() {
        expect("(");
        var arguments = new ArrayList<Argument>();
        while (!peek().is(")")) {
            if (skip("**")) {
                arguments.add(new Argument(Argument.Kind.SPREAD_NAMED, "", expression()));
            } else if (skip("*")) {
                arguments.add(new Argument(Argument.Kind.SPREAD, "", expression()));
            } else if (peek().kind() == Kind.NAME && peek(1).is("=")) {
                String name = take().text();
                take();
                arguments.add(new Argument(Argument.Kind.NAMED, name, expression()));
            } else {
                arguments.add(new Argument(Argument.Kind.POSITIONAL, "", expression()));
            }
            if (!peek().is(")")) {
                expect(",");
            }
        }
        take();
        return arguments;
    }

    private Expression filters(Expression start) {
        Expression node = start;
        while (true) {
            if (peek().is("|")) {
                node = filter(node);
            } else if (peek().named("is")) {
                node = test(node);
            } else if (peek().is("(")) {
                node = call(node);
            } else {
                return node;
            }
        }
    }

    /** One filter, from its bar on. */
    Expression filter(Expression input) {
        take();
        return bareFilter(input);
    }

    /** One filter, from its name on. */
    Expression bareFilter(Expression input) {
        int at = peek().at();
        String name = dotted();
        return new Expression.Filtered(input, name, peek().is("(") ? arguments() : List.of(), at);
    }

    private String dotted() {
        var name = new StringBuilder(name());
        while (skip(".")) {
            name.append('.').append(name());
        }
        return name.toString();
    }

    private Expression test(Expression input) {
        take();
        boolean negated = skipName("not");
        int at = peek().at();
        String name = dotted();
        List<Argument> arguments = List.of();
        if (peek().is("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            if (peek().named("is")) {
                throw new SyntaxException(peek().at(), "tests can't be chained with 'is'", "Join them with \"and\".");
            }
            arguments = List.of(new Argument(Argument.Kind.POSITIONAL, "", postfix(primary())));
        }
        return new Expression.Tested(input, name, arguments, negated, at);
    }

    private boolean startsTestArgument() {
        Token token = peek();
        return switch (token.kind()) {
            case END -> false;
            case NAME -> !Set.of("else", "or", "and", "if", "in", "not", "recursive").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.is("[") || token.is("{");
        };
    }

}
