package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Asks pip which packages are installed; empty where there is no pip, without a command where one's own isn't there.
 *
 * @param candidates what pip may be called, the first that is there counts; none for the node's own
 */
record PipFact(List<String> candidates, String folder) implements Fact<Optional<PipFact.Packages>> {
    /** The version of a package that this run would install. */
    static final String COMING = "?";

    private static final Sh.Library LIBRARY = new Sh.Library("b_pip",
            """
                    b_pip() { # folder, candidates; the first that is there becomes b_pip, one a word
                      [ -z "$1" ] || cd "$1" 2>/dev/null || :
                      shift; b_pip=
                      for b_c; do
                        case $b_c in
                        python*) command -v "$b_c" >/dev/null 2>&1 && "$b_c" -c 'import pip' 2>/dev/null && b_pip="$b_c -m pip" && return ;;
                        *) command -v "$b_c" >/dev/null 2>&1 && b_pip=$b_c && return ;;
                        esac
                      done
                      return 1
                    }""");

    PipFact {
        candidates = List.copyOf(candidates);
    }

    /** Versions by normal name. */
    record Packages(String command, Map<String, String> versions) {
        Packages {
            versions = Map.copyOf(versions);
        }

        boolean satisfies(PipSpec spec) {
            return spec.known() && Optional.ofNullable(versions.get(spec.name())).filter(spec::takes).isPresent();
        }
    }

    private List<String> names() {
        return candidates.isEmpty() ? List.of("pip3", "python3", "pip") : candidates;
    }

    @Override
    public Sh script() {
        return Sh.of("""
                b_pip {} {} || exit 0
                printf 'pip %s\\n' "$b_pip"; $b_pip list --format=freeze --disable-pip-version-check 2>/dev/null; :""",
                folder, names()).using(LIBRARY);
    }

    /** Runs pip with these words. */
    Sh run(Sh words) {
        return Sh.of("b_pip {} {}; $b_pip {} </dev/null", folder, names(), words).using(LIBRARY);
    }

    @Override
    public Optional<Packages> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith("pip ")) {
            boolean own = !candidates.isEmpty() && candidates.getFirst().startsWith("/");
            return own ? Optional.of(new Packages("", Map.of())) : Optional.empty(); // no package brings one's own
        }
        Map<String, String> versions = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int equals = line.indexOf("==");
            if (equals > 0) {
                versions.put(PipSpec.normal(line.substring(0, equals)), line.substring(equals + 2).strip());
            }
        }
        return Optional.of(new Packages(lines.getFirst().substring(4), versions));
    }
}
