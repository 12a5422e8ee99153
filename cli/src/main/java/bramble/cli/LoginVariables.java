package bramble.cli;

import bramble.inventory.Host;
import bramble.inventory.Inventory;
import bramble.inventory.Layer;
import bramble.inventory.Variables;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Finds misspelt variables of an inventory by which hosts are reached: what is misspelt would have no effect, and no error. */
final class LoginVariables {
    private static final String PREFIX = "ansible_";

    /** Those that say how to reach a host, and how to become another user; without the prefix. */
    private static final List<String> KNOWN = List.of("host", "port", "user", "password", "connection", "timeout",
            "private_key_file", "host_key_checking", "ssh_host", "ssh_port", "ssh_user", "ssh_pass", "ssh_password",
            "ssh_args", "ssh_common_args", "ssh_extra_args", "ssh_private_key_file", "ssh_timeout",
            "ssh_host_key_checking", "become", "become_user", "become_method", "become_password", "become_pass",
            "become_exe", "become_flags", "python_interpreter");

    /** Facts that one may set by hand, and what Ansible knows besides: near to the others, and not misspelt. */
    private static final List<String> OTHERS = List.of("hosts", "hostname", "users", "ports", "domain", "local",
            "facts",
            "pass", "sudo_pass", "su_pass", "sudo_user", "su_user", "ssh_pipelining", "ssh_executable",
            "ssh_transfer_method", "shell_type");

    private LoginVariables() {}

    static void check(Inventory inventory, Consumer<Problem> warnings) {
        var found = new TreeMap<String, Variables>();
        for (Host host : inventory.hosts()) {
            inventory.layers(host.name()).stream().map(Layer::variables)
                    .forEach(variables -> names(variables).forEach(name -> found.putIfAbsent(name, variables)));
        }
        for (Map.Entry<String, Variables> entry : found.entrySet()) {
            meant(entry.getKey().substring(PREFIX.length())).ifPresent(near -> warnings.accept(Problem.warning(
                    entry.getValue().place(entry.getKey()), "The variable " + entry.getKey()
                            + " says nothing about how to reach a host.",
                    "Did you mean \"" + PREFIX + near + "\"?")));
        }
    }

    private static Collection<String> names(Variables variables) {
        var names = new LinkedHashSet<>(variables.values().byName().keySet());
        names.removeIf(name -> !name.startsWith(PREFIX));
        return names;
    }

    private static Optional<String> meant(String name) {
        return KNOWN.contains(name) || OTHERS.contains(name) ? Optional.empty() : Nearest.to(name, KNOWN);
    }
}
