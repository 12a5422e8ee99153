package bramble.args;

import java.util.regex.Pattern;

/**
 * A file mode as playbooks write it: octal ({@code '0644'}, {@code 0644} read as a YAML integer, {@code 0o644}) or symbolic
 * ({@code u=rwX,go-w}), to be worked out against the mode that a file has. {@code preserve} keeps the source's.
 */
public record Mode(String text) {
    private static final Pattern OCTAL = Pattern.compile("(?:0o?)?[0-7]{1,5}");
    /** One part of a symbolic mode, of those that commas separate: for whom, and what is done. */
    public static final Pattern CLAUSE = Pattern.compile("(a|[ugo]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)");

    /** Whether it is written in octal. */
    public boolean octal() {
        return OCTAL.matcher(text.strip()).matches();
    }

    /** Whether it is octal or symbolic, as chmod takes it. */
    public boolean valid() {
        if (octal()) {
            return true;
        }
        for (String clause : text.strip().split(",", -1)) {
            if (!CLAUSE.matcher(clause).matches()) {
                return false;
            }
        }
        return true;
    }
}
