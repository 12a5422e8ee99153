package bramble.run;

import bramble.args.Doc;
import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.LoadedRole;
import bramble.playbook.LoadedTasks;
import bramble.playbook.Role;
import bramble.playbook.RoleRequest;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Secrets;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** One host's way through the steps of a play. It runs on a thread of its own. */
final class HostLoop {
    /** What includes itself on and on is stopped before it fills the memory; nobody means as many. */
    private static final int DEEPEST = 1000;
    private static final Set<String> INCLUDES = Set.of("include_tasks", "include_role", "include");
    /** What is done again when a run is continued: it touches no node, and what follows needs it. */
    private static final Set<String> REDONE = Set.of("set_fact", "include_vars", "add_host", "group_by", "setup",
            "gather_facts");

    /** Meta tasks that concern each host by itself. */
    private static final Set<String> FOR_ONE_HOST = Set.of("noop", "reset_connection", "end_host", "end_role",
            "role_complete", "flush_handlers");
    /** Meta tasks whose {@code when} Ansible doesn't look at. */
    private static final Set<String> WITHOUT_WHEN = Set.of("noop", "reset_connection", "refresh_inventory");

    private final World world;
    private final PlayState play;
    private final Pace pace;
    private final String host;
    private final Map<Task, Boolean> notified = new LinkedHashMap<>();
    /** What handlers of included roles see of the loop around. */
    private final Map<Task, HostScope> handlerScopes = new HashMap<>();
    /** Those of them that a task notified which was really played, not only found done in the run that is continued. */
    private final Set<Task> due = new HashSet<>();
    private final Set<Role.Identity> rolesDone = new HashSet<>();
    private Optional<Upcoming> upcoming = Optional.empty();
    /** What tasks of this run registered: in a continued run, what mentions it is played again. */
    private final Set<String> made = new HashSet<>();
    /** The tasks of the blocks with a rescue that it is in, the innermost first. */
    private final Deque<Position> guards = new ArrayDeque<>();
    private boolean roleDidSomething;
    private boolean onlyPerhaps;
    private boolean anew;
    private boolean inHandler;

    HostLoop(World world, PlayState play, Pace pace, String host) {
        this.world = world;
        this.play = play;
        this.pace = pace;
        this.host = host;
    }

    /** One part of a play: steps, then the handlers that they notified. */
    Flow section(List<Step> steps, Position position, boolean forceHandlers) throws InterruptedException {
        HostScope scope = HostScope.of(world, host, play.frame);
        Flow flow = steps(steps, position.then(0), scope, Optional.empty());
        if (flow.goes() || (flow.failed() && forceHandlers)) {
            Flow flushed = flush(position.then(1), scope);
            return flow.goes() ? flushed : flow;
        }
        return flow;
    }

    private Flow steps(List<Step> steps, Position position, HostScope scope, Optional<Role> around)
            throws InterruptedException {
        Optional<Upcoming> after = upcoming;
        try {
            return steps(steps, position, scope, around, after);
        } finally {
            upcoming = after;
        }
    }

    private Flow steps(List<Step> steps, Position position, HostScope scope, Optional<Role> around,
            Optional<Upcoming> after) throws InterruptedException {
        for (int i = 0; i < steps.size(); i++) {
            if (!play.ended.get().goes()) {
                return play.ended.get();
            }
            upcoming = Optional.of(new Upcoming(steps, i + 1, after));
            Flow flow = switch (steps.get(i)) {
                case Block block -> block(block, position.then(i), scope, around);
                case Task task -> task(task, position.then(i), scope, false);
            };
            if (!flow.goes()) {
                return flow;
            }
        }
        return Flow.GO;
    }

