package bramble.run;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.Argument;
import bramble.args.Schema;
import bramble.connection.BecomeException;
import bramble.connection.UnreachableException;
import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Maybe;
import bramble.module.Result.Consequence;
import bramble.module.TaskModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Keyword;
import bramble.playbook.Loop;
import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.shell.ConnectionLostException;
import bramble.shell.Piece;
import bramble.shell.Watch;
import bramble.template.Truth;
import bramble.template.UndefinedException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One task on one host: its loop, its conditions, its tries, and what is made of its result. */
final class TaskRun {
    private final World world;
    private final Task task;
    private final TaskInfo info;
    private final HostScope scope;
    private final String host;
    private final Supplier<Stream<TaskRun>> upcoming;
    /** The condition that did not hold when conditions were last looked at. */
    private Value falseCondition = None.NONE;

    /**
     * @param scope the host's variables, as the task sees them
     * @param upcoming the tasks that the host will come to next
     */
    TaskRun(World world, Task task, TaskInfo info, HostScope scope, Supplier<Stream<TaskRun>> upcoming) {
        this.world = world;
        this.task = task;
        this.info = info;
        this.scope = scope;
        this.host = scope.host();
        this.upcoming = upcoming;
    }

    TaskEnd perform() throws InterruptedException {
        Optional<Loop> loop = task.loop();
        try {
            return loop.isEmpty() ? single(scope, MapValue.EMPTY) : loop(loop.get());
        } catch (ProblemException e) {
            return problem(e);
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e; // the run is being ended
            }
            return bug(e);
        }
    }

    /** What Bramble itself gets wrong in one task is one host's failure: the others go on. */
    private static TaskEnd bug(RuntimeException e) {
        var trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        TaskEnd end = TaskEnd.failed("This is a bug in Bramble (-vvv shows where): " + e);
        return end.with(end.outcome(), end.result().with("exception", trace.toString()));
    }

    // --- Loops ---

    private TaskEnd loop(Loop loop) throws InterruptedException {
        Value over;
        try {
            over = over(loop);
        } catch (UndefinedException e) {
            // a condition that doesn't hold anyway makes the loop's source irrelevant
            Truth when = quietly(scope);
            return when.isFalse() ? TaskEnd.skipped(falseCondition) : problem(e);
        } catch (ProblemException e) {
            return problem(e);
        } catch (UnknownValueException e) {
            return TaskEnd.undetermined(String.valueOf(e.getMessage()));
        }
        return switch (over) {
            case Unknown(String why) -> TaskEnd.undetermined(why);
            case ListValue list -> items(loop, list.items());
            case TupleValue(List<Value> items) -> items(loop, items);
            case Undefined undefined -> TaskEnd.failed(undefined.what());
            default -> TaskEnd.failed("Invalid data passed to 'loop', it requires a list, got this instead: "
                    + PythonText.of(over) + ". Hint: If you passed a list/dict of just one element, try adding "
                    + "wantlist=True to your lookup invocation or use q/query instead of lookup.");
        };
    }

    private Value over(Loop loop) {
        Value value = world.templates.resolve(loop.over(), scope);
        if (loop.lookup().isEmpty()) {
            return value;
        }
        Value terms = value instanceof ListValue ? value : ListValue.of(value);
        return world.templates.expression("query('" + loop.lookup().get() + "', *b_terms)", loop.source(),
                scope.with(MapValue.of("b_terms", terms)));
    }

    private Truth quietly(HostScope at) {
        try {
            return when(at);
        } catch (ProblemException e) {
            return Truth.TRUE;
        }
    }

    /** One round of a loop. */
    private record Round(HostScope scope, MapValue variables, String label, Instant started) {}

    private TaskEnd items(Loop loop, List<Value> items) throws InterruptedException {
        if (items.isEmpty()) {
            return new TaskEnd(Outcome.SKIPPED, MapValue.of("changed", false, "results", List.of(), "skipped", true,
                    "skipped_reason", "No items in the list"));
        }
        var ends = new ArrayList<TaskEnd>();
        var rounds = new ArrayList<Round>();
        for (int i = 0; i < items.size(); i++) {
            MapValue variables = LoopVariables.of(loop.control(), items, i, scope, world.templates);
            HostScope at = scope.with(variables);
            rounds.add(new Round(at, variables, label(loop.control(), items.get(i), at), Instant.now()));
        }
        double pause = loop.control().pause().map(setting -> number(setting, scope)).orElse(0.0);
        if (pause == 0 && together()) {
            ends.addAll(batch(rounds));
        } else {
            for (int i = 0; i < rounds.size(); i++) {
                if (i > 0 && pause > 0) {
                    Thread.sleep(Duration.ofMillis((long) (pause * 1000)));
                }
                Round round = rounds.get(i);
                TaskEnd end = single(round.scope, round.variables);
                ends.add(end);
                tell(round, end);
                if (end.outcome() == Outcome.UNREACHABLE || broken(loop, round, end)) {
                    break;
                }
            }
        }
        return combined(ends);
    }

    private void tell(Round round, TaskEnd end) {
        world.events.tell(new Event.ItemEnded(Instant.now(), info, shown(end, Optional.of(round.label), round.started,
                ignored(end), false)));
    }

    private boolean broken(Loop loop, Round round, TaskEnd end) {
        return loop.control().breakWhen().map(setting -> world.templates
                .condition(setting.value(), setting.source(), registering(round.scope, end)).isTrue()).orElse(false);
    }

    private String label(Loop.Control control, Value item, HostScope at) {
        if (info.secret()) {
            return "(censored due to no_log)";
        }
        try {
            return world.secrets.mask(PythonText.of(
                    control.label().map(setting -> world.templates.resolve(setting.value(), at)).orElse(item)));
        } catch (ProblemException e) {
            return e.summary();
        }
    }

    private TaskEnd combined(List<TaskEnd> ends) {
        var results = new ArrayList<Value>();
        var changes = new ArrayList<bramble.module.Change>();
        var outcome = Outcome.SKIPPED;
        for (TaskEnd end : ends) {
            results.add(end.registered());
            changes.addAll(end.changes());
            outcome = worse(outcome, ignored(end) ? Outcome.OK : end.outcome());
        }
        boolean anyFailed = ends.stream().anyMatch(end -> end.outcome() == Outcome.FAILED);
        boolean changed = ends.stream().anyMatch(TaskEnd::changed);
        MapValue result = MapValue.of("changed", changed, "msg",
                anyFailed
                        ? "One or more items failed"
                        : outcome == Outcome.SKIPPED ? "All items skipped" : "All items completed",
                "results", new ListValue(results));
        if (anyFailed) {
            result = result.with("failed", true);
            outcome = Outcome.FAILED;
        }
        if (outcome == Outcome.SKIPPED) {
            result = result.with("skipped", true);
        }
        return new TaskEnd(outcome, result, Optional.empty(), changes, List.of(), ends.getFirst().delegate());
    }

    private static Outcome worse(Outcome a, Outcome b) {
        List<Outcome> order = List.of(Outcome.SKIPPED, Outcome.OK, Outcome.CHANGED, Outcome.WOULD_CHANGE,
                Outcome.UNDETERMINED, Outcome.FAILED, Outcome.UNREACHABLE);
        return order.indexOf(a) >= order.indexOf(b) ? a : b;
    }

    /** Whether the items may be inspected and done together: none of them looks at what another one gave. */
    private boolean together() {
        Optional<AnyModule> module = world.module(task.action());
        return module.isPresent() && module.get() instanceof TaskModule<?, ?> found
                && foreseen(Schema.of(found.args()).doc())
                && task.value(Keyword.UNTIL).isEmpty() && task.loop().orElseThrow().control().breakWhen().isEmpty()
                && task.value(Keyword.DELEGATE_TO).isEmpty()
                && task.value(Keyword.REGISTER).map(PythonText::of).filter(this::looksAt).isEmpty();
    }

    /** Whether the task itself mentions what it registers: then an item sees what the one before it gave. */
    private boolean looksAt(String registered) {
        var directives = task.directives();
        return Stream.of(task.action(), directives.when(), directives.vars(), directives.environment())
                .anyMatch(part -> part.toString().contains(registered));
    }

    private static boolean foreseen(Doc doc) {
        return doc.neverSettles().isEmpty() || doc.itemsTogether();
    }

    private List<TaskEnd> batch(List<Round> rounds) throws InterruptedException {
        var ends = new TaskEnd[rounds.size()];
        var ready = new LinkedHashMap<Integer, Ready>();
        for (int i = 0; i < rounds.size(); i++) {
            switch (prepare(rounds.get(i).scope)) {
                case Prepared.Ended(TaskEnd end) -> ends[i] = end;
                case Ready one -> ready.put(i, one);
            }
        }
        List<Integer> indices = List.copyOf(ready.keySet());
        List<TaskEnd> raw = ready.isEmpty() ? List.of() : invokeTogether(List.copyOf(ready.values()));
        for (int i = 0; i < indices.size(); i++) {
            int index = indices.get(i);
            ends[index] = judged(rounds.get(index).scope, raw.get(i));
        }
        var all = new ArrayList<TaskEnd>();
        for (int i = 0; i < ends.length; i++) {
            TaskEnd end = itemised(java.util.Objects.requireNonNull(ends[i]), rounds.get(i).variables);
            all.add(end);
            applyConsequences(rounds.get(i).scope, end);
            tell(rounds.get(i), end);
            if (end.outcome() == Outcome.UNREACHABLE) {
                break;
            }
        }
        return all;
    }

    private static TaskEnd itemised(TaskEnd end, MapValue variables) {
        MapValue shown = MapValue.EMPTY;
        for (Map.Entry<String, Value> entry : variables.byName().entrySet()) {
            if (!entry.getKey().equals("ansible_loop") && !entry.getKey().equals("ansible_loop_var")
                    && !entry.getKey().equals("ansible_index_var")) {
                shown = shown.with(entry.getKey(), entry.getValue());
            }
        }
        MapValue loopVar = variables.get("ansible_loop_var").map(name -> MapValue.of("ansible_loop_var", name))
                .orElse(MapValue.EMPTY);
        return end.with(end.outcome(), end.result().with(shown).with(loopVar));
    }

    // --- Includes ---

    /**
     * What an include comes to, for one item of its loop.
     *
     * @param scope with the item's variables
     * @param index of the item
     * @param label how the item is shown; empty without a loop
     */
    record Choice(HostScope scope, MapValue arguments, int index, Optional<String> label) {}

    /** What an include comes to on this host: the items whose conditions hold, or how it ended without. */
    sealed interface Choices {
        record Some(List<Choice> choices) implements Choices {}

        record Ended(TaskEnd end) implements Choices {}
    }

    /** For {@code include_tasks}, {@code include_role} and {@code meta}, which the host's loop does itself. */
    Choices choices() {
        try {
            var scopes = new ArrayList<HostScope>();
            var labels = new ArrayList<Optional<String>>();
            if (task.loop().isEmpty()) {
                scopes.add(scope);
                labels.add(Optional.empty());
            } else {
                Loop loop = task.loop().get();
                switch (over(loop)) {
                    case ListValue list -> {
                        List<Value> items = list.items();
                        for (int i = 0; i < items.size(); i++) {
                            HostScope at = scope
                                    .with(LoopVariables.of(loop.control(), items, i, scope, world.templates));
                            scopes.add(at);
                            labels.add(Optional.of(label(loop.control(), items.get(i), at)));
                        }
                    }
                    case Unknown(String why) -> {
                        return new Choices.Ended(TaskEnd.undetermined(why));
                    }
                    case Value other -> {
                        return new Choices.Ended(
                                TaskEnd.failed("Invalid data passed to 'loop', it requires a list, got "
                                        + "this instead: " + PythonText.of(other)));
                    }
                }
            }
            var choices = new ArrayList<Choice>();
            for (int i = 0; i < scopes.size(); i++) {
                Truth when = when(scopes.get(i));
                if (when.isUnknown()) {
                    return new Choices.Ended(TaskEnd.undetermined(when.why()));
                }
                if (when.isTrue()) {
                    choices.add(new Choice(scopes.get(i), arguments(scopes.get(i), Optional.empty()), i,
                            labels.get(i)));
                }
            }
            return choices.isEmpty()
                    ? new Choices.Ended(TaskEnd.skipped(falseCondition))
                    : new Choices.Some(List.copyOf(choices));
        } catch (UnknownValueException e) {
            return new Choices.Ended(TaskEnd.undetermined(String.valueOf(e.getMessage())));
        } catch (ProblemException e) {
            return new Choices.Ended(problem(e));
        }
    }

    // --- One round ---

    private TaskEnd single(HostScope at, MapValue item) throws InterruptedException {
        TaskEnd end = switch (prepare(at)) {
            case Prepared.Ended(TaskEnd early) -> early;
            case Ready ready -> tried(at, ready);
        };
        if (!item.entries().isEmpty()) {
            end = itemised(end, item);
        }
        applyConsequences(at, end);
        return end;
    }

    /** A round that is about to be done, or that is over before it began. */
    private sealed interface Prepared {
        record Ended(TaskEnd end) implements Prepared {}
    }

    /** All that a round needs. */
    private record Ready(HostScope scope, AnyModule module, MapValue arguments, TaskPlace place,
            Optional<String> delegate) implements Prepared {}

    /** What was looked at before the task began, where it could not fail: what can't be evaluated is told now. */
    private static final List<Keyword> TOLD = List.of(Keyword.RUN_ONCE, Keyword.NO_LOG, Keyword.ANY_ERRORS_FATAL,
            Keyword.THROTTLE);

    private Prepared prepare(HostScope outer) {
        HostScope at = outer;
        try {
            Truth when = when(at);
            if (when.isFalse()) {
                return new Prepared.Ended(TaskEnd.skipped(falseCondition));
            }
            if (when.isUnknown()) {
                return new Prepared.Ended(TaskEnd.undetermined(when.why()));
            }
            var keywords = new Keywords(task.directives(), world.templates, at);
            TOLD.forEach(keywords::value);
            Optional<String> delegate = keywords.text(Keyword.DELEGATE_TO).filter(name -> !name.isBlank());
            if (delegate.isPresent()) {
                at = at.with(MapValue.of("ansible_delegated_vars",
                        MapValue.of(delegate.get(), at.hostvarsOf(delegate.get()))));
            }
            AnyModule module = world.module(task.action()).orElseThrow(
                    () -> new ProblemException(task.action().source(),
                            "There is no module " + task.action().written() + "."));
            TaskPlace place = TaskPlace.of(world, task, at, delegate);
            MapValue arguments = arguments(at, Optional.of(module));
            return new Ready(at, module, task.action().is(ActionCall.BROUGHT)
                    ? BroughtCall.arguments(world, task, at, place, arguments, info.secret())
                    : arguments, place, delegate);
        } catch (UnknownValueException e) {
            return new Prepared.Ended(TaskEnd.undetermined(String.valueOf(e.getMessage())));
        } catch (ProblemException e) {
            return new Prepared.Ended(problem(e));
        }
    }

    private Truth when(HostScope at) {
        String why = "";
        for (Setting condition : task.directives().when()) {
            Truth truth;
            try {
                truth = world.templates.condition(condition.value(), condition.source(), at);
            } catch (UndefinedException e) {
                throw new ProblemException(condition.source(), condition(condition, e));
            }
            if (truth.isFalse()) {
                falseCondition = condition.value() instanceof Template(String text, _)
                        ? new Text(text)
                        : condition.value();
                return Truth.FALSE;
            }
            if (truth.isUnknown() && why.isEmpty()) {
                why = truth.why();
            }
        }
        return why.isEmpty() ? Truth.TRUE : Truth.unknown(why);
    }

    /** The arguments with their templates evaluated, over the module's defaults. */
    private MapValue arguments(HostScope at, Optional<AnyModule> module) {
        MapValue arguments = MapValue.EMPTY;
        for (Setting setting : task.directives().moduleDefaults()) {
            if (world.templates.resolve(setting.value(), at) instanceof MapValue defaults) {
                for (Map.Entry<String, Value> entry : defaults.byName().entrySet()) {
                    boolean mine = world.modules.find(entry.getKey()).filter(found -> module.equals(Optional.of(found)))
                            .isPresent();
                    if (mine && entry.getValue() instanceof MapValue given) {
                        arguments = arguments.with(given);
                    }
                }
            }
        }
        for (var whole : task.action().whole()) {
            arguments = arguments.with(switch (world.templates.resolve(whole, at)) {
                case MapValue map -> map;
                case Unknown(String why) -> throw new UnknownValueException(why);
                case Value other -> throw new ProblemException(whole.source(),
                        "Tried to take all arguments from a template, but it gives " + PythonText.repr(other) + ".");
            });
        }
        List<String> late = module.map(TaskRun::lateNames).orElse(List.of());
        for (Map.Entry<String, Value> entry : task.action().arguments().byName().entrySet()) {
            boolean sealed = entry.getValue() instanceof Vaulted && task.action().is("set_fact"); // opened when it is used
            Value value = late.contains(entry.getKey()) || sealed
                    ? entry.getValue()
                    : world.templates.resolve(entry.getValue(), at);
            arguments = entry.getKey().equals(ActionCall.FREE_FORM) && value instanceof MapValue map
                    ? arguments.with(map)
                    : arguments.with(named(entry.getKey(), module, at), value);
        }
        return arguments;
    }

    /** The names of the variables that a task sets may be templates. */
    private String named(String name, Optional<AnyModule> module, HostScope at) {
        return Template.marked(name) && module.filter(TaskRun::takesAnyName).isPresent()
                ? PythonText.of(world.templates.resolve(new Template(name, task.action().source()), at))
                : name;
    }

    private static boolean takesAnyName(AnyModule module) {
        return Schema.of(module.args()).arguments().stream().anyMatch(Argument::rest);
    }

    private static List<String> lateNames(AnyModule module) {
        var names = new ArrayList<String>();
        for (var component : module.args().getRecordComponents()) {
            Arg arg = component.getAnnotation(Arg.class);
            if (arg != null && arg.late()) {
                names.add(arg.name().isEmpty() ? component.getName() : arg.name());
                names.addAll(List.of(arg.aliases()));
            }
        }
        return names;
    }

    /** With {@code until}, as often as it takes. */
    private TaskEnd tried(HostScope at, Ready ready) throws InterruptedException {
        Optional<Setting> until = task.find(Keyword.UNTIL);
        var keywords = new Keywords(task.directives(), world.templates, at);
        Optional<Double> retries = keywords.number(Keyword.RETRIES);
        int tries = until.isEmpty() && retries.isEmpty() ? 1 : (int) Math.max(1, retries.orElse(3.0) + 1);
        if (ready.place.dryRun()) {
            tries = 1;
        }
        double delay = keywords.number(Keyword.DELAY).orElse(5.0);
        for (int attempt = 1;; attempt++) {
            TaskEnd done = invokeWithin(at, ready);
            if (task.find(Keyword.ASYNC).isPresent()
                    && done.result().get("finished").map(Value.of(0)::equals).orElse(false)) {
                return done;
            }
            TaskEnd end = judged(at, done);
            if (tries > 1 || until.isPresent()) {
                end = end.with(end.outcome(), end.result().with("attempts", attempt));
            }
            if (end.outcome() == Outcome.UNREACHABLE || end.unknown().isPresent()) {
                return end;
            }
            boolean over;
            try {
                over = until.isPresent()
                        ? !world.templates.condition(until.get().value(), until.get().source(), registering(at, end))
                                .isFalse()
                        : end.outcome() != Outcome.FAILED;
            } catch (ProblemException e) {
                return problem(e);
            }
            if (over || ready.place.dryRun()) {
                return end;
            }
            if (attempt >= tries) {
                TaskEnd last = tries > 1 ? end.with(end.outcome(), end.result().with("attempts", tries - 1)) : end;
                return until.isPresent()
                        ? last.with(Outcome.FAILED, last.result().with("failed", true))
                        : last;
            }
            world.events.tell(new Event.Retrying(Instant.now(), info, host,
                    shown(end, Optional.empty(), Instant.now(), false, false).result(), tries - attempt));
            Thread.sleep(Duration.ofMillis((long) (delay * 1000)));
            world.nodes.deeds.incrementAndGet(); // what was read ahead is of before the wait
        }
    }

    // --- Doing it ---

    private TaskEnd invoke(Ready ready) throws InterruptedException {
        return invokeTogether(List.of(ready)).getFirst();
    }

    /** With {@code async}, in the background. */
    private TaskEnd invokeWithin(HostScope at, Ready ready) throws InterruptedException {
        var keywords = new Keywords(task.directives(), world.templates, at);
        double limit;
        double poll;
        try {
            limit = keywords.number(Keyword.ASYNC).orElse(0.0);
            poll = keywords.number(Keyword.POLL).orElse(15.0);
        } catch (ProblemException e) {
            return problem(e);
        }
        if (limit <= 0) {
            return invoke(ready);
        }
        try {
            return inBackground(ready, limit, poll);
        } catch (UnreachableException | ConnectionLostException e) {
            return TaskEnd.unreachable(String.valueOf(e.getMessage())).by(ready.delegate);
        } catch (BecomeException e) {
            return TaskEnd.failed(String.valueOf(e.getMessage())).by(ready.delegate);
        } catch (UnknownValueException e) {
            return TaskEnd.undetermined(String.valueOf(e.getMessage()));
        } catch (ProblemException e) {
            return refused(e);
        }
    }

    private TaskEnd inBackground(Ready ready, double limit, double poll) throws InterruptedException {
        var call = new ModuleCall(world, info, task, Watch.NONE, _ -> List.of());
        String home = TaskPlace.text(world, ready.scope, "ansible_async_dir").orElse("~/.ansible_async");
        Job.Known known;
        if (ready.module instanceof TaskModule<?, ?> module && !task.action().is("script")) {
            known = call.start(module, ready.place, new ModuleCall.Given(ready.arguments, ready.scope), home,
                    Duration.ofMillis((long) (limit * 1000)));
        } else {
            return TaskEnd.failed("This action (" + task.action().written() + ") does not support async.");
        }
        world.jobs.put(known.job().id(), known);
        MapValue begun = MapValue.of("ansible_job_id", known.job().id(), "started", 1, "results_file",
                known.job().path());
        if (poll <= 0) {
            return new TaskEnd(Outcome.CHANGED, begun.with("finished", 0).with("changed", true)).by(ready.delegate);
        }
        Instant end = Instant.now().plusMillis((long) (limit * 1000));
        while (true) {
            Optional<TaskEnd> over = known.end().isPresent() ? known.end() : known.work().orElseThrow().look();
            if (over.isPresent() || Instant.now().isAfter(end)) {
                TaskEnd last = over
                        .orElseGet(() -> TaskEnd.failed("async task did not complete within the requested time - "
                                + PythonText.of(Value.of((long) limit)) + "s"));
                call.remove(ready.place, known.job());
                world.jobs.remove(known.job().id());
                world.events.tell(new Event.Polled(Instant.now(), info, host, known.job().id(),
                        last.outcome() == Outcome.FAILED ? Event.Polled.State.FAILED : Event.Polled.State.OK));
                return last.with(last.outcome(), Job.told(last.result()).with(begun).with("finished", 1))
                        .by(ready.delegate);
            }
            Thread.sleep(Duration.ofMillis((long) (poll * 1000)));
            world.events.tell(
                    new Event.Polled(Instant.now(), info, host, known.job().id(), Event.Polled.State.RUNNING));
        }
    }

    private Watch watch(Ready ready) {
        return new Keywords(task.directives(), world.templates, ready.scope).number(Keyword.TIMEOUT)
                .filter(seconds -> seconds > 0)
                .map(seconds -> Watch.limit(Duration.ofMillis((long) (seconds * 1000)))).orElse(Watch.NONE);
    }

    /** All of one module. */
    private List<TaskEnd> invokeTogether(List<Ready> all) throws InterruptedException {
        Ready first = all.getFirst();
        try {
            return switch (first.module) {
                case TaskModule<?, ?> module ->
                    new ModuleCall(world, info, task, watch(first), most -> questionsAhead(first.place, most)).onNode(module, first.place,
                            all.stream()
                                    .map(ready -> new ModuleCall.Given(ready.arguments, ready.scope)).toList(),
                            first.delegate);
                case Conversation<?> conversation -> {
                    var ends = new ArrayList<TaskEnd>();
                    for (Ready ready : all) {
                        ends.add(new ModuleCall(world, info, task, watch(first), _ -> List.of()).conversation(conversation, ready.place,
                                new ModuleCall.Given(ready.arguments, ready.scope)).by(ready.delegate));
                    }
                    yield List.copyOf(ends);
                }
            };
        } catch (UnreachableException | ConnectionLostException e) {
            return all.stream().map(_ -> TaskEnd.unreachable(String.valueOf(e.getMessage())).by(first.delegate))
                    .toList();
        } catch (BecomeException e) {
            return all.stream().map(_ -> TaskEnd.failed(String.valueOf(e.getMessage())).by(first.delegate)).toList();
        } catch (UnknownValueException | Maybe.UnknownException e) {
            return all.stream().map(_ -> TaskEnd.undetermined(String.valueOf(e.getMessage()))).toList();
        } catch (ProblemException | UncheckedIOException e) {
            if (all.size() > 1) {
                return oneByOne(all); // what is wrong with one item is not wrong with the others
            }
            return List.of((e instanceof ProblemException problem
                    ? refused(problem)
                    : TaskEnd.failed(FileTrouble.sentence((UncheckedIOException) e))).by(first.delegate));
        }
    }

    // --- Ahead ---

    /** Tasks that neither look at a node nor do anything there. */
    private static final Set<String> APART = Set.of("debug", "set_fact", "assert");

    /** What the tasks to come will ask of a node that is asked now, up to the first that is bound to do something. */
    private List<Piece> questionsAhead(TaskPlace place, int most) {
        if (task.find(Keyword.TIMEOUT).isPresent() || !world.jobs.isEmpty()) {
            return List.of();
        }
        var pieces = new ArrayList<Piece>();
        for (TaskRun next : upcoming.get().limit(most).toList()) {
            if (next.isApart()) {
                continue;
            }
            pieces.addAll(next.questions(place));
            if (!next.mayBeNothing()) {
                break;
            }
        }
        return pieces;
    }

    private boolean isApart() {
        return APART.contains(task.action().name());
    }

    /** Whether it may turn out that the task does nothing and takes no time. */
    private boolean mayBeNothing() {
        return world.module(task.action()).orElse(null) instanceof TaskModule<?, ?> module
                && foreseen(Schema.of(module.args()).doc())
                && task.find(Keyword.UNTIL).isEmpty() && task.find(Keyword.RETRIES).isEmpty();
    }

    /** What the task will ask of a node if nothing changes until its turn; nothing where that can't be told. */
    private List<Piece> questions(TaskPlace at) {
        if (!(world.module(task.action()).orElse(null) instanceof TaskModule<?, ?> module)
                || task.action().is(ActionCall.BROUGHT) || task.find(Keyword.DELEGATE_TO).isPresent()
                || task.find(Keyword.ASYNC).isPresent() || task.find(Keyword.RUN_ONCE).isPresent()) {
            return List.of();
        }
        try {
            return task.loop().isEmpty()
                    ? questions(module, scope, at)
                    : over(task.loop().get()) instanceof ListValue list && together()
                            ? questions(module, list.items(), at)
                            : List.of();
        } catch (ProblemException | UnknownValueException e) {
            return List.of(); // it will be told when its turn comes, if it is still so then
        }
    }

    private List<Piece> questions(TaskModule<?, ?> module, List<Value> items, TaskPlace at) {
        var pieces = new ArrayList<Piece>();
        for (int i = 0; i < items.size(); i++) {
            pieces.addAll(questions(module, scope.with(LoopVariables.of(task.loop().orElseThrow().control(), items, i,
                    scope, world.templates)), at));
        }
        return pieces;
    }

    private List<Piece> questions(TaskModule<?, ?> module, HostScope with, TaskPlace at) {
        if (!when(with).isTrue()) {
            return List.of();
        }
        TaskPlace place = TaskPlace.of(world, task, with, Optional.empty());
        return place.node() == at.node() && place.become().equals(at.become())
                ? new ModuleCall(world, info, task, Watch.NONE, _ -> List.of()).questions(module, place,
                        new ModuleCall.Given(arguments(with, Optional.of(module)), with))
                : List.of();
    }

    private List<TaskEnd> oneByOne(List<Ready> all) throws InterruptedException {
        var ends = new ArrayList<TaskEnd>();
        for (Ready ready : all) {
            ends.add(invoke(ready));
        }
        return ends;
    }

    /** What {@code changed_when} and {@code failed_when} make of a result. */
    private TaskEnd judged(HostScope at, TaskEnd raw) {
        if (raw.outcome() == Outcome.UNREACHABLE || raw.outcome() == Outcome.SKIPPED) {
            return raw;
        }
        TaskEnd end = raw;
        try {
            Optional<Setting> changedWhen = task.find(Keyword.CHANGED_WHEN);
            if (changedWhen.isPresent()
                    && (end.outcome() != Outcome.FAILED || task.find(Keyword.FAILED_WHEN).isPresent())) {
                try {
                    end = changedWhen(end, world.templates.condition(changedWhen.get().value(),
                            changedWhen.get().source(), registering(at, end)));
                } catch (ProblemException e) {
                    return end.with(Outcome.FAILED, end.result().with("failed", true)
                            .with("changed_when_result", condition(changedWhen.get(), e))
                            .with("msg", condition(changedWhen.get(), e)));
                }
            }
            Optional<Setting> failedWhen = task.find(Keyword.FAILED_WHEN);
            if (failedWhen.isPresent()) {
                end = failedWhen(end, world.templates.condition(failedWhen.get().value(), failedWhen.get().source(),
                        registering(at, end)));
            }
            return end;
        } catch (ProblemException e) {
            Setting failedWhen = task.find(Keyword.FAILED_WHEN).orElseThrow();
            return end.with(Outcome.FAILED, end.result().with("failed", true)
                    .with("failed_when_result", condition(failedWhen, e)).with("msg", condition(failedWhen, e)));
        }
    }

    private static String condition(Setting condition, ProblemException e) {
        String text = PythonText.of(condition.value());
        return "The conditional check '" + text + "' failed. The error was: error while evaluating conditional (" + text
                + "): " + e.summary();
    }

    private static TaskEnd changedWhen(TaskEnd end, Truth truth) {
        return switch (truth.kind()) {
            case UNKNOWN -> end.with(Outcome.UNDETERMINED, end.result().with("msg", truth.why()));
            case TRUE -> end.with(end.outcome() == Outcome.FAILED
                    ? Outcome.FAILED
                    : end.outcome() == Outcome.WOULD_CHANGE || end.unknown().isPresent()
                            ? Outcome.WOULD_CHANGE
                            : Outcome.CHANGED,
                    end.result().with("changed", true));
            case FALSE -> end.with(end.outcome() == Outcome.FAILED ? Outcome.FAILED : Outcome.OK,
                    end.result().with("changed", false));
        };
    }

    private static TaskEnd failedWhen(TaskEnd end, Truth truth) {
        return switch (truth.kind()) {
            case UNKNOWN -> end; // it may fail; a real run would tell, and says so then
            case TRUE -> end.with(Outcome.FAILED,
                    end.result().with("failed", true).with("failed_when_result", true));
            case FALSE -> {
                MapValue result = end.result().with("failed", false).with("failed_when_result", false);
                boolean changed = result.get("changed").map(Value.of(true)::equals).orElse(false);
                yield end.with(end.outcome() != Outcome.FAILED ? end.outcome() : changed ? Outcome.CHANGED : Outcome.OK,
                        result);
            }
        };
    }

    private HostScope registering(HostScope at, TaskEnd end) {
        return task.value(Keyword.REGISTER)
                .map(name -> at.with(MapValue.named(Map.of(PythonText.of(name), end.registered())))).orElse(at);
    }

    private boolean ignored(TaskEnd end) {
        return end.outcome().bad() && ignores(end);
    }

    /** Whether the host goes on after this. */
    boolean ignores(TaskEnd end) {
        var keywords = new Keywords(task.directives(), world.templates, scope);
        try {
            return end.outcome() == Outcome.UNREACHABLE
                    ? keywords.is(Keyword.IGNORE_UNREACHABLE)
                    : keywords.is(Keyword.IGNORE_ERRORS);
        } catch (ProblemException e) {
            return false;
        }
    }

    HostResult shown(TaskEnd end, Optional<String> label, Instant started, boolean ignored, boolean rescued) {
        Duration took = Duration.between(started, Instant.now());
        if (info.secret()) {
            MapValue censored = MapValue.of("censored",
                    "the output has been hidden due to the fact that 'no_log: true' was specified for this result",
                    "changed", end.changed());
            return new HostResult(host, end.delegate(), end.outcome(), censored, List.of(), label, ignored, rescued,
                    started,
                    took);
        }
        MapValue result = Masked.result(asked(end.result()), world.secrets);
        return new HostResult(host, end.delegate(), end.outcome(), result, Masked.changes(end.changes(), world.secrets),
                label, ignored, rescued, started, took);
    }

    /** Without the diff that some modules return always, unless diffs were asked for. */
    private MapValue asked(MapValue result) {
        boolean wanted = result.get("diff").isEmpty() || new Keywords(task.directives(), world.templates, scope)
                .flag(Keyword.DIFF).orElse(world.options.diff());
        return wanted ? result : result.without("diff");
    }

    private void applyConsequences(HostScope at, TaskEnd end) {
        boolean toDelegate = end.delegate().isPresent()
                && new Keywords(task.directives(), world.templates, at).is(Keyword.DELEGATE_FACTS);
        List<String> targets = toDelegate
                ? List.of(end.delegate().orElseThrow())
                : new Keywords(task.directives(), world.templates, at).is(Keyword.RUN_ONCE)
                        ? at.batch()
                        : List.of(host);
        end.result().get("ansible_facts").filter(MapValue.class::isInstance).map(MapValue.class::cast)
                .filter(_ -> end.outcome() != Outcome.FAILED && !isVariables(end))
                .ifPresent(facts -> targets
                        .forEach(target -> world.update(target, known -> known.withFacts(facts))));
        for (Consequence consequence : end.consequences()) {
            switch (consequence) {
                case Consequence.Variables(MapValue variables, var level) ->
                    targets.forEach(target -> world.update(target, known -> switch (level) {
                        case SET_FACT -> known.withSet(variables);
                        case CACHEABLE_FACT -> known.withSet(variables).withCached(variables);
                        case INCLUDE_VARS -> known.withIncluded(variables);
                    }));
                case Consequence.AddHost(String name, List<String> groups, MapValue variables) ->
                    world.extendInventory(inventory -> inventory.withHost(name, groups, variables, task.source()));
                case Consequence.JoinGroup(String group, List<String> parents) ->
                    world.extendInventory(
                            inventory -> inventory.withGroup(group, parents, List.of(host), task.source()));
                case Consequence.Secrets(Value value) -> world.secrets.addAll(value);
                case Consequence.ResetConnection() -> world.nodes.reset(world, at);
                case Consequence.Statistics statistics -> world.statistics(host, statistics);
            }
        }
    }

    private static boolean isVariables(TaskEnd end) {
        return end.consequences().stream().anyMatch(Consequence.Variables.class::isInstance);
    }

    private double number(Setting setting, HostScope at) {
        return switch (world.templates.resolve(setting.value(), at)) {
            case Int(var number) -> number.doubleValue();
            case Real(double number) -> number;
            case Text(String text) when text.strip().matches("\\d+(\\.\\d+)?") -> Double.parseDouble(text.strip());
            case Value other -> throw new ProblemException(setting.source(),
                    "Tried to read a number, but found " + PythonText.repr(other) + ".");
        };
    }

    private TaskEnd problem(ProblemException e) {
        return TaskEnd.failed(message(e));
    }

    /** What is wrong with a module's arguments: the message is Ansible's own, so the place stands beside it. */
    private TaskEnd refused(ProblemException e) {
        if (e instanceof UndefinedException) {
            return problem(e);
        }
        String hint = e.problems().getFirst().hint();
        TaskEnd end = TaskEnd.failed(e.summary() + (hint.isEmpty() ? "" : " " + hint));
        return end.with(end.outcome(), end.result().with("_ansible_origin", place(e)));
    }

    private String place(ProblemException e) {
        Source source = e.problems().getFirst().source();
        return source.file().isEmpty() ? task.source().toString() : source.toString();
    }

    /** A problem as a task's {@code msg}. */
    private String message(ProblemException e) {
        String hint = e.problems().getFirst().hint();
        String what = e instanceof UndefinedException
                ? "The task includes an option with an undefined variable. The error was: " + e.summary()
                : e.summary();
        return what + (hint.isEmpty() ? "" : what.endsWith(".") ? " " + hint : ". " + hint) + " (" + place(e) + ")";
    }
}
