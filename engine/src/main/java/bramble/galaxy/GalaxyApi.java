package bramble.galaxy;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Galaxy server has: collections by version 3 of its interface, roles by version 1.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/galaxy/user_guide.html">Galaxy's user guide</a>
 */
public final class GalaxyApi {
    private static final int PAGES = 1000;

    private final GalaxyServer server;
    private final Web web;
    private final Map<String, Value> asked = new HashMap<>();
    private Optional<Roots> roots = Optional.empty();
    private Optional<String> authorization = Optional.empty();

    /** Where the interfaces are. */
    private record Roots(URI api, Optional<URI> v1, Optional<URI> v3) {}

    /**
     * A version of a collection that a server has.
     *
     * @param dependencies ranges by name
     */
    public record Release(CollectionName name, Version version, String download, Optional<String> sha256,
            Map<String, String> dependencies, String href, GalaxyServer server) {}

    /** A role that a server knows. */
    public record KnownRole(String owner, String name, MapValue about) {}

    /** A version of a role. */
    public record RoleVersion(String name, Optional<String> download) {}

    public GalaxyApi(GalaxyServer server, Web web) {
        this.server = server;
        this.web = web;
    }

    public GalaxyServer server() {
        return server;
    }

    /** A request that shows who one is, if it is this server that is asked. */
    public Web.Request request(String url) {
        URI address = Web.address(url);
        return new Web.Request(address, Web.sameServer(address, Web.address(server.url()))
                ? authorization()
                : Optional.empty(), server.checkCertificates());
    }

