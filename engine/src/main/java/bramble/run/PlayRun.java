package bramble.run;

import bramble.event.Event;
import bramble.event.PlayInfo;
import bramble.inventory.Variables;
import bramble.playbook.Keyword;
import bramble.playbook.Play;
import bramble.playbook.Prompt;
import bramble.playbook.Setting;
import bramble.playbook.Step;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One play: its hosts in batches, each host on a thread of its own. */
final class PlayRun {
    private final World world;
    private final Play play;
    private final int number;
    /** What the play's own keywords see. */
    private Scope outside;

    PlayRun(World world, Play play, int number) {
        this.world = world;
        this.play = play;
        this.number = number;
        this.outside = new PlayScope(world, play);
    }

    /** Does it. False: what remains of the playbook is not to be done. */
    boolean run() throws InterruptedException {
        try {
            return played();
        } catch (UnknownValueException e) {
            String pattern = play.directives().find(Keyword.HOSTS).map(Setting::value).map(PlayRun::written).orElse("");
            var info = new PlayInfo(play.name().map(PlayRun::written).orElse(pattern), pattern, play.source(), true);
            world.matched(); // whom it is for, nobody can tell
            world.events.tell(new Event.PlaySkipped(Instant.now(), info, "it can't be foreseen: " + e.why()));
            return true;
        }
    }

    /**
     * The play as its hosts see it before anything is done: all hosts in one batch, whatever the limit.
     *
     * @throws UnknownValueException where only a run would tell; ProblemException where something isn't known yet
     */
    PlayFrame foreseen() {
        world.enter(play);
        outside = new PlayScope(world, play, List.of(filesForAll()));
        List<String> hosts = world.ofPattern(hostsPattern());
        var frame = new PlayFrame(play, "", MapValue.EMPTY, hosts, hosts, Set.of());
        for (String host : hosts) {
            world.update(host, known -> known.forPlay(List.of()));
            List<Variables> files = varsFiles(HostScope.of(world, host, frame));
            world.update(host, known -> known.forPlay(files));
        }
        return frame;
    }

    private static String written(Value value) {
        return value instanceof Template template ? template.text() : PythonText.of(value);
    }

    private boolean played() throws InterruptedException {
        world.enter(play);
        MapValue prompted = prompted();
        outside = new PlayScope(world, play, List.of(prompted));
        outside = new PlayScope(world, play, List.of(filesForAll(), prompted));
        String pattern = hostsPattern();
        String name = play.name().map(value -> PythonText.of(world.templates.resolve(value, outside))).orElse(pattern);
        var info = new PlayInfo(name, pattern, play.source(),
                new Keywords(play.directives(), world.templates, outside).flag(Keyword.CHECK_MODE)
                        .orElse(world.options.check()));
        List<String> all = world.hosts(pattern);
        List<String> hosts = all.stream().filter(host -> !world.failed().contains(host)).toList();
        if (hosts.isEmpty()) {
            boolean matched = !all.isEmpty();
            if (matched) {
                // they failed in plays before this one: it has nothing to do, and later plays go on with the others
                world.events.tell(new Event.PlayStarted(Instant.now(), info, List.of()));
                return true;
            }
            world.events.tell(new Event.PlaySkipped(Instant.now(), info, "no hosts matched"));
            return true;
        }
        world.matched();
        ReservedNames.among(play.vars())
                .forEach(problem -> world.events.tell(new Event.Warned(Instant.now(), problem)));
        var keywords = new Keywords(play.directives(), world.templates, outside);
        List<List<String>> batches = batches(keywords, ordered(hosts));
        Set<String> gone = ConcurrentHashMap.newKeySet(); // who failed in plays before takes no part
        all.stream().filter(world.failed()::contains).forEach(gone::add);
        for (int i = 0; i < batches.size(); i++) {
            var frame = new PlayFrame(play, name, prompted, all, batches.get(i), gone);
            world.events.tell(new Event.PlayStarted(Instant.now(), info, batches.get(i)));
            Flow flow = batch(frame, keywords, Position.of(number, i));
            if (world.failed().containsAll(batches.get(i)) || flow == Flow.STOPPED) {
                if (flow == Flow.STOPPED) {
                    world.events.tell(new Event.NoHostsLeft(Instant.now()));
                }
                return false;
            }
            if (flow == Flow.END_PLAY) {
                return true;
            }
        }
        return true;
    }

