package bramble.cli;

import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small Galaxy server on loopback: roles by version 1 of the interface, collections by version 3. */
final class GalaxyStub implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Map<String, MapValue>> collections = new ConcurrentHashMap<>();
    private final Map<String, String> sums = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Optional<String> authorization;

    /** @param authorization the header without which it lets nobody in */
    GalaxyStub(Optional<String> authorization) throws IOException {
        this.authorization = authorization;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked for, each with the header that said who asks. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    void file(String name, byte[] bytes) {
        files.put(name, bytes);
    }

    /** A collection's archive, and what it depends on. */
    void collection(String namespace, String name, String version, byte[] archive, Map<String, String> dependencies) {
        String file = namespace + "-" + name + "-" + version + ".tar.gz";
        files.put(file, archive);
        sums.put(file, sha256(archive));
        MapValue needs = MapValue.EMPTY;
        for (Map.Entry<String, String> one : dependencies.entrySet()) {
            needs = needs.with(one.getKey(), one.getValue());
        }
        collections.computeIfAbsent(namespace + "/" + name, _ -> new ConcurrentHashMap<>()).put(version, needs);
    }

    /** From now on it says a checksum that is wrong. */
    void lie(String file) {
        sums.put(file, "0".repeat(64));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        String path = exchange.getRequestURI().getPath();
        asked.add(path + " " + header);
        try (exchange) {
            if (authorization.isPresent() && !authorization.get().equals(header)) {
                send(exchange, 401, new byte[0]);
            } else if (path.startsWith("/dl/") && files.containsKey(path.substring(4))) {
                send(exchange, 200, files.get(path.substring(4)));
            } else if (path.startsWith("/moved/")) {
                exchange.getResponseHeaders().add("Location", "/dl/" + path.substring(7));
                send(exchange, 302, new byte[0]);
            } else {
                Optional<Value> said = said(path, String.valueOf(exchange.getRequestURI().getQuery()));
                send(exchange, said.isPresent() ? 200 : 404,
                        said.map(Json::compact).orElse("{}").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private Optional<Value> said(String path, String query) {
        if (path.equals("/api/")) {
            return Optional.of(MapValue.of("available_versions", MapValue.of("v1", "v1/", "v3", "v3/")));
        }
        if (path.equals("/api/v1/roles/")) {
            return Optional.of(MapValue.of("results", query.contains("name=web")
                    ? ListValue.of(MapValue.of("id", 7, "github_user", "geer", "github_repo", "ansible-role-web",
                            "github_branch", "main", "description", "a web role"))
                    : ListValue.EMPTY));
        }
        if (path.equals("/api/v1/roles/7/versions/")) {
            return Optional.of(MapValue.of("results", ListValue.of(role("1.0.0"), role("1.10.0"), role("1.2.0"))));
        }
        if (path.equals("/api/v1/search/roles/")) {
            return Optional.of(MapValue.of("results", query.contains("autocomplete=web")
                    ? ListValue.of(MapValue.of("username", "geer", "name", "web", "description", "a web role"))
                    : ListValue.EMPTY));
        }
        String[] words = path.split("/", -1);
        if (path.startsWith("/api/v3/collections/") && words.length >= 8) {
            return collection(words[4], words[5], words[7], query);
        }
        return Optional.empty();
    }

    private MapValue role(String version) {
        return MapValue.of("name", version, "download_url", url() + "/moved/web-" + version + ".tar.gz");
    }

    private Optional<Value> collection(String namespace, String name, String version, String query) {
        Map<String, MapValue> versions = collections.get(namespace + "/" + name);
        if (versions == null) {
            return Optional.empty();
        }
        if (version.isEmpty()) { // a page each
            List<String> sorted = versions.keySet().stream().sorted().toList();
            int page = query.contains("offset=") ? Integer.parseInt(query.replaceFirst(".*offset=", "")) : 0;
            return Optional.of(MapValue.of("data", ListValue.of(MapValue.of("version", sorted.get(page))), "links",
                    MapValue.of("next", page + 1 < sorted.size()
                            ? "/api/v3/collections/" + namespace + "/" + name + "/versions/?offset=" + (page + 1)
                            : null)));
        }
        String file = namespace + "-" + name + "-" + version + ".tar.gz";
        return Optional.ofNullable(versions.get(version)).map(needs -> MapValue.of("version", version, "download_url",
                url() + "/dl/" + file, "artifact", MapValue.of("sha256", sums.get(file)), "metadata",
                MapValue.of("dependencies", needs), "href",
                "/api/v3/collections/" + namespace + "/" + name + "/versions/" + version + "/"));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
