package bramble.cli;

import bramble.event.Event;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.Source;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes the names of the hosts that failed into a file, for {@code --limit @file}, where the configuration asks for it.
 *
 * @param folder where such files go; else beside the playbook
 */
record RetryFile(Path playbook, Optional<Path> folder, PrintStream out, Consumer<Problem> problems)
        implements
            Consumer<Event> {

    @Override
    public void accept(Event event) {
        if (!(event instanceof Event.RunEnded ended)) {
            return;
        }
        List<String> failed = ended.tallies().entrySet().stream()
                .filter(one -> one.getValue().failed() > 0 || one.getValue().unreachable() > 0)
                .map(one -> one.getKey()).sorted().toList();
        if (failed.isEmpty()) {
            return;
        }
        Path file = folder.map(path -> path.resolve(String.valueOf(playbook.getFileName()))).orElse(playbook);
        file = file.resolveSibling(String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "") + ".retry");
        try {
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(file));
            Files.writeString(file, String.join("\n", failed) + "\n");
            out.println("\tto retry, use: --limit @" + file);
        } catch (IOException e) {
            problems.accept(Problem.warning(Source.file(file.toString()),
                    "Tried to write the names of the hosts that failed, but " + FileTrouble.why(e) + ".", ""));
        }
    }
}
