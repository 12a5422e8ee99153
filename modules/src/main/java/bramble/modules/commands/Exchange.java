package bramble.modules.commands;

import bramble.regex.PythonRegex;
import bramble.shell.Remote;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What is answered to the questions of a program. Of several questions in what it printed the first one counts, as pexpect has it.
 *
 * @param patience in seconds, for each question; 0 or less for no end
 */
record Exchange(List<Question> questions, int patience) {
    static final String LATE = "command exceeded timeout";
    private static final int CHUNKS = 64;

    /** A question: over bytes as they come, a character each. */
    private record Question(String text, PythonRegex pattern, Optional<List<String>> inTurn, String always) {}

    /**
     * How it ended.
     *
     * @param status -1 if it didn't by itself
     * @param failure a sentence, if it failed
     */
    record End(int status, byte[] output, Optional<String> failure) {}

    /** @throws bramble.regex.RegexException if a question is no regular expression */
    static Exchange of(MapValue responses, int patience) {
        var questions = new ArrayList<Question>();
        responses.byName().forEach((text, answer) -> questions.add(new Question(text,
                PythonRegex.compile(bytes(text), PythonRegex.Flag.DOTALL), answer instanceof ListValue list
                        ? Optional.of(list.items().stream().map(Exchange::line).toList())
                        : Optional.empty(),
                line(answer))));
        return new Exchange(List.copyOf(questions), patience);
    }

    private static String line(Value answer) {
        return PythonText.of(answer).replaceFirst("\\n+\\z", "") + "\n";
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Talks with it until it ends, or has to be ended. */
    End with(Remote remote) throws InterruptedException, IOException {
        BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>(CHUNKS);
        Thread reader = Thread.ofVirtual().start(() -> read(remote, chunks));
        var output = new ByteArrayOutputStream();
        var open = new StringBuilder();
        int[] asked = new int[questions.size()];
        try {
            while (true) {
                Optional<byte[]> next = patience > 0
                        ? Optional.ofNullable(chunks.poll(patience, TimeUnit.SECONDS))
                        : Optional.of(chunks.take());
                if (next.isEmpty()) {
                    return new End(-1, output.toByteArray(), Optional.of(LATE));
                }
                byte[] chunk = next.get();
                if (chunk.length == 0) {
                    int status = remote.waitFor();
                    return new End(status, output.toByteArray(),
                            status < 0
                                    ? Optional.of("the program was ended, or the connection broke")
                                    : Optional.empty());
                }
                output.writeBytes(chunk);
                open.append(new String(chunk, StandardCharsets.ISO_8859_1));
                Optional<String> failure = answered(remote, open, asked);
                if (failure.isPresent()) {
                    return new End(-1, output.toByteArray(), failure);
                }
            }
        } finally {
            remote.close();
            reader.interrupt();
        }
    }

    private static void read(Remote remote, BlockingQueue<byte[]> chunks) {
        byte[] buffer = new byte[8192];
        try {
            try {
                for (int n; (n = remote.out().read(buffer)) >= 0;) {
                    if (n > 0) {
                        chunks.put(Arrays.copyOf(buffer, n));
                    }
                }
            } catch (IOException _) {
                // a terminal that is hung up ends so
            }
            chunks.put(new byte[0]);
        } catch (InterruptedException _) {
            // nobody listens any more
        }
    }

    /** Answers all questions in what is open; a sentence where there is no answer left. */
    private Optional<String> answered(Remote remote, StringBuilder open, int[] asked) throws IOException {
        while (true) {
            int first = -1;
            Optional<PythonRegex.Found> nearest = Optional.empty();
            for (int i = 0; i < questions.size(); i++) {
                Optional<PythonRegex.Found> found = questions.get(i).pattern().search(open.toString());
                if (found.isPresent() && (nearest.isEmpty() || found.get().start() < nearest.get().start())) {
                    nearest = found;
                    first = i;
                }
            }
            if (nearest.isEmpty()) {
                return Optional.empty();
            }
            PythonRegex.Found at = nearest.get();
            Question question = questions.get(first);
            int turn = asked[first]++;
            if (question.inTurn().isPresent() && turn >= question.inTurn().get().size()) {
                return Optional.of("No remaining responses for '" + question.text() + "', output was '"
                        + new String(open.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                                .strip()
                        + "'");
            }
            String answer = question.inTurn().map(list -> list.get(turn)).orElse(question.always());
            open.delete(0, Math.max(at.end(), at.start() + 1));
            remote.in().write(answer.getBytes(StandardCharsets.UTF_8));
            remote.in().flush();
        }
    }
}
