package bramble.cli;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Optional;

/** The person at the terminal. */
final class Person implements Terminal {
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

    /** A line of standard input, and no byte more: who asks next gets the next one. */
    private static Optional<String> line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        int c = System.in.read();
        boolean any = c >= 0;
        for (; c >= 0 && c != '\n'; c = System.in.read()) {
            bytes.write(c);
        }
        return any ? Optional.of(bytes.toString(Charset.defaultCharset()).replaceFirst("\r$", "")) : Optional.empty();
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
        out.print(question);
        out.flush();
        try {
            return line();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
