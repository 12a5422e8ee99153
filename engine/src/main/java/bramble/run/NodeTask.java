package bramble.run;

import bramble.module.Action;
import bramble.module.Beyond;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Fact;
import bramble.module.FarFact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Network;
import bramble.shell.Piece;
import bramble.shell.Progress;
import bramble.shell.Terminal;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Takes a module's tasks to a node: what is to be known is read in one round trip, what is to be done is done in another,
 * together with a second reading. Several tasks, the items of a loop, share these round trips.
 */
public final class NodeTask {
    private static final Object NOT_ASKED = new Object(); // a fact that isn't read a second time
    private static final int TRIES = 3;

    private final Asker asker;
    private final Platform platform;
    private final Overlay predictions;
    private final boolean dryRun;
    private final Sh environment;
    private final boolean apart;
    private final boolean detailed;

    /** One round trip to the node. */
    @FunctionalInterface
    public interface Asker {
        List<Answer> ask(List<Piece> pieces);

        /** The same for pieces that only read: they may have been answered before. */
        default List<Answer> read(List<Piece> pieces) {
            return ask(pieces);
        }

        /** The network as the node sees it. */
        default Network network() {
            return Network.HERE;
        }

        /** Terminals of the node. */
        default Terminal terminal() {
            return Terminal.NONE;
        }

        /** Hears how much of something large came from there. */
        default Progress received() {
            return Progress.NONE;
        }

        /** Is told, before something is sent that is a part of something larger, how much of that was sent already. */
        default Progress part() {
            return Progress.NONE;
        }
    }

    /** How a task ended on the node. */
    public sealed interface Ending {
        /** It is done, or would be. */
        record Done(List<Change> changes, Verdict verdict) implements Ending {}

        /** The module refused. */
        record Refused(String why, MapValue results) implements Ending {
            Refused(String why) {
                this(why, MapValue.EMPTY);
            }
        }

        /** A dry run can't tell. */
        record Undetermined(String why) implements Ending {}
    }

    /**
     * @param predictions the dry run's, or an empty one
     * @param environment shell text that sets the task's environment variables; may be empty
     */
    public NodeTask(Asker asker, Platform platform, Overlay predictions, boolean dryRun, Sh environment) {
        this(asker, platform, predictions, dryRun, environment, false, true);
    }

    /**
     * @param apart whether a dry run says of each task whether it would change the node as it is
     * @param detailed whether somebody may look at all of the results
     */
    NodeTask(Asker asker, Platform platform, Overlay predictions, boolean dryRun, Sh environment, boolean apart,
            boolean detailed) {
        this.asker = asker;
        this.platform = platform;
        this.predictions = predictions;
        this.dryRun = dryRun;
        this.environment = environment;
        this.apart = apart;
        this.detailed = detailed;
    }

    public <A extends Record, S> Ending run(TaskModule<A, S> module, A args) throws IOException, InterruptedException {
        return runAll(module, List.of(args)).getFirst();
    }

    /** What an inquiry gives: the node's state, with the predictions laid over it. */
    public <S> S ask(Inquiry<S> inquiry) {
        return new Views(read(List.of(inquiry), predictions, Optional.empty()), predictions).combine(inquiry);
    }

    /** Does one thing that a script does, apart from any plan. */
    public Answer act(Action action) {
        return asker.ask(List.of(ActionScript.piece(Piece.FREE, action, environment))).getFirst();
    }

    /** The endings of the items, in their order. A failing item doesn't keep the others from being done. */
    public <A extends Record, S> List<Ending> runAll(TaskModule<A, S> module, List<A> items)
            throws IOException, InterruptedException {
        return runAll(module, items, 1);
    }

