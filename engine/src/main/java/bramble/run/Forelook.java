package bramble.run;

import bramble.args.Schema;
import bramble.connection.Become;
import bramble.connection.BecomeException;
import bramble.module.Fact;
import bramble.module.Forelooked;
import bramble.module.TaskModule;
import bramble.playbook.Keyword;
import bramble.playbook.Play;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.shell.Answer;
import bramble.value.PythonText;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Asks nodes, before any is changed, whether they can have what tasks are to set there ({@link Forelooked}): each node once, all
 * at the same time. Who can't be asked yet, or asked otherwise then, isn't spoken of.
 *
 * @param earlier the tasks that may alter something, in order
 * @param frames enters a play: its hosts have its variables from then on
 * @param slow hears how many nodes are asked, if that takes more than a second
 */
record Forelook(World world, List<Earlier> earlier, Function<Play, Optional<PlayFrame>> frames, IntConsumer slow) {
    /** The connections by which what is reached is a file or folder here, which only one has at a time. */
    private static final Set<String> FILES = Set.of("chroot", "image");

    /**
     * A task that not every node can have.
     *
     * @param around the includes that lead there
     * @param later the variables that tasks before it set
     * @param before how many of the earlier tasks come before it
     */
    record Question(Play play, List<Step> around, Task task, TaskModule<?, ?> module, Set<String> later, int before) {}

    /** A task that may alter something. */
    record Earlier(Play play, Task task, Set<String> later) {}

    /** Whom a question is put to, and as whom. */
    private record Where(Address address, Node node, Optional<Become> become) {}

    /**
     * A question to a host, whose answer is what it lacks.
     *
     * @param givers the variables that ask for it, with where each is written
     */
    private record Asked(Question question, String host, Where where, Fact<Optional<String>> fact,
            Map<String, Source> givers) {}

    private record Lack(Task task, String what, Map<String, Source> givers) {}

    List<Problem> findings(List<Question> questions) throws InterruptedException {
        var asked = new ArrayList<Asked>();
        for (Question question : questions) {
            frames.apply(question.play()).ifPresent(frame -> {
                var way = new Beforehand.Way(world, frame, question.around(), question.later());
                for (String host : world.withinLimit(way.to(question.task()))) {
                    fact(question, way, host).ifPresent(fact -> where(question, frame, host)
                            .ifPresent(where -> asked.add(new Asked(question, host, where, fact,
                                    new Givers(world, question.task(), way).of(host)))));
                }
            });
        }
        Map<Where, Map<Fact<Optional<String>>, String>> lacks = answers(asked);
        asked.removeIf(one -> !lacks.getOrDefault(one.where(), Map.of()).containsKey(one.fact()));
        Map<String, List<List<String>>> told = told(asked.stream().map(Asked::host).collect(Collectors.toSet()));
        asked.removeIf(one -> mayCome(one.question(), told.getOrDefault(one.host(), List.of())));
        var hosts = new LinkedHashMap<Lack, Set<String>>();
        asked.forEach(one -> Optional.ofNullable(lacks.getOrDefault(one.where(), Map.of()).get(one.fact()))
                .ifPresent(what -> hosts.computeIfAbsent(new Lack(one.question().task(), what, one.givers()),
                        _ -> new LinkedHashSet<>()).add(one.host())));
        return hosts.entrySet().stream().flatMap(one -> told(one.getKey(), one.getValue()).stream()).distinct()
                .toList();
    }

    private Optional<Fact<Optional<String>>> fact(Question question, Beforehand.Way way, String host) {
        boolean elsewhere = question.later().stream()
                .anyMatch(name -> name.equals(Beforehand.ANY) || name.startsWith("ansible_")); // another address say
        return elsewhere
                ? Optional.empty()
                : new CallCheck(world, question.task(), question.module(), way, Map.of(), WrittenParts.NOWHERE)
                        .bound(host)
                        .flatMap(args -> lack((Forelooked<?>) question.module(), args));
    }

    @SuppressWarnings("unchecked") // a module's arguments are those that it asks for
    private static <A extends Record> Optional<Fact<Optional<String>>> lack(Forelooked<A> module, Record args) {
        return module.lack((A) args);
    }

    // --- Asking ---

    /** Where the task would be done; empty where that can't be told, or isn't there yet. */
    private Optional<Where> where(Question question, PlayFrame frame, String host) {
        HostScope scope = HostScope.of(world, host, frame).at(question.task()); // what lets one in may be looked up
        var keywords = new Keywords(question.task().directives(), world.templates, scope);
        try {
            Address address = Nodes.address(world, scope, Optional.of(keywords));
            return FILES.contains(address.kind()) && mayBeMade(question)
                    ? Optional.empty()
                    : Optional.of(new Where(address, world.nodes.node(world, address, host),
                            TaskPlace.become(world, keywords, scope)));
        } catch (ProblemException | UnknownValueException e) {
            return Optional.empty(); // the task will say so, if it is still so then
        }
    }

