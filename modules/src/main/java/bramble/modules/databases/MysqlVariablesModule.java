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
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code mysql_variables}: a setting of a MySQL or MariaDB server, through the client on the node. */
@AutoService(AnyModule.class)
public final class MysqlVariablesModule implements TaskModule<MysqlVariablesModule.Args, MysqlVariablesModule.State> {

    /** Where a value is set. */
    public enum Mode {
        GLOBAL,
        PERSIST,
        PERSIST_ONLY
    }

    @Doc(value = "Reads or sets a global variable of a MySQL or MariaDB server, through the client on the node.", collection = "community.mysql", example = """
            - name: Take more connections
              community.mysql.mysql_variables:
                variable: max_connections
                value: 300
                login_unix_socket: /run/mysqld/mysqld.sock
            """, returns = {
        "msg: str: the value, if none is to be set; or the value that it had",
        "queries: list: what was done"})
    public record Args(@Arg("The variable.") String variable,
            @Arg("What it is to be; it is only read unless given.") Optional<String> value,
            @Arg(value = "Where it is set: while the server runs, with persist from then on, with persist_only from its next start on (MySQL 8).", fallback = "global") Mode mode,
            MysqlLogin login) {

        public Args {
            if (!variable.matches("[0-9A-Za-z_.]+")) {
                throw new IllegalArgumentException("invalid variable name \"" + variable + "\"");
            }
        }

        private MysqlRows fact() {
            String kept = mode == Mode.GLOBAL
                    ? ""
                    : "SELECT VARIABLE_VALUE AS v FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = "
                            + MysqlClient.text(variable.toLowerCase(Locale.ROOT));
            String now = "SHOW GLOBAL VARIABLES WHERE Variable_name = " + MysqlClient.text(variable);
            return new MysqlRows(login.client(), List.of(), kept.isEmpty() ? List.of(now) : List.of(now, kept));
        }

        private Sql statement() {
            String name = MysqlClient.name(variable).replace(".", "`.`");
            String text = value.orElse("");
            return Sql.of("SET {} {} = {}", mode.name(), name,
                    text.matches("-?\\d+(\\.\\d+)?") ? text : MysqlClient.text(text));
        }
    }

    /** What the server says: the value, and if asked the one that is kept. */
    public record State(Said<List<MysqlRows.Given>> said) {
        private Optional<String> value(int which, String column) {
            return said instanceof Said.Answered<List<MysqlRows.Given>>(List<MysqlRows.Given> given)
                    && given.size() > which && !given.get(which).rows().isEmpty()
                    && given.get(which).rows().getFirst() instanceof MapValue row
                            ? row.get(column).map(cell -> cell instanceof None ? "" : PythonText.of(cell))
                            : Optional.empty();
        }

        private Optional<String> now() {
            return value(0, "Value");
        }
    }

    @Override
    public String name() {
        return "mysql_variables";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact()).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.said instanceof Said.Silent<List<MysqlRows.Given>> silent) {
            return new Plan.Refused(MysqlClient.sentence("look at the variable " + args.variable(), silent));
        }
        Optional<String> now = actual.now();
        if (now.isEmpty()) {
            return new Plan.Refused("Variable not available \"" + args.variable() + "\"");
        }
        boolean runs = args.mode() == Mode.PERSIST_ONLY || same(args.value().orElse(""), now.get());
        boolean kept = args.mode() == Mode.GLOBAL
                || actual.value(1, "v").filter(old -> same(args.value().orElse(""), old)).isPresent();
        if (args.value().isEmpty() || (runs && kept)) {
            return Plan.NOTHING;
        }
        Value row = MapValue.of("Variable_name", args.variable(), "Value", args.value().get());
        var given = new MysqlRows.Given(List.of(args.mode() == Mode.PERSIST_ONLY
                ? MapValue.of("Variable_name", args.variable(), "Value", now.get())
                : row), 1, 0);
        var then = args.mode() == Mode.GLOBAL
                ? List.of(given)
                : List.of(given, new MysqlRows.Given(List.of(MapValue.of("v", args.value().get())), 1, 0));
        return Plan.of(new Change(args.variable(),
                Diff.text(args.variable(), now.get() + "\n", args.value().get() + "\n"),
                List.of(new Action.Run(args.login().client().tell(args.statement()))),
                List.of(Effect.becomes(args.fact(), new Said.Answered<>(then)))));
    }

    /** As the server compares: ON is 1, and 1.0 too. */
    private static boolean same(String one, String other) {
        return canonical(one).equalsIgnoreCase(canonical(other));
    }

    private static String canonical(String text) {
        String word = text.toUpperCase(Locale.ROOT);
        String plain = word.equals("ON") || word.equals("TRUE") || word.equals("YES")
                ? "1"
                : word.equals("OFF") || word.equals("FALSE") || word.equals("NO") ? "0" : text;
        return plain.matches("-?\\d{1,30}(\\.\\d{1,30})?")
                ? new BigDecimal(plain).stripTrailingZeros().toPlainString()
                : plain;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<String> failed = MysqlClient.failure(applied.answers());
        if (failed.isPresent()) {
            return Verdict.failed(failed.get(), MapValue.EMPTY);
        }
        String now = before.now().orElse("");
        if (applied.changes().isEmpty()) {
            return Verdict.changed(false, MapValue.of("msg",
                    args.value().isEmpty() ? now : "Variable is already set to requested value."));
        }
        return Verdict.changed(true, MapValue.of("msg", "Variable change succeeded prev_value=" + now, "queries",
                List.of(args.statement().shown())));
    }
}
