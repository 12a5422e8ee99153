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
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code redis}: a Redis server's settings, role and content, through its own client on the node. */
@AutoService(AnyModule.class)
public final class RedisModule implements TaskModule<RedisModule.Args, RedisModule.State> {
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGTPE])(?:B|BYTES?)?");

    /** What is asked of the server. */
    public enum Command {
        CONFIG,
        FLUSH,
        REPLICA,
        SLAVE
    }

    /** What is emptied. */
    public enum FlushMode {
        ALL,
        DB
    }

    /** Whom the server follows. */
    public enum ReplicaMode {
        MASTER,
        SLAVE,
        REPLICA
    }

    @Doc(value = "Sets a Redis server's settings and role, or empties it. Settings last until the server ends.", collection = "community.general", oneByOne = true, neverSettles = "flush empties the server each time, as it is meant to", example = """
            - name: Let a hundred clients in
              community.general.redis:
                command: config
                name: maxclients
                value: 100
            """, returns = {
        "name: str: the setting", "value: str: its value"})
    public record Args(
            @Arg("config sets one setting, flush empties, replica and slave say whom the server follows.") Command command,
            @Arg("The setting.") Optional<String> name,
            @Arg("Its value.") Optional<String> value,
            @Arg(value = "What flush empties: everything, or one database.", fallback = "all") FlushMode flushMode,
            @Arg("The database to empty.") Optional<Integer> db,
            @Arg("The server to follow.") Optional<String> masterHost,
            @Arg("Its port.") Optional<Integer> masterPort,
            @Arg(value = "Whether the server follows another one.", aliases = "slave_mode", fallback = "replica") ReplicaMode replicaMode,
            @Arg(value = "Where the server listens, as the node sees it.", fallback = "localhost") String loginHost,
            @Arg(value = "Its port.", fallback = "6379") int loginPort,
            @Arg(value = "Who asks.", fallback = "") String loginUser,
            @Arg(value = "The password.", secret = true, fallback = "") String loginPassword,
            @Arg(value = "Whether the connection is encrypted.", fallback = "no") boolean tls,
            @Arg(value = "With tls: whether the server's certificate is checked.", fallback = "yes") boolean validateCerts,
            @Arg(value = "With tls: the authorities' certificates, a file on the node; those that the node trusts if not given.", nodePath = true) Optional<String> caCerts,
            @Arg(value = "With tls: the client's certificate, a file on the node.", nodePath = true) Optional<String> clientCertFile,
            @Arg(value = "With tls: the client's key, a file on the node.", nodePath = true) Optional<String> clientKeyFile) {

        /** What the server is given: sizes as it tells them, {@code 100MB} as 104857600. */
        private String wanted() {
            String given = value.orElse("");
            Matcher size = SIZE.matcher(given.strip().toUpperCase(Locale.ROOT));
            return size.matches()
                    ? new BigDecimal(size.group(1)).multiply(BigDecimal.TWO.pow(10 * " KMGTPE".indexOf(size.group(2))))
                            .setScale(0, RoundingMode.DOWN).toPlainString()
                    : given;
        }

        RedisFact.Login login() {
            return new RedisFact.Login(loginHost, loginPort, loginUser, loginPassword, encryption());
        }

        private List<String> encryption() {
            var words = new ArrayList<String>();
            if (tls) {
                words.add("--tls");
                if (!validateCerts) {
                    words.add("--insecure");
                }
                caCerts.ifPresent(file -> words.addAll(List.of("--cacert", file)));
                clientCertFile.ifPresent(file -> words.addAll(List.of("--cert", file)));
                clientKeyFile.ifPresent(file -> words.addAll(List.of("--key", file)));
            }
            return words;
        }
    }

    /** What the server says now, if the node has the client. */
    public record State(Optional<String> client, RedisFact.Said said) {}

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static RedisFact fact(Args args) {
        return new RedisFact(args.login(), switch (args.command()) {
            case CONFIG -> List.of("CONFIG", "GET", args.name().orElse(""));
            case FLUSH -> List.of("PING");
            case REPLICA, SLAVE -> List.of("INFO", "replication");
        });
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(new CommandFact("redis-cli")).and(Inquiry.of(fact(args)), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> wrong = wrong(args);
        if (wrong.isPresent()) {
            return Plan.mistake(wrong.get());
        }
        if (actual.client.isEmpty()) {
            return new Plan.Refused(new CommandFact("redis-cli").sentence("ask the Redis server", "redis-tools"));
        }
        RedisFact.Said said = actual.said;
        if (!said.trouble().isEmpty()) {
            return new Plan.Refused("unable to connect to database: " + said.trouble());
        }
        return switch (args.command()) {
            case CONFIG -> config(args, said);
            case FLUSH -> change(args, "content", args.flushMode() == FlushMode.ALL
                    ? List.of("FLUSHALL")
                    : List.of("-n", args.db().orElseThrow().toString(), "FLUSHDB"), Diff.NONE, said);
            case REPLICA, SLAVE -> role(args, said);
        };
    }

    private static Optional<String> wrong(Args args) {
        boolean follows = args.replicaMode() != ReplicaMode.MASTER;
        return switch (args.command()) {
            case CONFIG -> args.name().isEmpty() || args.value().isEmpty()
                    ? Optional.of("command is config but all of the following are missing: name, value")
                    : Optional.empty();
            case FLUSH -> args.flushMode() == FlushMode.DB && args.db().isEmpty()
                    ? Optional.of("In db mode the db number must be provided")
                    : Optional.empty();
            case REPLICA, SLAVE -> follows && args.masterHost().isEmpty()
                    ? Optional.of("In replica mode master host must be provided")
                    : follows && args.masterPort().isEmpty()
                            ? Optional.of("In replica mode master port must be provided")
                            : Optional.empty();
        };
    }

    private static Plan config(Args args, RedisFact.Said said) {
        String name = args.name().orElseThrow();
        String wanted = args.wanted();
        if (said.lines().size() < 2) {
            return new Plan.Refused("Tried to set " + name + ", but the Redis server has no setting of that name.");
        }
        String now = said.lines().get(1);
        return now.equals(wanted)
                ? Plan.NOTHING
                : change(args, name, List.of("CONFIG", "SET", name, wanted),
                        Diff.text(name, now + "\n", wanted + "\n"), new RedisFact.Said(List.of(name, wanted), ""));
    }

    private static Plan role(Args args, RedisFact.Said said) {
        boolean follows = said.value("role").equals("slave");
        String now = follows ? said.value("master_host") + " " + said.value("master_port") : "NO ONE";
        String wanted = args.replicaMode() == ReplicaMode.MASTER
                ? "NO ONE"
                : args.masterHost().orElseThrow() + " " + args.masterPort().orElseThrow();
        if (now.equals(wanted)) {
            return Plan.NOTHING;
        }
        String[] parts = wanted.split(" ", 2);
        List<String> after = wanted.equals("NO ONE")
                ? List.of("role:master")
                : List.of("role:slave", "master_host:" + parts[0], "master_port:" + parts[1]);
        return change(args, "role", List.of("SLAVEOF", parts[0], parts[1]),
                Diff.text("follows", now + "\n", wanted + "\n"), new RedisFact.Said(after, ""));
    }

    private static Plan change(Args args, String subject, List<String> words, Diff diff, RedisFact.Said after) {
        return Plan.of(new Change(subject, diff, List.of(new Action.Run(args.login().run(words))),
                List.of(Effect.becomes(fact(args), after))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = switch (args.command()) {
            case CONFIG -> MapValue.of("name", args.name().orElse(""), "value", args.wanted());
            case FLUSH -> args.flushMode() == FlushMode.ALL
                    ? MapValue.of("flushed", true)
                    : MapValue.of("flushed", true, "db", args.db().orElse(null));
            case REPLICA, SLAVE -> MapValue.of("mode", args.replicaMode() == ReplicaMode.MASTER
                    ? Value.text("master")
                    : MapValue.of("status", "replica", "master_host", args.masterHost().orElse(""), "master_port",
                            args.masterPort().orElse(null)));
        };
        Optional<String> failed = applied.answers().stream().<Answer>map(answer -> answer)
                .map(answer -> RedisFact.Said.of(answer).trouble()).filter(why -> !why.isEmpty()).findFirst();
        return failed.map(why -> Verdict.failed("unable to change the server: " + why, results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
