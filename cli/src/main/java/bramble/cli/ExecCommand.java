package bramble.cli;

import bramble.event.Event;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Surroundings;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.record.Recorder;
import bramble.run.Options;
import bramble.run.PlaybookRun;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Runs one module on hosts: {@code bramble exec}, {@code ansible}. */
final class ExecCommand {
    private static final String NOBODY = "No hosts matched, nothing to do";
    private static final Set<String> COMMANDS = Set.of("command", "shell", "raw", "script");

    private final InventoryFlags inventory;
    private final LoginFlags login;
    private final RunFlags run;
    private Optional<String> module = Optional.empty();
    private Optional<String> args = Optional.empty();
    private boolean oneLine;
    private boolean listHosts;
    private Optional<String> tree = Optional.empty();
    private Optional<Integer> background = Optional.empty();
    private Optional<Integer> poll = Optional.empty();
    private Optional<String> playbookDir = Optional.empty();
    private Optional<Integer> taskTimeout = Optional.empty();
    private String pattern = "all";
    private final Session session;

    ExecCommand(Session session) {
        this(session, new InventoryFlags(), new LoginFlags(), new RunFlags());
    }

    /** One whose flags are known already. */
    ExecCommand(Session session, InventoryFlags inventory, LoginFlags login, RunFlags run) {
        this.session = session;
        this.inventory = inventory;
        this.login = login;
        this.run = run;
    }

    Command command() {
        return Command.of("exec", "Run one module on hosts.", this::declare, this::execute);
    }

    private void declare(Syntax syntax) {
        inventory.declare(syntax);
        login.declare(syntax);
        run.declare(syntax);
        syntax.value(name -> module = Optional.of(name), "MODULE", "the module (command)", "-m", "--module-name");
        syntax.value(text -> args = Optional.of(text), "ARGS", "its arguments: words, key=value, or JSON", "-a",
                "--args");
        syntax.flag(() -> oneLine = true, "a line a host", "-o", "--one-line");
        syntax.value(path -> tree = Optional.of(path), "FOLDER", "write each host's result to a file here", "-t",
                "--tree");
        syntax.flag(() -> listHosts = true, "list the hosts, and stop", "--list-hosts");
        syntax.number(seconds -> background = Optional.of(seconds), "SECONDS", "end it after this time", "-B",
                "--background");
        syntax.number(seconds -> poll = Optional.of(seconds), "SECONDS", "how often it is asked for; 15", "-P",
                "--poll");
        syntax.number(seconds -> taskTimeout = Optional.of(seconds), "SECONDS", "how long the module may take",
                "--task-timeout");
        syntax.value(folder -> playbookDir = Optional.of(folder), "FOLDER", "stands for the playbook's folder",
                "--playbook-dir");
        syntax.word(hosts -> pattern = hosts, "PATTERN");
    }

    private int execute() throws InterruptedException {
        run.refuseContradictions();
        run.verbose += session.configuration().number(0, "defaults", "verbosity");
        String name = module();
        if (COMMANDS.contains(name.substring(name.lastIndexOf('.') + 1)) && args().isBlank() && !listHosts) {
            throw UsageException.options("what is to be run? Say it with -a, or another module with -m",
                    "No argument passed to " + name + " module");
        }
        session.beginLog();
        Commit commit = Commit.ask(session.folder());
        session.tellConfiguration(run.verbose, "ansible");
        Launch launch = session.launch();
        return execute(launch, launch.files(inventory), commit);
    }

    /**
     * With what else the command line would say.
     *
     * @param seconds how long a module may take
     * @param folder stands for the playbook's
     */
    ExecCommand within(Optional<Integer> seconds, Optional<String> folder) {
        taskTimeout = seconds;
        playbookDir = folder;
        return this;
    }

    /** Runs another module on the hosts of a pattern. */
    int execute(Launch launch, Launch.Sources sources, String hosts, String name, String arguments)
            throws InterruptedException {
        pattern = hosts;
        module = Optional.of(name);
        args = Optional.of(arguments);
        return execute(launch, sources, Commit.ask(session.folder()));
    }

    private String module() {
        return module.or(() -> session.configuration().text("defaults", "module_name")).orElse("command");
    }

    private String args() {
        return args.or(() -> session.configuration().text("defaults", "module_args")).orElse("");
    }

