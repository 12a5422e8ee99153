package bramble.run;

import bramble.args.FirstStarts;
import bramble.brought.BroughtModule;
import bramble.brought.Resident;
import bramble.event.Event;
import bramble.event.Events;
import bramble.inventory.Host;
import bramble.inventory.HostPattern;
import bramble.inventory.Inventory;
import bramble.inventory.VariableFiles;
import bramble.args.Modules;
import bramble.module.AnyModule;
import bramble.module.Result.Consequence.Statistics;
import bramble.playbook.ActionCall;
import bramble.playbook.Directives;
import bramble.playbook.Keyword;
import bramble.playbook.Library;
import bramble.playbook.Play;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Setting;
import bramble.playbook.Shelved;
import bramble.playbook.Surroundings;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.shell.Digests;
import bramble.template.Templates;
import bramble.value.MapValue;
import bramble.value.Secrets;
import bramble.value.Text;
import bramble.value.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What all plays of a run share: the inventory as it grows, what is known of each host, and the engine's parts. */
final class World {
    private static final BroughtModule BROUGHT = new BroughtModule();
    static final PluginModule PLUGIN = new PluginModule();

    final Options options;
    final Templates templates;
    final PlaybookLoader loader;
    final VariableFiles variableFiles;
    final Surroundings.Reader reader;
    final Modules modules;
    final Digests digests = new Digests();
    final Secrets secrets;
    final Events events;
    final Nodes nodes;
    final Terminal terminal;
    final Stepping stepping;
    final Debugger debugger;
    final Instant begun = Instant.now();
    /** Of how many hosts work at once. */
    final Line forks;
    final Resumption resumption;
    final Resident python;
    private final List<Path> connectionPlugins;
    final FirstStarts firstStarts;
    /** The jobs in the background that this run began. */
    final Map<String, Job.Known> jobs = new ConcurrentHashMap<>();
    private final Tallies tallies;
    /** Whether a host dropped out because it could not be reached. */
    private final Map<String, Boolean> failed = new ConcurrentHashMap<>();
    private final Set<Problem> warned = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cleared = new AtomicInteger();
    private final AtomicBoolean matched = new AtomicBoolean();
    /** Where the task stands at which the run is to start; empty until a host comes by it. */
    private final Set<String> passed = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Optional<Position>> start = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Path> playbookFolder;
    private final AtomicReference<Grown> inventory;
    private final Knowledge knowledge;
    private final Supplier<Inventory> reload;
    private final Map<String, MapValue> inventoryVariables = new ConcurrentHashMap<>();

    World(PlaybookRun.Parts parts, Events events, Nodes nodes, Path playbookFolder, Tallies tallies,
            Knowledge knowledge) {
        this.knowledge = knowledge;
        this.tallies = tallies;
        this.reload = parts.reload();
        this.options = parts.options();
        this.templates = parts.templates();
        this.loader = parts.loader();
        this.reader = parts.reader();
        this.modules = parts.modules();
        this.secrets = parts.secrets();
        this.terminal = parts.terminal();
        this.stepping = new Stepping(terminal, options.step());
        this.debugger = new Debugger(terminal);
        this.resumption = parts.resumption();
        this.python = parts.python();
        this.firstStarts = parts.firstStarts();
        this.connectionPlugins = parts.connectionPlugins();
        this.events = events;
        this.nodes = nodes;
        this.playbookFolder = new AtomicReference<>(playbookFolder);
        this.variableFiles = parts.variables();
        this.forks = new Line(options.forks());
        this.inventory = new AtomicReference<>(
                Grown.of(parts.inventory().besidePlaybook(playbookFolder.toString())));
    }

    /** The inventory of a moment, and the magic variable {@code groups} that belongs to it. */
    private record Grown(Inventory inventory, MapValue groups) {
        static Grown of(Inventory inventory) {
            return new Grown(inventory, inventory.groupsVariable());
        }
    }

    Inventory inventory() {
        return inventory.get().inventory;
    }

