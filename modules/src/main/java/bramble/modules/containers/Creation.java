package bramble.modules.containers;

import bramble.args.ShellSplit;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A container to be made: each thing asked for becomes a setting to compare with, and words of {@code docker create}.
 */
final class Creation {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
    /** What would change docker itself, if it were in its own environment. */
    private static final Pattern OWN = Pattern.compile("PATH|HOME|IFS|PS4|ENV|DOCKER_.*|LD_.*|.*_PROXY|.*_proxy|b_.*");
    private static final int LONGEST_LINE = 60_000; // docker reads lines of an environment file of 64 KB at most

    private final MapValue image;
    private final Map<Setting, Value> wanted = new EnumMap<>(Setting.class);
    private final List<String> options = new ArrayList<>();
    private final List<String> command = new ArrayList<>();
    private final StringBuilder lines = new StringBuilder();
    private Sh exports = Sh.raw("");

    /**
     * @param image what docker tells of the image's own settings; empty where it isn't known
     * @param envFile the lines of the file of the environment
     * @throws IllegalArgumentException with a sentence, if something can't be understood
     */
    Creation(ContainerShape shape, MapValue image, String envFile) {
        this.image = image;
        limits(shape);
        identity(shape);
        network(shape);
        storage(shape);
        environment(shape, envFile);
        process(shape);
    }

    /** What is compared. */
    Map<Setting, Value> wanted() {
        return wanted;
    }

    /** Makes the container. */
    Sh create(Docker docker, String name, List<String> networks, String imageName) {
        var words = new ArrayList<String>(List.of("create", "--name", name));
        words.addAll(options);
        words.addAll(networks);
        if (!lines.isEmpty()) {
            words.addAll(List.of("--env-file", "/dev/stdin"));
        }
        words.add(imageName);
        words.addAll(command);
        return Sh.of("{}{} >/dev/null", exports, docker.run(words));
    }

    /** What {@link #create} reads. */
    Content input() {
        return Content.text(lines.toString());
    }

    private void limits(ContainerShape shape) {
        number(Setting.BLKIO_WEIGHT, shape.blkioWeight(), "--blkio-weight");
        number(Setting.CPU_PERIOD, shape.cpuPeriod(), "--cpu-period");
        number(Setting.CPU_QUOTA, shape.cpuQuota(), "--cpu-quota");
        number(Setting.CPU_SHARES, shape.cpuShares(), "--cpu-shares");
        shape.cpus().ifPresent(count -> {
            wanted.put(Setting.CPUS, Int.of(BigDecimal.valueOf(count).movePointRight(9).longValue()));
            option("--cpus", BigDecimal.valueOf(count).stripTrailingZeros().toPlainString());
        });
        text(Setting.CPUSET_CPUS, shape.cpusetCpus(), "--cpuset-cpus");
        text(Setting.CPUSET_MEMS, shape.cpusetMems(), "--cpuset-mems");
        size(Setting.MEMORY, shape.memory(), "--memory");
        size(Setting.MEMORY_RESERVATION, shape.memoryReservation(), "--memory-reservation");
        size(Setting.MEMORY_SWAP, shape.memorySwap(), "--memory-swap");
        number(Setting.MEMORY_SWAPPINESS, shape.memorySwappiness(), "--memory-swappiness");
        size(Setting.SHM_SIZE, shape.shmSize(), "--shm-size");
        number(Setting.OOM_SCORE_ADJ, shape.oomScoreAdj(), "--oom-score-adj");
        flag(Setting.OOM_KILLER, shape.oomKiller(), "--oom-kill-disable");
        number(Setting.PIDS_LIMIT, shape.pidsLimit(), "--pids-limit");
        each(Setting.ULIMITS, shape.ulimits(), "--ulimit", Creation::ulimit);
        number(Setting.STOP_TIMEOUT, shape.stopTimeout(), "--stop-timeout");
    }

