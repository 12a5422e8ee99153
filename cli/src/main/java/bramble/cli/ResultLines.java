package bramble.cli;

import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Says results as ansible-playbook 2.14 does.
 *
 * @param compat whether a dry run's unknown outcomes are shown as Ansible would: skipped
 * @param form how results are written
 */
record ResultLines(Colours colours, int verbosity, boolean compat, ResultForm form, Diffs diffs) {
    private static final int HOST = 26;
    /** Modules whose result is always shown in full. */
    private static final Set<String> SHOWN = Set.of("debug", "assert");
    private static final Set<String> UNSHOWN_KEYS = Set.of("diff", "invocation", "exception", "warnings",
            "false_condition",
            "deprecations");

    /** What is shown of a debug's result that has a message. */
    private static final Set<String> MESSAGE = Set.of("msg", "exception", "warnings", "deprecations");
    /** What is not shown of one that has a variable's value. */
    private static final Set<String> BESIDE_VALUE = Set.of("changed", "invocation", "skip_reason", "false_condition");
    /** Whose results are never shown. */
    private static final Set<String> FACTS = Set.of("gather_facts", "ansible.builtin.gather_facts",
            "ansible.legacy.gather_facts", "setup", "ansible.builtin.setup", "ansible.legacy.setup");

    /** An item of a loop. */
    ResultLine item(TaskInfo task, HostResult result) {
        String label = result.item().orElse("");
        String item = " => (item=" + label + ")";
        if (compat && result.skippedByAnsible()) {
            return line(result, Tone.QUIET, "skipping: ", item + " " + asSkipped(task, result));
        }
        return switch (result.outcome()) {
            case OK -> line(result, Tone.GOOD, "ok: ", item + detail(task, result));
            case CHANGED, WOULD_CHANGE -> line(result, Tone.CHANGE, "changed: ", item + detail(task, result));
            case SKIPPED -> line(result, Tone.QUIET, "skipping: ",
                    item + " " + (verbosity > 0 ? " => " + json(task, result, verbosity > 2) : ""));
            case UNDETERMINED -> undetermined(result, item);
            case FAILED -> new ResultLine(diff(result), Optional.of(new ResultLine.Words(Tone.BAD, "failed: ",
                    " (item=" + label + ") => " + json(task, result, verbosity > 2))), false);
            case UNREACHABLE ->
                line(result, Tone.BAD, "fatal: ", ": UNREACHABLE! => " + json(task, result, verbosity > 2));
        };
    }

    /** A task's result; of a loop, whose items were said already, only what they don't tell. */
    ResultLine task(TaskInfo task, HostResult result) {
        boolean loop = result.loop();
        if (compat && result.skippedByAnsible()) {
            return loop
                    ? new ResultLine("", Optional.of(new ResultLine.Words(Tone.QUIET, "skipping: ", verbosity > 0
                            ? " => " + form.of(MapValue.of("changed", false, "msg", "All items skipped"), false)
                            : "")), false)
                    : line(result, Tone.QUIET, "skipping: ", asSkipped(task, result));
        }
        if (loop && result.outcome() != Outcome.UNREACHABLE && result.outcome() != Outcome.SKIPPED) {
            return new ResultLine("", Optional.empty(), result.ignored() && result.outcome() == Outcome.FAILED);
        }
        return switch (result.outcome()) {
            case OK -> line(result, Tone.GOOD, "ok: ", detail(task, result));
            case CHANGED, WOULD_CHANGE -> line(result, Tone.CHANGE, "changed: ", detail(task, result));
            case SKIPPED -> new ResultLine("", Optional.of(new ResultLine.Words(Tone.QUIET, "skipping: ",
                    verbosity > 0 ? " => " + json(task, result.result().without("results"), verbosity > 2) : "")),
                    false);
            case UNDETERMINED -> undetermined(result, "");
            case FAILED -> line(result, Tone.BAD, "fatal: ",
                    ": FAILED! => " + json(task, result, inFull(task, result) || verbosity > 2));
            case UNREACHABLE ->
                line(result, Tone.BAD, "fatal: ", ": UNREACHABLE! => " + json(task, result, verbosity > 2));
        };
    }

    private ResultLine line(HostResult result, Tone tone, String before, String after) {
        return new ResultLine(diff(result), Optional.of(new ResultLine.Words(tone, before, after)),
                result.ignored() && result.outcome().bad());
    }

