package bramble.cli;

import bramble.event.Event;
import bramble.inventory.Inventory;
import bramble.playbook.Playbook;
import bramble.playbook.Shelved;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.record.History;
import bramble.record.Recorder;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.run.Resumption;
import bramble.run.WrongIncludeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Plays playbooks: {@code bramble run}, {@code ansible-playbook}. */
final class PlaybookCommand {
    /** What a limit leads to that leaves nobody. */
    static final String NOBODY_LEFT = "Specified inventory, host pattern and/or --limit leaves us with no hosts to target.";

    private final InventoryFlags inventory;
    private final LoginFlags login;
    private final RunFlags run;
    private boolean syntaxCheck;
    private boolean listHosts;
    private boolean listTasks;
    private boolean listTags;
    private boolean step;
    private Optional<String> startAtTask = Optional.empty();
    private boolean resume;
    private List<History.Entry> before = List.of();
    private Consumer<Event> listener = _ -> {};
    private final List<String> playbooks = new ArrayList<>();
    private final Session session;

    PlaybookCommand(Session session) {
        this(session, new InventoryFlags(), new LoginFlags(), new RunFlags());
    }

    /** One whose flags are known already. */
    PlaybookCommand(Session session, InventoryFlags inventory, LoginFlags login, RunFlags run) {
        this.session = session;
        this.inventory = inventory;
        this.login = login;
        this.run = run;
    }

    /**
     * Plays one.
     *
     * @param entries what was done before, with which it goes on
     * @param listening is told of all that happens
     */
    int play(String playbook, List<History.Entry> entries, Consumer<Event> listening) throws InterruptedException {
        playbooks.add(playbook);
        before = entries;
        listener = listening;
        return play();
    }

    Command command() {
        return Command.of("run", "Play playbooks on the hosts of an inventory.", this::declare, this::play);
    }

    private void declare(Syntax syntax) {
        inventory.declare(syntax);
        login.declare(syntax);
        run.declare(syntax);
        run.declareTags(syntax);
        syntax.flag(() -> syntaxCheck = true, "read the playbooks, and stop", "--syntax-check");
        syntax.flag(() -> listHosts = true, "list the hosts that would be played on, and stop", "--list-hosts");
        syntax.flag(() -> listTasks = true, "list the tasks, and stop", "--list-tasks");
        syntax.flag(() -> listTags = true, "list the tags, and stop", "--list-tags");
        syntax.value(name -> startAtTask = Optional.of(name), "NAME", "begin with the task of this name",
                "--start-at-task");
        syntax.flag(() -> resume = true, "continue the last run of these playbooks, which failed or was interrupted",
                "--resume");
        syntax.flag(() -> step = true, "ask before each task whether to do it", "--step");
        syntax.words(playbooks::add, "PLAYBOOK", true);
    }

    /** Whether a role or a file is not there, which is no error of reading with Ansible. */
    private static boolean missing(Problem problem) {
        return problem.summary().matches("Tried to find the (role|file) .*");
    }

    /** The folder of the first playbook, if it is a file. */
    private Path home() {
        Path first = session.folder().resolve(playbooks.getFirst()).toAbsolutePath();
        return Files.isRegularFile(first) ? first.resolveSibling("").normalize() : session.folder();
    }

    private int play() throws InterruptedException {
        inventory.allowNoHosts |= session.compat();
        run.refuseContradictions();
        session.beginLog();
        Commit commit = Commit.ask(session.folder());
        run.verbose += session.configuration().number(0, "defaults", "verbosity");
        session.tellConfiguration(run.verbose, "ansible-playbook");
        Launch launch = session.launch();
        playbooks.replaceAll(launch::inCollection);
        playbooks.forEach(this::tellCollection);
        Launch.Sources sources = launch.files(inventory, playbooks);
        Options options = launch.options(inventory, login, run, sources, startAtTask, step,
                Callbacks.detailed(session.configuration()));
        if (run.flushCache) {
            launch.forgetFacts(sources);
        }
        Resumption resumption = resume ? resumed() : new Continued(before, session.seal(), session::report);
        PlaybookRun.Parts parts = launch.parts(sources, options, resumption, home())
                .with(new InventoryStarts(session, sources));
        List<Playbook> loaded;
        try {
            loaded = launch.playbooks(parts.loader(), playbooks);
        } catch (ProblemException e) {
            session.report(e);
            boolean found = playbooks.stream()
                    .allMatch(name -> Files.isRegularFile(session.folder().resolve(name)));
            return found && !e.problems().stream().allMatch(PlaybookCommand::missing) ? 4 : 1;
        }
        if (!session.compat()) {
            var tags = new HashSet<>(options.tags().only());
            tags.addAll(options.tags().skip());
            TaskTags.check(loaded, tags, session::report);
            RoleVariables.check(loaded, parts.loader(), sources.inventory(), sources.extraVars(), session::report);
        }
        if (session.compat()) {
            tellOfNobody(session, sources.inventory(), "all");
        }
        Optional<Integer> nobody = emptyLimit(launch, sources, options);
        if (nobody.isPresent()) {
            return nobody.get();
        }
        if (syntaxCheck) {
            playbooks.forEach(name -> session.out().println("\nplaybook: " + name));
            return 0;
        }
        if (listHosts || listTasks || listTags) {
            new Listing(session.out(), launch, sources.inventory(), options, launch.templates(sources)).print(loaded,
                    playbooks, listHosts,
                    listTasks, listTags);
            return 0;
        }
        try {
            return session.interruptible(() -> looked(parts, loaded, commit));
        } catch (WrongIncludeException e) {
            session.report(e);
            return PlaybookRun.WRONG_INCLUDE;
        }
    }

