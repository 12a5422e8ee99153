package bramble.cli;

import bramble.problem.Problem;
import bramble.problem.Source;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The file that {@code log_path} names: what is shown, with the time before it, without colours and secrets. */
final class LogFile {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS");
    /** Whose lines they are: all are of one, which {@code log_filter} may leave out. */
    static final String NAME = "ansible";
    private static final String WHO = " p=" + ProcessHandle.current().pid() + " u=" + System.getProperty("user.name")
            + " n=" + NAME + " | ";

    private final Path path;
    private final FileChannel file;
    private final UnaryOperator<String> masked;
    private final Consumer<Problem> problems;
    private final AtomicBoolean failed = new AtomicBoolean();

    private LogFile(Path path, FileChannel file, UnaryOperator<String> masked, Consumer<Problem> problems) {
        this.path = path;
        this.file = file;
        this.masked = masked;
        this.problems = problems;
    }

    /** Opens it; one that can't be written is warned of, and nothing is logged. */
    static Optional<LogFile> open(Path path, UnaryOperator<String> masked, Consumer<Problem> problems) {
        try {
            return Optional.of(new LogFile(path, FileChannel.open(path, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE, StandardOpenOption.APPEND), masked, problems));
        } catch (IOException e) {
            problems.accept(Problem.warning(Source.NONE, "Tried to log into " + path
                    + ", but it can't be written: " + e.getMessage(), "Nothing is logged; log_path names the file."));
            return Optional.empty();
        }
    }

    /** A stream whose lines are logged too. */
    PrintStream along(PrintStream shown) {
        return new PrintStream(shown, false, StandardCharsets.UTF_8) {
            @Override
            public void println(String text) {
                super.println(text);
                flush();
                add(text);
            }

            @Override
            public void println(Object object) {
                println(String.valueOf(object));
            }
        };
    }

    private void add(String shown) {
        String text = masked.apply(shown.replaceAll("\u001b\\[[0-9;]*m", "").replaceFirst("^\n+", ""));
        if (text.isEmpty() || failed.get()) {
            return;
        }
        String line = TIME.format(Instant.now().atZone(ZoneId.systemDefault())) + WHO + text + "\n";
        try {
            file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            if (!failed.getAndSet(true)) {
                problems.accept(Problem.warning(Source.NONE, "Tried to log into " + path + ", but: "
                        + e.getMessage(), "No more is logged."));
            }
        }
    }
}
