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
import bramble.modules.databases.MysqlAccount.Proof;
import bramble.modules.databases.MysqlAccountFact.Found;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code mysql_user}: accounts of a MySQL or MariaDB server and what they may do, through the client on the node. */
@AutoService(AnyModule.class)
public final class MysqlUserModule implements TaskModule<MysqlUserModule.Args, MysqlUserModule.State> {
    private static final Set<String> NEEDS = Set.of("SSL", "X509", "SUBJECT", "ISSUER", "CIPHER", "NONE");
    private static final Set<String> LIMITS = Set.of("MAX_QUERIES_PER_HOUR", "MAX_UPDATES_PER_HOUR",
            "MAX_CONNECTIONS_PER_HOUR", "MAX_USER_CONNECTIONS", "MAX_STATEMENT_TIME");

    /** What is to be true of the account. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** When a password is set. */
    public enum Update {
        ALWAYS,
        ON_CREATE,
        ON_NEW_USERNAME
    }

    @Doc(value = "Makes, changes and removes accounts of a MySQL or MariaDB server, through the client on the node.", collection = "community.mysql", example = """
            - name: Let the weather station write its own database
              community.mysql.mysql_user:
                name: weather
                password: "{{ weather_password }}"
                priv: "weather.*:SELECT,INSERT,UPDATE"
                login_unix_socket: /run/mysqld/mysqld.sock
            """, returns = {
        "user: str: the account's user", "msg: str: what was done",
        "password_changed: bool: whether the password, or another proof, was set"})
    public record Args(@Arg(value = "The user.", aliases = "user") String name,
            @Arg(value = "From where he comes.", fallback = "localhost") String host,
            @Arg(value = "Whether all accounts of that user are meant, wherever they come from.", fallback = "false") boolean hostAll,
            @Arg(value = "The password.", secret = true) Optional<String> password,
            @Arg(value = "Whether the password is the server's digest of it.", fallback = "false") boolean encrypted,
            @Arg("The plugin that lets him in, unix_socket say.") Optional<String> plugin,
            @Arg(value = "What the plugin compares with, as the server keeps it.", secret = true) Optional<String> pluginHashString,
            @Arg(value = "What the plugin is given; where the server keeps a digest that only it can make, it is set on creation and with a new plugin.", secret = true) Optional<String> pluginAuthString,
            @Arg("What he may do: db.table:SELECT,INSERT/db2.*:ALL, or a mapping of these; FUNCTION db.name and PROCEDURE db.name too.") Optional<Value> priv,
            @Arg(value = "Whether what else he may do stays.", fallback = "false") boolean appendPrivs,
            @Arg(value = "Whether he may no longer do what priv says.", fallback = "false") boolean subtractPrivs,
            @Arg(value = "Has no effect: columns that differ in case alone are the same one to the server.", fallback = "true") boolean columnCaseSensitive,
            @Arg("What his connections need: SSL or X509, or SUBJECT, ISSUER and CIPHER with a value.") Optional<MapValue> tlsRequires,
            @Arg("His share: MAX_QUERIES_PER_HOUR and the like, and a number; 0 is without limit.") Optional<MapValue> resourceLimits,
            @Arg("Whether he is kept out.") Optional<Boolean> locked,
            @Arg(value = "Whether the account is to be there or gone.", fallback = "present") Wanted state,
            @Arg(value = "When the password is set: always if it differs, or for a new account alone; on_new_username takes over that of his other accounts.", fallback = "always") Update updatePassword,
            @Arg(value = "Whether changes are written to the server's binary log.", fallback = "true") boolean sqlLogBin,
            @Arg(value = "Whether statements are said about the database mysql, as filters of replication want it.", fallback = "false") boolean forceContext,
            @Arg("Settings of the session, made first.") Optional<MapValue> sessionVars,
            @Arg(value = "Whether root without a password is tried first.", fallback = "false") boolean checkImplicitAdmin,
            MysqlLogin login) {

        public Args {
            if (appendPrivs && subtractPrivs) {
                throw new IllegalArgumentException("parameters are mutually exclusive: append_privs|subtract_privs");
            }
            plugin.filter(word -> !word.matches("\\w+")).ifPresent(word -> {
                throw new IllegalArgumentException("plugin is a word of letters, digits and _, not '" + word + "'");
            });
            if (encrypted && password.filter(hash -> !hash.matches("\\*[0-9A-Fa-f]{40}")).isPresent()) {
                throw new IllegalArgumentException(
                        "encrypted was specified however it does not appear to be a valid hash"
                                + " expecting: *SHA1(SHA1(your_password))");
            }
            if (password.isPresent() && plugin.isPresent()) {
                throw new IllegalArgumentException("parameters are mutually exclusive: password|plugin");
            }
            priv.ifPresent(Args::privileges);
            needs(tlsRequires);
            limits(resourceLimits);
        }

        private static MysqlPrivileges privileges(Value value) {
            if (value instanceof MapValue map) {
                Map<String, String> byObject = new LinkedHashMap<>();
                map.byName().forEach((object, rights) -> byObject.put(object, rights instanceof ListValue list
                        ? list.items().stream().map(PythonText::of).collect(Collectors.joining(","))
                        : PythonText.of(rights)));
                return MysqlPrivileges.wanted(byObject);
            }
            if (!(value instanceof Text(String text))) {
                throw new IllegalArgumentException(
                        "priv parameter must be str or dict but %s was passed".formatted(PythonText.of(value)));
            }
            return MysqlPrivileges.wanted(text);
        }

        Optional<MysqlPrivileges> privileges() {
            return priv.filter(value -> !(value instanceof Text(String text) && text.isBlank()))
                    .map(Args::privileges);
        }

        private static Map<String, String> needs(Optional<MapValue> given) {
            Map<String, String> needs = named(given, "tls_requires", NEEDS);
            needs.remove("NONE");
            boolean plain = needs.containsKey("SSL") || needs.containsKey("X509");
            if (plain && needs.size() > 1) {
                throw new IllegalArgumentException(
                        "tls_requires has SSL or X509 alone, or some of SUBJECT, ISSUER and CIPHER");
            }
            return needs;
        }

        Map<String, String> needs() {
            return needs(tlsRequires);
        }

        private static Map<String, String> limits(Optional<MapValue> given) {
            Map<String, String> limits = named(given, "resource_limits", LIMITS);
            limits.forEach((name, number) -> {
                if (!number.matches("\\d+(\\.\\d+)?")) {
                    throw new IllegalArgumentException(
                            "resource_limits: " + name + " is a number, not '" + number + "'");
                }
            });
            limits.replaceAll((_, number) -> MysqlAccount.number(number));
            return limits;
        }

        Map<String, String> limits() {
            return limits(resourceLimits);
        }

        private static Map<String, String> named(Optional<MapValue> given, String argument, Set<String> names) {
            Map<String, String> named = new TreeMap<>();
            given.ifPresent(map -> map.byName().forEach((name, value) -> {
                String upper = name.toUpperCase(Locale.ROOT);
                if (!names.contains(upper)) {
                    throw new IllegalArgumentException(
                            argument + " has no '" + name + "'; it takes " + String.join(", ", new TreeSet<>(names)));
                }
                named.put(upper, value instanceof Text || value instanceof Int || value instanceof bramble.value.Real
                        ? PythonText.of(value)
                        : "");
            }));
            return named;
        }

        /** For questions; what only changes need isn't in it, so that equal questions are equal. */
        MysqlClient asking() {
            return new MysqlClient(login, checkImplicitAdmin, false, false, "");
        }

        MysqlClient changing() {
            var first = new StringBuilder();
            sessionVars.ifPresent(map -> map.byName()
                    .forEach((name, value) -> first.append("SET SESSION ").append(MysqlClient.name(name)).append('=')
                            .append(switch (value) {
                                case Bool flag -> flag.value() ? "1" : "0";
                                case Int number -> PythonText.of(number);
                                default -> MysqlClient.text(PythonText.of(value));
                            }).append(";\n")));
            if (!sqlLogBin) {
                first.append("SET SESSION sql_log_bin=0;\n");
            }
            if (forceContext) {
                first.append("USE mysql;\n");
            }
            return new MysqlClient(login, checkImplicitAdmin, false, false, first.toString());
        }

        MysqlAccountFact fact(String from) {
            return new MysqlAccountFact(asking(), name, from);
        }
    }