    private Flow block(Block block, Position position, HostScope scope, Optional<Role> around)
            throws InterruptedException {
        boolean entersRole = block.role().isPresent() && !block.role().equals(around);
        if (!entersRole) {
            return guarded(block, position, scope);
        }
        Role role = block.role().orElseThrow();
        if (!role.allowDuplicates() && rolesDone.contains(role.identity())) {
            return Flow.GO;
        }
        boolean outer = roleDidSomething;
        roleDidSomething = false;
        Flow flow = guarded(block, position, scope);
        if (flow.goes() && roleDidSomething) {
            rolesDone.add(role.identity());
        }
        roleDidSomething |= outer;
        return flow == Flow.END_ROLE ? Flow.GO : flow;
    }

    /** With rescue and always. */
    private Flow guarded(Block block, Position position, HostScope scope) throws InterruptedException {
        boolean rescues = !block.rescue().isEmpty();
        if (rescues) {
            guards.push(position.then(0));
        }
        Flow flow = steps(block.tasks(), position.then(0), scope, block.role());
        if (rescues) {
            guards.pop();
        }
        if (flow.failed() && rescues) {
            flow = steps(block.rescue(), position.then(1), scope, block.role());
        }
        if (flow.goes() || flow.failed()) {
            int cleared = world.cleared();
            Flow always = steps(block.always(), position.then(2), scope, block.role());
            flow = !always.goes() ? always : cleared == world.cleared() ? flow : Flow.GO;
        }
        return flow;
    }

    // --- Handlers ---

    /** Each handler once, in their order: one that a later one notifies waits for the next time, one that notifies itself is done. */
    private Flow flush(Position position, HostScope scope) throws InterruptedException {
        Handlers handlers = play.handlers;
        for (int i = 0; i < handlers.size(); i++) {
            Task handler = handlers.at(i);
            Boolean perhaps = notified.remove(handler);
            if (perhaps != null) {
                boolean outer = anew;
                boolean outerHandler = inHandler;
                onlyPerhaps = perhaps;
                anew = due.remove(handler);
                inHandler = true;
                Flow flow = task(handler, position.then(0).then(i), handlerScopes.getOrDefault(handler, scope), true);
                inHandler = outerHandler;
                anew = outer;
                onlyPerhaps = false;
                notified.remove(handler);
                if (!flow.goes()) {
                    return flow;
                }
            }
        }
        return Flow.GO;
    }

    /** Why a handler can't be notified; empty if all were. */
    private Optional<String> notify(Task task, HostScope scope, boolean perhaps, boolean played) {
        List<String> names;
        try {
            names = new Keywords(task.directives(), world.templates, scope).names(Keyword.NOTIFY);
        } catch (UnknownValueException e) {
            world.events.tell(new Event.Warned(Instant.now(), Problem.warning(task.source(),
                    "Which handlers the task notifies can't be foreseen: " + e.why() + ".", "")));
            return Optional.empty();
        } catch (ProblemException e) {
            return Optional.of("Tried to notify a handler, but " + e.summary());
        }
        for (String name : names) {
            Set<Task> handlers = play.handlers.named(name, world, scope);
            if (handlers.isEmpty()) {
                String lost = "The requested handler '" + name + "' was not found in either the main handlers list "
                        + "nor in the listening handlers list";
                boolean fails = world.options.habits().missingHandlerFails();
                String hint = Nearest.hint(name, play.handlers.names(world, scope));
                world.events.tell(new Event.Warned(Instant.now(), fails
                        ? Problem.error(task.source(), lost, hint)
                        : Problem.warning(task.source(), lost, hint)));
                if (fails) {
                    return Optional.of(lost);
                }
                continue;
            }
            if (played) {
                due.addAll(handlers);
            }
            handlers.forEach(handler -> notified.merge(handler, perhaps, (a, b) -> a && b));
            world.events.tell(new Event.Notified(Instant.now(), host, name, perhaps));
        }
        return Optional.empty();
    }

    // --- Tasks ---

