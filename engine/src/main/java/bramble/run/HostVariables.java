package bramble.run;

import bramble.inventory.Variables;
import bramble.playbook.Role;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a run has learnt about a host: an immutable snapshot. The host's own thread replaces it; others read it, through
 * {@code hostvars}.
 *
 * @param facts what setup and the like found, under the names that they gave: {@code ansible_kernel}, {@code packages}
 * @param namespaced the same as {@code ansible_facts} has them: {@code kernel}, {@code packages}
 * @param cached set_fact with {@code cacheable}
 * @param set set_fact's and register's
 * @param included include_vars'
 * @param files those of the play's {@code vars_files}
 * @param roles the roles whose defaults and vars the whole play sees, beside the play's own
 */
record HostVariables(MapValue facts, MapValue namespaced, MapValue cached, MapValue set, MapValue included,
        List<Variables> files,
        List<Role> roles) {
    static final HostVariables NONE = new HostVariables(MapValue.EMPTY, MapValue.EMPTY, MapValue.EMPTY, MapValue.EMPTY,
            MapValue.EMPTY, List.of(), List.of());

    /** Names that say how a host is reached: no module may say that, or a node could have tasks done elsewhere. */
    private static final Pattern REACHING = Pattern.compile("ansible_(connection|host|port|user|password|pass"
            + "|become\\w*|sudo\\w*|su_\\w+|ssh_(?!host_key_)\\w+|shell_\\w+|private_key_file|remote_\\w+|\\w+_interpreter)");

    /** Whether a module's facts may have the name. */
    static boolean mayBeFact(String name) {
        return !REACHING.matcher(name).matches();
    }

    HostVariables withFacts(MapValue all) {
        MapValue more = all.byName().keySet().stream().allMatch(HostVariables::mayBeFact) ? all : permitted(all);
        var shortened = new LinkedHashMap<Value, Value>();
        more.byName().forEach((name, value) -> shortened.put(new Text(shortName(name)), value));
        return new HostVariables(facts.with(more), namespaced.with(new MapValue(shortened)), cached, set, included,
                files,
                roles);
    }

    private static MapValue permitted(MapValue all) {
        var kept = new LinkedHashMap<String, Value>(all.byName());
        kept.keySet().removeIf(name -> !mayBeFact(name));
        return MapValue.named(kept);
    }

    private static String shortName(String name) {
        return name.startsWith("ansible_") && !name.equals("ansible_local")
                ? name.substring("ansible_".length())
                : name;
    }

    /** Whether setup has read the facts, in this run or before. */
    boolean gathered() {
        return facts.get("module_setup").isPresent() || facts.get("_ansible_facts_gathered").isPresent();
    }

    HostVariables withoutFacts() {
        return new HostVariables(MapValue.EMPTY, MapValue.EMPTY, MapValue.EMPTY, set, included, files, roles);
    }

    HostVariables withCached(MapValue more) {
        return new HostVariables(facts, namespaced, cached.with(more), set, included, files, roles);
    }

    HostVariables withSet(MapValue more) {
        return new HostVariables(facts, namespaced, cached, set.with(more), included, files, roles);
    }

    HostVariables withIncluded(MapValue more) {
        return new HostVariables(facts, namespaced, cached, set, included.with(more), files, roles);
    }

    HostVariables withRole(Role role) {
        var more = new ArrayList<>(roles);
        more.add(role);
        return new HostVariables(facts, namespaced, cached, set, included, files, List.copyOf(more));
    }

    /** As a play begins: what the play before brought by files and roles is gone. */
    HostVariables forPlay(List<Variables> varsFiles) {
        return new HostVariables(facts, namespaced, cached, set, included, List.copyOf(varsFiles), List.of());
    }
}
