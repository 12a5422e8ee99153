package bramble.modules.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.args.Schema;
import bramble.module.TaskModule;
import bramble.problem.Source;
import bramble.run.NodeTask;
import bramble.run.Overlay;
import bramble.shell.Sh;
import bramble.testkit.LocalNode;
import bramble.testkit.NoFiles;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects of Kubernetes through the real kubectl of this machine. There is no real cluster: the server is a stand-in of this
 * test's, which knows namespaces, config maps and secrets, keeps them in memory, and merges as RFC 7386 says. What a real
 * server adds to objects, refuses, or merges strategically isn't shown by it. Without kubectl the test is skipped.
 */
class K8sModuleTest {
    private final LocalNode node = LocalNode.plain();
    private final Server server = new Server();
    @TempDir
    private Path home; // where kubectl keeps what it has learned of a server

    @BeforeEach
    void needsKubectl() {
        assumeTrue(node.run(Sh.raw("command -v kubectl")).ok(), "no kubectl");
    }

    @AfterEach
    void close() {
        node.close();
        server.http.stop(0);
    }

    private <A extends Record, S> NodeTask.Ending run(TaskModule<A, S> module, boolean dry, Overlay overlay,
            String args)
            throws IOException, InterruptedException {
        var given = (MapValue) NodeValues
                .plain(YamlReader.read("host: " + server.url() + "\n" + args, "args", _ -> {}).getFirst());
        A bound = Schema.of(module.args()).bind(module.name(), given, Source.NONE, new NoFiles());
        return new NodeTask(node::ask, node.platform(), overlay, dry, Sh.raw("HOME=" + home + "\n")).run(module, bound);
    }

    private String changed(boolean dry, Overlay overlay, String args) throws IOException, InterruptedException {
        return switch (run(new K8sModule(), dry, overlay, args)) {
            case NodeTask.Ending.Done(var changes, var verdict) -> verdict.failure()
                    .orElseGet(
                            () -> verdict.changed() + " " + changes.stream().map(change -> change.subject()).toList());
            case NodeTask.Ending.Refused(String why, _) -> why;
            case NodeTask.Ending.Undetermined(String why) -> "undetermined: " + why;
        };
    }

    private String changed(String args) throws IOException, InterruptedException {
        Map<String, MapValue> before = Map.copyOf(server.objects);
        String foreseen = changed(true, new Overlay(), args);
        assertEquals(before, server.objects, "the dry run changed something");
        String done = changed(false, new Overlay(), args);
        assertEquals(done, foreseen, "what the dry run foresaw");
        return done;
    }

    private static final String MAP = """
            definition:
              kind: ConfigMap
              metadata: {name: lamps, namespace: default}
              data: {hall: "%s"}
            """;

    @Test
    void anObjectIsMadeChangedAndRemoved() throws Exception {
        assertEquals("true [ConfigMap default/lamps]", changed(MAP.formatted("on")));
        assertEquals("false []", changed(MAP.formatted("on")));
        assertEquals("true [ConfigMap default/lamps]", changed(MAP.formatted("off")));
        assertEquals("off",
                Tree.text(Objects.requireNonNull(server.objects.get("configmaps/default/lamps")), "data", "hall"));
        assertEquals("false []", changed("state: patched\n" + MAP.replace("lamps", "other").formatted("off")));
        assertEquals("true [ConfigMap default/lamps]", changed("force: yes\n" + MAP.formatted("dim")));
        assertEquals("true [ConfigMap default/lamps]", changed("state: absent\n" + MAP.formatted("on")));
        assertEquals("false []", changed("state: absent\nkind: ConfigMap\nname: lamps\nnamespace: default\n"));
    }