    private Flow task(Task written, Position position, HostScope outer, boolean handler) throws InterruptedException {
        Task task = named(written, outer.at(written));
        HostScope scope = outer.at(task);
        if (!handler && !selected(task, scope)) {
            return Flow.GO;
        }
        TaskInfo info = info(task, scope, position, handler || inHandler);
        if (!world.started(info.name(), task, position)) {
            return Flow.GO;
        }
        String action = task.action().name();
        boolean once = once(task, scope)
                || world.modules.doc(action).map(Doc::once).orElse(false);
        Optional<MapValue> before = before(task, info, scope, once);
        if (before.isPresent()) {
            return replayed(task, scope, before.get());
        }
        boolean works = !action.equals("meta") && !INCLUDES.contains(action);
        Optional<Line> throttle = works ? throttle(task, scope) : Optional.empty();
        Pace.Go go = pace.arrive(host, position, info, action.equals("meta") ? forAll(task) : once,
                works ? throttle.or(() -> Optional.of(world.forks)) : Optional.empty());
        var turn = new Turn(world.forks, go.spot(), throttle.isPresent());
        try {
            var one = new HostTask(world, task, info, scope, turn, () -> upcoming(info, scope, turn));
            if (go.word() == Pace.Word.STOP) {
                return play.ended.get().goes() ? Flow.STOPPED : play.ended.get();
            }
            if (go.word() == Pace.Word.PASS_OVER) {
                return Flow.GO;
            }
            if (action.equals("meta")) {
                return forAll(task) ? metaForAll(one, position, go.group()) : meta(one, position);
            }
            if (works) {
                return module(one, once, go.group());
            }
            return once && !go.group().isFirst(host) ? Flow.GO : include(one, position, handler);
        } finally {
            turn.end();
        }
    }

    /** The task with its module, where a template names it; what can't be found is told when it is done. */
    private Task named(Task task, HostScope scope) {
        if (!task.action().name().isEmpty()) {
            return task;
        }
        try {
            Value name = world.templates.resolve(new Template(task.action().written(), task.action().source()), scope);
            return world.loader.named(PythonText.of(name).strip(), play.frame.play(), task);
        } catch (ProblemException | UnknownValueException e) {
            return task;
        }
    }

    /** What a task that need not be done again gave in the run that is continued; one host may have done it for all. */
    private Optional<MapValue> before(Task task, TaskInfo info, HostScope scope, boolean once) {
        if (anew || world.resumption.nothing() || REDONE.contains(task.action().name())) {
            return Optional.empty();
        }
        return (once ? play.frame.batch() : List.of(host)).stream()
                .flatMap(name -> world.resumption.done(info.sealed(seal(task, scope, name)), name).stream())
                .findFirst()
                .filter(result -> result.get("ansible_facts").isEmpty())
                .filter(result -> task.value(Keyword.REGISTER).isEmpty() || complete(result))
                .filter(_ -> made.stream().noneMatch(task.toString()::contains))
                .filter(_ -> !Written.hasMore(task, play.written(task), scope));
    }

    private Flow replayed(Task task, HostScope scope, MapValue result) {
        register(task, result, List.of(host));
        roleDidSomething = true;
        if (result.get("changed").map(Value.of(true)::equals).orElse(false)) {
            notify(task, scope, false, false);
        }
        return Flow.GO;
    }

    /** Whether a recorded result is all that there was: what was masked, or too long, is lost. */
    private static boolean complete(MapValue result) {
        String text = Json.compact(result);
        return result.get("censored").isEmpty() && !text.contains(Secrets.MASK) && !text.contains(HostResult.LEFT_OUT);
    }

    private boolean selected(Task task, HostScope scope) {
        return world.options.tags().select(tags(task, scope));
    }

    private List<String> tags(Task task, HostScope scope) {
        var tags = new ArrayList<String>();
        for (var setting : task.directives().tags()) {
            try {
                tags.addAll(Keywords.texts(world.templates.resolve(setting.value(), scope)));
            } catch (ProblemException | UnknownValueException e) {
                tags.addAll(Keywords.texts(setting.value()));
            }
        }
        return tags;
    }

    /** Whether it is done once for all; where nobody waits for anybody, each host does it. */
    private boolean once(Task task, HostScope scope) {
        return play.inStep && flag(task, Keyword.RUN_ONCE, scope);
    }

