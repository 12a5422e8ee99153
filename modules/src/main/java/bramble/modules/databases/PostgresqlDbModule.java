package bramble.modules.databases;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.ShellSplit;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.databases.PgDatabaseFact.Database;
import bramble.modules.databases.PgDatabaseFact.Found;
import bramble.modules.files.AboutPath;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Rights;
import bramble.modules.files.Tried;
import bramble.modules.files.Written;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** {@code postgresql_db}: databases of a PostgreSQL server, through the client on the node. */
@AutoService(AnyModule.class)
public final class PostgresqlDbModule implements TaskModule<PostgresqlDbModule.Args, PostgresqlDbModule.State> {
    private static final Rights.Wanted ANY = Rights.Wanted.mode(Optional.empty());
    private static final int FORCED = 130000; // the version from which DROP DATABASE ends connections itself

    /** What is to be true of the database, or done with it. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        DUMP,
        RESTORE,
        RENAME
    }

    @Doc(value = "Makes, changes, renames, removes, dumps and restores databases of a PostgreSQL server, through the client on the node.", collection = "community.postgresql", oneByOne = true, neverSettles = "dump and restore do their work each time", example = """
            - name: Have a database for the weather station
              become: true
              become_user: postgres
              community.postgresql.postgresql_db:
                name: weather
                owner: weather
                encoding: UTF8
            """, returns = {
        "db: str: the database", "executed_commands: list: what was done"})
    public record Args(@Arg(value = "The database.", aliases = "db") String name,
            @Arg(value = "Whether it is to be there or gone, is written to a file or read from it, or gets the name in target.", fallback = "present") Wanted state,
            @Arg(value = "The role that owns it.", fallback = "") String owner,
            @Arg(value = "The database that a new one is a copy of.", fallback = "") String template,
            @Arg(value = "The characters' encoding of a new one.", fallback = "") String encoding,
            @Arg(value = "How a new one sorts.", fallback = "") String lcCollate,
            @Arg(value = "What a new one takes for letters.", fallback = "") String lcCtype,
            @Arg(value = "How many connections it takes at once; -1 for any number.", fallback = "") String connLimit,
            @Arg(value = "Where it is kept.", fallback = "") String tablespace,
            @Arg(value = "Whether connections to it are ended before it is removed.", fallback = "false") boolean force,
            @Arg(value = "The file of a dump on the node; the form follows from its end: .sql, .tar, .pgc, .dir, and .gz, .bz2, .xz for packed. With rename, the new name.", fallback = "") String target,
            @Arg(value = "More arguments for pg_dump, pg_restore or psql.", fallback = "") String targetOpts,
            @Arg("More arguments for pg_dump.") Optional<String> dumpExtraArgs,
            @Arg(value = "Where to log in for all but dump and restore.", fallback = "postgres") String maintenanceDb,
            PgLogin login) {

        public Args {
            if (!connLimit.matches("(-1|\\d+)?")) {
                throw new IllegalArgumentException(
                        "conn_limit is a number, or -1 for any number, not '" + connLimit + "'");
            }
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a database's name isn't empty");
            }
            if (state == Wanted.RENAME && (target.isEmpty() || target.equals(name))) {
                throw new IllegalArgumentException(target.isEmpty()
                        ? "The \"target\" option must be defined when the \"rename\" option is used."
                        : "The \"name/db\" option and the \"target\" option cannot be the same.");
            }
        }

        PgDatabaseFact fact(String database) {
            return new PgDatabaseFact(login.client(maintenanceDb), database);
        }

        String file() {
            return target.isEmpty() ? name + ".sql" : target;
        }

        boolean filed() {
            return state == Wanted.DUMP || state == Wanted.RESTORE;
        }
    }

    /** The database, the one of the new name, and what is at the target. */
    public record State(Said<Found> database, Optional<Said<Found>> other, Optional<PathState> target,
            Optional<Rights> rights) {}

