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
import bramble.modules.files.AboutPath;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Rights;
import bramble.modules.files.Written;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** {@code mysql_db}: databases of a MySQL or MariaDB server, through the client on the node. */
@AutoService(AnyModule.class)
public final class MysqlDbModule implements TaskModule<MysqlDbModule.Args, MysqlDbModule.State> {
    private static final List<String> ALL = List.of("all");
    private static final Rights.Wanted ANY = Rights.Wanted.mode(Optional.empty());

    /** What is to be true of the databases, or done with them. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        DUMP,
        IMPORT
    }

    @Doc(value = "Makes, removes, dumps and imports databases of a MySQL or MariaDB server, through the client on the node.", collection = "community.mysql", oneByOne = true, neverSettles = "dump and import do their work each time", example = """
            - name: Have a database for the weather station
              community.mysql.mysql_db:
                name: weather
                encoding: utf8mb4
                login_unix_socket: /run/mysqld/mysqld.sock
            """, returns = {
        "db: str: the databases' names, with blanks between them", "db_list: list: their names",
        "executed_commands: list: what was done, without passwords"})
    public record Args(
            @Arg(value = "The databases; all, for all of them, with dump and import.", aliases = "db") List<String> name,
            @Arg(value = "Whether they are to be there or gone, or are written to a file or read from it.", fallback = "present") Wanted state,
            @Arg(value = "How a new database sorts.", fallback = "") String collation,
            @Arg(value = "The characters' encoding of a new database, a dump or an import.", fallback = "") String encoding,
            @Arg(value = "The file on the node; packed if its name ends in .gz, .bz2, .xz or .zst.", nodePath = true) Optional<String> target,
            @Arg(value = "Whether a dump is one transaction.", fallback = "false") boolean singleTransaction,
            @Arg(value = "Whether big tables are dumped row by row.", fallback = "true") boolean quick,
            @Arg(value = "Tables that are left out of a dump, as database.table.", fallback = "[]") List<String> ignoreTables,
            @Arg(value = "Whether a dump has binary columns in hexadecimal.", fallback = "false") boolean hexBlob,
            @Arg(value = "Whether a dump or import goes on after an error.", fallback = "false") boolean force,
            @Arg(value = "1 to have a dump set up a replica, 2 to have it say how, 0 for neither.", fallback = "0") int masterData,
            @Arg(value = "Whether a dump locks no tables.", fallback = "false") boolean skipLockTables,
            @Arg("More arguments for mysqldump.") Optional<String> dumpExtraArgs,
            @Arg(value = "Where an import is done.", nodePath = true) Optional<String> chdir,
            @Arg(value = "Whether changes are written to the server's binary log.", fallback = "true") boolean sqlLogBin,
            @Arg(value = "Accepted; a shell is used where there is something to unpack.", fallback = "false") boolean useShell,
            @Arg(value = "Accepted; a dump that fails fails the task.", fallback = "false") boolean pipefail,
            @Arg(value = "Accepted; a password is taken as it is.", fallback = "false") boolean unsafeLoginPassword,
            @Arg(value = "Whether the configuration file alone is read.", fallback = "false") boolean restrictConfigFile,
            @Arg(value = "Whether root without a password is tried first.", fallback = "false") boolean checkImplicitAdmin,
            @Arg(value = "Whether the configuration file may say host and port.", fallback = "false") boolean configOverridesDefaults,
            MysqlLogin login) {

        public Args {
            name = List.copyOf(new LinkedHashSet<>(name));
            if (masterData < 0 || masterData > 2) {
                throw new IllegalArgumentException("value of master_data must be one of: 0, 1, 2, got: " + masterData);
            }
        }

        MysqlClient client() {
            return new MysqlClient(login, checkImplicitAdmin, configOverridesDefaults, restrictConfigFile,
                    sqlLogBin ? "" : "SET SESSION sql_log_bin=0;\n");
        }

        MysqlDatabasesFact fact() {
            return new MysqlDatabasesFact(
                    new MysqlClient(login, checkImplicitAdmin, configOverridesDefaults, restrictConfigFile, ""));
        }

        boolean all() {
            return name.equals(ALL);
        }

        boolean file() {
            return state == Wanted.DUMP || state == Wanted.IMPORT;
        }
    }

    /** The databases, and what is at the target. */
    public record State(Said<Set<String>> databases, Optional<PathState> target, Optional<Rights> rights) {}

    @Override
    public String name() {
        return "mysql_db";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (!args.file() || args.target().isEmpty()) {
            return Inquiry.of(args.fact()).map(known -> new State(known, Optional.empty(), Optional.empty()));
        }
        var path = new PathFact(args.target().get());
        var facts = new ArrayList<Fact<?>>(ANY.facts());
        facts.addAll(List.of(args.fact(), path));
        return Inquiry.ask(facts, known -> new State(known.get(args.fact()),
                Optional.of(known.get(path).followed()), Optional.of(ANY.on(known))));
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> wrong = wrong(args);
        if (wrong.isPresent()) {
            return Plan.mistake(wrong.get());
        }
        return switch (actual.databases) {
            case Said.Silent<Set<String>> silent ->
                new Plan.Refused(MysqlClient.sentence("look after databases", silent));
            case Said.Answered<Set<String>>(Set<String> there) -> switch (args.state()) {
                case PRESENT -> Plan.of(args.name().stream().filter(name -> !there.contains(name))
                        .map(name -> made(args, name, there)).toList());
                case ABSENT -> Plan.of(args.name().stream().filter(there::contains)
                        .map(name -> removed(args, name, there)).toList());
                case DUMP -> dumped(args, actual, there);
                case IMPORT -> imported(args, actual, there);
            };
        };
    }