    private boolean flag(Task task, Keyword keyword, HostScope scope) {
        try {
            return new Keywords(task.directives(), world.templates, scope).is(keyword);
        } catch (ProblemException | UnknownValueException e) {
            return false; // the task itself tells of it
        }
    }

    private String includedRole(Task task, HostScope scope) {
        Value role = task.action().arguments().get("name").or(() -> task.action().arguments().get("role"))
                .orElse(new Text(""));
        try {
            return PythonText.of(world.templates.resolve(role, scope));
        } catch (ProblemException | UnknownValueException e) {
            return role.toString();
        }
    }

    private TaskInfo info(Task task, HostScope scope, Position position, boolean handler) {
        String name = task.name().map(value -> {
            try {
                return PythonText.of(value instanceof Template ? world.templates.resolve(value, scope) : value);
            } catch (ProblemException | UnknownValueException e) {
                return value.toString();
            }
        }).orElse(task.action().written());
        String full = task.role().map(role -> role.name() + " : " + name).orElse(name);
        if (task.action().is("include_role")) {
            full = task.name().isPresent() ? name : name + " : " + includedRole(task, scope);
        }
        boolean asWritten = task.name().map(Text.class::isInstance).orElse(false); // no secret, even if one is the same word
        return new TaskInfo(position.toString(), asWritten ? full : world.secrets.mask(full), task.action().name(),
                task.source(), handler,
                hidden(task, scope), seal(task, scope, host),
                new TaskInfo.Written(task.role().map(Role::name), task.action().written(), task.action().arguments(),
                        tags(task, scope), predicted(task, scope)));
    }

    private boolean predicted(Task task, HostScope scope) {
        try {
            return new Keywords(task.directives(), world.templates, scope).flag(Keyword.CHECK_MODE)
                    .orElse(world.options.check());
        } catch (ProblemException | UnknownValueException e) {
            return world.options.check(); // the task itself tells of it
        }
    }

    /** What is written of the task, and for which machine it is: the same name may stand for another one by now. */
    private String seal(Task task, HostScope scope, String doer) {
        HostScope its = doer.equals(host) ? scope : HostScope.of(world, doer, play.frame).at(task);
        return world.resumption.seal(Written.of(task, play.written(task), scope) + "\nat="
                + TaskPlace.whereabouts(world, task, its).orElse("?"));
    }

    /** Whether nothing of the task is to be shown: also where that depends on the loop's item, or can't be told. */
    private boolean hidden(Task task, HostScope scope) {
        try {
            return new Keywords(task.directives(), world.templates, scope).flag(Keyword.NO_LOG)
                    .orElse(world.options.habits().noLog());
        } catch (ProblemException | UnknownValueException e) {
            return true;
        }
    }

    private Flow module(HostTask one, boolean once, Pace.Group group) throws InterruptedException {
        var run = new TaskRun(one);
        if (once && !group.isFirst(host)) {
            TaskEnd end = await(group);
            register(one.task(), end, List.of(host));
            pace.done(host, end.outcome().bad() && !run.ignores(end), Optional.empty());
            return end.outcome().bad() && !run.ignores(end) ? Flow.STOPPED : Flow.GO;
        }
        one.turn().begin();
        HostTask now = one;
        while (true) {
            Turn.Timer timer = now.turn().timer();
            var tried = new TaskRun(now);
            world.events.tell(new Event.HostStarted(Instant.now(), now.info(), host));
            TaskEnd end = FactGathering.is(now.task())
                    ? new FactGathering(now, play.frame.play()).perform()
                    : tried.perform();
            boolean ignored = end.outcome().bad() && tried.ignores(end);
            boolean debugged = Debugger.wanted(now, end, play.debugs, ignored);
            if (debugged) {
                tell(tried, end, timer, ignored);
                Optional<HostTask> again = debugged(now, end);
                if (again.isPresent()) {
                    now = again.get();
                    continue;
                }
            }
            if (once) {
                group.once().complete(end);
            }
            return ended(tried, end, timer, debugged);
        }
    }

