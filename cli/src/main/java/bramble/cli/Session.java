package bramble.cli;

import bramble.event.Event;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Snippets;
import bramble.problem.Source;
import bramble.record.History;
import bramble.record.Recorder;
import bramble.record.Seal;
import bramble.run.Terminal;
import bramble.value.Secrets;
import bramble.value.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What one call of the command line has around it: streams, folder, environment, and how problems are shown. */
final class Session {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final int FAILED = 2;
    private static final int UNREACHABLE = 4;

    /** Flags whose values may be secret, also behind other letters: {@code -be password=x}. */
    private static final Pattern HIDES = Pattern.compile("-[bCDJkKov]*[ea]|--ex?[a-z-]*|--ar?[a-z]*");
    private static final Pattern SECRET = Pattern.compile("^(-[bCDJkKov]*[ea]|--ex?[a-z-]*=|--ar?[a-z]*=)(?s:.+)");

    private final PrintStream unlogged;
    private PrintStream out;
    private PrintStream err;
    private Optional<LogFile> log = Optional.empty();
    private final Path folder;
    private final Map<String, String> environment;
    private final List<String> arguments;
    private final boolean compat;
    private final boolean terminal;
    private final Secrets secrets;
    private final AtomicReference<Optional<LiveConsole>> live = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Recorded>> recorded = new AtomicReference<>(Optional.empty());

    private final AtomicReference<Optional<String>> goesOn = new AtomicReference<>(Optional.empty());

    private final AtomicReference<Optional<Configuration>> configured = new AtomicReference<>(Optional.empty());

    /** A run that the record has. */
    private record Recorded(String id, Optional<String> goesOn) {}

    /**
     * Begins a call.
     *
     * @param compat whether a command was called by its Ansible name, and shows everything as Ansible does
     * @param terminal whether what is printed goes to a terminal
     */
    Session(PrintStream out, PrintStream err, Path folder, Map<String, String> environment, List<String> arguments,
            boolean compat, boolean terminal) {
        this(out, err, folder, environment, arguments, compat, terminal, new Secrets());
    }

