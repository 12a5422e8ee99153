package bramble.run;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import java.util.List;

/** A file that a task includes is there, but not right: that ends the run for all hosts, and nothing rescues it. */
public final class WrongIncludeException extends ProblemException {
    WrongIncludeException(List<Problem> problems) {
        super(problems);
    }
}
