package bramble.args;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Documents one argument, on a component of the Args record. The component's type is its type: String, boolean, int, long,
 * double, an enum (choices in lower case, {@code _} for {@code -}, or as its toString has them), {@link bramble.args.Mode},
 * {@code bramble.value.Value} (anything),
 * {@code MapValue}, {@link ControllerFile}, {@link ControllerCommand},
 * {@link TemplateFile}, {@code List} of these, or {@code Optional} of these for an argument that may be left out. An argument
 * that is neither Optional nor has a {@link #fallback} is required.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Arg {
    /** What it is for; units; a sentence or two. */
    String value();

    /** Other names for it. */
    String[] aliases() default {};

    /** The value when it isn't given, as YAML text; {@code [unset]} stands for: there is none. */
    String fallback() default "[unset]";

    /** The name that playbooks use, if it isn't the component's with {@code _} for capitals ({@code default} say). */
    String name() default "";

    /** Whether the value is a secret, which is never shown. */
    boolean secret() default false;

    /** Whether it is left out of what {@code -vvv} tells of the call: what goes into files may be secret. */
    boolean unshown() default false;

    /** Whether null counts as given. */
    boolean keepsNull() default false;

    /** Whether its templates are left alone, because the module evaluates it itself: a condition, say. */
    boolean late() default false;

    /**
     * The arguments, yes or no, that say that the file it names is on the node: then it isn't looked for here. With {@code !} before
     * it, no says so; {@code mode=pull} is a choice that says so.
     */
    String remoteIf() default "";

    /** Whether it takes all arguments that no other component names, as one {@code MapValue}; values may be unknown. */
    boolean rest() default false;

    /** Whether it is a regular expression, in Python's syntax. */
    boolean regex() default false;

    /** Whether it is a path on the node, in which {@code ~} and {@code $NAME} are what they are there. */
    boolean nodePath() default false;

    /** Whether it names a file of the controller, looked for in the role's and playbook's folders. */
    boolean controllerPath() default false;
}
