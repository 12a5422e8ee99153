package bramble.args;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents a module, on its Args record. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Doc {
    /** One sentence: what the module is for. */
    String value();

    /** The collection that Ansible has it in. */
    String collection() default "ansible.builtin";

    /** Other names: {@code systemd_service} for {@code systemd}. */
    String[] aliases() default {};

    /** The argument that free text after the module's name becomes, for {@code command: uptime}; empty for none. */
    String freeForm() default "";

    /** What is said when a required argument is missing, where Ansible has words of its own for that; empty for the usual. */
    String missing() default "";

    /** A task, in YAML, that shows it; it is run as a test. */
    String example();

    /** Why a second run changes again, for modules that don't converge by nature; empty for those that do. */
    String neverSettles() default "";

    /** Arguments that Ansible's module of that name takes and this one doesn't, each with what to do instead: {@code name: do this.} */
    String[] refuses() default {};

    /** Whether a loop's items are inspected and done one after the other, because its effects don't tell all that it does. */
    boolean oneByOne() default false;

    /** Whether it is done once for all hosts of a play's batch, by the first of them. */
    boolean once() default false;

    /** What the module returns, a line a key: {@code name: type: meaning}. */
    String[] returns() default {};
}