    @Test
    void theServerMakesAName() throws Exception {
        String lamps = "generate_name: lamps-\ndefinition: {kind: ConfigMap, metadata: {namespace: default}, data: {hall: dim}}\n";
        assertEquals("true [ConfigMap default/lamps-]", changed(lamps));
        assertEquals("true [ConfigMap default/lamps-]", changed(lamps));
        assertEquals(2,
                server.objects.keySet().stream().filter(key -> key.startsWith("configmaps/default/lamps-")).count());
        NodeTask.Ending ending = run(new K8sModule(), false, new Overlay(), lamps);
        assertTrue(ending instanceof NodeTask.Ending.Done(_, var verdict)
                && server.objects.containsKey(
                        "configmaps/default/" + Tree.text(verdict.results(), "result", "metadata", "name")),
                ending.toString());
        assertTrue(changed("apply: yes\n" + lamps).contains("can only be made"));
    }

    @Test
    void severalObjectsOfOneText() throws Exception {
        String two = """
                namespace: house
                definition: |
                  kind: Namespace
                  metadata: {name: house}
                  ---
                  kind: ConfigMap
                  apiVersion: v1
                  metadata: {name: lamps}
                  data: {hall: "on"}
                """;
        assertEquals("true [Namespace house, ConfigMap house/lamps]", changed(two));
        assertEquals("false []", changed(two));
    }

    @Test
    void whatComesAfterANamespaceThatIsOnlyForeseenIsUnknown() throws Exception {
        var overlay = new Overlay();
        changed(true, overlay, "kind: Namespace\nname: house\n");
        String next = changed(true, overlay, MAP.replace("default", "house").formatted("on"));

        assertEquals("undetermined: Namespace house would be made first", next);
        assertTrue(changed(MAP.replace("default", "house").formatted("on")).contains("namespaces \"house\" not found"));
    }

    @Test
    void aSecretIsNotShown() throws Exception {
        var ending = run(new K8sModule(), false, new Overlay(), """
                definition: {kind: Secret, metadata: {name: key, namespace: default}, stringData: {word: s3same}}
                """);

        assertTrue(ending instanceof NodeTask.Ending.Done(var changes, _) && !changes.toString().contains("s3same\",")
                && changes.getFirst().diff().equals(bramble.module.Diff.NONE), ending::toString);
    }

    @Test
    void objectsAreTold() throws Exception {
        changed(MAP.formatted("on"));
        var one = run(new K8sInfoModule(), false, new Overlay(), "kind: ConfigMap\nname: lamps\nnamespace: default\n");
        var all = run(new K8sInfoModule(), false, new Overlay(), "kind: ConfigMap\n");
        var none = run(new K8sInfoModule(), false, new Overlay(), "kind: Lamp\napi_version: house/v1\n");

        assertEquals("on", Tree.text(first(one), "data", "hall"));
        assertEquals("lamps", Tree.text(first(all), "metadata", "name"));
        assertTrue(none instanceof NodeTask.Ending.Done(_, var verdict) && !Tree.yes(verdict.results(), "api_found"),
                none::toString);
    }

    @Test
    void itIsDoneAsSomebodyElse() throws Exception {
        assertEquals("true [ConfigMap default/lamps]",
                changed("impersonate_user: gardener\nimpersonate_groups: [green, blue]\n" + MAP.formatted("on")));
        assertEquals(Set.of("gardener green,blue"), server.askedBy);
    }

    @Test
    void whoOneIsIsNoWordOfTheCommand() throws Exception {
        Path file = home.resolve("config");
        java.nio.file.Files.writeString(file, "{apiVersion: v1, kind: Config, current-context: farm}");
        Kube kube = Schema.of(K8sInfoModule.Args.class).bind("k8s_info",
                (MapValue) NodeValues.plain(YamlReader.read("{kind: Node, kubeconfig: " + file
                        + ", api_key: t0ken, username: me, password: s3same}", "args", _ -> {}).getFirst()),
                Source.NONE, new NoFiles()).kube();
        Sh call = kube.run(java.util.List.of("config", "view", "--raw", "--output", "json"));
        Value told = Json.parse(node.run(Sh.of("export TMPDIR={}\n{}", home, call)).text());

        assertEquals("farm", Tree.text(told, "current-context"));
        assertEquals(
                "{\"name\": \"bramble\", \"user\": {\"token\": \"t0ken\", \"username\": \"me\", \"password\": \"s3same\"}}",
                Json.compact(Tree.list(told, "users").getFirst()));
        assertTrue(call.source().endsWith(" kubectl --user bramble config view --raw --output json); }"), call::source);
        assertTrue(!call.toString().matches("(?s).*(t0ken|s3same).*"), call::toString);
        try (var left = java.nio.file.Files.list(home)) {
            assertEquals(java.util.List.of(file), left.toList());
        }
    }

