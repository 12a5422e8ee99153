package bramble.template;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;

/** A template that can't be read or evaluated. */
public class TemplateException extends ProblemException {
    public TemplateException(Problem problem) {
        super(problem);
    }

    /** For filters, tests and lookups, which need not know where they are used: the caller adds the place. */
    public TemplateException(String summary) {
        this(Source.NONE, summary);
    }

    public TemplateException(Source source, String summary) {
        super(source, summary);
    }

    public TemplateException(Source source, String summary, String hint) {
        super(Problem.error(source, summary, hint));
    }
}
