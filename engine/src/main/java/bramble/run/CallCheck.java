package bramble.run;

import bramble.args.Schema;
import bramble.module.Forechecked;
import bramble.module.TaskModule;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a module finds wrong beforehand in what a task tells it, on all hosts that come to the task.
 *
 * @param items each host's item in one turn of the task's loop
 * @param parts where lists and mappings have what is in them
 */
record CallCheck(World world, Task task, TaskModule<?, ?> module, Beforehand.Way way, Map<String, Value> items,
        WrittenParts parts) {
    /**
     * Something wrong.
     *
     * @param variables those of the user's that it is in; none where it may be in what a role says by itself
     */
    record Finding(Set<String> variables, Problem problem) {}

    /**
     * What is wrong.
     *
     * @param givers the variables that it is made of, with where each is written
     * @param place what is shown: where the variable is written that it is in, or where the task is
     * @param traced whether each part of it is made of variables that somebody has set
     */
    private record Wrong(String what, Map<String, Source> givers, Source place, boolean traced) {}

    /** What is found; hosts beside the limit count as others, but nothing is told of them alone. */
    List<Finding> findings() {
        return findings((Forechecked<?>) module);
    }

    private List<String> hosts() {
        return task.loop().isEmpty()
                ? way.to(task)
                : items.keySet().stream().filter(host -> way.comes(host, task, local(host))).toList();
    }

    private Beforehand scope(String host) {
        return way.scope(host, task).with(local(host));
    }

    /** The same, with another value of a variable. */
    private Beforehand scope(String host, Map<String, Value> other) {
        return scope(host).with(other);
    }

    private Map<String, Value> local(String host) {
        return ForeseenLoop.local(task, Optional.ofNullable(items.get(host)));
    }

    /** What a host gives the module, as far as it is known and right. */
    Optional<Record> bound(String host) {
        try {
            return given(host).map(known -> bound(host, known));
        } catch (ProblemException | UnknownValueException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked") // a module's arguments are those that it checks
    private <A extends Record> List<Finding> findings(Forechecked<A> checked) {
        var given = new LinkedHashMap<String, MapValue>();
        var partly = new LinkedHashMap<String, MapValue>();
        hosts().forEach(host -> given(host).ifPresentOrElse(known -> given.put(host, known),
                () -> partly.put(host, known(host))));
        var byHost = new LinkedHashMap<String, A>();
        var hosts = new LinkedHashMap<String, Set<String>>();
        var rest = new LinkedHashMap<String, MapValue>();
        given.forEach((host, known) -> {
            try {
                byHost.put(host, (A) bound(host, known));
            } catch (ProblemException e) {
                e.problems().forEach(one -> hosts.computeIfAbsent(one.summary(), _ -> new LinkedHashSet<>()).add(host));
                rest.put(host, known);
            } catch (UnknownValueException e) {
                partly.put(host, known(host));
            }
        });
        given.putAll(partly);
        Map<String, String> addresses = addresses(byHost.keySet());
        var arguments = new HashMap<String, String>();
        var findings = new ArrayList<>(checked.findings(byHost, addresses));
        var some = new LinkedHashMap<String, A>();
        rest.putAll(partly);
        rest.replaceAll(this::fitting);
        rest.forEach((host, known) -> bound(host, known, some));
        List<Forechecked.Finding> certain = checked.certain(some);
        findings.addAll(certain);
        Set<String> ofRest = certain.stream().map(CallCheck::sentence).collect(Collectors.toSet());
        for (Forechecked.Finding finding : findings) {
            hosts.computeIfAbsent(sentence(finding), _ -> new LinkedHashSet<>()).addAll(finding.hosts());
            finding.argument().ifPresent(argument -> arguments.put(sentence(finding), argument));
        }
        var wrong = new LinkedHashMap<Wrong, List<String>>();
        var narrowed = new HashMap<Wrong, Wrong>();
        hosts.forEach((what, names) -> names.forEach(host -> {
            if (Forechecked.ADDRESS.equals(arguments.get(what))) {
                wrong.computeIfAbsent(ofAddress(what, host), _ -> new ArrayList<>()).add(host);
                return;
            }
            List<Value> blamed = Optional.ofNullable(arguments.get(what))
                    .map(argument -> Blame.named(task.action().arguments(), argument)).filter(named -> !named.isEmpty())
                    .orElseGet(() -> new Blame(other -> still(checked, what, host, other, byHost, addresses))
                            .parts(task.action().arguments(),
                                    (ofRest.contains(what) && rest.containsKey(host) ? rest : given).getOrDefault(host,
                                            MapValue.EMPTY)));
            boolean ofRestHere = ofRest.contains(what) && rest.containsKey(host);
            Wrong whole = wrong(what, host, blamed);
            Wrong inner = narrowed.computeIfAbsent(whole,
                    _ -> narrowed(whole, host, (ofRestHere ? rest : given).getOrDefault(host, MapValue.EMPTY),
                            other -> still(checked, what, host, other, byHost, addresses),
                            variables -> ofRestHere
                                    ? Optional.of(fitting(host, known(host, variables)))
                                    : given(host, variables)));
            wrong.computeIfAbsent(inner, _ -> new ArrayList<>()).add(host);
        }));
        return wrong.entrySet().stream().filter(one -> !world.withinLimit(one.getValue()).isEmpty())
                .map(one -> finding(one.getKey(), String.join(", ", one.getValue()) + ": ")).toList();
    }

    /**
     * The same, with the place of the part that it is in.
     *
     * @param given the host's arguments
     * @param still whether it is found with others; empty where the module can't take them
     * @param other the host's arguments, if variables were others
     */
    private Wrong narrowed(Wrong wrong, String host, MapValue given, Function<MapValue, Optional<Boolean>> still,
            Function<Map<String, Value>, Optional<MapValue>> other) {
        if (wrong.givers().size() == 1 && wrong.givers().containsValue(wrong.place())) {
            String name = wrong.givers().keySet().iterator().next();
            List<Object> path = value(host, name).map(value -> {
                List<Object> found = WrittenParts.guilty(value,
                        one -> other.apply(Map.of(name, one)).flatMap(still));
                return found.isEmpty() && items.containsKey(host) ? ofItem(host, value, still, other) : found;
            }).orElse(List.of());
            Source place = parts.place(wrong.place(), path);
            return new Wrong(wrong.what(), Map.of(name, place), place, wrong.traced());
        }
        if (wrong.givers().isEmpty() && wrong.place().equals(task.action().source())) {
            List<Object> path = WrittenParts.guilty(given, one -> still.apply((MapValue) one));
            return new Wrong(wrong.what(), wrong.givers(), parts.place(wrong.place(), path), wrong.traced());
        }
        return wrong;
    }

    /** The part of the loop's item, in the list or mapping that it is from. */
    private List<Object> ofItem(String host, Value value, Function<MapValue, Optional<Boolean>> still,
            Function<Map<String, Value>, Optional<MapValue>> other) {
        Value item = Objects.requireNonNull(items.get(host));
        List<Object> path = new ArrayList<>(WrittenParts.ofItem(value, item));
        if (path.isEmpty()) {
            return path;
        }
        boolean pair = value instanceof MapValue; // its items are a key with a value each
        Value part = pair ? ((MapValue) item).get("value").orElse(None.NONE) : item;
        path.addAll(WrittenParts.guilty(part, one -> other
                .apply(ForeseenLoop.local(task, Optional.of(pair ? ((MapValue) item).with("value", one) : one)))
                .flatMap(still)));
        return path;
    }

    /** What a variable is; empty where that isn't known. */
    private Optional<Value> value(String host, String name) {
        try {
            Value value = world.templates.resolveKnown(scope(host).get(name), scope(host));
            return Optional.of(value).filter(Schema::known);
        } catch (ProblemException | UnknownValueException e) {
            return Optional.empty();
        }
    }

    /** Those of a host's arguments that the module can take, if without the others it can be asked. */
    private MapValue fitting(String host, MapValue known) {
        MapValue left = known;
        int wrong = wrong(host, left);
        for (String name : known.byName().keySet()) {
            MapValue without = left.without(name);
            int fewer = wrong == 0 ? 0 : wrong(host, without);
            left = fewer < wrong ? without : left;
            wrong = Math.min(wrong, fewer);
        }
        return left;
    }

    /** How many arguments the module can't take. */
    private int wrong(String host, MapValue arguments) {
        try {
            bound(host, arguments);
            return 0;
        } catch (ProblemException e) {
            return e.problems().size();
        } catch (UnknownValueException e) {
            return 0;
        }
    }

    /** Those of a host's arguments that are known. */
    private MapValue known(String host) {
        return known(host, Map.of());
    }

    private MapValue known(String host, Map<String, Value> variables) {
        var known = new LinkedHashMap<String, Value>();
        task.action().arguments().byName().forEach((name, written) -> {
            try {
                Value value = world.templates.resolveKnown(written, scope(host, variables));
                if (Schema.known(value)) {
                    known.put(name, value);
                }
            } catch (ProblemException | UnknownValueException e) {
                // without it, then
            }
        });
        return MapValue.named(known);
    }

    @SuppressWarnings("unchecked") // a module's arguments are those that it checks
    private <A extends Record> void bound(String host, MapValue known, Map<String, A> to) {
        try {
            to.put(host, (A) bound(host, known));
        } catch (ProblemException | UnknownValueException e) {
            // it can't be asked without the others
        }
    }

    /** All hosts' own addresses, of those too that don't come to the task; without a variable, the name may be one. */
    private Map<String, String> addresses(Set<String> coming) {
        var hosts = new LinkedHashSet<String>(coming);
        hosts.addAll(world.hostNames());
        var addresses = new LinkedHashMap<String, String>();
        hosts.forEach(host -> {
            if (way.value(host, task, Forechecked.ADDRESS) instanceof Text(String address)) {
                addresses.put(host, address);
            } else if (scope(host).now().get(Forechecked.ADDRESS) instanceof Undefined) {
                addresses.put(host, host);
            }
        });
        return addresses;
    }

    private Wrong ofAddress(String what, String host) {
        Source place = new Places(world, way.frame(), task.role(), task.directives()).place(host, Forechecked.ADDRESS);
        return new Wrong(what, Map.of(Forechecked.ADDRESS, place), place, true);
    }

    private Wrong wrong(String what, String host, List<Value> parts) {
        var givers = new Givers(world, task, way);
        boolean traced = task.role().isEmpty()
                || parts.stream().noneMatch(part -> givers.of(host, List.of(part)).isEmpty());
        Map<String, Source> blamed = traced ? givers.of(host, parts) : givers.of(host);
        if (traced && blamed.size() == 1) {
            return new Wrong(what, blamed, blamed.values().iterator().next(), true);
        }
        Source place = task.role().map(_ -> task.action().source()).or(() -> parts.stream()
                .flatMap(Givers::templates).findFirst().map(Template::source)).orElse(task.action().source());
        return new Wrong(what, blamed, place, traced);
    }

    private Finding finding(Wrong wrong, String hosts) {
        String module = task.action().written();
        Set<String> names = wrong.givers().keySet();
        if (wrong.givers().containsValue(wrong.place())) {
            String name = names.iterator().next();
            String hint = name.equals(Forechecked.ADDRESS)
                    ? ""
                    : "It is what " + module + " is given at "
                            + task.action().source() + ".";
            return new Finding(names, Problem.error(wrong.place(), hosts + name + ": " + wrong.what(), hint));
        }
        String made = wrong.givers().entrySet().stream().map(one -> one.getKey() + " (" + one.getValue() + ")")
                .collect(Collectors.joining(", "));
        return new Finding(wrong.traced() ? names : Set.of(), Problem.error(wrong.place(),
                hosts + module + ": " + wrong.what(),
                made.isEmpty() ? "" : "It is made of " + made + "."));
    }

    private static String sentence(Forechecked.Finding finding) {
        return finding.what() + ".";
    }

    /** Whether that is found of the host with other arguments, too; empty where they are none that the module could take. */
    @SuppressWarnings("unchecked") // a module's arguments are those that it checks
    private <A extends Record> Optional<Boolean> still(Forechecked<A> checked, String what, String host,
            MapValue arguments, Map<String, A> byHost, Map<String, String> addresses) {
        var all = new LinkedHashMap<>(byHost);
        try {
            all.put(host, (A) bound(host, arguments));
        } catch (ProblemException e) {
            return e.problems().stream().anyMatch(one -> one.summary().equals(what))
                    ? Optional.of(true)
                    : Optional.empty();
        } catch (UnknownValueException e) {
            return Optional.empty();
        }
        return Optional.of(checked.findings(all, addresses).stream()
                .anyMatch(one -> sentence(one).equals(what) && one.hosts().contains(host)));
    }

    private Optional<MapValue> given(String host) {
        return given(host, Map.of());
    }

    private Optional<MapValue> given(String host, Map<String, Value> variables) {
        try {
            return Optional.of(new TaskArguments(world, task).of(scope(host, variables), Optional.of(module)));
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
