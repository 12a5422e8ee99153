package bramble.record;

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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Asks the record about past runs. The file is opened at the first question, if it is there. */
public final class History implements AutoCloseable {
    private final Path file;
    private Optional<Connection> connection = Optional.empty();

    public History(Path file) {
        this.file = file;
    }

    /** How exactly a process's beginning is known. */
    private static final Duration CLOCK = Duration.ofSeconds(2);

    /**
     * A past run.
     *
     * @param commit the git commit of the playbooks
     * @param ended empty if it was killed, or is still going on
     */
    public record Run(String id, String command, List<String> arguments, List<String> playbooks,
            Optional<String> commit,
            String user, boolean dryRun, long process, Instant started, Optional<Instant> ended,
            OptionalInt exitCode) {
        /** Whether its process lives, as far as this machine can tell: another one may have its number by now. */
        public boolean goesOn() {
            return ended.isEmpty() && ProcessHandle.of(process).filter(ProcessHandle::isAlive)
                    .filter(alive -> alive.info().startInstant()
                            .map(born -> born.isBefore(started.plus(CLOCK))).orElse(true))
                    .isPresent();
        }
    }

    /**
     * How a task ended on a host.
     *
     * @param item the loop's item, if it is one item's result
     * @param outcome a name of {@link bramble.event.Outcome}
     * @param seal what the user had written of the task, sealed; empty if that is not known
     */
    public record Entry(String run, String position, String task, String module, String source, boolean handler,
            String host,
            Optional<String> item, String outcome, boolean ignored, MapValue result, ListValue changes, Instant started,
            Duration took, String seal) {
        private Entry with(MapValue other) {
            return new Entry(run, position, task, module, source, handler, host, item, outcome, ignored, other, changes,
                    started, took, seal);
        }
    }

    /** The newest first. */
    public List<Run> runs(int most) {
        return ask("SELECT * FROM runs ORDER BY id DESC LIMIT ?", History::run, most);
    }

    /** The run whose id begins so, the newest of several. */
    public Optional<Run> run(String id) {
        return ask("SELECT * FROM runs WHERE id LIKE ? ORDER BY id DESC LIMIT 1", History::run,
                id.replace("%", "") + "%")
                .stream().findFirst();
    }

    /** The last real run of these playbooks, after the runs that it continued, the oldest first; empty if there is none. */
    public List<Run> last(List<String> playbooks) {
        var chain = new ArrayList<Run>();
        for (Run run : ask(
                "SELECT * FROM runs WHERE command = 'run' AND dry_run = 0 AND playbooks = ? ORDER BY id DESC",
                History::run, Json.compact(Value.texts(playbooks)))) {
            chain.addFirst(run);
            if (!run.arguments().contains("--resume")) {
                break;
            }
        }
        return List.copyOf(chain);
    }

    /** What a run did, in the order in which it did it. */
    public List<Entry> entries(String run) {
        var entries = new ArrayList<Entry>();
        var items = new HashMap<String, List<Value>>();
        for (Entry entry : ask("SELECT * FROM results WHERE run = ? ORDER BY rowid", History::entry, run)) {
            String place = entry.position() + " " + entry.host();
            if (entry.item().isPresent()) {
                items.computeIfAbsent(place, _ -> new ArrayList<>()).add(entry.result());
                entries.add(entry);
                continue;
            }
            List<Value> results = items.remove(place);
            boolean apart = results != null
                    && entry.result().get(Kept.ITEMS).map(ListValue.EMPTY::equals).orElse(false);
            entries.add(apart ? entry.with(entry.result().with(Kept.ITEMS, new ListValue(results))) : entry);
        }
        return entries;
    }

    /** The real runs of playbooks that did something on a host, the newest first. */
    public List<Run> playedOn(String host) {
        return ask("SELECT * FROM runs WHERE command = 'run' AND dry_run = 0 AND playbooks <> '[]' AND id IN "
                + "(SELECT run FROM results WHERE host = ?) ORDER BY id DESC", History::run, host);
    }

    /** What real runs did on a host from a point in time on, items apart, in the order in which they did it. */
    public List<Entry> since(String host, Instant from) {
        return ask(
                "SELECT * FROM results WHERE host = ? AND started >= ? AND run IN (SELECT id FROM runs WHERE dry_run = 0) "
                        + "ORDER BY rowid",
                History::entry, host, from.toString());
    }

    /** What was changed on a host, the newest first. */
    public List<Entry> changesOf(String host, int most) {
        return ask("SELECT * FROM results WHERE host = ? AND outcome IN ('CHANGED','FAILED','UNREACHABLE') AND "
                + "json_type(result, '$.results') IS NULL ORDER BY rowid DESC LIMIT ?", History::entry, host, most);
    }

    /** How many results of each outcome a run had, items apart. */
    public Map<String, Integer> outcomes(String run) {
        var counts = new LinkedHashMap<String, Integer>();
        ask("SELECT outcome, count(*) AS n FROM results WHERE run = ? AND item IS NULL GROUP BY outcome ORDER BY outcome",
                row -> Map.entry(row.getString("outcome"), row.getInt("n")), run)
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> ask(String sql, Row<T> reader, Object... values) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (PreparedStatement statement = connection().prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            var rows = new ArrayList<T>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            return rows;
        } catch (SQLException | IOException e) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to read the record of runs, " + file + ", but " + e.getMessage() + ".",
                    "Runs go on without it. Move the file away, and a new one is begun."));
        }
    }

    private Connection connection() throws SQLException, IOException {
        if (connection.isEmpty()) {
            connection = Optional.of(Database.open(file));
        }
        return connection.get();
    }

    @Override
    public void close() {
        try {
            if (connection.isPresent()) {
                connection.get().close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Run run(ResultSet row) throws SQLException {
        int code = row.getInt("exit_code");
        boolean none = row.wasNull();
        return new Run(row.getString("id"), row.getString("command"), texts(row.getString("arguments")),
                texts(row.getString("playbooks")), Optional.ofNullable(row.getString("git_commit")),
                row.getString("user"),
                row.getBoolean("dry_run"), row.getLong("process"), Instant.parse(row.getString("started")),
                Optional.ofNullable(row.getString("ended")).map(Instant::parse),
                none ? OptionalInt.empty() : OptionalInt.of(code));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(row.getString("run"), row.getString("position"), row.getString("task"),
                row.getString("module"),
                row.getString("source"), row.getBoolean("handler"), row.getString("host"),
                Optional.ofNullable(row.getString("item")), row.getString("outcome"), row.getBoolean("ignored"),
                Kept.whole(Json.parse(row.getString("result"))) instanceof MapValue map ? map : MapValue.EMPTY,
                Json.parse(row.getString("changes")) instanceof ListValue list ? list : ListValue.EMPTY,
                Instant.parse(row.getString("started")), Duration.ofMillis(row.getLong("milliseconds")),
                row.getString("seal"));
    }

    private static List<String> texts(String json) {
        return Json.parse(json) instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of();
    }
}
