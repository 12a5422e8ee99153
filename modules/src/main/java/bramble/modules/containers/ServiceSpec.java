package bramble.modules.containers;

import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What is asked of a service of a swarm, part by part, beside what it is. */
final class ServiceSpec {
    private final MapValue told;
    private final List<Part> parts = new ArrayList<>();
    private Sh exports = Sh.raw("");

    /**
     * A part.
     *
     * @param create the words that docker service create takes for it
     * @param update the words that docker service update takes for it
     * @param sooner those that another update takes, before that one
     */
    record Part(String name, Value wanted, Value actual, List<String> create, List<String> update,
            List<String> sooner) {}

    /**
     * What is asked for.
     *
     * @param variables its environment, if the task says something of it
     * @param told what docker tells of the service; nothing if there is none
     */
    ServiceSpec(ServiceShape shape, Optional<Map<String, String>> variables, MapValue told) {
        this.told = told;
        words(shape);
        environment(variables);
        pairs("labels", shape.labels(), "--label", path("Spec", "Labels"));
        pairs("container_labels", shape.containerLabels(), "--container-label", container("Labels"));
        replicas(shape);
        text("user", shape.user(), "--user", container("User"));
        text("working_dir", shape.workingDir(), "--workdir", container("Dir"));
        text("hostname", shape.hostname(), "--hostname", container("Hostname"));
        text("stop_signal", shape.stopSignal(), "--stop-signal", container("StopSignal"));
        time("stop_grace_period", shape.stopGracePeriod(), "--stop-grace-period", container("StopGracePeriod"));
        flag("tty", shape.tty(), "--tty", container("TTY"));
        flag("read_only", shape.readOnly(), "--read-only", container("ReadOnly"));
        flag("init", shape.init(), "--init", container("Init"));
        each("groups", shape.groups(), "--group", container("Groups"));
        each("cap_add", shape.capAdd().map(ServiceSpec::capabilities), "--cap-add", container("CapabilityAdd"));
        each("cap_drop", shape.capDrop().map(ServiceSpec::capabilities), "--cap-drop", container("CapabilityDrop"));
        resolver(shape);
        shape.placement().ifPresent(this::placement);
        shape.limits().ifPresent(most -> resources("limit", most, "Limits"));
        shape.reservations().ifPresent(least -> resources("reserve", least, "Reservations"));
        shape.restartConfig().ifPresent(this::restart);
        shape.updateConfig().ifPresent(how -> rolling("update", "UpdateConfig", new Rolling(how.parallelism(),
                how.delay(), how.failureAction().map(ServiceShape::word), how.monitor(), how.maxFailureRatio(),
                how.order().map(ServiceShape::word))));
        shape.rollbackConfig().ifPresent(how -> rolling("rollback", "RollbackConfig", new Rolling(how.parallelism(),
                how.delay(), how.failureAction().map(ServiceShape::word), how.monitor(), how.maxFailureRatio(),
                how.order().map(ServiceShape::word))));
        shape.healthcheck().ifPresent(this::health);
        shape.logging().ifPresent(this::logging);
        text("endpoint_mode", shape.endpointMode().map(ServiceShape::word), "--endpoint-mode",
                path("Spec", "EndpointSpec", "Mode"));
        shape.publish().ifPresent(this::publish);
        shape.networks().ifPresent(this::networks);
        shape.mounts().ifPresent(this::mounts);
        shape.secrets().ifPresent(all -> files("secrets", "Secret", all.stream().map(one -> new ServiceFile(
                one.secretName(), one.filename(), one.uid(), one.gid(), one.mode())).toList()));
        shape.configs().ifPresent(all -> files("configs", "Config", all.stream().map(one -> new ServiceFile(
                one.configName(), one.filename(), one.uid(), one.gid(), one.mode())).toList()));
    }

    List<Part> parts() {
        return parts;
    }

    /** Makes known to docker what it takes from its environment. */
    Sh exports() {
        return exports;
    }

    private static String[] path(String... names) {
        return names;
    }

    private static String[] task(String... names) {
        return Stream.concat(Stream.of("Spec", "TaskTemplate"), Stream.of(names)).toArray(String[]::new);
    }

    private static List<String> capabilities(List<String> names) {
        return Setting.capabilities(names).stream().map(name -> "CAP_" + name).toList();
    }

    private static String[] container(String... names) {
        return Stream.concat(Stream.of(task("ContainerSpec")), Stream.of(names)).toArray(String[]::new);
    }