    private <A extends Record, S> List<Ending> runAll(TaskModule<A, S> module, List<A> items, int attempt)
            throws IOException, InterruptedException {
        List<Inquiry<S>> inquiries = items.stream().map(args -> module.inspect(args, platform)).toList();
        Overlay overlay = dryRun ? predictions : new Overlay();
        Reading reading = read(inquiries, overlay, Optional.empty());
        var planned = new ArrayList<Planned<A, S>>();
        var roots = new ArrayList<Integer>(); // per item: the group that it shares with the items it builds on
        var foreseen = new ArrayList<Optional<Ending>>(); // per item: its end, if it need not be done by itself
        for (int i = 0; i < items.size(); i++) {
            var views = new Views(reading, overlay);
            Planned<A, S> plan = plan(module, items.get(i), inquiries.get(i), views, overlay);
            planned.add(dryRun && apart && views.touched && plan.end().isEmpty() ? asItIs(module, plan) : plan);
            roots.add(views.touched && !dryRun ? lastChanged(planned, roots, i) : i);
            plan.changes().forEach(overlay::add);
            planned.set(i, planned.get(i).planned(overlay.size()));
            foreseen.add(dryRun || i == items.size() - 1 || !Rewrites.mayBeSpared(plan.changes())
                    ? Optional.empty()
                    : foreseen(module, plan, reading, overlay));
        }
        return dryRun
                ? predicted(module, planned, reading, overlay)
                : applied(module, planned, roots, foreseen, reading, overlay, attempt);
    }

    /**
     * The plan for the node as it is, without what was predicted before, if it says otherwise whether there is anything to
     * change; where there could be no such plan, what was predicted counts.
     */
    private <A extends Record, S> Planned<A, S> asItIs(TaskModule<A, S> module, Planned<A, S> predicted) {
        var nothing = new Overlay();
        Reading reading = read(List.of(predicted.inquiry()), nothing, Optional.empty());
        Planned<A, S> plan = plan(module, predicted.args(), predicted.inquiry(), new Views(reading, nothing), nothing);
        return plan.end().isEmpty() && plan.changes().isEmpty() != predicted.changes().isEmpty() ? plan : predicted;
    }

    /** Work that goes on in the background, and how its end is read. */
    public interface Started {
        /** Empty as long as it is going on. */
        Optional<Ending> look(NodeTask again);
    }

    /**
     * Sets off what is to be done in the background; what there is to know is read before.
     *
     * @param job makes the job, for that many pieces
     * @param limit when the job is ended
     */
    <A extends Record, S> Started start(TaskModule<A, S> module, A args, Function<Integer, Job> job, Duration limit)
            throws IOException, InterruptedException {
        Inquiry<S> inquiry = module.inspect(args, platform);
        var views = new Views(read(List.of(inquiry), predictions, Optional.empty()), predictions);
        Planned<A, S> plan = plan(module, args, inquiry, views, predictions);
        var pieces = new ArrayList<Piece>();
        for (Change change : plan.changes()) {
            for (Action action : change.actions()) {
                if (action instanceof Action.Work(_, Action.ControllerWork work)) {
                    work.run();
                } else {
                    pieces.add(ActionScript.piece(0, left(action), environment));
                }
            }
        }
        Job made = job.apply(pieces.size());
        if (dryRun || pieces.isEmpty()) {
            Ending ending = runAll(module, List.of(args)).getFirst();
            return _ -> Optional.of(ending);
        }
        for (Answer answer : asker.ask(made.begin(pieces, limit))) {
            if (!answer.ok()) {
                Ending ending = new Ending.Refused("Tried to begin the job, but " + answer.errors().strip());
                return _ -> Optional.of(ending);
            }
        }
        return again -> again.ended(module, plan, made);
    }

    private <A extends Record, S> Optional<Ending> ended(TaskModule<A, S> module, Planned<A, S> plan, Job job) {
        List<Answer> answers = asker.ask(job.look());
        return switch (Job.state(answers.getFirst())) {
            case RUNNING -> Optional.empty();
            case LOST -> Optional.of(new Ending.Refused("could not find job"));
            case LATE -> Optional.of(new Ending.Refused("Timeout exceeded"));
            case OVER -> {
                S after = ask(plan.inquiry());
                yield Optional.of(judged(module, plan, new Applied<>(plan.changes(),
                        List.copyOf(answers.subList(1, answers.size())), Maybe.known(after), false, detailed)));
            }
        };
    }

