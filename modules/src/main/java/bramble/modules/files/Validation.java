package bramble.modules.files;

import bramble.module.Verdict;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command that must accept a new file before it is put in place; {@code %s} stands for the file. */
public final class Validation {
    private static final Pattern REFUSED = Pattern.compile("failed to validate: rc:(\\d+) error:(.*)", Pattern.DOTALL);

    private Validation() {}

    /** What is wrong with it. */
    public static Optional<String> obstacle(Optional<String> command) {
        return command.filter(text -> !text.contains("%s")).map(text -> "validate must contain %s: " + text);
    }

    /** The script; it runs the command without a shell's expansions, as a list of words. */
    public static Sh script(String command) {
        Sh words = Sh.raw("");
        for (String word : words(command)) {
            Sh quoted = Sh.raw("");
            String[] parts = word.split("%s", -1);
            for (int i = 0; i < parts.length; i++) {
                quoted = Sh.of("{}{}{}", quoted, Sh.raw(i == 0 ? "" : "\"$new\""),
                        parts[i].isEmpty() ? Sh.raw("") : Sh.of("{}", parts[i]));
            }
            words = Sh.of("{} {}", words, quoted);
        }
        return Sh.of("""
                b_out=$({ {}; } 2>&1) && return 0
                echo "failed to validate: rc:$? error:$b_out" >&2
                return 1""", words);
    }

    /** What copy and template say of a file that was refused: why, and what the command returned; other failures stay. */
    static Verdict told(Verdict verdict) {
        Matcher refused = REFUSED.matcher(verdict.failure().orElse(""));
        return refused.matches()
                ? new Verdict(verdict.changed(), Optional.of("failed to validate"),
                        verdict.results().with("exit_status",
                                Integer.parseInt(refused.group(1))).with("stdout", "").with("stderr", refused.group(2)),
                        verdict.unknown())
                : verdict;
    }

    /** The words of a command line, with a shell's quotes and backslashes. */
    static List<String> words(String line) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean open = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0 ? c == quote : c == '\'' || c == '"') {
                quote = quote == 0 ? c : 0;
                open = true;
            } else if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                i++;
                word.append(line.charAt(i));
                open = true;
            } else if (Character.isWhitespace(c) && quote == 0) {
                if (open) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                open = false;
            } else {
                word.append(c);
                open = true;
            }
        }
        if (open) {
            words.add(word.toString());
        }
        return words;
    }
}
