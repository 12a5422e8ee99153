package bramble.run;

import bramble.module.Specified;
import bramble.playbook.Role;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is wrong by a role's argument spec with what its variables are known to be, on all hosts that come to it.
 *
 * @param task the one by which the role begins, and checks them
 * @param parts where lists and mappings have what is in them
 */
record SpecCheck(World world, Task task, Role role, Specified module, Beforehand.Way way, WrittenParts parts) {
    /**
     * Something wrong with a variable of some hosts.
     *
     * @param whole whether nothing more can be said of it
     */
    record Finding(String variable, Set<String> hosts, boolean whole, Problem problem) {}

    private record Wrong(Specified.Fault fault, Source place) {}

    List<Finding> findings() {
        if (!(task.action().arguments().get("argument_spec").orElse(MapValue.EMPTY) instanceof MapValue spec)) {
            return List.of();
        }
        var places = new Places(world, way.frame(), Optional.of(role), task.directives());
        var hosts = new LinkedHashMap<Wrong, Set<String>>();
        for (String host : world.withinLimit(way.to(task))) {
            Map<String, Value> given = given(host, spec);
            for (Specified.Fault fault : module.faults(spec, given)) {
                Source place = parts.place(places.place(host, fault.variable()), part(fault, spec, given));
                hosts.computeIfAbsent(new Wrong(fault, place), _ -> new LinkedHashSet<>()).add(host);
            }
        }
        var findings = new ArrayList<Finding>();
        hosts.forEach((wrong, names) -> findings.add(new Finding(wrong.fault().variable(), names,
                wrong.fault().whole(),
                Problem.error(wrong.place(), String.join(", ", names) + ": " + wrong.fault().variable() + ": "
                        + wrong.fault().what(), "What it has to be: bramble doc -t role " + role.name()))));
        return findings;
    }

    /** The part of the variable that it is in. */
    private List<Object> part(Specified.Fault fault, MapValue spec, Map<String, Value> given) {
        return Optional.ofNullable(given.get(fault.variable())).map(value -> WrittenParts.guilty(value, other -> {
            var all = new LinkedHashMap<>(given);
            all.put(fault.variable(), other);
            return Optional.of(module.faults(spec, all).contains(fault));
        })).orElse(List.of());
    }

    /** The variables that are there, or may yet be. */
    private Map<String, Value> given(String host, MapValue spec) {
        var given = new LinkedHashMap<String, Value>();
        spec.byName().forEach((name, option) -> {
            Value value = way.value(host, task, name);
            if (!(value instanceof Undefined)) {
                given.put(name, value);
            }
            if (value instanceof Text(String text) && !text.isEmpty() && option instanceof MapValue about
                    && about.get("no_log").filter(Bool.TRUE::equals).isPresent()) {
                world.secrets.add(text); // the line that sets it will be shown
            }
        });
        return given;
    }
}
