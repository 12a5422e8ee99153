package bramble.cli;

import bramble.problem.ProblemException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bramble}, and the {@code ansible-*} names. */
@Command(name = "bramble", description = "Provisions Raspberry Pi clusters, and other Linux fleets, from Ansible's playbooks.", mixinStandardHelpOptions = true, versionProvider = Main.Version.class)
public final class Main implements Runnable {
    private static final String VERSION = "bramble 0.1.0";

    /** The Ansible names, and what they are here. */
    private static final Map<String, String> ANSIBLE = Map.of("ansible-playbook", "run", "ansible", "exec",
            "ansible-inventory",
            "inventory", "ansible-vault", "vault", "ansible-doc", "doc");

    @Spec
    @org.jspecify.annotations.Nullable
    CommandSpec spec;

    /** Prints the version. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{VERSION};
        }
    }

    public static void main(String[] arguments) {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = run(List.of(arguments), out, err, Path.of("").toAbsolutePath(), System.getenv());
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Does what a command line says, and gives the exit code. */
    public static int run(List<String> arguments, PrintStream out, PrintStream err, Path folder,
            Map<String, String> environment) {
        if (arguments.equals(List.of("--version"))) {
            out.println(VERSION);
            return 0;
        }
        boolean compat = !arguments.isEmpty() && ANSIBLE.containsKey(arguments.getFirst());
        List<String> words = new ArrayList<>(arguments);
        if (compat) {
            words.set(0, ANSIBLE.get(arguments.getFirst()));
        }
        var session = new Session(out, err, folder, environment, words, compat);
        var line = new CommandLine(new Main());
        line.setExpandAtFiles(false); // @file belongs to --extra-vars and --limit
        commands(session, words.isEmpty() ? "" : words.getFirst()).forEach(line::addSubcommand);
        line.setOut(new java.io.PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new java.io.PrintWriter(err, true, StandardCharsets.UTF_8));
        line.setUnmatchedOptionsArePositionalParams(false);
        line.setPosixClusteredShortOptionsAllowed(true);
        line.setOverwrittenOptionsAllowed(true);
        line.setParameterExceptionHandler((wrong, _) -> usage(wrong, err));
        line.setExecutionExceptionHandler((exception, _, _) -> failed(exception, session));
        return line.execute(words.toArray(String[]::new));
    }

    /** The command of this name, or all if there is none: looking at a command's flags takes a while. */
    private static List<Object> commands(Session session, String name) {
        return switch (name) {
            case "run" -> List.of(new PlaybookCommand(session));
            case "exec" -> List.of(new ExecCommand(session));
            case "history" -> List.of(new HistoryCommand(session));
            case "inventory" -> List.of(new InventoryCommand(session));
            case "vault" -> List.of(new VaultCommand(session));
            case "doc" -> List.of(new DocCommand(session));
            default -> List.of(new PlaybookCommand(session), new ExecCommand(session), new HistoryCommand(session),
                    new InventoryCommand(session), new VaultCommand(session), new DocCommand(session));
        };
    }

    private static int usage(ParameterException wrong, PrintStream err) {
        CommandLine command = wrong.getCommandLine();
        command.usage(err);
        err.println();
        err.println(command.getCommandName() + ": error: " + wrong.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong,
                new java.io.PrintWriter(err, true, StandardCharsets.UTF_8));
        return 2;
    }

    private static int failed(Exception exception, Session session) {
        if (exception instanceof ProblemException problem) {
            session.report(problem);
            return 1;
        }
        session.err().println("ERROR! This is a bug in Bramble. What it was doing: " + exception);
        Arrays.stream(exception.getStackTrace()).limit(30).forEach(frame -> session.err().println("    at " + frame));
        if (exception.getCause() != null) {
            session.err().println("caused by " + exception.getCause());
            Arrays.stream(exception.getCause().getStackTrace()).limit(30)
                    .forEach(frame -> session.err().println("    at " + frame));
        }
        return 250;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }
}
