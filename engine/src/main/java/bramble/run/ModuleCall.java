package bramble.run;

import java.time.Instant;
import bramble.shell.Answer;
import bramble.shell.Piece;
import bramble.shell.Progress;
import bramble.problem.Problem;
import bramble.event.Event;
import bramble.args.Schema;
import bramble.playbook.ActionCall;
import bramble.playbook.Keyword;
import bramble.module.AnyModule;
import bramble.args.Argument;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.module.Change;
import bramble.module.Conversation;
import bramble.module.Diff;
import bramble.module.Maybe;
import bramble.module.Result;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.playbook.Task;
import bramble.shell.Terminal;
import bramble.shell.Watch;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A module's call: arguments become its record, and its ending becomes Ansible's result. */
final class ModuleCall {
    private static final Set<String> OF_ACCOUNTS = Set.of("user", "group");

    private final World world;
    private final TaskInfo info;
    private final Task task;
    private final Turn turn;
    private final String host;
    private final Watch watch;
    private final AtomicBoolean late = new AtomicBoolean();
    private final IntFunction<List<Piece>> ahead;

    /**
     * @param watch over what the node does: a task's timeout
     * @param ahead what so many tasks to come will ask of the same node
     */
    ModuleCall(HostTask one, Watch watch, IntFunction<List<Piece>> ahead) {
        this.ahead = ahead;
        this.watch = watch;
        this.world = one.world();
        this.info = one.info();
        this.task = one.task();
        this.turn = one.turn();
        this.host = one.host();
    }

    /** Nothing is read ahead. */
    ModuleCall(HostTask one, Watch watch) {
        this(one, watch, _ -> List.of());
    }

    /** Arguments, and the scope in which their files are found and templates rendered. */
    record Given(MapValue arguments, HostScope scope) {}

    private <A extends Record> A bind(Class<A> type, Given given, TaskPlace place) throws InterruptedException {
        Set<String> names = NodePaths.named(Schema.of(type).nodePaths(given.arguments));
        return bind(type, given, names.isEmpty()
                ? NodePaths.AS_WRITTEN
                : place.node().call(turn, () -> place.node().paths(place.become(), names, place.environment())));
    }

    private <A extends Record> A bind(Class<A> type, Given given, NodePaths paths) {
        AddressPasswords.in(given.arguments()).forEach(world.secrets::add);
        return Schema.of(type).bind(task.action().written(), given.arguments, task.action().source(),
                new Binding(world, task, given, paths));
    }

    <A extends Record, S> List<TaskEnd> onNode(TaskModule<A, S> module, TaskPlace place, List<Given> all,
            Optional<String> delegate) throws InterruptedException {
        var arguments = new ArrayList<A>();
        for (Given given : all) {
            arguments.add(bind(module.args(), given, place));
        }
        return place.node().call(turn, () -> {
            if (!place.dryRun() && OF_ACCOUNTS.contains(module.name())) {
                place.node().forgetBecome(place.become());
            }
            var fetched = new Carrying(world, host, Event.Carried.Way.FETCHED);
            var overheard = new Overheard(module::waits,
                    what -> world.events.tell(new Event.Held(Instant.now(), host, what)), module::fetches,
                    bytes -> fetched.at(bytes, 0)); // of how many, only the server knows
            List<NodeTask.Ending> endings = nodeTask(place, overheard).runAll(module, arguments);
            if (place.dryRun() && place.counts()) {
                world.nodes.foresee(place.node(), endings.stream().flatMap(ModuleCall::foreseen));
                endings.stream().filter(NodeTask.Ending.Undetermined.class::isInstance)
                        .map(NodeTask.Ending.Undetermined.class::cast)
                        .filter(_ -> Doubt.alters(module) && place.predictions().doubt().isEmpty())
                        .forEach(end -> place.predictions().add(Doubt.of(module.name(), end.why())));
            }
            if (!place.dryRun() && endings.stream().anyMatch(ModuleCall::changes)) {
                world.nodes.deeds.incrementAndGet(); // also where the controller alone did it
            }
            return IntStream.range(0, endings.size())
                    .mapToObj(i -> called(module, all.get(i), inTime(end(module, endings.get(i), place))).by(delegate))
                    .toList();
        });
    }

    /** With -vvv a result says how its module was called. */
    private TaskEnd called(AnyModule module, Given given, TaskEnd end) {
        if (world.options.verbosity() < 3 || task.action().is(ActionCall.BROUGHT)) {
            return end;
        }
        MapValue told = given.arguments();
        for (Argument argument : Schema.of(module.args()).arguments()) {
            if ((argument.secret() || argument.unshown()) && told.get(argument.name()).isPresent()) {
                told = told.with(argument.name(), "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER");
            }
        }
        return end.with(end.outcome(), end.result().with("invocation", MapValue.of("module_args", told)));
    }

