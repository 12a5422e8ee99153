package bramble.modules.containers;

import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a task asks of a service, as Ansible returns it: an entry for each thing, null where the task says nothing. */
final class ServiceAsked {
    private final Map<String, Value> all = new TreeMap<>();

    /**
     * What is asked.
     *
     * @param environment its variables, if the task says something of them
     * @param ids of secrets, configurations and networks, by {@code secret NAME}, {@code config NAME}, {@code network NAME}
     * @throws IllegalArgumentException with a sentence, if something can't be understood
     */
    static MapValue of(ServiceShape shape, boolean force, Optional<Map<String, String>> environment,
            Map<String, String> ids) {
        var asked = new ServiceAsked();
        asked.process(shape, environment);
        asked.surroundings(shape, ids);
        asked.upkeep(shape);
        asked.put("force_update", Optional.of(force).filter(yes -> yes).map(Value::of));
        return MapValue.named(asked.all);
    }

    private void process(ServiceShape shape, Optional<Map<String, String>> environment) {
        text("image", shape.image());
        texts("command", shape.command().map(Creation::words));
        texts("args", shape.args());
        put("env", environment.map(named -> Value.texts(named.entrySet().stream()
                .map(one -> one.getKey() + "=" + one.getValue()).toList())));
        text("user", shape.user());
        text("working_dir", shape.workingDir());
        text("hostname", shape.hostname());
        texts("groups", shape.groups());
        texts("cap_add", shape.capAdd());
        texts("cap_drop", shape.capDrop());
        text("stop_signal", shape.stopSignal());
        time("stop_grace_period", shape.stopGracePeriod());
        put("tty", shape.tty().map(Value::of));
        put("read_only", shape.readOnly().map(Value::of));
        put("init", shape.init().map(Value::of));
        put("labels", shape.labels().map(map -> map));
        put("container_labels", shape.containerLabels().map(map -> map));
        boolean off = shape.healthcheck().filter(HealthCheck::off).isPresent();
        put("healthcheck", shape.healthcheck().filter(_ -> !off).map(HealthCheck::asked));
        put("healthcheck_disabled", shape.healthcheck().map(_ -> Value.of(off)));
    }

    private void surroundings(ServiceShape shape, Map<String, String> ids) {
        text("endpoint_mode", shape.endpointMode().map(ServiceShape::word));
        put("publish", list(shape.publish(), port -> MapValue.of("published_port",
                port.publishedPort().map(Int::of).orElse(null), "target_port", port.targetPort(), "protocol",
                ServiceShape.word(port.protocol()), "mode", port.mode().map(ServiceShape::word).orElse(null))));
        put("networks", list(shape.networks(), network -> {
            MapValue one = MapValue.of("id", ids.get("network " + network.name()));
            one = network.aliases().isPresent() ? one.with("aliases", Value.texts(network.aliases().get())) : one;
            return network.options().isPresent() ? one.with("options", network.options().get()) : one;
        }));
        put("hosts", shape.hosts().map(map -> map));
        texts("dns", shape.dns());
        texts("dns_options", shape.dnsOptions());
        texts("dns_search", shape.dnsSearch());
        put("mounts", list(shape.mounts(), mount -> MapValue.of("type", ServiceShape.word(mount.type()), "source",
                mount.source().orElse(null), "target", mount.target(), "readonly", mount.readonly().orElse(null),
                "labels", mount.labels().orElse(null), "propagation",
                mount.propagation().map(ServiceShape::word).orElse(null), "no_copy", mount.noCopy().orElse(null),
                "driver_config", mount.driverConfig().map(driver -> MapValue.of("name", driver.name().orElse(null),
                        "options", driver.options().orElse(null))).orElse(null),
                "tmpfs_size", mount.tmpfsSize().map(Sizes::bytes).orElse(null), "tmpfs_mode",
                mount.tmpfsMode().map(ServiceFile::bits).orElse(null))));
        put("secrets", list(shape.secrets(), secret -> file("secret", secret.secretName(), secret.secretId(),
                new ServiceFile(secret.secretName(), secret.filename(), secret.uid(), secret.gid(), secret.mode()),
                ids)));
        put("configs", list(shape.configs(), config -> file("config", config.configName(), config.configId(),
                new ServiceFile(config.configName(), config.filename(), config.uid(), config.gid(), config.mode()),
                ids)));
    }

