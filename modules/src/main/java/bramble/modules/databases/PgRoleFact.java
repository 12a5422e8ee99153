package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks a PostgreSQL server for a role.
 *
 * @param expires a moment whose canonical form is wanted too; empty for none
 * @param secrets whether its password is looked at, which not everybody may
 */
record PgRoleFact(PgClient client, String name, String expires,
        boolean secrets) implements Fact<Said<PgRoleFact.Found>> {
    /** The words for what a role may, with NO before them for what it may not. */
    static final List<String> FLAGS = List.of("SUPERUSER", "CREATEROLE", "CREATEDB", "INHERIT", "LOGIN", "REPLICATION",
            "BYPASSRLS");

    private static String column(String flag) {
        return switch (flag) {
            case "SUPERUSER" -> "rolsuper";
            case "LOGIN" -> "rolcanlogin";
            default -> "rol" + flag.toLowerCase(Locale.ROOT);
        };
    }

    /**
     * What the server has.
     *
     * @param until the canonical form of {@link #expires}
     */
    record Found(String until, Optional<Role> role) {
        Found with(Optional<Role> other) {
            return new Found(until, other);
        }
    }

    /**
     * A role.
     *
     * @param flags the words for what it may
     * @param limit of connections; -1 for none
     * @param password as the server keeps it; empty for none
     * @param until when the password ends to be good; empty for never set
     * @param groups the roles whose rights it has
     */
    record Role(Set<String> flags, String limit, String password, String until, String comment, Set<String> groups) {
        Role {
            flags = Set.copyOf(flags);
            groups = Set.copyOf(groups);
        }
    }

    @Override
    public Sh script() {
        var columns = new ArrayList<>(FLAGS.stream().map(PgRoleFact::column).toList());
        columns.addAll(List.of("rolconnlimit", secrets ? "rolpassword" : "NULL", "rolvaliduntil",
                "shobj_description(oid, 'pg_authid')"));
        return client.tell(Sql.of("{}{}{}",
                PgClient.rows(Sql.of("SELECT {}", expires.isEmpty()
                        ? "NULL"
                        : PgClient.text(expires) + "::timestamptz")),
                PgClient.rows(Sql.of("SELECT {} FROM {} WHERE rolname = {}", String.join(", ", columns),
                        secrets ? "pg_authid" : "pg_roles", PgClient.text(name))),
                PgClient.rows(Sql.of("SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
                        + " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = {}", PgClient.text(name)))));
    }

    @Override
    public Said<Found> parse(Answer answer) {
        return PgClient.said(answer, rows -> {
            String wanted = rows.getFirst().getFirst().orElse("");
            if (rows.size() < 2 || rows.get(1).size() < FLAGS.size()) {
                return new Found(wanted, Optional.empty());
            }
            List<String> cells = rows.get(1).stream().map(cell -> cell.orElse("")).toList();
            Set<String> flags = new TreeSet<>();
            int at = 0;
            for (String flag : FLAGS) {
                if (cells.get(at++).equals("t")) {
                    flags.add(flag);
                }
            }
            Set<String> groups = new TreeSet<>();
            rows.stream().skip(2).forEach(row -> groups.add(row.getFirst().orElse("")));
            return new Found(wanted, Optional.of(new Role(flags, cells.get(at), cells.get(at + 1), cells.get(at + 2),
                    cells.get(at + 3), groups)));
        });
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a PgRoleFact
    public Maybe<Said<Found>> after(Effect.Becomes<?> effect, Said<Found> current) {
        if (effect.fact() instanceof PgRoleFact other && other.name.equals(name) && client.same(other.client)
                && current instanceof Said.Answered<Found>(Found found)
                && effect.value() instanceof Said.Answered<?>(Found after)) {
            return Maybe.known(new Said.Answered<>(found.with(after.role())));
        }
        return client.after(effect, current);
    }
}
