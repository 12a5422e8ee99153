package bramble.template;

import bramble.problem.Problem;

/** The use of a name, an attribute or an item that nothing defines. */
public class UndefinedException extends TemplateException {
    public UndefinedException(Problem problem) {
        super(problem);
    }

    public UndefinedException(bramble.value.Undefined undefined) {
        this(Problem.error(undefined.source(), undefined.what(), undefined.hint().get()));
    }
}
