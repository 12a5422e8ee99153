package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes a file in JUnit's format for each playbook, a test case a task and host: the callback {@code junit}.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/collections/ansible/builtin/junit_callback.html">its options</a>
 */
final class JunitReport implements Consumer<Event> {
    private static final Json.Style FLUSH = new Json.Style(0, true, false, ",", ": ");

    private final Settings settings;
    private final Path folder;
    private final UnaryOperator<String> masked;
    private final Consumer<Problem> problems;
    private final List<Case> cases = new ArrayList<>();
    private final Map<String, Instant> starts = new LinkedHashMap<>();
    private String playbook = "";
    private String play = "";
    private Optional<Inclusion> inclusion = Optional.empty();

    /** What the variables {@code JUNIT_*} say. */
    private record Settings(Path output, boolean classes, Optional<Path> relativeTo, boolean failOnChange,
            boolean failOnIgnore, boolean setup, boolean hideArguments, String prefix, Optional<String> outside) {
        static Settings of(Configuration configuration) {
            String none = "callback_junit";
            return new Settings(Configuration.home(configuration.text(none, "", "JUNIT_OUTPUT_DIR")
                    .orElse("~/.ansible.log")),
                    configuration.flag(false, none, "", "JUNIT_TASK_CLASS"),
                    configuration.text(none, "", "JUNIT_TASK_RELATIVE_PATH").map(Path::of),
                    configuration.flag(false, none, "", "JUNIT_FAIL_ON_CHANGE"),
                    configuration.flag(false, none, "", "JUNIT_FAIL_ON_IGNORE"),
                    configuration.flag(true, none, "", "JUNIT_INCLUDE_SETUP_TASKS_IN_REPORT"),
                    configuration.flag(false, none, "", "JUNIT_HIDE_TASK_ARGUMENTS"),
                    configuration.text(none, "", "JUNIT_TEST_CASE_PREFIX").orElse(""),
                    configuration.text(none, "", "JUNIT_REPLACE_OUT_OF_TREE_PATH"));
        }
    }

    /** A test case; its element is what tells how it ended. */
    private record Case(String where, String name, Duration took, Kind kind, String message, String text) {
        enum Kind {
            PASSED,
            SKIPPED,
            FAILED
        }
    }

    /** Files that hosts are including. */
    private record Inclusion(TaskInfo task, Instant at, Map<String, List<String>> files) {}

    /**
     * Nothing happened yet.
     *
     * @param folder against which the files of tasks are named
     * @param masked text without secrets
     */
    JunitReport(Configuration configuration, Path folder, UnaryOperator<String> masked, Consumer<Problem> problems) {
        this.settings = Settings.of(configuration);
        this.folder = folder;
        this.masked = masked;
        this.problems = problems;
    }

    @Override
    public void accept(Event event) {
        if (!(event instanceof Event.Included)) {
            inclusion.ifPresent(this::included);
            inclusion = Optional.empty();
        }
        switch (event) {
            case Event.PlaybookStarted started -> {
                write();
                playbook = String.valueOf(Path.of(started.file()).getFileName()).replaceFirst("\\.[^.]*$", "");
            }
            case Event.PlayStarted started -> play = started.play().name().strip();
            case Event.TaskStarted started -> starts.putIfAbsent(started.task().position(), started.at());
            case Event.Included included -> {
                Inclusion one = inclusion.orElseGet(
                        () -> new Inclusion(included.task(), included.at(), new LinkedHashMap<>()));
                one.files.computeIfAbsent(included.what() + included.item().map(item -> " (item=" + item + ")")
                        .orElse(""), _ -> new ArrayList<>()).add(included.host());
                inclusion = Optional.of(one);
            }
            case Event.TaskEnded ended -> ended(ended);
            case Event.RunEnded _ -> write();
            case Event _ -> {
                // no test case
            }
        }
    }

    private void included(Inclusion one) {
        if (settings.prefix.isEmpty()) {
            var text = new ArrayList<String>();
            one.files.forEach((file, hosts) -> text.add(file + ": [" + String.join(", ", hosts) + "]"));
            cases.add(new Case(where(one.task), name("include", one.task), took(one.task, one.at), Case.Kind.PASSED,
                    "", String.join("\n", text)));
        }
    }

    private void ended(Event.TaskEnded ended) {
        TaskInfo task = ended.task();
        HostResult result = ended.result();
        boolean hidden = task.module().equals("meta") || result.outcome() == Outcome.UNREACHABLE
                || (!settings.setup && (task.module().equals("setup") || task.module().equals("gather_facts")));
        if (hidden) {
            return;
        }
        Case.Kind kind = kind(task, result);
        if (!settings.prefix.isEmpty() && !task.name().startsWith(settings.prefix) && kind != Case.Kind.FAILED) {
            return;
        }
        MapValue shown = ResultLines.shown(task, result.result(), 0);
        if (task.module().equals("debug")) {
            shown = shown.with("changed", false);
        }
        cases.add(new Case(where(task), name(result.host(), task), took(task, ended.at()), kind, switch (kind) {
            case PASSED -> "";
            case SKIPPED -> result.result().get("skip_reason").map(PythonText::of).orElse("skipped");
            case FAILED -> shown.get("msg").map(PythonText::of).orElse("rc=" + shown.get("rc").map(PythonText::of)
                    .orElse("unknown"));
        }, ResultLines.alwaysInFull(task) ? Json.pretty(shown) : Json.write(shown, FLUSH)));
    }