    private Session(PrintStream out, PrintStream err, Path folder, Map<String, String> environment,
            List<String> arguments, boolean compat, boolean terminal, Secrets secrets) {
        this.secrets = secrets;
        this.out = out;
        this.unlogged = out;
        this.err = err;
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        this.arguments = List.copyOf(arguments);
        this.compat = compat;
        this.terminal = terminal && !"dumb".equals(environment.get("TERM"));
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Secrets secrets() {
        return secrets;
    }

    Path folder() {
        return folder;
    }

    boolean compat() {
        return compat;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** The same call, as if made in another folder with other words. */
    Session in(Path other, List<String> words) {
        return new Session(out, err, other, environment, words, compat, terminal, secrets);
    }

    /** Whether somebody looks at what is printed. */
    boolean onTerminal() {
        return terminal;
    }

    /** From now on, a text is in no message. */
    void hide(String secret) {
        secrets.add(secret);
    }

    /** The command line, with the values of flags that may hold secrets left out. */
    List<String> arguments() {
        var shown = new ArrayList<String>();
        boolean hide = false;
        for (String argument : arguments) {
            shown.add(hide
                    ? "***"
                    : SECRET.matcher(argument).replaceFirst("$1***"));
            hide = HIDES.matcher(argument).matches();
        }
        return shown;
    }

    /** From now on, what is shown goes to the file that {@code log_path} names too. */
    void beginLog() {
        log = configuration().path("defaults", "log_path")
                .filter(_ -> !configuration().words("defaults", "log_filter").contains(LogFile.NAME))
                .flatMap(path -> LogFile.open(folder.resolve(path), secrets::mask, this::report));
        log.ifPresent(file -> {
            out = file.along(out);
            err = file.along(err);
        });
    }

    /**
     * Says, if more is to be told, which configuration counts, as Ansible does, and before that what {@code --version} says.
     *
     * @param name Ansible's name of the command
     */
    void tellConfiguration(int verbosity, String name) {
        if (verbosity > 1 && compat) {
            out.print(new AnsibleNames(configuration()).version(name, Main.VERSION));
        }
        if (verbosity > 0) {
            out.println(configuration().file().map(file -> "Using " + file + " as config file")
                    .orElse("No config file found; using defaults"));
        }
    }

    Launch launch() {
        return launch(this::report);
    }

    /** @param problems gets what is odd, but no error */
    Launch launch(Consumer<Problem> problems) {
        return new Launch(configuration(), folder, person(), problems, secrets, compat);
    }

    /** What ansible.cfg and the environment say; it is read once, and what is amiss with it told once. */
    Configuration configuration() {
        Optional<Configuration> read = configured.get();
        if (read.isPresent()) {
            return read.get();
        }
        Configuration configuration = load();
        configured.set(Optional.of(configuration));
        configuration.warnings().forEach(this::report);
        return configuration;
    }

    private Configuration load() {
        try {
            return Configuration.load(folder, environment, !compat);
        } catch (ProblemException e) {
            throw new UnreadableConfigurationException(e.problems());
        }
    }

    /** Nothing can be done because {@code ansible.cfg} can't be read: Ansible's commands tell this apart by their exit code. */
    static final class UnreadableConfigurationException extends ProblemException {
        private static final long serialVersionUID = 1;

        private UnreadableConfigurationException(List<Problem> problems) {
            super(problems);
        }
    }

    /** The person at the terminal, for whom a live view makes room. */
    Terminal person() {
        var person = new Person(err);
        return new Terminal() {
            @Override
            public Optional<String> ask(String question, boolean echo) {
                var answer = new AtomicReference<Optional<String>>(Optional.empty());
                aside(() -> answer.set(person.ask(question, echo)));
                return answer.get();
            }

            @Override
            public boolean attended() {
                return person.attended();
            }
        };
    }

    private void aside(Runnable work) {
        Optional<LiveConsole> view = live.get();
        if (view.isEmpty()) {
            work.run();
            return;
        }
        try {
            view.get().aside(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Colours colours() {
        boolean forced = "1".equals(environment.get("ANSIBLE_FORCE_COLOR"))
                || "true".equalsIgnoreCase(environment.get("ANSIBLE_FORCE_COLOR"));
        boolean off = environment.containsKey("NO_COLOR") || environment.containsKey("ANSIBLE_NOCOLOR");
        return new Colours(forced || asked("force_color") || (terminal && !off && !asked("nocolor")));
    }

    /** Whether the configuration asks for it; one that can't be read is told of elsewhere. */
    private boolean asked(String setting) {
        try {
            return configured.get().map(configuration -> configuration.flag(false, "defaults", setting)).orElse(false);
        } catch (ProblemException _) {
            return false;
        }
    }

    /** What shows a run: a live view on a terminal, the lines of a callback elsewhere and under the Ansible names. */
    Consumer<Event> console(Callbacks callbacks, int verbosity) {
        Optional<ResultForm> form = callbacks.live();
        if (compat || !terminal || form.isEmpty()) {
            return callbacks.showing();
        }
        var console = new LiveConsole(unlogged, new LiveModel(new ResultLines(colours(), verbosity, false,
                form.get(), callbacks.diffs(colours()))),
                ScreenSize.ofStandardOutput(environment));
        live.set(Optional.of(console));
        if (log.isEmpty()) {
            return console;
        }
        PrintStream nowhere = log.get().along(new PrintStream(OutputStream.nullOutputStream(), false,
                StandardCharsets.UTF_8));
        Consumer<Event> logged = callbacks.plain(nowhere);
        return console.andThen(logged);
    }

    /** The recorder, unless it can't be opened: that is said, and never stops a run. */
    Optional<Recorder> recorder() {
        try {
            return Optional.of(new Recorder(Records.file(environment)));
        } catch (IllegalStateException e) {
            report(Problem.warning(Source.NONE, String.valueOf(e.getMessage()), "This run is not recorded."));
            return Optional.empty();
        }
    }

    /** From now on, what happens is in the record: when it goes wrong, it is said how to look at it and go on. */
    void isRecorded(String id, boolean resumable) {
        recorded.set(Optional.of(new Recorded(id, goesOn.get()
                .or(() -> resumable
                        ? Optional.of("bramble run --resume " + same(Set.of("--resume")))
                        : Optional.empty())
                .filter(command -> !command.isEmpty()))));
    }

    /** What goes on with the runs of this call, where it isn't a run of playbooks alone; the empty text for nothing. */
    void goesOnBy(String command) {
        goesOn.set(Optional.of(command));
    }

    /** Says after a run that did not come to its good end what one can do; Ansible says nothing. */
    private void tellWhatNext() {
        recorded.get().filter(_ -> !compat).ifPresent(run -> err.println(run.goesOn
                .map(command -> "Go on where it stopped:  " + command + "\n").orElse("")
                + "See what it did:         bramble history show " + run.id));
    }

    /** The words of this call, but these; what may be secret is left to the person. */
    String same(Set<String> without) {
        List<String> words = arguments().stream().skip(1).filter(word -> !without.contains(word)).toList();
        return words.stream().anyMatch(word -> word.contains("***"))
                ? "and the arguments of this run"
                : words.stream().map(Session::word).collect(Collectors.joining(" "));
    }

    private static String word(String text) {
        return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    History history() {
        return new History(Records.file(environment));
    }

    Seal seal() {
        return new Seal(Records.file(environment));
    }

    /** The time, to the microsecond: two runs that begin at once are told apart. */
    String newRunId() {
        return DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSSSSS").withZone(ZoneOffset.UTC).format(Instant.now());
    }

    void report(ProblemException exception) {
        exception.problems().forEach(this::report);
    }

    void report(Problem problem) {
        boolean error = problem.severity() == Problem.Severity.ERROR;
        Colours colours = colours();
        String text = (error ? "ERROR! " : "[WARNING]: ") + shown(problem).replaceFirst("^(error|warning): ", "");
        String place = compat && error && problem.source().line() > 0
                ? "\nThe error appears to be in '" + folder.resolve(problem.source().file()) + "': line "
                        + problem.source().line() + ", column " + problem.source().column() + ".\n"
                : "";
        aside(() -> {
            err.println(error ? colours.red(text) + place : colours.magenta(text));
            err.flush();
        });
    }

    /** A problem with the line that it is about, without secrets. */
    String shown(Problem problem) {
        return secrets.mask(new Snippets(this::textOf).show(problem));
    }

    Value masked(Value value) {
        return secrets.mask(value);
    }

    /** The line that a problem is about; empty where there is none, or where the file is encrypted. */
    Optional<String> line(Source source) {
        return source.line() == 0 || source.file().isEmpty()
                ? Optional.empty()
                : textOf(source.file()).filter(text -> !text.startsWith("$ANSIBLE_VAULT;"))
                        .flatMap(text -> text.lines().skip(source.line() - 1L).findFirst()).map(secrets::mask);
    }

    /** The text of a file, by the name that messages have for it; empty where it can't be read. */
    Optional<String> textOf(String file) {
        try {
            return Optional.of(Files.readString(folder.resolve(file)));
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Does work that Ctrl-C ends in good order: connections are closed, the record is complete, the exit code is 99. */
    int interruptible(Callable<Integer> work) throws InterruptedException {
        Thread worker = Thread.currentThread();
        var done = new CountDownLatch(1);
        var hook = new Thread(() -> {
            worker.interrupt();
            try {
                if (!done.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                    err.println("Some hosts did not let go in time.");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            live.get().ifPresent(LiveConsole::close);
            err.println("ERROR! User interrupted execution");
            if (recorded.get().isEmpty()) {
                goesOn.get().filter(command -> !command.isEmpty())
                        .ifPresent(command -> err.println("Go on where it stopped:  " + command));
            }
            tellWhatNext();
            err.flush();
            Runtime.getRuntime().halt(99);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            int code = work.call();
            if (code == FAILED || code == UNREACHABLE) {
                live.get().ifPresent(LiveConsole::close);
                out.flush();
                tellWhatNext();
            }
            return code;
        } catch (InterruptedException e) {
            if (e.getMessage() != null) { // by a person in the debugger, not by a signal
                out.flush();
                err.println("User interrupted execution");
            }
            return 99;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            live.getAndSet(Optional.empty()).ifPresent(LiveConsole::close);
            done.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                Thread.sleep(GRACE); // the machine is going down: the hook ends it
            }
        }
    }
}
