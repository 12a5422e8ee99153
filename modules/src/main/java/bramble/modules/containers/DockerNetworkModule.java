package bramble.modules.containers;

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
import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code docker_network}: networks of containers. */
@AutoService(AnyModule.class)
public final class DockerNetworkModule implements TaskModule<DockerNetworkModule.Args, DockerNetworkModule.State> {
    /** Whether the network is to be there. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** How far it reaches. */
    public enum Scope {
        LOCAL,
        GLOBAL,
        SWARM
    }

    @Doc(value = "Makes and removes networks of containers, and says which containers are in them. A network that isn't as the task says is made anew, with its containers.", collection = "community.docker", oneByOne = true, neverSettles = "force makes the network anew each time", example = """
            - name: Have a network for the sensors
              community.docker.docker_network:
                name: sensors
                ipam_config:
                  - subnet: 172.30.0.0/24
                    gateway: 172.30.0.1
            """, returns = {
        "network: dict: what docker network inspect tells of it"})
    public record Args(@Arg(value = "The network's name.", aliases = "network_name") String name,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg(value = "What makes it: bridge, overlay, macvlan, ipvlan ...", fallback = "bridge") String driver,
            @Arg("Options of the driver.") Optional<MapValue> driverOptions,
            @Arg("What gives addresses.") Optional<String> ipamDriver,
            @Arg("Options of what gives addresses.") Optional<MapValue> ipamDriverOptions,
            @Arg("Its addresses: subnet, gateway, iprange, aux_addresses.") Optional<List<MapValue>> ipamConfig,
            @Arg("Whether it has IPv6 too.") Optional<Boolean> enableIpv6,
            @Arg("Whether it leads nowhere else.") Optional<Boolean> internal,
            @Arg("Whether containers that are no service's may be in it, of a swarm's network.") Optional<Boolean> attachable,
            @Arg("Whether it is the swarm's way in.") Optional<Boolean> ingress,
            @Arg("How far it reaches.") Optional<Scope> scope,
            @Arg("Its labels.") Optional<MapValue> labels,
            @Arg(value = "The containers in it, by name.", aliases = "containers") Optional<List<String>> connected,
            @Arg(value = "Whether other containers stay in it too.", aliases = "incremental", fallback = "no") boolean appends,
            @Arg(value = "Makes it anew, different or not; removes it although containers are in it.", fallback = "no") boolean force,
            Docker docker) {}

    private static final Map<String, String> IPAM = Map.of("subnet", "Subnet", "gateway", "Gateway", "iprange",
            "IPRange",
            "aux_addresses", "AuxiliaryAddresses");

    /** What is there. */
    public record State(Optional<InspectFact.Found> network) {
        Optional<MapValue> object() {
            return network.flatMap(InspectFact.Found::object);
        }
    }