    private static Optional<String> wrong(Args args) {
        boolean all = args.name().contains("all");
        if (all && !args.file()) {
            return Optional.of("name is not allowed to equal 'all' unless state equals import, or dump.");
        }
        if (all && args.name().size() > 1) {
            return Optional.of("name=all can't be given together with other names");
        }
        if (args.file() && args.target().isEmpty()) {
            return Optional.of("with state=" + args.state().name().toLowerCase(java.util.Locale.ROOT)
                    + " target is required");
        }
        return args.state() == Wanted.IMPORT && args.name().size() > 1
                ? Optional.of("Multiple databases are not supported with state=import")
                : args.name().stream().filter(name -> name.isEmpty() || name.length() > 64).findFirst()
                        .map(name -> "a database's name has 1 to 64 characters, not " + name.length() + ": '" + name
                                + "'");
    }

    private static Sql creation(Args args, String name) {
        String with = (args.encoding().isEmpty() ? "" : " CHARACTER SET " + MysqlClient.text(args.encoding()))
                + (args.collation().isEmpty() ? "" : " COLLATE " + MysqlClient.text(args.collation()));
        return Sql.of("CREATE DATABASE {}{}", MysqlClient.name(name), with);
    }

    private static Sql removal(String name) {
        return Sql.of("DROP DATABASE {}", MysqlClient.name(name));
    }

    private static Change made(Args args, String name, Set<String> there) {
        var after = new TreeSet<>(there);
        args.name().stream().takeWhile(one -> !one.equals(name)).forEach(after::add);
        after.add(name);
        return new Change(name, Diff.text(name, "", creation(args, name).shown() + "\n"),
                List.of(new Action.Run(args.client().tell(creation(args, name)))), effect(args, after));
    }

    private static Change removed(Args args, String name, Set<String> there) {
        var after = new TreeSet<>(there);
        args.name().stream().takeWhile(one -> !one.equals(name)).forEach(after::remove);
        after.remove(name);
        return new Change(name, Diff.text(name, "database " + MysqlClient.name(name) + "\n", ""),
                List.of(new Action.Run(args.client().tell(removal(name)))), effect(args, after));
    }

    private static List<Effect> effect(Args args, Set<String> after) {
        return List.of(Effect.becomes(args.fact(), new Said.Answered<>(Set.copyOf(after))));
    }

    private static Plan dumped(Args args, State actual, Set<String> there) {
        List<String> missing = args.all()
                ? List.of()
                : args.name().stream().filter(name -> !there.contains(name)).toList();
        String shown = args.target().orElseThrow();
        PathState target = actual.target.orElseThrow();
        if (!missing.isEmpty()) {
            return new Plan.Refused("Cannot dump database(s) '" + String.join(", ", missing) + "' - not found");
        }
        if (target instanceof PathState.Directory) {
            return new Plan.Refused("Tried to dump to " + shown + ", but it is a directory");
        }
        if (target instanceof PathState.Absent absent && !absent.hasParent()) {
            return new Plan.Refused("Tried to dump to " + shown + ", but the directory "
                    + NodePath.parent(NodePath.normal(shown)) + " does not exist");
        }
        Rights rights = actual.rights.orElseThrow();
        var attributes = rights.written(target);
        Inode then = Inode.made(attributes.mode().orElse(0666 & ~rights.me().umask()), rights.me(), target.real());
        if (target instanceof PathState.File(_, Inode old)) {
            then = then.withUser(old.user()).withGroup(old.group());
        }
        Sh dump = Sh.of("""
                {}exec 6>&1
                b_s=$({ { b_mysql 'mariadb-dump mysqldump' {}; echo $? >&5; } | {} >&6; } 5>&1)
                exec 6>&-
                return "$b_s\"""", args.client().options(), dumpWords(args), Sh.raw(packer(shown)));
        return Plan.of(new Change(shown,
                Diff.attributes(shown, MapValue.of("path", shown), MapValue.of("path", shown, "dump_of", args.name())),
                List.of(new Action.Make(library(dump, args), new Action.Write(target.real(), Content.none(),
                        attributes))),
                List.of(Effect.becomes(new PathFact(target.real()), new PathState.File(target.real(), then)),
                        new Effect.Unknown((fact, _) -> fact instanceof AboutPath<?> about
                                && about.path().equals(target.real()) && !(fact instanceof PathFact),
                                "it would be dumped by this run")),
                Written.refusal(target, attributes)));
    }

    /** With the functions that the client's scripts call. */
    private static Sh library(Sh script, Args args) {
        Sh whole = script;
        for (Sh.Library one : args.client().tell(Sql.of("")).libraries()) {
            whole = whole.using(one);
        }
        return whole;
    }