    private static <A extends Record, S> int lastChanged(List<Planned<A, S>> planned, List<Integer> roots, int item) {
        for (int i = item - 1; i >= 0; i--) {
            if (!planned.get(i).changes().isEmpty()) {
                return roots.get(i);
            }
        }
        return item;
    }

    /** @param effects how many were planned when it was, its own included */
    private record Planned<A, S>(A args, Inquiry<S> inquiry, Optional<S> before, List<Change> changes,
            Optional<Ending> end, int effects) {
        Planned(A args, Inquiry<S> inquiry, Optional<S> before, List<Change> changes, Optional<Ending> end) {
            this(args, inquiry, before, changes, end, 0);
        }

        Planned<A, S> planned(int all) {
            return new Planned<>(args, inquiry, before, changes, end, all);
        }
    }

    private <A extends Record, S> Planned<A, S> plan(TaskModule<A, S> module, A args, Inquiry<S> inquiry, Views views,
            Overlay overlay) {
        try {
            S before = views.combine(inquiry);
            return switch (module.plan(args, before)) {
                case Plan.Changes(List<Change> changes) -> {
                    Optional<Ending> end = changes.stream().flatMap(change -> change.refusal().stream()).findFirst()
                            .filter(_ -> dryRun).map(why -> failing(module, args, before, changes, why, overlay));
                    yield new Planned<>(args, inquiry, Optional.of(before), end.isPresent() ? List.of() : changes, end);
                }
                case Plan.Refused(String why, MapValue results, boolean always) ->
                    new Planned<>(args, inquiry, Optional.of(before), List.of(),
                            Optional.of(refused(why, results, always, overlay)));
            };
        } catch (Maybe.UnknownException e) {
            return new Planned<>(args, inquiry, Optional.empty(), List.of(),
                    Optional.of(new Ending.Undetermined(e.why())));
        }
    }

    /** As the real run shows it, which tries and fails. */
    private static <A extends Record, S> Ending failing(TaskModule<A, S> module, A args, S before,
            List<Change> changes, String why, Overlay overlay) {
        return overlay.doubt().isPresent()
                ? new Ending.Undetermined(why + " (" + overlay.doubt().get() + ")")
                : new Ending.Done(changes, Verdict.failed(why, module
                        .judge(args, before, new Applied<>(List.of(), List.of(), Maybe.known(before), true, true))
                        .results()));
    }

    private Ending refused(String why, MapValue results, boolean always, Overlay overlay) {
        return dryRun && !always && overlay.doubt().isPresent()
                ? new Ending.Undetermined(why + " (" + overlay.doubt().get() + ")")
                : new Ending.Refused(why, results);
    }

    private <A extends Record, S> List<Ending> predicted(TaskModule<A, S> module, List<Planned<A, S>> planned,
            Reading reading, Overlay overlay) {
        var endings = new ArrayList<Ending>();
        for (Planned<A, S> plan : planned) {
            endings.add(plan.end().orElseGet(() -> {
                Maybe<S> after = plan.changes().isEmpty()
                        ? Maybe.known(plan.before().orElseThrow())
                        : predictedState(plan.inquiry(), reading, overlay);
                return judged(module, plan, new Applied<>(plan.changes(), List.of(), after, true, detailed));
            }));
        }
        return endings;
    }

    private <S> Maybe<S> predictedState(Inquiry<S> inquiry, Reading reading, Overlay overlay) {
        try {
            return Maybe.known(new Views(reading, overlay).combine(inquiry));
        } catch (Maybe.UnknownException e) {
            return Maybe.unknown(e.why());
        }
    }

