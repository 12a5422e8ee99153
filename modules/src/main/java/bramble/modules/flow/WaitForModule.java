package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.regex.PythonRegex;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code wait_for}: waits for a port, a path, or a text at either. */
@AutoService(AnyModule.class)
public final class WaitForModule implements Conversation<WaitForModule.Args> {

    /** The arguments of {@code wait_for}. */
    @Doc(value = "Waits until a port takes connections, a path is there or gone, or a text appears.", example = """
            - name: Wait for the remote shell
              wait_for:
                port: 22
                timeout: 30
            """, returns = {"elapsed: int: seconds that it took",
        "match_groups: list: what search_regex's groups found",
        "match_groupdict: dict: what its named groups found", "state: str: as asked for, or what is at the path"})
    public record Args(
            @Arg(value = "The host that has the port, as the node knows it.", fallback = "127.0.0.1") String host,
            @Arg("The port.") Optional<Integer> port,
            @Arg(value = "A path on the node.", nodePath = true) Optional<String> path,
            @Arg(value = "What to wait for: started and present, stopped and absent, or drained: no connections are left.", fallback = "started") Wanted state,
            @Arg(value = "Seconds after which it fails; without port and path, seconds to wait.", fallback = "300") int timeout,
            @Arg(value = "Seconds that one try to connect may take.", fallback = "5") int connectTimeout,
            @Arg(value = "Seconds before the first look.", fallback = "0") int delay,
            @Arg(value = "Seconds between looks.", fallback = "1") int sleep,
            @Arg(value = "A regular expression that the file, or what the port says first, must match.", regex = true) Optional<String> searchRegex,
            @Arg("What is said when it fails.") Optional<String> msg,
            @Arg(value = "With drained: hosts whose connections don't matter.", fallback = "") List<String> excludeHosts,
            @Arg(value = "With drained: the states of connections that matter.", fallback = "[ESTABLISHED, FIN_WAIT1, FIN_WAIT2, SYN_RECV, SYN_SENT, TIME_WAIT]") List<String> activeConnectionStates) {

        boolean gone() {
            return state == Wanted.ABSENT || state == Wanted.STOPPED;
        }

        String place() {
            return path.orElse(host + ":" + port.orElse(0));
        }

        /** What is wrong with them together. */
        Optional<String> problem() {
            if (port.isPresent() && path.isPresent()) {
                return Optional.of("port and path parameter can not both be passed to wait_for");
            }
            if (path.isPresent() && (state == Wanted.STOPPED || state == Wanted.DRAINED)) {
                return Optional.of("state=" + state.name().toLowerCase(java.util.Locale.ROOT)
                        + " should only be used for checking a port in the wait_for module");
            }
            if (!excludeHosts.isEmpty() && state != Wanted.DRAINED) {
                return Optional.of("exclude_hosts should only be with state=drained");
            }
            if (port.isEmpty() && path.isEmpty() && state == Wanted.DRAINED) {
                return Optional.of("state=drained should only be used for checking a port in the wait_for module");
            }
            for (String name : activeConnectionStates) {
                if (!List.of("ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "SYN_RECV", "SYN_SENT", "TIME_WAIT")
                        .contains(name)) {
                    return Optional.of("unknown active_connection_state (" + name + ") defined");
                }
            }
            return Optional.empty();
        }

        String timedOut() {
            String where = path.map(file -> "file " + file).orElse(place());
            return msg.orElse("Timeout when waiting for " + switch (state) {
                case ABSENT, STOPPED -> path.isPresent() ? place() + " to be absent." : place() + " to stop.";
                case DRAINED -> place() + " to drain";
                case PRESENT, STARTED ->
                    searchRegex.map(text -> "search string " + text + " in " + place()).orElse(where);
            });
        }
    }

    /** What can be waited for. */
    public enum Wanted {
        ABSENT,
        DRAINED,
        PRESENT,
        STARTED,
        STOPPED
    }

    /** One look: it is so, it isn't, or a dry run can't tell. */
    private sealed interface Look {
        record Yes(MapValue keys) implements Look {}

        record No(String why) implements Look {}

        record Never(String why) implements Look {}
    }

    @Override
    public String name() {
        return "wait_for";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        if (args.problem().isPresent()) {
            return Result.failed(args.problem().get(), MapValue.of("elapsed", 0));
        }
        Instant start = Instant.now();
        boolean dry = talk.controller().dryRun();
        if (args.delay() > 0 && !dry) {
            talk.controller().sleep(Duration.ofSeconds(args.delay()), "before the first look");
        }
        if (args.port().isEmpty() && args.path().isEmpty()) {
            if (!dry) {
                talk.controller().sleep(Duration.ofSeconds(args.timeout()), "it only waits");
            }
            return ok(args, start, MapValue.EMPTY);
        }
        Instant end = start.plusSeconds(args.timeout());
        String said = "";
        while (true) {
            switch (look(args, talk)) {
                case Look.Yes(MapValue keys) -> {
                    return ok(args, start, keys);
                }
                case Look.Never(String why) -> {
                    return Result.failed(why, MapValue.of("elapsed", elapsed(start)));
                }
                case Look.No(String why) -> {
                    if (dry) {
                        return Result.undetermined("it would wait: " + why);
                    }
                    Duration left = Duration.between(Instant.now(), end);
                    if (!left.isPositive()) {
                        return Result.failed(args.timedOut(), MapValue.of("elapsed", elapsed(start)));
                    }
                    Duration sleep = Duration.ofSeconds(Math.max(1, args.sleep()));
                    talk.controller().sleep(sleep.compareTo(left) < 0 ? sleep : left, why.equals(said) ? "" : why);
                    said = why;
                }
            }
        }
    }

    private static Result ok(Args args, Instant start, MapValue keys) {
        String state = args.state().name().toLowerCase(java.util.Locale.ROOT);
        return Result.ok(MapValue.of("elapsed", elapsed(start), "state", state, "port", args.port().orElse(null),
                "path",
                args.path().orElse(null), "search_regex", args.searchRegex().orElse(null), "match_groups", List.of(),
                "match_groupdict", MapValue.EMPTY).with(keys));
    }

    private static long elapsed(Instant start) {
        return Duration.between(start, Instant.now()).toSeconds();
    }

    private static Look look(Args args, Talk talk) {
        if (args.path().isPresent()) {
            return path(args, talk, args.path().get());
        }
        int port = args.port().orElse(0);
        return args.state() == Wanted.DRAINED ? drained(args, talk, port) : port(args, talk, port);
    }

    private static Look path(Args args, Talk talk, String path) {
        Maybe<PathState> maybe = talk.node().ask(Inquiry.maybe(new PathFact(path)));
        if (maybe instanceof Maybe.NotKnown<PathState>(String why)) {
            return new Look.No(why);
        }
        PathState state = maybe.get();
        boolean there = !state.followed().missing();
        if (args.gone()) {
            return there ? new Look.No(path + " is still there") : new Look.Yes(MapValue.EMPTY);
        }
        if (!there) {
            return new Look.No(path + " is not there");
        }
        if (args.searchRegex().isEmpty()) {
            return new Look.Yes(PathResults.of(state));
        }
        Answer text = talk.node().run(new Action.Run(Sh.of("cat {}", NodePath.word(path))));
        return found(args, text.text()).<Look>map(keys -> new Look.Yes(keys.with(PathResults.of(state))))
                .orElse(new Look.No("the text is not in " + path));
    }

    private static Optional<MapValue> found(Args args, String text) {
        PythonRegex regex = PythonRegex.compile(args.searchRegex().orElseThrow(), PythonRegex.Flag.MULTILINE);
        return regex.search(text).map(found -> {
            List<@Nullable String> groups = found.groups();
            List<@Nullable String> own = groups.subList(Math.min(1, groups.size()), groups.size());
            Map<String, @Nullable String> named = new LinkedHashMap<>();
            found.names().forEach((name, number) -> named.put(name, groups.get(number)));
            return MapValue.of("match_groups", new ArrayList<>(own), "match_groupdict", named);
        });
    }

    private static Look port(Args args, Talk talk, int port) {
        boolean read = args.searchRegex().isPresent() && !args.gone();
        PortFact.Answered answer = talk.node().ask(Inquiry.of(
                new PortFact(args.host(), port, Math.max(1, args.connectTimeout()), read)));
        return switch (answer.kind()) {
            case NO_TOOL -> isLocal(args.host())
                    ? closed(args)
                    : new Look.Never("Tried to connect to " + args.place()
                            + " from the node, but it has no bash, nc or perl to do it with. Delegate the task to localhost.");
            case CLOSED -> closed(args);
            case OPEN -> {
                if (args.gone()) {
                    yield new Look.No(args.place() + " still takes connections");
                }
                yield read
                        ? found(args, answer.said()).<Look>map(Look.Yes::new)
                                .orElse(new Look.No("the text was not said at " + args.place()))
                        : new Look.Yes(MapValue.EMPTY);
            }
        };
    }

    private static boolean isLocal(String host) {
        return List.of("127.0.0.1", "localhost", "::1").contains(host);
    }

    private static Look closed(Args args) {
        return args.gone() ? new Look.Yes(MapValue.EMPTY) : new Look.No(args.place() + " takes no connections");
    }

    private static Look drained(Args args, Talk talk, int port) {
        Set<String> names = new HashSet<>(args.excludeHosts());
        names.add(args.host());
        names.removeIf(name -> name.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"));
        ConnectionsFact.Connections found = talk.node().ask(Inquiry.of(new ConnectionsFact(names)));
        boolean any = List.of("0.0.0.0", "::").contains(args.host());
        List<String> local = found.addresses(args.host()).stream().map(WaitForModule::plain).toList();
        List<String> excluded = args.excludeHosts().stream().flatMap(host -> found.addresses(host).stream())
                .map(WaitForModule::plain).toList();
        long open = found.all().stream().filter(one -> one.port() == port && (any || local.contains(one.local()))
                && args.activeConnectionStates().contains(one.state()) && !excluded.contains(one.remote())).count();
        return open == 0
                ? new Look.Yes(MapValue.EMPTY)
                : new Look.No(open + (open == 1 ? " connection is" : " connections are") + " open at " + args.place());
    }

    /** The address in the form in which connections have it. */
    private static String plain(String address) {
        try {
            return address.matches("[0-9A-Fa-f:.]+") ? InetAddress.ofLiteral(address).getHostAddress() : address;
        } catch (IllegalArgumentException _) {
            return address;
        }
    }
}
