package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.TaskInfo;
import bramble.problem.Problem;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Consumer;

/** Adds each result to a file of its host: the callback {@code community.general.log_plays}. */
final class HostLogs implements Consumer<Event> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MMM dd yyyy HH:mm:ss", Locale.ENGLISH);

    private final Path folder;
    private final Consumer<Problem> problems;
    private String playbook = "";
    private boolean failed;

    HostLogs(Path folder, Consumer<Problem> problems) {
        this.folder = folder;
        this.problems = problems;
    }

    @Override
    public void accept(Event event) {
        if (event instanceof Event.PlaybookStarted started) {
            playbook = String.valueOf(Path.of(started.file()).getFileName());
        } else if (event instanceof Event.TaskEnded ended && !failed && !ended.result().host().contains("/")) {
            write(ended.at(), ended.task(), ended.result());
        }
    }

    private void write(Instant at, TaskInfo task, HostResult result) {
        String word = switch (result.outcome()) {
            case OK, CHANGED, WOULD_CHANGE -> "OK";
            case SKIPPED, UNDETERMINED -> "SKIPPED";
            case FAILED -> "FAILED";
            case UNREACHABLE -> "UNREACHABLE";
        };
        String line = TIME.format(at.atZone(ZoneId.systemDefault())) + " - " + playbook + " - " + task.name().strip()
                + " - " + task.written().action() + " - " + word + " - "
                + ResultForm.JSON.of(ResultLines.shown(task, result.result(), 0), false) + "\n\n";
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(result.host()), line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            failed = true;
            problems.accept(Problem.warning(Source.NONE, "Tried to log results in the folder " + folder
                    + ", but it can't be written: " + e.getMessage(), "No more are logged."));
        }
    }
}
