package bramble.modules.containers;

import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** A property of a container, under the name of the argument that sets it, and how {@code docker inspect} tells it. */
@SuppressWarnings("ImmutableEnumChecker") // its functions hold nothing
enum Setting {
    AUTO_REMOVE(Kind.VALUE, c -> flag(c, "HostConfig", "AutoRemove")),
    BLKIO_WEIGHT(Kind.LIVE, c -> whole(c, "HostConfig", "BlkioWeight")),
    CAPABILITIES(Kind.SET, c -> set(capabilities(Tree.texts(c, "HostConfig", "CapAdd")))),
    CAP_DROP(Kind.SET, c -> set(capabilities(Tree.texts(c, "HostConfig", "CapDrop")))),
    CGROUP_PARENT(Kind.VALUE, c -> text(c, "HostConfig", "CgroupParent")),
    CGROUPNS_MODE(Kind.VALUE, c -> text(c, "HostConfig", "CgroupnsMode")),
    COMMAND(Kind.LIST, c -> Value.texts(Tree.texts(c, "Config", "Cmd"))),
    CPU_PERIOD(Kind.LIVE, c -> whole(c, "HostConfig", "CpuPeriod")),
    CPU_QUOTA(Kind.LIVE, c -> whole(c, "HostConfig", "CpuQuota")),
    CPU_SHARES(Kind.LIVE, c -> whole(c, "HostConfig", "CpuShares")),
    CPUS(Kind.VALUE, c -> whole(c, "HostConfig", "NanoCpus")),
    CPUSET_CPUS(Kind.LIVE, c -> text(c, "HostConfig", "CpusetCpus")),
    CPUSET_MEMS(Kind.LIVE, c -> text(c, "HostConfig", "CpusetMems")),
    DEVICES(Kind.SET, c -> set(Tree.list(c, "HostConfig", "Devices").stream()
            .map(one -> Tree.text(one, "PathOnHost") + ":" + Tree.text(one, "PathInContainer") + ":"
                    + Tree.text(one, "CgroupPermissions"))
            .toList())),
    DEVICE_READ_BPS(Kind.SET, c -> rates(c, "BlkioDeviceReadBps")),
    DEVICE_READ_IOPS(Kind.SET, c -> rates(c, "BlkioDeviceReadIOps")),
    DEVICE_WRITE_BPS(Kind.SET, c -> rates(c, "BlkioDeviceWriteBps")),
    DEVICE_WRITE_IOPS(Kind.SET, c -> rates(c, "BlkioDeviceWriteIOps")),
    DEVICE_REQUESTS(Kind.SET, c -> set(Tree.list(c, "HostConfig", "DeviceRequests").stream()
            .map(DeviceRequest::told).toList())),
    DEVICE_CGROUP_RULES(Kind.LIST, c -> Value.texts(Tree.texts(c, "HostConfig", "DeviceCgroupRules"))),
    DNS_OPTS(Kind.SET, c -> set(Tree.texts(c, "HostConfig", "DnsOptions"))),
    DNS_SEARCH_DOMAINS(Kind.LIST, c -> Value.texts(Tree.texts(c, "HostConfig", "DnsSearch"))),
    DNS_SERVERS(Kind.LIST, c -> Value.texts(Tree.texts(c, "HostConfig", "Dns"))),
    DOMAINNAME(Kind.VALUE, c -> text(c, "Config", "Domainname")),
    ENTRYPOINT(Kind.LIST, c -> Value.texts(Stream
            .concat(Tree.texts(c, "Config", "Entrypoint").stream(), Tree.texts(c, "Config", "Cmd").stream())
            .toList())),
    ENV(Kind.SET, c -> set(Tree.texts(c, "Config", "Env"))),
    ETC_HOSTS(Kind.SET, c -> set(Tree.texts(c, "HostConfig", "ExtraHosts"))),
    EXPOSED_PORTS(Kind.SET, c -> set(List.copyOf(Tree.map(c, "Config", "ExposedPorts").keySet()))),
    GROUPS(Kind.SET, c -> set(Tree.texts(c, "HostConfig", "GroupAdd"))),
    HEALTHCHECK(Kind.DICT, c -> MapValue.named(Tree.map(c, "Config", "Healthcheck"))),
    HOSTNAME(Kind.VALUE, c -> text(c, "Config", "Hostname")),
    INIT(Kind.VALUE, c -> flag(c, "HostConfig", "Init")),
    INTERACTIVE(Kind.VALUE, c -> flag(c, "Config", "OpenStdin")),
    IPC_MODE(Kind.VALUE, c -> text(c, "HostConfig", "IpcMode")),
    LABELS(Kind.DICT, c -> MapValue.named(Tree.map(c, "Config", "Labels"))),
    LINKS(Kind.SET, c -> set(Tree.texts(c, "HostConfig", "Links").stream().map(Setting::link).toList())),
    LOG_DRIVER(Kind.VALUE, c -> text(c, "HostConfig", "LogConfig", "Type")),
    LOG_OPTIONS(Kind.DICT, c -> MapValue.named(Tree.map(c, "HostConfig", "LogConfig", "Config"))),
    MAC_ADDRESS(Kind.VALUE, c -> new Text(Tree.given(c, "Config", "MacAddress")
            .orElseGet(() -> Tree.map(c, "NetworkSettings", "Networks").values().stream()
                    .map(end -> Tree.text(end, "MacAddress")).filter(mac -> !mac.isEmpty()).findFirst().orElse(""))
            .toLowerCase(Locale.ROOT))),
    MEMORY(Kind.LIVE, c -> whole(c, "HostConfig", "Memory")),
    MEMORY_RESERVATION(Kind.LIVE, c -> whole(c, "HostConfig", "MemoryReservation")),
    MEMORY_SWAP(Kind.LIVE, c -> whole(c, "HostConfig", "MemorySwap")),
    MEMORY_SWAPPINESS(Kind.VALUE, c -> Tree.at(c, "HostConfig", "MemorySwappiness")),
    MOUNTS(Kind.SET, c -> set(Tree.list(c, "HostConfig", "Mounts").stream().map(MountSpec::told).toList())),
    NETWORK_MODE(Kind.VALUE, c -> new Text(network(Tree.text(c, "HostConfig", "NetworkMode")))),
    OOM_KILLER(Kind.VALUE, c -> Bool.of(Tree.yes(c, "HostConfig", "OomKillDisable"))),
    OOM_SCORE_ADJ(Kind.VALUE, c -> whole(c, "HostConfig", "OomScoreAdj")),
    PID_MODE(Kind.VALUE, c -> text(c, "HostConfig", "PidMode")),
    PIDS_LIMIT(Kind.VALUE, c -> whole(c, "HostConfig", "PidsLimit")),
    PRIVILEGED(Kind.VALUE, c -> flag(c, "HostConfig", "Privileged")),
    PUBLISHED_PORTS(Kind.DICT, Setting::ports),
    PUBLISH_ALL_PORTS(Kind.VALUE, c -> flag(c, "HostConfig", "PublishAllPorts")),
    READ_ONLY(Kind.VALUE, c -> flag(c, "HostConfig", "ReadonlyRootfs")),
    RESTART_POLICY(Kind.LIVE, c -> new Text(Tree.given(c, "HostConfig", "RestartPolicy", "Name").orElse("no"))),
    RESTART_RETRIES(Kind.LIVE, c -> whole(c, "HostConfig", "RestartPolicy", "MaximumRetryCount")),
    RUNTIME(Kind.VALUE, c -> text(c, "HostConfig", "Runtime")),
    SECURITY_OPTS(Kind.SET, c -> set(Tree.texts(c, "HostConfig", "SecurityOpt"))),
    SHM_SIZE(Kind.VALUE, c -> whole(c, "HostConfig", "ShmSize")),
    STOP_SIGNAL(Kind.VALUE, c -> text(c, "Config", "StopSignal")),
    STOP_TIMEOUT(Kind.VALUE, c -> whole(c, "Config", "StopTimeout")),
    STORAGE_OPTS(Kind.DICT, c -> MapValue.named(Tree.map(c, "HostConfig", "StorageOpt"))),
    SYSCTLS(Kind.DICT, c -> MapValue.named(Tree.map(c, "HostConfig", "Sysctls"))),
    TMPFS(Kind.DICT, c -> MapValue.named(Tree.map(c, "HostConfig", "Tmpfs"))),
    TTY(Kind.VALUE, c -> flag(c, "Config", "Tty")),
    ULIMITS(Kind.SET, c -> set(Tree.list(c, "HostConfig", "Ulimits").stream()
            .map(one -> Tree.text(one, "Name") + ":" + Tree.number(one, "Soft") + ":" + Tree.number(one, "Hard"))
            .toList())),
    USER(Kind.VALUE, c -> text(c, "Config", "User")),
    USERNS_MODE(Kind.VALUE, c -> text(c, "HostConfig", "UsernsMode")),
    UTS(Kind.VALUE, c -> text(c, "HostConfig", "UTSMode")),
    VOLUME_DRIVER(Kind.VALUE, c -> text(c, "HostConfig", "VolumeDriver")),
    VOLUMES(Kind.SET, c -> set(Stream
            .concat(Tree.texts(c, "HostConfig", "Binds").stream().map(Setting::bind),
                    Tree.map(c, "Config", "Volumes").keySet().stream())
            .toList())),
    VOLUMES_FROM(Kind.SET, c -> set(Tree.texts(c, "HostConfig", "VolumesFrom"))),
    WORKING_DIR(Kind.VALUE, c -> text(c, "Config", "WorkingDir"));