    /** Where the service is only foreseen, docker has told nothing, but this has. */
    private void add(String name, Value wanted, Value actual, List<String> create, List<String> update) {
        add(name, wanted, actual, create, update, List.of());
    }

    private void add(String name, Value wanted, Value actual, List<String> create, List<String> update,
            List<String> sooner) {
        Value foreseen = Tree.at(told, "foreseen", name);
        parts.add(new Part(name, wanted, foreseen instanceof None ? actual : foreseen, create, update, sooner));
    }

    private void one(String name, Value wanted, String option, String word, Value actual) {
        add(name, wanted, actual, List.of(option, word), List.of(option, word));
    }

    private void text(String name, Optional<String> wanted, String option, String... path) {
        wanted.ifPresent(word -> one(name, new Text(word), option, word, new Text(Tree.text(told, path))));
    }

    private void flag(String name, Optional<Boolean> wanted, String option, String... path) {
        wanted.ifPresent(on -> add(name, Bool.of(on), Bool.of(Tree.yes(told, path)), List.of(option + "=" + on),
                List.of(option + "=" + on)));
    }

    private void time(String name, Optional<String> wanted, String option, String... path) {
        wanted.map(Sizes::nanoseconds).ifPresent(span -> one(name, Int.of(span), option, span / 1000 + "us",
                Int.of(Tree.number(told, path))));
    }

    private void number(String name, Optional<Integer> wanted, String option, String... path) {
        wanted.ifPresent(count -> one(name, Int.of(count), option, String.valueOf(count),
                Int.of(Tree.number(told, path))));
    }

    private void each(String name, Optional<List<String>> wanted, String option, String... path) {
        wanted.ifPresent(all -> {
            List<String> is = Tree.texts(told, path);
            var create = new ArrayList<String>();
            var update = new ArrayList<String>();
            all.forEach(one -> create.addAll(List.of(option, one)));
            boolean whole = option.startsWith("--cap");
            is.stream().filter(one -> !whole && !all.contains(one))
                    .forEach(one -> update.addAll(List.of(option + "-rm", one)));
            all.stream().filter(one -> !is.contains(one))
                    .forEach(one -> update.addAll(List.of(whole ? option : option + "-add", one)));
            add(name, Setting.set(all), Setting.set(is), create, update);
        });
    }

    private static MapValue texts(Map<String, Value> pairs) {
        var texts = new TreeMap<String, Value>();
        pairs.forEach((name, value) -> texts.put(name, new Text(Tree.text(value))));
        return MapValue.named(texts);
    }

    private void pairs(String name, Optional<MapValue> wanted, String option, String... path) {
        wanted.ifPresent(map -> {
            MapValue all = texts(map.byName());
            MapValue is = texts(Tree.map(told, path));
            var create = new ArrayList<String>();
            var update = new ArrayList<String>();
            DockerNetworkModule.pairs(create, option, Optional.of(all));
            is.byName().keySet().stream().filter(key -> all.get(key).isEmpty())
                    .forEach(key -> update.addAll(List.of(option + "-rm", key)));
            DockerNetworkModule.pairs(update, option + "-add", Optional.of(all));
            add(name, all, is, create, update);
        });
    }

    private void words(ServiceShape args) {
        args.image().ifPresent(image -> add("image", new Text(ImageName.of(image).whole()),
                new Text(Tree.text(told, container("Image")).replaceFirst("(?<=:[^@/]{1,128})@sha256:.*", "")),
                List.of(), List.of("--image", image)));
        args.command().map(Creation::words).ifPresent(all -> {
            String line = Sh.of("{}", all).source();
            add("command", Value.texts(all), Value.texts(Tree.texts(told, container("Command"))),
                    List.of("--entrypoint", line), List.of("--entrypoint", line));
        });
        args.args()
                .ifPresent(all -> add("args", Value.texts(all), Value.texts(Tree.texts(told, container("Args"))),
                        List.of(),
                        List.of("--args", Sh.of("{}", all).source())));
    }

    private void environment(Optional<Map<String, String>> given) {
        given.ifPresent(wanted -> {
            List<String> is = Tree.texts(told, container("Env"));
            var create = new ArrayList<String>();
            var update = new ArrayList<String>();
            is.stream().map(pair -> pair.split("=", 2)[0]).filter(name -> !wanted.containsKey(name))
                    .forEach(name -> update.addAll(List.of("--env-rm", name)));
            wanted.forEach((name, text) -> {
                String word = name + "=" + text;
                if (Creation.mayExport(name)) {
                    exports = Sh.of("{}export {}={}\n", exports, Sh.raw(name), Sh.secret(text));
                    word = name;
                }
                create.addAll(List.of("--env", word));
                update.addAll(List.of("--env-add", word));
            });
            add("env",
                    Setting.set(
                            wanted.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList()),
                    Setting.set(is), create, update);
        });
    }

