package bramble.modules.network;

import bramble.module.Beyond;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Network;
import bramble.shell.Sh;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/**
 * Asks web servers over a node's network: HTTP/1.1, one question a connection. Java's own client takes no connections that
 * are made for it, and a node's can't be made otherwise.
 *
 * @param there what the node says about how it is done
 * @param ask asks the node more
 */
record WebClient(Network network, Surroundings there, Function<Sh, Answer> ask) {
    private static final Sh TRUSTED = Sh.raw("""
            for b_f in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \\
              /etc/ssl/cert.pem /var/lib/ca-certificates/ca-bundle.pem; do
              [ ! -r "$b_f" ] || { cat "$b_f"; break; }
            done""");
    private static final int REDIRECTS = 10;
    private static final int LINE = 64 * 1024;
    private static final int LINES = 1000;

    static WebClient of(Beyond beyond, WebRequest request) {
        Surroundings.Seen seen = Surroundings.Seen.of(request);
        return new WebClient(beyond.network(), seen.idle() ? Surroundings.NONE : beyond.read().get(seen), beyond.ask());
    }

    /**
     * The answer, whatever its status, after the redirects that the request allows.
     *
     * @throws IOException whose message completes "..., but"
     */
    public WebReply ask(WebRequest request) throws IOException {
        if (!there.problem().isEmpty()) {
            throw new IOException(there.problem());
        }
        Tls tls = Tls.of(request.terms(), there);
        WebRequest now = request;
        for (int i = 0;; i++) {
            Optional<WebRequest.Login> known = now.url().getHost() == null || now.login().isPresent()
                    ? Optional.empty()
                    : there.login(now.url().getHost());
            WebReply reply = proven(known.isPresent() ? now.loggedIn(known.get()) : now, tls);
            Optional<WebRequest> next = now.redirected(reply);
            if (next.isEmpty()) {
                return reply;
            }
            reply.close();
            if (i == REDIRECTS) {
                throw new IOException("it redirects more than " + REDIRECTS + " times");
            }
            now = next.get();
        }
    }

    /** A server that wants more of a login than the password as it is gets it. */
    private WebReply proven(WebRequest request, Tls tls) throws IOException {
        WebReply reply = trusted(request, tls);
        Optional<WebRequest.Header> proof = reply.status() == 401
                ? request.login().flatMap(login -> Digested.answer(request, login, reply))
                : Optional.empty();
        if (proof.isEmpty()) {
            return reply;
        }
        reply.close();
        return trusted(request.withoutLogin().with(List.of(proof.get())), tls);
    }

    /** A server that the controller doesn't know may be one that the node knows. */
    private WebReply trusted(WebRequest request, Tls tls) throws IOException {
        try {
            return once(request, tls);
        } catch (Tls.Stranger e) {
            String trusted = tls.authorities().isPresent() ? "" : ask.apply(TRUSTED).text();
            if (trusted.isBlank()) {
                throw e;
            }
            return once(request, tls.trusting(trusted));
        }
    }

    private WebReply once(WebRequest request, Tls tls) throws IOException {
        String scheme = String.valueOf(request.url().getScheme()).toLowerCase(Locale.ROOT);
        String host = request.url().getHost();
        if (!(scheme.equals("http") || scheme.equals("https")) || host == null) {
            throw new IOException(
                    "only http:// and https:// with a host's name are understood here, not " + request.url());
        }
        String bare = host.replaceAll("[\\[\\]]", "");
        Optional<String> socket = request.terms().socket();
        Optional<URI> proxy = socket.isPresent() ? Optional.empty() : there.proxy(request.url());
        Network.Link link = socket.isPresent()
                ? network.local(socket.get(), request.patience())
                : proxy.isPresent()
                        ? dial(proxy.get(), request.patience())
                        : network.dial(bare, request.port(), request.patience());
        try {
            if (proxy.isPresent() && request.secure()) {
                tunnel(proxy.get(), bare + ":" + request.port(), link);
            }
            Network.Link safe = request.secure() ? tls.over(link, host, request.port()) : link;
            send(request, proxy.filter(_ -> !request.secure()), safe.out());
            return receive(request, safe);
        } catch (IOException | RuntimeException e) {
            link.close();
            throw e;
        }
    }

    private Network.Link dial(URI proxy, Duration patience) throws IOException {
        try {
            return network.dial(proxy.getHost(), proxy.getPort() > 0 ? proxy.getPort() : 80, patience);
        } catch (IOException e) {
            throw new IOException("the proxy " + proxy.getHost() + " that the environment names can't be reached: "
                    + e.getMessage(), e);
        }
    }

    private static void tunnel(URI proxy, String to, Network.Link link) throws IOException {
        String pass = pass(proxy).map(header -> header.name() + ": " + header.value() + "\r\n").orElse("");
        link.out().write(("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n" + pass + "\r\n")
                .getBytes(StandardCharsets.UTF_8));
        link.out().flush();
        String said = line(link.in());
        headers(link.in());
        if (!said.matches("HTTP/\\S+ 2\\d\\d.*")) {
            throw new IOException("the proxy " + proxy.getHost() + " doesn't let it through: " + said);
        }
    }

