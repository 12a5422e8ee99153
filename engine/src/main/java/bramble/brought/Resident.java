package bramble.brought;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Undefined;
import bramble.value.Value;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One {@code python3} of the controller that stays, for what a playbook brings in Python besides modules. It is started when
 * it is first needed, and does one thing at a time; any thread may ask.
 */
public final class Resident implements AutoCloseable {
    private static final String PROGRAM = program();

    private final Path folder;
    private final LinkedBlockingQueue<Asked> queue = new LinkedBlockingQueue<>();
    private final CompletableFuture<Thread> worker = new CompletableFuture<>();

    /** What is asked; an empty request ends it. */
    private record Asked(Optional<String> request, CompletableFuture<MapValue> answer) {}

    /**
     * What came back.
     *
     * @param shown what was printed meanwhile
     */
    public record Said(Value value, String shown) {}

    /** Something in Python failed; the message is its own. */
    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String kind;
        private final String trace;
        private final transient Optional<Undefined> undefined;

        Failure(String message, String kind, String trace, Optional<Undefined> undefined) {
            super(message, null, false, false);
            this.kind = kind;
            this.trace = trace;
            this.undefined = undefined;
        }

        /** The undefined value that was used. */
        public Optional<Undefined> undefined() {
            return undefined;
        }

        /** The name of Python's exception. */
        public String kind() {
            return kind;
        }

        public String trace() {
            return trace;
        }
    }

    /** @param folder in which it works */
    public Resident(Path folder) {
        this.folder = folder;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param collections below which {@code ansible_collections} stands
     * @throws Failure where Python raised
     * @throws ProblemException where there is no Python, or it ended
     */
    public Said ask(String what, MapValue request, List<Path> collections, int verbosity) {
        if (worker.complete(Thread.ofVirtual().name("resident python").unstarted(this::work))) {
            worker.join().start();
        }
        var coded = new Coded();
        String line = Json.compact(
                ((MapValue) coded.sent(request)).with("do", what).with("verbosity", verbosity).with("collections",
                        Value.texts(collections.stream().map(Path::toString).toList())));
        var answer = new CompletableFuture<MapValue>();
        queue.add(new Asked(Optional.of(line), answer));
        try {
            MapValue said = answer.get();
            if (said.get("value").isPresent()) {
                return new Said(coded.meant(said.get("value").get()), text(said, "shown"));
            }
            throw new Failure(text(said, "error"), text(said, "kind"), text(said, "trace"),
                    said.get("undefined").flatMap(coded::undefined));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ProblemException problem ? problem : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(Source.NONE, "Tried to wait for Python, but the run was ended.");
        }
    }

    /** The texts of a list that came back. */
    public static List<String> texts(Said said) {
        return said.value() instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of();
    }

    private static String text(MapValue said, String name) {
        return said.get(name).map(PythonText::of).orElse("");
    }

    private void work() {
        Optional<Process> process = Optional.empty();
        while (true) {
            Asked asked;
            try {
                asked = queue.take();
            } catch (InterruptedException e) {
                process.ifPresent(Process::destroy);
                return;
            }
            if (asked.request().isEmpty()) {
                process.ifPresent(Process::destroy);
                return;
            }
            try {
                Process python = process.filter(Process::isAlive).orElse(null);
                if (python == null) {
                    python = start();
                    process = Optional.of(python);
                }
                asked.answer().complete(exchange(python, asked.request().get()));
            } catch (IOException e) {
                process.ifPresent(Process::destroy); // what is asked next is asked of another one
                process = Optional.empty();
                asked.answer().completeExceptionally(new ProblemException(Source.NONE,
                        "Tried to run Python, but " + e.getMessage() + "."));
            } catch (ProblemException e) {
                asked.answer().completeExceptionally(e);
            }
        }
    }

    private Process start() throws IOException {
        String python = Python.path().orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to run what the playbook brings in Python, but there is no python3 on this machine."));
        return new ProcessBuilder(python, "-c", PROGRAM).directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static MapValue exchange(Process python, String request) throws IOException {
        BufferedWriter to = python.outputWriter(StandardCharsets.UTF_8);
        BufferedReader from = python.inputReader(StandardCharsets.UTF_8);
        to.write(request);
        to.newLine();
        to.flush();
        String line = from.readLine();
        if (line == null) {
            throw new IOException("it ended without an answer");
        }
        return Json.parse(line) instanceof MapValue map ? map : MapValue.EMPTY;
    }

    private static String program() {
        try (InputStream in = Objects.requireNonNull(Resident.class.getResourceAsStream("resident.py"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        queue.add(new Asked(Optional.empty(), new CompletableFuture<>()));
    }
}
