package bramble.modules.facts;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.AboutPath;
import bramble.modules.files.NodePath;
import bramble.modules.files.Placed;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Asks what a node is: the facts of {@code setup}, by their names without {@code ansible_}.
 *
 * @param seconds after which a mount that doesn't answer, or a program of local facts, is given up
 * @param folder of local facts
 */
record SetupFact(Set<Topic> topics, int seconds, String folder) implements Fact<MapValue> {
    private static final String SUFFIX = ".fact";
    private static final Sh.Library LIBRARY = new Sh.Library("b_setup", script("setup.sh"));

    SetupFact {
        topics = Set.copyOf(topics);
    }

    private static String script(String name) {
        try (InputStream in = Objects.requireNonNull(SetupFact.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .reduce("", (all, line) -> all + line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Sh script() {
        List<String> questions = topics.stream().sorted().map(Topic::word).toList();
        return Sh.of("b_setup {} {} {}", seconds, folder, questions).using(LIBRARY);
    }

    /** Files of local facts that an earlier task would put there, or take away; what they say isn't known before. */
    @Override
    public Maybe<MapValue> after(Effect.Becomes<?> effect, MapValue current) {
        if (!(effect.fact() instanceof AboutPath<?> about) || !about.path().endsWith(SUFFIX)
                || !NodePath.parent(about.path()).equals(NodePath.normal(folder))
                || !(current.get("local").orElse(null) instanceof MapValue local)) {
            return Maybe.known(current);
        }
        String file = NodePath.name(about.path());
        String name = file.substring(0, file.length() - SUFFIX.length());
        return Maybe.known(current.with("local", effect.value() instanceof Placed placed && placed.missing()
                ? local.without(name)
                : local.with(name, new Unknown(about.path() + " would be made, or changed"))));
    }

    @Override
    public MapValue parse(Answer answer) {
        var report = Report.of(answer);
        if (!report.has("end")) {
            throw new IllegalStateException("the facts are cut short: " + answer.errors());
        }
        MapValue facts = MapValue.EMPTY;
        for (Topic topic : topics.stream().sorted().toList()) {
            facts = facts.with(switch (topic) {
                case APPARMOR -> MapValue.of("apparmor",
                        MapValue.of("status", report.text("apparmor").isBlank() ? "disabled" : "enabled"));
                case CAPS -> SystemFacts.capabilities(report);
                case CMDLINE -> SystemFacts.cmdline(report);
                case DATE_TIME -> ClockFacts.of(report);
                case DISTRIBUTION -> DistributionFacts.of(report);
                case DNS -> SystemFacts.dns(report);
                case ENV -> SystemFacts.environment(report);
                case FIPS -> MapValue.of("fips", report.find("fips", "fips").orElse("0").equals("1"));
                case LOCAL -> MapValue.of("local", LocalFacts.of(report));
                case LSB -> MapValue.of("lsb", DistributionFacts.lsb(report));
                case PKG_MGR -> MapValue.of("pkg_mgr", SystemFacts.packages(report));
                case PLATFORM -> PlatformFacts.of(report);
                case PYTHON -> SystemFacts.python(report);
                case SELINUX -> SystemFacts.selinux(report);
                case SERVICE_MGR -> MapValue.of("service_mgr", SystemFacts.services(report));
                case SSH_PUB_KEYS -> SystemFacts.hostKeys(report);
                case USER -> PlatformFacts.user(report);
                case CHROOT -> MapValue.of("is_chroot", SystemFacts.chroot(report));
                case FIBRE -> MapValue.of("fibre_channel_wwn", report.all("fibre", "wwn").stream()
                        .map(name -> name.replaceFirst("^0x", "")).toList());
                case ISCSI -> MapValue.of("iscsi_iqn", SystemFacts.initiator(report));
                case LOADAVG -> SystemFacts.load(report);
                case NVME -> MapValue.of("hostnqn", report.find("nvme", "hostnqn").orElse(""));
                case SYSTEMD -> SystemFacts.systemd(report);
                case HARDWARE -> HardwareFacts.of(report);
                case MOUNTS -> MountFacts.of(report);
                case LVM -> MapValue.of("lvm", HardwareFacts.volumes(report));
                case NETWORK -> NetworkFacts.of(report);
                case VIRTUAL -> VirtualFacts.of(report);
            });
        }
        return facts;
    }
}
