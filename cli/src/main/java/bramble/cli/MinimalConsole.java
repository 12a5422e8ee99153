package bramble.cli;

import bramble.event.HostResult;
import bramble.event.TaskInfo;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.io.PrintStream;
import java.util.Set;
import java.util.function.BiConsumer;

/** Prints results alone, as the command ansible 2.14 does: the callback {@code minimal}. */
final class MinimalConsole implements BiConsumer<TaskInfo, HostResult> {
    /** Modules whose output is shown as it is. */
    static final Set<String> COMMANDS = Set.of("command", "shell", "raw", "script");

    private final PrintStream out;
    private final ResultLines lines;

    MinimalConsole(PrintStream out, ResultLines lines) {
        this.out = out;
        this.lines = lines;
    }

    @Override
    public void accept(TaskInfo task, HostResult result) {
        Colours colours = lines.colours();
        String diff = lines.diff(result);
        if (!diff.isEmpty()) {
            out.println(diff);
        }
        String host = result.host();
        if (lines.compat() && result.skippedByAnsible()) {
            out.println(colours.cyan(host + " | SKIPPED"));
            return;
        }
        switch (result.outcome()) {
            case OK -> say(Tone.GOOD, host + " | SUCCESS", "", task, result);
            case CHANGED, WOULD_CHANGE -> say(Tone.CHANGE, host + " | CHANGED", "", task, result);
            case SKIPPED, UNDETERMINED -> out.println(colours.cyan(host + " | SKIPPED"));
            case FAILED -> say(Tone.BAD, host + " | FAILED", "!", task, result);
            case UNREACHABLE ->
                out.println(colours.red(host + " | UNREACHABLE! => " + json(task, result)));
        }
    }

    /** @param mark what stands behind the word where the result is shown in full */
    private void say(Tone tone, String head, String mark, TaskInfo task, HostResult result) {
        boolean output = COMMANDS.contains(task.module()) && result.result().get("ansible_job_id").isEmpty();
        out.println(lines.colours().paint(tone,
                output ? head + text(result.result()) : head + mark + " => " + json(task, result)));
    }

    private String json(TaskInfo task, HostResult result) {
        MapValue shown = ResultLines.shown(task, result.result(), lines.verbosity());
        return lines.form().of(shown, true);
    }

    private static String text(MapValue result) {
        String rc = result.get("rc").map(PythonText::of).orElse("-1");
        return " | rc=" + rc + " >>\n" + of(result, "stdout") + of(result, "stderr") + of(result, "msg");
    }

    private static String of(MapValue result, String name) {
        return result.get(name).map(PythonText::of).orElse("");
    }
}