    private static MapValue file(String kind, String name, Optional<String> id, ServiceFile file,
            Map<String, String> ids) {
        return MapValue.of(kind + "_id", id.orElse(ids.get(kind + " " + name)), kind + "_name", name, "filename",
                file.target().orElse(name), "uid", file.uid().orElse(null), "gid", file.gid().orElse(null), "mode",
                file.mode().map(ServiceFile::bits).orElse(null));
    }

    private void upkeep(ServiceShape shape) {
        text("mode", Optional.of(ServiceShape.word(shape.mode())));
        put("replicas", Optional.of(Int.of(shape.replicas().orElse(-1)))
                .filter(_ -> shape.mode() == ServiceShape.Replication.REPLICATED));
        var placement = shape.placement();
        texts("constraints", placement.flatMap(ServiceShape.Placement::constraints));
        put("placement_preferences", list(placement.flatMap(ServiceShape.Placement::preferences), map -> map));
        number("replicas_max_per_node", placement.flatMap(ServiceShape.Placement::replicasMaxPerNode));
        resources("limit", shape.limits());
        resources("reserve", shape.reservations());
        var restart = shape.restartConfig();
        text("restart_policy", restart.flatMap(ServiceShape.Restart::condition).map(ServiceShape::word));
        time("restart_policy_delay", restart.flatMap(ServiceShape.Restart::delay));
        time("restart_policy_window", restart.flatMap(ServiceShape.Restart::window));
        number("restart_policy_attempts", restart.flatMap(ServiceShape.Restart::maxAttempts));
        var update = shape.updateConfig();
        number("update_parallelism", update.flatMap(ServiceShape.Update::parallelism));
        time("update_delay", update.flatMap(ServiceShape.Update::delay));
        text("update_failure_action", update.flatMap(ServiceShape.Update::failureAction).map(ServiceShape::word));
        time("update_monitor", update.flatMap(ServiceShape.Update::monitor));
        put("update_max_failure_ratio", update.flatMap(ServiceShape.Update::maxFailureRatio).map(Real::new));
        text("update_order", update.flatMap(ServiceShape.Update::order).map(ServiceShape::word));
        put("rollback_config", shape.rollbackConfig().map(back -> MapValue.of("parallelism",
                back.parallelism().map(Int::of).orElse(null), "delay",
                back.delay().map(Sizes::nanoseconds).orElse(null),
                "failure_action", back.failureAction().map(ServiceShape::word).orElse(null), "monitor",
                back.monitor().map(Sizes::nanoseconds).orElse(null), "max_failure_ratio",
                back.maxFailureRatio().map(Real::new).orElse(null), "order",
                back.order().map(ServiceShape::word).orElse(null))));
        text("log_driver", shape.logging().flatMap(ServiceShape.Logging::driver));
        put("log_driver_options", shape.logging().flatMap(ServiceShape.Logging::options).map(map -> map));
    }

    private void resources(String kind, Optional<ServiceShape.Resources> wanted) {
        put(kind + "_cpu", wanted.flatMap(ServiceShape.Resources::cpus).map(Real::new));
        put(kind + "_memory", wanted.flatMap(ServiceShape.Resources::memory).map(Sizes::bytes).map(Int::of));
    }

    private static <T> Optional<Value> list(Optional<List<T>> given, java.util.function.Function<T, Value> form) {
        return given.map(all -> new ListValue(all.stream().map(form).toList()));
    }

    private void put(String name, Optional<? extends Value> value) {
        all.put(name, value.<Value>map(one -> one).orElse(None.NONE));
    }

    private void text(String name, Optional<String> value) {
        put(name, value.map(Text::new));
    }

    private void texts(String name, Optional<List<String>> value) {
        put(name, value.map(Value::texts));
    }

    private void number(String name, Optional<Integer> value) {
        put(name, value.map(Int::of));
    }

    private void time(String name, Optional<String> value) {
        put(name, value.map(Sizes::nanoseconds).map(Int::of));
    }
}
