package bramble.run;

import bramble.args.Schema;
import bramble.module.Forechecked;
import bramble.module.TaskModule;
import bramble.playbook.Role;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Undefined;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a module finds wrong beforehand in what a task tells it, on all hosts that come to the task. */
record CallCheck(World world, Task task, TaskModule<?, ?> module, Beforehand.Way way) {
    /** What is found; hosts beside the limit count as others, but nothing is told of them alone. */
    List<Problem> findings() {
        return findings((Forechecked<?>) module);
    }

    @SuppressWarnings("unchecked") // a module's arguments are those that it checks
    private <A extends Record> List<Problem> findings(Forechecked<A> checked) {
        var byHost = new LinkedHashMap<String, A>();
        var hosts = new LinkedHashMap<String, Set<String>>();
        for (String host : way.to(task)) {
            Optional<MapValue> given = given(host);
            try {
                given.ifPresent(known -> byHost.put(host, (A) bound(host, known)));
            } catch (ProblemException e) {
                e.problems().forEach(one -> hosts.computeIfAbsent(one.summary(), _ -> new LinkedHashSet<>()).add(host));
            } catch (UnknownValueException e) {
                // it isn't known yet
            }
        }
        for (Forechecked.Finding finding : checked.findings(byHost)) {
            hosts.computeIfAbsent(finding.what() + ".", _ -> new LinkedHashSet<>()).addAll(finding.hosts());
        }
        return hosts.entrySet().stream()
                .filter(one -> !world.withinLimit(List.copyOf(one.getValue())).isEmpty())
                .map(one -> Problem.error(task.action().source(),
                        String.join(", ", one.getValue()) + ": " + task.action().written() + ": " + one.getKey(),
                        task.role().map(role -> variables(role, one.getValue().iterator().next())).orElse("")))
                .toList();
    }

    /** Of a role's variables those that the task is given and that somebody set, with where that is: what is wrong is in one of them. */
    private String variables(Role role, String host) {
        var places = new Places(world, way.frame(), role, task.directives());
        var texts = new ArrayDeque<Value>(List.of(task.action().arguments()));
        texts.addAll(task.action().whole());
        task.directives().vars().forEach(vars -> texts.add(vars.values()));
        var found = new LinkedHashMap<String, Source>();
        var seen = new HashSet<String>();
        Pattern own = Pattern.compile("\\b" + Pattern.quote(role.shortName()) + "_\\w+");
        while (!texts.isEmpty()) {
            Value text = texts.remove();
            own.matcher(PythonText.of(text)).results().map(MatchResult::group).filter(seen::add).forEach(name -> {
                Source place = places.place(host, name);
                if (place.file().startsWith(role.path().toString())) { // a default, which may be made of others
                    role.visibleDefaults().forEach(vars -> vars.values().get(name).ifPresent(texts::add));
                } else if (!(way.scope(host, task).get(name) instanceof Undefined)) {
                    found.put(name, place);
                }
            });
        }
        return found.isEmpty()
                ? ""
                : "It is made of " + found.entrySet().stream()
                        .map(one -> one.getKey() + " (" + one.getValue() + ")").collect(Collectors.joining(", "))
                        + ".";
    }

    private Optional<MapValue> given(String host) {
        try {
            return Optional.of(new TaskArguments(world, task).of(way.scope(host, task), Optional.of(module)));
        } catch (ProblemException | UnknownValueException e) {
            return Optional.empty(); // what lacks may yet come
        }
    }

    private Record bound(String host, MapValue given) {
        HostScope scope = HostScope.of(world, host, way.frame()).at(task).foreseen();
        return Schema.of(module.args()).bind(task.action().written(), given, task.action().source(),
                new Binding(world, task, new ModuleCall.Given(given, scope), NodePaths.AS_WRITTEN));
    }
}