    private <A extends Record, S> List<Ending> applied(TaskModule<A, S> module, List<Planned<A, S>> planned,
            List<Integer> roots, List<Optional<Ending>> foreseen, Reading reading, Overlay overlay, int attempt)
            throws IOException, InterruptedException {
        var pieces = new ArrayList<Piece>();
        var spans = new HashMap<Integer, Span>();
        var last = new LinkedHashMap<Sh, Integer>(); // what can be read behind all actions, and where
        List<Integer> doneBy = doneBy(planned, foreseen);
        for (int i = 0; i < planned.size(); i++) {
            Planned<A, S> plan = planned.get(i);
            if (plan.changes().isEmpty() || doneBy.get(i) != i) {
                continue;
            }
            int from = pieces.size();
            List<Action> sent = sent(planned, doneBy, i);
            for (Action action : sent) {
                pieces.add(ActionScript.piece(roots.get(i), action, environment));
            }
            int to = pieces.size();
            List<Fact<?>> again = firstFacts(plan.inquiry()).stream().<Fact<?>>map(fact -> fact)
                    .filter(fact -> !(fact instanceof FarFact) && !fact.once()).toList();
            boolean settled = again.stream().allMatch(fact -> reading.settled(fact, overlay, plan.effects()));
            var places = new HashMap<Sh, Integer>();
            for (Sh script : again.stream().<Sh>map(Fact::script).distinct().toList()) {
                if (settled) {
                    last.putIfAbsent(script, last.size());
                } else {
                    places.put(script, pieces.size());
                    pieces.add(piece(script));
                }
            }
            spans.put(i, new Span(from, to, sent, again, places));
        }
        int facts = pieces.size();
        last.keySet().forEach(script -> pieces.add(piece(script)));
        List<Answer> answers = pieces.isEmpty() ? List.of() : asker.ask(pieces);
        var endings = new ArrayList<Ending>();
        for (int i = 0; i < planned.size(); i++) {
            Planned<A, S> plan = planned.get(i);
            Span span = spans.get(doneBy.get(i));
            if (plan.end().isPresent()) {
                boolean earlierTells = i > 0 && plan.end().get() instanceof Ending.Undetermined;
                endings.add(earlierTells ? run(module, plan.args()) : plan.end().get());
            } else if (span == null) {
                S before = plan.before().orElseThrow();
                Ending same = judged(module, plan,
                        new Applied<>(List.of(), List.of(), Maybe.known(before), false, detailed));
                // what it returns of an earlier item's work was only foreseen
                endings.add(i > 0 && foreseen(same) ? run(module, plan.args()) : same);
            } else {
                List<Answer> done = answers.subList(span.from, span.to);
                Optional<String> stale = stale(span.sent, done);
                boolean together = doneBy.indexOf(doneBy.get(i)) < doneBy.get(i);
                if (stale.isPresent() && attempt >= TRIES) {
                    endings.add(new Ending.Refused("Tried " + TRIES + " times to write " + stale.get()
                            + ", but each time something else had changed it since it was read"));
                } else if (stale.isPresent() || leftOut(done) || (together && !done.getFirst().ok())) {
                    endings.add(runAll(module, List.of(plan.args()), stale.isPresent() ? attempt + 1 : 1).getFirst());
                } else if (doneBy.get(i) != i) {
                    endings.add(foreseen.get(i).orElseThrow());
                } else {
                    Function<Sh, Answer> given = script -> answers
                            .get(span.places.getOrDefault(script, facts + last.getOrDefault(script, 0)));
                    S after = after(plan.inquiry(), span.again, given, reading.far());
                    endings.add(judged(module, plan,
                            new Applied<>(plan.changes(), List.copyOf(done), Maybe.known(after), false, detailed)));
                }
            }
        }
        return endings;
    }

