package bramble.cli;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far a node's rebuilding has come, in a file: one that was interrupted goes on there. The file goes when the node is back.
 *
 * @param began when it began
 * @param playbooks what is played on it
 * @param done the steps that are done, and when they were
 */
record RebuildState(Path file, Instant began, List<String> playbooks, Map<String, Instant> done) {
    /** What is under way; else a fresh one. */
    static RebuildState of(Path folder, String node) {
        Path file = folder.resolve(node.replaceAll("[^\\w.-]", "_") + ".json");
        if (!Files.exists(file)) {
            return new RebuildState(file, Instant.now(), List.of(), Map.of());
        }
        try {
            MapValue kept = Json.parse(Files.readString(file)) instanceof MapValue map ? map : MapValue.EMPTY;
            var done = new LinkedHashMap<String, Instant>();
            if (kept.get("done").orElse(MapValue.EMPTY) instanceof MapValue steps) {
                steps.byName().forEach((step, time) -> done.put(step, Instant.parse(PythonText.of(time))));
            }
            List<String> playbooks = kept.get("playbooks").orElse(ListValue.EMPTY) instanceof ListValue list
                    ? list.items().stream().map(PythonText::of).toList()
                    : List.of();
            return new RebuildState(file, Instant.parse(PythonText.of(kept.get("began").orElseThrow())), playbooks,
                    done);
        } catch (IOException | RuntimeException e) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to read how far the rebuilding of " + node + " has come, but " + file + " can't be read: "
                            + e.getMessage() + ".",
                    "Remove it, and the rebuilding begins anew."));
        }
    }

    /** To play these. */
    RebuildState of(List<String> books) {
        return new RebuildState(file, began, books, done);
    }

    boolean has(String step) {
        return done.containsKey(step);
    }

    /** Whether something was done already. */
    boolean begun() {
        return !done.isEmpty();
    }

    /** With one more step done, which is kept. */
    RebuildState with(String step) {
        var more = new LinkedHashMap<>(done);
        more.put(step, Instant.now());
        var next = new RebuildState(file, began, playbooks, more);
        next.keep();
        return next;
    }

    private void keep() {
        var steps = new LinkedHashMap<String, Value>();
        done.forEach((step, time) -> steps.put(step, Value.text(time.toString())));
        try {
            Files.createDirectories(file.resolveSibling(""));
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh,
                    Json.pretty(MapValue.of("began", began.toString(), "playbooks", Value.texts(playbooks), "done",
                            MapValue.named(steps))) + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                    "Tried to note down how far the rebuilding has come in " + file + ", but " + FileTrouble.why(e), e);
        }
    }

    /** One that begins now; what is kept of this one stays until something is done. */
    RebuildState fresh() {
        return new RebuildState(file, Instant.now(), List.of(), Map.of());
    }

    /** The node is back, or it is to begin anew. */
    RebuildState forgotten() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Tried to remove " + file + ", but " + FileTrouble.why(e), e);
        }
        return fresh();
    }

    /** When a step was done. */
    Optional<Instant> when(String step) {
        return Optional.ofNullable(done.get(step));
    }
}
