package bramble.run;

import bramble.connection.Become;
import bramble.connection.BecomeException;
import bramble.connection.UnreachableException;
import bramble.event.Event;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.module.Change;
import bramble.module.Conversation;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.module.TaskModule;
import bramble.playbook.Keyword;
import bramble.playbook.Task;
import bramble.problem.FileTrouble;
import bramble.problem.ProblemException;
import bramble.shell.ConnectionLostException;
import bramble.shell.Watch;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Calls the task's module, and makes an end of whatever goes wrong on the way. */
final class Invocation {
    private final HostTask one;
    private final World world;
    private final Task task;
    private final TaskInfo info;
    private final TaskTrouble trouble;

    Invocation(HostTask one) {
        this.one = one;
        this.world = one.world();
        this.task = one.task();
        this.info = one.info();
        this.trouble = new TaskTrouble(task);
    }

    /** Conversations that do nothing but set variables. */
    private static final Set<String> SETS = Set.of("set_fact", "include_vars");

    private TaskEnd alone(OneRound.Prepared.Ready ready) throws InterruptedException {
        return together(List.of(ready)).getFirst();
    }

    /** With {@code async}, in the background. */
    TaskEnd perhapsInBackground(HostScope at, OneRound.Prepared.Ready ready) throws InterruptedException {
        Keywords keywords = one.keywords(at);
        double limit;
        double poll;
        try {
            limit = keywords.number(Keyword.ASYNC).orElse(0.0);
            poll = keywords.number(Keyword.POLL).or(() -> world.options.habits().usualNumber(Keyword.POLL))
                    .orElse(15.0);
        } catch (ProblemException e) {
            return trouble.problem(e);
        }
        if (limit <= 0) {
            return alone(ready);
        }
        try {
            return inBackground(ready, limit, poll);
        } catch (UnreachableException | ConnectionLostException e) {
            return TaskEnd.unreachable(String.valueOf(e.getMessage())).by(ready.delegate());
        } catch (BecomeException e) {
            return notBecome(ready, e);
        } catch (UnknownValueException e) {
            return TaskEnd.undetermined(String.valueOf(e.getMessage()));
        } catch (ProblemException e) {
            return trouble.refused(e);
        }
    }

    private TaskEnd inBackground(OneRound.Prepared.Ready ready, double limit, double poll) throws InterruptedException {
        var call = new ModuleCall(one, Watch.NONE);
        String home = Job.home(TaskPlace.text(world, ready.scope(), "ansible_async_dir"), ready.place(), one.turn());
        Job.Known known;
        if (ready.module() instanceof TaskModule<?, ?> module && !task.action().is("script")) {
            known = call.start(module, ready.place(), new ModuleCall.Given(ready.arguments(), ready.scope()), home,
                    Duration.ofMillis((long) (limit * 1000)));
        } else {
            return TaskEnd.failed("This action (" + task.action().written() + ") does not support async.");
        }
        world.jobs.put(known.job().id(), known);
        MapValue begun = MapValue.of("ansible_job_id", known.job().id(), "started", 1, "results_file",
                known.job().path());
        if (poll <= 0) {
            return new TaskEnd(Outcome.CHANGED, begun.with("finished", 0).with("changed", true)).by(ready.delegate());
        }
        Instant end = Instant.now().plusMillis((long) (limit * 1000));
        for (boolean first = true;; first = false) {
            Optional<TaskEnd> over = known.end().isPresent()
                    ? known.end()
                    : known.work().orElseThrow().look(one.turn());
            if (over.isPresent() || Instant.now().isAfter(end)) {
                TaskEnd last = over
                        .orElseGet(() -> TaskEnd.failed("async task did not complete within the requested time - "
                                + PythonText.of(Value.of((long) limit)) + "s"));
                call.remove(ready.place(), known.job());
                world.jobs.remove(known.job().id());
                world.events.tell(new Event.Polled(Instant.now(), info, one.host(), known.job().id(),
                        last.outcome() == Outcome.FAILED ? Event.Polled.State.FAILED : Event.Polled.State.OK));
                return last.with(last.outcome(), Job.told(last.result()).with(begun).with("finished", 1))
                        .by(ready.delegate());
            }
            if (!first) {
                world.events.tell(new Event.Polled(Instant.now(), info, one.host(), known.job().id(),
                        Event.Polled.State.RUNNING));
            }
            one.turn().aside(() -> Thread.sleep(Duration.ofMillis((long) (poll * 1000))));
        }
    }

