package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Mode;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a service of a swarm is made with. What isn't given is left to docker and to the image, and isn't looked at afterwards. */
public record ServiceShape(@Arg("What its containers are made of.") Optional<String> image,
        @Arg("What its containers run in place of the image's entry point: words, or a line of shell words.") Optional<Value> command,
        @Arg("Words for what they run.") Optional<List<String>> args,
        @Arg("Their environment: a mapping, or a list of NAME=value. Values go to docker by its environment.") Optional<Value> env,
        @Arg(value = "Files on the node with lines NAME=value; a later one counts more, and env the most.", nodePath = true) Optional<List<String>> envFiles,
        @Arg(value = "replicated or global; a change of it makes the service anew.", fallback = "replicated") Replication mode,
        @Arg("How many containers; -1 leaves that alone.") Optional<Integer> replicas,
        @Arg("Ports that lead to it.") Optional<List<Port>> publish,
        @Arg("How other services find it: by one address (vip), or by those of its containers (dnsrr).") Optional<Endpoint> endpointMode,
        @Arg("Networks that they are in: names, or mappings with name, aliases and options.") Optional<List<Network>> networks,
        @Arg("Names of hosts and their addresses, beside those of the resolver.") Optional<MapValue> hosts,
        @Arg("Their servers of names.") Optional<List<String>> dns,
        @Arg("Options of their resolver.") Optional<List<String>> dnsOptions,
        @Arg("Domains in which their resolver looks.") Optional<List<String>> dnsSearch,
        @Arg("Things that are mounted.") Optional<List<Mount>> mounts,
        @Arg("Secrets of the swarm that they find as files in /run/secrets.") Optional<List<Secret>> secrets,
        @Arg("Configurations of the swarm that they find as files.") Optional<List<Config>> configs,
        @Arg("The service's labels.") Optional<MapValue> labels,
        @Arg("The containers' labels.") Optional<MapValue> containerLabels,
        @Arg("Where it runs.") Optional<Placement> placement,
        @Arg("The most that a container gets.") Optional<Resources> limits,
        @Arg("What a container is to have.") Optional<Resources> reservations,
        @Arg("When a container is started again.") Optional<Restart> restartConfig,
        @Arg("How containers are changed.") Optional<Update> updateConfig,
        @Arg("How a change that fails is taken back.") Optional<Rollback> rollbackConfig,
        @Arg("How docker finds out whether a container works.") Optional<HealthCheck> healthcheck,
        @Arg("Where output goes.") Optional<Logging> logging,
        @Arg("Who runs it.") Optional<String> user,
        @Arg("The folder that it runs in.") Optional<String> workingDir,
        @Arg("The containers' host name.") Optional<String> hostname,
        @Arg("More groups of its user.") Optional<List<String>> groups,
        @Arg("Rights that it has besides docker's usual ones.") Optional<List<String>> capAdd,
        @Arg("Rights that it hasn't.") Optional<List<String>> capDrop,
        @Arg("The signal that asks a container to end.") Optional<String> stopSignal,
        @Arg("The time it has to end: 10s.") Optional<String> stopGracePeriod,
        @Arg("Whether it has a terminal.") Optional<Boolean> tty,
        @Arg("Whether its own files can't be written.") Optional<Boolean> readOnly,
        @Arg("Whether a small init runs its command.") Optional<Boolean> init) {

    /** How many containers it has: as many as it is told, or one on each node. */
    public enum Replication {
        REPLICATED,
        GLOBAL
    }

    /** How other services find it. */
    public enum Endpoint {
        VIP,
        DNSRR
    }

    /** Who listens at a port: every node of the swarm, or those that a container runs on. */
    public enum Publishing {
        INGRESS,
        HOST
    }

    /** What is spoken at a port. */
    public enum Protocol {
        TCP,
        UDP,
        SCTP
    }

    /** A port that leads to it. */
    public record Port(@Arg("The containers' port.") int targetPort,
            @Arg("The nodes' port; any that is free if not given.") Optional<Integer> publishedPort,
            @Arg(value = "What is spoken there.", fallback = "tcp") Protocol protocol,
            @Arg("ingress: every node of the swarm listens; host: those that a container runs on.") Optional<Publishing> mode) {}

    /** A network that its containers are in. */
    public record Network(@Arg("The network's name.") String name,
            @Arg("Names that they have in it besides.") Optional<List<String>> aliases,
            @Arg("Options of the network's driver.") Optional<MapValue> options) {}

    /** What kind of thing is mounted. */
    public enum MountType {
        BIND,
        VOLUME,
        TMPFS,
        NPIPE
    }

    /** How mounts of the node's are seen inside, and the other way round. */
    public enum Propagation {
        SHARED,
        SLAVE,
        PRIVATE,
        RSHARED,
        RSLAVE,
        RPRIVATE
    }

    /** What keeps a volume. */
    public record VolumeDriver(@Arg("The driver's name.") Optional<String> name,
            @Arg("Its options.") Optional<MapValue> options) {}

    /** A thing that is mounted. */
    public record Mount(@Arg("Where it is inside.") String target,
            @Arg("The folder of the node, or the volume's name; none for tmpfs.") Optional<String> source,
            @Arg(value = "A folder of the node (bind), a volume, or files in memory (tmpfs).", fallback = "bind") MountType type,
            @Arg(value = "Whether it can't be written.", aliases = "read_only") Optional<Boolean> readonly,
            @Arg("The volume's labels.") Optional<MapValue> labels,
            @Arg("How mounts of the node's are seen inside, and the other way round; for bind.") Optional<Propagation> propagation,
            @Arg("Whether a new volume stays empty.") Optional<Boolean> noCopy,
            @Arg("What keeps the volume.") Optional<VolumeDriver> driverConfig,
            @Arg("The size of files in memory: 64M.") Optional<String> tmpfsSize,
            @Arg("The mode of files in memory.") Optional<Mode> tmpfsMode) {

        /** The same in the words of {@link MountSpec}. */
        MapValue given() {
            var given = new TreeMap<String, Value>(
                    Map.of("target", Value.text(target), "type", Value.text(word(type))));
            source.ifPresent(text -> given.put("source", Value.text(text)));
            readonly.ifPresent(yes -> given.put("readonly", Value.of(yes)));
            labels.ifPresent(map -> given.put("labels", map));
            propagation.ifPresent(how -> given.put("propagation", Value.text(word(how))));
            noCopy.ifPresent(yes -> given.put("no_copy", Value.of(yes)));
            driverConfig.flatMap(VolumeDriver::name).ifPresent(name -> given.put("volume_driver", Value.text(name)));
            driverConfig.flatMap(VolumeDriver::options).ifPresent(map -> given.put("volume_options", map));
            tmpfsSize.ifPresent(size -> given.put("tmpfs_size", Value.text(size)));
            tmpfsMode.ifPresent(mode -> given.put("tmpfs_mode", Value.text(mode.text())));
            return MapValue.named(given);
        }
    }

    /** A secret of the swarm. */
    public record Secret(@Arg("The secret's name.") String secretName,
            @Arg("Its id, which then has to be that of the name.") Optional<String> secretId,
            @Arg("The file's name; the secret's if not given.") Optional<String> filename,
            @Arg("The number of the file's owner.") Optional<String> uid,
            @Arg("The number of the file's group.") Optional<String> gid,
            @Arg("The file's mode: 0400.") Optional<Mode> mode) {}

    /** A configuration of the swarm. */
    public record Config(@Arg("The configuration's name.") String configName,
            @Arg("Its id, which then has to be that of the name.") Optional<String> configId,
            @Arg("The file's path; the configuration's name, in the topmost folder, if not given.") Optional<String> filename,
            @Arg("The number of the file's owner.") Optional<String> uid,
            @Arg("The number of the file's group.") Optional<String> gid,
            @Arg("The file's mode: 0444.") Optional<Mode> mode) {}

    /** Where it runs. */
    public record Placement(
            @Arg("What has to be true of a node: node.role == manager.") Optional<List<String>> constraints,
            @Arg("By what containers are spread, the first counting most: spread: node.labels.room.") Optional<List<MapValue>> preferences,
            @Arg("The most of its containers on one node; 0 for no limit.") Optional<Integer> replicasMaxPerNode) {}

    /** An amount of what a node has. */
    public record Resources(@Arg("Processors: 0.5.") Optional<Double> cpus,
            @Arg("Memory: 64M.") Optional<String> memory) {}

    /** After what an ended container is started again. */
    public enum Condition {
        NONE,
        ON_FAILURE,
        ANY
    }

    /** When a container is started again. */
    public record Restart(@Arg("After what: none, on-failure, any.") Optional<Condition> condition,
            @Arg("The time in between: 5s.") Optional<String> delay,
            @Arg("How often.") Optional<Integer> maxAttempts,
            @Arg("The time that a container has to run, to count as started.") Optional<String> window) {}

    /** What becomes of a change that fails. */
    public enum AfterFailure {
        CONTINUE,
        PAUSE,
        ROLLBACK
    }

    /** What becomes of a change that is taken back, and fails at that. */
    public enum AfterRollbackFailure {
        CONTINUE,
        PAUSE
    }

    /** What comes first where one container takes the place of another. */
    public enum Order {
        STOP_FIRST,
        START_FIRST
    }

    /** How containers are changed. */
    public record Update(@Arg("How many at a time; 0 for all.") Optional<Integer> parallelism,
            @Arg("The time in between: 10s.") Optional<String> delay,
            @Arg("What becomes of a change that fails.") Optional<AfterFailure> failureAction,
            @Arg("How long a container is watched for failures.") Optional<String> monitor,
            @Arg("Which part of them may fail: 0.2.") Optional<Double> maxFailureRatio,
            @Arg("Whether the old container stops first, or the new one starts first.") Optional<Order> order) {}

    /** How a change that fails is taken back. */
    public record Rollback(@Arg("How many at a time; 0 for all.") Optional<Integer> parallelism,
            @Arg("The time in between: 10s.") Optional<String> delay,
            @Arg("What becomes of it if that fails.") Optional<AfterRollbackFailure> failureAction,
            @Arg("How long a container is watched for failures.") Optional<String> monitor,
            @Arg("Which part of them may fail: 0.2.") Optional<Double> maxFailureRatio,
            @Arg("Whether the new container stops first, or the old one starts first.") Optional<Order> order) {}

    /** Where output goes. */
    public record Logging(@Arg("The driver: json-file, journald, none ...") Optional<String> driver,
            @Arg("Its options.") Optional<MapValue> options) {}

    /** {@code on-failure}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
