package bramble.run;

import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.UndefinedException;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a task ends that could not be done as it is written: the words for it, and the place. */
record TaskTrouble(Task task) {
    private static final String FIELD = "The field '";
    private static final Pattern OF_FILTER = Pattern.compile("(?s)The (filter '[^']+') failed: (.*)");
    private static final Pattern OF_LOOKUP = Pattern.compile("(?s)The (lookup '[^']+') failed: (.*)");

    /** What Bramble itself gets wrong in one task is one host's failure: the others go on. */
    static TaskEnd bug(RuntimeException e) {
        var trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        TaskEnd end = TaskEnd.failed("This is a bug in Bramble (-vvv shows where): " + e);
        return end.with(end.outcome(), end.result().with("exception", trace.toString()));
    }

    /** What a task returns, or makes of it, doesn't fit: the other hosts go on. */
    static TaskEnd tooMuch() {
        return TaskEnd.failed("What this task returns, or makes of it, is more than fits in Bramble's memory ("
                + Runtime.getRuntime().maxMemory() / (1024 * 1024)
                + " MiB). Let it print less, or into a file, or give Bramble more memory: BRAMBLE_JAVA_OPTS=-Xmx4g.");
    }

    /** A condition that can't be evaluated. */
    static String condition(Setting condition, ProblemException e) {
        String text = PythonText.of(condition.value());
        return "The conditional check '" + text + "' failed. The error was: error while evaluating conditional (" + text
                + "): " + e.summary() + hint(e);
    }

    /** A keyword's value; what is undefined in it is told with the keyword's name. */
    static Value field(String keyword, Supplier<Value> value) {
        try {
            return value.get();
        } catch (UndefinedException e) {
            var problem = e.problems().getFirst();
            throw new UndefinedException(Problem.error(problem.source(), FIELD + keyword
                    + "' has an invalid value, which includes an undefined variable. The error was: "
                    + problem.summary(), problem.hint()));
        }
    }

    /** What may help, behind a sentence without its full stop. */
    private static String hint(ProblemException e) {
        String hint = e.problems().getFirst().hint();
        return hint.isEmpty() ? "" : ". " + hint;
    }

    TaskEnd problem(ProblemException e) {
        return problem(e, OF_FILTER);
    }

    /** What a loop is over can't be told: of the lookup of {@code with_...} it is said in the lookup's own words. */
    TaskEnd loop(ProblemException e) {
        if (e instanceof UndefinedException) {
            TaskEnd end = TaskEnd.failed(message(e.summary(), e));
            return end.with(end.outcome(), end.result().with("exception", e.summary() + at(e)));
        }
        return problem(e, task.loop().flatMap(loop -> loop.lookup()).isPresent() ? OF_LOOKUP : OF_FILTER);
    }

    private TaskEnd problem(ProblemException e, Pattern ownWords) {
        Matcher filter = ownWords.matcher(e.summary());
        if (e instanceof UndefinedException || !filter.matches()) {
            TaskEnd end = TaskEnd.failed(message(e));
            return end.with(end.outcome(), end.result().with("exception", e.summary() + at(e)));
        }
        TaskEnd end = TaskEnd.failed(filter.group(2)); // Ansible's own words; what stands beside them says where
        return end.with(end.outcome(), end.result().with("_ansible_origin", place(e) + ", " + filter.group(1)));
    }

    /** What is wrong with a module's arguments: the message is Ansible's own, so the place stands beside it. */
    TaskEnd refused(ProblemException e) {
        if (e instanceof UndefinedException) {
            boolean inFile = task.action().is("template")
                    && !e.problems().getFirst().source().file().equals(task.source().file());
            return inFile ? TaskEnd.failed(message("AnsibleUndefinedVariable: " + e.summary(), e)) : problem(e);
        }
        TaskEnd end = TaskEnd.failed(e.problems().getFirst().sentences());
        return end.with(end.outcome(), end.result().with("_ansible_origin", place(e)));
    }

    private String at(ProblemException e) {
        String place = place(e);
        return place.isEmpty() ? "" : "\n  at " + place;
    }

    /** Where it is; empty if it is on the command line. */
    private String place(ProblemException e) {
        Source source = e.problems().getFirst().source();
        Source near = source.file().isEmpty() ? task.source() : source;
        return near.file().isEmpty() ? "" : near.toString();
    }

    /** A problem as a task's {@code msg}. */
    private String message(ProblemException e) {
        return message(e instanceof UndefinedException && !e.summary().startsWith(FIELD)
                ? "The task includes an option with an undefined variable. The error was: " + e.summary()
                : e.summary(), e);
    }

    private String message(String what, ProblemException e) {
        String hint = e.problems().getFirst().hint();
        String place = place(e);
        return what + (hint.isEmpty() ? "" : what.endsWith(".") ? " " + hint : ". " + hint)
                + (place.isEmpty() ? "" : " (" + place + ")");
    }
}