    /** An account that is meant, as the server has it. */
    record Meant(MysqlAccountFact fact, Found found) {}

    /** How somebody is to prove who he is: the words for the server, and what it then keeps. */
    private record Credential(Sql clause, Proof kept, boolean comparable) {
        boolean met(MysqlAccount account) {
            return account.proofs().stream().anyMatch(proof -> proof.plugin().equals(kept.plugin())
                    && (!comparable || proof.string().equalsIgnoreCase(kept.string())));
        }
    }

    /** The accounts that are meant, and from where the user comes, where that matters. */
    public record State(Said<List<Meant>> accounts, Map<String, Proof> hosts) {}

    @Override
    public String name() {
        return "mysql_user";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var hosts = new MysqlHostsFact(args.asking(), args.name());
        if (args.hostAll()) {
            return Inquiry.of(hosts).then(known -> switch (known) {
                case Said.Silent<Map<String, Proof>>(Said.Why why, String words) ->
                    Inquiry.nothing(new State(new Said.Silent<>(why, words), Map.of()));
                case Said.Answered<Map<String, Proof>>(Map<String, Proof> from) -> Inquiry
                        .all(from.keySet().stream().map(host -> meant(args, host)).toList())
                        .map(all -> new State(joined(all), from));
            });
        }
        Inquiry<Said<List<Meant>>> one = meant(args, args.host());
        return args.updatePassword() == Update.ON_NEW_USERNAME
                ? one.and(Inquiry.of(hosts), (account, from) -> new State(account,
                        from instanceof Said.Answered<Map<String, Proof>>(Map<String, Proof> known) ? known : Map.of()))
                : one.map(account -> new State(account, Map.of()));
    }