    /** Per item the one that does its work: itself, or a later one that writes the same file. */
    private static <A extends Record, S> List<Integer> doneBy(List<Planned<A, S>> planned,
            List<Optional<Ending>> foreseen) {
        var doneBy = new ArrayList<>(IntStream.range(0, planned.size()).boxed().toList());
        int next = planned.size();
        for (int i = planned.size() - 1; i >= 0; i--) {
            List<Change> changes = planned.get(i).changes();
            if (changes.isEmpty()) {
                continue;
            }
            if (next < planned.size() && foreseen.get(i).isPresent()
                    && Rewrites.spared(changes, planned.get(next).changes())) {
                doneBy.set(i, doneBy.get(next));
            }
            next = i;
        }
        return doneBy;
    }

    /** What is left to do on the node for an item, and those whose work it does. */
    private <A extends Record, S> List<Action> sent(List<Planned<A, S>> planned, List<Integer> doneBy, int item)
            throws IOException, InterruptedException {
        var sent = new ArrayList<Action>();
        for (Change change : planned.get(item).changes()) {
            for (Action action : change.actions()) {
                if (action instanceof Action.Work(_, Action.ControllerWork work)) {
                    work.run();
                } else {
                    sent.add(left(action));
                }
            }
        }
        int first = doneBy.indexOf(item);
        if (first < item) {
            sent.set(0, Rewrites.instead((Action.Write) sent.getFirst(),
                    Rewrites.first(planned.get(first).changes()).orElseThrow()));
        }
        return sent;
    }

    /** How an item will end if it is done as planned; empty where not all of that is known. */
    private <A extends Record, S> Optional<Ending> foreseen(TaskModule<A, S> module, Planned<A, S> plan,
            Reading reading, Overlay overlay) {
        if (!(predictedState(plan.inquiry(), reading, overlay) instanceof Maybe.Known<S> after)) {
            return Optional.empty();
        }
        List<Answer> done = plan.changes().stream().flatMap(change -> change.actions().stream())
                .map(_ -> new Answer(0, new byte[0], new byte[0])).toList();
        return Optional.of(judged(module, plan, new Applied<>(plan.changes(), done, after, false, detailed)))
                .filter(ending -> !foreseen(ending));
    }

    /** Whether not all that a task returns is known. */
    private static boolean foreseen(Ending ending) {
        return switch (ending) {
            case Ending.Done(_, Verdict verdict) ->
                verdict.results().entries().values().stream().anyMatch(Unknown.class::isInstance);
            case Ending.Refused _ -> false;
            case Ending.Undetermined _ -> true;
        };
    }

    /** Whether it was not begun, because an earlier item that it builds on failed. */
    private static boolean leftOut(List<Answer> done) {
        return !done.isEmpty() && done.getFirst().status() == Answer.NOT_RUN;
    }

    /** The file to be replaced that has changed meanwhile. Only a write says so by its status: a user's command may end with any. */
    private static Optional<String> stale(List<Action> sent, List<Answer> done) {
        return IntStream.range(0, done.size()).filter(i -> done.get(i).status() == ActionScript.STALE)
                .mapToObj(sent::get).filter(Action.Write.class::isInstance).map(Action.Write.class::cast)
                .map(Action.Write::path).findFirst();
    }

    private <S> S after(Inquiry<S> inquiry, List<Fact<?>> again, Function<Sh, Answer> given, Reading far) {
        firstFacts(inquiry).stream().filter(Fact::once).forEach(fact -> far.values.put(fact, NOT_ASKED));
        again.forEach(fact -> far.put(fact, given.apply(fact.script())));
        boolean inSteps = inquiry instanceof Inquiry.Then;
        return new Views(inSteps ? read(List.of(inquiry), new Overlay(), Optional.of(far)) : far, new Overlay())
                .combine(inquiry);
    }

    private static Map<Sh, Answer> byScript(List<Sh> scripts, List<Answer> answers) {
        var all = new HashMap<Sh, Answer>();
        for (int i = 0; i < scripts.size(); i++) {
            all.put(scripts.get(i), answers.get(i));
        }
        return all;
    }