    private static Stream<Change> foreseen(NodeTask.Ending ending) {
        return ending instanceof NodeTask.Ending.Done(List<Change> changes, var _) ? changes.stream() : Stream.empty();
    }

    private static boolean changes(NodeTask.Ending ending) {
        return !(ending instanceof NodeTask.Ending.Done(List<Change> changes, var _) && changes.isEmpty());
    }

    /** What the module will ask of the node first. In the node's thread only. */
    <A extends Record, S> List<Piece> questions(TaskModule<A, S> module, TaskPlace place, Given given) {
        Set<String> names = NodePaths.named(Schema.of(module.args()).nodePaths(given.arguments));
        NodePaths paths = place.node().paths(place.become(), names, place.environment());
        return NodeTask.questions(
                module.inspect(bind(module.args(), given, paths), place.node().platform(place.become())),
                place.environment());
    }

    /** A module's work that was set off in the background. */
    interface Background {
        /** How it ended; empty as long as it goes on. */
        Optional<TaskEnd> look(Turn turn) throws InterruptedException;
    }

    /** Sets off a module's work in the background. */
    <A extends Record, S> Job.Known start(TaskModule<A, S> module, TaskPlace place, Given given, String home,
            Duration limit) throws InterruptedException {
        A arguments = bind(module.args(), given, place);
        return place.node().call(turn, () -> {
            var jobs = new ArrayList<Job>();
            NodeTask.Started started = nodeTask(place).start(module, arguments, count -> {
                jobs.add(Job.fresh(home, count));
                return jobs.getLast();
            }, limit);
            Background work = looking -> place.node()
                    .call(looking, () -> started.look(nodeTask(place)).map(ending -> end(module, ending, place)));
            return new Job.Known(jobs.getLast(), Optional.empty(), Optional.of(work));
        });
    }

    void remove(TaskPlace place, Job job) throws InterruptedException {
        place.node().call(turn, () -> place.node().ask(place.become(), List.of(job.remove()), Watch.NONE));
    }

    /** The answers, with a warning if not all of what was printed could be kept. */
    private List<Answer> whole(List<Answer> answers) {
        late.compareAndSet(false, answers.stream().anyMatch(answer -> answer.status() == Answer.TIMED_OUT));
        answers.stream().filter(Answer::cut).findFirst().ifPresent(answer -> world.events.tell(new Event.Warned(
                Instant.now(),
                Problem.warning(task.source(), info.name() + " printed more than "
                        + Math.max(answer.out().length, answer.err().length) / (1024 * 1024)
                        + " MiB; what came after that is left out.", ""))));
        return answers;
    }

    /** A task that was ended because of its {@code timeout} says so. */
    private TaskEnd inTime(TaskEnd end) {
        if (!late.get() || watch.timeout().isEmpty() || end.outcome() != Outcome.FAILED) {
            return end;
        }
        long seconds = watch.timeout().get().toSeconds();
        return end.with(end.outcome(), MapValue.of("changed", false, "failed", true)
                .with("msg", "The " + task.action().written()
                        + " action failed to execute in the expected time frame (" + seconds + ") and was terminated")
                .with("timedout", MapValue.of("period", seconds)));
    }

    private NodeTask nodeTask(TaskPlace place) {
        return nodeTask(place, watch.output());
    }

    private NodeTask nodeTask(TaskPlace place, Consumer<String> overheard) {
        Node node = place.node();
        var sent = new Carrying(world, host, Event.Carried.Way.SENT);
        var acting = new Watch(watch.timeout(), overheard, sent, watch.came());
        var asker = new NodeTask.Asker() {
            @Override
            public List<Answer> ask(List<Piece> pieces) {
                return whole(node.ask(place.become(), pieces, acting));
            }

            @Override
            public Terminal terminal() {
                return node.terminal(place.become());
            }

            @Override
            public Progress received() {
                return new Carrying(world, host, Event.Carried.Way.RECEIVED);
            }

            @Override
            public Progress part() {
                return sent::within;
            }

            @Override
            public List<Answer> read(List<Piece> pieces) {
                return whole(node.read(place.become(), pieces, ahead, watch));
            }
        };
        return new NodeTask(node.asker(asker),
                place.node().platform(place.become()), place.predictions(), place.dryRun(), place.environment(),
                world.options.habits().apart(),
                world.options.habits().detailed() || world.options.verbosity() > 0
                        || task.value(Keyword.REGISTER).isPresent()
                        || task.value(Keyword.FAILED_WHEN).isPresent()); // then a rescue may look at all that it did
    }

