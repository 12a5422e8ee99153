package bramble.run;

import bramble.args.Schema;
import bramble.connection.BecomeException;
import bramble.connection.UnreachableException;
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
import bramble.shell.ConnectionLostException;
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
import java.util.function.Function;

/**
 * Asks nodes, before any is changed, whether they can have what tasks are to set there ({@link Forelooked}): each node once, all
 * at the same time. Who can't be asked yet, or asked otherwise then, isn't spoken of.
 *
 * @param earlier the tasks that may alter something, in order
 */
record Forelook(World world, List<Earlier> earlier) {
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

    /** A question to a host, whose answer is what it lacks. */
    private record Asked(Question question, Beforehand.Way way, Fact<Optional<String>> fact) {}

    /** @param givers the variables that ask for it, with where each is written */
    private record Lack(Task task, String what, Map<String, Source> givers) {}

    List<Problem> findings(List<Question> questions, Function<Play, Optional<PlayFrame>> frames)
            throws InterruptedException {
        var asked = new LinkedHashMap<String, List<Asked>>();
        for (Question question : questions) {
            frames.apply(question.play()).ifPresent(frame -> {
                var way = new Beforehand.Way(world, frame, question.around(), question.later());
                for (String host : world.withinLimit(way.to(question.task()))) {
                    fact(question, way, host).ifPresent(fact -> asked.computeIfAbsent(host, _ -> new ArrayList<>())
                            .add(new Asked(question, way, fact)));
                }
            });
        }
        Map<String, Map<Fact<Optional<String>>, String>> lacks = answers(asked);
        var hosts = new LinkedHashMap<Lack, Set<String>>();
        asked.forEach((host, all) -> all.forEach(one -> Optional
                .ofNullable(lacks.getOrDefault(host, Map.of()).get(one.fact()))
                .filter(_ -> !mayCome(one, host))
                .ifPresent(what -> hosts.computeIfAbsent(new Lack(one.question().task(), what,
                        new Givers(world, one.question().task(), one.way()).of(host)), _ -> new LinkedHashSet<>())
                        .add(host))));
        return hosts.entrySet().stream().flatMap(one -> told(one.getKey(), one.getValue()).stream()).distinct()
                .toList();
    }

    private Optional<Fact<Optional<String>>> fact(Question question, Beforehand.Way way, String host) {
        boolean elsewhere = question.later().stream().anyMatch(name -> name.startsWith("ansible_")); // another address say
        return elsewhere
                ? Optional.empty()
                : new CallCheck(world, question.task(), question.module(), way).bound(host)
                        .flatMap(args -> lack((Forelooked<?>) question.module(), args));
    }

    @SuppressWarnings("unchecked") // a module's arguments are those that it asks for
    private static <A extends Record> Optional<Fact<Optional<String>>> lack(Forelooked<A> module, Record args) {
        return module.lack((A) args);
    }

    // --- Asking ---

    private Map<String, Map<Fact<Optional<String>>, String>> answers(Map<String, List<Asked>> asked)
            throws InterruptedException {
        var answers = new ConcurrentHashMap<String, Map<Fact<Optional<String>>, String>>();
        var all = new CountDownLatch(asked.size());
        var threads = new ArrayList<Thread>();
        asked.forEach((host, questions) -> {
            Line.Spot spot = world.forks.stand();
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    spot.await();
                    answers.put(host, answer(host, questions));
                } catch (UnreachableException | ConnectionLostException | BecomeException | ProblemException
                        | UnknownValueException _) {
                    // the task will say so, if it is still so then
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                } finally {
                    spot.leave();
                    all.countDown();
                }
            }));
        });
        try {
            all.await();
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            throw e;
        }
        return answers;
    }

    private Map<Fact<Optional<String>>, String> answer(String host, List<Asked> questions) throws InterruptedException {
        Asked first = questions.getFirst();
        Task task = first.question().task();
        HostScope scope = HostScope.of(world, host, first.way().frame()).at(task).foreseen();
        Address address = Nodes.address(world, scope,
                Optional.of(new Keywords(task.directives(), world.templates, scope)));
        boolean file = Set.of("chroot", "image").contains(address.kind());
        if (file && questions.stream().anyMatch(one -> mayBeMade(one.question()))) {
            return Map.of();
        }
        TaskPlace place = TaskPlace.of(world, task, scope, Optional.empty());
        List<Fact<Optional<String>>> facts = questions.stream().map(Asked::fact).distinct().toList();
        List<Answer> answers = place.node().call(
                () -> place.node().beforehand(place.become(), facts.stream().map(Fact::script).toList()));
        if (file) {
            world.nodes.forget(address); // until it is its turn, others may want it
        }
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

    /** Whether a task before it may bring what the host lacks. */
    private boolean mayCome(Asked asked, String host) {
        var module = (Forelooked<?>) asked.question().module();
        return earlier.subList(0, asked.question().before()).stream()
                .anyMatch(one -> told(one, asked.way(), host).stream().anyMatch(module::mayBring));
    }

    /** What a task is told, as it is written and as far as it is known. */
    private List<String> told(Earlier one, Beforehand.Way way, String host) {
        var written = new ArrayList<Value>(List.of(one.task().action().arguments()));
        one.task().loop().ifPresent(loop -> written.add(loop.over()));
        written.addAll(one.task().action().whole());
        var scope = new Beforehand.Way(world, way.frame(), List.of(), one.later()).scope(host, one.task());
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
