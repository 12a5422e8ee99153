package bramble.modules.containers;

import bramble.args.Arg;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;

/** What a container is made with. What isn't given is left to docker and to the image, and isn't looked at afterwards. */
public record ContainerShape(
        @Arg("Whether docker removes the container when it ends.") Optional<Boolean> autoRemove,
        @Arg("The weight of its use of disks, 10 to 1000.") Optional<Integer> blkioWeight,
        @Arg(value = "Rights that it has besides docker's usual ones.", aliases = "cap_add") Optional<List<String>> capabilities,
        @Arg("Rights that it hasn't.") Optional<List<String>> capDrop,
        @Arg("The group of processes above it.") Optional<String> cgroupParent,
        @Arg("host or private.") Optional<String> cgroupnsMode,
        @Arg("What it runs: words in a list, or a line of shell words.") Optional<Value> command,
        @Arg("The length of the period of its processor share, in microseconds.") Optional<Integer> cpuPeriod,
        @Arg("Its processor time in each period, in microseconds.") Optional<Integer> cpuQuota,
        @Arg("Its weight where processors are short.") Optional<Integer> cpuShares,
        @Arg("How many processors it may use: 1.5.") Optional<Double> cpus,
        @Arg("The processors that it may use: 0-2 or 0,1.") Optional<String> cpusetCpus,
        @Arg("The memory nodes that it may use.") Optional<String> cpusetMems,
        @Arg("Devices of the node: /dev/ttyUSB0, /dev/a:/dev/b:rwm.") Optional<List<String>> devices,
        @Arg("The most that it reads from devices of the node in a second.") Optional<List<ByteRate>> deviceReadBps,
        @Arg("How often it reads from devices of the node in a second, at most.") Optional<List<OperationRate>> deviceReadIops,
        @Arg("The most that it writes to devices of the node in a second.") Optional<List<ByteRate>> deviceWriteBps,
        @Arg("How often it writes to devices of the node in a second, at most.") Optional<List<OperationRate>> deviceWriteIops,
        @Arg("Graphics processors that it gets.") Optional<List<DeviceRequest>> deviceRequests,
        @Arg("Rules for devices, as docker's --device-cgroup-rule has them.") Optional<List<String>> deviceCgroupRules,
        @Arg("Options of its resolver.") Optional<List<String>> dnsOpts,
        @Arg("Domains in which its resolver looks.") Optional<List<String>> dnsSearchDomains,
        @Arg("Its servers of names.") Optional<List<String>> dnsServers,
        @Arg("Its domain.") Optional<String> domainname,
        @Arg("What it runs in place of the image's entry point; the command's words come after it.") Optional<List<String>> entrypoint,
        @Arg("Its environment. Values go to docker by its standard input, not by its command line.") Optional<MapValue> env,
        @Arg(value = "A file on the node with lines NAME=value.", nodePath = true) Optional<String> envFile,
        @Arg("Names of hosts and their addresses, beside those of the resolver.") Optional<MapValue> etcHosts,
        @Arg(value = "Ports that it offers to other containers: 80, 53/udp, 8000-8010.", aliases = {
            "exposed",
            "expose"}) Optional<List<String>> exposedPorts,
        @Arg("More groups of its user.") Optional<List<String>> groups,
        @Arg("How docker finds out whether it works.") Optional<HealthCheck> healthcheck,
        @Arg("Its host name.") Optional<String> hostname,
        @Arg("Whether a small init runs its command.") Optional<Boolean> init,
        @Arg("Whether its standard input stays open.") Optional<Boolean> interactive,
        @Arg("host, private, shareable, none, or container:NAME.") Optional<String> ipcMode,
        @Arg("Its labels.") Optional<MapValue> labels,
        @Arg("Other containers that it knows by name: db, db:alias.") Optional<List<String>> links,
        @Arg("Where its output goes: json-file, journald, none ...") Optional<String> logDriver,
        @Arg(value = "Options of the log driver.", aliases = "log_opt") Optional<MapValue> logOptions,
        @Arg("Its hardware address.") Optional<String> macAddress,
        @Arg("The most memory that it gets: 512M; 0 for no limit.") Optional<String> memory,
        @Arg("The memory that it is to have at least.") Optional<String> memoryReservation,
        @Arg("The most memory with swap; unlimited or -1 for no limit.") Optional<String> memorySwap,
        @Arg("How readily its memory is swapped, 0 to 100.") Optional<Integer> memorySwappiness,
        @Arg("Things that are mounted: type (bind, volume, tmpfs), source, target, read_only, propagation, no_copy, labels, volume_driver, volume_options, tmpfs_size, tmpfs_mode.") Optional<List<MapValue>> mounts,
        @Arg(value = "bridge, host, none, container:NAME, or a network. With networks, the first of them if not given.", aliases = "net") Optional<String> networkMode,
        @Arg("Whether the kernel ends none of its processes where memory is short.") Optional<Boolean> oomKiller,
        @Arg("How readily the kernel ends it where memory is short, -1000 to 1000.") Optional<Integer> oomScoreAdj,
        @Arg("host, or container:NAME.") Optional<String> pidMode,
        @Arg("How many processes it may have.") Optional<Integer> pidsLimit,
        @Arg("The platform of an image that has several: linux/arm64. It counts only when the container is made.") Optional<String> platform,
        @Arg("Whether it has all rights, and all devices.") Optional<Boolean> privileged,
        @Arg("Whether each port that the image names gets a free port of the node.") Optional<Boolean> publishAllPorts,
        @Arg(value = "Ports of the node that lead to its own: 8080:80, 127.0.0.1:53:53/udp, 9000-9010:9000-9010, 80 for any free one; all for each that the image names.", aliases = "ports") Optional<List<String>> publishedPorts,
        @Arg("The address at which published ports are where none is given; empty leaves it to docker. 0.0.0.0 if not given.") Optional<String> defaultHostIp,
        @Arg("Whether its own files can't be written.") Optional<Boolean> readOnly,
        @Arg("When docker starts it again: no, always, on-failure, unless-stopped.") Optional<Restart> restartPolicy,
        @Arg("How often on-failure starts it again.") Optional<Integer> restartRetries,
        @Arg("The program that runs containers.") Optional<String> runtime,
        @Arg("Security options.") Optional<List<String>> securityOpts,
        @Arg("The size of /dev/shm: 64M.") Optional<String> shmSize,
        @Arg("The signal that asks it to end.") Optional<String> stopSignal,
        @Arg("Seconds that it has to end, before it is ended. Only a comparison that names it makes this a difference.") Optional<Integer> stopTimeout,
        @Arg("Options of the storage driver.") Optional<MapValue> storageOpts,
        @Arg("Kernel settings of its own.") Optional<MapValue> sysctls,
        @Arg("File systems in memory: /run:size=10m.") Optional<List<String>> tmpfs,
        @Arg("Whether it has a terminal.") Optional<Boolean> tty,
        @Arg("Limits: nofile:262144:262144.") Optional<List<String>> ulimits,
        @Arg("Who runs it: name, number, user:group.") Optional<String> user,
        @Arg("Its namespace of users: host.") Optional<String> usernsMode,
        @Arg("Its namespace of host names: host.") Optional<String> uts,
        @Arg("What keeps its volumes.") Optional<String> volumeDriver,
        @Arg("Folders and volumes: /on/node:/inside, name:/inside:ro, /inside for one of its own.") Optional<List<String>> volumes,
        @Arg("Containers whose volumes it has too.") Optional<List<String>> volumesFrom,
        @Arg("Its folder.") Optional<String> workingDir){
    /** When docker starts a container again. */
    public enum Restart {
        NO,
        ALWAYS,
        ON_FAILURE,
        UNLESS_STOPPED
    }

    /** The most that goes to or comes from a device in a second. */
    public record ByteRate(@Arg("The device: /dev/mmcblk0.") String path, @Arg("How much: 10M.") String rate) {
        String word() {
            return path + ":" + Sizes.bytes(rate);
        }
    }

    /** How often a device is read or written in a second, at most. */
    public record OperationRate(@Arg("The device: /dev/mmcblk0.") String path, @Arg("How often.") int rate) {
        String word() {
            if (rate <= 0) {
                throw new IllegalArgumentException("Tried to limit the use of " + path + ", but the rate is " + rate
                        + ": it has to be above 0.");
            }
            return path + ":" + rate;
        }
    }
}