    /** The folder of the playbook that the play stands in which is being played: an imported one has its own. */
    Path playbookFolder() {
        return playbookFolder.get();
    }

    /** Whatever is looked for beside the playbook is looked for beside the one that this play stands in. */
    void enter(Play play) {
        Path parent = play.file().toAbsolutePath().normalize().getParent();
        if (parent != null && !parent.equals(playbookFolder.getAndSet(parent))) {
            extendInventory(all -> all.besidePlaybook(parent.toString()));
        }
    }

    /** Hosts or groups appear. */
    void extendInventory(UnaryOperator<Inventory> change) {
        inventory.updateAndGet(grown -> Grown.of(change.apply(grown.inventory)));
        inventoryVariables.clear();
    }

    /** Tells of something once a run, however often and for how many hosts it is met. */
    void warnOnce(Problem problem) {
        if (warned.add(problem)) {
            events.tell(new Event.Warned(Instant.now(), problem));
        }
    }

    /** The magic variable {@code groups}. */
    MapValue groups() {
        return inventory.get().groups;
    }

    /** The module that a task calls; empty if there is none of that name. */
    Optional<AnyModule> module(ActionCall call) {
        return call.is(ActionCall.BROUGHT)
                ? Optional.of(BROUGHT)
                : call.is(ActionCall.PLUGIN) ? Optional.of(PLUGIN) : modules.find(call.name());
    }

    /** Whether a connection of that name is a plugin that the playbook, its roles, its collections or the configuration bring. */
    boolean bringsConnection(String name, HostScope at) {
        String[] words = name.split("\\.", 3);
        if (words.length == 3) {
            return collections().stream().anyMatch(folder -> Files.isDirectory(
                    folder.resolve("ansible_collections").resolve(words[0]).resolve(words[1])));
        }
        Stream<Path> beside = Stream.concat(at.site().searchPath().stream(), Stream.of(playbookFolder()))
                .map(folder -> folder.resolve("connection_plugins"));
        return Stream.concat(beside, connectionPlugins.stream())
                .anyMatch(folder -> Files.isRegularFile(folder.resolve(name + ".py")));
    }

    /** Below which collections stand, those of the playbook first. */
    List<Path> collections() {
        var folders = new ArrayList<Path>();
        folders.add(playbookFolder().resolve("collections"));
        Shelved.of(playbookFolder().resolve("playbook")).map(Shelved::root).ifPresent(folders::add);
        folders.addAll(loader.collectionsPath());
        return folders;
    }

    /** The way from a task's action to the file in a collection that it stands for, if it is in one. */
    Optional<Library.Way> way(Task task) {
        return loader.library(collections()).way(task.action(), task.directives().collections());
    }

    /** What the inventory says of a host. */
    MapValue inventoryVariables(String host) {
        return inventoryVariables.computeIfAbsent(host, name -> inventory().variables(name));
    }

