package bramble.run;

import bramble.event.Event;
import bramble.event.Outcome;
import bramble.module.Result.Consequence;
import bramble.module.TaskModule;
import bramble.playbook.Keyword;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Unknown;
import bramble.value.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a task's end means for what the run knows: facts, variables, hosts that appear. */
record Consequences(HostTask one) {
    /** @param at the scope of the item, in a loop */
    void of(TaskEnd end, HostScope at) {
        boolean toDelegate = end.delegate().isPresent()
                && one.keywords(at).is(Keyword.DELEGATE_FACTS);
        List<String> targets = toDelegate
                ? List.of(end.delegate().orElseThrow())
                : one.keywords(at).is(Keyword.RUN_ONCE) ? at.batch() : List.of(one.host());
        end.result().get("ansible_facts").filter(MapValue.class::isInstance).map(MapValue.class::cast)
                .filter(_ -> end.outcome() != Outcome.FAILED && !isVariables(end))
                .ifPresent(facts -> {
                    facts.byName().keySet().stream().filter(name -> !HostVariables.mayBeFact(name))
                            .forEach(name -> one.world().events.tell(new Event.Warned(Instant.now(),
                                    Problem.warning(one.task().source(),
                                            "Removed restricted key from module data: " + name, ""))));
                    targets.forEach(target -> one.world().update(target, known -> known.withFacts(facts)));
                });
        end.unknown().ifPresent(why -> targets.forEach(target -> unknown(target, end, why)));
        for (Consequence consequence : end.consequences()) {
            switch (consequence) {
                case Consequence.Variables(MapValue variables, var level) ->
                    targets.forEach(target -> one.world().update(target, known -> switch (level) {
                        case SET_FACT -> known.withSet(variables);
                        case CACHEABLE_FACT -> known.withSet(variables).withCached(variables);
                        case INCLUDE_VARS -> known.withIncluded(variables);
                    }));
                case Consequence.AddHost(String name, List<String> groups, MapValue variables) ->
                    one.world().extendInventory(
                            inventory -> inventory.withHost(name, groups, variables, one.task().source()));
                case Consequence.JoinGroup(String group, List<String> parents) ->
                    one.world().extendInventory(
                            inventory -> inventory.withGroup(group, parents, List.of(one.host()), one.task().source()));
                case Consequence.Secrets(Value value) -> one.world().secrets.addAll(value);
                case Consequence.ResetConnection() -> one.world().nodes.reset(one.world(), at);
                case Consequence.Statistics statistics -> one.world().statistics(one.host(), statistics);
            }
        }
    }

    /** What a task would have set that a dry run can't tell about isn't known, rather than not defined. */
    private void unknown(String target, TaskEnd end, String why) {
        Task task = one.task();
        MapValue given = task.action().arguments();
        if (task.action().is("set_fact") && !isVariables(end)) {
            MapValue variables = unknowns(given.byName().keySet().stream()
                    .filter(name -> !name.equals("cacheable") && !name.contains("{{")).toList(), why);
            one.world().update(target, known -> known.withSet(variables));
        } else if (one.world().module(task.action()).orElse(null) instanceof TaskModule<?, ?> module
                && end.result().get("ansible_facts").isEmpty()) {
            MapValue facts = unknowns(module.facts(given), why);
            one.world().update(target, known -> known.withFacts(facts));
        }
    }

    /**
     * The end of a task that may not be done, with what it would have set as not known; what is so already stays.
     *
     * @param done how it would have ended
     */
    TaskEnd doubtful(TaskEnd end, TaskEnd done, HostScope at, String why) {
        if (done.outcome() == Outcome.FAILED) {
            return end;
        }
        var sets = new ArrayList<Consequence>();
        for (Consequence consequence : done.consequences()) {
            if (consequence instanceof Consequence.Variables(MapValue variables, var level)) {
                sets.add(new Consequence.Variables(others(variables, at::get, why), level));
            }
        }
        MapValue facts = !sets.isEmpty() || !(done.result().get("ansible_facts").orElse(null) instanceof MapValue found)
                ? MapValue.EMPTY
                : others(found, name -> one.world().variables(one.host()).facts().get(name).orElse(None.NONE), why);
        return new TaskEnd(end.outcome(),
                facts.entries().isEmpty() ? end.result() : end.result().with("ansible_facts", facts),
                end.unknown(), end.changes(), sets, done.delegate());
    }

    private static MapValue others(MapValue fresh, Function<String, Value> now, String why) {
        return unknowns(fresh.byName().entrySet().stream()
                .filter(entry -> !entry.getValue().equals(now.apply(entry.getKey()))).map(Map.Entry::getKey).toList(),
                why);
    }

    private static MapValue unknowns(List<String> names, String why) {
        MapValue all = MapValue.EMPTY;
        for (String name : names) {
            all = all.with(name, new Unknown(why));
        }
        return all;
    }

    private static boolean isVariables(TaskEnd end) {
        return end.consequences().stream().anyMatch(Consequence.Variables.class::isInstance);
    }
}