    private String hostsPattern() {
        Setting hosts = play.directives().find(Keyword.HOSTS).orElseThrow(
                () -> new ProblemException(play.source(), "Tried to start a play, but it names no hosts."));
        return switch (world.templates.resolve(hosts.value(), outside)) {
            case ListValue list -> String.join(",", Keywords.texts(list));
            case Value other -> PythonText.of(other);
        };
    }

    private List<String> ordered(List<String> hosts) {
        String order = new Keywords(play.directives(), world.templates, outside).text(Keyword.ORDER)
                .orElse("inventory");
        var list = new ArrayList<>(hosts);
        switch (order) {
            case "sorted" -> Collections.sort(list);
            case "reverse_sorted" -> list.sort(Collections.reverseOrder());
            case "reverse_inventory" -> Collections.reverse(list);
            case "shuffle" -> Collections.shuffle(list);
            default -> {
                // as the inventory has them
            }
        }
        return list;
    }

    /** The hosts in batches of {@code serial}: numbers, percentages, or a list of them of which the last repeats. */
    private static List<List<String>> batches(Keywords keywords, List<String> hosts) {
        List<String> sizes = keywords.texts(Keyword.SERIAL);
        if (sizes.isEmpty()) {
            return List.of(hosts);
        }
        var batches = new ArrayList<List<String>>();
        int from = 0;
        for (int i = 0; from < hosts.size(); i++) {
            int size = size(sizes.get(Math.min(i, sizes.size() - 1)), hosts.size(), keywords);
            int to = size <= 0 ? hosts.size() : Math.min(hosts.size(), from + size);
            batches.add(List.copyOf(hosts.subList(from, to)));
            from = to;
        }
        return batches;
    }

    private static int size(String text, int of, Keywords keywords) {
        try {
            return text.endsWith("%")
                    ? Math.max(1, (int) (of * Double.parseDouble(text.substring(0, text.length() - 1)) / 100))
                    : (int) Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ProblemException(keywords.directives().find(Keyword.SERIAL).orElseThrow().source(),
                    "Tried to read the size of a batch, but \"" + text + "\" is no number and no percentage.");
        }
    }

    private MapValue prompted() {
        var answers = new LinkedHashMap<Value, Value>();
        for (Prompt prompt : play.prompts()) {
            if (world.options.extraVars().get(prompt.name()).isEmpty()) {
                answers.put(new Text(prompt.name()), Prompts.ask(prompt, world, outside));
            }
        }
        return new MapValue(answers);
    }

    /** {@code STOPPED} where hosts were stopped because of others, {@code END_PLAY} where no batch is to follow. */
    private Flow batch(PlayFrame frame, Keywords keywords, Position position) throws InterruptedException {
        boolean force = keywords.flag(Keyword.FORCE_HANDLERS).orElse(world.options.forceHandlers());
        double maxFail = keywords.number(Keyword.MAX_FAIL_PERCENTAGE).orElse(100.0);
        String strategy = keywords.text(Keyword.STRATEGY).orElse(world.options.strategy());
        strategy = strategy.substring(strategy.lastIndexOf('.') + 1);
        var state = new PlayState(world, frame, new Handlers(play.handlers()),
                strategy.equals("debug") || world.options.habits().debugging().always(),
                !strategy.equals("free") && !strategy.equals("host_pinned"));
        for (String host : frame.batch()) {
            world.update(host, known -> known.forPlay(List.of()));
            List<Variables> files = varsFiles(HostScope.of(world, host, frame));
            world.update(host, known -> known.forPlay(files));
        }
        try (Pace pace = pace(strategy, frame, maxFail);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var flows = new LinkedHashMap<String, Future<Flow>>();
            for (String host : frame.batch()) {
                flows.put(host, threads.submit(() -> {
                    try {
                        Flow flow = host(state, pace, host, keywords, force, position);
                        if (flow.failed() || flow == Flow.UNREACHABLE) {
                            world.fail(host, flow == Flow.UNREACHABLE);
                        }
                        if (flow.failed() || flow == Flow.UNREACHABLE || flow == Flow.END_HOST) {
                            frame.gone().add(host);
                        }
                        return flow;
                    } finally {
                        pace.leave(host);
                    }
                }));
            }
            boolean goOn = joined(flows, threads);
            return !goOn ? Flow.STOPPED : state.ended.get();
        }
    }