    private Map<Where, Map<Fact<Optional<String>>, String>> answers(List<Asked> asked) throws InterruptedException {
        var byNode = new LinkedHashMap<Node, List<Asked>>();
        asked.forEach(one -> byNode.computeIfAbsent(one.where().node(), _ -> new ArrayList<>()).add(one));
        var answers = new ConcurrentHashMap<Where, Map<Fact<Optional<String>>, String>>();
        var all = new CountDownLatch(byNode.size());
        var threads = new ArrayList<Thread>();
        byNode.values().forEach(questions -> {
            Line.Spot spot = world.forks.stand();
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    spot.await();
                    ask(questions, answers);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException _) {
                    // not answered: the task will say why, if it is still so then
                } finally {
                    spot.leave();
                    all.countDown();
                }
            }));
        });
        try {
            if (!all.await(1, TimeUnit.SECONDS)) {
                slow.accept(byNode.size());
                all.await();
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join(); // what was opened is let go of
            }
            throw e;
        }
        return answers;
    }

    /** Asks one node, as each of those as whom it is to be asked. */
    private void ask(List<Asked> questions, Map<Where, Map<Fact<Optional<String>>, String>> answers)
            throws InterruptedException {
        Address address = questions.getFirst().where().address();
        try {
            for (Where where : questions.stream().map(Asked::where).distinct().toList()) {
                try {
                    answers.put(where, answer(where, questions.stream().filter(one -> one.where().equals(where))
                            .map(Asked::fact).distinct().toList()));
                } catch (BecomeException _) {
                    // as others it may be asked nevertheless
                }
            }
        } finally {
            if (FILES.contains(address.kind())) {
                world.nodes.forget(address); // until it is its turn, others may want it
            }
        }
    }

    private static Map<Fact<Optional<String>>, String> answer(Where where, List<Fact<Optional<String>>> facts)
            throws InterruptedException {
        List<Answer> answers = where.node().call(
                () -> where.node().beforehand(where.become(), facts.stream().map(Fact::script).toList()));
        var lacks = new LinkedHashMap<Fact<Optional<String>>, String>();
        for (int i = 0; i < facts.size(); i++) {
            Fact<Optional<String>> fact = facts.get(i);
            fact.parse(answers.get(i)).ifPresent(what -> lacks.put(fact, what));
        }
        return lacks;
    }

    /** Whether something is done before on another machine, which may make the image. */
    private boolean mayBeMade(Question question) {
        return earlier.subList(0, question.before()).stream().anyMatch(
                one -> !one.play().equals(question.play()) || one.task().find(Keyword.DELEGATE_TO).isPresent());
    }

    // --- What is made of the answers ---

    /**
     * Whether a task before it may bring what the host lacks.
     *
     * @param told what the earlier tasks are told on the host
     */
    private static boolean mayCome(Question question, List<List<String>> told) {
        var module = (Forelooked<?>) question.module();
        return told.subList(0, question.before()).stream().flatMap(List::stream).anyMatch(module::mayBring);
    }

    /** What the earlier tasks are told, one after another, on each of these hosts. */
    private Map<String, List<List<String>>> told(Set<String> hosts) {
        var told = new LinkedHashMap<String, List<List<String>>>();
        if (!hosts.isEmpty()) {
            for (Earlier one : earlier) {
                Optional<PlayFrame> frame = frames.apply(one.play());
                hosts.forEach(host -> told.computeIfAbsent(host, _ -> new ArrayList<>())
                        .add(told(one, frame.map(known -> HostScope.of(world, host, known))
                                .orElseGet(() -> HostScope.of(world, host)))));
            }
        }
        return told;
    }

    /** What a task is told, as it is written and as far as it is known. */
    private List<String> told(Earlier one, HostScope host) {
        var written = new ArrayList<Value>(List.of(one.task().action().arguments()));
        one.task().loop().ifPresent(loop -> written.add(loop.over()));
        written.addAll(one.task().action().whole());
        var scope = new Beforehand(host.at(one.task()).foreseen(), one.later(), world, Map.of());
        var told = new ArrayList<String>();
        for (Value value : written) {
            told.add(PythonText.of(value));
            try {
                told.add(PythonText.of(world.templates.resolveKnown(value, scope)));
            } catch (ProblemException | UnknownValueException _) {
                // as it is written, then
            }
        }
        return told;
    }

    /** Once for each variable that asks for it; where none does, at the task. */
    private List<Problem> told(Lack lack, Set<String> hosts) {
        Task task = lack.task();
        String names = String.join(", ", hosts) + ": ";
        String what = lack.what() + ".";
        String hint = "Leave " + task.action().written() + " (" + task.action().source()
                + ") to the nodes that can have it: by their group's variables, or a when."
                + world.modules.find(task.action().name())
                        .filter(module -> Schema.of(module.args()).find("folder").isPresent())
                        .map(_ -> " If config.txt is elsewhere, or comes before it, give its folder.").orElse("");
        return lack.givers().isEmpty()
                ? List.of(Problem.error(task.action().source(), names + task.action().written() + ": " + what, hint))
                : lack.givers().entrySet().stream()
                        .map(one -> Problem.error(one.getValue(), names + one.getKey() + ": " + what, hint)).toList();
    }
}
