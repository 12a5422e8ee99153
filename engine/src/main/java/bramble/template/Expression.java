package bramble.template;

import bramble.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parsed expression. Each part knows the offset at which it stands in the text it was parsed from. */
sealed interface Expression {
    int at();

    /** A constant. */
    record Literal(Value value, int at) implements Expression {}

    /** A variable or a global. */
    record Name(String name, int at) implements Expression {}

    /** {@code [a, b]}. */
    record ListOf(List<Expression> items, int at) implements Expression {}

    /** {@code (a, b)}. */
    record TupleOf(List<Expression> items, int at) implements Expression {}

    /** <code>{a: b}</code>. */
    record MapOf(List<Expression> keys, List<Expression> values, int at) implements Expression {}

    /** {@code a.name}. */
    record Attribute(Expression target, String name, int at) implements Expression {}

    /** {@code a[key]}. */
    record Item(Expression target, Expression key, int at) implements Expression {}

    /** {@code a[from:to:step]}. */
    record Slice(Expression target, @Nullable Expression from, @Nullable Expression to, @Nullable Expression step,
            int at)
            implements
                Expression {}

    /** {@code a(arguments)}. */
    record Call(Expression target, List<Argument> arguments, int at) implements Expression {}

    /** {@code a | name(arguments)}. The input is null for what a {@code filter} block holds. */
    record Filtered(Expression input, String name, List<Argument> arguments, int at) implements Expression {}

    /** {@code a is name(arguments)}, {@code a is not name}. */
    record Tested(Expression input, String name, List<Argument> arguments, boolean negated, int at)
            implements
                Expression {}

    /** {@code -a}, {@code +a}. */
    record Signed(boolean negative, Expression operand, int at) implements Expression {}

    /** An operator with two operands. */
    record Binary(Operator operator, Expression left, Expression right, int at) implements Expression {}

    /** {@code a < b <= c}. */
    record Comparison(Expression first, List<Comparator> operators, List<Expression> others, int at)
            implements
                Expression {}

    /** {@code a ~ b}. */
    record Joined(List<Expression> parts, int at) implements Expression {}

    /** {@code a and b}. */
    record And(Expression left, Expression right, int at) implements Expression {}

    /** {@code a or b}. */
    record Or(Expression left, Expression right, int at) implements Expression {}

    /** {@code not a}. */
    record Not(Expression operand, int at) implements Expression {}

    /** {@code a if condition else b}. */
    record Choice(Expression condition, Expression then, @Nullable Expression otherwise,
            int at) implements Expression {}

    /** The operators of arithmetic. */
    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR("//"),
        MODULO("%"),
        POWER("**");

        final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }
    }

    /** The operators that compare. */
    enum Comparator {
        EQUAL("=="),
        UNEQUAL("!="),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">="),
        IN("in"),
        NOT_IN("not in");

        final String symbol;

        Comparator(String symbol) {
            this.symbol = symbol;
        }
    }

    /** One argument of a call. */
    record Argument(Kind kind, String name, Expression value) {
        enum Kind {
            POSITIONAL,
            NAMED,
            SPREAD,
            SPREAD_NAMED
        }
    }
}