    /** How two values of a setting are compared. LIVE: a single value that changes without a new container. */
    enum Kind {
        VALUE,
        LIVE,
        LIST,
        SET,
        DICT
    }

    private final Kind kind;
    private final Function<MapValue, Value> told;

    Setting(Kind kind, Function<MapValue, Value> told) {
        this.kind = kind;
        this.told = told;
    }

    /** The argument. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean live() {
        return kind == Kind.LIVE;
    }

    boolean isWhole() {
        return kind == Kind.SET || kind == Kind.DICT;
    }

    Value of(MapValue container) {
        return told.apply(container);
    }

    /**
     * Whether the container is as wanted.
     *
     * @param exactly whether more than is wanted is a difference
     */
    boolean fits(Value wanted, Value actual, boolean exactly) {
        if (wanted instanceof ListValue list && actual instanceof ListValue other && kind == Kind.SET && !exactly) {
            return other.items().containsAll(list.items());
        }
        if (wanted instanceof MapValue map && actual instanceof MapValue other && kind == Kind.DICT && !exactly) {
            return map.byName().entrySet().stream()
                    .allMatch(entry -> other.get(entry.getKey()).equals(Optional.of(entry.getValue())));
        }
        return wanted.equals(actual);
    }

    static ListValue set(List<String> items) {
        return Value.texts(List.copyOf(new TreeSet<>(items)));
    }

