package bramble.run;

import bramble.args.FirstStarts;
import bramble.brought.Resident;
import bramble.event.Event;
import bramble.event.Events;
import bramble.inventory.Inventory;
import bramble.inventory.VariableFiles;
import bramble.args.Modules;
import bramble.connection.NodeShells;
import bramble.connection.UnreachableException;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Surroundings;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.shell.Shell;
import bramble.template.Templates;
import bramble.value.MapValue;
import bramble.value.Secrets;
import bramble.value.Value;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Plays playbooks on the hosts of an inventory, and tells what happens. */
public final class PlaybookRun implements AutoCloseable {
    private final Parts parts;
    /** The nodes that were looked at beforehand. */
    private final AtomicReference<Optional<Nodes>> met = new AtomicReference<>(Optional.empty());

    /** The exit code where a file that a task includes is not right. */
    public static final int WRONG_INCLUDE = 4;
    /** The exit code where a role refuses what it is given: the files are not right, and no node was touched. */
    public static final int REFUSED = 4;

    /**
     * What a run is made of.
     *
     * @param reload reads the inventory again
     * @param variables reads variable files
     * @param reader reads all other files of the user, opened where they are encrypted
     * @param facts keeps facts beyond the run
     * @param python runs what playbooks bring in Python
     * @param connectionPlugins the configured folders of connection plugins
     * @param holder who holds the lock on a node, as another run's message shows it
     */
    public record Parts(Inventory inventory, Supplier<Inventory> reload, VariableFiles variables, PlaybookLoader loader,
            Surroundings.Reader reader, Templates templates,
            Modules modules, Secrets secrets, Options options, Terminal terminal, Resumption resumption,
            FactCache facts,
            Resident python, List<Path> connectionPlugins, String holder, Connections connections,
            FirstStarts firstStarts) {
        /** The same for who can make images of nodes. */
        public Parts with(FirstStarts others) {
            return new Parts(inventory, reload, variables, loader, reader, templates, modules, secrets, options,
                    terminal,
                    resumption, facts, python, connectionPlugins, holder, connections, others);
        }
    }

    public PlaybookRun(Parts parts) {
        this.parts = parts;
    }

    /**
     * Plays them one after another, and gives the exit code that Ansible would: 0, 2 where a host failed, 4 where one could
     * not be reached, 1 where nobody matched, 3 with {@code detailed} where a dry run found something to do.
     *
     * @param start told first, with the run's id and the like
     * @throws WrongIncludeException where a task includes a file that is not right: the run ends with {@link #WRONG_INCLUDE}
     */
    public int run(List<Playbook> playbooks, Event.RunStarted start, List<Consumer<Event>> listeners, boolean detailed)
            throws InterruptedException {
        var tallies = new Tallies();
        var all = new ArrayList<Consumer<Event>>();
        all.add(tallies);
        all.addAll(listeners);
        try (var events = new Events(all)) {
            events.tell(start);
            int exit = 99;
            Consumer<Problem> warn = problem -> events.tell(new Event.Warned(Instant.now(), problem));
            try (var nodes = met.getAndSet(Optional.empty()).orElseGet(this::nodes)) {
                nodes.tellTo(events::tell);
                exit = played(playbooks, events, nodes, tallies, warn, detailed);
            } catch (WrongIncludeException e) {
                exit = WRONG_INCLUDE;
                throw e;
            } finally {
                parts.python().close();
                events.barrier();
                events.tell(new Event.RunEnded(Instant.now(), tallies.byHost(), tallies.statistics(), exit));
            }
            return exit;
        }
    }

    /**
     * What roles and modules of these playbooks find wrong in what they are given, as far as it can be told without changing anything.
     *
     * @param bySpecs whether the roles' argument specs count already, not only when the roles begin
     * @param asking hears how many nodes are asked what only they can tell, if that takes more than a second: they stay connected
     *     for the run that follows; empty if none is to be asked
     * @param texts the text of a file, by the name that messages have for it
     */
    public List<Problem> findings(List<Playbook> playbooks, boolean bySpecs, Optional<IntConsumer> asking,
            Function<String, Optional<String>> texts) throws InterruptedException {
        var checks = new Forechecks(parts.loader(), parts.options().tags(), parts.modules(), bySpecs);
        if (!checks.anyIn(playbooks)) {
            return List.of();
        }
        Path folder = playbooks.getFirst().file().toAbsolutePath().normalize().resolveSibling("");
        close();
        Nodes nodes = nodes();
        met.set(Optional.of(nodes));
        try (var events = new Events(List.of())) {
            var world = new World(parts, events, nodes, folder, new Tallies(), new Knowledge(parts.facts()));
            return checks.findings(world, asking.filter(_ -> parts.options().startAtTask().isEmpty()),
                    new WrittenParts(texts));
        }
    }

