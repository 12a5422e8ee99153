package bramble.connection;

import bramble.connection.SshConfigFile.Line;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The user's and the system's settings for ssh, as man ssh_config describes them: for each setting, the first value that
 * applies to a host counts. Tells for a host where to go, as whom, and how.
 *
 * <p>What isn't honoured: {@code Match exec} (nothing is run to find out where to go), {@code Match localnetwork} and
 * {@code tagged}, canonical names, and all settings that only matter to a terminal, to forwarding or to algorithms.
 */
public final class SshConfig {
    private static final Set<String> COLLECTED = Set.of("identityfile", "certificatefile");
    private static final Set<String> NO_MATCH = Set.of("exec", "localnetwork", "tagged", "version", "sessiontype",
            "command");
    private static final Pattern JUMP = Pattern
            .compile("(?:ssh://)?(?:(?<user>[^@]+)@)?(?<host>\\[[^]]+]|[^:@]+)(?::(?<port>\\d{1,5}))?/?");
    private static final int MOST_JUMPS = 8;

    private final Path home;
    private final String localUser;
    private final Map<String, String> environment;
    private final SshConfigFile format;
    private final List<List<Line>> files;

    /**
     * What the inventory and the command line say; that counts before any file does.
     *
     * @param host the name or address to go to
     * @param keys private keys
     * @param arguments further arguments as for the ssh command: {@code -o}, {@code -i}, {@code -p}, {@code -l}, {@code -J},
     *                  {@code -F}
     */
    public record Wanted(String host, Optional<String> user, OptionalInt port, Optional<Password> password,
            List<Path> keys,
            Optional<Password> passphrase, Optional<SshTarget.Checking> checking, Optional<Duration> timeout,
            List<String> arguments) {
        /** A host, and nothing more. */
        public static Wanted host(String host) {
            return new Wanted(host, Optional.empty(), OptionalInt.empty(), Optional.empty(), List.of(),
                    Optional.empty(),
                    Optional.empty(), Optional.empty(), List.of());
        }
    }

    private SshConfig(Path home, String localUser, Map<String, String> environment, SshConfigFile format,
            List<List<Line>> files) {
        this.home = home;
        this.localUser = localUser;
        this.environment = environment;
        this.format = format;
        this.files = files;
    }

    /** The settings of the user who runs Bramble, and of this machine. */
    public static SshConfig ofThisMachine() {
        return read(Path.of(System.getProperty("user.home")), Path.of("/etc/ssh"), System.getProperty("user.name"),
                System.getenv());
    }

    /** The settings in {@code .ssh/config} below the home folder, then those in the system's {@code ssh_config}. */
    public static SshConfig read(Path home, Path system, String localUser, Map<String, String> environment) {
        var ofUser = new SshConfigFile(home, home.resolve(".ssh"));
        var ofSystem = new SshConfigFile(home, system);
        return new SshConfig(home, localUser, environment, ofUser, List.of(
                ofUser.read(home.resolve(".ssh/config")), ofSystem.read(system.resolve("ssh_config"))));
    }

    /** What is wrong without standing in the way: conditions that are never taken to hold. */
    public List<Problem> warnings() {
        var warnings = new LinkedHashSet<Problem>();
        files.forEach(lines -> warn(lines, warnings));
        return List.copyOf(warnings);
    }

    private static void warn(List<Line> lines, Set<Problem> warnings) {
        for (Line line : lines) {
            warn(line.included(), warnings);
            if (line.keyword().equals("match")) {
                line.words().stream().map(word -> word.replaceFirst("^!", "").toLowerCase(Locale.ROOT))
                        .filter(NO_MATCH::contains)
                        .findFirst().ifPresent(word -> warnings.add(Problem.warning(line.source(),
                                "Match " + word + " is not supported; the block is left out",
                                "Host, or Match host, user, originalhost, localuser, all and final are.")));
            }
        }
    }

    /** Where to go for a host, as whom, and how. */
    public SshTarget target(Wanted wanted) {
        return target(wanted, 0);
    }

