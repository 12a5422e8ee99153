package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Asks a PostgreSQL server which of some rights a role has, on the database itself and on tables in it.
 *
 * @param questions what is asked for
 */
record PgGrantsFact(PgClient client, String role,
        List<Question> questions) implements Fact<Said<Set<PgGrantsFact.Question>>> {
    /**
     * A right on one thing.
     *
     * @param table the table, with its schema, quoted; empty for the database
     */
    record Question(String table, String right) implements Comparable<Question> {
        @Override
        public int compareTo(Question other) {
            return (table + "\n" + right).compareTo(other.table + "\n" + other.right);
        }
    }

    PgGrantsFact {
        questions = List.copyOf(questions);
    }

    @Override
    public Sh script() {
        // who has a right by what all may isn't granted it himself
        String selects = questions.stream().map(question -> "SELECT " + PgClient.text(question.table()) + ", "
                + PgClient.text(question.right()) + " WHERE EXISTS (SELECT 1 FROM " + acl(question)
                + " x JOIN pg_roles r ON r.oid = x.grantee WHERE r.rolname = " + PgClient.text(role)
                + " AND x.privilege_type = " + PgClient.text(question.right()) + ")")
                .collect(Collectors.joining(" UNION ALL "));
        return client.tell(PgClient.rows(Sql.of("{}", selects)));
    }

    private String acl(Question question) {
        return question.table().isEmpty()
                ? "(SELECT * FROM pg_database WHERE datname = current_database()) d,"
                        + " aclexplode(coalesce(d.datacl, acldefault('d', d.datdba)))"
                : "(SELECT * FROM pg_class WHERE oid = " + PgClient.text(question.table())
                        + "::regclass) c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner)))";
    }

    @Override
    public Said<Set<Question>> parse(Answer answer) {
        return PgClient.said(answer, rows -> rows.stream()
                .map(row -> new Question(row.get(0).orElse(""), row.get(1).orElse("")))
                .collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    public Maybe<Said<Set<Question>>> after(Effect.Becomes<?> effect, Said<Set<Question>> current) {
        if (effect.fact() instanceof PgGrantsFact other && other.role.equals(role) && client.same(other.client)
                && other.client.database().equals(client.database())
                && effect.value() instanceof Said.Answered<?>(Set<?> held)) {
            return Maybe.known(current.map(now -> {
                Set<Question> after = new TreeSet<>(now);
                other.questions.forEach(after::remove);
                other.questions.stream().filter(held::contains).filter(questions::contains).forEach(after::add);
                return Set.copyOf(after);
            }));
        }
        return client.after(effect, current);
    }
}
