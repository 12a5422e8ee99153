package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks a MySQL or MariaDB server for the names of its databases. */
record MysqlDatabasesFact(MysqlClient client) implements Fact<Said<Set<String>>> {
    @Override
    public Sh script() {
        return client.tell(Sql.of("SHOW DATABASES"));
    }

    @Override
    public Said<Set<String>> parse(Answer answer) {
        return MysqlClient.said(answer,
                rows -> rows.stream().map(List::getFirst).collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a MysqlDatabasesFact
    public Maybe<Said<Set<String>>> after(Effect.Becomes<?> effect, Said<Set<String>> current) {
        return effect.fact() instanceof MysqlDatabasesFact(MysqlClient other) && client.same(other)
                && current instanceof Said.Answered
                        ? Maybe.known((Said<Set<String>>) effect.value())
                        : client.after(effect, current);
    }
}