    private SshTarget target(Wanted wanted, int depth) {
        Found found = find(wanted);
        SshTarget target = new SshTarget(found.host, found.port(), found.user, found.proof(wanted), found.hostKeys(),
                found.timing(), List.of(), found.proxyCommand());
        Optional<String> jumps = found.first("proxyjump").filter(value -> !value.equalsIgnoreCase("none"));
        if (jumps.isEmpty() || target.proxyCommand().isPresent()) {
            return target;
        }
        if (depth == MOST_JUMPS) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to find the way to " + wanted.host()
                    + ", but its jump hosts need more than " + MOST_JUMPS + " other jump hosts",
                    "Does a ProxyJump lead back to its own host?"));
        }
        var way = new ArrayList<SshTarget>();
        for (String jump : jumps.get().split(",", -1)) {
            SshTarget hop = target(jump(jump.strip(), wanted), depth + 1);
            if (way.isEmpty()) {
                way.addAll(hop.jumps());
            }
            way.add(hop.through(List.of()));
        }
        return target.through(way);
    }

    private static Wanted jump(String text, Wanted wanted) {
        Matcher matcher = JUMP.matcher(text);
        if (!matcher.matches()) {
            throw new ProblemException(Source.NONE,
                    "Tried to find the way to " + wanted.host() + ", but the jump host '" + text
                            + "' is not of the form user@host:port");
        }
        OptionalInt port = matcher.group("port") == null
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(matcher.group("port")));
        return new Wanted(matcher.group("host").replaceAll("[\\[\\]]", ""), Optional.ofNullable(matcher.group("user")),
                port,
                Optional.empty(), List.of(), Optional.empty(), wanted.checking(), wanted.timeout(),
                configuration(wanted.arguments()));
    }

    /** The arguments that name another configuration, which jump hosts are looked up in, too. */
    private static List<String> configuration(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("-F")) {
                return argument.length() > 2 || i + 1 == arguments.size()
                        ? List.of(argument)
                        : List.of(argument, arguments.get(i + 1));
            }
            i += argument.matches("-[bcDEeILmOQRSWwBoiplJ]") ? 1 : 0;
        }
        return List.of();
    }

    private Found find(Wanted wanted) {
        var given = new ArrayList<Line>();
        List<List<Line>> read = files;
        wanted.user().ifPresent(user -> given.add(given("user", user)));
        wanted.port().ifPresent(port -> given.add(given("port", String.valueOf(port))));
        wanted.keys().forEach(key -> given.add(given("identityfile", key.toString())));
        wanted.checking().ifPresent(checking -> given.add(given("stricthostkeychecking", switch (checking) {
            case STRICT -> "yes";
            case ACCEPT_NEW -> "accept-new";
            case OFF -> "no";
        })));
        wanted.timeout().ifPresent(timeout -> given.add(given("connecttimeout", String.valueOf(timeout.toSeconds()))));
        List<String> arguments = wanted.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.matches("-[oiplJF].*")) {
                i += argument.matches("-[bcDEeILmOQRSWwB]") ? 1 : 0;
                continue;
            }
            String value = argument.length() > 2
                    ? argument.substring(2)
                    : i + 1 < arguments.size() ? arguments.get(++i) : "";
            switch (argument.charAt(1)) {
                case 'o' -> given.add(format.option(value));
                case 'i' -> given.add(given("identityfile", value));
                case 'p' -> given.add(given("port", value));
                case 'l' -> given.add(given("user", value));
                case 'J' -> given.add(given("proxyjump", value));
                default -> read = value.equals("none") ? List.of() : List.of(format.read(Path.of(expandHome(value))));
            }
        }
        var found = new Found(wanted.host());
        found.take(given);
        read.forEach(found::take);
        found.settle();
        if (found.sawFinal) {
            found.last = true;
            read.forEach(found::take);
        }
        found.settle();
        return found;
    }

    private static Line given(String keyword, String value) {
        return new Line(Source.NONE, keyword, List.of(value), List.of());
    }

    private String expandHome(String path) {
        return path.startsWith("~/") ? home + path.substring(1) : path;
    }

    /** The settings that were found for one host. Belongs to one look-up. */
    private final class Found {
        private final String original;
        private final Map<String, List<String>> settings = new HashMap<>();
        private String host;
        private String user;
        private boolean sawFinal;
        private boolean last;
        private boolean applies = true;

        Found(String original) {
            this.original = original;
            this.host = original;
            this.user = localUser;
        }

        void take(List<Line> lines) {
            applies = true;
            takeAll(lines);
        }

        private void takeAll(List<Line> lines) {
            for (Line line : lines) {
                switch (line.keyword()) {
                    case "host" -> applies = anyMatches(line.words(), original);
                    case "match" -> applies = matches(line);
                    case "include" -> {
                        if (applies) {
                            takeAll(line.included());
                            applies = true;
                        }
                    }
                    default -> {
                        if (applies) {
                            set(line.keyword(), line.words());
                        }
                    }
                }
            }
        }

        private void set(String keyword, List<String> words) {
            if (COLLECTED.contains(keyword)) {
                List<String> all = settings.computeIfAbsent(keyword, _ -> new ArrayList<>());
                if (!all.contains(words.getFirst())) {
                    all.add(words.getFirst());
                }
                return;
            }
            boolean way = keyword.equals("proxyjump") || keyword.equals("proxycommand");
            if (way && (settings.containsKey("proxyjump") || settings.containsKey("proxycommand"))) {
                return; // whichever is given first
            }
            settings.putIfAbsent(keyword, words);
        }

        private boolean matches(Line line) {
            List<String> words = line.words();
            boolean all = true;
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i).toLowerCase(Locale.ROOT);
                boolean negated = word.startsWith("!");
                String criterion = negated ? word.substring(1) : word;
                boolean holds = switch (criterion) {
                    case "all" -> true;
                    case "canonical" -> last;
                    case "final" -> {
                        sawFinal = true;
                        yield last;
                    }
                    default -> {
                        if (i + 1 == words.size()) {
                            throw new ProblemException(Problem.error(line.source(),
                                    "Tried to read a Match, but its condition " + criterion + " has no value",
                                    "Conditions are host, originalhost, user, localuser, all and final."));
                        }
                        List<String> patterns = List.of(words.get(++i).split(",", -1));
                        yield switch (criterion) {
                            case "host" -> anyMatches(patterns, currentHost());
                            case "originalhost" -> anyMatches(patterns, original);
                            case "user" -> anyMatches(patterns, first("user").orElse(localUser));
                            case "localuser" -> anyMatches(patterns, localUser);
                            default -> {
                                if (!NO_MATCH.contains(criterion)) {
                                    throw new ProblemException(Problem.error(line.source(),
                                            "Tried to read a Match, but there is no condition '" + criterion + "'",
                                            "Conditions are host, originalhost, user, localuser, all and final."));
                                }
                                yield negated; // unknown: the block is left out either way
                            }
                        };
                    }
                };
                all &= holds != negated;
            }
            return all;
        }

        private String currentHost() {
            return first("hostname").map(name -> name.replace("%h", original).replace("%%", "%")).orElse(host);
        }

        void settle() {
            host = currentHost();
            user = first("user").orElse(localUser);
        }

        Optional<String> first(String keyword) {
            return Optional.ofNullable(settings.get(keyword)).map(List::getFirst);
        }

        private boolean yes(String keyword) {
            return first(keyword).filter(value -> value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("true"))
                    .isPresent();
        }

        private OptionalInt number(String keyword) {
            Optional<String> value = first(keyword).filter(word -> !word.equalsIgnoreCase("none"));
            if (value.isEmpty()) {
                return OptionalInt.empty();
            }
            if (!value.get().matches("\\d{1,9}")) {
                throw new ProblemException(Source.NONE, "Tried to read the ssh setting " + keyword + " for " + original
                        + ", but '" + value.get() + "' is no number");
            }
            return OptionalInt.of(Integer.parseInt(value.get()));
        }

        int port() {
            return number("port").orElse(22);
        }

        SshTarget.Timing timing() {
            SshTarget.Timing usual = SshTarget.Timing.USUAL;
            OptionalInt connect = number("connecttimeout");
            OptionalInt alive = number("serveraliveinterval");
            return new SshTarget.Timing(
                    connect.isPresent() && connect.getAsInt() > 0
                            ? Duration.ofSeconds(connect.getAsInt())
                            : usual.connect(),
                    alive.isPresent() && alive.getAsInt() > 0 ? Duration.ofSeconds(alive.getAsInt()) : usual.alive(),
                    number("serveralivecountmax").orElse(usual.silences()));
        }

        SshTarget.HostKeys hostKeys() {
            var checking = switch (first("stricthostkeychecking").orElse("yes").toLowerCase(Locale.ROOT)) {
                case "no", "off" -> SshTarget.Checking.OFF;
                case "accept-new" -> SshTarget.Checking.ACCEPT_NEW;
                default -> SshTarget.Checking.STRICT;
            };
            var known = new ArrayList<Path>();
            known.addAll(paths(
                    settings.getOrDefault("userknownhostsfile", List.of("~/.ssh/known_hosts", "~/.ssh/known_hosts2"))));
            known.addAll(paths(settings.getOrDefault("globalknownhostsfile",
                    List.of("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"))));
            return new SshTarget.HostKeys(checking, known, first("hostkeyalias"));
        }

        SshTarget.Proof proof(Wanted wanted) {
            List<Path> named = paths(settings.getOrDefault("identityfile", List.of()));
            List<Path> usual = paths(List.of("~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519")).stream()
                    .filter(Files::exists).toList();
            return new SshTarget.Proof(wanted.password(), named.isEmpty() ? usual : named, wanted.passphrase(),
                    paths(settings.getOrDefault("certificatefile", List.of())), agent(), yes("identitiesonly"));
        }

        private Optional<Path> agent() {
            String said = first("identityagent").orElse("SSH_AUTH_SOCK");
            if (said.equalsIgnoreCase("none")) {
                return Optional.empty();
            }
            if (said.equals("SSH_AUTH_SOCK") || said.startsWith("$")) {
                String name = said.replaceAll("[${}]", "");
                return Optional.ofNullable(environment.get(name)).filter(path -> !path.isEmpty()).map(Path::of);
            }
            return paths(List.of(said)).stream().findFirst();
        }

        Optional<String> proxyCommand() {
            return first("proxycommand").filter(value -> !value.equalsIgnoreCase("none")).map(this::expand);
        }

        private List<Path> paths(List<String> words) {
            return words.stream().filter(word -> !word.equalsIgnoreCase("none"))
                    .map(word -> Path.of(expand(expandHome(word)))).toList();
        }

        /** Tokens and {@code ${VARIABLES}}; see TOKENS in the manual. */
        private String expand(String text) {
            var tokens = new LinkedHashMap<String, String>();
            tokens.put("%", "%");
            tokens.put("h", host);
            tokens.put("n", original);
            tokens.put("p", String.valueOf(port()));
            tokens.put("r", user);
            tokens.put("u", localUser);
            tokens.put("d", home.toString());
            tokens.put("k", first("hostkeyalias").orElse(original));
            return Pattern.compile("%(.)|\\$\\{(\\w+)}").matcher(text).replaceAll(match -> Matcher.quoteReplacement(
                    match.group(1) == null
                            ? environment.getOrDefault(match.group(2), "")
                            : tokens.getOrDefault(match.group(1), match.group())));
        }
    }

    /** As Host has it: one pattern must match, and none that is negated. */
    private static boolean anyMatches(List<String> patterns, String text) {
        boolean any = false;
        for (String pattern : patterns) {
            boolean negated = pattern.startsWith("!");
            if (SshPattern.matches(negated ? pattern.substring(1) : pattern, text)) {
                if (negated) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }
}
