package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.PlayInfo;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.problem.Problem;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Prints a run as ansible-playbook 2.14 does, line for line: the callback {@code default}. */
final class AnsibleConsole implements Consumer<Event> {
    private static final int COLUMNS = 79;
    private static final String DRY = " [CHECK MODE]";

    private final PrintStream out;
    private final PrintStream err;
    private final Path folder;
    private final Colours colours;
    private final ResultLines lines;
    private final int verbosity;
    private final boolean compat;
    private final CallbackSettings settings;
    private final UnaryOperator<String> masked;
    private final Transfers transfers = new Transfers();
    private boolean dryRun;
    private Optional<TaskInfo> banner = Optional.empty();
    private final Map<Inclusion, List<String>> inclusions = new LinkedHashMap<>();
    private String including = "";
    private Optional<TaskInfo> includer = Optional.empty();
    private List<String> hosts = List.of();

    /** One thing that hosts include together; in a loop, for one item. */
    private record Inclusion(String what, Optional<String> item) {}

    /**
     * Nothing is printed yet.
     *
     * @param folder against which the files of tasks are named
     * @param lines how results are said
     * @param masked text without secrets
     */
    AnsibleConsole(PrintStream out, PrintStream err, Path folder, ResultLines lines, CallbackSettings settings,
            UnaryOperator<String> masked) {
        this.out = out;
        this.err = err;
        this.folder = folder;
        this.colours = lines.colours();
        this.lines = lines;
        this.verbosity = lines.verbosity();
        this.compat = lines.compat();
        this.settings = settings;
        this.masked = masked;
    }

    @Override
    public void accept(Event event) {
        if (!partOfInclusion(event)) {
            endInclusion();
        }
        switch (event) {
            case Event.PlaybookStarted playbook -> playbook(playbook);
            case Event.PlayStarted play -> {
                playBanner(play.play());
                banner = Optional.empty();
                hosts = play.hosts();
            }
            case Event.PlaySkipped play -> {
                playBanner(play.play());
                out.println(colours.cyan("skipping: " + play.why()));
            }
            case Event.NoHostsLeft _ -> banner("NO MORE HOSTS LEFT");
            case Event.TaskStarted started -> {
                if (!settings.lateBanners()) {
                    taskBanner(started.task());
                }
            }
            case Event.ItemEnded ended -> item(ended.task(), ended.result());
            case Event.TaskEnded ended -> result(ended.task(), ended.result());
            case Event.Retrying retry -> out.println(colours.grey("FAILED - RETRYING: [" + retry.host()
                    + retry.delegate().map(name -> " -> " + name).orElse("") + "]: "
                    + retry.task().name() + " (" + retry.left() + " retries left)."));
            case Event.Polled polled -> out.println(colours.grey(switch (polled.state()) {
                case RUNNING -> "ASYNC POLL on " + polled.host() + ": jid=" + polled.job() + " started=1 finished=0";
                case OK -> "ASYNC OK on " + polled.host() + ": jid=" + polled.job();
                case FAILED -> "ASYNC FAILED on " + polled.host() + ": jid=" + polled.job();
            }));
            case Event.Steered steered -> {
                if (verbosity > 1) {
                    out.println("META: " + (steered.what().equals("flush_handlers")
                            ? "triggered running handlers for " + steered.host()
                            : steered.what()));
                }
            }
            case Event.Included included -> included(included);
            case Event.Warned warned -> warning(warned.problem());
            case Event.RunEnded ended -> recap(ended.tallies(), ended.statistics());
            case Event.HostStarted started -> {
                transfers.over(started.host());
                if (started.task().module().equals("meta")) {
                    banner = Optional.of(started.task());
                    metaBanner(started.task());
                } else if (settings.starts()) {
                    out.println(" [started " + (started.task().handler() ? "HANDLER: " : "TASK: ")
                            + started.task().name().strip() + " on " + started.host() + "]");
                }
            }
            case Event.MetaSkipped skipped -> {
                if (settings.skipped()) {
                    out.println(colours.cyan("skipping: [" + skipped.host() + "]"));
                }
            }
            case Event.RunStarted run -> dryRun = run.dryRun();
            case Event.Notified _,Event.HandlerDone _,Event.TakenBack _ -> {
                // nothing is printed for these
            }
            case Event.Waiting waiting -> {
                if (!compat && verbosity > 0 && !waiting.why().isEmpty()) {
                    err.println(waiting.host() + ": " + waiting.why());
                }
            }
            case Event.Reaching reaching -> {
                if (verbosity > 2) {
                    out.println(colours.blue("<" + reaching.host() + "> " + reaching.what()));
                }
            }
            case Event.Held held -> err.println(held.host() + " waits: " + held.what());
            case Event.Carried carried -> {
                if (!compat) {
                    transfers.line(carried).ifPresent(err::println);
                }
            }
            case Event.Blocked blocked ->
                err.println(blocked.host() + " is in the hands of another run, which is waited for: " + blocked.by());
        }
        out.flush();
    }

