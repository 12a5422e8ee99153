package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.PlayInfo;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Prints a run as a Unix system starts: the callback {@code community.general.unixy}. */
final class UnixyConsole implements Consumer<Event> {
    private final PrintStream out;
    private final Notices notices;
    private final ResultLines lines;
    private final CallbackSettings settings;
    private Optional<String> banner = Optional.empty();
    private final Map<String, String> inclusions = new LinkedHashMap<>();

    UnixyConsole(PrintStream out, Notices notices, ResultLines lines, CallbackSettings settings) {
        this.out = out;
        this.notices = notices;
        this.lines = lines;
        this.settings = settings;
    }

    @Override
    public void accept(Event event) {
        notices.accept(event);
        if (!(event instanceof Event.Included)) {
            inclusions.forEach((what, hosts) -> out.println(lines.colours().cyan(what.formatted(hosts))));
            inclusions.clear();
        }
        switch (event) {
            case Event.PlaybookStarted started ->
                out.println("Executing playbook " + Path.of(started.file()).getFileName());
            case Event.PlayStarted started -> play(started.play());
            case Event.PlaySkipped skipped -> {
                play(skipped.play());
                out.println(lines.colours().red("  No hosts found!"));
            }
            case Event.TaskStarted started -> task(started.task());
            case Event.ItemEnded ended -> result(ended.task(), ended.result());
            case Event.TaskEnded ended -> result(ended.task(), ended.result());
            case Event.Retrying retry -> {
                String attempt = of(retry.result(), "attempts");
                out.println("  Retrying... (" + attempt + " of " + (Integer.parseInt(attempt) + retry.left()) + ")");
            }
            case Event.Included included -> inclusions.merge("included: " + included.what().replace("%", "%%")
                    + " for %s" + included.item().map(item -> " => (item=" + item.replace("%", "%%") + ")").orElse(""),
                    included.host(), (before, host) -> before + ", " + host);
            case Event.RunEnded ended -> {
                out.println();
                out.println(lines.colours().paint(Tone.STRONG, "- Play recap -"));
                ended.tallies().forEach(this::recap);
            }
            case Event _ -> {
                // not shown
            }
        }
        out.flush();
    }

    private void play(PlayInfo play) {
        out.println();
        out.println("- " + play.name().strip() + (settings.dryRunMarks() && play.dryRun() ? " (in check mode)" : "")
                + " on hosts: " + play.pattern() + " -");
        banner = Optional.empty();
    }

    private void task(TaskInfo task) {
        if (task.module().equals("meta") || banner.filter(task.position()::equals).isPresent()) {
            return;
        }
        banner = Optional.of(task.position());
        String name = task.written().role().map(role -> role + " : ").filter(task.name()::startsWith)
                .map(role -> task.name().substring(role.length())).orElse(task.name()).strip();
        String mark = settings.dryRunMarks() && task.written().dryRun() ? " (in check mode)" : "";
        out.println(task.handler() ? name + " (via handler)" + mark + "... " : name + mark + "...");
    }

    private void result(TaskInfo task, HostResult result) {
        task(task);
        String diff = lines.diff(result);
        if (!diff.isEmpty()) {
            out.println(diff);
        }
        boolean skipped = lines.compat() && result.skippedByAnsible();
        switch (result.outcome()) {
            case OK -> {
                if (settings.ok()) {
                    say(Tone.GOOD, "ok", List.of("stdout", "stderr"), task, result);
                }
            }
            case CHANGED, WOULD_CHANGE -> {
                if (skipped) {
                    skipped(task, result);
                } else {
                    say(Tone.CHANGE, "done", List.of("item", "stdout", "stderr"), task, result);
                }
            }
            case SKIPPED, UNDETERMINED -> skipped(task, result);
            case FAILED -> say(Tone.BAD, "failed", List.of("item", "msg", "stdout", "stderr"), task, result);
            case UNREACHABLE -> say(Tone.BAD, "unreachable", List.of("msg"), task, result);
        }
    }

    private void skipped(TaskInfo task, HostResult result) {
        if (settings.skipped()) {
            say(Tone.QUIET, "skipped", List.of("msg"), task, result);
        }
    }

    private void say(Tone tone, String word, List<String> parts, TaskInfo task, HostResult result) {
        var text = new StringBuilder("  " + ResultLines.host(result).replace("[", "").replace("]", "") + " " + word);
        boolean full = lines.verbosity() > 0 || (task.module().equals("debug") && !task.secret()
                && result.item().isEmpty());
        if (full && !word.equals("skipped")) {
            MapValue shown = ResultLines.shown(task, result.result(), lines.verbosity());
            text.append(": ").append(Json.pretty(task.module().equals("debug")
                    ? shown.with("changed", false)
                    : shown));
        } else {
            for (String part : parts) {
                String value = part.equals("item") ? item(result) : of(result.result(), part).strip();
                if (!value.isEmpty()) {
                    text.append(" | ").append(part).append(": ").append(value);
                }
            }
        }
        out.println(lines.colours().paint(tone, text.toString()));
    }

    private static String item(HostResult result) {
        return result.item().filter(item -> !item.equals("0")).orElse("");
    }

    private static String of(MapValue result, String name) {
        return result.get(name).map(PythonText::of).orElse("");
    }

    private void recap(String host, Tally counted) {
        Tally tally = lines.compat() ? counted.asAnsible() : counted;
        out.println(lines.colours().recap(tally, String.format(
                "  %-26s : ok=%-4s changed=%-4s unreachable=%-4s failed=%-4s rescued=%-4s ignored=%-4s", host,
                tally.ok(), tally.changed(), tally.unreachable(), tally.failed(), tally.rescued(), tally.ignored())));
    }
}