    private Optional<String> authorization() {
        if (authorization.isEmpty()) {
            authorization = switch (server.credentials()) {
                case GalaxyServer.Credentials.Nobody _ -> Optional.empty();
                case GalaxyServer.Credentials.Token(String token) -> Optional.of("Token " + token);
                case GalaxyServer.Credentials.Password(String user, String password) -> Optional.of("Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
                case GalaxyServer.Credentials.Offline offline -> Optional.of("Bearer " + exchanged(offline));
            };
        }
        return authorization;
    }

    /** @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-6">RFC 6749, 6</a> */
    private String exchanged(GalaxyServer.Credentials.Offline offline) {
        Value answer = web.form(Web.address(offline.authUrl()), "grant_type=refresh_token&client_id="
                + encoded(offline.client().orElse("cloud-services")) + "&refresh_token=" + encoded(offline.token()),
                server.checkCertificates());
        return text(answer, "access_token").orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to get a token of " + Web.shown(offline.authUrl()) + ", but its answer has none."));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Optional<Value> ask(URI address) {
        String key = address.toString();
        Value known = asked.get(key);
        if (known == null) {
            known = web.json(request(key)).orElse(null);
            if (known != null) {
                asked.put(key, known);
            }
        }
        return Optional.ofNullable(known);
    }

    private Roots roots() {
        if (roots.isEmpty()) {
            URI base = Web.address(server.url().endsWith("/") ? server.url() : server.url() + "/");
            roots = root(base)
                    .or(() -> base.getPath().endsWith("/api/") ? Optional.empty() : root(base.resolve("api/")));
        }
        return roots.orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to ask " + Web.shown(server.url()) + ", but it doesn't answer like a Galaxy server."));
    }

    private Optional<Roots> root(URI base) {
        return ask(base).flatMap(answer -> field(answer, "available_versions"))
                .map(versions -> new Roots(base, text(versions, "v1").map(base::resolve),
                        text(versions, "v3").map(base::resolve)));
    }

    private URI v3(CollectionName name) {
        return roots().v3.orElseThrow(() -> new ProblemException(Source.NONE, "Tried to ask " + Web.shown(server.url())
                + " for collections, but it doesn't have version 3 of Galaxy's interface."))
                .resolve("collections/" + name.namespace() + "/" + name.name() + "/");
    }

    private URI v1(String rest) {
        return roots().v1.orElseThrow(() -> new ProblemException(Source.NONE, "Tried to ask " + Web.shown(server.url())
                + " for roles, but it doesn't have version 1 of Galaxy's interface.")).resolve(rest);
    }

    /** The versions of a collection; none where the server doesn't know it. */
    public List<Version> versions(CollectionName name) {
        var versions = new ArrayList<Version>();
        Optional<URI> page = Optional.of(v3(name).resolve("versions/?limit=100"));
        for (int i = 0; page.isPresent() && i < PAGES; i++) {
            Optional<Value> answer = ask(page.get());
            URI here = page.get();
            answer.flatMap(all -> field(all, "data")).ifPresent(data -> items(data).forEach(
                    one -> text(one, "version").flatMap(Version::of).ifPresent(versions::add)));
            page = answer.flatMap(all -> field(all, "links")).flatMap(links -> text(links, "next")).map(here::resolve);
        }
        return versions;
    }

    /** A version of a collection. */
    public Release release(CollectionName name, Version version) {
        URI href = v3(name).resolve("versions/" + version.text() + "/");
        Value about = ask(href).orElseThrow(() -> new ProblemException(Source.NONE,
                "Tried to ask " + Web.shown(server.url()) + " for " + name + " " + version + ", but it has none."));
        var dependencies = new java.util.LinkedHashMap<String, String>();
        field(about, "metadata").flatMap(metadata -> field(metadata, "dependencies")).ifPresent(all -> {
            if (all instanceof MapValue map) {
                map.byName().forEach((other, range) -> dependencies.put(other, PythonText.of(range)));
            }
        });
        String download = text(about, "download_url").map(href::resolve).map(URI::toString)
                .orElseThrow(() -> new ProblemException(Source.NONE, "Tried to ask " + Web.shown(server.url())
                        + " where " + name + " " + version + " is, but it doesn't say."));
        return new Release(name, version, download, field(about, "artifact").flatMap(file -> text(file, "sha256")),
                dependencies, text(about, "href").orElse(href.getPath()), server);
    }

    /** A role by its owner and name. */
    public Optional<KnownRole> role(String owner, String name) {
        return ask(v1("roles/?owner__username=" + encoded(owner) + "&name=" + encoded(name)))
                .flatMap(answer -> field(answer, "results")).map(GalaxyApi::items).filter(found -> !found.isEmpty())
                .map(found -> found.getFirst()).filter(MapValue.class::isInstance)
                .map(about -> new KnownRole(owner, name, (MapValue) about));
    }

    /** Its versions, as the server lists them. */
    public List<RoleVersion> versions(KnownRole role) {
        var versions = new ArrayList<RoleVersion>();
        Optional<URI> page = text(role.about, "id").map(id -> v1("roles/" + encoded(id) + "/versions/?page_size=50"));
        for (int i = 0; page.isPresent() && i < PAGES; i++) {
            URI here = page.get();
            Optional<Value> answer = ask(here);
            answer.flatMap(all -> field(all, "results")).ifPresent(results -> items(results).forEach(
                    one -> text(one, "name").ifPresent(name -> versions.add(new RoleVersion(name,
                            text(one, "download_url").or(() -> text(one, "source")).filter(RoleRequest::isArchive))))));
            page = answer.flatMap(all -> text(all, "next_link").or(() -> text(all, "next"))).map(here::resolve);
        }
        return versions;
    }

    /** Roles by words, platforms, tags and author: each with its description. */
    public List<KnownRole> search(List<String> words, Optional<String> platforms, Optional<String> tags,
            Optional<String> author) {
        var query = new StringBuilder("search/roles/?page_size=1000");
        if (!words.isEmpty()) {
            query.append("&autocomplete=").append(encoded(String.join(" ", words)));
        }
        platforms.ifPresent(text -> query.append("&platforms_autocomplete=").append(encoded(text)));
        tags.ifPresent(text -> query.append("&tags_autocomplete=").append(encoded(text)));
        author.ifPresent(text -> query.append("&username_autocomplete=").append(encoded(text)));
        return ask(v1(query.toString())).flatMap(answer -> field(answer, "results")).map(GalaxyApi::items)
                .orElse(List.of()).stream().filter(MapValue.class::isInstance).map(MapValue.class::cast)
                .map(about -> new KnownRole(text(about, "username").orElse("?"), text(about, "name").orElse("?"),
                        about))
                .toList();
    }

    static Optional<Value> field(Value map, String name) {
        return map instanceof MapValue fields ? fields.get(name).filter(value -> value != None.NONE) : Optional.empty();
    }

    static Optional<String> text(Value map, String name) {
        return field(map, name).map(PythonText::of).filter(text -> !text.isEmpty());
    }

    static List<Value> items(Value list) {
        return list instanceof ListValue items ? items.items() : List.of();
    }
}
