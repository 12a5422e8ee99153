package bramble.cli;

import bramble.problem.FileTrouble;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code bramble}, and the {@code ansible-*} names. */
public final class Main {
    static final String VERSION = "bramble 0.1.0";

    /** The Ansible names, and what they are here. */
    private static final Map<String, String> ANSIBLE = Map.of("ansible-playbook", "run", "ansible", "exec",
            "ansible-inventory", "inventory", "ansible-vault", "vault", "ansible-doc", "doc", "ansible-config",
            "config",
            "ansible-galaxy", "galaxy", "ansible-pull", "pull", "ansible-console", "console");

    private final PrintStream out;
    private final PrintStream err;
    private final Session session;

    private Main(PrintStream out, PrintStream err, Session session) {
        this.out = out;
        this.err = err;
        this.session = session;
    }

    public static void main(String[] arguments) {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        useHome(System.getenv("HOME"));
        Records.useUnpackedLibrary();
        int code = run(List.of(arguments), out, err, Path.of("").toAbsolutePath(), System.getenv(),
                Person.isTerminal(1));
        out.flush();
        err.flush();
        Exit.with(code);
    }

    /** What {@code ~} stands for: Java would take the account's folder, whatever the environment says. */
    private static void useHome(@Nullable String home) {
        if (home != null && Path.of(home).isAbsolute()) {
            System.setProperty("user.home", home);
        }
    }

    /**
     * Does what a command line says, and gives the exit code.
     *
     * @param terminal whether what is printed goes to a terminal
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err, Path folder,
            Map<String, String> environment, boolean terminal) {
        boolean compat = !arguments.isEmpty() && ANSIBLE.containsKey(arguments.getFirst());
        List<String> words = new ArrayList<>(arguments);
        if (compat) {
            words.set(0, ANSIBLE.get(arguments.getFirst()));
        }
        if (words.size() > 1 && words.getFirst().equals("galaxy")) {
            words = GalaxyCommand.typed(words);
        }
        var session = new Session(out, err, folder, environment, words, compat, terminal);
        try {
            var main = new Main(out, err, session);
            Command all = main.commands();
            return compat
                    ? main.execute(main.find(all, words.getFirst()).orElseThrow().named(arguments.getFirst()), "",
                            words.subList(1, words.size()))
                    : main.execute(all, "", words);
        } catch (Session.UnreadableConfigurationException e) {
            session.report(e);
            return compat ? 5 : 1;
        } catch (ProblemException e) {
            session.report(e);
            return 1;
        } catch (FileSystemException e) {
            session.report(new ProblemException(Source.NONE, "Tried to read or write "
                    + Optional.ofNullable(e.getFile()).orElse("a file") + ", but " + FileTrouble.why(e) + "."));
            return 1;
        } catch (UncheckedIOException e) {
            session.report(new ProblemException(Source.NONE, FileTrouble.sentence(e) + "."));
            return 1;
        } catch (Exception e) {
            return bug(e, err);
        } catch (OutOfMemoryError _) {
            session.report(new ProblemException(Problem.error(Source.NONE,
                    "Tried to do this, but it needs more memory than Bramble may have.",
                    "Does a template or a loop make more and more of something? Otherwise give Bramble more memory: "
                            + "BRAMBLE_JAVA_OPTS=-Xmx4g.")));
            return 250;
        }
    }

    private Command commands() {
        return new Command("bramble",
                "Provisions Raspberry Pi clusters, and other Linux fleets, from Ansible's playbooks.", _ -> {},
                () -> {
                    throw new UsageException("which command?");
                },
                List.of(new PlaybookCommand(session).command().under("Play"),
                        new ExecCommand(session).command().under("Play"),
                        new CheckCommand(session).command().under("Look"),
                        new PullCommand(session).command().under("Play"),
                        new ConsoleCommand(session).command().under("Play"),
                        new HistoryCommand(session).command().under("Look"),
                        new WhyCommand(session).command().under("Look"),
                        new InventoryCommand(session).command().under("Look"),
                        new DocCommand(session).command().under("Look"),
                        new ConfigCommand(session).command().under("Look"),
                        new GalaxyCommand(session).command().under("Get more"),
                        new VaultCommand(session).command().under("Keep secrets"),
                        new BackupCommand(session).command().under("Bring back"),
                        new RebuildCommand(session).command().under("Bring back"),
                        new ImageCommand(session).command().under("Make cards"),
                        launchers("demo", "Show what Bramble does, on nodes on this machine; --down removes them.")
                                .under("Try it without hardware"),
                        launchers("lab", "Start, enter, reset and stop nodes on this machine.")
                                .under("Try it without hardware"),
                        launchers("build", "Build this program anew.").under("This program"),
                        Command.of("help", "Tell how a command is called.", syntax -> syntax.optionalWord(_ -> {},
                                "COMMAND"), () -> 0).under("This program")));
    }

    /** What the launcher script does before it would come here. */
    private static Command launchers(String name, String description) {
        return Command.of(name, description, syntax -> syntax.words(_ -> {}, "ARGUMENT", false), () -> {
            throw new ProblemException(Source.NONE, "Tried to do " + name
                    + ", but that is the work of the script \"bramble\" in Bramble's folder, not of this program alone.");
        });
    }