    /** Whether it may come while hosts are still including: their lines are printed when all of them have. */
    private boolean partOfInclusion(Event event) {
        return switch (event) {
            case Event.Included _,Event.Notified _,Event.HandlerDone _,Event.TakenBack _,Event.Waiting _,Event.Held _,Event.Carried _,Event.Reaching _,Event.Blocked _ ->
                true;
            case Event.TaskEnded ended -> ended.task().position().equals(including) && !inclusions.isEmpty();
            case Event.ItemEnded passed -> passed.task().position().equals(including);
            case Event.HostStarted started -> started.task().position().equals(including);
            default -> false;
        };
    }

    private void banner(String text) {
        int width = (int) text.codePoints().filter(c -> !Character.isISOControl(c)).count();
        int stars = Math.max(3, COLUMNS - width);
        out.println();
        out.println(text + " " + "*".repeat(stars));
    }

    private void playBanner(PlayInfo play) {
        banner("PLAY [" + play.name().strip() + "]" + (settings.dryRunMarks() && play.dryRun() ? DRY : ""));
    }

    private String heading(TaskInfo task) {
        boolean shows = settings.arguments() && !task.secret() && !task.written().arguments().entries().isEmpty();
        return (task.handler() ? "RUNNING HANDLER [" : "TASK [") + task.name().strip()
                + (shows ? " " + masked.apply(arguments(task)) : "") + "]"
                + (settings.dryRunMarks() && task.written().dryRun() ? DRY : "");
    }

