package bramble.run;

import bramble.args.Modules;
import bramble.module.AnyModule;
import bramble.module.Forechecked;
import bramble.module.Forelooked;
import bramble.module.Specified;
import bramble.module.TaskModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.LoadedRole;
import bramble.playbook.LoadedTasks;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Prompt;
import bramble.playbook.Role;
import bramble.playbook.RoleCheck;
import bramble.playbook.RoleRequest;
import bramble.playbook.Step;
import bramble.playbook.Tags;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Truth;
import bramble.template.UndefinedException;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks, before any node is touched, at what the roles of a run are given, by their argument specs and the checks that they bring, and at what modules are told
 * that can say beforehand what is wrong ({@link Forechecked}); and at the nodes themselves, where a module takes only some ({@link Forelook}). What can't be told yet is passed over: what facts, prompts, lookups and results of tasks give, and roles that only a run would name.
 */
final class Forechecks {
    private static final int DEEPEST = 30;
    /** Variables whose values nobody is to read. */
    private static final Pattern SECRET = Pattern.compile("(pass(word|phrase|wd)?|secret|token)$");

    private final PlaybookLoader loader;
    private final Tags tags;
    private final Modules modules;
    private final boolean bySpecs;
    private final List<Use> uses = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<Spec> specs = new ArrayList<>();
    private final List<Forelook.Question> questions = new ArrayList<>();
    /** All tasks that may alter something, in order. */
    private final List<Forelook.Earlier> earlier = new ArrayList<>();
    /** Variables that tasks set which come before. */
    private final Set<String> later = new HashSet<>();
    /** Whether what comes before may set any variable, or lead a host elsewhere: what a role is given then is looked at when it begins. */
    private boolean open;
    /** Whether it isn't known what is done before, or how a host is reached then. */
    private boolean unseen;
    /** Whether hosts may be through with the play before they come to what follows in it. */
    private boolean leaves;

    /**
     * A role with checks, where a play uses it.
     *
     * @param around the includes that lead there
     * @param block the role's steps
     * @param later the variables that tasks before it set
     */
    private record Use(Play play, List<Step> around, Block block, Role role, Set<String> later) {}

    /** A task whose module tells beforehand what can't be right. */
    private record Call(Play play, List<Step> around, Task task, TaskModule<?, ?> module, Set<String> later) {}

    /** The task by which a role checks what it is given. */
    private record Spec(Play play, List<Step> around, Task task, Role role, Specified module, Set<String> later) {}

    /** @param bySpecs whether what roles are given is looked at by their argument specs, too */
    Forechecks(PlaybookLoader loader, Tags tags, Modules modules, boolean bySpecs) {
        this.loader = loader;
        this.tags = tags;
        this.modules = modules;
        this.bySpecs = bySpecs;
    }

    // --- Who has something to say ---

