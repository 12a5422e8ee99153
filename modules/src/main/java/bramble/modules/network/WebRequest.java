package bramble.modules.network;

import bramble.shell.Content;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One question to a web server.
 *
 * @param headers those that were asked for; what the protocol needs is added when it is sent
 * @param login sent at once as Basic authentication
 */
public record WebRequest(String method, URI url, List<Header> headers, Content body, Optional<Login> login,
        WebTerms terms) {
    private static final Set<String> SCHEMES = Set.of("http", "https", "ftp", "ftps");

    /** A line of the head. */
    public record Header(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** Who asks. */
    public record Login(String user, String password) {
        Header header() {
            String both = user + ":" + password;
            return new Header("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public String toString() {
            return user + ":***";
        }
    }

    /** Which redirects are followed: {@code SAFE} only after GET and HEAD; {@code URLLIB2} as Python's library does. */
    public enum Follow {
        SAFE,
        ALL,
        NONE,
        URLLIB2
    }

    public WebRequest {
        headers = List.copyOf(headers);
    }

    /** A login that stands in the URL is taken out of it. */
    public static WebRequest get(String url) throws URISyntaxException {
        URI all = parse(url);
        Optional<Login> login = Optional.ofNullable(all.getUserInfo())
                .map(info -> new Login(info.split(":", 2)[0], info.contains(":") ? info.split(":", 2)[1] : ""));
        URI plain = login.isEmpty()
                ? all
                : new URI(url.replaceFirst("//[^/@]*@", "//"));
        return new WebRequest("GET", plain, List.of(), Content.none(), login, WebTerms.usual());
    }

    /** One that may be about a file of the node. */
    static WebRequest orFile(String url) throws URISyntaxException {
        return url.strip().matches("(?i)file:/.*")
                ? new WebRequest("GET", new URI(escaped(url)), List.of(), Content.none(), Optional.empty(),
                        WebTerms.usual())
                : get(url);
    }

    boolean ofFile() {
        return "file".equalsIgnoreCase(url.getScheme());
    }

    /** As browsers do, what may not stand in a URL is escaped; what is escaped stays. */
    private static String escaped(String url) {
        var out = new StringBuilder();
        for (byte b : url.strip().getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > ' ' && b < 127 && "\"<>\\^`{|}".indexOf(b) < 0;
            out.append(plain ? String.valueOf((char) b) : String.format(Locale.ROOT, "%%%02X", b & 0xff));
        }
        return out.toString();
    }

    private static URI parse(String url) throws URISyntaxException {
        URI uri = new URI(escaped(url));
        if (uri.getScheme() == null || uri.getRawAuthority() == null
                || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            throw new URISyntaxException(url, "a URL begins with http:// or https:// and a host's name");
        }
        return uri;
    }

    public WebRequest with(List<Header> more) {
        var all = new ArrayList<>(headers);
        all.addAll(more);
        return new WebRequest(method, url, all, body, login, terms);
    }

    public WebRequest withMethod(String other, Content content) {
        return new WebRequest(other, url, headers, content, login, terms);
    }

    public WebRequest withLogin(Optional<Login> other) {
        return new WebRequest(method, url, headers, body, other.or(() -> login), terms);
    }

    public WebRequest withTerms(Duration time, boolean proof, Follow redirects) {
        return with(terms.with(time, proof, redirects));
    }

    WebRequest with(WebTerms other) {
        return new WebRequest(method, url, headers, body, login, other);
    }

    WebRequest withoutLogin() {
        return new WebRequest(method, url, headers, body, Optional.empty(), terms);
    }

    /** With a login of which the headers don't know. */
    WebRequest loggedIn(Login other) {
        return new WebRequest(method, url, headers.stream().filter(header -> !header.is("authorization")).toList(),
                body,
                Optional.of(other), terms);
    }

    Duration patience() {
        return terms.patience();
    }

    boolean verify() {
        return terms.verify();
    }

    Follow follow() {
        return terms.follow();
    }

    boolean secure() {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    int port() {
        return url.getPort() > 0 ? url.getPort() : secure() ? 443 : 80;
    }

    /** The host, as the Host header has it. */
    String authority() {
        return url.getPort() > 0 ? url.getHost() + ":" + url.getPort() : url.getHost();
    }

    /** What stands behind the method in the first line. */
    String target() {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    /** Where a redirect leads: as all browsers do, a POST becomes a GET, unless the status says it must stay one. */
    Optional<WebRequest> redirected(WebReply reply) {
        boolean asked = switch (reply.status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
        boolean safe = method.equals("GET") || method.equals("HEAD");
        boolean kept = reply.status() == 307 || reply.status() == 308;
        boolean old = follow() == Follow.URLLIB2; // it makes a GET of all that it follows, and doesn't send twice
        if (old && !safe && (kept || !method.equals("POST"))) {
            return Optional.empty();
        }
        if (!asked || follow() == Follow.NONE || (follow() == Follow.SAFE && !safe)) {
            return Optional.empty();
        }
        return reply.header("location").flatMap(location -> {
            try {
                URI to = url.resolve(parse(location.startsWith("http") ? location : url.resolve(location).toString()));
                boolean stays = !old && (kept || safe);
                boolean same = String.valueOf(to.getHost()).equalsIgnoreCase(url.getHost());
                List<Header> sent = headers.stream()
                        .filter(header -> same || !(header.is("authorization") || header.is("cookie")))
                        .filter(header -> stays || !header.is("content-type"))
                        .filter(header -> terms.unredirected().stream().noneMatch(header::is)).toList();
                boolean known = same && terms.unredirected().stream().noneMatch("authorization"::equalsIgnoreCase);
                return Optional.of(new WebRequest(stays ? method : "GET", to, sent, stays ? body : Content.none(),
                        known ? login : Optional.empty(), terms));
            } catch (URISyntaxException | IllegalArgumentException _) {
                return Optional.empty();
            }
        });
    }
}