    private static Optional<WebRequest.Header> pass(URI proxy) {
        return Optional.ofNullable(proxy.getUserInfo()).map(info -> new WebRequest.Login(info.split(":", 2)[0],
                info.contains(":") ? info.split(":", 2)[1] : "").header())
                .map(header -> new WebRequest.Header("Proxy-" + header.name(), header.value()));
    }

    private static void send(WebRequest request, Optional<URI> proxy, OutputStream out) throws IOException {
        Map<String, WebRequest.Header> headers = new LinkedHashMap<>();
        var own = new ArrayList<WebRequest.Header>();
        own.add(new WebRequest.Header("Host", request.authority()));
        own.add(new WebRequest.Header("User-Agent", "ansible-httpget"));
        own.add(new WebRequest.Header("Accept-Encoding", "identity"));
        own.add(new WebRequest.Header("Connection", "close"));
        Content body = request.body();
        if (body.length() > 0 || request.method().equals("POST") || request.method().equals("PUT")) {
            own.add(new WebRequest.Header("Content-Length", String.valueOf(body.length())));
        }
        request.login().ifPresent(login -> own.add(login.header()));
        proxy.flatMap(WebClient::pass).ifPresent(own::add);
        own.addAll(request.headers());
        own.forEach(header -> headers.put(header.name().toLowerCase(Locale.ROOT), header));
        var head = new StringBuilder(request.method() + " "
                + (proxy.isPresent() ? request.url().toString() : request.target()) + " HTTP/1.1\r\n");
        for (WebRequest.Header header : headers.values()) {
            if ((header.name() + header.value()).chars().anyMatch(c -> c == '\r' || c == '\n')) {
                throw new IOException("the header " + header.name() + " has a line break in it");
            }
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        try (InputStream in = body.open()) {
            in.transferTo(out);
        }
        out.flush();
    }

    private static WebReply receive(WebRequest request, Network.Link link) throws IOException {
        InputStream in = new BufferedInputStream(link.in());
        String[] words;
        List<WebRequest.Header> headers;
        do {
            words = line(in).split(" ", 3);
            if (words.length < 2 || !words[0].startsWith("HTTP/") || !words[1].matches("\\d{3}")) {
                throw new IOException("what answered is no web server");
            }
            headers = headers(in);
        } while (words[1].startsWith("1"));
        int status = Integer.parseInt(words[1]);
        var bare = new WebReply(request.url(), status, words.length > 2 ? words[2].strip() : "", headers, in, link);
        InputStream body = body(request, bare, in);
        boolean packed = bare.header("content-encoding").filter("gzip"::equalsIgnoreCase).isPresent();
        if (packed && request.terms().unpack() && !request.method().equals("HEAD")) {
            body = new GZIPInputStream(body);
        }
        return new WebReply(bare.url(), status, bare.reason(), headers, body, link);
    }

    private static List<WebRequest.Header> headers(InputStream in) throws IOException {
        var headers = new ArrayList<WebRequest.Header>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.add(new WebRequest.Header(line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
            }
            if (headers.size() > LINES) {
                throw new IOException("its answer has too many headers");
            }
        }
        return headers;
    }

    private static InputStream body(WebRequest request, WebReply reply, InputStream in) throws IOException {
        if (request.method().equals("HEAD") || reply.status() == 204 || reply.status() == 304) {
            return new ByteArrayInputStream(new byte[0]);
        }
        if (reply.header("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
            return new Chunks(in);
        }
        Optional<String> length = reply.header("content-length");
        if (length.isPresent() && !length.get().matches("\\d{1,18}")) {
            throw new IOException("its answer has a Content-Length that is no number");
        }
        return length.isPresent() ? new Exactly(in, Long.parseLong(length.get())) : in;
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b; (b = in.read()) != '\n';) {
            if (b < 0) {
                throw new EOFException("it ended the connection without an answer");
            }
            if (line.size() > LINE) {
                throw new IOException("its answer has a line that is too long");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Takes in exactly so many bytes, or says that they did not come. */
    private static class Exactly extends InputStream {
        private final InputStream in;
        private long left;

        Exactly(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(bytes, from, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the connection ended " + left + " bytes before the end");
            }
            left -= n;
            return n;
        }
    }

    /** A body that comes in pieces, each with its length before it. */
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private InputStream chunk = new ByteArrayInputStream(new byte[0]);
        private boolean begun;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int n = ended ? -1 : chunk.read(bytes, from, length);
            while (n < 0 && !ended) {
                next();
                n = ended ? -1 : chunk.read(bytes, from, length);
            }
            return n;
        }

        private void next() throws IOException {
            if (begun) {
                line(in);
            }
            begun = true;
            String size = line(in).split(";", 2)[0].strip();
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                throw new IOException("its answer comes in pieces of no length");
            }
            long length = Long.parseLong(size, 16);
            chunk = new Exactly(in, length);
            if (length == 0) {
                headers(in);
                ended = true;
            }
        }
    }
}
