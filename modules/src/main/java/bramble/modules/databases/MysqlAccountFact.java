package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks a MySQL or MariaDB server for an account. */
record MysqlAccountFact(MysqlClient client, String user, String host) implements Fact<Said<MysqlAccountFact.Found>> {
    /** The numbers of the errors that say that there is no such account. */
    private static final Set<Integer> NO_ACCOUNT = Set.of(1133, 1141, 1269, 1396, 3162);

    /**
     * What the server has.
     *
     * @param rights the names of the rights that it knows, in capitals
     */
    record Found(boolean mariadb, Set<String> rights, Optional<MysqlAccount> account) {
        Found with(Optional<MysqlAccount> other) {
            return new Found(mariadb, rights, other);
        }
    }

    /** How statements name it. */
    String named() {
        return MysqlClient.text(user) + "@" + MysqlClient.text(host);
    }

    @Override
    public Sh script() {
        return client
                .tell(Sql.of("SELECT VERSION();\nSHOW PRIVILEGES;\nSHOW CREATE USER {};\nSHOW GRANTS FOR {}", named(),
                        named()));
    }

    @Override
    public Said<Found> parse(Answer answer) {
        if (!answer.ok() && !NO_ACCOUNT.contains(MysqlClient.code(answer))) {
            return MysqlClient.silent(answer);
        }
        List<List<String>> rows = MysqlClient.rows(answer);
        boolean mariadb = rows.getFirst().getFirst().contains("MariaDB");
        Set<String> rights = rows.stream().skip(1).filter(row -> row.size() == 3)
                .map(row -> MysqlPrivileges.Right.of(row.getFirst().replace('_', ' '), "").name())
                .collect(Collectors.toUnmodifiableSet());
        List<String> shown = rows.stream().skip(1).filter(row -> row.size() == 1).map(List::getFirst).toList();
        return new Said.Answered<>(new Found(mariadb, rights, answer.ok() && !shown.isEmpty()
                ? Optional.of(MysqlAccount.of(shown.getFirst(), shown.subList(1, shown.size())))
                : Optional.empty()));
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a MysqlAccountFact
    public Maybe<Said<Found>> after(Effect.Becomes<?> effect, Said<Found> current) {
        return effect.fact() instanceof MysqlAccountFact other && other.user.equals(user) && other.host.equals(host)
                && client.same(other.client) && current instanceof Said.Answered
                        ? Maybe.known((Said<Found>) effect.value())
                        : client.after(effect, current);
    }
}