    /** The diff of what has changed: some modules return one in any case. */
    String diff(HostResult result) {
        boolean same = result.result().get("changed").map(Value.of(false)::equals).orElse(false);
        return same ? "" : result.result().get("diff").map(diffs::unified).orElse("");
    }

    /** A host as results name it, with the host that the work was delegated to. */
    static String host(HostResult result) {
        return result.delegate().filter(other -> !other.equals(result.host()))
                .map(other -> result.host() + " -> " + other
                        + result.address().map(address -> "(" + address + ")").orElse(""))
                .orElse(result.host());
    }

    /** How a host ended: its name in the colour of the worst, and each number that isn't 0 in its own. */
    static String recap(String host, Tally tally, Colours colours) {
        var line = new StringJoiner(" ");
        line.add(colours.recap(tally, host) + " ".repeat(Math.max(0, HOST - host.length())) + " :");
        line.add(number("ok", tally.ok(), Tone.GOOD, colours));
        line.add(number("changed", tally.changed(), Tone.CHANGE, colours));
        line.add(number("unreachable", tally.unreachable(), Tone.BAD, colours));
        line.add(number("failed", tally.failed(), Tone.BAD, colours));
        line.add(number("skipped", tally.skipped(), Tone.QUIET, colours));
        line.add(number("rescued", tally.rescued(), Tone.GOOD, colours));
        line.add(number("ignored", tally.ignored(), Tone.WARNING, colours));
        if (tally.undetermined() > 0) {
            line.add(colours.paint(Tone.QUIET, "unknown=" + tally.undetermined()));
        }
        return line.toString();
    }

    private static String number(String word, int number, Tone tone, Colours colours) {
        String text = String.format("%s=%-4s", word, number);
        return number == 0 ? text : colours.paint(tone, text);
    }

    /** Of what it can't know, Ansible shows as changed what it would write. */
    private ResultLine undetermined(HostResult result, String item) {
        if (compat) {
            return line(result, Tone.CHANGE, "changed: ", item);
        }
        String why = result.result().get("msg").map(Value::toString).orElse("only a real run would tell");
        return line(result, Tone.QUIET, "unknown: ", (item.isEmpty() ? " =>" : item) + " " + why);
    }

    private String asSkipped(TaskInfo task, HostResult result) {
        return verbosity > 0
                ? " => " + json(task, result.result().with("changed", false).without("failed_when_result"),
                        verbosity > 2)
                : "";
    }

    private String detail(TaskInfo task, HostResult result) {
        boolean full = inFull(task, result);
        boolean facts = FACTS.contains(task.written().action());
        return (verbosity > 0 && !facts) || full ? " => " + json(task, result, full || verbosity > 2) : "";
    }

    /** Whether a result is there to be read; a debug that could not be evaluated is an error like any other. */
    static boolean inFull(TaskInfo task, HostResult result) {
        boolean failedItself = result.outcome() == Outcome.FAILED
                && result.result().get("failed_when_result").isEmpty();
        return alwaysInFull(task) && !(task.module().equals("debug") && failedItself);
    }

    private String json(TaskInfo task, HostResult result, boolean indented) {
        return json(task, result.result(), indented);
    }

    private String json(TaskInfo task, MapValue result, boolean indented) {
        return form.of(shown(task, result, verbosity), indented);
    }

    /** What of a result is shown. */
    static MapValue shown(TaskInfo task, MapValue result, int verbosity) {
        return shown(task.module().equals("debug"), result, verbosity);
    }

    static MapValue shown(boolean debug, MapValue result, int verbosity) {
        boolean message = debug && result.get("msg").isPresent();
        var shown = new LinkedHashMap<Value, Value>();
        for (Map.Entry<Value, Value> entry : result.without("failed").without("skipped").entries().entrySet()) {
            String name = PythonText.of(entry.getKey());
            boolean hidden = (UNSHOWN_KEYS.contains(name) && verbosity < 3)
                    || (message && !MESSAGE.contains(name)) || (debug && BESIDE_VALUE.contains(name))
                    || name.startsWith("_ansible");
            if (!hidden) {
                shown.put(entry.getKey(), entry.getValue());
            }
        }
        return new MapValue(shown);
    }

    /** Whether a result is always shown in full. */
    static boolean alwaysInFull(TaskInfo task) {
        boolean quiet = task.module().equals("assert")
                && task.written().arguments().get("quiet").map(Value.of(true)::equals).orElse(false);
        return SHOWN.contains(task.module()) && !task.secret() && !quiet;
    }
}