    /** Goes through the plays; false if nothing of theirs can be looked at beforehand. */
    boolean anyIn(List<Playbook> playbooks) {
        playbooks.stream().flatMap(playbook -> playbook.plays().stream()).forEach(play -> {
            leaves = false;
            play.prompts().stream().map(Prompt::name).forEach(later::add);
            Stream.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks())
                    .forEach(steps -> walk(play, steps, List.of(), Optional.empty()));
        });
        return !uses.isEmpty() || !calls.isEmpty() || !specs.isEmpty() || !questions.isEmpty();
    }

    private void walk(Play play, List<Step> steps, List<Step> around, Optional<Role> inside) {
        for (Step step : steps) {
            switch (step) {
                case Block block -> {
                    Optional<Role> role = block.role().filter(own -> !block.role().equals(inside))
                            .filter(own -> !own.checks().isEmpty() && selected(block));
                    role.ifPresent(own -> uses.add(new Use(play, around, block, own, Set.copyOf(later))));
                    if (block.rescue().isEmpty()) {
                        walk(play, block.tasks(), around, block.role());
                    } else { // what fails there is caught
                        aside(() -> {
                            walk(play, block.tasks(), around, block.role());
                            walk(play, block.rescue(), around, block.role());
                        });
                    }
                    walk(play, block.always(), around, block.role());
                }
                case Task task -> walk(play, task, around);
            }
        }
    }

    private void walk(Play play, Task task, List<Step> around) {
        MapValue arguments = task.action().arguments();
        task.value(Keyword.REGISTER).map(PythonText::of).ifPresent(later::add);
        switch (task.action().name()) {
            case "set_fact" -> {
                later.addAll(arguments.byName().keySet());
                open |= arguments.byName().keySet().stream()
                        .anyMatch(name -> name.equals(ActionCall.FREE_FORM) || name.contains("{{"));
            }
            case "add_host", "group_by" -> {
                open = true;
                unseen |= selected(task);
            }
            case "meta" -> {
                String what = literal(arguments, ActionCall.FREE_FORM).orElse("");
                open |= what.equals("refresh_inventory");
                unseen |= what.equals("refresh_inventory") && selected(task);
                leaves |= what.startsWith("end_");
            }
            case "include_vars" -> later.add(Beforehand.ANY);
            case "include_role" -> {
                Optional<String> name = literal(arguments, "name").or(() -> literal(arguments, "role"));
                open |= selected(task) && arguments.get("public").filter(is -> is != Bool.FALSE).isPresent();
                if (name.isPresent() && goesInto(task, around)) {
                    Optional<LoadedRole> role = loader.look(RoleRequest.of(name.get(), arguments, false), play, task)
                            .value();
                    role.ifPresent(found -> within(task, () -> walk(play,
                            List.of(found.block(task.source(), task.name())), with(around, task), task.role())));
                } else {
                    open |= selected(task);
                    unseen |= selected(task);
                }
            }
            case "include_tasks" -> {
                Optional<String> name = literal(arguments, "file").or(() -> literal(arguments, ActionCall.FREE_FORM));
                if (name.isPresent() && goesInto(task, around)) {
                    Optional<LoadedTasks> tasks = loader.look(name.get(), play, task, false).value();
                    tasks.ifPresent(found -> within(task,
                            () -> walk(play, found.steps(), with(around, task), task.role())));
                } else {
                    open |= selected(task);
                    unseen |= selected(task);
                }
            }
            default -> {
                Optional<AnyModule> found = modules.find(task.action().name());
                boolean factual = found.isEmpty() || task.action().name().matches(".*_facts|getent");
                if (found.isPresent() && found.get() instanceof Specified specified) {
                    task.role().filter(_ -> bySpecs && !open && !leaves && plain(task) && begins(task))
                            .ifPresent(role -> specs
                                    .add(new Spec(play, around, task, role, specified, Set.copyOf(later))));
                }
                open |= factual && selected(task);
                if (found.orElse(null) instanceof TaskModule<?, ?> module && itself(task) && selected(task)) {
                    if (module instanceof Forechecked<?>) {
                        calls.add(new Call(play, around, task, module, Set.copyOf(later)));
                    }
                    if (module instanceof Forelooked<?> && task.loop().isEmpty() && !unseen && !leaves) {
                        questions.add(
                                new Forelook.Question(play, around, task, module, Set.copyOf(later), earlier.size()));
                    }
                }
                if (selected(task) && !Doubt.looks(task.action().name())
                        && !(found.orElse(null) instanceof Forelooked<?>)) {
                    earlier.add(new Forelook.Earlier(play, task, Set.copyOf(later)));
                }
            }
        }
    }

    /** Whether it is the task by which a role checks what it is given, and the run comes to it. */
    private boolean begins(Task task) {
        return task.action().arguments().get("validate_args_context").isPresent() && tags.select(task.directives()
                .tags().stream().flatMap(tag -> Keywords.texts(tag.value()).stream()).toList());
    }

    /** Whether it is done once, by the host itself, and has to succeed. */
    private static boolean plain(Task task) {
        return task.loop().isEmpty() && itself(task);
    }

    /** Whether it is done by the host itself, and has to succeed. */
    private static boolean itself(Task task) {
        return task.loop().flatMap(loop -> loop.control().breakWhen()).isEmpty()
                && Stream.of(Keyword.DELEGATE_TO, Keyword.RUN_ONCE, Keyword.IGNORE_ERRORS,
                        Keyword.FAILED_WHEN).allMatch(keyword -> task.find(keyword).isEmpty());
    }

    private boolean goesInto(Task include, List<Step> around) {
        return around.size() < DEEPEST && selected(include);
    }

    /** Walks through what a task includes; by a loop, what it is given isn't known, but what it may set is. */
    private void within(Task include, Runnable walk) {
        if (include.loop().isEmpty()) {
            walk.run();
        } else {
            aside(walk);
        }
    }

    /** Walks through what may be played, for what it may set and alter alone. */
    private void aside(Runnable walk) {
        List<List<?>> noted = List.of(uses, calls, specs, questions);
        List<Integer> before = noted.stream().map(List::size).toList();
        walk.run();
        for (int i = 0; i < noted.size(); i++) {
            noted.get(i).subList(before.get(i), noted.get(i).size()).clear();
        }
    }

    private static Optional<String> literal(MapValue arguments, String name) {
        return arguments.get(name).filter(Text.class::isInstance).map(PythonText::of);
    }

    private static List<Step> with(List<Step> steps, Step one) {
        return Stream.concat(steps.stream(), Stream.of(one)).toList();
    }

    /** Whether the run's tags choose anything of it; the task that checks a role's arguments, which they always choose, aside. */
    private boolean selected(Step step) {
        return switch (step) {
            case Block block -> Stream.of(block.tasks(), block.always()).flatMap(List::stream).anyMatch(this::selected);
            case Task task ->
                !task.action().is("validate_argument_spec") && tags.select(task.directives().tags().stream()
                        .flatMap(tag -> Keywords.texts(tag.value()).stream()).toList());
        };
    }

    // --- What they find ---

    /**
     * All that is found, each once for all hosts for which it is the same.
     *
     * @param asking hears how many nodes are asked what only they can tell, if that takes its time; empty if none is to be asked
     * @param parts where lists and mappings have what is in them
     */
    List<Problem> findings(World world, Optional<IntConsumer> asking, WrittenParts parts) throws InterruptedException {
        var hosts = new LinkedHashMap<Finding, Set<String>>();
        var told = new HashMap<String, Set<String>>(); // the variables, by role
        var frames = new IdentityHashMap<Play, Optional<PlayFrame>>();
        var problems = new ArrayList<Problem>();
        var wrong = new HashMap<String, Set<String>>();
        for (Spec spec : specs) {
            frame(world, spec.play(), frames).ifPresent(frame -> {
                var way = new Beforehand.Way(world, frame, spec.around(), spec.later());
                for (SpecCheck.Finding found : new SpecCheck(world, spec.task(), spec.role(), spec.module(), way, parts)
                        .findings()) {
                    problems.add(found.problem());
                    told.computeIfAbsent(spec.role().name(), _ -> new HashSet<>()).add(found.variable());
                    if (found.whole()) {
                        wrong.computeIfAbsent(found.variable(), _ -> new HashSet<>()).addAll(found.hosts());
                    }
                }
            });
        }
        for (Use use : uses) {
            frame(world, use.play(), frames).map(frame -> new Checked(world, use, frame, parts).findings())
                    .ifPresent(found -> {
                        found.forEach((finding, names) -> hosts.computeIfAbsent(finding, _ -> new LinkedHashSet<>())
                                .addAll(names));
                        found.keySet().forEach(finding -> told
                                .computeIfAbsent(use.role().name(), _ -> new HashSet<>()).add(finding.variable()));
                    });
        }
        hosts.forEach((finding, names) -> {
            names.removeAll(wrong.getOrDefault(finding.variable(), Set.of())); // the argument spec has said it
            if (!names.isEmpty()) {
                problems.add(Problem.error(finding.place(),
                        String.join(", ", names) + ": " + finding.variable() + ": " + finding.msg(), finding.hint()));
            }
        });
        for (Call call : calls) {
            Set<String> said = call.task().role().map(role -> told.getOrDefault(role.name(), Set.of()))
                    .orElse(Set.of());
            frame(world, call.play(), frames).ifPresent(frame -> {
                var way = new Beforehand.Way(world, frame, call.around(), call.later());
                new ForeseenLoop(world, call.task(), way).turns().stream()
                        .flatMap(items -> new CallCheck(world, call.task(), call.module(), way, items, parts).findings()
                                .stream())
                        .filter(found -> said.isEmpty() || (!found.variables().isEmpty()
                                && Collections.disjoint(said, found.variables())))
                        .forEach(found -> problems.add(found.problem())); // else the role has said it better
            });
        }
        if (asking.isPresent()) {
            problems.addAll(new Forelook(world, earlier, play -> frame(world, play, frames), asking.get())
                    .findings(questions));
        }
        var once = new HashSet<String>(); // the hints may differ
        return problems.stream().filter(one -> once.add(one.source() + " " + one.summary())).toList();
    }

    /**
     * The play's hosts, which have its {@code vars_files} until another play is looked at; empty where these, or the hosts, aren't
     * known yet.
     */
    private static Optional<PlayFrame> frame(World world, Play play, Map<Play, Optional<PlayFrame>> known) {
        if (!known.containsKey(play)) {
            known.clear();
        }
        return known.computeIfAbsent(play, _ -> {
            try {
                return Optional.of(new PlayRun(world, play, 0).foreseen());
            } catch (ProblemException | UnknownValueException e) {
                return Optional.empty();
            }
        });
    }

    private record Finding(String variable, Source place, String msg, String hint) {}

    /**
     * What is wrong with a variable of a host.
     *
     * @param part which part of its value it is in, if not in all of it
     */
    private record Message(String host, String text, String hint, List<Object> part) {}

    /** The checks of one role, on the hosts that come to it. */
    private record Checked(World world, Use use, PlayFrame frame, WrittenParts parts) {
        Map<Finding, Set<String>> findings() {
            var found = new LinkedHashMap<Finding, Set<String>>();
            List<String> hosts = way().to(use.block());
            for (RoleCheck check : use.role().checks()) {
                var values = new LinkedHashMap<String, Value>();
                for (String host : hosts) {
                    Value value = way().value(host, use.block(), check.variable());
                    if (SECRET.matcher(check.variable()).find() && value instanceof Text(String text)) {
                        world.secrets.add(text); // the line that sets it will be shown
                    }
                    values.put(host, value);
                }
                for (String host : world.withinLimit(hosts)) {
                    for (Message message : messages(check, host, values)) {
                        Source whole = new Places(world, frame, Optional.of(use.role()), use.block().directives())
                                .place(message.host(), check.variable());
                        var finding = new Finding(check.variable(), parts.place(whole, message.part()),
                                message.text(), message.hint());
                        found.computeIfAbsent(finding, _ -> new LinkedHashSet<>()).add(message.host());
                    }
                }
            }
            return found;
        }

        private Beforehand.Way way() {
            return new Beforehand.Way(world, frame, use.around(), use.later());
        }

        /** How one logs in to a host, as far as it is known. */
        private Value login(String host) {
            HostScope scope = HostScope.of(world, host, frame).at(use.block()).foreseen();
            try {
                Nodes.Login login = Nodes.login(world, scope,
                        Optional.of(new Keywords(use.block().directives(), world.templates, scope)));
                boolean given = login.password() || Nodes.PASSWORDS.stream().anyMatch(use.later()::contains);
                return MapValue.of("user", login.user(), "password", given);
            } catch (ProblemException | UnknownValueException e) {
                return new Unknown("it can't be told yet");
            }
        }

        /** What the check says of a host, once for each item of its loop. */
        private List<Message> messages(RoleCheck check, String host, Map<String, Value> values) {
            if (values.get(host) instanceof Unknown && check.host().isEmpty()) {
                return List.of();
            }
            var others = new LinkedHashMap<>(values);
            others.remove(host);
            others.values().removeIf(value -> value instanceof Unknown || value instanceof Undefined);
            Beforehand scope = way().scope(host, use.block())
                    .with(Map.of("value", values.getOrDefault(host, new Undefined(check.variable(), check.source())),
                            "others", MapValue.named(others), "login", login(host)));
            if (check.loop().isEmpty()) {
                return told(check, host, scope, () -> message(check, host, scope));
            }
            var items = new ArrayList<Value>();
            var said = new ArrayList<>(told(check, host, scope, () -> {
                if (world.templates.resolve(check.loop().get(), scope) instanceof ListValue list) {
                    items.addAll(list.items());
                }
                return List.of();
            }));
            items.stream().map(item -> scope.with(Map.of("item", item)))
                    .forEach(one -> said.addAll(told(check, host, one, () -> message(check, host, one))));
            return said;
        }

        /** What can be told; what can't yet leaves the rest alone, and what the check can't cope with is wrong itself. */
        private List<Message> told(RoleCheck check, String host, Scope scope, Supplier<List<Message>> asked) {
            try {
                return asked.get();
            } catch (UndefinedException | UnknownValueException e) {
                return List.of();
            } catch (ProblemException e) {
                Problem first = e.problems().getFirst();
                if (!first.source().file().equals(check.source().file())) {
                    return List.of();
                }
                return List.of(new Message(whose(check, host, scope), first.summary(),
                        "That is what the check at " + first.source() + " comes to.", part(check, scope)));
            }
        }

        private List<Message> message(RoleCheck check, String host, Scope scope) {
            Truth truth = world.templates.condition(check.that().value(), check.that().source(), scope);
            return truth.isFalse()
                    ? List.of(new Message(whose(check, host, scope),
                            PythonText.of(world.templates.resolve(check.msg(), scope)), "", part(check, scope)))
                    : List.of();
        }

        /** Which part of the variable's value the loop has come to. */
        private static List<Object> part(RoleCheck check, Scope scope) {
            return check.loop().isEmpty() || check.host().isPresent()
                    ? List.of()
                    : WrittenParts.ofItem(scope.get("value"), scope.get("item"));
        }

        /** The host whose variable it is about. */
        private String whose(RoleCheck check, String host, Scope scope) {
            try {
                return check.host().map(other -> PythonText.of(world.templates.resolve(other, scope)))
                        .filter(world::knows).orElse(host);
            } catch (ProblemException | UnknownValueException e) {
                return host;
            }
        }
    }
}
