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
import bramble.modules.databases.PgAclFact.Found;
import bramble.modules.databases.PgAclFact.Held;
import bramble.modules.databases.PgAclFact.Kind;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code postgresql_privs}: who may do what on a PostgreSQL server, through the client on the node. */
@AutoService(AnyModule.class)
public final class PostgresqlPrivsModule implements TaskModule<PostgresqlPrivsModule.Args, Said<Found>> {
    private static final String TYPES = "TYPES"; // the word for new types
    private static final String ALL_IN_SCHEMA = "ALL_IN_SCHEMA";
    private static final String MEMBER = "MEMBER";

    /** Whether roles are to have the rights. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** What the rights are about. */
    public enum Type {
        DATABASE,
        DEFAULT_PRIVS,
        FOREIGN_DATA_WRAPPER,
        FOREIGN_SERVER,
        FUNCTION,
        GROUP,
        LANGUAGE,
        TABLE,
        TABLESPACE,
        SCHEMA,
        SEQUENCE,
        TYPE,
        PROCEDURE
    }

    @Doc(value = "Gives and takes rights on tables, schemas and other things of a PostgreSQL server, through the client on the node.", collection = "community.postgresql", example = """
            - name: Let the dashboard read
              become: true
              become_user: postgres
              community.postgresql.postgresql_privs:
                database: weather
                privs: SELECT
                objs: ALL_IN_SCHEMA
                roles: dashboard
            """, returns = {
        "queries: list: what was done"})
    public record Args(@Arg(value = "The database.", aliases = {
        "db", "login_db"}) String database,
            @Arg(value = "Who gets them, with commas; PUBLIC for all.", aliases = "role") String roles,
            @Arg(value = "The rights, with commas; ALL for all that there are.", aliases = "priv") Optional<String> privs,
            @Arg(value = "What they are about.", fallback = "table") Type type,
            @Arg(value = "The things, with commas; ALL_IN_SCHEMA for all in the schema; of functions with their arguments, colons between them; of default_privs TABLES, SEQUENCES, FUNCTIONS, TYPES, SCHEMAS, or ALL_DEFAULT.", aliases = "obj") Optional<String> objs,
            @Arg("The schema that they are in, public unless given; not-specified for none.") Optional<String> schema,
            @Arg(value = "Whether they are to have them or not.", fallback = "present") Wanted state,
            @Arg(value = "Whether they may give them to others; as it is unless given.", aliases = "admin_option") Optional<Boolean> grantOption,
            @Arg("Of default_privs, whose new things they are about, with commas.") Optional<String> targetRoles,
            @Arg(value = "Whether a role that isn't there is a failure.", fallback = "true") boolean failOnRole,
            @Arg(value = "Whether who gets default_privs gets USAGE of new types, too.", fallback = "true") boolean usageOnTypes,
            PgLogin login){

        public Args {
            if (type == Type.GROUP ? privs.isPresent() || objs.isEmpty() : privs.isEmpty()) {
                throw new IllegalArgumentException(type == Type.GROUP
                        ? "with type group, objs names the groups, and there are no privs"
                        : "privs is required, unless type is group");
            }
            if (objs.isEmpty() && type != Type.DATABASE) {
                throw new IllegalArgumentException("objs is required, unless type is database");
            }
            if (schema.isPresent() && !kind(type).inSchema()) {
                throw new IllegalArgumentException("schema may be given only if type is one of: table, sequence, "
                        + "function, procedure, type, default_privs");
            }
            if (targetRoles.isPresent() && type != Type.DEFAULT_PRIVS) {
                throw new IllegalArgumentException("target_roles may be given only if type is default_privs");
            }
            if (type == Type.DEFAULT_PRIVS) {
                words(objs.orElse("")).forEach(word -> {
                    if (PgAclFact.made(word).isEmpty() && !word.equals("ALL_DEFAULT")) {
                        throw new IllegalArgumentException("Object types must be one of: TABLES, SEQUENCES, FUNCTIONS, "
                                + "TYPES, SCHEMAS, ALL_DEFAULT, not " + word);
                    }
                });
            }
        }

        private static Kind kind(Type type) {
            return Kind.valueOf(type.name());
        }

        private Kind kind() {
            return kind(type);
        }

        private static List<String> words(String text) {
            return SqlText.of(text).split(',').stream().map(String::strip).filter(word -> !word.isEmpty()).toList();
        }

        private List<String> names() {
            String text = objs.orElse(database);
            if (text.equals(ALL_IN_SCHEMA)) {
                return List.of();
            }
            return type == Type.DEFAULT_PRIVS && text.equals("ALL_DEFAULT")
                    ? List.of("TABLES", "SEQUENCES", "TYPES", "FUNCTIONS")
                    : words(text);
        }

        /** Whether rights of new types come along with others. */
        private boolean typesToo() {
            return type == Type.DEFAULT_PRIVS && usageOnTypes && state == Wanted.PRESENT && !names().contains(TYPES);
        }

        private List<String> who() {
            return words(roles);
        }

        private List<String> makers() {
            return targetRoles.map(Args::words).orElse(List.of());
        }

        private PgAclFact fact() {
            String place = kind().inSchema() ? schema.orElse("public") : "";
            List<String> names = typesToo()
                    ? Stream.concat(names().stream(), Stream.of(TYPES)).toList()
                    : names();
            return new PgAclFact(login.client(database), kind(), place.equals("not-specified") ? "" : place, names,
                    makers(), who());
        }

        /** The rights on that object; or what is wrong with them. */
        private Set<String> rights(String object) {
            if (type == Type.GROUP) {
                return Set.of(MEMBER);
            }
            if (typesToo() && object.equals(TYPES)) {
                return Set.of("USAGE");
            }
            List<String> known = type == Type.DEFAULT_PRIVS
                    ? PgAclFact.made(object).orElseThrow().rights()
                    : kind().rights();
            Set<String> rights = new LinkedHashSet<>();
            for (String word : words(privs.orElse("").toUpperCase(Locale.ROOT))) {
                String right = word.equals("TEMP") ? "TEMPORARY" : word.replaceFirst("^ALL PRIVILEGES$", "ALL");
                if (!right.equals("ALL") && !known.contains(right)) {
                    throw new IllegalArgumentException("Invalid privileges specified: " + word + " (it is one of "
                            + String.join(", ", known) + ", ALL)");
                }
                rights.addAll(right.equals("ALL") ? known : List.of(right));
            }
            return rights;
        }
    }