    /** Plays what nothing speaks against. */
    private int looked(PlaybookRun.Parts parts, List<Playbook> loaded, Commit commit) throws InterruptedException {
        try (var plays = new PlaybookRun(parts)) {
            List<Problem> findings = plays.findings(loaded, !session.compat(), Optional.of(nodes -> session.err()
                    .println("Looking at " + nodes + (nodes == 1 ? " node." : " nodes."))), session::textOf);
            if (!findings.isEmpty()) {
                session.report(new ProblemException(findings));
                return PlaybookRun.REFUSED;
            }
            return played(plays, loaded, commit, parts.options().check());
        }
    }

    private int played(PlaybookRun plays, List<Playbook> loaded, Commit commit, boolean check)
            throws InterruptedException {
        var listeners = new ArrayList<Consumer<Event>>();
        var callbacks = new Callbacks(session, run.verbose);
        callbacks.tellWhatHasNoEffect(loaded.stream().map(Playbook::file).toList());
        listeners.add(session.console(callbacks, run.verbose));
        listeners.addAll(callbacks.listening());
        listeners.add(listener);
        if (session.configuration().flag(false, "defaults", "retry_files_enabled")) {
            listeners.add(new RetryFile(session.folder().resolve(playbooks.getFirst()),
                    session.configuration().path("defaults", "retry_files_save_path"), session.out(),
                    session::report));
        }
        Optional<Recorder> recorder = session.recorder();
        recorder.ifPresent(listeners::add);
        try {
            Event.RunStarted started = Launch.started(session.newRunId(), "run", session.arguments(), names(),
                    commit.answer(), check);
            recorder.ifPresent(_ -> session.isRecorded(started.id(), !check));
            return plays.run(loaded, started, listeners, run.detailed);
        } finally {
            recorder.ifPresent(Recorder::close);
        }
    }

    /** Of a playbook in a collection, whose roles and modules it finds without their full names. */
    private void tellCollection(String playbook) {
        Shelved.of(session.folder().resolve(playbook)).ifPresent(shelved -> session.report(
                Problem.warning(Source.NONE, "running playbook inside collection " + shelved.name(), "")));
    }

    /** Where an inventory has no hosts, only the host that needs no inventory is left. */
    static boolean tellOfNobody(Session session, Inventory inventory, String pattern) {
        boolean nobody = inventory.hosts().isEmpty();
        if (nobody && !Inventory.LOCAL.contains(pattern)
                && session.configuration().flag(true, "defaults", "localhost_warning")) {
            session.report(Problem.warning(Source.NONE, "provided hosts list is empty, only localhost is available. "
                    + "Note that the implicit localhost does not match 'all'", ""));
        }
        return nobody;
    }

    private List<String> names() {
        return playbooks.stream().map(name -> session.folder().resolve(name).normalize().toString()).toList();
    }

    private Resumption resumed() {
        String what = "Tried to continue the last run of " + String.join(" ", playbooks) + ", but ";
        try (History history = session.history()) {
            List<History.Run> runs = history.last(names());
            if (runs.isEmpty()) {
                throw new ProblemException(Source.NONE, what + "none is recorded.");
            }
            History.Run last = runs.getLast();
            if (last.goesOn()) {
                throw new ProblemException(Problem.error(Source.NONE, what + "the run " + last.id() + " by "
                        + last.user() + " is still going on, since " + HistoryCommand.TIME.format(last.started())
                        + " (process " + last.process() + ").", "Wait for its end, or end it."));
            }
            if (last.exitCode().isPresent() && last.exitCode().getAsInt() == 0) {
                throw new ProblemException(Source.NONE,
                        what + "it came to its end (" + last.id() + "). Play it again without --resume.");
            }
            session.err().println("Continuing the run " + last.id() + ".");
            return new Continued(runs.stream().flatMap(run -> history.entries(run.id()).stream()).toList(),
                    session.seal(), session::report);
        }
    }

    /** A limit that leaves nobody is an error. */
    private Optional<Integer> emptyLimit(Launch launch, Launch.Sources sources, Options options) {
        if (options.limit().map(limit -> launch.leavesSomebody(sources.inventory(), limit)).orElse(true)) {
            return Optional.empty();
        }
        session.report(new ProblemException(Source.NONE, NOBODY_LEFT));
        return Optional.of(1);
    }

}
