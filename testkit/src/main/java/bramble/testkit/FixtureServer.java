package bramble.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A small web server on one address of this machine, with the files of a folder. The query of a URL says what else it does:
 * {@code status=503}, {@code user=a:b} who is let in, {@code to=/x} a redirect, {@code chunked=1}, {@code cut=3} bytes too few.
 * {@code /echo} tells in JSON what was asked.
 */
public final class FixtureServer implements AutoCloseable {
    private final Path folder;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    public FixtureServer(String address, Path folder) {
        this.folder = folder;
        try {
            server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** {@code http://address:port}. */
    public String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] asked = exchange.getRequestBody().readAllBytes();
            Map<String, String> wish = wishes(exchange.getRequestURI().getQuery());
            String path = exchange.getRequestURI().getPath();
            Path file = folder.resolve(path.substring(1)).normalize();
            String login = "Basic "
                    + Base64.getEncoder()
                            .encodeToString(wish.getOrDefault("user", "").getBytes(StandardCharsets.UTF_8));
            if (wish.containsKey("user") && !login.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
                send(exchange, 401, "who is there?".getBytes(StandardCharsets.UTF_8), wish);
            } else if (wish.containsKey("digest") && !knows(wish.get("digest"), exchange)) {
                exchange.getResponseHeaders().set("WWW-Authenticate",
                        "Digest realm=\"here\", nonce=\"once\", qop=\"auth,auth-int\", algorithm=SHA-256");
                send(exchange, 401, "who is there?".getBytes(StandardCharsets.UTF_8), wish);
            } else if (wish.containsKey("to")) {
                exchange.getResponseHeaders().set("Location", wish.get("to"));
                send(exchange, Integer.parseInt(wish.getOrDefault("status", "302")), new byte[0], wish);
            } else if (path.equals("/echo")) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                send(exchange, Integer.parseInt(wish.getOrDefault("status", "200")), echo(exchange, asked), wish);
            } else if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
                send(exchange, 404, "no such file".getBytes(StandardCharsets.UTF_8), wish);
            } else {
                file(exchange, file, wish);
            }
        }
    }

    private static void file(HttpExchange exchange, Path file, Map<String, String> wish) throws IOException {
        if (wish.containsKey("name")) {
            exchange.getResponseHeaders().set("Content-Disposition",
                    "attachment; filename=\"" + wish.get("name") + "\"");
        }
        Instant time = Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS);
        String since = exchange.getRequestHeaders().getFirst("If-Modified-Since");
        exchange.getResponseHeaders().set("Last-Modified",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC)));
        if (since != null && !time.isAfter(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(since)))) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        send(exchange, Integer.parseInt(wish.getOrDefault("status", "200")), Files.readAllBytes(file), wish);
    }

    /** Whether the digest is that of {@code user:password}. */
    private static boolean knows(String login, HttpExchange exchange) {
        String given = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        Map<String, String> words = new HashMap<>();
        Matcher matcher = Pattern.compile("(\\w+)=\"?([^\",]*)").matcher(given);
        while (matcher.find()) {
            words.put(matcher.group(1), matcher.group(2));
        }
        String[] who = login.split(":", 2);
        String expected = hash(hash(who[0] + ":here:" + who[1]) + ":once:" + words.get("nc") + ":" + words.get("cnonce")
                + ":auth:" + hash(exchange.getRequestMethod() + ":" + exchange.getRequestURI()));
        return given.startsWith("Digest ") && expected.equals(words.get("response"));
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body, Map<String, String> wish)
            throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, wish.containsKey("chunked") ? 0 : body.length == 0 ? -1 : body.length);
        if (wish.containsKey("cut")) {
            exchange.getResponseBody().write(body, 0, body.length - Integer.parseInt(wish.get("cut")));
            exchange.getResponseBody().flush();
            return;
        }
        if (body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static byte[] echo(HttpExchange exchange, byte[] body) {
        String headers = exchange.getRequestHeaders().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(entry -> text(entry.getKey()) + ": " + text(String.join(",", entry.getValue())))
                .collect(Collectors.joining(", "));
        return ("{\"method\": " + text(exchange.getRequestMethod()) + ", \"path\": "
                + text(exchange.getRequestURI().toString()) + ", \"body\": "
                + text(new String(body, StandardCharsets.UTF_8)) + ", \"headers\": {" + headers + "}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private static Map<String, String> wishes(@org.jspecify.annotations.Nullable String query) {
        List<String> pairs = query == null ? List.of() : Arrays.asList(query.split("&", -1));
        return pairs.stream().map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length > 1 ? pair[1] : "", (a, _) -> a));
    }
}