    @Override
    public String name() {
        return "postgresql_privs";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Said<Found>> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact());
    }

    /** One right that is given or taken: a statement, and what the server has then. */
    private record Step(Sql statement, List<Held> gone, List<Held> come) {}

    @Override
    public Plan plan(Args args, Said<Found> actual) {
        return switch (actual) {
            case Said.Silent<Found> silent ->
                new Plan.Refused(args.fact().client().sentence("look after rights", silent));
            case Said.Answered<Found>(Found found) -> {
                List<String> strangers = strangers(args, found);
                if (args.failOnRole() && !strangers.isEmpty()) {
                    yield new Plan.Refused("Role '" + String.join("', '", strangers) + "' does not exist");
                }
                if (!found.lost().isEmpty()) {
                    yield new Plan.Refused("the " + args.kind().word().toLowerCase(Locale.ROOT) + " \""
                            + String.join("\", \"", found.lost()) + "\" does not exist");
                }
                try {
                    List<Step> steps = steps(args, found);
                    yield steps.isEmpty() ? Plan.NOTHING : Plan.of(change(args, found, steps));
                } catch (IllegalArgumentException e) {
                    yield new Plan.Refused(String.valueOf(e.getMessage()));
                }
            }
        };
    }

    private static List<String> strangers(Args args, Found found) {
        return args.who().stream().filter(role -> !role.equals("PUBLIC") && !found.roles().contains(role)).toList();
    }

    private static Change change(Args args, Found found, List<Step> steps) {
        Set<Held> after = new TreeSet<>(found.held());
        steps.forEach(step -> {
            step.gone().forEach(after::remove);
            after.addAll(step.come());
        });
        String diff = steps.stream().map(step -> step.statement().shown() + "\n").collect(Collectors.joining());
        return new Change(args.database(), Diff.text(args.database(), "", diff),
                List.of(new Action.Run(args.fact().client().tell(
                        Sql.all(steps.stream().map(Step::statement).toList())))),
                List.of(Effect.becomes(args.fact(), new Said.Answered<>(found.with(after)))));
    }

    private static List<Step> steps(Args args, Found found) {
        var steps = new ArrayList<Step>();
        List<String> makers = args.type() != Type.DEFAULT_PRIVS
                ? List.of("")
                : args.makers().isEmpty() ? List.of(found.me()) : args.makers();
        List<String> strangers = strangers(args, found);
        for (String maker : makers) {
            for (String object : found.objects()) {
                Set<String> rights = args.rights(object);
                for (String role : args.who()) {
                    if (!strangers.contains(role)) {
                        steps(args, found, new Held(object, maker, role, "", false), rights, steps);
                    }
                }
            }
        }
        return steps;
    }

    /** @param what whose right on what it is */
    private static void steps(Args args, Found found, Held what, Set<String> rights, List<Step> steps) {
        List<Held> mine = found.held().stream().filter(held -> held.object().equals(what.object())
                && held.maker().equals(what.maker()) && held.role().equals(what.role())
                && rights.contains(held.right())).sorted().toList();
        if (args.state() == Wanted.ABSENT) {
            if (!mine.isEmpty()) {
                steps.add(new Step(statement(args, what, "REVOKE", names(mine), false), mine, List.of()));
            }
            return;
        }
        boolean passing = args.grantOption().orElse(false);
        List<String> missing = rights.stream().filter(right -> mine.stream()
                .noneMatch(held -> held.right().equals(right) && (held.grantable() || !passing))).toList();
        if (!missing.isEmpty()) {
            steps.add(new Step(statement(args, what, "GRANT", missing, passing),
                    mine.stream().filter(held -> missing.contains(held.right())).toList(), missing.stream()
                            .map(right -> new Held(what.object(), what.maker(), what.role(), right, passing))
                            .toList()));
        }
        List<Held> passed = mine.stream().filter(Held::grantable).toList();
        if (args.grantOption().isPresent() && !passing && !passed.isEmpty()) {
            steps.add(new Step(statement(args, what, "REVOKE", names(passed), true), passed, passed.stream()
                    .map(held -> new Held(held.object(), held.maker(), held.role(), held.right(), false)).toList()));
        }
    }

    private static List<String> names(List<Held> held) {
        return held.stream().map(Held::right).distinct().toList();
    }

    /** @param option whether it is about giving the rights to others */
    private static Sql statement(Args args, Held what, String verb, List<String> rights, boolean option) {
        boolean group = args.type() == Type.GROUP;
        boolean grants = verb.equals("GRANT");
        String passing = group ? "ADMIN OPTION" : "GRANT OPTION";
        String role = what.role().equals("PUBLIC") ? "PUBLIC" : PgClient.name(what.role());
        String start = args.type() == Type.DEFAULT_PRIVS
                ? "ALTER DEFAULT PRIVILEGES FOR ROLE " + PgClient.name(what.maker())
                        + (args.fact().schema().isEmpty() ? "" : " IN SCHEMA " + PgClient.name(args.fact().schema()))
                        + " "
                : "";
        String object = group
                ? what.object()
                : String.join(", ", rights) + " ON "
                        + (args.type() == Type.DEFAULT_PRIVS ? "" : args.kind().word() + " ") + what.object();
        return Sql.of("{}{} {}{} {} {}{}", start, verb, !grants && option ? passing + " FOR " : "", object,
                grants ? "TO" : "FROM", role, grants && option ? " WITH " + passing : "");
    }

    @Override
    public Verdict judge(Args args, Said<Found> before, Applied<Said<Found>> applied) {
        MapValue told = MapValue.EMPTY;
        if (before instanceof Said.Answered<Found>(Found found)) {
            told = told.with("queries", steps(args, found).stream().map(step -> step.statement().shown()).toList());
            List<String> strangers = strangers(args, found);
            if (!strangers.isEmpty()) {
                told = told.with("warnings",
                        strangers.stream().map(role -> "Role '" + role + "' does not exist").toList());
            }
        }
        Optional<String> failed = PgClient.failure(applied.answers());
        return new Verdict(!applied.changes().isEmpty() && failed.isEmpty(), failed, told);
    }
}
