package bramble.playbook;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every keyword that has one value, with the places where it may stand and whether what is inside inherits it. Keywords
 * whose values add up ({@code when}, {@code tags}, {@code vars}, {@code environment}, {@code module_defaults},
 * {@code collections}) are parts of {@link Directives}; those that hold tasks are parts of {@link Play} and {@link Block}.
 */
public enum Keyword {
    // @formatter:off, one keyword a line
    ANY_ERRORS_FATAL(Shape.BOOL, Scope.EVERYWHERE),
    BECOME(Shape.BOOL, Scope.EVERYWHERE),
    BECOME_EXE(Shape.TEXT, Scope.EVERYWHERE),
    BECOME_FLAGS(Shape.TEXT, Scope.EVERYWHERE),
    BECOME_METHOD(Shape.TEXT, Scope.EVERYWHERE),
    BECOME_USER(Shape.TEXT, Scope.EVERYWHERE),
    CHECK_MODE(Shape.BOOL, Scope.EVERYWHERE),
    CONNECTION(Shape.TEXT, Scope.EVERYWHERE),
    DEBUGGER(Shape.TEXT, Scope.EVERYWHERE),
    DIFF(Shape.BOOL, Scope.EVERYWHERE),
    IGNORE_ERRORS(Shape.BOOL, Scope.EVERYWHERE),
    IGNORE_UNREACHABLE(Shape.BOOL, Scope.EVERYWHERE),
    NO_LOG(Shape.BOOL, Scope.EVERYWHERE),
    PORT(Shape.INT, Scope.EVERYWHERE),
    REMOTE_USER(Shape.TEXT, Scope.EVERYWHERE),
    RUN_ONCE(Shape.BOOL, Scope.EVERYWHERE),
    THROTTLE(Shape.INT, Scope.EVERYWHERE),
    TIMEOUT(Shape.INT, Scope.EVERYWHERE),
    DELEGATE_TO(Shape.TEXT, Scope.BELOW_PLAYS),
    DELEGATE_FACTS(Shape.BOOL, Scope.BELOW_PLAYS),
    NOTIFY(Shape.LIST, Scope.BELOW_ROLES),
    HOSTS(Shape.LIST, Scope.PLAYS),
    GATHER_FACTS(Shape.BOOL, Scope.PLAYS),
    GATHER_SUBSET(Shape.LIST, Scope.PLAYS),
    GATHER_TIMEOUT(Shape.INT, Scope.PLAYS),
    FACT_PATH(Shape.TEXT, Scope.PLAYS),
    SERIAL(Shape.LIST, Scope.PLAYS),
    STRATEGY(Shape.TEXT, Scope.PLAYS),
    ORDER(Shape.TEXT, Scope.PLAYS),
    MAX_FAIL_PERCENTAGE(Shape.PERCENT, Scope.PLAYS),
    FORCE_HANDLERS(Shape.BOOL, Scope.PLAYS),
    ASYNC(Shape.INT, Scope.TASKS),
    POLL(Shape.INT, Scope.TASKS),
    UNTIL(Shape.CONDITION, Scope.TASKS),
    RETRIES(Shape.INT, Scope.TASKS),
    DELAY(Shape.NUMBER, Scope.TASKS),
    CHANGED_WHEN(Shape.CONDITION, Scope.TASKS),
    FAILED_WHEN(Shape.CONDITION, Scope.TASKS),
    REGISTER(Shape.TEXT, Scope.TASKS),
    LISTEN(Shape.LIST, Scope.HANDLERS);
    // @formatter:on

    /** What kind of value a keyword takes, once its templates are evaluated. */
    public enum Shape {
        BOOL,
        INT,
        NUMBER,
        PERCENT,
        TEXT,
        LIST,
        CONDITION
    }

    /** What a keyword may stand in. A handler takes all that a task takes. */
    public enum Place {
        PLAY,
        ROLE,
        BLOCK,
        TASK,
        HANDLER
    }

    private enum Scope {
        EVERYWHERE,
        BELOW_PLAYS,
        BELOW_ROLES,
        PLAYS,
        TASKS,
        HANDLERS
    }

    private final Shape shape;
    private final Scope scope;

    Keyword(Shape shape, Scope scope) {
        this.shape = shape;
        this.scope = scope;
    }

    /** The word as it stands in playbooks. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Shape shape() {
        return shape;
    }

    /** Whether tasks inside a play, role or block have it from there, unless they set it themselves. */
    public boolean inherited() {
        return switch (scope) {
            case EVERYWHERE, BELOW_PLAYS, BELOW_ROLES -> true;
            case PLAYS, TASKS, HANDLERS -> false;
        };
    }

    public boolean allowedIn(Place place) {
        return switch (scope) {
            case EVERYWHERE -> true;
            case BELOW_PLAYS -> place != Place.PLAY;
            case BELOW_ROLES -> place != Place.PLAY && place != Place.ROLE;
            case PLAYS -> place == Place.PLAY;
            case TASKS -> place == Place.TASK || place == Place.HANDLER;
            case HANDLERS -> place == Place.HANDLER;
        };
    }

    public static Optional<Keyword> of(String word) {
        return Arrays.stream(values()).filter(keyword -> keyword.word().equals(word)).findFirst();
    }
}
