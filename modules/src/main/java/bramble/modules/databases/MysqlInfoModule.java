package bramble.modules.databases;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code mysql_info}: what a MySQL or MariaDB server is and has, through the client on the node. */
@AutoService(AnyModule.class)
public final class MysqlInfoModule implements TaskModule<MysqlInfoModule.Args, Said<List<MysqlRows.Given>>> {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)(?:-(.*))?");

    /** What may be asked for. */
    enum Topic {
        VERSION("SELECT VERSION() AS version"),
        DATABASES(
                "SELECT table_schema AS name, SUM(data_length + index_length) AS size FROM information_schema.TABLES GROUP BY table_schema"),
        SETTINGS("SHOW GLOBAL VARIABLES"),
        GLOBAL_STATUS("SHOW GLOBAL STATUS"),
        USERS("SELECT * FROM mysql.user"),
        ENGINES("SHOW ENGINES"),
        MASTER_STATUS("SHOW MASTER STATUS"),
        SLAVE_STATUS("SHOW SLAVE STATUS"),
        SLAVE_HOSTS("SHOW SLAVE HOSTS");

        private final String question;

        Topic(String question) {
            this.question = question;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Doc(value = "Tells what a MySQL or MariaDB server is and has, through the client on the node.", collection = "community.mysql", example = """
            - name: Which version is it?
              community.mysql.mysql_info:
                filter: [version, databases]
                login_unix_socket: /run/mysqld/mysqld.sock
              register: server
            """, returns = {
        "version: dict: full, major, minor, release, suffix",
        "databases: dict: by name, each with its size in bytes", "settings: dict: the global variables",
        "global_status: dict: the server's counters",
        "users: dict: by host, by name, what the server keeps of the user",
        "engines: dict: the ways to store tables, by name", "master_status: dict: where its binary log stands",
        "slave_status: dict: by host, port and user, whom it follows", "slave_hosts: dict: who follows it, by number"})
    public record Args(
            @Arg(value = "What is told: version, databases, settings, global_status, users, engines, master_status, slave_status, slave_hosts; all unless given, or all but those with an exclamation mark.", fallback = "[]") List<String> filter,
            @Arg(value = "db_size, to have databases without their sizes.", fallback = "[]") List<String> excludeFields,
            @Arg(value = "Whether databases without tables are told too.", fallback = "false") boolean returnEmptyDbs,
            @Arg("The database that is connected to.") Optional<String> loginDb, MysqlLogin login) {

        public Args {
            topics(filter);
        }

        private static Set<Topic> topics(List<String> filter) {
            Set<Topic> with = new LinkedHashSet<>();
            Set<Topic> without = new LinkedHashSet<>();
            for (String word : filter) {
                boolean not = word.strip().startsWith("!");
                String name = not ? word.strip().substring(1) : word.strip();
                Topic topic = Arrays.stream(Topic.values()).filter(one -> one.word().equals(name)).findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("filter: there is no " + name + ", only "
                                + String.join(", ", Arrays.stream(Topic.values()).map(Topic::word).toList())));
                (not ? without : with).add(topic);
            }
            Set<Topic> all = new LinkedHashSet<>(with.isEmpty() ? List.of(Topic.values()) : with);
            if (with.isEmpty()) {
                all.removeAll(without);
            }
            return all;
        }

        private MysqlRows fact() {
            var questions = new java.util.ArrayList<>(topics(filter).stream().map(topic -> topic.question).toList());
            questions.add("SHOW DATABASES");
            return new MysqlRows(login.client(),
                    loginDb.map(name -> List.of(MysqlRows.FORCE, "--database=" + name))
                            .orElse(List.of(MysqlRows.FORCE)),
                    questions);
        }
    }

    @Override
    public String name() {
        return "mysql_info";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Said<List<MysqlRows.Given>>> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact());
    }

    @Override
    public Plan plan(Args args, Said<List<MysqlRows.Given>> actual) {
        return actual instanceof Said.Silent<List<MysqlRows.Given>> silent
                ? new Plan.Refused(MysqlClient.sentence("look at the server", silent))
                : Plan.NOTHING;
    }

    @Override
    public Verdict judge(Args args, Said<List<MysqlRows.Given>> before,
            Applied<Said<List<MysqlRows.Given>>> applied) {
        MapValue told = MapValue.EMPTY;
        if (before instanceof Said.Answered<List<MysqlRows.Given>>(List<MysqlRows.Given> given)) {
            int i = 0;
            for (Topic topic : Args.topics(args.filter())) {
                List<MapValue> rows = rows(given.get(i++));
                told = told.with(topic.word(), topic(args, topic, rows, rows(given.getLast())));
            }
        }
        return Verdict.changed(false, told);
    }

    private static List<MapValue> rows(MysqlRows.Given given) {
        return given.rows().stream().filter(MapValue.class::isInstance).map(MapValue.class::cast).toList();
    }

    private static MapValue topic(Args args, Topic topic, List<MapValue> rows, List<MapValue> databases) {
        return switch (topic) {
            case VERSION -> version(text(rows.getFirst(), "version"));
            case DATABASES -> databases(args, rows, databases);
            case SETTINGS, GLOBAL_STATUS -> {
                MapValue all = MapValue.EMPTY;
                for (MapValue row : rows) {
                    all = all.with(text(row, "Variable_name"), row.get("Value").orElse(Value.text("")));
                }
                yield all;
            }
            case USERS -> {
                MapValue all = MapValue.EMPTY;
                for (MapValue row : rows) {
                    String host = text(row, "Host");
                    MapValue there = all.get(host).map(MapValue.class::cast).orElse(MapValue.EMPTY);
                    all = all.with(host, there.with(text(row, "User"),
                            without(row, "Host", "User", "Password", "authentication_string")));
                }
                yield all;
            }
            case ENGINES -> keyed(rows, "Engine");
            case MASTER_STATUS -> rows.isEmpty() ? MapValue.EMPTY : rows.getFirst();
            case SLAVE_STATUS -> {
                MapValue all = MapValue.EMPTY;
                for (MapValue row : rows) {
                    String host = text(row, "Master_Host");
                    MapValue ports = all.get(host).map(MapValue.class::cast).orElse(MapValue.EMPTY);
                    String port = text(row, "Master_Port");
                    MapValue users = ports.get(port).map(MapValue.class::cast).orElse(MapValue.EMPTY);
                    all = all.with(host, ports.with(port, users.with(text(row, "Master_User"),
                            without(row, "Master_Host", "Master_Port", "Master_User"))));
                }
                yield all;
            }
            case SLAVE_HOSTS -> keyed(rows, "Server_id");
        };
    }

    private static MapValue databases(Args args, List<MapValue> rows, List<MapValue> names) {
        boolean sizes = !args.excludeFields().contains("db_size");
        MapValue all = MapValue.EMPTY;
        for (MapValue row : rows) {
            all = all.with(text(row, "name"), sizes
                    ? MapValue.of("size", row.get("size").filter(Int.class::isInstance).orElse(Value.of(0)))
                    : MapValue.EMPTY);
        }
        for (MapValue row : args.returnEmptyDbs() ? names : List.<MapValue>of()) {
            String name = text(row, "Database");
            if (all.get(name).isEmpty()) {
                all = all.with(name, sizes ? MapValue.of("size", 0) : MapValue.EMPTY);
            }
        }
        return all;
    }

    private static MapValue version(String full) {
        Matcher matcher = VERSION.matcher(full);
        if (!matcher.find()) {
            return MapValue.of("full", full);
        }
        return MapValue.of("full", full, "major", Integer.parseInt(matcher.group(1)), "minor",
                Integer.parseInt(matcher.group(2)), "release", Integer.parseInt(matcher.group(3)), "suffix",
                Optional.ofNullable(matcher.group(4)).orElse(""));
    }

    private static MapValue keyed(List<MapValue> rows, String key) {
        MapValue all = MapValue.EMPTY;
        for (MapValue row : rows) {
            all = all.with(text(row, key), without(row, key));
        }
        return all;
    }

    private static MapValue without(MapValue row, String... keys) {
        MapValue rest = MapValue.EMPTY;
        for (var entry : row.byName().entrySet()) {
            if (!List.of(keys).contains(entry.getKey())) {
                rest = rest.with(entry.getKey(), entry.getValue());
            }
        }
        return rest;
    }

    private static String text(MapValue row, String column) {
        return row.get(column).map(PythonText::of).orElse("");
    }
}