    private Nodes nodes() {
        return new Nodes(parts.holder(), parts.connections());
    }

    /** Lets go of the nodes that were only looked at. */
    @Override
    public void close() {
        met.getAndSet(Optional.empty()).ifPresent(Nodes::close);
    }

    /**
     * Works on a host of the inventory as whom one logs in as.
     *
     * @throws UnreachableException why one can't log in
     */
    public <T> T loggedIn(String host, Path folder, ShellWork<T> work) throws InterruptedException {
        try (var events = new Events(List.of()); var nodes = nodes()) {
            var world = new World(parts, events, nodes, folder, new Tallies(), new Knowledge(parts.facts()));
            try (var shells = new NodeShells(
                    parts.connections().to(Nodes.address(world, HostScope.of(world, host), Optional.empty())))) {
                return work.with(shells.shell(Optional.empty()));
            }
        }
    }

    /** What is done by a shell. */
    @FunctionalInterface
    public interface ShellWork<T> {
        T with(Shell shell) throws InterruptedException;
    }

    /**
     * Works on a host of the inventory as root, outside of any play; one logs in and becomes root as a task would.
     *
     * @throws UnreachableException why one can't log in
     * @throws bramble.connection.BecomeException why one can't become root
     */
    public <T> T asRoot(String host, Path folder, ShellWork<T> work) throws InterruptedException {
        try (var events = new Events(List.of()); var nodes = nodes()) {
            var world = new World(parts, events, nodes, folder, new Tallies(), new Knowledge(parts.facts()));
            HostScope scope = HostScope.of(world, host);
            try (var shells = new NodeShells(
                    parts.connections().to(Nodes.address(world, scope, Optional.empty())))) {
                return work.with(shells.shell(Optional.of(TaskPlace.root(world, scope))));
            }
        } finally {
            parts.python().close();
        }
    }

    /**
     * What variables of a host come to outside of a play, without touching a node; those that nothing defines are left out.
     *
     * @param folder stands for the playbook's
     * @param wanted whether a variable is asked for, by its name
     */
    public MapValue variables(String host, Path folder, Predicate<String> wanted) {
        try (var events = new Events(List.of()); var nodes = nodes()) {
            var world = new World(parts, events, nodes, folder, new Tallies(), new Knowledge(parts.facts()));
            HostScope scope = HostScope.of(world, host);
            var found = new LinkedHashMap<String, Value>();
            scope.names().stream().filter(wanted)
                    .forEach(name -> found.put(name, parts.templates().resolve(scope.get(name), scope)));
            return MapValue.named(found);
        } finally {
            parts.python().close();
        }
    }

    private int played(List<Playbook> playbooks, Events events, Nodes nodes, Tallies tallies, Consumer<Problem> warn,
            boolean detailed) throws InterruptedException {
        var knowledge = new Knowledge(parts.facts());
        boolean somebody = false;
        int number = 0;
        int exit = 0;
        for (Playbook playbook : playbooks) {
            Path folder = playbook.file().toAbsolutePath().normalize().getParent();
            var world = new World(parts, events, nodes, folder == null ? Path.of("").toAbsolutePath() : folder,
                    tallies, knowledge);
            events.tell(
                    new Event.PlaybookStarted(Instant.now(), playbook.file().toString(), playbook.plays().size()));
            for (Play play : playbook.plays()) {
                boolean goOn = new PlayRun(world, play, number++).run();
                if (!goOn) {
                    break;
                }
            }
            somebody |= world.anyMatched();
            exit = world.exitCode();
            Optional<String> sought = parts.options().startAtTask().filter(_ -> !world.begun());
            if (sought.isPresent()) {
                warn.accept(Problem.error(Source.NONE, "No matching task \"" + sought.get()
                        + "\" found. Note: --start-at-task can only follow static includes.",
                        Nearest.hint(sought.get(), world.passed())));
                somebody = false;
            }
            if (exit != 0) {
                break;
            }
        }
        events.barrier();
        if (exit != 0) {
            return exit;
        }
        if (!somebody && !parts.options().allowNoHosts()) {
            if (parts.options().startAtTask().isEmpty()) {
                warn.accept(Problem.error(Source.NONE, "No host matched any play, so nothing was done.",
                        "With --allow-no-hosts this is no error."));
                events.barrier();
            }
            return 1;
        }
        return detailed && tallies.pending() ? 3 : 0;
    }
}
