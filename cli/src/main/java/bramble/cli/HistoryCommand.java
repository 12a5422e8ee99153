package bramble.cli;

import bramble.event.HostResult;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.record.History;
import bramble.value.MapValue;
import bramble.value.Value;
import java.io.PrintStream;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Asks the record about past runs: {@code bramble history}. */
final class HistoryCommand {
    /** How points in time are shown. */
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
            .withZone(ZoneId.systemDefault());

    private final Session session;
    private final PrintStream out;
    private String wanted = "";
    private Optional<String> only = Optional.empty();
    private boolean all;
    private int most = 50;

    HistoryCommand(Session session) {
        this.session = session;
        this.out = session.out();
    }

    Command command() {
        return new Command("history", "Show what past runs did, and what changed on a node.", _ -> {}, this::list,
                List.of(Command.of("show", "Show what a run did.", syntax -> syntax
                        .value(name -> only = Optional.of(name), "HOST", "only this host", "--host")
                        .flag(() -> all = true, "also what was as desired, or skipped", "--all")
                        .word(id -> wanted = id, "RUN"), () -> show(wanted)),
                        Command.of("host", "Show what changed on a host, and when.", syntax -> syntax
                                .number(number -> most = number, "N", "how many changes at the most; 50", "--most")
                                .word(name -> wanted = name, "HOST"), () -> host(wanted))));
    }

    private int list() {
        try (History history = session.history()) {
            return list(history.runs(20));
        }
    }

    private int list(List<History.Run> runs) {
        if (runs.isEmpty()) {
            out.println("Nothing is recorded yet in " + Records.file(session.environment()) + ".");
            return 0;
        }
        out.printf("%-22s  %-19s  %-9s %-8s %-12s %s%n", "RUN", "STARTED", "TOOK", "KIND", "ENDED", "WHAT");
        for (History.Run run : runs) {
            out.printf("%-22s  %-19s  %-9s %-8s %-12s %s%n", run.id(), TIME.format(run.started()), took(run),
                    run.dryRun() ? "dry run" : "run", state(run),
                    String.join(" ", run.playbooks().isEmpty()
                            ? run.arguments()
                            : run.playbooks()));
        }
        out.println();
        out.println("bramble history show RUN [--host HOST]   what a run did\n"
                + "bramble history host HOST                what changed on a node");
        return 0;
    }

    /** @param id the run's, or the beginning of it; or "last" */
    private int show(String id) {
        try (History history = session.history()) {
            return show(id, history);
        }
    }

    private int show(String id, History history) {
        History.Run run = (id.equals("last") ? history.runs(1).stream().findFirst() : history.run(id)).orElseThrow(
                () -> new ProblemException(Source.NONE, "Tried to show the run " + id + ", but there is no such run."));
        out.println("run " + run.id() + " by " + run.user() + ", " + TIME.format(run.started()) + ", took " + took(run)
                + ", "
                + state(run) + (run.dryRun() ? " (dry run)" : ""));
        out.println(
                "  bramble " + String.join(" ", run.arguments()) + run.commit().map(c -> "   at git " + c).orElse(""));
        out.println("  " + history.outcomes(run.id()).entrySet().stream()
                .map(entry -> entry.getKey().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " "
                        + entry.getValue())
                .collect(Collectors.joining(", ")));
        String task = "";
        for (History.Entry entry : history.entries(run.id())) {
            boolean dull = entry.outcome().equals("OK") || entry.outcome().equals("SKIPPED") || hasItems(entry);
            if (only.map(name -> !name.equals(entry.host())).orElse(false) || (dull && !all)) {
                continue;
            }
            String title = entry.position() + entry.task();
            if (!title.equals(task)) {
                out.println("\n" + entry.task() + "   (" + entry.source() + ")");
                task = title;
            }
            print(entry);
        }
        return 0;
    }

    private int host(String host) {
        try (History history = session.history()) {
            return host(host, history.changesOf(host, most));
        }
    }

    private int host(String host, List<History.Entry> entries) {
        if (entries.isEmpty()) {
            out.println("Nothing is recorded of a change on " + host + ".");
        }
        String run = "";
        for (History.Entry entry : entries) {
            if (!entry.run().equals(run)) {
                run = entry.run();
                out.println("\nrun " + run + ", " + TIME.format(entry.started()));
            }
            out.println("  " + entry.task() + "   (" + entry.source() + ")");
            print(entry);
        }
        return 0;
    }

    private static boolean hasItems(History.Entry entry) {
        return HostResult.loop(entry.result());
    }

    private void print(History.Entry entry) {
        String why = entry.result().get("msg").map(Value::toString).filter(text -> !text.isEmpty())
                .map(text -> ": " + text)
                .orElse("");
        boolean bad = entry.outcome().equals("FAILED") || entry.outcome().equals("UNREACHABLE")
                || entry.outcome().equals("UNDETERMINED");
        out.println("    " + entry.host() + " " + entry.outcome().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + entry.item().map(item -> " (" + item + ")").orElse("") + " in " + entry.took().toMillis() + " ms"
                + (bad ? why : ""));
        for (Value change : entry.changes().items()) {
            if (change instanceof MapValue map) {
                String diff = new Diffs(session.colours(), Diffs.CONTEXT)
                        .unified(map.with("before_header", map.get("header").orElse(Value.text("")))
                                .with("after_header", map.get("header").orElse(Value.text(""))));
                diff.lines().filter(line -> !line.isBlank()).forEach(line -> out.println("      " + line));
            }
        }
    }

    private static String took(History.Run run) {
        return run.ended().map(ended -> {
            Duration took = Duration.between(run.started(), ended);
            return took.toMinutes() > 0
                    ? took.toMinutes() + "m " + took.toSecondsPart() + "s"
                    : took.toSeconds() + "." + took.toMillisPart() / 100 + "s";
        }).orElse("-");
    }

    private static String state(History.Run run) {
        if (run.ended().isEmpty()) {
            return run.goesOn() ? "running" : "killed";
        }
        int code = run.exitCode().orElse(-1);
        return switch (code) {
            case 0 -> "ok";
            case 2 -> "failed";
            case 3 -> "pending";
            case 4 -> "unreachable";
            case 99 -> "interrupted";
            default -> "exit " + code;
        };
    }
}