    private void replicas(ServiceShape shape) {
        boolean global = shape.mode() == ServiceShape.Replication.GLOBAL;
        String is = Tree.at(told, "Spec", "Mode", "Global") instanceof None ? "replicated" : "global";
        add("mode", new Text(ServiceShape.word(shape.mode())), new Text(is),
                List.of("--mode", ServiceShape.word(shape.mode())), List.of());
        number("replicas", shape.replicas().filter(count -> count >= 0 && !global), "--replicas", "Spec", "Mode",
                "Replicated", "Replicas");
    }

    private void resolver(ServiceShape shape) {
        each("dns", shape.dns(), "--dns", container("DNSConfig", "Nameservers"));
        each("dns_options", shape.dnsOptions(), "--dns-option", container("DNSConfig", "Options"));
        each("dns_search", shape.dnsSearch(), "--dns-search", container("DNSConfig", "Search"));
        shape.hosts().ifPresent(hosts -> changed("hosts", hosts.byName().entrySet().stream()
                .map(host -> host.getKey() + ":" + Tree.text(host.getValue())).toList(),
                Tree.texts(told, container("Hosts")).stream().map(line -> line.split("\\s+", 2))
                        .map(parts -> parts[parts.length - 1] + ":" + parts[0]).toList(),
                "--host", UnaryOperator.identity()));
    }

    private void placement(ServiceShape.Placement place) {
        each("constraints", place.constraints(), "--constraint", task("Placement", "Constraints"));
        number("replicas_max_per_node", place.replicasMaxPerNode(), "--replicas-max-per-node",
                task("Placement", "MaxReplicas"));
        place.preferences().ifPresent(given -> {
            List<String> all = given.stream().flatMap(one -> one.byName().entrySet().stream())
                    .map(one -> preference(one.getKey(), Tree.text(one.getValue()))).toList();
            List<String> is = Tree.list(told, task("Placement", "Preferences")).stream()
                    .map(one -> "spread=" + Tree.text(one, "Spread", "SpreadDescriptor")).toList();
            var create = new ArrayList<String>();
            var update = new ArrayList<String>();
            is.forEach(one -> update.addAll(List.of("--placement-pref-rm", one)));
            all.forEach(one -> create.addAll(List.of("--placement-pref", one)));
            all.forEach(one -> update.addAll(List.of("--placement-pref-add", one)));
            add("placement_preferences", Value.texts(all), Value.texts(is), create, update);
        });
    }

    private static String preference(String name, String value) {
        if (name.equals("spread")) {
            return "spread=" + value;
        }
        throw new IllegalArgumentException("Tried to read placement.preferences, but docker knows no preference "
                + name + ": use spread, as in spread: node.labels.room.");
    }

    private void resources(String kind, ServiceShape.Resources wanted, String key) {
        wanted.cpus().map(BigDecimal::valueOf).ifPresent(count -> one(kind + "_cpu",
                Int.of(count.movePointRight(9).longValue()), "--" + kind + "-cpu",
                count.stripTrailingZeros().toPlainString(), Int.of(Tree.number(told,
                        task("Resources", key, "NanoCPUs")))));
        wanted.memory().map(Sizes::bytes).ifPresent(size -> one(kind + "_memory", Int.of(size),
                "--" + kind + "-memory", String.valueOf(size),
                Int.of(Tree.number(told, task("Resources", key, "MemoryBytes")))));
    }

    private void restart(ServiceShape.Restart wanted) {
        text("restart_policy", wanted.condition().map(ServiceShape::word), "--restart-condition",
                task("RestartPolicy", "Condition"));
        time("restart_policy_delay", wanted.delay(), "--restart-delay", task("RestartPolicy", "Delay"));
        time("restart_policy_window", wanted.window(), "--restart-window", task("RestartPolicy", "Window"));
        number("restart_policy_attempts", wanted.maxAttempts(), "--restart-max-attempts",
                task("RestartPolicy", "MaxAttempts"));
    }

