package bramble.module;

import bramble.value.MapValue;
import bramble.value.Value;

/**
 * Before and after, as Ansible's {@code diff} result has them.
 *
 * @param before text, or a mapping of attributes
 * @param header what stands behind {@code --- before:} and {@code +++ after:}; may be empty
 */
public record Diff(Value before, Value after, String header) {
    /** There is nothing to show: a command, or a secret. */
    public static final Diff NONE = new Diff(Value.text(""), Value.text(""), "");

    public static Diff text(String header, String before, String after) {
        return new Diff(Value.text(before), Value.text(after), header);
    }

    public static Diff attributes(String header, MapValue before, MapValue after) {
        return new Diff(before, after, header);
    }
}
