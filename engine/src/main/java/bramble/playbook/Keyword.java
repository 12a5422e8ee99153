package bramble.playbook;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Every keyword that has one value, with the places where it may stand and whether what is inside inherits it. Keywords
 * whose values add up ({@code when}, {@code tags}, {@code vars}, {@code environment}, {@code module_defaults},
 * {@code collections}) are parts of {@link Directives}; those that hold tasks are parts of {@link Play} and {@link Block}.
 */
public enum Keyword {
    ANY_ERRORS_FATAL(Shape.BOOL), BECOME(Shape.BOOL), BECOME_EXE(Shape.TEXT), BECOME_FLAGS(Shape.TEXT), BECOME_METHOD(
            Shape.TEXT), BECOME_USER(Shape.TEXT), CHECK_MODE(Shape.BOOL), CONNECTION(Shape.TEXT), DEBUGGER(
                    Shape.TEXT), DIFF(Shape.BOOL), IGNORE_ERRORS(Shape.BOOL), IGNORE_UNREACHABLE(Shape.BOOL), NO_LOG(
                            Shape.BOOL), PORT(Shape.INT), REMOTE_USER(
                                    Shape.TEXT), RUN_ONCE(Shape.BOOL), THROTTLE(Shape.INT), TIMEOUT(Shape.INT),

    DELEGATE_TO(Shape.TEXT, true, Place.ROLE, Place.BLOCK, Place.TASK), DELEGATE_FACTS(Shape.BOOL, true, Place.ROLE,
            Place.BLOCK, Place.TASK), NOTIFY(Shape.LIST, true, Place.BLOCK, Place.TASK),

    HOSTS(Shape.LIST, false, Place.PLAY), GATHER_FACTS(Shape.BOOL, false, Place.PLAY), GATHER_SUBSET(Shape.LIST, false,
            Place.PLAY), GATHER_TIMEOUT(Shape.INT, false, Place.PLAY), FACT_PATH(Shape.TEXT, false, Place.PLAY), SERIAL(
                    Shape.LIST, false, Place.PLAY), STRATEGY(Shape.TEXT, false, Place.PLAY), ORDER(Shape.TEXT, false,
                            Place.PLAY), MAX_FAIL_PERCENTAGE(Shape.PERCENT, false, Place.PLAY), FORCE_HANDLERS(
                                    Shape.BOOL, false, Place.PLAY),

    ASYNC(Shape.INT, false, Place.TASK), POLL(Shape.INT, false, Place.TASK), UNTIL(Shape.CONDITION, false,
            Place.TASK), RETRIES(Shape.INT, false, Place.TASK), DELAY(Shape.NUMBER, false, Place.TASK), CHANGED_WHEN(
                    Shape.CONDITION, false, Place.TASK), FAILED_WHEN(Shape.CONDITION, false, Place.TASK), REGISTER(
                            Shape.TEXT, false, Place.TASK), LISTEN(Shape.LIST, false, Place.HANDLER);

    /** What kind of value a keyword takes, once its templates are evaluated. */
    public enum Shape {
        BOOL, INT, NUMBER, PERCENT, TEXT, LIST, CONDITION
    }

    /** Where a keyword may stand. A handler takes all that a task takes. */
    public enum Place {
        PLAY, ROLE, BLOCK, TASK, HANDLER
    }

    private final Shape shape;
    private final boolean inherited;
    private final Set<Place> places;

    Keyword(Shape shape) {
        this(shape, true, Place.PLAY, Place.ROLE, Place.BLOCK, Place.TASK);
    }

    Keyword(Shape shape, boolean inherited, Place... places) {
        this.shape = shape;
        this.inherited = inherited;
        this.places = EnumSet.copyOf(Arrays.asList(places));
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
        return inherited;
    }

    public boolean allowedIn(Place place) {
        return places.contains(place) || place == Place.HANDLER && places.contains(Place.TASK);
    }

    public static Optional<Keyword> of(String word) {
        return Arrays.stream(values()).filter(keyword -> keyword.word().equals(word)).findFirst();
    }
}