    <A extends Record> TaskEnd conversation(Conversation<A> module, TaskPlace place, Given given)
            throws InterruptedException {
        A arguments = bind(module.args(), given, place);
        Result result;
        try {
            result = module.hold(arguments, new Dialogue(world, info, place, given.scope, turn));
        } catch (Maybe.UnknownException e) {
            result = Result.undetermined(e.why());
        }
        Outcome outcome = switch (result.status()) {
            case OK -> Outcome.OK;
            case CHANGED -> place.dryRun() ? Outcome.WOULD_CHANGE : Outcome.CHANGED;
            case SKIPPED -> Outcome.SKIPPED;
            case FAILED -> Outcome.FAILED;
            case UNDETERMINED -> Outcome.UNDETERMINED;
        };
        MapValue keys = withLines(withLines(result.results(), "stdout"), "stderr");
        if (outcome == Outcome.FAILED) {
            keys = keys.with("failed", true);
        }
        if (keys.get("changed").isEmpty()) {
            keys = keys.with("changed", result.status() == Result.Status.CHANGED);
        }
        Optional<String> unknown = outcome == Outcome.UNDETERMINED
                ? Optional.of(keys.get("msg").map(Value::toString).orElse(""))
                : Optional.empty();
        return new TaskEnd(outcome, keys, unknown, List.of(), result.consequences(), Optional.empty());
    }

    private TaskEnd end(AnyModule module, NodeTask.Ending ending, TaskPlace place) {
        return switch (ending) {
            case NodeTask.Ending.Refused(String why, MapValue results) -> {
                TaskEnd failed = TaskEnd.failed(why);
                yield failed.with(failed.outcome(), results.with(failed.result()));
            }
            case NodeTask.Ending.Undetermined(String why) -> TaskEnd.undetermined(why);
            case NodeTask.Ending.Done(List<Change> changes, Verdict verdict) ->
                done(module, changes, verdict, place);
        };
    }

    private static TaskEnd done(AnyModule module, List<Change> changes, Verdict verdict, TaskPlace place) {
        MapValue result = MapValue.of("changed", verdict.changed()).with(verdict.results());
        result = withLines(withLines(result, "stdout"), "stderr");
        if (place.diff() && !changes.isEmpty() && result.get("diff").isEmpty()) {
            Value diffs = diffs(changes);
            result = result.with("diff",
                    module.listsDiffs() && diffs instanceof MapValue ? ListValue.of(diffs) : diffs);
        }
        Optional<String> doubt = place.dryRun() ? doubt(changes) : Optional.empty();
        Outcome outcome;
        if (verdict.failure().isPresent()) {
            result = result.with("failed", true).with("msg", verdict.failure().get());
            outcome = Outcome.FAILED;
        } else if (verdict.changed() && doubt.isPresent()) {
            result = result.with("changed", new Unknown(doubt.get())).with("msg", doubt.get());
            outcome = Outcome.UNDETERMINED;
        } else if (verdict.changed()) {
            outcome = place.dryRun() ? Outcome.WOULD_CHANGE : Outcome.CHANGED;
        } else if (result.get("skipped").map(Value.of(true)::equals).orElse(false) && verdict.unknown().isEmpty()) {
            outcome = Outcome.SKIPPED;
        } else {
            outcome = Outcome.OK;
        }
        return new TaskEnd(outcome, result, verdict.unknown(), changes, List.of(), Optional.empty());
    }

    /** Why it may turn out that nothing changes: what is there by then can't be known, for all that is to be changed. */
    private static Optional<String> doubt(List<Change> changes) {
        List<String> reasons = changes.stream().map(change -> change.diff().before()).filter(Unknown.class::isInstance)
                .map(before -> ((Unknown) before).why()).toList();
        return !reasons.isEmpty() && reasons.size() == changes.size()
                ? Optional.of(reasons.getFirst())
                : Optional.empty();
    }

    private static MapValue withLines(MapValue result, String name) {
        if (result.get(name).orElse(null) instanceof Text(String text) && result.get(name + "_lines").isEmpty()) {
            return result.with(name + "_lines", Value.texts(text.lines().toList()));
        }
        return result;
    }

    /** As Ansible's {@code diff} result has them. */
    static Value diffs(List<Change> changes) {
        var all = new ArrayList<Value>();
        for (Change change : changes) {
            Diff diff = change.diff();
            if (!diff.equals(Diff.NONE)) {
                all.add(diff.prepared()
                        ? MapValue.of("prepared", diff.after())
                        : MapValue.of("before", diff.before(), "after", diff.after(), "before_header", diff.header(),
                                "after_header", diff.header()));
            }
        }
        return all.size() == 1 ? all.getFirst() : new ListValue(all);
    }
}
