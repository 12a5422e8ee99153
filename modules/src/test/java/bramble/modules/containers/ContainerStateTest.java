package bramble.modules.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bramble.args.Schema;
import bramble.module.Action;
import bramble.module.Plan;
import bramble.modules.files.FileContent;
import bramble.problem.Source;
import bramble.testkit.NoFiles;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a container is compared with. A container as docker inspect tells it is written down here, since the limits in it need
 * groups of processes that the lab's nodes haven't.
 */
class ContainerStateTest {
    private static final String LIMITED = """
            {"Id": "12", "Name": "/one", "Image": "sha256:aa", "State": {"Status": "running", "Running": true},
             "HostConfig": {"Memory": 536870912, "MemorySwap": -1, "NanoCpus": 1500000000, "CpusetCpus": "0-2",
               "PidsLimit": 100, "Privileged": true, "CapAdd": ["CAP_NET_ADMIN"], "NetworkMode": "bridge", "CpuShares": 512,
               "Devices": [{"PathOnHost": "/dev/ttyUSB0", "PathInContainer": "/dev/ttyUSB0", "CgroupPermissions": "rwm"}],
               "Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 20}], "Init": true, "ShmSize": 67108864,
               "Mounts": [{"Type": "bind", "Source": "/a,b", "Target": "/c", "ReadOnly": true}],
               "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "53/udp": [{"HostIp": "::1", "HostPort": "53"}]},
               "BlkioDeviceReadBps": [{"Path": "/dev/sda", "Rate": 1048576}], "BlkioDeviceWriteIOps": [{"Path": "/dev/sda", "Rate": 100}],
               "DeviceRequests": [{"Driver": "nvidia", "Count": 0, "DeviceIDs": ["0", "1"], "Capabilities": [["utility", "gpu"]], "Options": {}}],
               "Links": ["/db:/one/store"], "RestartPolicy": {"Name": "always"}},
             "Config": {"Image": "tiny", "Env": ["A=1"], "Cmd": ["run", "it"], "Entrypoint": ["/bin/sh", "-c"], "Labels": {"x": "y"},
               "Healthcheck": {"Test": ["CMD-SHELL", "curl -f 'http://a b'"], "Interval": 90000000000, "Retries": 3}},
             "NetworkSettings": {"Networks": {"bridge": {}}}}""";

