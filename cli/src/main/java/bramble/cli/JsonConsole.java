package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.PlayInfo;
import bramble.event.Tally;
import bramble.event.TaskInfo;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Prints the whole run as one JSON document at its end: the callback {@code ansible.posix.json}. */
final class JsonConsole implements Consumer<Event> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .withZone(ZoneOffset.UTC);

    private final PrintStream out;
    private final Notices notices;
    private final Path folder;
    private final int indent;
    private final boolean compat;
    private final List<Play> plays = new ArrayList<>();
    private String run = "";

    /** What is known of a task: its results by host. */
    private static final class Work {
        private final TaskInfo task;
        private final Instant started;
        private Optional<Instant> ended = Optional.empty();
        private final Map<String, MapValue> hosts = new LinkedHashMap<>();

        Work(TaskInfo task, Instant started) {
            this.task = task;
            this.started = started;
        }
    }

    private static final class Play {
        private final PlayInfo info;
        private final Instant started;
        private Optional<Instant> ended = Optional.empty();
        private final Map<String, Work> tasks = new LinkedHashMap<>();

        Play(PlayInfo info, Instant started) {
            this.info = info;
            this.started = started;
        }
    }

    /**
     * Nothing happened yet.
     *
     * @param folder against which files are named
     * @param indent spaces a level; none or less for one line
     */
    JsonConsole(PrintStream out, Notices notices, Path folder, int indent) {
        this.out = out;
        this.notices = notices;
        this.folder = folder;
        this.indent = indent;
        this.compat = notices.compat();
    }

    @Override
    public void accept(Event event) {
        notices.accept(event);
        switch (event) {
            case Event.RunStarted started -> run = started.id();
            case Event.PlayStarted started -> plays.add(new Play(started.play(), started.at()));
            case Event.PlaySkipped skipped -> plays.add(new Play(skipped.play(), skipped.at()));
            case Event.TaskStarted started -> work(started.task(), started.at());
            case Event.TaskEnded ended -> ended(ended);
            case Event.RunEnded ended -> {
                out.println(Json.write(document(ended), new Json.Style(indent > 0 ? indent : -1, true, true,
                        indent > 0 ? "," : ", ", ": ")));
                out.flush();
            }
            case Event _ -> {
                // the document doesn't tell it
            }
        }
    }

    private Optional<Work> work(TaskInfo task, Instant at) {
        return plays.isEmpty() || task.module().equals("meta")
                ? Optional.empty()
                : Optional.of(plays.getLast().tasks.computeIfAbsent(task.position(), _ -> new Work(task, at)));
    }

    private void ended(Event.TaskEnded ended) {
        work(ended.task(), ended.at()).ifPresent(work -> {
            work.hosts.put(ended.result().host(), result(ended.task(), ended.result()));
            work.ended = Optional.of(ended.at());
            plays.getLast().ended = Optional.of(ended.at());
        });
    }

    private MapValue result(TaskInfo task, HostResult result) {
        MapValue shown = result.result().without("_ansible_origin").with("action", task.written().action());
        boolean skipped = result.outcome() == Outcome.SKIPPED || (compat && result.skippedByAnsible());
        if (skipped) {
            return shown.with("skipped", true);
        }
        return shown.get("failed").filter(Value.of(false)::equals).isPresent() ? shown.without("failed") : shown;
    }

    private MapValue document(Event.RunEnded ended) {
        MapValue statistics = MapValue.EMPTY;
        for (Map.Entry<String, Tally> entry : ended.tallies().entrySet()) {
            Tally tally = compat ? entry.getValue().asAnsible() : entry.getValue();
            statistics = statistics.with(entry.getKey(), MapValue.of("ok", tally.ok(), "changed", tally.changed(),
                    "unreachable", tally.unreachable(), "failures", tally.failed(), "skipped", tally.skipped(),
                    "rescued", tally.rescued(), "ignored", tally.ignored()));
        }
        return MapValue.of("plays", new ListValue(plays.stream().map(this::play).toList()), "stats", statistics,
                "custom_stats", ended.statistics().without(Event.RunEnded.RUN), "global_custom_stats",
                ended.statistics().get(Event.RunEnded.RUN).orElse(MapValue.EMPTY));
    }

    private Value play(Play play) {
        MapValue info = about(play.info.name().strip(), "play " + plays.indexOf(play), play.info.source(),
                play.started, play.ended);
        return MapValue.of("play", info, "tasks",
                new ListValue(play.tasks.values().stream().map(this::work).toList()));
    }

    private Value work(Work work) {
        return MapValue.of("task", about(work.task.name().strip(), work.task.position(), work.task.source(),
                work.started, work.ended), "hosts", MapValue.named(work.hosts));
    }

    private MapValue about(String name, String position, Source source, Instant started, Optional<Instant> ended) {
        MapValue duration = MapValue.of("start", TIME.format(started));
        if (ended.isPresent()) {
            duration = duration.with("end", TIME.format(ended.get()));
        }
        MapValue info = MapValue.of("name", name, "id", UUID.nameUUIDFromBytes((run + " " + position).getBytes(
                StandardCharsets.UTF_8)).toString(), "duration", duration);
        return source.line() > 0
                ? info.with("path", folder.resolve(source.file()).normalize() + ":" + source.line())
                : info;
    }
}
