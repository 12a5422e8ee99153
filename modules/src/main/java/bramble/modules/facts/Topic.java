package bramble.modules.facts;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A group of facts that is gathered together, and may be asked for by its name or by the name of one of its facts. */
enum Topic {
    APPARMOR(""),
    CAPS("system_capabilities system_capabilities_enforced"),
    CMDLINE("proc_cmdline"),
    DATE_TIME(""),
    DISTRIBUTION("distribution_version distribution_release distribution_major_version os_family"),
    DNS(""),
    ENV(""),
    FIPS(""),
    LOCAL(""),
    LSB(""),
    PKG_MGR(""),
    PLATFORM(
            "system kernel kernel_version machine architecture userspace_bits userspace_architecture fqdn hostname nodename domain machine_id"),
    PYTHON("python_version"),
    SELINUX(""),
    SERVICE_MGR(""),
    SSH_PUB_KEYS(
            "ssh_host_pub_keys ssh_host_key_dsa_public ssh_host_key_rsa_public ssh_host_key_ecdsa_public ssh_host_key_ed25519_public"),
    USER(
            "user_id user_uid user_gid user_gecos user_dir user_shell real_user_id real_group_id effective_user_id effective_group_id"),
    CHROOT("is_chroot"),
    FIBRE("fibre_channel_wwn"),
    ISCSI("iscsi_iqn"),
    LOADAVG(""),
    NVME("hostnqn"),
    SYSTEMD(""),
    HARDWARE(
            "processor processor_cores processor_count devices memtotal_mb memfree_mb swaptotal_mb memory_mb uptime_seconds product_name system_vendor"),
    MOUNTS(""),
    LVM(""),
    NETWORK(
            "interfaces default_ipv4 default_ipv6 all_ipv4_addresses all_ipv6_addresses"),
    VIRTUAL(
            "virtualization_type virtualization_role virtualization_tech_guest virtualization_tech_host");

    /** What is always gathered, unless it is refused by {@code !min}. */
    private static final Set<Topic> LEAST = EnumSet.range(APPARMOR, USER);

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> facts;

    Topic(String facts) {
        this.facts = List.of(facts.split(" ", -1));
    }

    /** The question's name in the script. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A subset is not known. */
    static final class UnknownSubset extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnknownSubset(String name) {
            super("Bad subset '" + name + "' given to Ansible. gather_subset options allowed: all, facter, min, ohai, "
                    + String.join(", ", Arrays.stream(values()).map(Topic::word).sorted().toList()), null, false,
                    false);
        }
    }

    /**
     * The topics that {@code gather_subset} asks for: names, {@code all}, {@code min}, each with a {@code !} to leave it out.
     *
     * @throws UnknownSubset for a name that is none
     */
    static Set<Topic> chosen(List<String> subset) {
        Set<Topic> added = EnumSet.noneOf(Topic.class);
        Set<Topic> excluded = EnumSet.noneOf(Topic.class);
        boolean least = true;
        boolean anyAdded = false;
        for (String written : subset) {
            String name = written.strip();
            boolean not = name.startsWith("!");
            Set<Topic> topics = named(not ? name.substring(1) : name);
            if (!not) {
                added.addAll(topics);
                anyAdded = true;
            } else {
                excluded.addAll(name.equals("!all") ? EnumSet.complementOf(EnumSet.copyOf(LEAST)) : topics);
                least &= !name.equals("!min");
            }
        }
        Set<Topic> chosen = EnumSet.noneOf(Topic.class);
        if (!anyAdded) {
            chosen.addAll(EnumSet.allOf(Topic.class));
        }
        chosen.addAll(added);
        if (subset.stream().anyMatch(name -> name.strip().equals("!all"))) {
            chosen.removeIf(topic -> excluded.contains(topic) && !added.contains(topic));
        } else {
            chosen.removeAll(excluded);
        }
        if (least) {
            chosen.addAll(LEAST);
            chosen.removeIf(topic -> excluded.contains(topic) && !added.contains(topic));
        }
        chosen.addAll(needed(chosen));
        return chosen;
    }

    /** What these are found by: Ansible gathers it with them, even where it is refused. */
    private static Set<Topic> needed(Set<Topic> chosen) {
        Set<Topic> needed = EnumSet.noneOf(Topic.class);
        if (chosen.contains(PKG_MGR) || chosen.contains(SERVICE_MGR) || chosen.contains(NETWORK)) {
            needed.add(DISTRIBUTION);
        }
        if (chosen.contains(SERVICE_MGR) || chosen.contains(NETWORK) || chosen.contains(HARDWARE)) {
            needed.add(PLATFORM);
        }
        return needed;
    }

    private static Set<Topic> named(String name) {
        switch (name) {
            case "all" -> {
                return EnumSet.allOf(Topic.class);
            }
            case "min" -> {
                return EnumSet.copyOf(LEAST);
            }
            case "ohai", "facter" -> {
                return EnumSet.noneOf(Topic.class);
            }
            case "hardware" -> {
                return EnumSet.of(HARDWARE, MOUNTS, LVM);
            }
            default -> {
                Set<Topic> found = EnumSet.noneOf(Topic.class);
                for (Topic topic : values()) {
                    if (topic.word().equals(name) || topic.facts.contains(name)) {
                        found.add(topic);
                    }
                }
                if (found.isEmpty()) {
                    throw new UnknownSubset(name);
                }
                if (found.contains(MOUNTS)) {
                    found.add(HARDWARE); // names of disks
                }
                return found;
            }
        }
    }
}