    private void identity(ContainerShape shape) {
        flag(Setting.AUTO_REMOVE, shape.autoRemove(), "--rm");
        each(Setting.CAPABILITIES, shape.capabilities().map(Setting::capabilities), "--cap-add", name -> name);
        each(Setting.CAP_DROP, shape.capDrop().map(Setting::capabilities), "--cap-drop", name -> name);
        text(Setting.CGROUP_PARENT, shape.cgroupParent(), "--cgroup-parent");
        text(Setting.CGROUPNS_MODE, shape.cgroupnsMode(), "--cgroupns");
        each(Setting.DEVICES, shape.devices(), "--device", Creation::device);
        each(Setting.DEVICE_READ_BPS, shape.deviceReadBps().map(Creation::bytes), "--device-read-bps", word -> word);
        each(Setting.DEVICE_READ_IOPS, shape.deviceReadIops().map(Creation::operations), "--device-read-iops",
                word -> word);
        each(Setting.DEVICE_WRITE_BPS, shape.deviceWriteBps().map(Creation::bytes), "--device-write-bps",
                word -> word);
        each(Setting.DEVICE_WRITE_IOPS, shape.deviceWriteIops().map(Creation::operations), "--device-write-iops",
                word -> word);
        each(Setting.DEVICE_REQUESTS, shape.deviceRequests().map(all -> all.stream().map(DeviceRequest::word).toList()),
                "--gpus", word -> word);
        list(Setting.DEVICE_CGROUP_RULES, shape.deviceCgroupRules(), "--device-cgroup-rule");
        each(Setting.GROUPS, shape.groups(), "--group-add", name -> name);
        flag(Setting.INIT, shape.init(), "--init");
        flag(Setting.INTERACTIVE, shape.interactive(), "--interactive");
        text(Setting.IPC_MODE, shape.ipcMode(), "--ipc");
        pairs(Setting.LABELS, shape.labels(), "--label");
        text(Setting.LOG_DRIVER, shape.logDriver(), "--log-driver");
        pairs(Setting.LOG_OPTIONS, shape.logOptions(), "--log-opt");
        text(Setting.PID_MODE, shape.pidMode(), "--pid");
        shape.platform().ifPresent(name -> option("--platform", name));
        flag(Setting.PRIVILEGED, shape.privileged(), "--privileged");
        flag(Setting.READ_ONLY, shape.readOnly(), "--read-only");
        shape.restartPolicy().ifPresent(policy -> {
            String word = policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
            wanted.put(Setting.RESTART_POLICY, new Text(word));
            boolean counted = policy == ContainerShape.Restart.ON_FAILURE && shape.restartRetries().isPresent();
            shape.restartRetries().filter(_ -> counted)
                    .ifPresent(times -> wanted.put(Setting.RESTART_RETRIES, Int.of(times)));
            option("--restart", counted ? word + ":" + shape.restartRetries().get() : word);
        });
        text(Setting.RUNTIME, shape.runtime(), "--runtime");
        each(Setting.SECURITY_OPTS, shape.securityOpts(), "--security-opt", word -> word);
        text(Setting.STOP_SIGNAL, shape.stopSignal(), "--stop-signal");
        pairs(Setting.SYSCTLS, shape.sysctls(), "--sysctl");
        flag(Setting.TTY, shape.tty(), "--tty");
        text(Setting.USER, shape.user(), "--user");
        text(Setting.USERNS_MODE, shape.usernsMode(), "--userns");
        text(Setting.UTS, shape.uts(), "--uts");
        text(Setting.WORKING_DIR, shape.workingDir(), "--workdir");
    }

    private void network(ContainerShape shape) {
        each(Setting.DNS_OPTS, shape.dnsOpts(), "--dns-option", word -> word);
        list(Setting.DNS_SEARCH_DOMAINS, shape.dnsSearchDomains(), "--dns-search");
        list(Setting.DNS_SERVERS, shape.dnsServers(), "--dns");
        text(Setting.DOMAINNAME, shape.domainname(), "--domainname");
        text(Setting.HOSTNAME, shape.hostname(), "--hostname");
        each(Setting.ETC_HOSTS, shape.etcHosts().map(hosts -> hosts.byName().entrySet().stream()
                .map(entry -> entry.getKey() + ":" + Tree.text(entry.getValue())).toList()), "--add-host",
                host -> host);
        each(Setting.LINKS, shape.links(), "--link", link -> link.contains(":") ? link : link + ":" + link);
        shape.macAddress().ifPresent(address -> {
            wanted.put(Setting.MAC_ADDRESS, new Text(address.toLowerCase(Locale.ROOT).replace('-', ':')));
            option("--mac-address", address.replace('-', ':'));
        });
        shape.networkMode().ifPresent(mode -> {
            wanted.put(Setting.NETWORK_MODE, new Text(Setting.network(mode)));
        });
        flag(Setting.PUBLISH_ALL_PORTS, shape.publishAllPorts(), "--publish-all");
        shape.exposedPorts().ifPresent(ports -> {
            List<String> all = ports.stream().flatMap(port -> PortSpec.of(port, "").stream()).map(PortSpec::inside)
                    .toList();
            all.forEach(port -> option("--expose", port));
            wanted.put(Setting.EXPOSED_PORTS, Setting.set(all));
        });
        shape.publishedPorts().ifPresent(ports -> ports(ports, shape.defaultHostIp().orElse("0.0.0.0")));
    }

