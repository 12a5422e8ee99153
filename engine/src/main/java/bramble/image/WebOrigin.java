package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** An image on a web server; it is read as it comes, and nowhere kept. A connection that breaks off is made anew where it was. */
final class WebOrigin implements Origin {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SMALL = 1 << 20;
    private static final int TRIES = 5;
    /** How often its patience is looked at, and how short a wait between two tries is against it. */
    private static final int PARTS = 8;

    private final URI address;
    private final Optional<String> authorization;
    private final HttpClient client;
    private final Duration patience;

    private WebOrigin(URI address, Optional<String> authorization, HttpClient client, Duration patience) {
        this.address = address;
        this.authorization = authorization;
        this.client = client;
        this.patience = patience;
    }

    static WebOrigin of(String url, ProxySelector proxies) {
        return of(url, proxies, PATIENCE);
    }

    /** @param patience how long the server may be silent */
    static WebOrigin of(String url, ProxySelector proxies, Duration patience) {
        String shown = url.replaceAll("//[^/@]*@", "//");
        try {
            URI address = URI.create(shown);
            Optional<String> user = Optional.ofNullable(URI.create(url).getRawUserInfo())
                    .map(text -> URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
            if (address.getHost() != null) {
                return new WebOrigin(address, user.map(text -> "Basic " + Base64.getEncoder()
                        .encodeToString(text.getBytes(StandardCharsets.UTF_8))),
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(patience)
                                .followRedirects(HttpClient.Redirect.NORMAL).proxy(proxies).build(),
                        patience);
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new ProblemException(Source.NONE,
                "Tried to fetch " + shown + ", but it is no address of a web server.");
    }

    @Override
    public String name() {
        String path = Optional.ofNullable(address.getPath()).orElse("");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String shown() {
        return address.toString();
    }

    @Override
    public Optional<Path> file() {
        return Optional.empty();
    }

    @Override
    public Packed open() throws IOException {
        HttpResponse<InputStream> first;
        try {
            first = ask(address, Optional.empty(), 0);
        } catch (UnreachableException e) {
            throw unreachable(e);
        }
        if (first.statusCode() != 200) {
            first.body().close();
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to fetch " + shown() + ", but the server answered " + first.statusCode() + ".",
                    first.statusCode() == 404 ? "Is the address right?" : ""));
        }
        long size = first.headers().firstValueAsLong("Content-Length").orElse(-1);
        Optional<String> version = first.headers().firstValue("ETag").filter(tag -> !tag.startsWith("W/"))
                .or(() -> first.headers().firstValue("Last-Modified"));
        return new Packed(new Body(first.body(), size, version), size, size + " " + version.orElse(""));
    }

    private HttpResponse<InputStream> ask(URI where, Optional<String> version, long from) throws IOException {
        var request = HttpRequest.newBuilder(where).timeout(patience).header("User-Agent", "bramble");
        authorization.ifPresent(text -> request.header("Authorization", text));
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
            version.ifPresent(text -> request.header("If-Range", text));
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted", e);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new UnreachableException(e);
        } catch (IOException e) {
            throw new IOException(e.getMessage() == null ? "nobody answers there" : e.getMessage(), e);
        }
    }

    /** There is no connection to the server. */
    private static final class UnreachableException extends IOException {
        private static final long serialVersionUID = 1;

        private UnreachableException(IOException cause) {
            super(cause.getCause() instanceof ConnectException known
                    && known.getCause() instanceof UnresolvedAddressException
                            ? "nobody knows a computer of that name"
                            : cause instanceof HttpConnectTimeoutException || cause.getMessage() == null
                                    ? "nobody answers there"
                                    : cause.getMessage(),
                    cause);
        }
    }

    private ProblemException unreachable(UnreachableException e) {
        return new ProblemException(Problem.error(Source.NONE, "Tried to fetch " + shown()
                + ", but its server can't be reached: " + e.getMessage() + ".",
                "Is the address right, and is this machine on the network? If there is a proxy, it is said by https_proxy or http_proxy."));
    }

    @Override
    public Optional<String> beside(String name) {
        try {
            HttpResponse<InputStream> response = ask(address.resolve(name), Optional.empty(), 0);
            try (InputStream body = response.body()) {
                return switch (response.statusCode()) {
                    case 200 -> Optional.of(new String(body.readNBytes(SMALL), StandardCharsets.UTF_8));
                    case 404, 410 -> Optional.empty();
                    default -> throw new IOException("the server answered " + response.statusCode());
                };
            }
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // no address can be made of such a name
        } catch (UnreachableException e) {
            throw unreachable(e);
        } catch (IOException e) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to read " + shown() + ": whether there is a "
                    + "checksum beside it, in " + name + ", can't be told: " + e.getMessage() + ".",
                    "Try again later, or name the checksum as published: --checksum sha256:HEX."));
        }
    }

    /** Ends a connection over which nothing has come for too long: whoever reads it is told so. */
    private final class Silence {
        private final AtomicReference<Optional<Waiting>> now = new AtomicReference<>(Optional.empty());
        private final Thread thread = Thread.ofVirtual().name("silence").unstarted(this::listen);

        /** Somebody waits for what comes. */
        private record Waiting(InputStream in, long since) {}

        int read(InputStream in, byte[] bytes, int offset, int length) throws IOException {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
            var waiting = Optional.of(new Waiting(in, System.nanoTime()));
            now.set(waiting);
            int read;
            try {
                read = in.read(bytes, offset, length);
            } catch (IOException e) {
                throw now.compareAndSet(waiting, Optional.empty()) ? e : new SilentException();
            }
            if (!now.compareAndSet(waiting, Optional.empty())) {
                throw new SilentException();
            }
            return read;
        }

        private void listen() {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(patience.toNanos() / PARTS);
                Optional<Waiting> waiting = now.get();
                if (waiting.isPresent() && System.nanoTime() - waiting.get().since() > patience.toNanos()
                        && now.compareAndSet(waiting, Optional.empty())) {
                    try {
                        waiting.get().in().close();
                    } catch (IOException _) {
                        // it is over anyway
                    }
                }
            }
        }

        void end() {
            thread.interrupt();
        }
    }

    /** Nothing came. */
    private final class SilentException extends IOException {
        private static final long serialVersionUID = 1;

        private SilentException() {
            super("nothing came from the server for " + Amount.time(Math.max(1, patience.toMillis() / 1000.0)));
        }
    }

    /** What comes, over as many connections as it takes. */
    private final class Body extends InputStream {
        private final long size;
        private final Optional<String> version;
        private final Silence silence = new Silence();
        private InputStream in;
        private long position;
        /** Why there was no connection when last one was asked for. */
        private Optional<String> lost = Optional.empty();

        Body(InputStream in, long size, Optional<String> version) {
            this.in = in;
            this.size = size;
            this.version = version;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            for (int times = 1;; times++) {
                try {
                    int read = silence.read(in, bytes, offset, length);
                    if (read > 0) {
                        position += read;
                        return read;
                    }
                    if (size < 0 || position >= size) {
                        return -1;
                    }
                    throw new IOException("only " + position + " of " + size + " bytes came");
                } catch (IOException e) {
                    if (times > TRIES) {
                        throw new IOException(lost.map(why -> "the connection broke off after " + Amount.of(position)
                                + ", and there is no other since: " + why)
                                .orElse(e instanceof SilentException
                                        ? "after " + Amount.of(position) + " " + e.getMessage() + ", " + times
                                                + " times"
                                        : "the connection broke off " + times + " times at the same place"),
                                e);
                    }
                    again(e);
                }
            }
        }

        private void again(IOException why) throws IOException {
            in.close();
            if (version.isEmpty()) {
                throw why;
            }
            HttpResponse<InputStream> response;
            try {
                response = ask(address, version, position);
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                lost = Optional.of(String.valueOf(e.getMessage()));
                LockSupport.parkNanos(patience.toNanos() / PARTS);
                return; // what is closed can't be read: that asks again
            }
            lost = Optional.empty();
            if (response.statusCode() != 206) {
                response.body().close();
                throw new IOException((why instanceof SilentException
                        ? why.getMessage() + " after "
                        : "the connection broke off after ") + Amount.of(position)
                        + ", and it doesn't go on from there", why);
            }
            in = response.body();
        }

        @Override
        public void close() throws IOException {
            silence.end();
            in.close();
        }
    }
}
