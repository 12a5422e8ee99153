package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.problem.Problem;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Prints a run as ansible-playbook 2.14 does, line for line. */
final class AnsibleConsole implements Consumer<Event> {
    private static final int COLUMNS = 79;
    private static final Json.Style LINE = new Json.Style(-1, true, false, ", ", ": ");
    /** Modules whose result is always shown in full. */
    private static final Set<String> SHOWN = Set.of("debug", "assert", "set_stats");
    private static final Set<String> UNSHOWN_KEYS = Set.of("diff", "invocation", "exception", "warnings",
            "deprecations");

    /** What a debug's result has beside what it is to show. */
    private static final Set<String> BESIDE_MESSAGE = Set.of("changed", "ansible_loop_var", "item",
            "failed_when_result");

    private final PrintStream out;
    private final PrintStream err;
    private final Colours colours;
    private final int verbosity;
    private final boolean compat;
    private Optional<TaskInfo> banner = Optional.empty();
    private Optional<Inclusion> inclusion = Optional.empty();
    private List<String> hosts = List.of();

    /** Hosts that include one thing together. */
    private record Inclusion(TaskInfo task, String what, List<String> hosts) {}

    /** @param compat whether a dry run's unknown outcomes are shown as Ansible would: skipped */
    AnsibleConsole(PrintStream out, PrintStream err, Colours colours, int verbosity, boolean compat) {
        this.out = out;
        this.err = err;
        this.colours = colours;
        this.verbosity = verbosity;
        this.compat = compat;
    }

    @Override
    public void accept(Event event) {
        if (!partOfInclusion(event)) {
            endInclusion();
        }
        switch (event) {
            case Event.PlayStarted play -> {
                banner("PLAY [" + play.name().strip() + "]");
                banner = Optional.empty();
                hosts = play.hosts();
            }
            case Event.PlaySkipped play -> {
                banner("PLAY [" + play.name().strip() + "]");
                out.println(colours.cyan("skipping: " + play.why()));
            }
            case Event.NoHostsLeft _ -> banner("NO MORE HOSTS LEFT");
            case Event.TaskStarted started -> taskBanner(started.task());
            case Event.ItemEnded ended -> item(ended.task(), ended.result());
            case Event.TaskEnded ended -> result(ended.task(), ended.result());
            case Event.Retrying retry -> out.println(colours.grey("FAILED - RETRYING: [" + retry.host() + "]: "
                    + retry.task().name() + " (" + retry.left() + " retries left)."));
            case Event.Included included -> included(included);
            case Event.Warned warned -> warning(warned.problem());
            case Event.RunEnded ended -> recap(ended.tallies(), ended.statistics());
            case Event.RunStarted _,Event.HostStarted _,Event.Notified _,Event.HandlerDone _ -> {
                // nothing is printed for these
            }
            case Event.Waiting waiting -> {
                if (!compat && verbosity > 0) {
                    err.println(waiting.host() + ": " + waiting.why());
                }
            }
        }
        out.flush();
    }

    /** Whether it may come while hosts are still including: their line is printed when all of them have. */
    private boolean partOfInclusion(Event event) {
        return event instanceof Event.Included || (inclusion.isPresent() && event instanceof Event.TaskEnded ended
                && ended.task().position().equals(inclusion.get().task().position()));
    }

    private void banner(String text) {
        int stars = Math.max(3, COLUMNS - text.length());
        out.println();
        out.println(text + " " + "*".repeat(stars));
    }

    private void taskBanner(TaskInfo task) {
        if (task.module().equals("meta")
                || banner.filter(shown -> shown.position().equals(task.position())).isPresent()) {
            return;
        }
        banner = Optional.of(task);
        banner((task.handler() ? "RUNNING HANDLER [" : "TASK [") + task.name().strip() + "]");
    }

    private void included(Event.Included included) {
        if (!included.task().module().equals("include_tasks")) {
            return;
        }
        if (inclusion.isPresent() && (!inclusion.get().what.equals(included.what())
                || inclusion.get().hosts.contains(included.host()))) {
            endInclusion();
        }
        if (inclusion.isEmpty()) {
            inclusion = Optional.of(new Inclusion(included.task(), included.what(), new ArrayList<>()));
        }
        inclusion.get().hosts.add(included.host());
    }

    private void endInclusion() {
        inclusion.ifPresent(one -> out.println(colours.cyan("included: " + one.what + " for "
                + one.hosts.stream().sorted(Comparator.comparingInt(hosts::indexOf))
                        .collect(Collectors.joining(", ")))));
        inclusion = Optional.empty();
    }

    private void item(TaskInfo task, HostResult result) {
        taskBanner(task);
        String label = result.item().orElse("");
        String host = label(result);
        diffs(result);
        switch (result.outcome()) {
            case OK -> out.println(colours.green("ok: [" + host + "] => (item=" + label + ")" + detail(task, result)));
            case CHANGED, WOULD_CHANGE ->
                out.println(colours.yellow("changed: [" + host + "] => (item=" + label + ")" + detail(task, result)));
            case SKIPPED -> out.println(colours.cyan("skipping: [" + host + "] => (item=" + label + ") "));
            case UNDETERMINED -> out.println(undetermined(host, " => (item=" + label + ") ", result));
            case FAILED -> {
                out.println(colours.red("failed: [" + host + "] (item=" + label + ") => " + json(task, result, false)));
                ignoring(result);
            }
            case UNREACHABLE ->
                out.println(colours.red("fatal: [" + host + "]: UNREACHABLE! => " + json(task, result, false)));
        }
    }