    @Test
    void fieldsThatTheKindHasNot() throws Exception {
        String odd = MAP.formatted("on").replace("kind: ConfigMap", "kind: ConfigMap\n  colour: red");
        String strictly = "validate: {fail_on_error: yes}\n";
        String refused = "Tried to look after ConfigMap default/lamps, but kubectl says: Error from server (BadRequest):";

        String made = changed(true, new Overlay(), strictly + odd);
        assertTrue(made.startsWith(refused) && made.endsWith("unknown field \"colour\""), made);
        server.objects.put("configmaps/default/lamps", (MapValue) Json.parse("""
                {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "lamps", "namespace": "default"}}"""));
        String merged = changed(true, new Overlay(), strictly + odd);
        assertTrue(merged.startsWith(refused) && merged.endsWith("unknown field \"colour\""), merged);
        assertTrue(!merged.contains("hall"), merged);
        NodeTask.Ending warned = run(new K8sModule(), true, new Overlay(), "validate: {}\n" + odd);
        assertTrue(warned instanceof NodeTask.Ending.Done(_, var verdict) && Tree.list(verdict.results(), "warnings")
                .equals(java.util.List.of(Value.text("ConfigMap default/lamps: unknown field \"colour\""))),
                warned::toString);
    }

    @Test
    void anObjectGoesAsItIsSaid() throws Exception {
        changed(MAP.formatted("on"));
        assertEquals("value of propagationPolicy must be one of: Foreground, Background, Orphan, got: Sideways found in"
                + " delete_options",
                changed("state: absent\ndelete_options: {propagationPolicy: Sideways}\n"
                        + MAP.formatted("on")));
        assertEquals("true [ConfigMap default/lamps]", changed(
                "state: absent\ndelete_options: {propagationPolicy: Orphan, gracePeriodSeconds: 0}\n"
                        + MAP.formatted("on")));
        assertTrue(server.removals.toString().contains("\"propagationPolicy\":\"Orphan\""), server.removals::toString);
    }

    @Test
    void objectsAreWaitedFor() throws Exception {
        server.objects.put("configmaps/default/lamps", (MapValue) Json.parse("""
                {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "lamps", "namespace": "default"},
                 "status": {"conditions": [{"type": "Lit", "status": "True"}]}}"""));
        String asked = "kind: ConfigMap\nname: lamps\nnamespace: default\nwait: yes\n";

        assertEquals("lamps", Tree.text(first(run(new K8sInfoModule(), true, new Overlay(), asked
                + "wait_condition: {type: Lit}\n")), "metadata", "name"));
        assertEquals("lamps", Tree.text(first(run(new K8sInfoModule(), false, new Overlay(), asked)), "metadata",
                "name"), "a kind of which nobody knows when it is ready");
        assertTrue(run(new K8sInfoModule(), false, new Overlay(), asked.replace("lamps", "other")
                + "wait_condition: {type: Lit}\nwait_timeout: 0\n").toString()
                .contains("there are none after 0 seconds"));
    }

