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
import java.util.function.Consumer;

/** Writes each host's last result to a file of its name: {@code ansible --tree}, the callback {@code tree}. */
final class TreeFiles implements Consumer<Event> {
    private final Path folder;
    private final Consumer<Problem> problems;
    private boolean failed;

    TreeFiles(Path folder, Consumer<Problem> problems) {
        this.folder = folder;
        this.problems = problems;
    }

    @Override
    public void accept(Event event) {
        if (event instanceof Event.TaskEnded ended && !failed && !ended.result().host().contains("/")) {
            write(ended.task(), ended.result());
        }
    }

    private void write(TaskInfo task, HostResult result) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(result.host()), ResultForm.JSON.of(
                    ResultLines.shown(task, result.result(), 0), ResultLines.alwaysInFull(task))
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            failed = true;
            problems.accept(Problem.warning(Source.NONE, "Tried to write results into the folder " + folder
                    + ", but it can't be written: " + e.getMessage(), "No more are written."));
        }
    }
}