    private static Inquiry<Said<List<Meant>>> meant(Args args, String host) {
        MysqlAccountFact fact = args.fact(host);
        return Inquiry.of(fact).map(said -> said.map(found -> List.of(new Meant(fact, found))));
    }

    private static Said<List<Meant>> joined(List<Said<List<Meant>>> answers) {
        Said<List<Meant>> all = new Said.Answered<>(List.of());
        for (Said<List<Meant>> answer : answers) {
            all = all.with(answer, (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
        }
        return all;
    }

    @Override
    public Plan plan(Args args, State actual) {
        return switch (actual.accounts) {
            case Said.Silent<List<Meant>> silent ->
                new Plan.Refused(MysqlClient.sentence("look after the account " + args.name(), silent));
            case Said.Answered<List<Meant>>(List<Meant> accounts) -> {
                if (args.state() == Wanted.ABSENT) {
                    yield Plan.of(accounts.stream().filter(one -> one.found().account().isPresent())
                            .map(one -> dropped(args, one)).toList());
                }
                if (accounts.isEmpty()) {
                    yield new Plan.Refused("host_all parameter cannot be used when adding a user");
                }
                Optional<String> unknown = unknown(args, accounts.getFirst().found());
                yield unknown.<Plan>map(Plan.Refused::new).orElseGet(() -> Plan.of(accounts.stream()
                        .flatMap(one -> changed(args, one, actual.hosts).stream()).toList()));
            }
        };
    }

    /** Whether a right is asked for that the server doesn't know. */
    private static Optional<String> unknown(Args args, Found found) {
        return args.subtractPrivs() || found.rights().isEmpty()
                ? Optional.empty()
                : args.privileges().stream().flatMap(rights -> rights.rights().values().stream()).flatMap(Set::stream)
                        .filter(right -> !right.is(MysqlPrivileges.EVERYTHING) && !right.is(MysqlPrivileges.GRANT)
                                && !found.rights().contains(right.name().replace('_', ' ')))
                        .findFirst()
                        .map(right -> "Error granting privileges, invalid priv string: " + right.word()
                                + " is no privilege that this server knows");
    }

    private static Change dropped(Args args, Meant meant) {
        MysqlAccount account = meant.found().account().orElseThrow();
        return new Change(meant.fact().named(), Diff.text(meant.fact().named(), text(account), ""),
                List.of(new Action.Run(args.changing().tell(Sql.of("DROP USER {}", meant.fact().named())))),
                List.of(Effect.becomes(meant.fact(), new Said.Answered<>(meant.found().with(Optional.empty())))));
    }

    /** The account as it is to be. */
    private static MysqlAccount wanted(Args args, Found found, Optional<Credential> credential) {
        MysqlAccount now = found.account()
                .orElse(new MysqlAccount(List.of(new Proof(MysqlAccount.NATIVE, "")), Map.of(),
                        Map.of(), false, new MysqlPrivileges(Map.of())));
        MysqlAccount after = credential.filter(given -> found.account().isEmpty() || !given.met(now))
                .map(given -> now.withProof(given.kept())).orElse(now);
        Map<String, String> limits = new TreeMap<>(now.limits());
        limits.putAll(args.limits());
        limits.values().removeIf("0"::equals);
        Optional<MysqlPrivileges> rights = args.privileges();
        return after.withRequires(args.needs()).withLimits(limits).withLocked(args.locked().orElse(now.locked()))
                .withPrivileges(rights.map(given -> args.appendPrivs()
                        ? now.privileges().with(given)
                        : args.subtractPrivs() ? now.privileges().without(given) : normal(given))
                        .orElse(now.privileges()));
    }

    /** Where all is allowed, the rest needs no word. */
    private static MysqlPrivileges normal(MysqlPrivileges given) {
        return new MysqlPrivileges(Map.of()).with(given);
    }

    private static Optional<Change> changed(Args args, Meant meant, Map<String, Proof> hosts) {
        Found found = meant.found();
        boolean fresh = found.account().isEmpty();
        Optional<Credential> credential = args.updatePassword() == Update.ALWAYS || fresh
                ? credential(args, found, hosts)
                : Optional.empty();
        MysqlAccount after = wanted(args, found, credential);
        if (found.account().filter(after::equals).isPresent()) {
            return Optional.empty();
        }
        MysqlAccount before = found.account().orElse(after.withRequires(Map.of()).withLimits(Map.of()).withLocked(false)
                .withPrivileges(new MysqlPrivileges(Map.of())));
        String name = meant.fact().named();
        boolean proof = fresh ? credential.isPresent() : !before.proofs().equals(after.proofs());
        Sql clauses = Sql.of("{}{}{}{}", proof ? Sql.of(" {}", credential.orElseThrow().clause()) : "",
                before.requires().equals(after.requires()) ? "" : " REQUIRE " + requirement(after.requires()),
                before.limits().equals(after.limits()) ? "" : " WITH" + limits(before.limits(), after.limits()),
                before.locked() == after.locked() ? "" : after.locked() ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK");
        var statements = new ArrayList<Sql>();
        if (fresh || !clauses.shown().isEmpty()) {
            statements.add(Sql.of("{} USER {}{}", fresh ? "CREATE" : "ALTER", name, clauses));
        }
        statements.addAll(after.privileges().from(before.privileges(), name));
        String shown = text(after);
        return Optional.of(new Change(name,
                Diff.text(name, fresh ? "" : text(before),
                        proof && !fresh ? shown.replaceFirst("\\*{8}", "******** (new)") : shown),
                List.of(new Action.Run(args.changing().tell(Sql.all(statements)))),
                List.of(Effect.becomes(meant.fact(), new Said.Answered<>(found.with(Optional.of(after)))))));
    }

    private static String requirement(Map<String, String> needs) {
        return needs.isEmpty()
                ? "NONE"
                : new TreeMap<>(needs).entrySet().stream()
                        .map(one -> one.getValue().isEmpty()
                                ? one.getKey()
                                : one.getKey() + " " + MysqlClient.text(one.getValue()))
                        .collect(Collectors.joining(" AND "));
    }

    private static String limits(Map<String, String> before, Map<String, String> after) {
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream().filter(name -> !after.getOrDefault(name, "0").equals(before.getOrDefault(name, "0")))
                .map(name -> " " + name + " " + after.getOrDefault(name, "0")).collect(Collectors.joining());
    }

    private static Optional<Credential> credential(Args args, Found found, Map<String, Proof> hosts) {
        Set<Proof> others = Set.copyOf(hosts.values());
        if (args.updatePassword() == Update.ON_NEW_USERNAME && others.size() == 1) {
            Proof same = others.iterator().next();
            return Optional.of(kept(found, same.plugin(), same.string()));
        }
        if (args.password().isPresent()) {
            String given = args.password().get();
            Proof kept = new Proof(MysqlAccount.NATIVE, args.encrypted() ? given : digest(given));
            String word = found.mariadb()
                    ? "IDENTIFIED BY " + (args.encrypted() ? "PASSWORD " : "")
                    : "IDENTIFIED WITH " + MysqlAccount.NATIVE + (args.encrypted() ? " AS " : " BY ");
            return Optional.of(new Credential(Sql.of("{}{}", word, MysqlClient.secret(given)), kept, true));
        }
        if (args.plugin().isEmpty()) {
            return Optional.empty();
        }
        String plugin = args.plugin().get();
        if (args.pluginHashString().isPresent()) {
            return Optional.of(kept(found, plugin, args.pluginHashString().get()));
        }
        String with = "IDENTIFIED " + (found.mariadb() ? "VIA " : "WITH ") + plugin;
        if (args.pluginAuthString().isEmpty()) {
            return Optional.of(new Credential(Sql.of("{}", with), new Proof(plugin, ""), false));
        }
        String given = args.pluginAuthString().get();
        boolean digested = plugin.equals("ed25519") || plugin.equals(MysqlAccount.NATIVE);
        Sql clause = found.mariadb()
                ? Sql.of(digested ? "{} USING PASSWORD({})" : "{} USING {}", with, MysqlClient.secret(given))
                : Sql.of("{} BY {}", with, MysqlClient.secret(given));
        Proof kept = new Proof(plugin, plugin.equals(MysqlAccount.NATIVE) ? digest(given) : given);
        return Optional.of(new Credential(clause, kept,
                plugin.equals(MysqlAccount.NATIVE) || (found.mariadb() && !digested) || plugin.endsWith("pam")));
    }

    /** The proof is given as the server keeps it. */
    private static Credential kept(Found found, String plugin, String string) {
        Sql using = string.isEmpty()
                ? Sql.of("")
                : Sql.of(" {} {}", found.mariadb() ? "USING" : "AS", MysqlClient.secret(string));
        return new Credential(Sql.of("IDENTIFIED {} {}{}", found.mariadb() ? "VIA" : "WITH", plugin, using),
                new Proof(plugin, string), true);
    }

    /** What the server keeps of a password: the SHA-1 of its SHA-1, in hexadecimal behind a star. */
    static String digest(String password) {
        if (password.isEmpty()) {
            return "";
        }
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] once = sha1.digest(password.getBytes(StandardCharsets.UTF_8));
            return "*" + HexFormat.of().withUpperCase().formatHex(sha1.digest(once));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MysqlAccount account) {
        return account.lines().stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        List<Meant> accounts = before.accounts instanceof Said.Answered<List<Meant>>(List<Meant> some)
                ? some
                : List.of();
        boolean fresh = accounts.stream().anyMatch(one -> one.found().account().isEmpty());
        boolean changed = !applied.changes().isEmpty();
        boolean proof = args.state() == Wanted.PRESENT
                && accounts.stream().anyMatch(one -> proofSet(args, one, before.hosts));
        String msg = args.state() == Wanted.ABSENT
                ? changed ? "User deleted" : "User doesn't exist"
                : !changed ? "User unchanged" : fresh ? "User added" : what(args, accounts, proof);
        MapValue results = MapValue.of("user", args.name(), "msg", msg, "password_changed", proof);
        return MysqlClient.failure(applied.answers()).map(why -> Verdict.failed(why, results))
                .orElseGet(() -> Verdict.changed(changed, results));
    }

    private static boolean proofSet(Args args, Meant one, Map<String, Proof> hosts) {
        boolean fresh = one.found().account().isEmpty();
        return (fresh || args.updatePassword() == Update.ALWAYS)
                && !(args.updatePassword() == Update.ON_NEW_USERNAME && Set.copyOf(hosts.values()).size() == 1)
                && credential(args, one.found(), hosts)
                        .filter(given -> fresh || !given.met(one.found().account().orElseThrow())).isPresent();
    }

    private static String what(Args args, List<Meant> accounts, boolean proof) {
        MysqlAccount now = accounts.getFirst().found().account().orElseThrow();
        if (!now.requires().equals(args.needs())) {
            return "TLS requires updated";
        }
        MysqlPrivileges after = wanted(args, accounts.getFirst().found(), Optional.empty()).privileges();
        if (after.equals(now.privileges())) {
            return proof ? "Password updated (new style)" : "User updated";
        }
        boolean only = after.rights().keySet().containsAll(now.privileges().rights().keySet())
                && now.privileges().rights().entrySet().stream()
                        .allMatch(one -> one.getValue().equals(after.on(one.getKey())));
        return only
                ? "New privileges granted"
                : "Privileges updated: granted " + list(after, now.privileges()) + ", revoked "
                        + list(now.privileges(), after);
    }

    /** The rights that the one has and the other hasn't. */
    private static String list(MysqlPrivileges one, MysqlPrivileges other) {
        return one.rights().entrySet().stream().flatMap(scope -> scope.getValue().stream()
                .filter(right -> !other.on(scope.getKey()).contains(right))).map(MysqlPrivileges.Right::word).sorted()
                .distinct().map(word -> "'" + word + "'").collect(Collectors.joining(", ", "[", "]"));
    }
}