    @Test
    void aProxyIsInTheEnvironment() {
        var given = (MapValue) NodeValues.plain(YamlReader
                .read("""
                        {kind: Node, proxy: 'http://proxy.lan:3128', no_proxy: .lan, proxy_headers: {proxy_basic_auth: 'me:s3same'}}
                        """,
                        "args", _ -> {})
                .getFirst());
        K8sInfoModule.Args args = Schema.of(K8sInfoModule.Args.class).bind("k8s_info", given, Source.NONE,
                new NoFiles());

        assertEquals("HTTPS_PROXY=http://me:s3same@proxy.lan:3128 HTTP_PROXY=http://me:s3same@proxy.lan:3128"
                + " NO_PROXY=.lan kubectl get", args.kube().run(java.util.List.of("get")).source());
        assertEquals("HTTPS_PROXY=*** HTTP_PROXY=*** NO_PROXY=.lan kubectl get",
                args.kube().run(java.util.List.of("get")).toString());
    }

    private static Value first(NodeTask.Ending ending) {
        return ending instanceof NodeTask.Ending.Done(_, var verdict)
                ? Tree.list(verdict.results(), "resources").getFirst()
                : MapValue.of("ending", ending.toString());
    }

    /** Stands in for the server of a cluster. */
    private static final class Server {
        private static final Map<String, String> KINDS = Map.of("namespaces", "Namespace", "configmaps", "ConfigMap",
                "secrets", "Secret");
        private final Map<String, MapValue> objects = new ConcurrentHashMap<>();
        private final Set<String> askedBy = ConcurrentHashMap.newKeySet();
        private final Set<String> removals = ConcurrentHashMap.newKeySet();
        private final HttpServer http;