    private static List<String> dumpWords(Args args) {
        var words = new ArrayList<String>();
        if (args.force()) {
            words.add("--force");
        }
        if (args.singleTransaction()) {
            words.add("--single-transaction=true");
        }
        words.add(args.quick() ? "--quick" : "--skip-quick");
        if (!args.encoding().isEmpty()) {
            words.add("--default-character-set=" + args.encoding());
        }
        args.ignoreTables().forEach(table -> words.add("--ignore-table=" + table));
        if (args.hexBlob()) {
            words.add("--hex-blob");
        }
        if (args.masterData() > 0) {
            words.add("--master-data=" + args.masterData());
        }
        if (args.skipLockTables()) {
            words.add("--skip-lock-tables");
        }
        args.dumpExtraArgs().ifPresent(more -> words.addAll(ShellSplit.words(more)));
        if (args.all()) {
            words.add("--all-databases");
        } else {
            words.addAll(args.name().size() > 1 ? List.of("--databases", "--") : List.of("--"));
            words.addAll(args.name());
        }
        return words;
    }

    private static Plan imported(Args args, State actual, Set<String> there) {
        String shown = args.target().orElseThrow();
        PathState target = actual.target.orElseThrow();
        if (!(target instanceof PathState.File || target instanceof PathState.Other)) {
            return new Plan.Refused("target " + shown + (target.missing()
                    ? " does not exist on the host"
                    : " is a directory"));
        }
        var changes = new ArrayList<Change>();
        if (!args.all() && !there.contains(args.name().getFirst())) {
            changes.add(made(args, args.name().getFirst(), there));
        }
        Sh where = args.chdir().map(folder -> Sh.of("cd {} || exit\n", folder)).orElse(Sh.raw(""));
        Sh load = Sh.of("""
                {}{}b_t={}
                b_s=$({ { {} <"$b_t"; echo $? >&5; } | { b_mysql 'mariadb mysql' {} >/dev/null; echo $? >&5; }; } 5>&1)
                case $b_s in *[!0[:space:]]*) exit 1 ;; esac""", where, args.client().options(),
                rooted(target.real()), Sh.raw(unpacker(shown)), importWords(args));
        changes.add(new Change(shown, Diff.NONE, List.of(new Action.Run(library(load, args))),
                List.of(Effect.unbounded("the import of " + shown + " may do anything in the server"))));
        return Plan.of(changes);
    }

    private static String rooted(String path) {
        return path.startsWith("/") ? path : "./" + path;
    }

    private static List<String> importWords(Args args) {
        var words = new ArrayList<String>();
        if (args.force()) {
            words.add("--force");
        }
        if (!args.encoding().isEmpty()) {
            words.add("--default-character-set=" + args.encoding());
        }
        if (!args.sqlLogBin()) {
            words.add("--init-command=SET SESSION sql_log_bin=0");
        }
        if (!args.all()) {
            words.addAll(List.of("--one-database", "--", args.name().getFirst()));
        }
        return words;
    }

    private static String packer(String target) {
        return switch (ending(target)) {
            case "gz" -> "gzip -c";
            case "bz2" -> "bzip2 -c";
            case "xz" -> "xz -c";
            case "zst" -> "zstd -q -c";
            default -> "cat";
        };
    }

    private static String unpacker(String target) {
        return switch (ending(target)) {
            case "gz" -> "gzip -dc";
            case "bz2" -> "bzip2 -dc";
            case "xz" -> "xz -dc";
            case "zst" -> "zstd -q -dc";
            default -> "cat";
        };
    }

    private static String ending(String target) {
        return target.substring(target.lastIndexOf('.') + 1);
    }

    private static List<String> commands(Args args, State before) {
        if (!(before.databases instanceof Said.Answered<Set<String>>(Set<String> there))) {
            return List.of();
        }
        String target = args.target().orElse("");
        Stream<String> missing = args.all()
                ? Stream.of()
                : args.name().stream().filter(name -> !there.contains(name)).map(name -> creation(args, name).shown());
        return switch (args.state()) {
            case PRESENT -> missing.toList();
            case ABSENT -> args.name().stream().filter(there::contains).map(name -> removal(name).shown()).toList();
            case DUMP -> List.of("mysqldump " + Sh.of("{}", dumpWords(args))
                    + (packer(target).equals("cat") ? "" : " | " + packer(target)) + " > " + Sh.quote(target));
            case IMPORT -> Stream.concat(missing, Stream.of((unpacker(target).equals("cat")
                    ? ""
                    : unpacker(target) + " " + Sh.quote(target) + " | ") + "mysql " + Sh.of("{}", importWords(args))
                    + (unpacker(target).equals("cat") ? " < " + Sh.quote(target) : ""))).toList();
        };
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("db", String.join(" ", args.name()), "db_list", args.name(),
                "executed_commands", commands(args, before));
        Optional<String> failed = MysqlClient.failure(applied.answers());
        return failed.map(why -> Verdict.failed(why, results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(),
                        args.file() ? results.with("msg", "") : results));
    }
}
