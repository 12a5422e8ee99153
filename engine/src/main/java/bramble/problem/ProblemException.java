package bramble.problem;

import java.util.List;
import java.util.stream.Collectors;

/** Carries problems of the user's making to the one place that shows them. */
public class ProblemException extends RuntimeException {
    private final transient List<Problem> problems;

    public ProblemException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public ProblemException(Problem problem) {
        this(List.of(problem));
    }

    public ProblemException(Source source, String summary) {
        this(Problem.error(source, summary));
    }

    public List<Problem> problems() {
        return problems;
    }

    /** The first problem's sentence, without its place. */
    public String summary() {
        return problems.getFirst().summary();
    }
}
