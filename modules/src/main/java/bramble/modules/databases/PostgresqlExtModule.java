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
import bramble.modules.databases.PgExtensionFact.Extension;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code postgresql_ext}: extensions of a PostgreSQL database, through the client on the node. */
@AutoService(AnyModule.class)
public final class PostgresqlExtModule implements TaskModule<PostgresqlExtModule.Args, Said<Extension>> {
    private static final String LATEST = "latest";

    /** What is to be true of the extension. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    @Doc(value = "Adds, updates and removes extensions of a PostgreSQL database, through the client on the node.", collection = "community.postgresql", example = """
            - name: Let the weather station's database keep keys and values
              become: true
              become_user: postgres
              community.postgresql.postgresql_ext:
                name: hstore
                db: weather
            """, returns = {
        "ext: str: the extension", "db: str: the database", "queries: list: what was done"})
    public record Args(@Arg(value = "The extension.", aliases = "ext") String name,
            @Arg(value = "The database.", aliases = "login_db") String db,
            @Arg("The schema that it goes into.") Optional<String> schema,
            @Arg("Its version, or latest; unless given, the newest for a new one and any for one that is there.") Optional<String> version,
            @Arg(value = "Whether those that it needs are added, and those that need it removed.", fallback = "false") boolean cascade,
            @Arg(value = "Whether it is to be there or gone.", fallback = "present") Wanted state,
            PgLogin login) {

        PgExtensionFact fact() {
            return new PgExtensionFact(login.client(db), name);
        }
    }

    @Override
    public String name() {
        return "postgresql_ext";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Said<Extension>> inspect(Args args, Platform node) {
        return Inquiry.of(args.fact());
    }

    @Override
    public Plan plan(Args args, Said<Extension> actual) {
        return switch (actual) {
            case Said.Silent<Extension> silent -> new Plan.Refused(
                    args.login().client(args.db()).sentence("look after the extension " + args.name(), silent));
            case Said.Answered<Extension>(Extension now) -> {
                if (args.state() == Wanted.PRESENT && now.installed().isEmpty() && now.newest().isEmpty()) {
                    yield new Plan.Refused("Extension " + args.name() + " is not available");
                }
                Optional<String> wanted = args.version()
                        .map(version -> version.equals(LATEST) ? now.newest() : version);
                boolean known = wanted.isEmpty() || now.versions().contains(wanted.get());
                if (args.state() == Wanted.PRESENT && !known && !wanted.equals(Optional.of(now.installed()))) {
                    yield new Plan.Refused(
                            "Extension " + args.name() + " has no version " + wanted.get() + " here; there are: "
                                    + String.join(", ", now.versions()));
                }
                yield statement(args, now).<Plan>map(sql -> {
                    String after = args.state() == Wanted.ABSENT ? "" : wanted.orElse(now.newest());
                    return Plan.of(new Change(args.name(), Diff.text(args.name(), line(now.installed()), line(after)),
                            List.of(new Action.Run(args.login().client(args.db()).tell(sql))),
                            List.of(Effect.becomes(args.fact(),
                                    new Said.Answered<>(new Extension(after, now.newest(), now.versions()))),
                                    others(args))));
                }).orElse(Plan.NOTHING);
            }
        };
    }

    /** With those that hang together with it. */
    private static Effect others(Args args) {
        return new Effect.Unknown((fact, _) -> args.cascade() && fact instanceof PgExtensionFact other
                && !other.name().equals(args.name()) && other.client().same(args.fact().client()),
                "it may come or go with the extension " + args.name());
    }

    private static String line(String version) {
        return version.isEmpty() ? "" : version + "\n";
    }

    private static Optional<Sql> statement(Args args, Extension now) {
        String name = PgClient.name(args.name());
        String cascade = args.cascade() ? " CASCADE" : "";
        boolean there = !now.installed().isEmpty();
        if (args.state() == Wanted.ABSENT) {
            return there ? Optional.of(Sql.of("DROP EXTENSION {}{}", name, cascade)) : Optional.empty();
        }
        Optional<String> version = args.version();
        if (!there) {
            return Optional.of(Sql.of("CREATE EXTENSION {}{}{}{}", name,
                    args.schema().map(schema -> " WITH SCHEMA " + PgClient.name(schema)).orElse(""),
                    version.filter(one -> !one.equals(LATEST)).map(one -> " VERSION " + PgClient.text(one)).orElse(""),
                    cascade));
        }
        return version.filter(one -> !now.installed().equals(one.equals(LATEST) ? now.newest() : one))
                .map(one -> Sql.of("ALTER EXTENSION {} UPDATE{}", name,
                        one.equals(LATEST) ? "" : " TO " + PgClient.text(one)));
    }

    @Override
    public Verdict judge(Args args, Said<Extension> before, Applied<Said<Extension>> applied) {
        List<String> queries = before instanceof Said.Answered<Extension>(Extension now)
                ? statement(args, now).map(Sql::shown).stream().toList()
                : List.of();
        MapValue results = MapValue.of("ext", args.name(), "db", args.db(), "queries", queries);
        return PgClient.failure(applied.answers())
                .map(why -> Verdict.failed("Management of PostgreSQL extension failed: " + why, results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