    private Watch watch(OneRound.Prepared.Ready ready) {
        return one.keywords(ready.scope()).number(Keyword.TIMEOUT)
                .or(() -> world.options.habits().usualNumber(Keyword.TIMEOUT))
                .filter(seconds -> seconds > 0)
                .map(seconds -> Watch.limit(Duration.ofMillis((long) (seconds * 1000)))).orElse(Watch.NONE);
    }

    /** What a task would alter, and set, that may not be done, for a dry run. */
    Optional<TaskEnd> foresee(OneRound.Prepared.Ready ready, String why) throws InterruptedException {
        boolean looks = ready.module() instanceof TaskModule<?, ?> || SETS.contains(ready.module().name());
        return ready.place().dryRun() && looks
                ? Optional.of(alone(new OneRound.Prepared.Ready(ready.scope(), ready.module(), ready.arguments(),
                        ready.place().perhaps(why), ready.delegate())))
                : Optional.empty();
    }

    /** All of one module. */
    List<TaskEnd> together(List<OneRound.Prepared.Ready> all) throws InterruptedException {
        OneRound.Prepared.Ready first = all.getFirst();
        try {
            return switch (first.module()) {
                case PluginModule _ -> all.stream()
                        .map(ready -> new PythonTask(one, ready).perform().by(ready.delegate())).toList();
                case TaskModule<?, ?> module ->
                    new ModuleCall(one, watch(first), most -> new Foresight(one).ahead(first.place(), most)).onNode(
                            module, first.place(),
                            all.stream()
                                    .map(ready -> new ModuleCall.Given(ready.arguments(), ready.scope())).toList(),
                            first.delegate());
                case Conversation<?> conversation -> {
                    var ends = new ArrayList<TaskEnd>();
                    for (OneRound.Prepared.Ready ready : all) {
                        ends.add(new ModuleCall(one, watch(first)).conversation(conversation, ready.place(),
                                new ModuleCall.Given(ready.arguments(), ready.scope())).by(ready.delegate()));
                    }
                    yield List.copyOf(ends);
                }
            };
        } catch (UnreachableException | ConnectionLostException e) {
            return all.stream().map(_ -> TaskEnd.unreachable(String.valueOf(e.getMessage())).by(first.delegate()))
                    .toList();
        } catch (BecomeException e) {
            TaskEnd end = notBecome(first, e);
            return all.stream().map(_ -> end).toList();
        } catch (UnknownValueException | Maybe.UnknownException e) {
            if (Doubt.alters(first.module())) {
                new Doubt(one).leave(first.place(), String.valueOf(e.getMessage()));
            }
            return all.stream().map(_ -> TaskEnd.undetermined(String.valueOf(e.getMessage()))).toList();
        } catch (ProblemException | UncheckedIOException e) {
            if (all.size() > 1) {
                return oneByOne(all); // what is wrong with one item is not wrong with the others
            }
            return List.of((e instanceof ProblemException problem
                    ? trouble.refused(problem)
                    : TaskEnd.failed(FileTrouble.sentence((UncheckedIOException) e))).by(first.delegate()));
        }
    }

    /** In a dry run the user may be missing only because nothing is made; then all that the task would do is unknown. */
    private TaskEnd notBecome(OneRound.Prepared.Ready ready, BecomeException e) throws InterruptedException {
        String why = String.valueOf(e.getMessage());
        TaskPlace place = ready.place();
        Optional<Become> become = place.become();
        Optional<TaskEnd> unknown = !place.dryRun() || become.isEmpty()
                ? Optional.empty()
                : place.node().call(one.turn(), () -> {
                    Optional<String> doubt = place.predictions().doubt(become.get().user());
                    doubt.ifPresent(reason -> place.predictions().add(new Change(task.action().name(), Diff.NONE,
                            List.of(), List.of(Effect.unbounded(reason)))));
                    return doubt.map(reason -> TaskEnd.undetermined(why + " (" + reason + ")"));
                });
        return unknown.orElseGet(() -> TaskEnd.failed(why)).by(ready.delegate());
    }

    private List<TaskEnd> oneByOne(List<OneRound.Prepared.Ready> all) throws InterruptedException {
        var ends = new ArrayList<TaskEnd>();
        for (OneRound.Prepared.Ready ready : all) {
            ends.add(alone(ready));
        }
        return ends;
    }
}
