package bramble.modules.system;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/** Asks at for the jobs that run just these lines; empty where the node has no at. */
record AtFact(String lines) implements Fact<Optional<List<String>>> {
    @Override
    public Sh script() {
        return Sh.of("""
                command -v at >/dev/null || exit 0
                echo tool; b_c={}
                for b_j in $(atq | cut -f1); do
                  b_o=$(at -c "$b_j" 2>/dev/null)
                  case $b_o in *"
                $b_c") echo "job $b_j" ;; esac
                done; :""", lines.strip());
    }

    @Override
    public Optional<List<String>> parse(Answer answer) {
        List<String> found = answer.text().lines().toList();
        return found.contains("tool")
                ? Optional.of(found.stream().filter(line -> line.startsWith("job ")).map(line -> line.substring(4))
                        .toList())
                : Optional.empty();
    }
}
