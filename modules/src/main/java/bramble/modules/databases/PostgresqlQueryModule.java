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
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code postgresql_query}: statements for a PostgreSQL server, through the client on the node. */
@AutoService(AnyModule.class)
public final class PostgresqlQueryModule
        implements
            TaskModule<PostgresqlQueryModule.Args, Said<List<PgRows.Given>>> {

    @Doc(value = "Runs statements on a PostgreSQL server, through the client on the node. Those that only read run in a dry run, too.", collection = "community.postgresql", oneByOne = true, neverSettles = "a statement does its work each time", example = """
            - name: How many stations are there?
              become: true
              become_user: postgres
              community.postgresql.postgresql_query:
                db: weather
                query: SELECT COUNT(*) AS n FROM stations WHERE place = %s
                positional_args: [roof]
              register: stations
            """, returns = {
        "query: str: the last statement, with the arguments in their places",
        "query_list: list: all of them", "query_result: list: the rows that the last one gave, each a mapping",
        "query_all_results: list: the rows of each of them", "rowcount: int: how many rows they gave or changed",
        "statusmessage: str: what the server says of the last one"})
    public record Args(@Arg("A statement, or a list of them.") Optional<Value> query,
            @Arg("Values for %s, in this order; a list is an array; a percent sign is %% then.") Optional<List<Value>> positionalArgs,
            @Arg("Values for %(name)s, by name; a percent sign is %% then.") Optional<MapValue> namedArgs,
            @Arg(value = "The database.", aliases = "login_db", fallback = "postgres") String db,
            @Arg(value = "Whether each statement is done by itself; otherwise all are one transaction.", fallback = "false") boolean autocommit,
            @Arg(value = "The schemas that names without one are looked for in.", fallback = "[]") List<String> searchPath,
            @Arg("Accepted; texts are always UTF-8.") Optional<String> encoding,
            @Arg("Not here: postgresql_db with state restore runs a file of statements.") Optional<String> pathToScript,
            @Arg(value = "Accepted; it is about path_to_script.", fallback = "true") boolean asSingleQuery,
            PgLogin login) {

        public Args {
            if (pathToScript.isPresent()) {
                throw new IllegalArgumentException("path_to_script: Bramble runs no files of statements here; "
                        + "postgresql_db with state: restore and target: " + pathToScript.get() + " does");
            }
            if (query.isEmpty()) {
                throw new IllegalArgumentException("one of the following is required: query, path_to_script");
            }
            if (positionalArgs.isPresent() && namedArgs.isPresent()) {
                throw new IllegalArgumentException("parameters are mutually exclusive: positional_args|named_args");
            }
            filled(query.get(), positionalArgs, namedArgs);
        }

        private static List<Statement> filled(Value query, Optional<List<Value>> positional,
                Optional<MapValue> named) {
            return Statement.texts(query).stream()
                    .map(text -> Statement.of(Statement.filled(text, positional, named, Args::literal))).toList();
        }

        private static String literal(Value value) {
            return switch (value) {
                case None _ -> "NULL";
                case Bool flag -> flag.equals(Bool.of(true)) ? "true" : "false";
                case Int _,Real _ -> PythonText.of(value);
                case ListValue list when list.items().isEmpty() -> "'{}'";
                case ListValue list -> list.items().stream().map(Args::literal)
                        .collect(Collectors.joining(", ", "ARRAY[", "]"));
                case MapValue map -> PgClient.text(Json.compact(map));
                default -> PgClient.text(PythonText.of(value));
            };
        }

        List<Statement> statements() {
            return filled(query.orElseThrow(), positionalArgs, namedArgs);
        }

        boolean reads() {
            return statements().stream().allMatch(one -> one.kind() == Statement.Kind.READS && !one.several());
        }

        PgRows rows() {
            return new PgRows(login.client(db), searchPath, statements());
        }
    }

    @Override
    public String name() {
        return "postgresql_query";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Said<List<PgRows.Given>>> inspect(Args args, Platform node) {
        return Inquiry
                .of(args.reads() ? args.rows() : new PgRows(args.login().client(args.db()), List.of(), List.of()));
    }

    @Override
    public Plan plan(Args args, Said<List<PgRows.Given>> actual) {
        PgRows rows = args.rows();
        if (actual instanceof Said.Silent<List<PgRows.Given>> silent && !calling(args, silent)) {
            return new Plan.Refused(silent.why() == Said.Why.REFUSED && !silent.words().startsWith("connection to")
                    ? "Cannot execute SQL '" + String.join("; ", texts(args)) + "': " + silent.words()
                    : rows.client().sentence("run statements", silent), results(args, List.of()));
        }
        if (args.reads() && actual instanceof Said.Answered<List<PgRows.Given>>) {
            return Plan.NOTHING;
        }
        boolean shape = args.statements().stream().anyMatch(one -> one.kind() == Statement.Kind.SHAPE);
        var effect = new Effect.Unknown(
                (fact, _) -> (shape || fact instanceof PgRows)
                        && !(fact instanceof PgRows other && other.statements().isEmpty())
                        && PgClient.of(fact).filter(rows.client()::same).isPresent(),
                "the statements of an earlier task would be run first");
        return Plan.of(new Change(args.db(), Diff.NONE,
                List.of(new Action.Run(args.autocommit() ? rows.apart() : rows.together())), List.of(effect)));
    }

    /** Whether it reads by its words, but calls a function that writes. */
    private static boolean calling(Args args, Said.Silent<?> silent) {
        return args.reads() && silent.words().contains("in a read-only transaction");
    }

    @Override
    public Verdict judge(Args args, Said<List<PgRows.Given>> before, Applied<Said<List<PgRows.Given>>> applied) {
        if (applied.changes().isEmpty()) {
            return Verdict.changed(false, results(args,
                    before instanceof Said.Answered<List<PgRows.Given>>(var given) ? given : List.of()));
        }
        List<Statement> statements = args.statements();
        if (applied.predicted()) {
            boolean surely = statements.stream().anyMatch(Statement::surelyChanges);
            boolean never = statements.stream().allMatch(one -> one.kind() == Statement.Kind.SESSION
                    || one.kind() == Statement.Kind.READS);
            String why = "only a real run shows what the statements do";
            if (!surely && !never) {
                Maybe.unknown(why).get();
            }
            return Verdict.unknown(surely, why,
                    MapValue.of("query", texts(args).getLast(), "query_list", asked(args)));
        }
        Answer answer = applied.answers().getFirst();
        List<PgRows.Given> given = args.rows().given(answer);
        if (!answer.ok()) {
            Statement last = statements.get(Math.min(given.size(), statements.size() - 1));
            return Verdict.failed("Cannot execute SQL '" + last.text() + "': " + PgClient.words(answer),
                    results(args, List.of()));
        }
        boolean changed = false;
        for (int i = 0; i < Math.min(given.size(), statements.size()); i++) {
            changed |= switch (statements.get(i).kind()) {
                case ROWS -> given.get(i).count() > 0;
                case SHAPE -> true;
                case READS, SESSION -> statements.get(i).several();
            };
        }
        return Verdict.changed(changed, results(args, given));
    }

    private static List<String> asked(Args args) {
        return Statement.texts(args.query().orElseThrow());
    }

    private static List<String> texts(Args args) {
        return args.statements().stream().map(Statement::text).toList();
    }

    private static MapValue results(Args args, List<PgRows.Given> given) {
        var all = given.stream().<Value>map(one -> new ListValue(one.rows())).toList();
        return MapValue.of("query", texts(args).getLast(), "query_list", asked(args), "query_result",
                all.isEmpty() ? new ListValue(List.of()) : all.getLast(), "query_all_results", new ListValue(all),
                "rowcount", given.stream().mapToInt(PgRows.Given::count).sum(), "statusmessage",
                given.isEmpty() ? "" : given.getLast().message());
    }
}
