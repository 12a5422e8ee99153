package bramble.cli;

import bramble.problem.Nearest;
import bramble.problem.ProblemException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bramble}, and the {@code ansible-*} names. */
public final class Main {
    private static final String VERSION = "bramble 0.1.0";

    /** The Ansible names, and what they are here. */
    private static final Map<String, String> ANSIBLE = Map.of("ansible-playbook", "run", "ansible", "exec",
            "ansible-inventory", "inventory", "ansible-vault", "vault", "ansible-doc", "doc");

    private final PrintStream out;
    private final PrintStream err;

    private Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Records.useUnpackedLibrary();
        int code = run(List.of(arguments), out, err, Path.of("").toAbsolutePath(), System.getenv(), onTerminal());
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Whether standard output is a terminal, whatever standard input is. */
    private static boolean onTerminal() {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty") || file.equals("/dev/console");
        } catch (IOException e) {
            return Person.console().isPresent(); // a system without /proc
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
        var session = new Session(out, err, folder, environment, words, compat, terminal);
        try {
            return new Main(out, err).execute(commands(session), "", words);
        } catch (ProblemException e) {
            session.report(e);
            return 1;
        } catch (Exception e) {
            return bug(e, err);
        }
    }

    private static Command commands(Session session) {
        return new Command("bramble",
                "Provisions Raspberry Pi clusters, and other Linux fleets, from Ansible's playbooks.", _ -> {},
                () -> {
                    throw new UsageException("which command?");
                },
                List.of(new PlaybookCommand(session).command(), new ExecCommand(session).command(),
                        new HistoryCommand(session).command(), new InventoryCommand(session).command(),
                        new WhyCommand(session).command(), new VaultCommand(session).command(),
                        new DocCommand(session).command()));
    }

    /** @param before the names of the commands that this one belongs to, each with a space behind */
    private int execute(Command command, String before, List<String> words) throws Exception {
        String name = before + command.name();
        Optional<Command> named = words.isEmpty()
                ? Optional.empty()
                : command.commands().stream().filter(one -> one.name().equals(words.getFirst())).findFirst();
        if (named.isPresent()) {
            return execute(named.get(), name + " ", words.subList(1, words.size()));
        }
        var syntax = new Syntax();
        command.syntax().accept(syntax);
        syntax.flag(() -> {}, "show this", "-h", "--help");
        syntax.flag(() -> {}, "show Bramble's version", "-V", "--version");
        if (words.stream().anyMatch(List.of("-h", "--help")::contains)) {
            out.print(usage(command, name, syntax) + "\n" + command.description() + "\n\n" + syntax.help()
                    + list(command));
            return 0;
        }
        if (words.stream().anyMatch(List.of("-V", "--version")::contains)) {
            out.println(VERSION);
            return 0;
        }
        try {
            checkName(command, words);
            syntax.read(words);
            return command.work().call();
        } catch (UsageException e) {
            err.print(usage(command, name, syntax) + list(command));
            err.println(name + ": error: " + e.getMessage());
            return 2;
        }
    }

    /** A word where a command is expected is a misspelt one. */
    private static void checkName(Command command, List<String> words) {
        List<String> names = command.commands().stream().map(Command::name).toList();
        if (!names.isEmpty() && !words.isEmpty() && !words.getFirst().startsWith("-")) {
            String hint = Nearest.hint(words.getFirst(), names);
            throw new UsageException(
                    "there is no command " + words.getFirst() + (hint.isEmpty() ? "" : ". " + hint));
        }
    }

    private static String usage(Command command, String name, Syntax syntax) {
        return "usage: " + name + " " + (command.commands().isEmpty() ? syntax.summary() : "COMMAND ...") + "\n";
    }

    private static String list(Command command) {
        var text = new StringBuilder();
        command.commands().forEach(one -> text
                .append(String.format(java.util.Locale.ROOT, "  %-16s%s%n", one.name(), one.description())));
        return text.toString();
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
