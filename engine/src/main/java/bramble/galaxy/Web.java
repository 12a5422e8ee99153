package bramble.galaxy;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.Value;
import bramble.web.TrustsAnybody;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Asks web servers. Who one is, is shown to the very server alone that was asked for, never to another one that it
 * refers to.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110">RFC 9110</a>
 */
public final class Web implements AutoCloseable {
    private static final int REFERRALS = 10;
    private static final long LONGEST = 64L << 20;
    private static final long TELL_AFTER = TimeUnit.SECONDS.toNanos(1);

    private final HttpClient checking;
    private final HttpClient trusting;
    private final Duration timeout;
    private final Progress progress;

    /** Tells what takes long. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called again and again while something takes longer than a second; at the end with {@code done} as {@code total}.
         *
         * @param total bytes in all, or -1 if nobody knows
         */
        void at(String what, long done, long total);
    }

    /**
     * An address.
     *
     * @param authorization the header that says who one is
     */
    public record Request(URI address, Optional<String> authorization, boolean checkCertificates) {
        /** One that needs to know nobody. An address may hold a user and password: they go into a header. */
        static Request to(String url, boolean checkCertificates) {
            URI address = Web.address(url);
            String user = address.getRawUserInfo();
            if (user == null) {
                return new Request(address, Optional.empty(), checkCertificates);
            }
            String plain = URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
            return new Request(Web.address(url.replaceFirst("//[^/@]*@", "//")),
                    Optional.of("Basic " + Base64.getEncoder()
                            .encodeToString(plain.getBytes(StandardCharsets.UTF_8))),
                    checkCertificates);
        }
    }

    public Web(Duration timeout, ProxySelector proxies, Progress progress) {
        this.timeout = timeout;
        this.progress = progress;
        this.checking = client(timeout, proxies).build();
        this.trusting = client(timeout, proxies).sslContext(trustsAnybody()).build();
    }

    private static HttpClient.Builder client(Duration timeout, ProxySelector proxies) {
        return HttpClient.newBuilder().connectTimeout(timeout).version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).proxy(proxies);
    }

    private static SSLContext trustsAnybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new TrustsAnybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static URI address(String url) {
        try {
            URI address = URI.create(url);
            if (address.getHost() == null || !("http".equals(address.getScheme())
                    || "https".equals(address.getScheme()))) {
                throw new IllegalArgumentException("it is no address of a web server");
            }
            return address;
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to ask " + shown(url) + ", but it is no address of a web server.");
        }
    }

    /** An address without the password in it. */
    public static String shown(String url) {
        return url.replaceAll("//[^/@\\s]*@", "//***@");
    }

    /** What a server says in JSON; empty where it has no such thing. */
    public Optional<Value> json(Request request) {
        try (InputStream body = body(request, "application/json").map(HttpResponse::body).orElse(null)) {
            if (body == null) {
                return Optional.empty();
            }
            String text = new String(body.readNBytes((int) LONGEST), StandardCharsets.UTF_8);
            return Optional.of(Json.tryParse(text).orElseThrow(() -> trouble(request.address,
                    "it answered with something else than JSON")));
        } catch (IOException e) {
            throw trouble(request.address, why(e));
        }
    }

    /** Sends a form, and reads the answer in JSON. */
    Value form(URI address, String form, boolean checkCertificates) {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(timeout)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build();
        try {
            HttpResponse<String> response = (checkCertificates ? checking : trusting).send(request,
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw trouble(address, "it answered " + response.statusCode());
            }
            return Json.parse(response.body());
        } catch (IOException e) {
            throw trouble(address, why(e));
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Fetches a file, and gives its SHA-256; empty where the server has none. */
    public Optional<String> fetch(Request request, Path to, String what) {
        Optional<HttpResponse<InputStream>> response = body(request, "*/*");
        if (response.isEmpty()) {
            return Optional.empty();
        }
        long total = response.get().headers().firstValueAsLong("Content-Length").orElse(-1);
        MessageDigest digest = sha256();
        try (var in = new DigestInputStream(response.get().body(), digest); var out = Files.newOutputStream(to)) {
            long begun = System.nanoTime();
            long done = 0;
            boolean told = false;
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                done += n;
                if (System.nanoTime() - begun > TELL_AFTER) {
                    progress.at(what, done, total);
                    told = true;
                }
            }
            if (total >= 0 && done != total) {
                throw trouble(request.address, "only " + done + " of " + total + " bytes came");
            }
            if (told) {
                progress.at(what, done, done);
            }
        } catch (IOException e) {
            throw trouble(request.address, why(e));
        }
        return Optional.of(HexFormat.of().formatHex(digest.digest()));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String sha256(Path file) {
        MessageDigest digest = sha256();
        try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The answer, where referrals lead; empty for "not found". */
    private Optional<HttpResponse<InputStream>> body(Request request, String accept) {
        URI address = request.address;
        for (int i = 0; i < REFERRALS; i++) {
            var builder = HttpRequest.newBuilder(address).timeout(timeout).header("Accept", accept)
                    .header("User-Agent", "bramble");
            if (sameServer(address, request.address)) {
                request.authorization.ifPresent(text -> builder.header("Authorization", text));
            }
            HttpResponse<InputStream> response = send(request, builder.build());
            int status = response.statusCode();
            if (status == 200) {
                return Optional.of(response);
            }
            close(response);
            if (status == 404 || status == 410) {
                return Optional.empty();
            }
            Optional<String> location = response.headers().firstValue("Location");
            if (status / 100 != 3 || location.isEmpty()) {
                throw trouble(address, "it answered " + status + (status == 401 || status == 403
                        ? ": it doesn't let you in; " + (request.authorization.isEmpty()
                                ? "it wants a token or a password"
                                : "the token or password is wrong")
                        : ""));
            }
            URI next = address.resolve(location.get());
            if (address.getScheme().equals("https") && !"https".equals(next.getScheme())) {
                throw trouble(address, "it refers to " + shown(next.toString()) + ", which is not encrypted");
            }
            address = address(next.toString());
        }
        throw trouble(request.address, "it refers from one address to the next without an end");
    }

    private HttpResponse<InputStream> send(Request request, HttpRequest asked) {
        try {
            return (request.checkCertificates ? checking : trusting).send(asked,
                    HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw trouble(asked.uri(), why(e));
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static void close(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException _) {
            // nobody reads it
        }
    }

    static boolean sameServer(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getHost().equalsIgnoreCase(b.getHost())
                && a.getPort() == b.getPort();
    }

    private static String why(IOException trouble) {
        return switch (trouble) {
            case HttpConnectTimeoutException _ -> "it didn't answer in time";
            case HttpTimeoutException _ -> "it didn't answer in time";
            case ConnectException _ -> "nobody answers there, or the name is unknown";
            case javax.net.ssl.SSLException ssl -> "its certificate or encryption is wrong: " + ssl.getMessage();
            case IOException other -> String.valueOf(other.getMessage());
        };
    }

    private static ProblemException trouble(URI address, String why) {
        return new ProblemException(Source.NONE, "Tried to ask " + shown(address.toString()) + ", but " + why + ".");
    }

    private static ProblemException interrupted() {
        Thread.currentThread().interrupt();
        return new ProblemException(Source.NONE, "Tried to ask a server, but was interrupted.");
    }

    @Override
    public void close() {
        checking.shutdownNow();
        trusting.shutdownNow();
    }
}
