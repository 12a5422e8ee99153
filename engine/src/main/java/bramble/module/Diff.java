package bramble.module;

import bramble.value.MapValue;
import bramble.value.Value;

/**
 * Before and after, as Ansible's {@code diff} result has them.
 *
 * @param before text, or a mapping of attributes
 * @param header what stands behind {@code --- before:} and {@code +++ after:}; may be empty
 * @param prepared whether what is after is shown as it is: some tool's own words for what changes
 */
public record Diff(Value before, Value after, String header, boolean prepared) {
    /** There is nothing to show: a command, or a secret. */
    public static final Diff NONE = new Diff(Value.text(""), Value.text(""), "");

    public Diff(Value before, Value after, String header) {
        this(before, after, header, false);
    }

    public static Diff prepared(String text) {
        return text.isEmpty() ? NONE : new Diff(Value.text(""), Value.text(text), "", true);
    }

    public static Diff text(String header, String before, String after) {
        return new Diff(Value.text(before), Value.text(after), header);
    }

    public static Diff attributes(String header, MapValue before, MapValue after) {
        return new Diff(before, after, header);
    }
}