    private void ports(List<String> given, String usual) {
        if (given.contains("all") || given.contains("ALL")) {
            wanted.put(Setting.PUBLISH_ALL_PORTS, Bool.of(true));
            options.add("--publish-all=true");
        }
        var ends = new TreeMap<String, List<String>>();
        for (String text : given) {
            if (!text.equalsIgnoreCase("all")) {
                for (PortSpec port : PortSpec.of(text, usual)) {
                    ends.computeIfAbsent(port.inside(), _ -> new ArrayList<>())
                            .add(PortSpec.end(port.address(), port.outside()));
                    option("--publish", port.word());
                }
            }
        }
        var ports = new TreeMap<String, Value>();
        ends.forEach((port, all) -> ports.put(port, Setting.set(all)));
        wanted.put(Setting.PUBLISHED_PORTS, MapValue.named(ports));
    }

    private void storage(ContainerShape shape) {
        each(Setting.MOUNTS, shape.mounts().map(all -> all.stream().map(MountSpec::wanted).toList()), "--mount",
                word -> word);
        pairs(Setting.STORAGE_OPTS, shape.storageOpts(), "--storage-opt");
        shape.tmpfs().ifPresent(all -> {
            var places = new TreeMap<String, Value>();
            all.forEach(place -> {
                String[] parts = place.split(":", 2);
                places.put(parts[0], new Text(parts.length > 1 ? parts[1] : ""));
                option("--tmpfs", place);
            });
            wanted.put(Setting.TMPFS, MapValue.named(places));
        });
        text(Setting.VOLUME_DRIVER, shape.volumeDriver(), "--volume-driver");
        shape.volumes().ifPresent(all -> {
            all.forEach(volume -> option("--volume", volume));
            var whole = new ArrayList<>(all.stream().map(Setting::bind).toList());
            whole.addAll(Tree.map(image, "Config", "Volumes").keySet());
            wanted.put(Setting.VOLUMES, Setting.set(whole));
        });
        each(Setting.VOLUMES_FROM, shape.volumesFrom(), "--volumes-from", name -> name);
    }

    private void environment(ContainerShape shape, String envFile) {
        if (shape.env().isEmpty() && shape.envFile().isEmpty()) {
            return;
        }
        var own = new TreeMap<>(variables(envFile));
        shape.env().ifPresent(env -> env.byName().forEach((name, value) -> own.put(name, plain(name, value))));
        var all = new TreeMap<String, String>();
        Tree.texts(image, "Config", "Env").forEach(pair -> {
            int equals = pair.indexOf('=');
            all.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
        });
        all.putAll(own);
        wanted.put(Setting.ENV,
                Setting.set(all.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList()));
        own.forEach(this::variable);
    }

