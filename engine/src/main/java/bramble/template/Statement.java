package bramble.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a tag says, once it is read. Targets of assignments are names, tuples of targets, or an attribute of a namespace. */
sealed interface Statement {
    /** {@code if}. */
    record If(Expression condition) implements Statement {}

    /** {@code elif}. */
    record ElseIf(Expression condition) implements Statement {}

    /** {@code else}. */
    record Else() implements Statement {}

    /** A loop. */
    record For(Expression target, Expression items, @Nullable Expression filter, boolean recursive)
            implements
                Statement {}

    /** {@code set x = 1}. */
    record Set(Expression target, Expression value) implements Statement {}

    /** {@code set x}, which holds a body. */
    record SetBody(Expression target, @Nullable Expression filters) implements Statement {}

    /** {@code macro}. */
    record MacroBody(String name, Parameters parameters) implements Statement {}

    /** A macro called with a body. */
    record CallBody(Parameters parameters, Expression call) implements Statement {}

    /** A filter applied to a body. */
    record FilterBody(Expression filters) implements Statement {}

    /** Names for a body. */
    record With(List<Expression> targets, List<Expression> values) implements Statement {}

    /** Another template, written here. */
    record Include(Expression name, boolean ignoreMissing, boolean context) implements Statement {}

    /** Another template's names as one value. */
    record Import(Expression name, String as, boolean context) implements Statement {}

    /** {@code from ... import}: the names here, each with the imported one that it stands for. */
    record From(Expression name, Map<String, String> names, boolean context) implements Statement {}

    /** {@code extends}. */
    record Extends(Expression name) implements Statement {}

    /** A part that a template which extends this one may replace. */
    record Block(String name, boolean scoped, boolean required) implements Statement {}

    /** {@code do}. */
    record Do(Expression expression) implements Statement {}

    /** {@code print}. */
    record Print(Expression expression) implements Statement {}

    /** {@code break}. */
    record Break() implements Statement {}

    /** {@code continue}. */
    record Continue() implements Statement {}

    /** {@code autoescape}, which changes nothing: text for files is not escaped. */
    record Autoescape() implements Statement {}

    /**
     * The parameters of a macro or of the body of a call.
     *
     * @param defaults for the last ones
     * @param varargs whether the body uses more positional arguments than there are parameters
     * @param kwargs whether it uses other named arguments
     * @param caller whether it uses the body of a call
     */
    record Parameters(List<String> names, List<Expression> defaults, boolean varargs, boolean kwargs, boolean caller) {}
}
