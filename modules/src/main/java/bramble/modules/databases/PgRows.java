package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts statements to a PostgreSQL server, those that only read, and gives what they give.
 *
 * @param path the schemas that are looked in; none for the usual ones
 * @param statements none to see only whether there is a way in
 */
record PgRows(PgClient client, List<String> path,
        List<Statement> statements) implements Fact<Said<List<PgRows.Given>>> {
    private static final String END = "\036"; // stands alone on a line behind what a statement gives

    /**
     * What one statement gave.
     *
     * @param message as the server says what it did: INSERT 0 1
     * @param count how many rows were given, or changed
     */
    record Given(List<Value> rows, String message, int count) {
        Given {
            rows = List.copyOf(rows);
        }
    }

    PgRows {
        path = List.copyOf(path);
        statements = List.copyOf(statements);
    }

    @Override
    public Sh script() {
        return script("BEGIN READ ONLY;\n", "COMMIT;\n");
    }

    /** All of them in one transaction. */
    Sh together() {
        return script("BEGIN;\n", "COMMIT;\n");
    }

    /** Each of them by itself. */
    Sh apart() {
        return script("", "");
    }

    private Sh script(String before, String after) {
        var text = new StringBuilder(before);
        if (!path.isEmpty()) {
            text.append("SET search_path TO ").append(String.join(", ", path.stream().map(PgClient::name).toList()))
                    .append(";\n");
        }
        for (Statement statement : statements) {
            text.append("\\echo ").append(END).append('\n').append(asJson(statement)).append("\n;\n");
        }
        text.append("\\echo ").append(END).append('\n').append(after);
        return client.print(Sql.of("{}", text));
    }

    /** Rows come as JSON, which knows numbers from texts; what can't be asked for so comes as it is. */
    private static String asJson(Statement statement) {
        if (statement.several()) {
            return statement.text();
        }
        boolean query = List.of("SELECT", "VALUES", "TABLE", "WITH").contains(statement.verb())
                && (statement.kind() == Statement.Kind.READS || statement.kind() == Statement.Kind.SESSION);
        if (query) {
            return "SELECT coalesce(json_agg(to_json(bramble)), '[]') FROM (" + statement.text() + "\n) bramble";
        }
        return statement.kind() == Statement.Kind.ROWS && statement.has("RETURNING") && !statement.verb().equals("WITH")
                ? "WITH bramble AS (" + statement.text()
                        + "\n) SELECT coalesce(json_agg(to_json(bramble)), '[]') FROM bramble"
                : statement.text();
    }

    @Override
    public Said<List<Given>> parse(Answer answer) {
        return answer.ok() ? new Said.Answered<>(given(answer)) : PgClient.silent(answer);
    }

    /** What each of them gave, as far as they came. */
    List<Given> given(Answer answer) {
        List<String> parts = Arrays.asList(answer.text().split("(?m)^" + END + "\n?", -1));
        var all = new ArrayList<Given>();
        for (int i = 0; i < statements.size() && i + 2 < parts.size(); i++) {
            all.add(given(statements.get(i), parts.get(i + 1).strip()));
        }
        return List.copyOf(all);
    }

    private static Given given(Statement statement, String text) {
        if (!asJson(statement).equals(statement.text()) && Json.parse(text) instanceof ListValue rows) {
            int count = rows.items().size();
            String verb = statement.kind() == Statement.Kind.ROWS ? statement.verb() : "SELECT";
            return new Given(rows.items(), verb + (verb.equals("INSERT") ? " 0 " : " ") + count, count);
        }
        if (List.of("SHOW", "EXPLAIN").contains(statement.verb())) {
            String column = statement.verb().equals("SHOW")
                    ? statement.text().replaceFirst("(?is)^\\s*show\\s+", "").strip()
                    : "QUERY PLAN";
            List<Value> rows = text.lines().<Value>map(line -> MapValue.of(column, line)).toList();
            return new Given(rows, statement.verb(), rows.size());
        }
        String tag = text.lines().reduce((_, last) -> last).orElse("");
        return new Given(List.of(), tag, tag.matches("[A-Z ]+( \\d+)* \\d{1,9}")
                ? Integer.parseInt(tag.substring(tag.lastIndexOf(' ') + 1))
                : 0);
    }

    @Override
    public Maybe<Said<List<Given>>> after(Effect.Becomes<?> effect, Said<List<Given>> current) {
        boolean touched = PgClient.of(effect.fact()).filter(client::same).isPresent();
        return touched && (!statements.isEmpty() || current instanceof Said.Silent<List<Given>>)
                ? Maybe.unknown("the server would be changed by this run")
                : client.after(effect, current);
    }
}
