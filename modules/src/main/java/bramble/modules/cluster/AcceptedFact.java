package bramble.modules.cluster;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Maybe;
import bramble.modules.files.AboutPath;
import bramble.modules.files.NodePath;
import bramble.modules.files.Placed;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks what a daemon's own checker says of a new file, before anything is written: what it complains about, or nothing. A text
 * that is there already is not checked again, and none where the node has no such checker. The checker reads it from a temporary
 * folder; where AppArmor lets a daemon read its own folder alone, from one that is hidden in there for that moment.
 *
 * @param path of the file that is to be replaced
 * @param text the new one; it may hold passwords
 * @param command the checker and its words, {@code %s} for the file
 * @param uses further paths that it looks at, of files that the text includes, say
 */
record AcceptedFact(String path, String text, List<String> command, List<String> uses)
        implements
            Fact<Optional<String>> {
    /** What nobody is to read. */
    private static final Pattern SECRET = Pattern.compile("(?i)secret|pass|key");

    AcceptedFact(String path, String text, List<String> command) {
        this(path, text, command, List.of());
    }

    @Override
    public Sh script() {
        Sh check = Sh.raw("");
        for (String word : command) {
            check = Sh.of("{} {}", check, word.equals("%s") ? Sh.raw("\"$b_w/new\"") : Sh.of("{}", word));
        }
        return Sh.of("""
                b_t={}
                command -v {} >/dev/null && [ "$(cat {} 2>/dev/null)" != "$b_t" ] || exit 0
                case $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) in Y) b_w={} ;; *) b_w= ;; esac
                b_unchecked() { printf 'refused\n%s\n' "Nothing could check it: $1"; exit 0; }
                b_w=$(mktemp -d ${b_w:+"$b_w/.tmp.XXXXXX"} 2>&1) || b_unchecked "$b_w"
                trap 'rm -rf "$b_w"' EXIT
                trap 'exit 1' HUP INT TERM PIPE
                printf '%s\\n' "$b_t" >"$b_w/new" || b_unchecked "there is no room for it in $b_w"
                b_o=$({} 2>&1 >"$b_w/out" </dev/null) ||
                  { echo refused; [ -n "$b_o" ] && printf '%s\\n' "$b_o" || cat "$b_w/out"; }""",
                Sh.secret(text.stripTrailing()), command.getFirst(), path,
                NodePath.parent(NodePath.normal(path)), check);
    }

    @Override
    public Optional<String> parse(Answer answer) {
        String said = answer.text();
        return said.startsWith("refused\n")
                ? Optional
                        .of(withLine(said.substring(8).strip()
                                .replaceAll("/\\S*/\\.?tmp\\.\\w+/new", Matcher.quoteReplacement(path))
                                .replaceAll("(?m)^\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z ", "")))
                : Optional.empty();
    }

    /** With the line of the text that is told by its number alone: nobody can look it up in a file that isn't written. */
    private String withLine(String said) {
        Matcher number = Pattern.compile("\\bline (\\d{1,6})\\b|" + Pattern.quote(path) + ":(\\d{1,6}):").matcher(said);
        if (!number.find()) {
            return said;
        }
        int at = Integer.parseInt(number.group(1) == null ? number.group(2) : number.group(1));
        return text.lines().skip(Math.max(0, at - 1L)).findFirst().map(String::strip)
                .filter(line -> at > 0 && !line.isEmpty() && !said.contains(line) && !SECRET.matcher(line).find())
                .map(line -> said + " (" + line + ")").orElse(said);
    }

    /** The checker says the same of the same text, whatever else is altered, unless the text uses it. */
    @Override
    public Maybe<Optional<String>> after(Effect.Becomes<?> effect, Optional<String> current) {
        return effect.fact() instanceof AboutPath<?> about && effect.value() instanceof Placed placed
                && uses.stream().anyMatch(used -> List.of(about.path(), placed.real()).stream()
                        .anyMatch(altered -> used.equals(altered) || NodePath.below(used, altered)))
                                ? Maybe.unknown(path + " uses " + about.path() + ", which this run would alter")
                                : Maybe.known(current);
    }

    /** The complaint as far as a dry run can tell: nothing while the checker, or what the text uses, is still to come. */
    Optional<String> complaint(Facts facts) {
        return facts.maybe(this).orElse(Optional.empty());
    }

    /** Without the text. */
    @Override
    public String toString() {
        return "AcceptedFact[" + path + "]";
    }
}
