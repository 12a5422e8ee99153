package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/** Asks a PostgreSQL server for one of its databases. */
record PgDatabaseFact(PgClient client, String name) implements Fact<Said<PgDatabaseFact.Found>> {
    /**
     * What the server has.
     *
     * @param version its number: 150004 is 15.4
     */
    record Found(int version, Optional<Database> database) {
        Found with(Optional<Database> other) {
            return new Found(version, other);
        }
    }

    /** @param limit of connections; -1 for none */
    record Database(String owner, String encoding, String collate, String ctype, String limit, String tablespace) {}

    @Override
    public Sh script() {
        return client.tell(Sql.of("{}{}", PgClient.rows(Sql.of("SELECT current_setting('server_version_num')")),
                PgClient.rows(
                        Sql.of("""
                                SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, spcname \
                                FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE datname = {}""",
                                PgClient.text(name)))));
    }

    @Override
    public Said<Found> parse(Answer answer) {
        return PgClient.said(answer, rows -> new Found(Integer.parseInt(rows.getFirst().getFirst().orElse("0")),
                rows.stream().skip(1).map(row -> row.stream().map(cell -> cell.orElse("")).toList())
                        .map(PgDatabaseFact::database).findFirst()));
    }

    private static Database database(List<String> cells) {
        return new Database(cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4), cells.get(5));
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a PgDatabaseFact
    public Maybe<Said<Found>> after(Effect.Becomes<?> effect, Said<Found> current) {
        return effect.fact() instanceof PgDatabaseFact(PgClient other, String changed) && client.same(other)
                && changed.equals(name) && current instanceof Said.Answered
                        ? Maybe.known((Said<Found>) effect.value())
                        : client.after(effect, current);
    }
}