        Server() {
            try {
                http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            http.createContext("/", this::answer);
            http.start();
            objects.put("namespaces//default",
                    MapValue.of("kind", "Namespace", "apiVersion", "v1", "metadata", MapValue.of("name", "default")));
        }

        String url() {
            return "http://127.0.0.1:" + http.getAddress().getPort();
        }

        private void answer(HttpExchange exchange) throws IOException {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Impersonate-User")).ifPresent(who -> askedBy
                    .add(who + " " + String.join(",", exchange.getRequestHeaders().get("Impersonate-Group"))));
            if (exchange.getRequestMethod().equals("DELETE")) {
                removals.add(new String(body, StandardCharsets.UTF_8));
            }
            Value answer = switch (path) {
                case "/api" -> MapValue.of("kind", "APIVersions", "versions", java.util.List.of("v1"));
                case "/apis" -> MapValue.of("kind", "APIGroupList", "apiVersion", "v1", "groups", java.util.List.of());
                case "/api/v1" -> resources();
                case "/openapi/v3" -> MapValue.of("paths",
                        MapValue.of("api/v1", MapValue.of("serverRelativeURL", "/openapi/v3/api/v1")));
                case "/openapi/v3/api/v1" -> MapValue.of("openapi", "3.0.0", "paths", MapValue.of("/configmaps/{name}",
                        MapValue.of("patch", MapValue.of("x-kubernetes-group-version-kind",
                                MapValue.of("group", "", "version", "v1", "kind", "ConfigMap"), "parameters",
                                java.util.List.of(MapValue.of("name", "fieldValidation", "in", "query"))))));
                case "/version" -> MapValue.of("major", "1", "minor", "32", "gitVersion", "v1.32.0");
                default -> path.startsWith("/api/v1/")
                        ? object(exchange, path.substring(8), new String(body, StandardCharsets.UTF_8))
                        : status(404, "NotFound", "no such page");
            };
            int code = Tree.text(answer, "kind").equals("Status") && Tree.number(answer, "code") > 0
                    ? (int) Tree.number(answer, "code")
                    : 200;
            byte[] text = Json.compact(answer).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(code, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        }

        private static Value resources() {
            var list = KINDS.entrySet().stream().<Value>map(kind -> MapValue.of("name", kind.getKey(), "singularName",
                    kind.getValue().toLowerCase(java.util.Locale.ROOT), "kind", kind.getValue(), "namespaced",
                    !kind.getKey().equals("namespaces"), "verbs",
                    java.util.List.of("get", "list", "create", "patch", "update", "delete", "watch"))).toList();
            return MapValue.of("kind", "APIResourceList", "apiVersion", "v1", "groupVersion", "v1", "resources",
                    new ListValue(list));
        }

        private static MapValue status(int code, String reason, String message) {
            return MapValue.of("kind", "Status", "apiVersion", "v1", "status", "Failure", "code", code, "reason",
                    reason, "message", message);
        }

        private Value object(HttpExchange exchange, String rest, String body) {
            String[] parts = rest.split("/", -1);
            boolean spaced = parts.length > 2 && parts[0].equals("namespaces");
            String space = spaced ? parts[1] : "";
            String kind = spaced ? parts[2] : parts[0];
            int at = spaced ? 3 : 1;
            boolean dry = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("").contains("dryRun=All");
            Value given = Json.tryParse(body).orElse(MapValue.EMPTY);
            if (Tree.map(given).containsKey("colour")) {
                String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
                if (query.contains("fieldValidation=Strict")) {
                    return status(400, "BadRequest", "strict decoding error: unknown field \"colour\"");
                }
                if (query.contains("fieldValidation=Warn")) {
                    exchange.getResponseHeaders().set("Warning", "299 - \"unknown field \\\"colour\\\"\"");
                }
            }
            String beginning = Tree.text(given, "metadata", "generateName");
            if (parts.length <= at && !beginning.isEmpty() && Tree.text(given, "metadata", "name").isEmpty()) {
                given = MapValue.named(Tree.map(given)).with("metadata", MapValue.named(Tree.map(given, "metadata"))
                        .with("name", beginning + objects.size()));
            }
            String name = parts.length > at ? parts[at] : Tree.text(given, "metadata", "name");
            String key = kind + "/" + space + "/" + name;
            MapValue now = objects.get(key);
            if (exchange.getRequestMethod().equals("GET") && parts.length <= at) {
                return MapValue.of("kind", KINDS.get(kind) + "List", "apiVersion", "v1", "metadata", MapValue.EMPTY,
                        "items",
                        new ListValue(objects.entrySet().stream()
                                .filter(entry -> entry.getKey().startsWith(kind + "/" + space))
                                .<Value>map(Map.Entry::getValue).toList()));
            }
            if (!space.isEmpty() && !objects.containsKey("namespaces//" + space)) {
                return status(404, "NotFound", "namespaces \"" + space + "\" not found");
            }
            if (now == null && !exchange.getRequestMethod().equals("POST")) {
                return status(404, "NotFound", kind + " \"" + name + "\" not found");
            }
            MapValue next = switch (exchange.getRequestMethod()) {
                case "POST", "PUT" -> MapValue.named(Tree.map(given));
                case "PATCH" -> (MapValue) merged(now == null ? MapValue.EMPTY : now, given);
                default -> now == null ? MapValue.EMPTY : now;
            };
            if (exchange.getRequestMethod().equals("DELETE")) {
                objects.remove(key);
                return MapValue.of("kind", "Status", "apiVersion", "v1", "status", "Success");
            }
            if (!dry && !exchange.getRequestMethod().equals("GET")) {
                MapValue metadata = MapValue.named(Tree.map(next, "metadata")).with("resourceVersion",
                        String.valueOf(objects.size()) + body.length());
                next = next.with("metadata", metadata);
                objects.put(key, next);
            }
            return next;
        }

        private static Value merged(Value into, Value patch) {
            if (!(patch instanceof MapValue map)) {
                return patch;
            }
            var all = new TreeMap<String, Value>(Tree.map(into));
            map.byName().forEach((name, value) -> {
                if (value instanceof bramble.value.None) {
                    all.remove(name);
                } else {
                    all.put(name, merged(all.getOrDefault(name, MapValue.EMPTY), value));
                }
            });
            return MapValue.named(all);
        }
    }
}
