package bramble.record;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.TaskInfo;
import bramble.module.Change;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes a run down as it happens: whatever ends the run, what it did until then can be read. Secrets are masked in events
 * already. A failure is thrown, for the one who tells the events to report.
 */
public final class Recorder implements Consumer<Event>, AutoCloseable {
    private static final String RESULT = "INSERT INTO results (run, position, task, module, source, handler, host, delegate,"
            + " item, outcome, ignored, rescued, result, changes, started, milliseconds, seal)"
            + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

    private final Connection connection;
    private final PreparedStatement results;
    /** How many items of a loop were told, by position and host. */
    private final Map<String, Integer> items = new HashMap<>();
    private String run = "";
    private int play;

    /** @throws IllegalStateException where the file can't be opened */
    public Recorder(Path file) {
        try {
            connection = Database.open(file);
            results = connection.prepareStatement(RESULT);
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(
                    "Tried to open the record of runs " + file + ", but " + Database.why(e, file)
                            + ".",
                    e);
        }
    }

    @Override
    public void accept(Event event) {
        try {
            write(event);
        } catch (SQLException e) {
            throw new IllegalStateException("Tried to write to the record, but " + e.getMessage(), e);
        }
    }

    private void write(Event event) throws SQLException {
        switch (event) {
            case Event.RunStarted started -> {
                run = started.id();
                update("INSERT INTO runs VALUES (?,?,?,?,?,?,?,?,?,NULL,NULL)", started.id(), started.command(),
                        Json.compact(Value.texts(started.arguments())), Json.compact(Value.texts(started.playbooks())),
                        started.commit(), started.user(), started.dryRun(), ProcessHandle.current().pid(),
                        started.at());
            }
            case Event.PlayStarted started ->
                update("INSERT INTO plays VALUES (?,?,?,?,?)", run, play++, started.play().name(),
                        Json.compact(Value.texts(started.hosts())), started.at());
            case Event.ItemEnded ended -> item(ended.task(), ended.result());
            case Event.TaskEnded ended -> task(ended.task(), ended.result());
            case Event.Warned warned ->
                update("INSERT INTO warnings VALUES (?,?,?)", run, warned.at(), warned.problem().toString());
            case Event.RunEnded ended ->
                update("UPDATE runs SET ended = ?, exit_code = ? WHERE id = ?", ended.at(), ended.exitCode(), run);
            case Event.PlaybookStarted _,Event.Polled _,Event.Steered _,Event.PlaySkipped _,Event.NoHostsLeft _,Event.TaskStarted _,Event.HostStarted _,Event.Retrying _,Event.Included _,Event.Notified _,Event.HandlerDone _,Event.Waiting _,Event.Held _,Event.Carried _,Event.Reaching _,Event.Blocked _,Event.MetaSkipped _,Event.TakenBack _ -> {
                // the results tell it
            }
        }
    }

    private void item(TaskInfo task, HostResult result) throws SQLException {
        items.merge(place(task, result), 1, Integer::sum);
        row(task, result, result.result());
    }

    /** The items of a loop have rows of their own already. */
    private void task(TaskInfo task, HostResult result) throws SQLException {
        Integer told = items.remove(place(task, result));
        boolean whole = told != null && result.result().get("results").orElse(null) instanceof ListValue list
                && list.items().size() == told;
        row(task, result, whole ? result.result().with(Kept.ITEMS, ListValue.EMPTY) : result.result());
    }

    private static String place(TaskInfo task, HostResult result) {
        return task.position() + " " + result.host();
    }

    private void row(TaskInfo task, HostResult result, MapValue kept) throws SQLException {
        set(results, run, task.position(), task.name(), task.module(), task.source().toString(), task.handler(),
                result.host(), result.delegate(), result.item(), result.outcome().name(), result.ignored(),
                result.rescued(), Json.compact(Kept.shortened(kept)),
                Json.compact(Kept.shortened(changes(result.changes()))),
                result.started(), result.took().toMillis(), task.seal());
        results.executeUpdate();
    }

    private static ListValue changes(List<Change> changes) {
        return new ListValue(changes.stream().map(change -> MapValue.of("subject", change.subject(), "before",
                change.diff().before(), "after", change.diff().after(), "header", change.diff().header())).toList());
    }

    private void update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            switch (values[i]) {
                case Optional<?> optional ->
                    statement.setString(i + 1, optional.map(Object::toString).orElse(null));
                case Boolean flag -> statement.setInt(i + 1, flag ? 1 : 0);
                case Number number -> statement.setLong(i + 1, number.longValue());
                case Object other -> statement.setString(i + 1, other.toString());
            }
        }
    }

    @Override
    public void close() {
        try {
            results.close();
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
