package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.regex.PythonRegex;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.List;

/**
 * Asks a node's grep whether a file of any size holds something. Of many files that is one process.
 *
 * @param path a file's own, no link's
 * @param expression Python's, which {@link GrepPattern} understands
 * @param whole whether it may be anywhere, not only at the start of a line
 */
record HoldsFact(String path, String expression, boolean whole) implements AboutPath<HoldsFact.Held> {
    /**
     * The answer.
     *
     * @param known whether the node has a grep that reads any bytes
     */
    record Held(String real, boolean missing, boolean known, boolean holds) implements Placed {}

    private static final Sh.Library LIBRARY = new Sh.Library("b_holds",
            """
                    b_grep=; printf 'a\\0b\\n' | grep -aqE 'a.*b' 2>/dev/null && b_grep=1
                    b_held=
                    b_holding() { # expression files; which of them hold it
                      b_x=$1; shift
                      [ -z "$b_grep" ] || b_held="
                    $(grep -alE -e "$b_x" -- "$@" 2>/dev/null)
                    "
                    }
                    b_holds() { # expression file
                      if [ -z "$b_grep" ]; then echo unknown
                      elif [ -z "$b_held" ]; then grep -aqE -e "$1" -- "$2" 2>/dev/null && echo yes
                      else case $b_held in *"
                    $2
                    "*) echo yes ;; esac
                      fi
                      return 0
                    }""");

    private String pattern() {
        return (whole ? GrepPattern.anywhere(expression) : GrepPattern.fromTheStart(expression)).orElseThrow();
    }

    @Override
    public Sh script() {
        Sh alone = Sh.of("b_holds {} {}", pattern(), path).using(LIBRARY);
        return path.contains("\n")
                ? alone
                : alone.shared("b_holding " + Sh.quote(pattern()), List.of(path));
    }

    @Override
    public Held parse(Answer answer) {
        return new Held(path, false, !answer.text().startsWith("unknown"), answer.text().startsWith("yes"));
    }

    /** Whether a text does. */
    boolean in(String text) {
        PythonRegex regex = PythonRegex.compile(expression);
        return whole
                ? regex.search(text).isPresent()
                : Lines.of(text).stream().anyMatch(line -> regex.match(line).isPresent());
    }

    @Override
    public Maybe<Held> after(Effect.Becomes<?> effect, Held current) {
        FileContent stand = current.missing
                ? new FileContent.Missing(current.real)
                : new FileContent.TooLarge(current.real);
        return new ContentFact(path).after(effect, stand).map(becoming -> becoming.equals(stand)
                ? current
                : new Held(becoming.real(), becoming.missing(), true,
                        becoming instanceof FileContent.Bytes(_, Content bytes)
                                && in(EscapedBytes.decode(bytes.bytesOf()))));
    }
}