    private <A extends Record, S> Ending judged(TaskModule<A, S> module, Planned<A, S> plan, Applied<S> applied) {
        try {
            return new Ending.Done(plan.changes(), module.judge(plan.args(), plan.before().orElseThrow(), applied));
        } catch (Maybe.UnknownException e) {
            return new Ending.Undetermined(e.why());
        }
    }

    /**
     * Where among the pieces an item's are.
     *
     * @param from where its actions {@code sent} begin, until {@code to}
     * @param again the facts that are read again
     * @param places where that stands at once behind the actions, by script; empty if it is read behind all actions
     */
    private record Span(int from, int to, List<Action> sent, List<Fact<?>> again, Map<Sh, Integer> places) {}

    /** What was read, by the fact that was asked. */
    private record Reading(Map<Fact<?>, Object> values) {
        /** The answers alone that no action changes. */
        Reading far() {
            var far = new LinkedHashMap<Fact<?>, Object>();
            values.forEach((fact, value) -> {
                if (fact instanceof FarFact) {
                    far.put(fact, value);
                }
            });
            return new Reading(far);
        }

        /** Whether what was planned later makes no difference to a fact. */
        <V> boolean settled(Fact<V> fact, Overlay overlay, int since) {
            @SuppressWarnings("unchecked") // put in under the same fact, by its own parse
            V read = (V) values.get(fact);
            return read != null && read != NOT_ASKED && overlay.settled(fact, read, since);
        }

        void put(Fact<?> fact, Answer answer) {
            values.put(fact, Objects.requireNonNull(fact.parse(answer)));
        }
    }

    /** Answers with the overlay as it is when they are asked for; remembers whether it made a difference. */
    private static final class Views implements Facts {
        private final Reading reading;
        private final Overlay overlay;
        private boolean touched;

        Views(Reading reading, Overlay overlay) {
            this.reading = reading;
            this.overlay = overlay;
        }

        @Override
        @SuppressWarnings("unchecked") // put in under the same fact, by its own parse; a redirected one has the same type
        public <V> Maybe<V> maybe(Fact<V> fact) {
            Fact<V> asked = (Fact<V>) overlay.redirected(fact);
            Object read = reading.values.get(asked);
            if (read == NOT_ASKED) {
                return Maybe.unknown("it was not asked for before");
            }
            if (read == null) {
                return Maybe.unknown("it lies behind a link that this task would make");
            }
            Overlay.View<V> view = overlay.over(asked, (V) read);
            touched |= view.touched() || !asked.equals(fact);
            return view.value();
        }

        <S> S combine(Inquiry<S> inquiry) {
            return switch (inquiry) {
                case Inquiry.Ask<S>(var _, Function<Facts, S> combine) -> combine.apply(this);
                case Inquiry.Then<?, S> then -> follow(then);
            };
        }

        private <R, S> S follow(Inquiry.Then<R, S> then) {
            return combine(then.next().apply(combine(then.first())));
        }
    }

    /** What is left to do on the node. */
    private Action left(Action action) throws IOException, InterruptedException {
        return action instanceof Action.Errand(_, Action.ErrandRun run)
                ? run.over(beyond(new Reading(Map.of())))
                : action;
    }

    private Beyond beyond(Reading reading) {
        Function<Sh, Answer> ask = script -> asker.ask(List.of(piece(script))).getFirst();
        Terminal terminal = script -> asker.terminal().open(Sh.of("{}{}", environment, script));
        BiFunction<Sh, Content, Answer> send = (script, content) -> asker
                .ask(List.of(new Piece(Piece.FREE, Sh.of("{}{}", environment, script), content))).getFirst();
        return new Beyond(dryRun, asker.network(), terminal, ask, send, asker.received(), asker.part(), new Facts() {
            @Override
            @SuppressWarnings("unchecked") // put in under the same fact, by its own parse
            public <V> Maybe<V> maybe(Fact<V> fact) {
                V known = (V) reading.values.get(fact);
                return Maybe.known(known != null ? known : fact.parse(ask.apply(fact.script())));
            }
        });
    }

