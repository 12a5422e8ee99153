package bramble.modules.databases;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.databases.PgGrantsFact.Question;
import bramble.modules.databases.PgRoleFact.Found;
import bramble.modules.databases.PgRoleFact.Role;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code postgresql_user}: the roles of a PostgreSQL server, through the client on the node. */
@AutoService(AnyModule.class)
public final class PostgresqlUserModule implements TaskModule<PostgresqlUserModule.Args, PostgresqlUserModule.State> {
    private static final List<String> ON_DATABASE = List.of("CREATE", "CONNECT", "TEMPORARY");
    private static final List<String> ON_TABLE = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE",
            "REFERENCES",
            "TRIGGER");

    /** What is to be true of the role. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    @Doc(value = "Makes, changes and removes roles of a PostgreSQL server, through the client on the node.", collection = "community.postgresql", example = """
            - name: Let the weather station in
              become: true
              become_user: postgres
              community.postgresql.postgresql_user:
                name: weather
                password: "{{ weather_password }}"
                role_attr_flags: NOSUPERUSER,NOCREATEDB
            """, returns = {
        "user: str: the role", "queries: list: what was done, without passwords",
        "user_removed: bool: whether it is gone, where it was to be"})
    public record Args(@Arg(value = "The role.", aliases = "user") String name,
            @Arg(value = "The database that privileges are about.", aliases = "login_db", fallback = "") String db,
            @Arg(value = "The password, or the server's digest of it (md5..., SCRAM-SHA-256$...); empty for none.", secret = true) Optional<String> password,
            @Arg(value = "Whether the server keeps a digest; the only thing that it still does.", fallback = "true") boolean encrypted,
            @Arg("When the password ends to be good, as the server reads dates; infinity for never.") Optional<String> expires,
            @Arg(value = "What the role may: LOGIN, SUPERUSER, CREATEDB, CREATEROLE, INHERIT, REPLICATION, BYPASSRLS, or with NO before it.", fallback = "") String roleAttrFlags,
            @Arg("How many connections it may have at once; -1 for any number.") Optional<Integer> connLimit,
            @Arg("A word about it.") Optional<String> comment,
            @Arg("Roles whose rights it gets too.") Optional<List<String>> groups,
            @Arg("What it may do in the database: CONNECT/CREATE/table:SELECT,INSERT; ALL for all.") Optional<String> priv,
            @Arg(value = "Whether an existing role's password stays.", fallback = "false") boolean noPasswordChanges,
            @Arg(value = "Whether it is a failure if the role can't be removed.", aliases = "fail_on_role", fallback = "true") boolean failOnUser,
            @Arg(value = "Whether it is to be there or gone.", fallback = "present") Wanted state,
            PgLogin login) {

        public Args {
            flags(roleAttrFlags);
            if (priv.isPresent() && db.isEmpty()) {
                throw new IllegalArgumentException("privileges require a database to be specified");
            }
            priv.ifPresent(Args::rights);
            if (!encrypted && password.isPresent()) {
                throw new IllegalArgumentException(
                        "encrypted: no is not possible: PostgreSQL 10 and newer keep no password as it is");
            }
        }

        private static Map<String, Boolean> flags(String text) {
            Map<String, Boolean> flags = new LinkedHashMap<>();
            for (String word : text.toUpperCase(Locale.ROOT).split(",", -1)) {
                String flag = word.strip();
                String plain = flag.startsWith("NO") && !PgRoleFact.FLAGS.contains(flag) ? flag.substring(2) : flag;
                if (plain.isEmpty() && flag.isEmpty()) {
                    continue;
                }
                if (!PgRoleFact.FLAGS.contains(plain)) {
                    throw new IllegalArgumentException("Invalid role_attr_flags specified: " + flag);
                }
                flags.put(plain, plain.equals(flag));
            }
            return flags;
        }

        Map<String, Boolean> flags() {
            return flags(roleAttrFlags);
        }

        private static List<Question> rights(String text) {
            Set<Question> rights = new LinkedHashSet<>();
            for (String part : SqlText.of(text).split('/')) {
                List<String> pair = SqlText.of(part).split(':');
                String table = pair.size() > 1 ? table(pair.getFirst().strip()) : "";
                List<String> known = table.isEmpty() ? ON_DATABASE : ON_TABLE;
                for (String word : pair.getLast().toUpperCase(Locale.ROOT).split(",", -1)) {
                    String right = word.strip().equals("TEMP") ? "TEMPORARY" : word.strip();
                    if (!right.equals("ALL") && !known.contains(right)) {
                        throw new IllegalArgumentException("Invalid privs specified for "
                                + (table.isEmpty() ? "database" : "table") + ": " + right + " (it is one of "
                                + String.join(", ", known) + ", ALL)");
                    }
                    (right.equals("ALL") ? known : List.of(right)).forEach(one -> rights.add(new Question(table, one)));
                }
            }
            return List.copyOf(rights);
        }

        private static String table(String name) {
            List<String> parts = SqlText.of(name).split('.');
            return (parts.size() > 1 ? parts : List.of("public", name)).stream()
                    .map(part -> PgClient.name(SqlText.plain(part))).collect(Collectors.joining("."));
        }

        List<Question> rights() {
            return priv.map(Args::rights).orElse(List.of());
        }

        PgClient client() {
            return login.client(db.isEmpty() ? "postgres" : db);
        }

        PgRoleFact fact() {
            return new PgRoleFact(login.client("postgres"), name, expires.orElse(""),
                    password.isPresent() && !noPasswordChanges);
        }

        Optional<PgGrantsFact> grants() {
            return priv.map(_ -> new PgGrantsFact(client(), name, rights()));
        }
    }

    /** The role, and which of the rights it has. */
    public record State(Said<Found> role, Said<Set<Question>> held) {}

    @Override
    public String name() {
        return "postgresql_user";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<Said<Found>> role = Inquiry.of(args.fact());
        return args.grants()
                .map(fact -> role.and(Inquiry.of(fact), State::new))
                .orElseGet(() -> role.map(found -> new State(found, new Said.Answered<>(Set.of()))));
    }

    @Override
    public Plan plan(Args args, State actual) {
        return switch (actual.role.with(actual.held, Both::new)) {
            case Said.Silent<Both> silent ->
                new Plan.Refused(args.client().sentence("look after the role " + args.name(), silent));
            case Said.Answered<Both>(Both both) -> {
                List<Sql> statements = statements(args, both);
                yield statements.isEmpty() ? Plan.NOTHING : Plan.of(change(args, both, statements));
            }
        };
    }

    /** What was read of the role and of its rights. */
    private record Both(Found found, Set<Question> held) {}

    private static Change change(Args args, Both both, List<Sql> statements) {
        Optional<Role> after = args.state() == Wanted.ABSENT
                ? Optional.empty()
                : Optional.of(wanted(args, both.found()));
        var effects = new ArrayList<Effect>();
        effects.add(Effect.becomes(args.fact(), new Said.Answered<>(both.found().with(after))));
        args.grants().ifPresent(fact -> effects.add(Effect.becomes(fact, new Said.Answered<>(
                args.state() == Wanted.ABSENT ? Set.of() : Set.copyOf(args.rights())))));
        String before = both.found().role().map(role -> lines(role)).orElse("");
        String then = after.map(PostgresqlUserModule::lines).orElse("")
                + (args.state() == Wanted.ABSENT
                        ? ""
                        : granted(args, both).stream().map(sql -> sql.shown() + "\n")
                                .collect(Collectors.joining()));
        return new Change(args.name(), Diff.text(args.name(), before, fresh(args, both)
                ? then
                : then.replace("password ********\n", "password ******** (new)\n")),
                List.of(new Action.Run(args.client().tell(Sql.all(statements)))), effects);
    }

    /** Whether the password stays, or the role has none. */
    private static boolean fresh(Args args, Both both) {
        return both.found().role().isEmpty() || both.found().role().get().password().isEmpty()
                || !passwordDiffers(args, both.found().role().get());
    }

    private static String lines(Role role) {
        var lines = new ArrayList<String>();
        PgRoleFact.FLAGS.stream().filter(role.flags()::contains).forEach(lines::add);
        if (!role.limit().equals("-1")) {
            lines.add("connection limit " + role.limit());
        }
        if (!role.password().isEmpty()) {
            lines.add("password ********");
        }
        if (!role.until().isEmpty()) {
            lines.add("valid until " + role.until());
        }
        if (!role.comment().isEmpty()) {
            lines.add("comment " + role.comment());
        }
        new TreeSet<>(role.groups()).forEach(group -> lines.add("in " + group));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static Role wanted(Args args, Found found) {
        Role now = found.role().orElse(new Role(Set.of("LOGIN", "INHERIT"), "-1", "", "", "", Set.of()));
        Set<String> flags = new TreeSet<>(now.flags());
        args.flags().forEach((flag, on) -> {
            if (on) {
                flags.add(flag);
            } else {
                flags.remove(flag);
            }
        });
        Set<String> groups = new TreeSet<>(now.groups());
        args.groups().ifPresent(groups::addAll);
        boolean keeps = found.role().isPresent() && !passwordDiffers(args, now);
        return new Role(flags, args.connLimit().map(String::valueOf).orElse(now.limit()),
                keeps ? now.password() : args.password().orElse(""),
                args.expires().isPresent() ? found.until() : now.until(), args.comment().orElse(now.comment()), groups);
    }

    private static boolean passwordDiffers(Args args, Role now) {
        return !args.noPasswordChanges() && args.password()
                .filter(wanted -> !PgPassword.same(now.password(), wanted, args.name())).isPresent();
    }

    private static List<Sql> statements(Args args, Both both) {
        String name = PgClient.name(args.name());
        Optional<Role> role = both.found().role();
        var statements = new ArrayList<Sql>();
        if (args.state() == Wanted.ABSENT) {
            if (role.isPresent()) {
                both.held().stream().sorted()
                        .forEach(right -> statements.add(Sql.of("REVOKE {} ON {} FROM {}", right.right(),
                                object(args, right.table()), name)));
                statements.add(Sql.of("DROP USER {}", name));
            }
            return statements;
        }
        Sql options = options(args, both.found());
        if (role.isEmpty() || !options.shown().isEmpty()) {
            statements.add(Sql.of("{} USER {}{}{}", role.isEmpty() ? "CREATE" : "ALTER", name,
                    options.shown().isEmpty() ? "" : " WITH", options));
        }
        args.comment().filter(comment -> !comment.equals(role.map(Role::comment).orElse("")))
                .ifPresent(comment -> statements.add(Sql.of("COMMENT ON ROLE {} IS {}", name, PgClient.text(comment))));
        statements.addAll(granted(args, both));
        args.groups().orElse(List.of()).stream()
                .filter(group -> !role.map(Role::groups).orElse(Set.of()).contains(group))
                .forEach(group -> statements.add(Sql.of("GRANT {} TO {}", PgClient.name(group), name)));
        return statements;
    }

    private static Sql options(Args args, Found found) {
        Role now = found.role().orElse(new Role(Set.of("LOGIN", "INHERIT"), "-1", "", "", "", Set.of()));
        boolean fresh = found.role().isEmpty();
        Sql password = args.password()
                .filter(_ -> fresh || passwordDiffers(args, now))
                .map(given -> given.isEmpty()
                        ? Sql.of(fresh ? "" : " PASSWORD NULL")
                        : Sql.of(" ENCRYPTED PASSWORD {}", PgClient.secret(given)))
                .orElse(Sql.of(""));
        var rest = new StringBuilder();
        args.expires().filter(_ -> fresh || !found.until().equals(now.until()))
                .ifPresent(until -> rest.append(" VALID UNTIL ").append(PgClient.text(until)));
        args.connLimit().filter(limit -> fresh || !now.limit().equals(String.valueOf(limit)))
                .ifPresent(limit -> rest.append(" CONNECTION LIMIT ").append(limit));
        args.flags().forEach((flag, on) -> {
            if (fresh || now.flags().contains(flag) != on) {
                rest.append(on ? " " : " NO").append(flag);
            }
        });
        return Sql.of("{}{}", password, rest);
    }

    private static String object(Args args, String table) {
        return table.isEmpty() ? "DATABASE " + PgClient.name(args.db()) : "TABLE " + table;
    }

    /** The rights that are missing, together for each thing. */
    private static List<Sql> granted(Args args, Both both) {
        var missing = new LinkedHashMap<String, List<String>>();
        args.rights().stream().filter(right -> !both.held().contains(right))
                .forEach(right -> missing.computeIfAbsent(right.table(), _ -> new ArrayList<>()).add(right.right()));
        return missing.entrySet().stream().map(one -> Sql.of("GRANT {} ON {} TO {}", String.join(", ", one.getValue()),
                object(args, one.getKey()), PgClient.name(args.name()))).toList();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        List<String> queries = before.role.with(before.held, Both::new) instanceof Said.Answered<Both>(Both both)
                ? statements(args, both).stream().map(Sql::shown).toList()
                : List.of();
        MapValue results = MapValue.of("user", args.name(), "queries", queries);
        boolean changed = !applied.changes().isEmpty();
        boolean removal = changed && args.state() == Wanted.ABSENT;
        Optional<String> failed = PgClient.failure(applied.answers());
        if (failed.isPresent() && removal && !args.failOnUser()) {
            return Verdict.changed(false, results.with("user_removed", false));
        }
        MapValue told = removal ? results.with("user_removed", failed.isEmpty()) : results;
        return failed.map(why -> Verdict.failed(removal ? "Unable to remove user: " + why : why, told))
                .orElseGet(() -> Verdict.changed(changed, told));
    }
}
