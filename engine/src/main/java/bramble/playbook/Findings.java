package bramble.playbook;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Collects what is wrong while a playbook is read, so that all of it is told at once. */
final class Findings {
    private final LinkedHashSet<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warned = new HashSet<>();
    private final Consumer<Problem> warnings;

    Findings(Consumer<Problem> warnings) {
        this.warnings = warnings;
    }

    void error(Source at, String summary, String hint) {
        errors.add(Problem.error(at, summary, hint));
    }

    void error(Source at, String summary) {
        error(at, summary, "");
    }

    void warn(Source at, String summary, String hint) {
        warn(Problem.warning(at, summary, hint));
    }

    void warn(Problem warning) {
        if (warned.add(warning)) {
            warnings.accept(warning);
        }
    }

    void add(List<Problem> problems) {
        errors.addAll(problems);
    }

    /** What is made, or the other thing if that brought problems to light. */
    <T> T attempt(Supplier<T> making, T otherwise) {
        try {
            return making.get();
        } catch (ProblemException e) {
            add(e.problems());
            return otherwise;
        }
    }

    /** The nearest name, or all that there are if they are few. */
    static String hint(String word, Collection<String> names) {
        String nearest = Nearest.hint(word, names);
        if (!nearest.isEmpty()) {
            return nearest;
        }
        return names.size() > 12 ? "" : "Expected " + String.join(", ", names.stream().sorted().toList()) + ".";
    }

    /** The errors so far. */
    List<Problem> errors() {
        return List.copyOf(errors);
    }

    /** Throws if there was an error. */
    void settle() {
        if (!errors.isEmpty()) {
            throw new ProblemException(new ArrayList<>(errors));
        }
    }
}
