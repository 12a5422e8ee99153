package bramble.modules.containers;

import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
     */
    record Part(String name, Value wanted, Value actual, List<String> create, List<String> update) {}

    /** @param told what docker tells of the service; nothing if there is none */
    ServiceSpec(DockerSwarmServiceModule.Args args, MapValue told) {
        this.told = told;
        String[] task = {"Spec", "TaskTemplate"};
        words(args);
        environment(args.env());
        pairs("labels", args.labels(), "--label", path("Spec", "Labels"));
        pairs("container_labels", args.containerLabels(), "--container-label", container("Labels"));
        replicas(args);
        text("user", args.user(), "--user", container("User"));
        text("working_dir", args.workingDir(), "--workdir", container("Dir"));
        text("hostname", args.hostname(), "--hostname", container("Hostname"));
        text("stop_signal", args.stopSignal(), "--stop-signal", container("StopSignal"));
        args.stopGracePeriod().ifPresent(
                time -> time("stop_grace_period", time, "--stop-grace-period", container("StopGracePeriod")));
        flag("tty", args.tty(), "--tty", container("TTY"));
        flag("read_only", args.readOnly(), "--read-only", container("ReadOnly"));
        flag("init", args.init(), "--init", container("Init"));
        each("groups", args.groups(), "--group", container("Groups"));
        each("cap_add", args.capAdd()
                .map(all -> all.stream().map(name -> "CAP_" + Setting.capabilities(List.of(name)).getFirst()).toList()),
                "--cap-add", container("CapabilityAdd"));
        each("cap_drop", args.capDrop()
                .map(all -> all.stream().map(name -> "CAP_" + Setting.capabilities(List.of(name)).getFirst()).toList()),
                "--cap-drop", container("CapabilityDrop"));
        args.placement()
                .ifPresent(place -> each("constraints", Optional.of(Tree.texts(place, "constraints")), "--constraint",
                        path(task[0], task[1], "Placement", "Constraints")));
        resources(args.limits(), "limit", "Limits");
        resources(args.reservations(), "reserve", "Reservations");
        restart(args.restartConfig());
        update(args.updateConfig());
        args.logging().ifPresent(log -> {
            text("logging.driver", Tree.given(log, "driver"), "--log-driver",
                    path(task[0], task[1], "LogDriver", "Name"));
            List<String> options = new ArrayList<>();
            DockerNetworkModule.pairs(options, "--log-opt", Optional.of(MapValue.named(Tree.map(log, "options"))));
            if (!options.isEmpty()) {
                add("logging.options", texts(Tree.map(log, "options")),
                        texts(Tree.map(told, task[0], task[1], "LogDriver", "Options")), options, options);
            }
        });
        publish(args.publish());
        networks(args.networks());
        mounts(args.mounts());
    }

    List<Part> parts() {
        return parts;
    }

    /** Makes known to docker what it takes from its environment. */
    Sh exports() {
        return exports;
    }

    private String[] path(String... names) {
        return names;
    }

    private static String[] container(String name) {
        return new String[]{"Spec", "TaskTemplate", "ContainerSpec", name};
    }

    /** Where the service is only foreseen, docker has told nothing, but this has. */
    private void add(String name, Value wanted, Value actual, List<String> create, List<String> update) {
        Value foreseen = Tree.at(told, "foreseen", name);
        parts.add(new Part(name, wanted, foreseen instanceof None ? actual : foreseen, create, update));
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

    private void time(String name, String wanted, String option, String... path) {
        long span = Sizes.nanoseconds(wanted);
        one(name, Int.of(span), option, span / 1_000_000 + "ms", Int.of(Tree.number(told, path)));
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

    private void words(DockerSwarmServiceModule.Args args) {
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

    private void environment(Optional<Value> given) {
        given.ifPresent(value -> {
            var wanted = new TreeMap<String, String>();
            if (value instanceof MapValue map) {
                map.byName().forEach((name, text) -> wanted.put(name, Tree.text(text)));
            } else {
                Tree.texts(value).forEach(
                        pair -> wanted.put(pair.split("=", 2)[0], pair.contains("=") ? pair.split("=", 2)[1] : ""));
            }
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

    private void replicas(DockerSwarmServiceModule.Args args) {
        boolean global = args.mode() == DockerSwarmServiceModule.Mode.GLOBAL;
        String is = Tree.at(told, "Spec", "Mode", "Global") instanceof None ? "replicated" : "global";
        add("mode", new Text(global ? "global" : "replicated"), new Text(is),
                List.of("--mode", global ? "global" : "replicated"), List.of());
        if (!global) {
            args.replicas().filter(count -> count >= 0)
                    .ifPresent(count -> one("replicas", Int.of(count), "--replicas", String.valueOf(count),
                            Int.of(Tree.number(told, "Spec", "Mode", "Replicated", "Replicas"))));
        }
    }

    private void resources(Optional<MapValue> wanted, String option, String key) {
        wanted.ifPresent(all -> {
            Tree.given(all, "cpus")
                    .ifPresent(count -> one(option + ".cpus",
                            Int.of(new BigDecimal(count).movePointRight(9).longValue()), "--" + option + "-cpu",
                            count, Int.of(Tree.number(told, "Spec", "TaskTemplate", "Resources", key, "NanoCPUs"))));
            Tree.given(all, "memory")
                    .ifPresent(size -> one(option + ".memory", Int.of(Sizes.bytes(size)), "--" + option + "-memory",
                            String.valueOf(Sizes.bytes(size)),
                            Int.of(Tree.number(told, "Spec", "TaskTemplate", "Resources", key, "MemoryBytes"))));
        });
    }

    private void restart(Optional<MapValue> wanted) {
        wanted.ifPresent(all -> {
            String[] at = {"Spec", "TaskTemplate", "RestartPolicy"};
            text("restart_config.condition", Tree.given(all, "condition"), "--restart-condition",
                    path(at[0], at[1], at[2], "Condition"));
            Tree.given(all, "delay").ifPresent(
                    time -> time("restart_config.delay", time, "--restart-delay", path(at[0], at[1], at[2], "Delay")));
            Tree.given(all, "window").ifPresent(time -> time("restart_config.window", time, "--restart-window",
                    path(at[0], at[1], at[2], "Window")));
            Tree.given(all, "max_attempts")
                    .ifPresent(count -> one("restart_config.max_attempts", Int.of(Long.parseLong(count)),
                            "--restart-max-attempts", count,
                            Int.of(Tree.number(told, at[0], at[1], at[2], "MaxAttempts"))));
        });
    }

    private void update(Optional<MapValue> wanted) {
        wanted.ifPresent(all -> {
            text("update_config.failure_action", Tree.given(all, "failure_action"), "--update-failure-action",
                    path("Spec", "UpdateConfig", "FailureAction"));
            text("update_config.order", Tree.given(all, "order"), "--update-order",
                    path("Spec", "UpdateConfig", "Order"));
            Tree.given(all, "delay").ifPresent(
                    time -> time("update_config.delay", time, "--update-delay", path("Spec", "UpdateConfig", "Delay")));
            Tree.given(all, "monitor").ifPresent(time -> time("update_config.monitor", time, "--update-monitor",
                    path("Spec", "UpdateConfig", "Monitor")));
            Tree.given(all, "parallelism")
                    .ifPresent(count -> one("update_config.parallelism", Int.of(Long.parseLong(count)),
                            "--update-parallelism", count,
                            Int.of(Tree.number(told, "Spec", "UpdateConfig", "Parallelism"))));
        });
    }

    private void publish(Optional<List<MapValue>> wanted) {
        wanted.ifPresent(all -> {
            List<String> ports = all.stream().map(port -> {
                String published = Tree.given(port, "published_port").map(number -> "published=" + number + ",")
                        .orElse("");
                return published + "target=" + Tree.text(port, "target_port") + ",protocol="
                        + Tree.given(port, "protocol").orElse("tcp") + ",mode="
                        + Tree.given(port, "mode").orElse("ingress");
            }).toList();
            List<String> is = Tree.list(told, "Spec", "EndpointSpec", "Ports").stream().map(port -> {
                long published = Tree.number(port, "PublishedPort");
                return (published == 0 ? "" : "published=" + published + ",") + "target="
                        + Tree.number(port, "TargetPort") + ",protocol="
                        + Tree.text(port, "Protocol") + ",mode=" + Tree.text(port, "PublishMode");
            }).toList();
            changed("publish", ports, is, "--publish",
                    one -> one.replaceAll(".*target=(\\d+),protocol=(\\w+).*", "$1/$2"));
        });
    }

    private void networks(Optional<List<Value>> wanted) {
        wanted.ifPresent(all -> {
            List<String> names = all.stream()
                    .map(one -> one instanceof MapValue map ? Tree.text(map, "name") : Tree.text(one)).toList();
            List<String> is = Tree.texts(told, "networks");
            changed("networks", names, is, "--network", one -> one);
        });
    }

    private void mounts(Optional<List<MapValue>> wanted) {
        wanted.ifPresent(all -> {
            List<String> lines = all.stream().map(MountSpec::wanted).toList();
            List<String> is = Tree.list(told, container("Mounts")).stream().map(MountSpec::told).toList();
            changed("mounts", lines, is, "--mount", one -> one.replaceAll(".*target=([^,\"]*).*", "$1"));
        });
    }

    /** Things that are told apart by a key, and go by it. */
    private void changed(String name, List<String> wanted, List<String> is, String option,
            java.util.function.UnaryOperator<String> key) {
        var create = new ArrayList<String>();
        var update = new ArrayList<String>();
        wanted.forEach(one -> create.addAll(List.of(option, one)));
        is.stream().filter(one -> !wanted.contains(one))
                .forEach(one -> update.addAll(List.of(option + "-rm", key.apply(one))));
        wanted.stream().filter(one -> !is.contains(one)).forEach(one -> update.addAll(List.of(option + "-add", one)));
        add(name, Setting.set(wanted), Setting.set(is), create, update);
    }
}