    /** What the first step of an inquiry asks of the node. */
    static List<Piece> questions(Inquiry<?> inquiry, Sh environment) {
        return firstFacts(inquiry).stream().filter(fact -> !(fact instanceof FarFact)).map(Fact::script).distinct()
                .map(script -> piece(environment, script)).toList();
    }

    private static Piece piece(Sh environment, Sh script) {
        return Piece.free(environment.isEmpty() ? script : Sh.of("{}{}", environment, script));
    }

    private Piece piece(Sh script) {
        return piece(environment, script);
    }

    private static List<Fact<?>> firstFacts(Inquiry<?> inquiry) {
        return switch (inquiry) {
            case Inquiry.Ask<?>(List<Fact<?>> facts, var _) -> facts;
            case Inquiry.Then<?, ?>(Inquiry<?> first, var _) -> firstFacts(first);
        };
    }

    /**
     * Reads all that the inquiries need, those that go in steps step by step.
     *
     * @param again what was read already, after actions; far facts are not asked for any more then
     */
    private <S> Reading read(List<Inquiry<S>> inquiries, Overlay overlay, Optional<Reading> again) {
        var reading = again.orElseGet(() -> new Reading(new LinkedHashMap<>()));
        while (true) {
            Set<Fact<?>> missing = new LinkedHashSet<>();
            for (Inquiry<S> inquiry : inquiries) {
                missing(inquiry, reading, overlay, missing);
            }
            if (missing.isEmpty()) {
                return reading;
            }
            List<Fact<?>> asked = missing.stream().<Fact<?>>map(fact -> fact).filter(fact -> !(fact instanceof FarFact))
                    .toList();
            List<Sh> scripts = asked.stream().<Sh>map(Fact::script).distinct().toList(); // facts of one kind share theirs
            List<Answer> answers = scripts.isEmpty()
                    ? List.of()
                    : asker.read(scripts.stream().map(this::piece).toList());
            Map<Sh, Answer> given = byScript(scripts, answers);
            asked.forEach(fact -> reading.put(fact, Objects.requireNonNull(given.get(fact.script()))));
            for (Fact<?> fact : missing) {
                if (fact instanceof FarFact<?> far) {
                    reading.values.put(far, again.isPresent() ? NOT_ASKED : far.look(beyond(reading)));
                }
            }
        }
    }

    /** Adds the facts to ask for next; gives back the inquiry's state if it is complete. */
    private static <S> Optional<Maybe<S>> missing(Inquiry<S> inquiry, Reading reading, Overlay overlay,
            Set<Fact<?>> missing) {
        switch (inquiry) {
            case Inquiry.Ask<S>(List<Fact<?>> facts, Function<Facts, S> combine) -> {
                List<? extends Fact<?>> open = facts.stream().map(overlay::redirected)
                        .filter(fact -> !reading.values.containsKey(fact)).toList();
                if (!open.isEmpty()) {
                    missing.addAll(open);
                    return Optional.empty();
                }
                try {
                    return Optional.of(Maybe.known(combine.apply(new Views(reading, overlay))));
                } catch (Maybe.UnknownException e) {
                    return Optional.of(Maybe.unknown(e.why()));
                }
            }
            case Inquiry.Then<?, S> then -> {
                return missingThen(then, reading, overlay, missing);
            }
        }
    }

    private static <R, S> Optional<Maybe<S>> missingThen(Inquiry.Then<R, S> then, Reading reading, Overlay overlay,
            Set<Fact<?>> missing) {
        Optional<Maybe<R>> first = missing(then.first(), reading, overlay, missing);
        return switch (first.orElse(null)) {
            case null -> Optional.empty();
            case Maybe.Known<R>(R value) -> missing(then.next().apply(value), reading, overlay, missing);
            case Maybe.NotKnown<R>(String why) -> Optional.of(Maybe.unknown(why));
        };
    }
}