    /** How containers are changed, or changed back. */
    private record Rolling(Optional<Integer> parallelism, Optional<String> delay, Optional<String> failureAction,
            Optional<String> monitor, Optional<Double> ratio, Optional<String> order) {}

    private void rolling(String kind, String key, Rolling wanted) {
        number(kind + "_parallelism", wanted.parallelism, "--" + kind + "-parallelism", "Spec", key, "Parallelism");
        time(kind + "_delay", wanted.delay, "--" + kind + "-delay", "Spec", key, "Delay");
        text(kind + "_failure_action", wanted.failureAction, "--" + kind + "-failure-action", "Spec", key,
                "FailureAction");
        time(kind + "_monitor", wanted.monitor, "--" + kind + "-monitor", "Spec", key, "Monitor");
        wanted.ratio.ifPresent(part -> one(kind + "_max_failure_ratio", new Real(part), "--" + kind
                + "-max-failure-ratio", String.valueOf(part), switch (Tree.at(told, "Spec", key, "MaxFailureRatio")) {
                    case Real is -> is;
                    case Int(var is) -> new Real(is.doubleValue());
                    default -> new Real(0);
                }));
        text(kind + "_order", wanted.order, "--" + kind + "-order", "Spec", key, "Order");
    }

    private void health(HealthCheck wanted) {
        MapValue check = wanted.told();
        var is = new TreeMap<>(Tree.map(told, container("Healthcheck")));
        is.keySet().retainAll(check.byName().keySet());
        add("healthcheck", check, MapValue.named(is), wanted.options(), wanted.options());
    }

    private void logging(ServiceShape.Logging wanted) {
        String[] at = task("LogDriver", "Name");
        String is = Tree.text(told, at);
        Map<String, Value> options = wanted.options().map(MapValue::byName)
                .orElse(Tree.map(told, task("LogDriver", "Options")));
        String driver = wanted.driver().orElse(is);
        boolean foreseen = !(Tree.at(told, "foreseen") instanceof None); // then its driver is nowhere told
        if (driver.isEmpty() && !options.isEmpty() && !foreseen) {
            throw new IllegalArgumentException("Tried to read logging, but options need a driver.");
        }
        var words = new ArrayList<>(List.of("--log-driver", driver)); // docker takes both together alone
        DockerNetworkModule.pairs(words, "--log-opt", Optional.of(MapValue.named(options)));
        wanted.driver().ifPresent(name -> add("log_driver", new Text(name), new Text(is), words, words));
        wanted.options().filter(all -> !all.byName().isEmpty()).ifPresent(all -> add("log_driver_options",
                texts(all.byName()), texts(Tree.map(told, task("LogDriver", "Options"))),
                wanted.driver().isPresent() ? List.of() : words,
                wanted.driver().isPresent() && !driver.equals(is) ? List.of() : words));
    }

    private void publish(List<ServiceShape.Port> wanted) {
        var silent = new HashSet<String>(); // ports of which the task doesn't say who listens
        List<String> ports = wanted.stream().map(port -> {
            String end = port(port.publishedPort().orElse(0), port.targetPort(), ServiceShape.word(port.protocol()));
            port.mode().ifPresentOrElse(_ -> silent.remove(end), () -> silent.add(end));
            return end + port.mode().map(mode -> ",mode=" + ServiceShape.word(mode)).orElse("");
        }).toList();
        List<String> is = Tree.list(told, "Spec", "EndpointSpec", "Ports").stream().map(port -> {
            String end = port(Tree.number(port, "PublishedPort"), Tree.number(port, "TargetPort"),
                    Tree.text(port, "Protocol"));
            return silent.contains(end) ? end : end + ",mode=" + Tree.text(port, "PublishMode");
        }).toList();
        published(ports, is);
    }

    /** Docker takes all away that leads to the same port inside, and adds nothing that was there before. */
    private void published(List<String> wanted, List<String> is) {
        UnaryOperator<String> inside = one -> one.replaceAll(".*target=(\\d+),protocol=(\\w+).*", "$1/$2");
        var create = new ArrayList<String>();
        var remove = new ArrayList<String>();
        var add = new ArrayList<String>();
        Set<String> gone = new TreeSet<>(is.stream().filter(one -> !wanted.contains(one)).map(inside).toList());
        wanted.forEach(one -> create.addAll(List.of("--publish", one)));
        gone.forEach(one -> remove.addAll(List.of("--publish-rm", one)));
        wanted.stream().filter(one -> !is.contains(one) || gone.contains(inside.apply(one)))
                .forEach(one -> add.addAll(List.of("--publish-add", one)));
        boolean twice = wanted.stream().anyMatch(one -> is.contains(one) && gone.contains(inside.apply(one)));
        if (!twice) {
            add.addAll(remove);
        }
        add("publish", Setting.set(wanted), Setting.set(is), create, add, twice ? remove : List.of());
    }