    private void result(TaskInfo task, HostResult result) {
        taskBanner(task);
        String host = label(result);
        boolean loop = result.result().get("results").isPresent() && result.outcome() != Outcome.UNREACHABLE;
        if (!loop) {
            diffs(result);
        }
        switch (result.outcome()) {
            case OK -> {
                if (!loop) {
                    out.println(colours.green("ok: [" + host + "]" + detail(task, result)));
                }
            }
            case CHANGED, WOULD_CHANGE -> {
                boolean asSkipped = compat && result.result().get("skipped").isPresent();
                if (!loop) {
                    out.println(asSkipped
                            ? colours.cyan("skipping: [" + host + "]")
                            : colours.yellow("changed: [" + host + "]" + detail(task, result)));
                }
            }
            case SKIPPED -> out.println(
                    colours.cyan("skipping: [" + host + "]"
                            + (verbosity > 0 ? " => " + json(task, result, verbosity > 2) : "")));
            case UNDETERMINED -> {
                if (!loop) {
                    out.println(undetermined(host, "", result));
                }
            }
            case FAILED -> {
                if (!loop) {
                    out.println(colours
                            .red("fatal: [" + host + "]: FAILED! => " + json(task, result, inFull(task, result))));
                    ignoring(result);
                } else if (result.ignored()) {
                    out.println(colours.cyan("...ignoring"));
                }
            }
            case UNREACHABLE -> {
                out.println(colours.red("fatal: [" + host + "]: UNREACHABLE! => " + json(task, result, false)));
                ignoring(result);
            }
        }
    }

    private void ignoring(HostResult result) {
        if (result.ignored()) {
            out.println(colours.cyan("...ignoring"));
        }
    }

    /** Ansible shows what it can't know as skipped, or as changed where it knows what it would write. */
    private String undetermined(String host, String item, HostResult result) {
        if (compat) {
            return result.result().get("skipped").isPresent()
                    ? colours.cyan("skipping: [" + host + "]" + item)
                    : colours.yellow("changed: [" + host + "]" + item.stripTrailing());
        }
        String why = result.result().get("msg").map(Value::toString).orElse("only a real run would tell");
        return colours.cyan("unknown: [" + host + "]" + (item.isEmpty() ? " => " : item) + why);
    }

    private static String label(HostResult result) {
        return result.delegate().filter(other -> !other.equals(result.host()))
                .map(other -> result.host() + " -> " + other).orElse(result.host());
    }

    private String detail(TaskInfo task, HostResult result) {
        boolean full = inFull(task, result);
        return verbosity > 0 || full ? " => " + json(task, result, full || verbosity > 2) : "";
    }

    /** Whether a result is there to be read; a debug that could not be evaluated is an error like any other. */
    private static boolean inFull(TaskInfo task, HostResult result) {
        boolean failedItself = result.outcome() == Outcome.FAILED
                && result.result().get("failed_when_result").isEmpty();
        return SHOWN.contains(task.module()) && !task.secret() && !(task.module().equals("debug") && failedItself);
    }

    private String json(TaskInfo task, HostResult result, boolean indented) {
        boolean message = task.module().equals("debug") && verbosity < 3;
        MapValue shown = MapValue.EMPTY;
        for (Map.Entry<String, Value> entry : result.result().byName().entrySet()) {
            boolean hidden = (UNSHOWN_KEYS.contains(entry.getKey()) && verbosity < 3)
                    || (message && BESIDE_MESSAGE.contains(entry.getKey()))
                    || entry.getKey().startsWith("_ansible");
            if (!hidden) {
                shown = shown.with(entry.getKey(), entry.getValue());
            }
        }
        if (verbosity < 3) {
            shown = shown.without("failed").without("skipped");
        }
        return indented ? Json.pretty(shown) : Json.write(shown, LINE);
    }

    private void diffs(HostResult result) {
        result.result().get("diff").ifPresent(diff -> {
            String text = Diffs.unified(diff, colours);
            if (!text.isEmpty()) {
                out.println(text);
            }
        });
    }

    private void warning(Problem problem) {
        err.println(colours.magenta("[WARNING]: " + problem));
    }

    private void recap(Map<String, Tally> tallies, MapValue statistics) {
        banner("PLAY RECAP");
        tallies.forEach((host, tally) -> {
            String line = String.format(
                    "%-26s : ok=%-4s changed=%-4s unreachable=%-4s failed=%-4s skipped=%-4s rescued=%-4s "
                            + "ignored=%-4s",
                    host, tally.ok(), tally.changed(), tally.unreachable(), tally.failed(),
                    tally.skipped() + (compat ? tally.undetermined() : 0), tally.rescued(), tally.ignored());
            out.println(colours.recap(tally, !compat && tally.undetermined() > 0
                    ? line + " unknown=" + tally.undetermined()
                    : line));
        });
        out.println();
        if (!statistics.entries().isEmpty()) {
            out.println("CUSTOM STATS: " + new Text(Json.write(statistics, LINE)));
        }
    }
}
