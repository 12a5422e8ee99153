package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts statements to a MySQL or MariaDB server, those that only read, and gives what they give.
 *
 * @param words of the client: which database
 * @param statements none to see only whether there is a way in
 */
record MysqlRows(MysqlClient client, List<String> words,
        List<String> statements) implements Fact<Said<List<MysqlRows.Given>>> {
    /** The client's word for going on after a statement that the server refuses. */
    static final String FORCE = "--force";
    private static final String COUNT = "b_rows";
    private static final Pattern SET = Pattern.compile("<resultset statement=\"(.*?)\"[^>]*>(.*?)</resultset>",
            Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("<row>(.*?)</row>", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern
            .compile("<field name=\"(.*?)\"(?:( xsi:nil=\"true\") />|>(.*?)</field>)", Pattern.DOTALL);

    /**
     * What one statement gave.
     *
     * @param count how many rows were given, or changed
     * @param warnings how many notes and warnings the server has for it
     */
    record Given(List<Value> rows, int count, int warnings) {
        Given {
            rows = List.copyOf(rows);
        }
    }

    MysqlRows {
        words = List.copyOf(words);
        statements = List.copyOf(statements);
    }

    @Override
    public Sh script() {
        return script(client, words, statements, false);
    }

    /** @param together whether all of them are one transaction */
    static Sh script(MysqlClient client, List<String> words, List<String> statements, boolean together) {
        var text = new StringBuilder(together ? "START TRANSACTION;\n" : "");
        for (String statement : statements) {
            text.append(statement).append("\n;\nSELECT ROW_COUNT() AS " + COUNT + ", @@warning_count AS b_warnings;\n");
        }
        text.append(together ? "COMMIT;\n" : "");
        var all = new ArrayList<>(words);
        all.add("--xml");
        return client.ask(Sql.of("{}", text), all);
    }

    @Override
    public Said<List<Given>> parse(Answer answer) {
        return answer.ok() || (words.contains(FORCE) && answer.text().contains("<resultset"))
                ? new Said.Answered<>(given(answer))
                : MysqlClient.silent(answer);
    }

    static List<Given> given(Answer answer) {
        var all = new ArrayList<Given>();
        List<Value> rows = List.of();
        Matcher sets = SET.matcher(answer.text());
        while (sets.find()) {
            List<Value> found = rows(sets.group(2));
            if (found.size() == 1 && found.getFirst() instanceof MapValue counts && counts.get(COUNT).isPresent()) {
                int changed = number(counts, COUNT);
                all.add(new Given(rows, rows.isEmpty() ? Math.max(changed, 0) : rows.size(),
                        number(counts, "b_warnings")));
                rows = List.of();
            } else {
                rows = found;
            }
        }
        return List.copyOf(all);
    }

    private static int number(MapValue row, String name) {
        return Integer.parseInt(row.get(name).map(PythonText::of).orElse("0"));
    }

    private static List<Value> rows(String text) {
        var rows = new ArrayList<Value>();
        Matcher each = ROW.matcher(text);
        while (each.find()) {
            MapValue row = MapValue.EMPTY;
            Matcher field = FIELD.matcher(each.group(1));
            while (field.find()) {
                row = row.with(plain(field.group(1)),
                        field.group(2) != null ? None.NONE : value(plain(field.group(3))));
            }
            rows.add(row);
        }
        return rows;
    }

    /** The client tells no types: what reads as a number is one. */
    private static Value value(String text) {
        return text.matches("0|-?[1-9]\\d{0,25}")
                ? Value.of(new BigInteger(text))
                : text.matches("-?(0|[1-9]\\d{0,15})\\.\\d{1,15}") ? Value.of(Double.valueOf(text)) : Value.text(text);
    }

    private static String plain(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    }

    @Override
    public Maybe<Said<List<Given>>> after(Effect.Becomes<?> effect, Said<List<Given>> current) {
        if (effect.fact().equals(this)) {
            return Fact.super.after(effect, current);
        }
        boolean touched = MysqlClient.of(effect.fact()).filter(client::same).isPresent();
        boolean way = statements.isEmpty() && !(current instanceof Said.Silent<List<Given>>);
        return touched && !way
                ? Maybe.unknown("the server would be changed by this run")
                : client.after(effect, current);
    }
}