    private static String differences(String args) {
        var given = (MapValue) NodeValues
                .plain(YamlReader.read("{name: one, " + args + "}", "args", _ -> {}).getFirst());
        DockerContainerModule.Args bound = Schema.of(DockerContainerModule.Args.class).bind("docker_container", given,
                Source.NONE, new NoFiles());
        var container = ContainerState.of((MapValue) Json.parse(LIMITED));
        var state = new DockerContainerModule.State(Optional.of(new ContainerFact.Found(Optional.of(container), "")),
                Optional.of(InspectFact.Found.of(MapValue.of("Id", "sha256:aa", "Config",
                        MapValue.of("Labels", MapValue.of("x", "y"))))),
                Optional.empty(),
                new FileContent.Missing(""), Optional.empty());
        return switch (new DockerContainerModule().plan(bound, state)) {
            case Plan.Refused refused -> refused.why();
            case Plan.Changes(var changes) -> changes.isEmpty()
                    ? "none"
                    : String.join(", ", ((MapValue) changes.getFirst().diff().after()).byName().keySet())
                            + (changes.getFirst().actions().stream()
                                    .anyMatch(action -> action.toString().contains("docker update")) ? " live" : "");
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "memory: 512M, memory_swap: unlimited, cpus: 1.5, cpuset_cpus: 0-2, pids_limit: 100, privileged: yes | none",
        "capabilities: [net_admin], devices: [/dev/ttyUSB0], ulimits: ['nofile:10:20'], init: yes, shm_size: 64M | none",
        "mounts: [{type: bind, source: '/a,b', target: /c, read_only: yes}], links: ['db:store'] | none",
        "ports: ['8080:80', '[::1]:53:53/udp'], network_mode: default, restart_policy: always | none",
        "entrypoint: [/bin/sh, -c], command: run it, env: {A: '1'}, labels: {x: y} | none",
        "healthcheck: {test: [CMD, curl, -f, 'http://a b'], interval: 1m30s, retries: 3} | none",
        "device_read_bps: [{path: /dev/sda, rate: 1M}], device_write_iops: [{path: /dev/sda, rate: 100}] | none",
        "device_read_bps: [{path: /dev/sda, rate: 2M}] | device_read_bps",
        "device_write_iops: [{path: /dev/sda, rate: 0}] | Tried to limit the use of /dev/sda, but the rate is 0: it has to be above 0.",
        "device_requests: [{driver: nvidia, device_ids: ['0', '1'], capabilities: [[gpu, utility]]}] | none",
        "device_requests: [{count: -1, capabilities: [[gpu]]}] | device_requests",
        "device_requests: [{capabilities: [[nvswitch]]}] | Tried to read device_requests, but docker's command asks only for devices with the capability gpu: capabilities has to be one list with gpu in it, as in [[gpu]].",
        "labels: {}, comparisons: {labels: strict} | none", "labels: {z: y}, comparisons: {labels: strict} | labels",
        "image: other | image", "image: other, ignore_image: yes | none",
        "labels: {}, comparisons: {labels: strict}, image_label_mismatch: fail | Tried to compare labels, but the image has labels that the task doesn't name: x. Name them, or leave image_label_mismatch at ignore.",
        "image: tiny, stop_timeout: 7 | none", "memory: 1G, cpu_shares: 256 | cpu_shares, memory live",
        "memory: 1G, init: no | init", "healthcheck: {interval: 30} | healthcheck", "privileged: no | privileged",
        "ports: ['8081:80'] | published_ports", "capabilities: [SYS_TIME] | capabilities",
        "stop_timeout: 7, comparisons: {stop_timeout: strict} | stop_timeout",
        "ports: ['8080:80'], comparisons: {ports: strict} | published_ports",
        "command: [run, other] | command", "entrypoint: [/bin/sh], command: run it | entrypoint",
        "memory: 5 apples | Tried to read the size 5 apples, but it isn't a number with B, K, M, G, T or P after it.",
        "healthcheck: {interval: soon} | Tried to read the time soon, but it isn't of the form 1h30m, 5m, 30s or 500ms.",
        "mounts: [{target: /a, size: 3}] | Tried to read a mount, but it can't have size: use destination, dst, labels, no_copy, non_recursive, propagation, read_only, readonly, source, src, target, tmpfs_mode, tmpfs_size, type, volume_driver, volume_options.",
        "comparisons: {memory: more} | Unknown comparison mode 'more' for memory: use strict, ignore or allow_more_present.",
        "comparisons: {memory: allow_more_present} | Option 'memory' is no set and no mapping, so its comparison can't be allow_more_present."
    })
    void onlyWhatIsAskedForIsCompared(String args, String different) {
        assertEquals(different, differences(args));
    }

    @Test
    void theEnvironmentIsInNoCommandLine() {
        var given = (MapValue) NodeValues.plain(
                YamlReader.read("{env: {TOKEN: s3same, LINES: \"s3same\\nagain\"}}", "args", _ -> {}).getFirst());
        var creation = new Creation(Schema.of(Bare.class).bind("x", given, Source.NONE, new NoFiles()).shape(),
                MapValue.EMPTY, "FILE=s3same\n");
        var run = new Action.Run(
                creation.create(Schema.of(Bare.class).bind("x", MapValue.EMPTY, Source.NONE, new NoFiles())
                        .docker(), "one", List.of(), "tiny:1"),
                creation.input());

        assertEquals("export LINES=***\ndocker create --name one --env LINES --env-file /dev/stdin tiny:1 >/dev/null",
                run.sh().toString());
        assertEquals("FILE=s3same\nTOKEN=s3same\n",
                new String(run.input().bytesOf(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"nginx, nginx:latest", "nginx:1.25, nginx:1.25", "reg.lan:5000/a/b, reg.lan:5000/a/b:latest",
        "a@sha256:12, a@sha256:12", "sha256:0123456789ab, sha256:0123456789ab"})
    void imagesHaveTags(String given, String whole) {
        assertEquals(whole, ImageName.of(given).whole());
    }

    @Test
    void rangesOfPortsHaveToFit() {
        assertEquals(List.of("9000:90/tcp", "9001:91/tcp"),
                PortSpec.of("9000-9001:90-91", "").stream().map(PortSpec::word).toList());
        assertEquals(List.of("0.0.0.0:9000-9005:90/tcp"),
                PortSpec.of("9000-9005:90", "0.0.0.0").stream().map(PortSpec::word).toList());
        assertThrows(IllegalArgumentException.class, () -> PortSpec.of("9000-9002:90-91", ""));
    }

    @bramble.args.Doc(value = "x", example = "")
    record Bare(ContainerShape shape, Docker docker) {}
}
