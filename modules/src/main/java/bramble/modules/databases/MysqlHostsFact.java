package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Map;
import java.util.TreeMap;

/** Asks a MySQL or MariaDB server from where a user may come, and how he gets in from there. */
record MysqlHostsFact(MysqlClient client, String user) implements Fact<Said<Map<String, MysqlAccount.Proof>>> {
    @Override
    public Sh script() {
        return client.tell(Sql.of("SELECT host, plugin, authentication_string FROM mysql.user WHERE user = {}",
                MysqlClient.text(user)));
    }

    @Override
    public Said<Map<String, MysqlAccount.Proof>> parse(Answer answer) {
        return MysqlClient.said(answer, rows -> {
            Map<String, MysqlAccount.Proof> hosts = new TreeMap<>();
            rows.forEach(row -> hosts.put(row.get(0), new MysqlAccount.Proof(row.get(1), row.get(2))));
            return hosts;
        });
    }

    @Override
    public Maybe<Said<Map<String, MysqlAccount.Proof>>> after(Effect.Becomes<?> effect,
            Said<Map<String, MysqlAccount.Proof>> current) {
        if (effect.fact() instanceof MysqlAccountFact account && account.user().equals(user)
                && client.same(account.client()) && current instanceof Said.Answered
                && effect.value() instanceof Said.Answered<?>(MysqlAccountFact.Found found)) {
            return Maybe.known(current.map(hosts -> {
                Map<String, MysqlAccount.Proof> after = new TreeMap<>(hosts);
                found.account().ifPresentOrElse(
                        one -> after.put(account.host(), one.proofs().getFirst()),
                        () -> after.remove(account.host()));
                return after;
            }));
        }
        return client.after(effect, current);
    }
}