    static List<String> capabilities(List<String> names) {
        return names.stream().map(name -> name.toUpperCase(Locale.ROOT)).map(
                name -> name.startsWith("CAP_") ? name.substring(4) : name).toList();
    }

    /** Docker's newer versions say bridge where older ones say default. */
    static String network(String mode) {
        return mode.equals("default") ? "bridge" : mode;
    }

    /** {@code source:target:options}, with the options in order and {@code rw} where none says more. */
    static String bind(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2) {
            return text;
        }
        var options = new TreeSet<String>(parts.length > 2 ? List.of(parts[2].split(",", -1)) : List.of());
        if (!options.contains("ro")) {
            options.add("rw");
        }
        return parts[0] + ":" + parts[1] + ":" + String.join(",", options);
    }

    /** Docker says {@code /db:/web/db} where {@code db:db} was asked for. */
    private static String link(String told) {
        String[] parts = told.split(":", 2);
        String alias = parts.length > 1 ? parts[1].substring(parts[1].lastIndexOf('/') + 1) : "";
        return parts[0].replaceFirst("^/", "") + ":" + alias;
    }

    /** By port of the container, where it can be reached: {@code address:port}, in order. */
    private static Value ports(MapValue container) {
        Map<String, Value> ports = new TreeMap<>();
        Tree.map(container, "HostConfig", "PortBindings").forEach((port, ends) -> {
            var all = new ArrayList<String>();
            Tree.list(ends).forEach(end -> all.add(PortSpec.end(Tree.text(end, "HostIp"), Tree.text(end, "HostPort"))));
            ports.put(port, set(all));
        });
        return MapValue.named(ports);
    }

    private static Value rates(MapValue container, String name) {
        return set(Tree.list(container, "HostConfig", name).stream()
                .map(one -> Tree.text(one, "Path") + ":" + Tree.number(one, "Rate")).toList());
    }

    private static Value flag(MapValue container, String... path) {
        return Bool.of(Tree.yes(container, path));
    }

    private static Value whole(MapValue container, String... path) {
        return Tree.at(container, path) instanceof None ? Int.of(0) : Int.of(Tree.number(container, path));
    }

    private static Value text(MapValue container, String... path) {
        return new Text(Tree.text(container, path));
    }
}
