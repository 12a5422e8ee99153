package bramble.modules.sync;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Asks which folders of a node's tree can't be read, by their names below it: what is in them would seem not to be there. */
record ShutFact(String path) implements Fact<List<String>> {
    // where find itself fails and no folder is shut, the whole tree isn't to be trusted
    private static final Sh.Library LIBRARY = new Sh.Library("b_shut",
            """
                    b_shut_in() { # prefix; of the folder that this is
                      [ -r . ] && [ -x . ] || { printf 'd%s\\0' "${1%/}"; return 0; }
                      for b_n in * .[!.]* ..?*; do
                        [ -d "./$b_n" ] && ! [ -L "./$b_n" ] || continue
                        ( CDPATH= cd -P -- "./$b_n" 2>/dev/null && b_shut_in "$1$b_n/" ) || printf 'd%s\\0' "$1$b_n"
                      done
                      return 0
                    }
                    b_shut() { # path
                      [ -d "$1" ] || return 0
                      (
                        CDPATH= cd -P -- "$1" 2>/dev/null || { printf 'd\\0'; exit 0; }
                        if find / -maxdepth 0 -ignore_readdir_race -readable -executable -printf '' >/dev/null 2>&1; then
                          find . -ignore_readdir_race -type d ! '(' -readable -executable ')' -printf 'd%P\\0' 2>/dev/null ||
                            printf 'x\\0'
                        else
                          b_shut_in ''
                        fi
                      )
                      return 0
                    }""");

    ShutFact {
        path = NodePath.normal(path);
    }

    @Override
    public Sh script() {
        return Sh.of("b_shut {}", NodePath.word(path)).using(LIBRARY);
    }

    @Override
    public List<String> parse(Answer answer) {
        List<String> told = Stream.of(new String(answer.out(), StandardCharsets.UTF_8).split("\0", -1))
                .filter(field -> !field.isEmpty()).toList();
        List<String> shut = told.stream().filter(field -> field.startsWith("d")).map(field -> field.substring(1))
                .toList();
        return shut.isEmpty() && !told.isEmpty() ? List.of("") : shut;
    }

    @Override
    public Maybe<List<String>> after(Effect.Becomes<?> effect, List<String> current) {
        return effect.fact() instanceof PathFact && !current.isEmpty()
                ? Maybe.unknown("whether all of " + path + " can be read then isn't known")
                : Maybe.known(current);
    }
}
