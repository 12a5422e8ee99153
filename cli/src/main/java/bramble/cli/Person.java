package bramble.cli;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The person at the terminal. */
final class Person implements Terminal {
    private static final Path TERMINAL = Path.of("/dev/tty");

    private final PrintStream out;

    Person(PrintStream out) {
        this.out = out;
    }

    /** The terminal, if somebody sits at one. */
    static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }

    @Override
    public boolean attended() {
        return console().isPresent();
    }

    /** What a person types who is asked for a password; where nobody is there to ask, that is an error. */
    static String password(Terminal person, String question) {
        return person.ask(question, false).orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                "Tried to ask \"" + question.strip() + "\", but standard input ended before anything was typed.",
                "Call it at a terminal, pipe the password in, or name a file with it: --vault-password-file, "
                        + "--connection-password-file or --become-password-file.")));
    }

    /** A line, and no byte more: who asks next gets the next one. */
    private static Optional<String> line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        int c = in.read();
        boolean any = c >= 0;
        for (; c >= 0 && c != '\n'; c = in.read()) {
            bytes.write(c);
        }
        return any ? Optional.of(bytes.toString(Charset.defaultCharset()).replaceFirst("\r$", "")) : Optional.empty();
    }

    /** Whether a standard stream of this program is a terminal: 0 for input, 1 for output, 2 for errors. */
    static boolean isTerminal(int stream) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream)).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty") || file.equals("/dev/console");
        } catch (IOException e) {
            return console().isPresent(); // a system without /proc
        }
    }

    /** Whether a terminal is there to ask at, wherever the output goes. */
    static boolean reachable() {
        return console().isPresent() || isTerminal(0) || isTerminal(1) || isTerminal(2);
    }

    @Override
    public Optional<String> ask(String question, boolean echo) {
        Console console = console().orElse(null);
        if (console != null) {
            if (echo) {
                return Optional.ofNullable(console.readLine("%s", question));
            }
            char[] typed = console.readPassword("%s", question);
            return typed == null ? Optional.empty() : Optional.of(new String(typed));
        }
        if (!echo && (isTerminal(0) || isTerminal(1) || isTerminal(2))) {
            try (InputStream in = Files.newInputStream(TERMINAL);
                    var screen = new PrintStream(Files.newOutputStream(TERMINAL), true, Charset.defaultCharset())) {
                return unseen(question, in, screen);
            } catch (IOException _) {
                // it belongs to others; who is there is asked by the streams
            }
        }
        out.print(question);
        out.flush();
        try {
            return line(System.in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks at the terminal itself, of which a standard stream has gone to a file or a pipe; nothing typed is shown. */
    private static Optional<String> unseen(String question, InputStream in, PrintStream screen) throws IOException {
        try (var _ = new ExitHook(() -> echo("echo"))) {
            echo("-echo");
            screen.print(question);
            screen.flush();
            return line(in);
        } finally {
            echo("echo");
            screen.println();
        }
    }

    private static void echo(String setting) {
        try {
            new ProcessBuilder("stty", setting).redirectInput(TERMINAL.toFile()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to hide what is typed, but there is no program stty", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
