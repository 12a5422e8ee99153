package bramble.run;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Keeps facts in a Redis server: the cache {@code redis}. A server that does not answer is told of, and then facts last as
 * long as the run.
 *
 * @param prefix of the keys; the rest is the host's name
 * @param lifetime after which the server forgets; zero for never
 * @param kept what of a host's facts may be kept
 * @param trouble is told once why nothing is kept
 * @param lost whether the server is given up for the rest of the run
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">the server's protocol</a>
 */
public record FactRedis(Server server, String prefix, Duration lifetime, KeepableFacts kept, Consumer<String> trouble,
        AtomicBoolean lost) implements FactCache {
    private static final int PATIENCE = 3_000;

    /** A cache whose server nobody has tried to reach yet. */
    public FactRedis(Server server, String prefix, Duration lifetime, KeepableFacts kept, Consumer<String> trouble) {
        this(server, prefix, lifetime, kept, trouble, new AtomicBoolean());
    }

    /** Where the server is. */
    public record Server(String host, int port, int database, Optional<String> password) {

        /** As {@code fact_caching_connection} has it: {@code host:port:database:password}, from the left as much as is needed. */
        public static Server of(String text) {
            String[] parts = text.strip().split(":", 4);
            try {
                return new Server(parts[0].isEmpty() ? "localhost" : parts[0],
                        parts.length > 1 ? Integer.parseInt(parts[1]) : 6379,
                        parts.length > 2 ? Integer.parseInt(parts[2]) : 0,
                        parts.length > 3 ? Optional.of(parts[3]) : Optional.empty());
            } catch (NumberFormatException e) {
                throw new ProblemException(Source.NONE, "Tried to read fact_caching_connection, but expected "
                        + "host:port:database:password, port and database in digits.");
            }
        }
    }

    @Override
    public Optional<MapValue> read(String host) {
        return asked(List.of("GET", prefix + host)).flatMap(text -> {
            try {
                return Optional.of(Json.parse(text)).filter(MapValue.class::isInstance).map(MapValue.class::cast);
            } catch (ProblemException e) {
                return Optional.empty(); // as if nothing were kept: the facts are read again
            }
        });
    }

    @Override
    public void write(String host, MapValue facts) {
        String text = Json.compact(kept.of(facts));
        asked(lifetime.isZero()
                ? List.of("SET", prefix + host, text)
                : List.of("SETEX", prefix + host, Long.toString(lifetime.toSeconds()), text));
    }

    @Override
    public void forget(String host) {
        asked(List.of("DEL", prefix + host));
    }

    private Optional<String> asked(List<String> command) {
        if (lost.get()) {
            return Optional.empty();
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.host, server.port), PATIENCE);
            socket.setSoTimeout(PATIENCE);
            var answers = new BufferedInputStream(socket.getInputStream());
            if (server.password.isPresent()) {
                socket.getOutputStream().write(frame(List.of("AUTH", server.password.get())));
                answer(answers);
            }
            socket.getOutputStream().write(frame(List.of("SELECT", Integer.toString(server.database))));
            answer(answers);
            socket.getOutputStream().write(frame(command));
            return answer(answers);
        } catch (IOException e) {
            if (!lost.getAndSet(true)) {
                trouble.accept("Tried to keep facts in the Redis server " + server.host + ":" + server.port + ", but "
                        + e.getMessage() + ". Facts last as long as this run.");
            }
            return Optional.empty();
        }
    }

    private static byte[] frame(List<String> words) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("*" + words.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (String word : words) {
            byte[] one = word.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(("$" + one.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(one);
            bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static Optional<String> answer(InputStream in) throws IOException {
        String line = line(in);
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+', ':' -> Optional.of(line.substring(1));
            case '$' -> {
                int length = length(line);
                if (length < 0) {
                    yield Optional.empty();
                }
                String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                line(in);
                yield Optional.of(text);
            }
            default -> throw new IOException("it answers: " + line);
        };
    }

    private static int length(String line) throws IOException {
        try {
            return Integer.parseInt(line.substring(1));
        } catch (NumberFormatException e) {
            throw new IOException("it does not speak Redis's protocol", e);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new IOException("it ended the connection");
            }
            line.append((char) c);
        }
        if (in.read() != '\n') {
            throw new IOException("it does not speak Redis's protocol");
        }
        return line.toString();
    }
}