    @Override
    public String name() {
        return "postgresql_db";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        PgDatabaseFact fact = args.fact(args.name());
        if (args.filed()) {
            var path = new PathFact(args.file());
            var facts = new ArrayList<Fact<?>>(ANY.facts());
            facts.addAll(List.of(fact, path));
            return Inquiry.ask(facts, known -> new State(known.get(fact), Optional.empty(),
                    Optional.of(known.get(path).followed()), Optional.of(ANY.on(known))));
        }
        Inquiry<Said<Found>> one = Inquiry.of(fact);
        return args.state() == Wanted.RENAME
                ? one.and(Inquiry.of(args.fact(args.target())), (database, other) -> new State(database,
                        Optional.of(other), Optional.empty(), Optional.empty()))
                : one.map(database -> new State(database, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Override
    public Plan plan(Args args, State actual) {
        return switch (actual.database) {
            case Said.Silent<Found> silent -> new Plan.Refused(args.login().client(args.maintenanceDb())
                    .sentence("look after the database " + args.name(), silent));
            case Said.Answered<Found>(Found found) -> switch (args.state()) {
                case PRESENT ->
                    found.database().map(now -> altered(args, found, now)).orElseGet(() -> made(args, found));
                case ABSENT -> found.database().map(_ -> removed(args, found)).orElse(Plan.NOTHING);
                case RENAME -> renamed(args, actual, found);
                case DUMP -> dumped(args, actual, found);
                case RESTORE -> restored(args, actual, found);
            };
        };
    }

    private static Plan change(Args args, Diff diff, List<Sql> statements, List<Effect> effects) {
        return Plan.of(new Change(args.name(), diff,
                List.of(new Action.Run(args.login().client(args.maintenanceDb()).tell(Sql.all(statements)))), effects));
    }

    private static Effect becomes(Args args, String name, Found found, Optional<Database> database) {
        return Effect.becomes(args.fact(name), new Said.Answered<>(found.with(database)));
    }

    private static Sql creation(Args args) {
        var text = new StringBuilder("CREATE DATABASE ").append(PgClient.name(args.name()));
        with(text, " OWNER ", args.owner(), PgClient::name);
        with(text, " TEMPLATE ", args.template(), PgClient::name);
        with(text, " ENCODING ", args.encoding(), PgClient::text);
        with(text, " TABLESPACE ", args.tablespace(), PgClient::name);
        with(text, " LC_COLLATE ", args.lcCollate(), PgClient::text);
        with(text, " LC_CTYPE ", args.lcCtype(), PgClient::text);
        with(text, " CONNECTION LIMIT ", args.connLimit(), limit -> limit);
        return Sql.of("{}", text);
    }

    private static void with(StringBuilder text, String word, String value, Function<String, String> quoted) {
        if (!value.isEmpty()) {
            text.append(word).append(quoted.apply(value));
        }
    }

    private static Plan made(Args args, Found found) {
        var after = new Database(args.owner().isEmpty() ? args.login().loginUser() : args.owner(), args.encoding(),
                args.lcCollate(), args.lcCtype(), args.connLimit().isEmpty() ? "-1" : args.connLimit(),
                args.tablespace().isEmpty() ? "pg_default" : args.tablespace());
        return change(args, Diff.text(args.name(), "", creation(args).shown() + "\n"), List.of(creation(args)),
                List.of(becomes(args, args.name(), found, Optional.of(after))));
    }

    private static Optional<String> fixed(Args args, Database now) {
        if (!args.encoding().isEmpty() && !plain(args.encoding()).equals(plain(now.encoding()))) {
            return Optional.of("Changing database encoding is not supported. Current encoding: " + now.encoding());
        }
        if (!args.lcCollate().isEmpty() && !args.lcCollate().equals(now.collate())) {
            return Optional.of("Changing LC_COLLATE is not supported. Current LC_COLLATE: " + now.collate());
        }
        return args.lcCtype().isEmpty() || args.lcCtype().equals(now.ctype())
                ? Optional.empty()
                : Optional.of("Changing LC_CTYPE is not supported. Current LC_CTYPE: " + now.ctype());
    }

    /** An encoding's name as the server compares it. */
    private static String plain(String encoding) {
        String plain = encoding.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return plain.equals("unicode") ? "utf8" : plain.replaceFirst("^iso88591$", "latin1");
    }

    private static List<Sql> alterations(Args args, Database now) {
        String alter = "ALTER DATABASE " + PgClient.name(args.name());
        var statements = new ArrayList<Sql>();
        if (!args.owner().isEmpty() && !args.owner().equals(now.owner())) {
            statements.add(Sql.of("{} OWNER TO {}", alter, PgClient.name(args.owner())));
        }
        if (!args.connLimit().isEmpty() && !args.connLimit().equals(now.limit())) {
            statements.add(Sql.of("{} CONNECTION LIMIT {}", alter, args.connLimit()));
        }
        if (!args.tablespace().isEmpty() && !args.tablespace().equals(now.tablespace())) {
            statements.add(Sql.of("{} SET TABLESPACE {}", alter, PgClient.name(args.tablespace())));
        }
        return statements;
    }

    private static Plan altered(Args args, Found found, Database now) {
        Optional<String> fixed = fixed(args, now);
        if (fixed.isPresent()) {
            return new Plan.Refused(fixed.get());
        }
        List<Sql> statements = alterations(args, now);
        var after = new Database(args.owner().isEmpty() ? now.owner() : args.owner(), now.encoding(), now.collate(),
                now.ctype(), args.connLimit().isEmpty() ? now.limit() : args.connLimit(),
                args.tablespace().isEmpty() ? now.tablespace() : args.tablespace());
        return statements.isEmpty()
                ? Plan.NOTHING
                : change(args, Diff.attributes(args.name(), told(now), told(after)), statements,
                        List.of(becomes(args, args.name(), found, Optional.of(after))));
    }

    private static MapValue told(Database database) {
        return MapValue.of("owner", database.owner(), "conn_limit", database.limit(), "tablespace",
                database.tablespace());
    }

    private static Sql removal(Args args) {
        return Sql.of("DROP DATABASE {}", PgClient.name(args.name()));
    }

    private static Plan removed(Args args, Found found) {
        boolean ends = args.force() && found.version() >= FORCED;
        var statements = new ArrayList<Sql>();
        if (args.force() && !ends) {
            statements.add(Sql.of("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
                    + " AND pid <> pg_backend_pid()", PgClient.text(args.name())));
        }
        statements.add(Sql.of("{}{}", removal(args), ends ? " WITH (FORCE)" : ""));
        return change(args, Diff.text(args.name(), "database " + PgClient.name(args.name()) + "\n", ""), statements,
                List.of(becomes(args, args.name(), found, Optional.empty())));
    }

    private static Sql renaming(Args args) {
        return Sql.of("ALTER DATABASE {} RENAME TO {}", PgClient.name(args.name()), PgClient.name(args.target()));
    }

    private static Plan renamed(Args args, State actual, Found found) {
        boolean other = actual.other.orElseThrow() instanceof Said.Answered<Found>(Found there)
                && there.database().isPresent();
        if (found.database().isEmpty()) {
            return other ? Plan.NOTHING : new Plan.Refused("The source and the target databases do not exist.");
        }
        return other
                ? new Plan.Refused("Both the source and the target databases exist.")
                : change(args, Diff.text("name", args.name() + "\n", args.target() + "\n"), List.of(renaming(args)),
                        List.of(becomes(args, args.target(), found, found.database()),
                                becomes(args, args.name(), found, Optional.empty())));
    }

    private static String packed(String file, String otherwise, String flag) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "gz" -> "gzip " + flag;
            case "bz2" -> "bzip2 " + flag;
            case "xz" -> "xz " + flag;
            default -> otherwise;
        };
    }

    private static List<String> words(String given) {
        return ShellSplit.words(given);
    }

    private static Plan dumped(Args args, State actual, Found found) {
        String shown = args.file();
        PathState target = actual.target.orElseThrow();
        boolean folder = shown.endsWith(".dir");
        if (found.database().isEmpty()) {
            return new Plan.Refused(
                    "Tried to dump the database " + args.name() + ", but the server has none of that name");
        }
        if (target instanceof PathState.Directory && !folder) {
            return new Plan.Refused("Tried to dump to " + shown + ", but it is a directory");
        }
        if (target instanceof PathState.Absent absent && !absent.hasParent()) {
            return new Plan.Refused("Tried to dump to " + shown + ", but the directory "
                    + NodePath.parent(NodePath.normal(shown)) + " does not exist");
        }
        var diff = Diff.attributes(shown, MapValue.of("path", shown),
                MapValue.of("path", shown, "dump_of", args.name()));
        String real = target.real();
        Effect unknown = new Effect.Unknown((fact, _) -> fact instanceof AboutPath<?> about
                && (about.path().equals(real) || NodePath.below(about.path(), real)), "it would be dumped by this run");
        if (folder) {
            String beside = real + ".bramble";
            Sh dump = Sh.of("""
                    {}rm -rf {} &&
                    {} && rm -rf {} && mv {} {} || { b_s=$?; rm -rf {}; exit "$b_s"; }""",
                    args.login().client(args.name()).options(), beside,
                    PgClient.program("pg_dump", dumpWords(args, List.of("--format=d", "--file=" + beside))), real,
                    beside, real, beside);
            return Plan.of(new Change(shown, diff, List.of(new Action.Run(dump)), List.of(unknown),
                    target.closed() ? Optional.of(Tried.denied("write " + real)) : Optional.empty()));
        }
        Rights rights = actual.rights.orElseThrow();
        var attributes = rights.written(target);
        Inode then = Inode.made(attributes.mode().orElse(0666 & ~rights.me().umask()), rights.me(), real);
        if (target instanceof PathState.File(_, Inode old)) {
            then = then.withUser(old.user()).withGroup(old.group());
        }
        List<String> form = shown.endsWith(".tar")
                ? List.of("--format=t")
                : shown.endsWith(".pgc") ? List.of("--format=c") : List.of();
        Sh dump = Sh.of("""
                {}exec 6>&1
                b_s=$({ { {}; echo $? >&5; } | {} >&6; } 5>&1)
                exec 6>&-
                return "$b_s\"""", args.login().client(args.name()).options(),
                PgClient.program("pg_dump", dumpWords(args, form)), Sh.raw(packed(shown, "cat", "-c")));
        return Plan.of(new Change(shown, diff,
                List.of(new Action.Make(dump, new Action.Write(real, Content.none(), attributes))),
                List.of(Effect.becomes(new PathFact(real), new PathState.File(real, then)),
                        new Effect.Unknown((fact, _) -> fact instanceof AboutPath<?> about && about.path().equals(real)
                                && !(fact instanceof PathFact), "it would be dumped by this run")),
                Written.refusal(target, attributes)));
    }

    private static List<String> dumpWords(Args args, List<String> form) {
        var words = new ArrayList<>(form);
        args.dumpExtraArgs().ifPresent(more -> words.addAll(words(more)));
        words.addAll(words(args.targetOpts()));
        return words;
    }

    private static boolean archive(String file) {
        return file.endsWith(".tar") || file.endsWith(".pgc") || file.endsWith(".dir");
    }

    private static Plan restored(Args args, State actual, Found found) {
        String shown = args.file();
        PathState target = actual.target.orElseThrow();
        boolean folder = shown.endsWith(".dir");
        if (found.database().isEmpty()) {
            return new Plan.Refused("Tried to restore the database " + args.name()
                    + ", but the server has none of that name: it is to be made first, with state: present");
        }
        if (target.missing() || (target instanceof PathState.Directory) != folder) {
            return new Plan.Refused("target " + shown + (target.missing()
                    ? " does not exist on the host"
                    : folder ? " is no directory" : " is a directory"));
        }
        String real = target.real().startsWith("/") ? target.real() : "./" + target.real();
        var words = new ArrayList<>(words(args.targetOpts()));
        Sh restore;
        if (archive(shown)) {
            words.addFirst("--dbname=service=b");
            if (folder) {
                words.add(real);
            }
            restore = folder
                    ? PgClient.program("pg_restore", words)
                    : Sh.of("{} <{}", PgClient.program("pg_restore", words), real);
        } else {
            words.addFirst("-q");
            restore = Sh.of("{} <{} | {}", Sh.raw(packed(shown, "cat", "-dc")), real,
                    PgClient.program("psql", words));
        }
        return Plan.of(new Change(args.name(), Diff.NONE,
                List.of(new Action.Run(Sh.of("{}{}", args.login().client(args.name()).options(), restore))),
                List.of(Effect
                        .unbounded("the restore of " + shown + " may do anything in the database " + args.name()))));
    }

    private static List<String> commands(Args args, State before) {
        if (!(before.database instanceof Said.Answered<Found>(Found found))) {
            return List.of();
        }
        return switch (args.state()) {
            case PRESENT -> found.database().map(now -> alterations(args, now).stream().map(Sql::shown).toList())
                    .orElse(List.of(creation(args).shown()));
            case ABSENT -> found.database().map(_ -> List.of(removal(args).shown())).orElse(List.of());
            case RENAME -> found.database().map(_ -> List.of(renaming(args).shown())).orElse(List.of());
            case DUMP -> List.of(dumping(args));
            case RESTORE -> List.of();
        };
    }

    /** The command of a dump, as one would type it. */
    private static String dumping(Args args) {
        var words = new ArrayList<>(List.of("pg_dump", args.name()));
        words.addAll(dumpWords(args, args.target().endsWith(".dir") ? List.of("--format=d") : List.of()));
        String packer = packed(args.file(), "", "-c");
        return Sh.of("{}", words) + (packer.isEmpty() ? "" : " | " + packer) + " > " + Sh.of("{}", args.file());
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("db", args.name(), "executed_commands", commands(args, before));
        if (args.state() == Wanted.DUMP) {
            results = results.with("cmd", dumping(args));
        }
        if (args.filed() && !applied.answers().isEmpty()) {
            Answer answer = applied.answers().getFirst();
            results = results.with("rc", answer.status()).with("stdout", answer.text().strip())
                    .with("stderr", answer.errors().strip()).with("msg", answer.errors().strip());
        }
        MapValue told = results;
        return PgClient.failure(applied.answers())
                .map(why -> Verdict.failed(args.filed() ? why : "Database query failed: " + why, told))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), told));
    }
}
