package bramble.modules.facts;

import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether it is a guest, and of what; whether it has guests. */
final class VirtualFacts {
    private final Report report;
    private final Set<String> guest = new TreeSet<>();
    private final Set<String> host = new TreeSet<>();
    private Optional<String> type = Optional.empty();
    private String role = "NA";

    private VirtualFacts(Report report) {
        this.report = report;
    }

    static MapValue of(Report report) {
        var facts = new VirtualFacts(report);
        facts.containers();
        facts.machines();
        facts.hosts();
        return MapValue.of("virtualization_type", facts.type.orElse("NA"), "virtualization_role", facts.role,
                "virtualization_tech_guest", Value.texts(List.copyOf(facts.guest)), "virtualization_tech_host",
                Value.texts(List.copyOf(facts.host)));
    }

    private boolean has(String word) {
        return report.lines("virtual").contains(word);
    }

    private void guest(String what) {
        guest.add(what);
        if (type.isEmpty()) {
            type = Optional.of(what);
            role = "guest";
        }
    }

    private void containers() {
        String groups = report.text("virtual cgroup");
        String environ = report.text("virtual environ");
        String container = environ.replaceFirst("^container=", "").strip();
        if (groups.matches("(?s).*/docker(/|-[0-9a-f]+\\.scope).*") || has("dockerenv")) {
            guest("docker");
            guest.add("container");
        } else if (groups.contains("/lxc/") || groups.contains("/machine.slice/machine-lxc")
                || container.equals("lxc")) {
            guest("lxc");
            guest.add("container");
        } else if (container.equals("podman") || has("containerenv")) {
            guest("podman");
            guest.add("container");
        } else if (container.equals("systemd-nspawn")) {
            guest("systemd-nspawn");
            guest.add("container");
        } else if (!container.isEmpty() || report.find("virtual", "systemd_container").isPresent()) {
            guest("container");
        }
        if (has("openvz guest")) {
            guest("openvz");
        } else if (has("openvz host")) {
            host.add("openvz");
            type = type.or(() -> Optional.of("openvz"));
            role = role.equals("NA") ? "host" : role;
        }
    }

    private void machines() {
        String product = report.find("virtual", "product_name").orElse("");
        String vendor = report.find("virtual", "sys_vendor").orElse("");
        String bios = report.find("virtual", "bios_vendor").orElse("");
        String cpu = report.text("virtual cpuinfo");
        if (has("xen")) {
            if (report.find("virtual", "xencaps").orElse("").contains("control_d")) {
                host.add("xen");
                type = type.or(() -> Optional.of("xen"));
                role = role.equals("NA") ? "host" : role;
            } else {
                guest("xen");
            }
        }
        if (List.of("KVM", "KVM Server", "Bochs", "AHV").contains(product) || vendor.equals("QEMU")
                || product.startsWith("Standard PC") || vendor.equals("Amazon EC2") || vendor.equals("Hetzner")
                || vendor.equals("DigitalOcean") || product.equals("Google Compute Engine")
                || vendor.equals("OpenStack Foundation")
                || product.equals("OpenStack Nova")) {
            guest("kvm");
        } else if (vendor.equals("oVirt") || (vendor.equals("Red Hat") && product.startsWith("RHEV"))) {
            guest(vendor.equals("oVirt") ? "oVirt" : "RHEV");
            guest.add("kvm");
        } else if (product.startsWith("VMware") || vendor.startsWith("VMware")) {
            guest("VMware");
        } else if (bios.equals("Xen") || product.equals("HVM domU")) {
            guest("xen");
        } else if (bios.equals("innotek GmbH") || product.equals("VirtualBox")) {
            guest("virtualbox");
        } else if (vendor.equals("Microsoft Corporation") && product.equals("Virtual Machine")) {
            guest("VirtualPC");
        } else if (vendor.equals("Parallels Software International Inc.")) {
            guest("parallels");
        } else if (cpu.contains("QEMU")) {
            guest("kvm");
        } else if (cpu.contains("User Mode Linux")) {
            guest("uml");
        }
    }

    private void hosts() {
        List<String> modules = report.lines("virtual modules").stream().map(line -> line.split(" ", 2)[0]).toList();
        if (modules.contains("kvm") || has("devkvm")) {
            host.add("kvm");
            if (type.isEmpty()) {
                type = Optional.of("kvm");
                role = "host";
            }
        }
        if (modules.contains("vboxdrv")) {
            host.add("virtualbox");
            if (type.isEmpty()) {
                type = Optional.of("virtualbox");
                role = "host";
            }
        }
        if (modules.contains("virtio") && guest.isEmpty() && type.isEmpty()) {
            guest("kvm");
        }
    }
}