    /** The task to be done in the place of one that went wrong, if a person wants that; the run may end here too. */
    private Optional<HostTask> debugged(HostTask one, TaskEnd end) throws InterruptedException {
        var decided = new AtomicReference<Debugger.Next>(new Debugger.Next.Continue());
        one.turn().aside(() -> decided.set(world.debugger.ask(one, end)));
        return switch (decided.get()) {
            case Debugger.Next.Redo(HostTask changed) -> {
                world.events.tell(new Event.TakenBack(Instant.now(), one.info(), host));
                yield Optional.of(changed);
            }
            case Debugger.Next.Continue() -> Optional.empty();
            case Debugger.Next.Quit() -> throw new InterruptedException("ended in the debugger");
        };
    }

    /** The tasks that this host will come to next; what is wrong with them is told when it does. */
    private Stream<HostTask> upcoming(TaskInfo info, HostScope scope, Turn turn) {
        return upcoming.stream().flatMap(Upcoming::tasks)
                .map(task -> named(task, scope.at(task)))
                .filter(task -> selected(task, scope.at(task)))
                .map(task -> new HostTask(world, task, info, scope.at(task).foreseen(), turn, Stream::empty));
    }

    private Optional<Line> throttle(Task task, HostScope scope) {
        try {
            return new Keywords(task.directives(), world.templates, scope).number(Keyword.THROTTLE)
                    .filter(most -> most >= 1).map(most -> play.throttle(task, most.intValue()));
        } catch (ProblemException | UnknownValueException e) {
            return Optional.empty(); // the task itself tells of it
        }
    }

    private Flow ended(TaskRun run, TaskEnd first, Turn.Timer timer) {
        return ended(run, first, timer, false);
    }

    private void tell(TaskRun run, TaskEnd end, Turn.Timer timer, boolean ignored) {
        boolean rescued = end.outcome() == Outcome.FAILED && !ignored && !guards.isEmpty();
        world.events.tell(
                new Event.TaskEnded(Instant.now(), run.one().info(), run.shown(end, timer, ignored, rescued)));
    }

    /** @param told whether listeners know of it already */
    private Flow ended(TaskRun run, TaskEnd first, Turn.Timer timer, boolean told) {
        Task task = run.one().task();
        HostScope scope = run.one().scope();
        TaskEnd end = onlyPerhaps && first.changed()
                ? first.with(Outcome.UNDETERMINED, first.result().with("msg", "whether it is notified can't be known"))
                : first;
        register(task, end, once(task, scope) ? scope.batch() : List.of(host));
        roleDidSomething |= end.outcome() != Outcome.SKIPPED;
        boolean changed = end.changed();
        if (changed || end.outcome() == Outcome.UNDETERMINED) {
            Optional<String> lost = notify(task, scope, !changed, true);
            if (lost.isPresent()) {
                end = TaskEnd.failed(lost.get());
            }
        }
        boolean ignored = end.outcome().bad() && run.ignores(end);
        boolean rescued = end.outcome() == Outcome.FAILED && !ignored && !guards.isEmpty();
        if (!told) {
            tell(run, end, timer, ignored);
        }
        Flow flow = Flow.GO;
        if (end.outcome().bad() && !ignored) {
            flow = end.outcome() == Outcome.FAILED ? Flow.FAILED : Flow.UNREACHABLE;
            remember(task, end);
        }
        boolean fatal = !flow.goes()
                && (flag(task, Keyword.ANY_ERRORS_FATAL, scope) || world.options.anyErrorsFatal());
        Position ends = rescued ? guards.element() : Position.of();
        pace.done(host, !flow.goes() && !rescued, fatal ? Optional.of(ends) : Optional.empty());
        return flow;
    }