    private boolean joined(Map<String, Future<Flow>> flows, ExecutorService threads) throws InterruptedException {
        boolean goOn = true;
        try {
            for (Future<Flow> future : flows.values()) {
                Flow flow = future.get();
                goOn &= flow != Flow.STOPPED;
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            throw e;
        } catch (ExecutionException e) {
            threads.shutdownNow();
            switch (e.getCause()) {
                case InterruptedException interrupted -> throw interrupted;
                case Error error -> throw error;
                case RuntimeException exception -> throw exception;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
        return goOn;
    }

    private Pace pace(String strategy, PlayFrame frame, double maxFail) {
        return switch (strategy) {
            case "linear", "debug" -> new Lockstep(frame.batch(), maxFail, world.events, world.stepping);
            case "free", "host_pinned" -> new FreePace(world.events, world.stepping);
            default -> throw new ProblemException(
                    play.directives().find(Keyword.STRATEGY).map(Setting::source).orElse(play.source()),
                    "Tried to play with the strategy \"" + strategy
                            + "\", but there are only linear, free, host_pinned and "
                            + "debug.");
        };
    }

    private Flow host(PlayState state, Pace pace, String host, Keywords keywords, boolean force, Position position)
            throws InterruptedException {
        var loop = new HostLoop(world, state, pace, host);
        boolean gather = keywords.flag(Keyword.GATHER_FACTS)
                .orElse(world.options.gathering() != Options.Gathering.EXPLICIT)
                && !(world.options.gathering() == Options.Gathering.SMART && world.variables(host).gathered());
        var sections = new ArrayList<List<Step>>();
        sections.add(gather ? List.of(world.gathering(play, keywords)) : List.of());
        sections.add(play.preTasks());
        var main = new ArrayList<>(play.roles());
        main.addAll(play.tasks());
        sections.add(main);
        sections.add(play.postTasks());
        for (int i = 0; i < sections.size(); i++) {
            Flow flow = loop.section(sections.get(i), position.then(i), force);
            if (!flow.goes()) {
                return flow;
            }
        }
        return Flow.GO;
    }

    /** What those of the {@code vars_files} hold that don't depend on the host; the others are told of by the hosts. */
    private MapValue filesForAll() {
        var files = new ArrayList<String>();
        for (Setting setting : play.varsFiles()) {
            try {
                files.add(varsFile(setting, outside));
            } catch (ProblemException _) {
                // told of by the hosts
            }
        }
        world.variableFiles.prepare(files);
        MapValue all = MapValue.EMPTY;
        for (String file : files) {
            all = all.with(world.variableFiles.read(file).values());
        }
        return all;
    }

    private List<Variables> varsFiles(HostScope scope) {
        List<String> files = play.varsFiles().stream().map(setting -> varsFile(setting, scope)).toList();
        world.variableFiles.prepare(files);
        return files.stream().map(file -> world.variableFiles.read(file).from("play vars_files")).toList();
    }

    /** Of a list of files the first that is there counts; a single one has to be. */
    private String varsFile(Setting setting, Scope scope) {
        Value value = world.templates.resolve(setting.value(), scope);
        List<String> names = value instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of(PythonText.of(value));
        return names.stream().flatMap(name -> scope.site().find("vars", name).stream()).filter(Files::isRegularFile)
                .findFirst().orElseThrow(() -> new ProblemException(Problem.error(
                        setting.source(),
                        "Tried to read the play's vars_files, but " + String.join(", ", names)
                                + " could not be found.",
                        "Looked in: " + names.stream().flatMap(name -> scope.site().candidates("vars", name).stream())
                                .map(Path::toString).toList())))
                .toString();
    }
}