    private Optional<Command> find(Command command, String name) {
        return command.commands().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /** @param before the names of the commands that this one belongs to, each with a space behind */
    private int execute(Command command, String before, List<String> all) throws Exception {
        String name = before + command.name();
        List<String> words = verboseLast(command, all);
        Optional<Command> named = words.isEmpty() ? Optional.empty() : find(command, words.getFirst());
        if (named.isPresent() && named.get().name().equals("help")) {
            return execute(command, before, words.size() == 1 ? List.of("--help") : List.of(words.get(1), "--help"));
        }
        if (named.isPresent()) {
            return execute(named.get(), name + " ", words.subList(1, words.size()));
        }
        var syntax = new Syntax();
        Usage usage = session.compat()
                ? new AnsibleUsage(name, command, syntax)
                : new BrambleUsage(name, command, syntax);
        command.syntax().accept(syntax);
        syntax.instead(() -> told(usage.full()), "show this", "-h", "--help");
        if (session.compat()) {
            syntax.instead(() -> told(new AnsibleNames(session.configuration()).version(before.isEmpty()
                    ? name
                    : before.strip(), VERSION)),
                    "show the version, the configuration's file and where things are looked for",
                    "--version");
        } else {
            syntax.instead(() -> told(VERSION + "\n"), "show Bramble's version", "-V", "--version");
        }
        try {
            checkName(command, words);
            return syntax.read(words).orElse(command.work()).call();
        } catch (UsageException e) {
            err.print(usage.refusal(e));
            return session.compat() ? e.asAnsibleCode() : 2;
        }
    }

    /** {@code -v} may stand before the name of a command that belongs to this one; then it goes behind it. */
    private List<String> verboseLast(Command command, List<String> words) {
        int first = 0;
        while (first < words.size() && words.get(first).matches("-v+|--verbose")) {
            first++;
        }
        if (first == 0 || first == words.size() || find(command, words.get(first)).isEmpty()) {
            return words;
        }
        var ordered = new ArrayList<>(words.subList(first, words.size()));
        ordered.addAll(1, words.subList(0, first));
        return ordered;
    }

    private int told(String text) {
        out.print(text);
        return 0;
    }

    /** A word where a command is expected is a misspelt one. */
    private static void checkName(Command command, List<String> words) {
        List<String> names = command.commands().stream().map(Command::name).toList();
        if (!names.isEmpty() && !words.isEmpty() && !words.getFirst().startsWith("-")) {
            String hint = Nearest.hint(words.getFirst(), names);
            throw new UsageException(
                    "there is no command " + words.getFirst() + (hint.isEmpty() ? "" : ". " + hint),
                    "argument action: invalid choice: '" + words.getFirst() + "' (choose from "
                            + names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")) + ")");
        }
    }

    private static int bug(Exception exception, PrintStream err) {
        err.println("ERROR! This is a bug in Bramble. What it was doing: " + exception);
        Arrays.stream(exception.getStackTrace()).limit(30).forEach(frame -> err.println("    at " + frame));
        if (exception.getCause() != null) {
            err.println("caused by " + exception.getCause());
            Arrays.stream(exception.getCause().getStackTrace()).limit(30)
                    .forEach(frame -> err.println("    at " + frame));
        }
        return 250;
    }
}