    private int execute(Launch launch, Launch.Sources sources, Commit commit) throws InterruptedException {
        Options options = launch.options(inventory, login, run, sources, Optional.empty(), false, true);
        boolean told = session.compat() && PlaybookCommand.tellOfNobody(session, sources.inventory(), pattern);
        List<String> hosts = launch.select(sources.inventory(), pattern, options.limit());
        if (hosts.isEmpty() && options.limit().isPresent() && !sources.inventory().hosts().isEmpty()) {
            session.report(new ProblemException(Source.NONE, PlaybookCommand.NOBODY_LEFT));
            return 1;
        }
        if (listHosts) {
            session.out().println("  hosts (" + hosts.size() + "):");
            hosts.forEach(host -> session.out().println("    " + host));
            if (hosts.isEmpty() && !told) {
                session.report(Problem.warning(Source.NONE, NOBODY, ""));
            }
            return 0;
        }
        if (hosts.isEmpty()) {
            boolean fine = session.compat() || inventory.allowNoHosts;
            if (told) {
                return 0;
            }
            session.report(new Problem(fine ? Problem.Severity.WARNING : Problem.Severity.ERROR, Source.NONE,
                    NOBODY, ""));
            return fine ? 0 : 1;
        }
        Path folder = playbookDir.map(session.folder()::resolve)
                .or(() -> session.configuration().path("defaults", "playbook_dir")).orElse(session.folder());
        PlaybookRun.Parts parts = launch.parts(sources, options, Continued.nothing(session.seal()), folder);
        Playbook playbook;
        try {
            playbook = loaded(launch.loader(sources, file -> play(file, parts.reader())), folder);
        } catch (ProblemException e) {
            session.report(e);
            return session.compat() ? 2 : 1;
        }
        var listeners = new ArrayList<Consumer<Event>>();
        var callbacks = new Callbacks(session, run.verbose);
        listeners.add(callbacks.showingTask(oneLine));
        listeners.addAll(callbacks.listeningToTask(tree));
        Optional<Recorder> recorder = session.recorder();
        recorder.ifPresent(listeners::add);
        try {
            Event.RunStarted started = Launch.started(session.newRunId(), "exec", session.arguments(), List.of(),
                    commit.answer(), options.check());
            return session.interruptible(
                    () -> new PlaybookRun(parts).run(List.of(playbook), started, listeners, run.detailed));
        } finally {
            recorder.ifPresent(Recorder::close);
        }
    }

    /** What is wrong with the one task is wrong with the command line: there is no file to point at. */
    private static Playbook loaded(PlaybookLoader loader, Path folder) {
        try {
            return loader.load(folder.resolve(Surroundings.COMMAND_LINE));
        } catch (ProblemException e) {
            throw new ProblemException(e.problems().stream()
                    .map(problem -> problem.source().file().isEmpty()
                            ? new Problem(problem.severity(), Source.NONE, problem.summary(), problem.hint())
                            : problem)
                    .toList());
        }
    }

    /** The play, as the loader reads it. */
    private String play(Path file, Surroundings.Reader others) throws IOException {
        if (!file.endsWith(Surroundings.COMMAND_LINE)) {
            return others.read(file);
        }
        String given = args();
        Value action = given.strip().startsWith("{") && !given.strip().startsWith("{{")
                ? Json.tryParse(given).filter(MapValue.class::isInstance)
                        .<Value>map(map -> ((MapValue) map).with("module", module()))
                        .orElseThrow(() -> new ProblemException(Source.file("--args"),
                                "Tried to read JSON, but it is none: " + given))
                : Value.text((module() + " " + given).strip());
        MapValue task = MapValue.of("action", action);
        if (background.isPresent()) {
            task = task.with("async", background.get()).with("poll", poll.orElseGet(() -> session.configuration()
                    .number(15, "defaults", "poll_interval")));
        }
        if (taskTimeout.isPresent()) {
            task = task.with("timeout", taskTimeout.get());
        }
        MapValue play = MapValue.of("name", session.compat() ? "Ansible Ad-Hoc" : "Bramble Ad-Hoc", "hosts", pattern,
                "gather_facts", false, "tasks",
                ListValue.of(task));
        return Json.compact(ListValue.of(play));
    }
}