    private Case.Kind kind(TaskInfo task, HostResult result) {
        boolean toggles = task.name().contains("TOGGLE RESULT");
        boolean failed = switch (result.outcome()) {
            case OK, SKIPPED, UNDETERMINED, UNREACHABLE -> false;
            case CHANGED, WOULD_CHANGE -> settings.failOnChange;
            case FAILED -> !result.ignored() || settings.failOnIgnore || toggles;
        };
        if (result.outcome() == Outcome.SKIPPED || result.outcome() == Outcome.UNDETERMINED) {
            return Case.Kind.SKIPPED;
        }
        if (toggles) {
            return result.outcome() == Outcome.FAILED && settings.prefix.isEmpty()
                    ? Case.Kind.PASSED
                    : Case.Kind.FAILED;
        }
        return failed && !task.name().contains("EXPECTED FAILURE") ? Case.Kind.FAILED : Case.Kind.PASSED;
    }

    private String where(TaskInfo task) {
        Path file = folder.resolve(task.source().file()).normalize();
        String path = file.toString();
        if (settings.relativeTo.isPresent()) {
            Path base = folder.resolve(settings.relativeTo.get()).normalize();
            path = base.relativize(file).toString();
            if (path.startsWith("../") && settings.outside.isPresent()) {
                path = settings.outside.get() + file.getFileName();
            }
        }
        return settings.classes ? path.replaceFirst("\\.yml$", "") : path + ":" + task.source().line();
    }

    private String name(String host, TaskInfo task) {
        boolean shows = !settings.hideArguments && !task.secret() && !task.written().arguments().entries().isEmpty();
        return "[" + host + "] " + play + ": " + task.name().strip()
                + (shows ? " " + masked.apply(AnsibleConsole.arguments(task)) : "");
    }

    private Duration took(TaskInfo task, Instant end) {
        return Duration.between(starts.getOrDefault(task.position(), end), end);
    }

    private void write() {
        if (playbook.isEmpty()) {
            return;
        }
        Instant now = Instant.now();
        Path file = settings.output.resolve(String.format(Locale.ROOT, "%s-%d.%06d.xml", playbook,
                now.getEpochSecond(), now.getNano() / 1000));
        try {
            Files.createDirectories(settings.output);
            Files.write(file, document().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            problems.accept(Problem.warning(Source.NONE, "Tried to write the JUnit report " + file
                    + ", but it can't be written: " + e.getMessage(), "JUNIT_OUTPUT_DIR names its folder."));
        }
        playbook = "";
        cases.clear();
        starts.clear();
    }

    private String document() {
        long failures = cases.stream().filter(one -> one.kind == Case.Kind.FAILED).count();
        long skipped = cases.stream().filter(one -> one.kind == Case.Kind.SKIPPED).count();
        String time = seconds(cases.stream().map(Case::took).reduce(Duration.ZERO, Duration::plus));
        var out = new StringBuilder("<?xml version=\"1.0\" ?>\n");
        out.append("<testsuites disabled=\"0\" errors=\"0\" failures=\"").append(failures).append("\" tests=\"")
                .append(cases.size()).append("\" time=\"").append(time).append("\">\n");
        out.append("\t<testsuite disabled=\"0\" errors=\"0\" failures=\"").append(failures).append("\" name=\"")
                .append(escaped(playbook)).append("\" skipped=\"").append(skipped).append("\" tests=\"")
                .append(cases.size()).append("\" time=\"").append(time).append("\">\n");
        cases.forEach(one -> {
            out.append("\t\t<testcase classname=\"").append(escaped(one.where)).append("\" name=\"")
                    .append(escaped(one.name)).append("\" time=\"").append(seconds(one.took)).append("\">\n\t\t\t");
            String text = escaped(one.text);
            out.append(switch (one.kind) {
                case PASSED -> "<system-out>" + text + "</system-out>";
                case SKIPPED -> "<skipped>" + escaped(one.message) + "</skipped>";
                case FAILED ->
                    "<failure message=\"" + escaped(one.message) + "\" type=\"failure\">" + text + "</failure>";
            }).append("\n\t\t</testcase>\n");
        });
        return out.append("\t</testsuite>\n</testsuites>\n").toString();
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%d.%06d", time.toSeconds(), time.toNanosPart() / 1000);
    }

    /** Without the characters that XML can't have. */
    private static String escaped(String text) {
        var out = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> {
                    if (c >= ' '
                            ? c < 0xd800 || (c > 0xdfff && c < 0xfffe) || c > 0xffff
                            : c == '\n' || c == '\t' || c == '\r') {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.toString();
    }
}