    private static String port(long published, long target, String protocol) {
        return (published == 0 ? "" : "published=" + published + ",") + "target=" + target + ",protocol=" + protocol;
    }

    private void networks(List<ServiceShape.Network> wanted) {
        List<String> is = Tree.list(told, "networks").stream().map(network -> {
            String name = Tree.text(network, "Name");
            var like = wanted.stream().filter(one -> one.name().equals(name)).findFirst();
            return network(name, like.flatMap(ServiceShape.Network::aliases).isPresent()
                    ? Tree.texts(network, "Aliases")
                    : List.of(),
                    like.flatMap(ServiceShape.Network::options).isPresent()
                            ? Tree.map(network, "DriverOpts")
                            : Map.of());
        }).toList();
        changed("networks", wanted.stream().map(one -> network(one.name(), one.aliases().orElse(List.of()),
                one.options().map(MapValue::byName).orElse(Map.of()))).toList(), is, "--network",
                one -> one.replaceAll("^name=([^,]*).*", "$1"));
    }

    /** A network's name; with it, in docker's words for both, names in it and options. */
    private static String network(String name, List<String> aliases, Map<String, Value> options) {
        if (aliases.isEmpty() && options.isEmpty()) {
            return name;
        }
        var fields = new ArrayList<>(List.of("name=" + name));
        aliases.stream().sorted().forEach(alias -> fields.add("alias=" + alias));
        new TreeMap<>(options).forEach((key, value) -> fields.add("driver-opt=" + key + "=" + Tree.text(value)));
        return MountSpec.line(fields);
    }

    private void mounts(List<ServiceShape.Mount> wanted) {
        for (ServiceShape.Mount mount : wanted) {
            if (mount.source().isEmpty() && mount.type() != ServiceShape.MountType.TMPFS) {
                throw new IllegalArgumentException(
                        "Source must be specified for mounts which are not of type \"tmpfs\": "
                                + mount.target() + " has none.");
            }
        }
        List<String> is = Tree.list(told, container("Mounts")).stream().map(MountSpec::told).toList();
        List<String> all = wanted.stream().map(ServiceShape.Mount::given).map(MountSpec::wanted).toList();
        Set<String> targets = new TreeSet<>(wanted.stream().map(ServiceShape.Mount::target).toList());
        var create = new ArrayList<String>();
        var update = new ArrayList<String>();
        all.forEach(one -> create.addAll(List.of("--mount", one)));
        Tree.list(told, container("Mounts")).stream().map(one -> Tree.text(one, "Target"))
                .filter(target -> !targets.contains(target)) // docker would take away what it is to add at the same place
                .forEach(target -> update.addAll(List.of("--mount-rm", target)));
        all.stream().filter(one -> !is.contains(one)).forEach(one -> update.addAll(List.of("--mount-add", one)));
        add("mounts", Setting.set(all), Setting.set(is), create, update);
    }

    private void files(String name, String kind, List<ServiceFile> wanted) {
        List<String> is = Tree.list(told, container(kind + "s")).stream()
                .map(one -> ServiceFile.told(one, kind, wanted)).toList();
        changed(name, wanted.stream().map(ServiceFile::line).toList(), is, "--" + kind.toLowerCase(Locale.ROOT),
                one -> one.replaceAll(".*source=([^,\"]*).*", "$1"));
    }

    /** Things that are told apart by a key, and go by it. */
    private void changed(String name, List<String> wanted, List<String> is, String option, UnaryOperator<String> key) {
        var create = new ArrayList<String>();
        var update = new ArrayList<String>();
        wanted.forEach(one -> create.addAll(List.of(option, one)));
        Set<String> gone = new TreeSet<>(is.stream().filter(one -> !wanted.contains(one)).map(key).toList());
        gone.forEach(one -> update.addAll(List.of(option + "-rm", one)));
        wanted.stream().filter(one -> !is.contains(one) || gone.contains(key.apply(one)))
                .forEach(one -> update.addAll(List.of(option + "-add", one)));
        add(name, Setting.set(wanted), Setting.set(is), create, update);
    }
}