    Set<String> hostNames() {
        return inventory().hosts().stream().map(Host::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    boolean knows(String host) {
        return inventory().host(host).isPresent();
    }

    HostVariables variables(String host) {
        return knowledge.of(host);
    }

    void update(String host, UnaryOperator<HostVariables> change) {
        knowledge.update(host, change);
    }

    List<String> hosts(String pattern) {
        List<String> all = select(HostPattern.of(pattern, Source.NONE));
        if (options.limit().isEmpty()) {
            return all;
        }
        var only = new LinkedHashSet<>(select(HostPattern.limit(options.limit().get(), Path.of("").toAbsolutePath())));
        return all.stream().filter(only::contains).toList();
    }

    /** All hosts of a pattern, whatever the limit, without a word where there are none. */
    List<String> ofPattern(String pattern) {
        return HostPattern.of(pattern, Source.NONE).select(inventory(), _ -> {}).stream().map(Host::name).toList();
    }

    /** Those of the hosts that the limit leaves in. */
    List<String> withinLimit(List<String> hosts) {
        if (options.limit().isEmpty()) {
            return hosts;
        }
        var only = HostPattern.limit(options.limit().get(), Path.of("").toAbsolutePath()).select(inventory(), _ -> {})
                .stream().map(Host::name).collect(Collectors.toSet());
        return hosts.stream().filter(only::contains).toList();
    }

    private List<String> select(HostPattern pattern) {
        return pattern.select(inventory(), problem -> events.tell(new Event.Warned(Instant.now(), problem))).stream()
                .map(Host::name).toList();
    }

    /** The hosts that dropped out of a play; they take no part in the next. */
    Set<String> failed() {
        return Collections.unmodifiableSet(failed.keySet());
    }

    void fail(String host, boolean unreachable) {
        failed.put(host, unreachable);
    }

    /** {@code meta: clear_host_errors}: hosts that are on their way out of the play stay. */
    void clearFailures() {
        failed.clear();
        cleared.incrementAndGet();
    }

    /** How often failures were cleared. */
    int cleared() {
        return cleared.get();
    }

    /** Ansible's: unreachable wins over failed. */
    int exitCode() {
        return failed.containsValue(true) ? 4 : failed.isEmpty() ? 0 : 2;
    }

    void matched() {
        matched.set(true);
    }

    /** Whether any play had a host to play on. */
    boolean anyMatched() {
        return matched.get();
    }

    /** Whether the task of {@code --start-at-task} was found. */
    boolean begun() {
        return options.startAtTask().isEmpty() || start.get().isPresent();
    }

    /** The names of tasks that came before {@code --start-at-task} was reached. */
    Set<String> passed() {
        return passed;
    }

    /** Whether {@code --start-at-task} has been reached, now or before. */
    boolean started(String name, Task task, Position position) {
        if (options.startAtTask().isEmpty()) {
            return true;
        }
        Optional<Position> begin = start.get();
        boolean ran = begin.filter(at -> at.compareTo(position) <= 0).isPresent();
        if (!ran && matches(options.startAtTask().get(), name, task)) {
            start.updateAndGet(
                    other -> other.filter(at -> at.compareTo(position) <= 0).or(() -> Optional.of(position)));
            return true;
        }
        if (!ran) {
            passed.add(name);
        }
        return ran;
    }

    private static boolean matches(String wanted, String name, Task task) {
        String plain = task.name().map(Value::toString).orElse("");
        String pattern = Pattern.compile("[*?]").matcher(wanted).find()
                ? Pattern.quote(wanted).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q")
                : Pattern.quote(wanted);
        return name.matches(pattern) || plain.matches(pattern);
    }

    void refreshInventory() {
        extendInventory(_ -> reload.get().besidePlaybook(playbookFolder().toString()));
    }

    void statistics(String host, Statistics more) {
        MapValue values = (MapValue) secrets.mask(MapValue.named(more.values()));
        tallies.add(more.perHost() ? host : Event.RunEnded.RUN, values, more.aggregate());
    }

    /** A delegated task's connection: the other host's variables, or those of a host that nobody has heard of. */
    HostScope delegate(String name, HostScope from) {
        return HostScope.of(this, name).delegatedBy(from);
    }

    /** The task that reads a host's facts as a play begins. */
    Task gathering(Play play, Keywords keywords) {
        MapValue arguments = MapValue.EMPTY;
        for (Keyword keyword : List.of(Keyword.GATHER_SUBSET, Keyword.GATHER_TIMEOUT, Keyword.FACT_PATH)) {
            Optional<Value> value = keywords.value(keyword)
                    .or(() -> Optional.ofNullable(options.habits().usual().get(keyword)));
            if (value.isPresent()) {
                arguments = arguments.with(keyword.word(), value.get());
            }
        }
        var always = List.of(new Setting(new Text("always"), play.source()));
        Directives own = play.directives();
        var directives = new Directives(own.settings(), List.of(), always, own.environment(), own.moduleDefaults(),
                own.collections(), own.vars(), own.params());
        return new Task(play.source(), Optional.of(new Text("Gathering Facts")), directives,
                new ActionCall(play.source(), "gather_facts", "setup", arguments, List.of()), Optional.empty(),
                Directives.NONE, Optional.empty(), play.file());
    }
}