    @Override
    public String name() {
        return "docker_network";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static InspectFact fact(Args args) {
        return new InspectFact(args.docker(), "network", args.name());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look after the network " + args.name();
        if (actual.network.isEmpty()) {
            return Docker.lacking(tried);
        }
        if (!actual.network.get().trouble().isEmpty()) {
            return Docker.troubled(tried, actual.network.get().trouble());
        }
        for (MapValue config : args.ipamConfig().orElse(List.of())) {
            for (String key : config.byName().keySet()) {
                if (!IPAM.containsKey(key)) {
                    return new Plan.Refused("Tried to read ipam_config, but it can't have " + key + ": use "
                            + String.join(", ", new TreeSet<>(IPAM.keySet())) + ".");
                }
            }
        }
        Set<String> inside = new TreeSet<>();
        actual.object().ifPresent(is -> Tree.map(is, "Containers").values().stream()
                .map(one -> Tree.text(one, "Name")).filter(name -> !name.isEmpty() && !name.contains("-endpoint"))
                .forEach(inside::add));
        if (args.state() == Wanted.ABSENT) {
            return actual.object().isEmpty() ? Plan.NOTHING : absent(args, inside);
        }
        Set<String> wanted = new TreeSet<>(args.connected().orElse(List.copyOf(inside)));
        if (args.appends()) {
            wanted.addAll(inside);
        }
        Map<String, Value> now = new TreeMap<>();
        Map<String, Value> next = new TreeMap<>();
        MapValue shape = shape(args, now, next, actual.object());
        var scripts = new ArrayList<Sh>();
        if (actual.object().isEmpty() || !next.isEmpty() || args.force()) {
            if (actual.object().isPresent()) {
                inside.forEach(name -> scripts.add(quiet(args, "network", "disconnect", "--force", args.name(), name)));
                scripts.add(quiet(args, "network", "rm", args.name()));
                if (next.isEmpty()) {
                    now.put("forced", Bool.of(false));
                    next.put("forced", Bool.of(true));
                }
            } else {
                now.put("exists", Bool.of(false));
                next.put("exists", Bool.of(true));
            }
            scripts.add(args.docker().quiet(create(args)));
            wanted.forEach(name -> scripts.add(quiet(args, "network", "connect", args.name(), name)));
        } else {
            wanted.stream().filter(name -> !inside.contains(name))
                    .forEach(name -> scripts.add(quiet(args, "network", "connect", args.name(), name)));
            inside.stream().filter(name -> !wanted.contains(name))
                    .forEach(name -> scripts.add(quiet(args, "network", "disconnect", "--force", args.name(), name)));
        }
        if (!inside.equals(wanted)) {
            now.put("connected", Value.texts(List.copyOf(inside)));
            next.put("connected", Value.texts(List.copyOf(wanted)));
        }
        if (scripts.isEmpty()) {
            return Plan.NOTHING;
        }
        var members = new TreeMap<String, Value>();
        wanted.forEach(name -> members.put(name, MapValue.of("Name", name)));
        MapValue predicted = actual.object().orElse(MapValue.EMPTY).with(shape).with("Containers",
                MapValue.named(members));
        return Plan.of(new Change(args.name(), Diff.attributes(args.name(), MapValue.named(now), MapValue.named(next)),
                scripts.stream().<Action>map(Action.Run::new).toList(),
                List.of(Effect.becomes(fact(args), Optional.of(InspectFact.Found.of(predicted))))));
    }

    private static Sh quiet(Args args, String... words) {
        return args.docker().quiet(List.of(words));
    }

    private static Plan absent(Args args, Set<String> inside) {
        var scripts = new ArrayList<Action>();
        inside.forEach(name -> scripts
                .add(new Action.Run(quiet(args, "network", "disconnect", "--force", args.name(), name))));
        scripts.add(new Action.Run(quiet(args, "network", "rm", args.name())));
        return Plan.of(new Change(args.name(), Diff.attributes(args.name(), MapValue.of("exists", true),
                MapValue.of("exists", false)), scripts,
                List.of(Effect.becomes(fact(args), Optional.of(InspectFact.Found.none())))));
    }

    /** What docker will tell of what is asked for; what it tells otherwise now goes to the two maps. */
    private static MapValue shape(Args args, Map<String, Value> now, Map<String, Value> next,
            Optional<MapValue> actual) {
        MapValue is = actual.orElse(MapValue.EMPTY);
        var shape = new TreeMap<String, Value>();
        compare(shape, now, next, actual, "driver", "Driver", Optional.of(new Text(args.driver())));
        compare(shape, now, next, actual, "enable_ipv6", "EnableIPv6", args.enableIpv6().map(Bool::of));
        compare(shape, now, next, actual, "internal", "Internal", args.internal().map(Bool::of));
        compare(shape, now, next, actual, "attachable", "Attachable", args.attachable().map(Bool::of));
        compare(shape, now, next, actual, "ingress", "Ingress", args.ingress().map(Bool::of));
        compare(shape, now, next, actual, "scope", "Scope",
                args.scope().map(scope -> new Text(scope.name().toLowerCase(java.util.Locale.ROOT))));
        compare(shape, now, next, actual, "driver_options", "Options", more(is, args.driverOptions(), "Options"));
        compare(shape, now, next, actual, "labels", "Labels", more(is, args.labels(), "Labels"));
        var ipam = new TreeMap<String, Value>(Tree.map(is, "IPAM"));
        args.ipamDriver().ifPresent(driver -> ipam.put("Driver", new Text(driver)));
        more(Tree.at(is, "IPAM"), args.ipamDriverOptions(), "Options")
                .ifPresent(options -> ipam.put("Options", options));
        args.ipamConfig().ifPresent(wanted -> {
            List<MapValue> configs = wanted.stream().map(DockerNetworkModule::config).toList();
            List<Value> told = Tree.list(is, "IPAM", "Config");
            boolean same = configs.stream().allMatch(config -> told.stream()
                    .anyMatch(one -> Tree.map(one).entrySet().containsAll(config.byName().entrySet())));
            if (!same) {
                ipam.put("Config", Value.of(configs));
            }
        });
        compare(shape, now, next, actual, "ipam", "IPAM",
                ipam.isEmpty() ? Optional.empty() : Optional.of(MapValue.named(ipam)));
        return MapValue.named(shape);
    }

    private static void compare(Map<String, Value> shape, Map<String, Value> now, Map<String, Value> next,
            Optional<MapValue> actual, String name, String key, Optional<? extends Value> wanted) {
        wanted.ifPresent(value -> {
            shape.put(key, value);
            Value is = Tree.at(actual.orElse(MapValue.EMPTY), key);
            if (actual.isPresent() && !is.equals(value)) {
                now.put(name, is);
                next.put(name, value);
            }
        });
    }

    /** What is there with what is wanted over it: more than that is no difference. */
    private static Optional<Value> more(Value is, Optional<MapValue> wanted, String key) {
        return wanted.map(map -> {
            var all = new TreeMap<String, Value>(Tree.map(is, key));
            map.byName().forEach((name, value) -> all.put(name, new Text(Tree.text(value))));
            return all.isEmpty() ? Tree.at(is, key) : MapValue.named(all);
        });
    }

    private static MapValue config(MapValue given) {
        var config = new TreeMap<String, Value>();
        given.byName().forEach((name, value) -> {
            if (!(value instanceof bramble.value.None)) {
                config.put(IPAM.getOrDefault(name, name), value);
            }
        });
        return MapValue.named(config);
    }

    private static List<String> create(Args args) {
        var words = new ArrayList<String>(List.of("network", "create", "--driver", args.driver()));
        pairs(words, "--opt", args.driverOptions());
        args.ipamDriver().ifPresent(driver -> words.addAll(List.of("--ipam-driver", driver)));
        pairs(words, "--ipam-opt", args.ipamDriverOptions());
        for (MapValue config : args.ipamConfig().orElse(List.of())) {
            Tree.given(config, "subnet").ifPresent(net -> words.addAll(List.of("--subnet", net)));
            Tree.given(config, "gateway").ifPresent(address -> words.addAll(List.of("--gateway", address)));
            Tree.given(config, "iprange").ifPresent(range -> words.addAll(List.of("--ip-range", range)));
            pairs(words, "--aux-address", Optional.of(MapValue.named(Tree.map(config, "aux_addresses"))));
        }
        args.enableIpv6().filter(on -> on).ifPresent(_ -> words.add("--ipv6"));
        args.internal().filter(on -> on).ifPresent(_ -> words.add("--internal"));
        args.attachable().filter(on -> on).ifPresent(_ -> words.add("--attachable"));
        args.ingress().filter(on -> on).ifPresent(_ -> words.add("--ingress"));
        args.scope()
                .ifPresent(scope -> words.addAll(List.of("--scope", scope.name().toLowerCase(java.util.Locale.ROOT))));
        pairs(words, "--label", args.labels());
        words.add(args.name());
        return words;
    }

    /** Options of which each has a name and a value. */
    static void pairs(List<String> words, String option, Optional<MapValue> pairs) {
        pairs.ifPresent(map -> map.byName()
                .forEach((name, value) -> words.addAll(List.of(option, name + "=" + Tree.text(value)))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return Told.of("look after the network " + args.name(), "network", applied, State::object);
    }
}
