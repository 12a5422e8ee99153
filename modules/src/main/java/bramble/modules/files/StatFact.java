package bramble.modules.files;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.EscapedBytes;
import java.util.List;

/**
 * Asks for what is rarely wanted about a path: numbers of the file system, times in fractions of a second, what the user of
 * the shell may do with it.
 *
 * @param follow whether a link's destination is meant
 * @param mime whether to ask {@code file} what it is
 * @param attributes whether to ask {@code lsattr} for the file system's own attributes
 */
public record StatFact(String path, boolean follow, boolean mime,
        boolean attributes) implements AboutPath<StatFact.Detail> {

    /**
     * The answer.
     *
     * @param numbers dev, inode, blocks, block size, major and minor device number (hexadecimal), then the times of access,
     *     modification and change; empty where the node has no {@code stat}, or there is nothing
     * @param allowed the letters r, w and x, as far as they apply
     * @param mime what {@code file} says; empty where there is no such program
     * @param attributes what {@code lsattr} says: version and letters; empty where there is no such program, or it can't tell
     */
    public record Detail(String real, boolean missing, List<String> numbers, String allowed, String mime,
            List<String> attributes)
            implements
                Placed {
        public Detail {
            numbers = List.copyOf(numbers);
            attributes = List.copyOf(attributes);
        }
    }

    private static final Sh.Library LIBRARY = new Sh.Library("b_stat",
            """
                    b_stat() { # path -L|'' file|'' lsattr|''
                      b_there "$1" || { b_lost; return 0; }
                      printf 'p%s\\0' "$PWD/$b_b"
                      command -v stat >/dev/null 2>&1 && stat $2 -c '%d %i %b %o %t %T %.9X %.9Y %.9Z' "./$b_b"
                      printf '\\0'
                      if [ -r "./$b_b" ]; then printf r; fi
                      if [ -w "./$b_b" ]; then printf w; fi
                      if [ -x "./$b_b" ]; then printf x; fi
                      printf '\\0'
                      [ -n "$3" ] && command -v "$3" >/dev/null 2>&1 && "$3" -b --mime $2 "./$b_b"
                      printf '\\0'
                      [ -n "$4" ] && command -v "$4" >/dev/null 2>&1 && "$4" -vd "./$b_b" 2>/dev/null
                      printf '\\0'
                    }""");

    public StatFact {
        path = NodePath.normal(path);
    }

    @Override
    public Sh script() {
        return Sh.of("b_stat {} {} {} {}", NodePath.word(path), follow ? "-L" : "", mime ? "file" : "",
                attributes ? "lsattr" : "").using(PathScript.LIBRARY).using(LIBRARY);
    }

    @Override
    public Detail parse(Answer answer) {
        String[] fields = EscapedBytes.decode(answer.out()).split("\0", -1);
        String real = NodePath.normal(fields[0].substring(1));
        if (!fields[0].startsWith("p")) {
            return new Detail(real, true, List.of(), "", "", List.of());
        }
        return new Detail(real, false, words(fields[1]), fields[2], fields[3].strip(),
                words(fields[4]).stream().limit(2).toList());
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }

    @Override
    public Fact<Detail> through(Effect.Becomes<?> effect) {
        return new PathFact(path).through(effect) instanceof PathFact(String other) && !other.equals(path)
                ? new StatFact(other, follow, mime, attributes)
                : this;
    }

    @Override
    public Maybe<Detail> after(Effect.Becomes<?> effect, Detail current) {
        if (!(effect.value() instanceof Placed changed) || !(effect.fact() instanceof AboutPath<?>)) {
            return Maybe.known(current);
        }
        boolean touched = changed.real().equals(current.real()) || NodePath.below(current.real(), changed.real())
                || follow;
        return touched ? Maybe.unknown(path + " would be changed by this run") : Maybe.known(current);
    }
}
