package bramble.value;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a variable may be called. */
public final class VariableName {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private VariableName() {}

    public static boolean legal(String name) {
        return LEGAL.matcher(name).matches();
    }

    /** What is wrong with the first of these names that can't be a variable's. */
    public static Optional<String> problem(Iterable<String> names) {
        for (String name : names) {
            if (!legal(name)) {
                return Optional
                        .of("The variable name '" + name + "' is not valid. Variables must start with a letter or "
                                + "underscore character, and contain only letters, numbers and underscores.");
            }
        }
        return Optional.empty();
    }
}
