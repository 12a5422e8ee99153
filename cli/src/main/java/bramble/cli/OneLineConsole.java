package bramble.cli;

import bramble.event.HostResult;
import bramble.event.TaskInfo;
import bramble.value.Bool;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.io.PrintStream;
import java.util.function.BiConsumer;

/** Prints a line a result, as {@code ansible --one-line} 2.14 does: the callback {@code oneline}. */
final class OneLineConsole implements BiConsumer<TaskInfo, HostResult> {
    private static final Json.Style NARROW = new Json.Style(0, true, false, ",", ": ");

    private final PrintStream out;
    private final ResultLines lines;

    OneLineConsole(PrintStream out, ResultLines lines) {
        this.out = out;
        this.lines = lines;
    }

    @Override
    public void accept(TaskInfo task, HostResult result) {
        Colours colours = lines.colours();
        String host = result.host();
        if (lines.compat() && result.skippedByAnsible()) {
            out.println(colours.cyan(host + " | SKIPPED"));
            return;
        }
        out.println(switch (result.outcome()) {
            case OK -> colours.green(host + " | SUCCESS" + good(task, result));
            case CHANGED, WOULD_CHANGE -> colours.yellow(host + " | CHANGED" + good(task, result));
            case SKIPPED, UNDETERMINED -> colours.cyan(host + " | SKIPPED");
            case FAILED -> colours.red(host + " | FAILED!" + json(task, result));
            case UNREACHABLE -> colours.red(host + " | UNREACHABLE!: " + of(result.result(), "msg"));
        });
    }

    private static String of(MapValue result, String name) {
        return result.get(name).map(PythonText::of).orElse("");
    }

    private String good(TaskInfo task, HostResult result) {
        MapValue shown = result.result();
        if (!MinimalConsole.COMMANDS.contains(task.module()) || shown.get("ansible_job_id").isPresent()) {
            return json(task, result);
        }
        String error = of(shown, "stderr").replace("\n", "\\n");
        return " | rc=" + shown.get("rc").map(PythonText::of).orElse("-1") + " | (stdout) "
                + of(shown, "stdout").replace("\n", "\\n") + (error.isEmpty() ? "" : " (stderr) " + error);
    }

    private String json(TaskInfo task, HostResult result) {
        boolean full = ResultLines.inFull(task, result) && !result.loop();
        MapValue shown = ResultLines.shown(false, result.result(), lines.verbosity());
        return " => " + (full
                ? Json.pretty(shown.with("changed", result.result().get("changed").orElse(Bool.FALSE)))
                : Json.write(shown, NARROW)).replace("\n", "");
    }
}