    private static TaskEnd await(Pace.Group group) throws InterruptedException {
        try {
            return group.once().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Registers what the task gave in this run. */
    private void register(Task task, TaskEnd end, List<String> hosts) {
        task.value(Keyword.REGISTER).map(PythonText::of).ifPresent(made::add);
        register(task, end.registered(), hosts);
    }

    private void register(Task task, Value result, List<String> hosts) {
        task.value(Keyword.REGISTER).ifPresent(name -> hosts.forEach(one -> world.update(one,
                known -> known.withSet(MapValue.named(Map.of(PythonText.of(name), result))))));
    }

    /** What a rescue sees. */
    private void remember(Task task, TaskEnd end) {
        String name = task.name().map(PythonText::of).orElse("");
        world.update(host, known -> known.withSet(MapValue.of("ansible_failed_result", end.result(),
                "ansible_failed_task", MapValue.of("name", name, "action", task.action().written()))));
    }

    // --- Includes ---

    private Flow include(HostTask one, Position position, boolean handler) throws InterruptedException {
        var run = new TaskRun(one);
        Task task = one.task();
        TaskInfo info = one.info();
        Turn.Timer timer = one.turn().timer();
        List<IncludeChoices.Choice> choices;
        switch (run.choices()) {
            case IncludeChoices.Choices.Ended(TaskEnd end) -> {
                return ended(run, end, timer);
            }
            case IncludeChoices.Choices.Some(List<IncludeChoices.Choice> some) -> choices = some;
        }
        boolean role = task.action().is("include_role");
        try {
            if (position.depth() >= DEEPEST) {
                throw new ProblemException(Problem.error(task.source(),
                        "Tried to include more, but this is inside of " + DEEPEST + " includes already.",
                        "Does a file or a role include itself? Give it a condition that ends it."));
            }
            var insides = new ArrayList<Inside>();
            for (IncludeChoices.Choice choice : choices) {
                insides.add(role
                        ? includedRole(task, position, choice, info)
                        : includedTasks(task, position, choice, info, handler));
            }
            for (Inside inside : insides) {
                Flow flow = inside.go();
                if (!flow.goes()) {
                    return flow;
                }
            }
        } catch (WrongIncludeException e) {
            endForAll(Flow.END_PLAY);
            throw e;
        } catch (UnknownValueException e) {
            return ended(run, TaskEnd.undetermined(e.why()), timer);
        } catch (ProblemException e) {
            return ended(run, TaskEnd.failed(String.valueOf(e.getMessage())), timer);
        }
        return Flow.GO;
    }

    /** What an include brought, to be gone through once all of its loop is read. */
    @FunctionalInterface
    private interface Inside {
        Flow go() throws InterruptedException;
    }

    private Inside includedTasks(Task task, Position position, IncludeChoices.Choice choice, TaskInfo info,
            boolean handler) {
        String name = argument(choice, "file").or(() -> argument(choice, bramble.playbook.ActionCall.FREE_FORM))
                .orElseThrow(
                        () -> new ProblemException(task.source(), "Tried to include tasks, but no file is named."));
        LoadedTasks loaded = play.tasks(name, task, handler);
        loaded.publicRoles().forEach(role -> world.update(host, known -> known.withRole(role)));
        world.events.tell(new Event.Included(Instant.now(), info, host, loaded.file().toString(), choice.label()));
        return () -> steps(loaded.steps(),
                position.then(choice.index()).within(name), choice.scope(), task.role());
    }

    private Inside includedRole(Task task, Position position, IncludeChoices.Choice choice, TaskInfo info) {
        String name = argument(choice, "name").or(() -> argument(choice, "role")).orElseThrow(
                () -> new ProblemException(task.source(), "Tried to include a role, but no name is given."));
        LoadedRole loaded = play.role(RoleRequest.of(name, choice.arguments(), false), task);
        world.events.tell(new Event.Included(Instant.now(), info, host, name, choice.label()));
        loaded.publicRoles().forEach(role -> world.update(host, known -> known.withRole(role)));
        handlersOf(loaded.handlers(), choice.scope());
        return () -> block(loaded.block(task.source(), task.name()),
                position.then(choice.index()).within(name), choice.scope(), task.role());
    }

    /** Handlers of a role that is included in a loop see the item of its last turn. */
    private void handlersOf(List<Step> steps, HostScope scope) {
        for (Step step : steps) {
            switch (step) {
                case Block block -> handlersOf(block.tasks(), scope);
                case Task task -> handlerScopes.put(task, scope);
            }
        }
    }

    private static Optional<String> argument(IncludeChoices.Choice choice, String name) {
        return choice.arguments().get(name).map(PythonText::of);
    }

    // --- meta ---

    private static String word(Task meta) {
        return meta.action().arguments().get(bramble.playbook.ActionCall.FREE_FORM).map(PythonText::of).orElse("");
    }

    /** Whether the first host decides, and shows it, for all that come to it together. */
    private static boolean forAll(Task meta) {
        return !FOR_ONE_HOST.contains(word(meta));
    }

    private Flow metaForAll(HostTask one, Position position, Pace.Group group) throws InterruptedException {
        if (!group.isFirst(host)) {
            boolean done = await(group).outcome() == Outcome.OK;
            if (done && word(one.task()).equals("clear_facts")) {
                world.update(host, HostVariables::withoutFacts);
            }
            return play.ended.get();
        }
        try {
            Optional<Flow> passedOver = passedOver(one);
            Flow flow = passedOver.isPresent() ? passedOver.get() : steer(one, position);
            group.once().complete(
                    passedOver.isPresent() ? TaskEnd.skipped("") : new TaskEnd(Outcome.OK, MapValue.EMPTY));
            return flow;
        } finally {
            group.once().complete(TaskEnd.skipped("")); // unless it has decided
        }
    }

    private Flow meta(HostTask one, Position position) throws InterruptedException {
        Optional<Flow> passedOver = passedOver(one);
        return passedOver.isPresent() ? passedOver.get() : steer(one, position);
    }

    /** How a host goes on whose condition doesn't hold, or can't be told; empty where the task is to be done. */
    private Optional<Flow> passedOver(HostTask one) {
        var run = new TaskRun(one);
        if (WITHOUT_WHEN.contains(word(one.task()))
                || !(run.choices() instanceof IncludeChoices.Choices.Ended(TaskEnd end))) {
            return Optional.empty();
        }
        if (end.outcome() == Outcome.FAILED) {
            return Optional.of(ended(run, end, one.turn().timer()));
        }
        world.events.tell(new Event.MetaSkipped(Instant.now(), one.info(), host));
        return Optional.of(Flow.GO);
    }

    private Flow steer(HostTask one, Position position) throws InterruptedException {
        Task task = one.task();
        HostScope scope = one.scope();
        String what = word(task);
        world.events.tell(new Event.Steered(Instant.now(), one.info(), host, what));
        switch (what) {
            case "noop" -> {
                return Flow.GO;
            }
            case "flush_handlers" -> {
                return flush(position, HostScope.of(world, host, play.frame));
            }
            case "end_play" -> {
                return endForAll(Flow.END_PLAY);
            }
            case "end_batch" -> {
                return endForAll(Flow.END_BATCH);
            }
            case "end_host" -> {
                return Flow.END_HOST;
            }
            case "end_role" -> {
                return Flow.END_ROLE;
            }
            case "clear_facts" -> {
                world.update(host, HostVariables::withoutFacts);
                return Flow.GO;
            }
            case "clear_host_errors" -> {
                world.clearFailures();
                return Flow.GO;
            }
            case "reset_connection" -> {
                world.nodes.reset(world, scope);
                return Flow.GO;
            }
            case "refresh_inventory" -> {
                world.refreshInventory();
                return Flow.GO;
            }
            default -> throw new ProblemException(task.action().source(), "Tried to do meta: " + what
                    + ", but that is none of its words: flush_handlers, noop, end_play, end_batch, end_host, end_role, "
                    + "clear_facts, clear_host_errors, reset_connection, refresh_inventory.");
        }
    }

    private Flow endForAll(Flow how) {
        play.ended.set(how);
        pace.end();
        return how;
    }
}
