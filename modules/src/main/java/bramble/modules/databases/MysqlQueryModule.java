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

/** {@code mysql_query}: statements for a MySQL or MariaDB server, through the client on the node. */
@AutoService(AnyModule.class)
public final class MysqlQueryModule implements TaskModule<MysqlQueryModule.Args, MysqlQueryModule.State> {

    @Doc(value = "Runs statements on a MySQL or MariaDB server, through the client on the node. Those that only read run in a dry run, too.", collection = "community.mysql", oneByOne = true, neverSettles = "a statement does its work each time", example = """
            - name: How many stations are there?
              community.mysql.mysql_query:
                login_db: weather
                query: SELECT COUNT(*) AS n FROM stations WHERE place = %s
                positional_args: [roof]
                login_unix_socket: /run/mysqld/mysqld.sock
              register: stations
            """, returns = {
        "executed_queries: list: the statements, with the arguments in their places",
        "query_result: list: a list of rows for each statement, a row a mapping; what reads as a number is one",
        "rowcount: list: for each statement how many rows it gave or changed"})
    public record Args(@Arg("A statement, or a list of them.") Value query,
            @Arg("Values for %s, in this order; a percent sign is %% then.") Optional<List<Value>> positionalArgs,
            @Arg("Values for %(name)s, by name; a percent sign is %% then.") Optional<MapValue> namedArgs,
            @Arg("The database that names without one are in.") Optional<String> loginDb,
            @Arg(value = "Whether all of them are done, or none.", fallback = "false") boolean singleTransaction,
            MysqlLogin login) {

        public Args {
            if (positionalArgs.isPresent() && namedArgs.isPresent()) {
                throw new IllegalArgumentException("parameters are mutually exclusive: positional_args|named_args");
            }
            filled(query, positionalArgs, namedArgs);
        }

        private static List<Statement> filled(Value query, Optional<List<Value>> positional,
                Optional<MapValue> named) {
            return Statement.texts(query).stream()
                    .map(text -> Statement.of(Statement.filled(text, positional, named, Args::literal))).toList();
        }

        private static String literal(Value value) {
            return switch (value) {
                case None _ -> "NULL";
                case Bool flag -> flag.equals(Bool.of(true)) ? "1" : "0";
                case Int _,Real _ -> PythonText.of(value);
                case ListValue list -> list.items().stream().map(Args::literal)
                        .collect(Collectors.joining(", ", "(", ")"));
                default -> MysqlClient.text(PythonText.of(value));
            };
        }

        List<Statement> statements() {
            return filled(query, positionalArgs, namedArgs);
        }

        List<String> texts() {
            return statements().stream().map(Statement::text).toList();
        }

        List<String> words() {
            return loginDb.map(name -> List.of("--database=" + name)).orElse(List.of());
        }

        boolean reads() {
            return statements().stream().allMatch(one -> one.kind() == Statement.Kind.READS && !one.several());
        }

        MysqlRows rows() {
            return new MysqlRows(login.client(), words(), texts());
        }
    }

    /** What was read; or nothing where more than that is to be done. */
    public record State(Optional<Said<List<MysqlRows.Given>>> rows) {}

    @Override
    public String name() {
        return "mysql_query";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return args.reads()
                ? Inquiry.of(args.rows()).map(said -> new State(Optional.of(said)))
                : Inquiry.of(new MysqlRows(args.login().client(), args.words(), List.of())).map(said -> {
                    boolean gone = said instanceof Said.Silent<List<MysqlRows.Given>>;
                    return new State(gone ? Optional.of(said) : Optional.empty());
                });
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.rows.orElse(null) instanceof Said.Silent<List<MysqlRows.Given>> silent) {
            return new Plan.Refused(refused(args, silent));
        }
        if (args.reads()) {
            return Plan.NOTHING;
        }
        MysqlClient client = args.login().client();
        boolean shape = args.statements().stream().anyMatch(one -> one.kind() == Statement.Kind.SHAPE);
        var effect = new Effect.Unknown(
                (fact, _) -> (shape || fact instanceof MysqlRows)
                        && !(fact instanceof MysqlRows rows && rows.statements().isEmpty())
                        && MysqlClient.of(fact).filter(client::same).isPresent(),
                "the statements of an earlier task would be run first");
        return Plan.of(new Change(args.loginDb().orElse("mysql"), Diff.NONE,
                List.of(new Action.Run(
                        MysqlRows.script(client, args.words(), args.texts(), args.singleTransaction()))),
                List.of(effect)));
    }

    private static String refused(Args args, Said.Silent<?> silent) {
        return silent.why() == Said.Why.REFUSED && !silent.words().contains("Access denied for user")
                ? "Cannot execute SQL '" + String.join("; ", args.texts()) + "': " + silent.words()
                : MysqlClient.sentence("run statements", silent);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue told = MapValue.of("executed_queries", args.texts());
        if (args.reads()) {
            return Verdict.changed(false, told.with(results(
                    before.rows.orElseThrow() instanceof Said.Answered<List<MysqlRows.Given>>(var given)
                            ? given
                            : List.of())));
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
            return Verdict.unknown(surely, why, told);
        }
        Answer answer = applied.answers().getFirst();
        if (!answer.ok()) {
            return Verdict.failed(MysqlRows.given(answer).size() < statements.size()
                    ? "Cannot execute SQL '" + statements.get(MysqlRows.given(answer).size()).text() + "': "
                            + MysqlClient.failure(applied.answers()).orElse("")
                    : MysqlClient.failure(applied.answers()).orElse(""), told);
        }
        List<MysqlRows.Given> given = MysqlRows.given(answer);
        boolean changed = false;
        for (int i = 0; i < Math.min(given.size(), statements.size()); i++) {
            Statement one = statements.get(i);
            changed |= switch (one.kind()) {
                case ROWS -> given.get(i).count() > 0;
                case SHAPE -> one.surelyChanges() || given.get(i).warnings() == 0;
                case READS, SESSION -> false;
            };
        }
        return Verdict.changed(changed, told.with(results(given)));
    }

    private static MapValue results(List<MysqlRows.Given> given) {
        return MapValue.of("query_result",
                new ListValue(given.stream().<Value>map(one -> new ListValue(one.rows())).toList()), "rowcount",
                given.stream().map(MysqlRows.Given::count).toList());
    }
}
