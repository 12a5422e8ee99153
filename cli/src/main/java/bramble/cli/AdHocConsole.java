package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.PrintStream;
import java.util.Set;
import java.util.function.Consumer;

/** Prints the results of a single task as the command ansible 2.14 does. */
final class AdHocConsole implements Consumer<Event> {
    private static final Set<String> COMMANDS = Set.of("command", "shell", "raw", "script");
    private static final Json.Style LINE = new Json.Style(-1, true, false, ", ", ": ");

    private final PrintStream out;
    private final PrintStream err;
    private final Colours colours;
    private final boolean oneLine;
    private final int verbosity;

    AdHocConsole(PrintStream out, PrintStream err, Colours colours, boolean oneLine, int verbosity) {
        this.out = out;
        this.err = err;
        this.colours = colours;
        this.oneLine = oneLine;
        this.verbosity = verbosity;
    }

    @Override
    public void accept(Event event) {
        if (event instanceof Event.TaskEnded ended) {
            print(ended.task().module(), ended.result());
        } else if (event instanceof Event.Warned warned) {
            err.println("[WARNING]: " + warned.problem());
        } else if (event instanceof Event.Reaching reaching && verbosity > 2) {
            out.println(colours.blue("<" + reaching.host() + "> " + reaching.what()));
        } else if (event instanceof Event.Blocked blocked) {
            err.println(
                    blocked.host() + " is in the hands of another run, which is waited for: " + blocked.by());
        }
        out.flush();
    }

    private void print(String module, HostResult result) {
        if (result.result().get("warnings").orElse(null) instanceof ListValue list) {
            list.items().forEach(text -> err.println("[WARNING]: " + PythonText.of(text)));
        }
        MapValue shown = result.result().without("diff").without("invocation").without("_ansible_origin");
        result.result().get("diff").map(diff -> Diffs.unified(diff, colours)).filter(text -> !text.isEmpty())
                .ifPresent(out::println);
        boolean command = COMMANDS.contains(module) && shown.get("rc").isPresent();
        String host = result.host();
        switch (result.outcome()) {
            case OK -> out.println(
                    colours.green(command ? text(host + " | SUCCESS", shown) : json(host + " | SUCCESS", shown)));
            case CHANGED, WOULD_CHANGE ->
                out.println(
                        colours.yellow(command ? text(host + " | CHANGED", shown) : json(host + " | CHANGED", shown)));
            case SKIPPED, UNDETERMINED -> out.println(colours.cyan(host + " | SKIPPED"));
            case FAILED -> out.println(colours.red(
                    command ? text(host + " | FAILED", shown) : json(host + " | FAILED!", shown.without("failed"))));
            case UNREACHABLE -> out.println(colours.red(json(host + " | UNREACHABLE!", shown)));
        }
    }

    private String json(String head, MapValue result) {
        return head + " => "
                + (oneLine
                        ? Json.write(result, LINE)
                        : Json.pretty(result.without("stdout_lines").without("stderr_lines")));
    }

    private String text(String head, MapValue result) {
        String rc = result.get("rc").map(PythonText::of).orElse("0");
        String output = of(result, "stdout") + of(result, "stderr")
                + (of(result, "stdout").isEmpty() && of(result, "stderr").isEmpty() ? of(result, "msg") : "");
        return oneLine
                ? head + " | rc=" + rc + " | (stdout) " + of(result, "stdout").replace("\n", "\\n")
                : head + " | rc=" + rc + " >>\n" + output;
    }

    private static String of(MapValue result, String name) {
        return result.get(name).map(Value::toString).orElse("");
    }
}
