package bramble.run;

import bramble.module.Forechecked;
import bramble.playbook.Setting;
import bramble.playbook.Step;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.value.MapValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host's variables before anything is done: what facts or tasks may yet give is unknown.
 *
 * @param later the variables that tasks set which come before
 * @param local further ones
 */
record Beforehand(HostScope now, Set<String> later, World world,
        Map<String, Value> local) implements Scope {
    /**
     * How the hosts of a play come to a step.
     *
     * @param around the includes that lead there
     * @param later the variables that tasks before it set
     */
    record Way(World world, PlayFrame frame, List<Step> around, Set<String> later) {
        Beforehand scope(String host, Step step) {
            return new Beforehand(HostScope.of(world, host, frame).at(step).foreseen(), later, world, Map.of());
        }

        /** What a variable is known to be there; an unknown value where that can't be told yet. */
        Value value(String host, Step step, String variable) {
            Scope scope = scope(host, step);
            try {
                Value written = scope.get(variable);
                return written instanceof Undefined ? written : world.templates.resolveKnown(written, scope);
            } catch (ProblemException | UnknownValueException e) {
                return new Unknown("it can't be told yet");
            }
        }

        /** The hosts that are known to come there. */
        List<String> to(Step step) {
            return frame.hosts().stream().filter(host -> comes(host, step, Map.of())).toList();
        }

        /**
         * Whether a host is known to come there.
         *
         * @param local the step's own variables, of a loop
         */
        boolean comes(String host, Step step, Map<String, Value> local) {
            return around.stream().allMatch(one -> allHold(one, scope(host, one)))
                    && allHold(step, scope(host, step).with(local));
        }

        private boolean allHold(Step step, Scope scope) {
            return step.directives().when().stream().allMatch(condition -> holds(condition, scope));
        }

        private boolean holds(Setting condition, Scope scope) {
            try {
                return world.templates.condition(condition.value(), condition.source(), scope).isTrue();
            } catch (ProblemException | UnknownValueException e) {
                return false; // it can't be told yet
            }
        }
    }

    /** A variable's name that stands for all: a file that only a run would find may set any. */
    static final String ANY = "*";

    Beforehand with(Map<String, Value> more) {
        var all = new LinkedHashMap<>(local);
        all.putAll(more);
        return new Beforehand(now, later, world, all);
    }

    @Override
    public Value get(String name) {
        Value own = local.get(name);
        if (own != null) {
            return own;
        }
        if (name.equals("hostvars")) {
            return MapValue.view(new LazyMap(world::hostNames, this::ofOther));
        }
        boolean settled = MagicNames.ALL.contains(name) || world.options.extraVars().get(name).isPresent();
        if (!settled && (later.contains(name) || later.contains(ANY))) {
            return new Unknown("a task may set " + name);
        }
        Value value = now.get(name);
        return value instanceof Undefined && name.startsWith("ansible_") && !name.equals(Forechecked.ADDRESS)
                ? new Unknown(name + " isn't read yet")
                : value;
    }

    private Value ofOther(String host) {
        if (!world.knows(host)) {
            return new Undefined("\"hostvars['" + host + "']\" is undefined", Source.NONE);
        }
        var other = new Beforehand(HostScope.of(world, host).foreseen(), later, world, Map.of());
        return MapValue.view(new LazyMap(other::names, name -> {
            Value value = other.get(name);
            return value instanceof Undefined ? value : world.templates.resolveKnown(value, other);
        }));
    }

    @Override
    public Set<String> names() {
        return Stream.concat(now.names().stream(), local.keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public Site site() {
        return now.site();
    }

    @Override
    public boolean looksUp() {
        return false;
    }

    @Override
    public String managed() {
        return now.managed();
    }
}