    /** The variables in the text of a file of the environment. */
    static Map<String, String> variables(String text) {
        var all = new TreeMap<String, String>();
        text.lines().map(String::stripLeading).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .filter(line -> line.contains("="))
                .forEach(line -> all.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
        return all;
    }

    static String plain(String name, Value value) {
        return switch (value) {
            case Text(String text) -> text;
            case Int _ -> PythonText.of(value);
            default -> throw new IllegalArgumentException("Tried to read the environment, but " + name
                    + " is no text: put its value in quotes, or nobody can tell what the container is meant to see.");
        };
    }

    private void variable(String name, String value) {
        boolean oneLine = value.indexOf('\n') < 0 && value.indexOf('\r') < 0 && value.length() < LONGEST_LINE;
        if (oneLine && !name.startsWith("#") && name.equals(name.strip())) {
            lines.append(name).append('=').append(value).append('\n');
        } else if (mayExport(name)) {
            exports = Sh.of("{}export {}={}\n", exports, Sh.raw(name), Sh.secret(value));
            option("--env", name);
        } else {
            option("--env", name + "=" + value);
        }
    }

    /** Whether docker can be given a variable by its own environment, without another meaning to it. */
    static boolean mayExport(String name) {
        return NAME.matcher(name).matches() && !OWN.matcher(name).matches();
    }

    private void process(ContainerShape shape) {
        Optional<List<String>> words = shape.command().map(Creation::words);
        Optional<List<String>> entry = shape.entrypoint();
        shape.healthcheck().ifPresent(check -> {
            wanted.put(Setting.HEALTHCHECK, check.told());
            options.addAll(check.options());
        });
        if (entry.isPresent() && !entry.get().isEmpty()) {
            option("--entrypoint", entry.get().getFirst());
            command.addAll(entry.get().subList(1, entry.get().size()));
            command.addAll(words.orElse(List.of()));
            var whole = new ArrayList<>(entry.get());
            whole.addAll(words.orElse(List.of()));
            wanted.put(Setting.ENTRYPOINT, Value.texts(whole));
        } else {
            entry.ifPresent(_ -> option("--entrypoint", ""));
            words.filter(list -> !list.isEmpty()).ifPresent(list -> {
                command.addAll(list);
                wanted.put(Setting.COMMAND, Value.texts(list));
            });
        }
    }

    /** The words of a list, or of a line as a shell would split it. */
    static List<String> words(Value command) {
        return command instanceof Text(String line) ? ShellSplit.words(line) : Tree.texts(command);
    }

    private static List<String> bytes(List<ContainerShape.ByteRate> rates) {
        return rates.stream().map(ContainerShape.ByteRate::word).toList();
    }

    private static List<String> operations(List<ContainerShape.OperationRate> rates) {
        return rates.stream().map(ContainerShape.OperationRate::word).toList();
    }

    private static String device(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts.length) {
            case 1 -> text + ":" + text + ":rwm";
            case 2 -> parts[1].matches("[rwm]+") ? parts[0] + ":" + parts[0] + ":" + parts[1] : text + ":rwm";
            default -> text;
        };
    }

    /** docker takes {@code name=soft:hard}. */
    private static String ulimit(String text) {
        String[] parts = text.replaceFirst("=", ":").split(":", -1);
        return parts[0] + ":" + parts[1] + ":" + (parts.length > 2 ? parts[2] : parts[1]);
    }

    private void option(String name, String value) {
        options.add(name);
        options.add(value);
    }

    private <T> void put(Setting setting, Optional<T> given, Function<T, Value> value, String option,
            Function<T, String> word) {
        given.ifPresent(one -> {
            wanted.put(setting, value.apply(one));
            option(option, word.apply(one));
        });
    }

    private void text(Setting setting, Optional<String> given, String option) {
        put(setting, given, Text::new, option, word -> word);
    }

    private void number(Setting setting, Optional<Integer> given, String option) {
        put(setting, given, one -> Int.of(one), option, String::valueOf);
    }

    private void size(Setting setting, Optional<String> given, String option) {
        put(setting, given.map(Sizes::bytes), one -> Int.of(one), option, String::valueOf);
    }

    private void flag(Setting setting, Optional<Boolean> given, String option) {
        given.ifPresent(on -> {
            wanted.put(setting, Bool.of(on));
            options.add(option + "=" + on);
        });
    }

    private void list(Setting setting, Optional<List<String>> given, String option) {
        given.ifPresent(all -> {
            wanted.put(setting, Value.texts(all));
            all.forEach(one -> option(option, one));
        });
    }

    private void each(Setting setting, Optional<List<String>> given, String option, UnaryOperator<String> form) {
        given.ifPresent(all -> {
            List<String> formed = all.stream().map(form).toList();
            wanted.put(setting, Setting.set(formed));
            new TreeSet<>(formed).forEach(one -> option(option,
                    setting == Setting.ULIMITS ? one.replaceFirst(":", "=") : one));
        });
    }

    private void pairs(Setting setting, Optional<MapValue> given, String option) {
        given.ifPresent(all -> {
            var texts = new TreeMap<String, Value>();
            all.byName().forEach((name, value) -> {
                texts.put(name, new Text(Tree.text(value)));
                option(option, name + "=" + Tree.text(value));
            });
            wanted.put(setting, MapValue.named(texts));
        });
    }
}
