package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.problem.Problem;
import bramble.value.ListValue;
import bramble.value.PythonText;
import java.io.PrintStream;
import java.util.function.Consumer;

/**
 * Prints to standard error what is no result: warnings, and who is waited for.
 *
 * @param compat whether problems are said in a sentence, as Ansible does
 */
record Notices(PrintStream err, Colours colours, boolean compat, Transfers transfers) implements Consumer<Event> {
    Notices(PrintStream err, Colours colours, boolean compat) {
        this(err, colours, compat, new Transfers());
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case Event.ItemEnded ended -> of(ended.result());
            case Event.TaskEnded ended -> of(ended.result());
            case Event.Warned(var _, Problem problem) -> say(problem);
            case Event.Held held -> err.println(held.host() + " waits: " + held.what());
            case Event.Carried carried when !compat ->
                transfers.line(carried).ifPresent(err::println);
            case Event.HostStarted started -> transfers.over(started.host());
            case Event.Blocked blocked ->
                err.println(blocked.host() + " is in the hands of another run, which is waited for: " + blocked.by());
            case Event _ -> {
                // others show it, or nobody
            }
        }
    }

    private void of(HostResult result) {
        if (result.result().get("warnings").orElse(null) instanceof ListValue list) {
            list.items().forEach(text -> err.println(colours.magenta("[WARNING]: " + PythonText.of(text))));
        }
    }

    private void say(Problem problem) {
        String text = compat ? problem.sentences() : problem.toString();
        err.println(problem.severity() == Problem.Severity.ERROR
                ? colours.red("ERROR! " + text)
                : colours.magenta("[WARNING]: " + text));
    }
}