    /** As the user wrote them. */
    static String arguments(TaskInfo task) {
        return task.written().arguments().byName().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + (entry.getValue() instanceof Template(String text, var _)
                        ? text
                        : PythonText.of(entry.getValue())))
                .collect(Collectors.joining(", "));
    }

    private void playbook(Event.PlaybookStarted playbook) {
        if (verbosity > 1) {
            banner("PLAYBOOK: " + Path.of(playbook.file()).getFileName());
            out.println(playbook.plays() + " plays in " + Path.of(playbook.file()).getFileName());
        }
        if (dryRun && settings.dryRunMarks()) {
            banner("DRY RUN");
        }
    }

    private void warnings(HostResult result) {
        if (result.result().get("warnings").orElse(null) instanceof ListValue list) {
            list.items().forEach(text -> err.println(colours.magenta("[WARNING]: " + PythonText.of(text))));
        }
    }

    private void taskBanner(TaskInfo task) {
        if (task.module().equals("meta")
                || banner.filter(shown -> shown.position().equals(task.position())).isPresent()) {
            return;
        }
        banner = Optional.of(task);
        banner(heading(task));
        if (verbosity > 1) {
            path(task);
        }
    }

    /** Nothing follows that a late banner could stand above. */
    private void metaBanner(TaskInfo task) {
        if (!settings.lateBanners()) {
            banner(heading(task));
            if (verbosity > 1) {
                path(task);
            }
        }
    }

    private void path(TaskInfo task) {
        if (task.source().line() > 0) {
            out.println(colours.grey("task path: " + folder.resolve(task.source().file()).normalize() + ":"
                    + task.source().line()));
        }
    }

    private void included(Event.Included included) {
        including = included.task().position();
        includer = Optional.of(included.task());
        inclusions.computeIfAbsent(new Inclusion(included.what(), included.item()), _ -> new ArrayList<>())
                .add(included.host());
    }

    private void endInclusion() {
        if (!inclusions.isEmpty()) {
            includer.ifPresent(this::taskBanner);
        }
        inclusions.values().forEach(who -> who.sort(Comparator.comparingInt(hosts::indexOf)));
        inclusions.entrySet().stream().sorted(Comparator.comparingInt(one -> hosts.indexOf(one.getValue().getFirst())))
                .forEach(one -> out.println(colours.cyan("included: " + one.getKey().what + " for "
                        + String.join(", ", one.getValue())
                        + one.getKey().item.map(item -> " => (item=" + item + ")").orElse(""))));
        inclusions.clear();
    }

    private void item(TaskInfo task, HostResult result) {
        if (hidden(result)) {
            return;
        }
        taskBanner(task);
        warnings(result);
        print(lines.item(task, result), result);
    }

    private void result(TaskInfo task, HostResult result) {
        ResultLine line = lines.task(task, result);
        boolean nothing = line.words().isEmpty() && !line.ignoring();
        if (hidden(result) || (nothing && settings.lateBanners())) {
            return;
        }
        taskBanner(task);
        warnings(result);
        if (settings.pathOnFailure() && verbosity < 2 && result.outcome() == Outcome.FAILED
                && line.words().isPresent()) {
            path(task);
        }
        print(line, result);
    }

    private boolean hidden(HostResult result) {
        boolean skipped = result.outcome() == Outcome.SKIPPED
                || (compat && !result.outcome().bad() && result.skippedByAnsible());
        return skipped ? !settings.skipped() : result.outcome() == Outcome.OK && !settings.ok();
    }

    private void print(ResultLine line, HostResult result) {
        if (!line.diff().isEmpty()) {
            out.println(line.diff());
        }
        PrintStream where = settings.failedOnError() && result.outcome().bad() ? err : out;
        line.words().ifPresent(words -> {
            String host = words.before().startsWith("skipping") ? result.host() : ResultLines.host(result);
            String text = words.before() + "[" + host + "]" + words.after();
            boolean ended = text.endsWith("\n"); // then the line has its end already
            where.println(colours.paint(words.tone(), ended ? text.substring(0, text.length() - 1) : text));
        });
        if (!compat) {
            result.result().get("_ansible_origin").ifPresent(place -> out.println(colours.cyan(" --> " + place)));
        }
        if (line.ignoring()) {
            out.println(colours.cyan("...ignoring"));
        }
    }

    private void warning(Problem problem) {
        String text = compat ? problem.sentences() : problem.toString();
        err.println(problem.severity() == Problem.Severity.ERROR
                ? colours.red("ERROR! " + text)
                : colours.magenta("[WARNING]: " + text));
    }

    private void recap(Map<String, Tally> tallies, MapValue statistics) {
        banner("PLAY RECAP");
        tallies.forEach(
                (host, tally) -> out.println(ResultLines.recap(host, compat ? tally.asAnsible() : tally, colours)));
        out.println();
        if (settings.statistics() && !statistics.entries().isEmpty()) {
            banner("CUSTOM STATS:");
            statistics.byName().entrySet().stream().filter(entry -> !entry.getKey().equals(Event.RunEnded.RUN))
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> out
                            .println("\t" + entry.getKey() + ": " + lines.form().inOneLine(entry.getValue())));
            statistics.get(Event.RunEnded.RUN).ifPresent(all -> {
                out.println();
                out.println("\tRUN: " + lines.form().inOneLine(all));
            });
            out.println();
        }
        if (dryRun && settings.dryRunMarks()) {
            banner("DRY RUN");
        }
    }

}
