package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import bramble.web.TrustsAnybody;
import com.google.auto.service.AutoService;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** The lookup {@code url}: what a web address returns, fetched by the controller. */
@AutoService(Extensions.class)
public final class UrlLookup implements Extensions {
    private static final int UNAUTHORIZED = 401;
    private static final int MOST_BYTES = 256 << 20;
    private static final double MOST_SECONDS = 1e6;

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("url", UrlLookup::look);
    }

    private static List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation) {
        var results = new ArrayList<Value>();
        for (Value term : terms) {
            String body = fetch(evaluation.text(term), options, evaluation);
            if (LogicFilters.flag(options, "split_lines", true)) {
                TextFilters.lines(body).forEach(line -> results.add(new Text(line)));
            } else {
                results.add(new Text(body));
            }
        }
        return results;
    }

    /** Where to, without the user and the password that may stand in it; and these, from there or from the options. */
    private record Target(URI address, Optional<String> pair) {
        static Target of(String url, Arguments options) {
            URI whole = URI.create(url.strip());
            String user = options.text(-1, "username", "");
            Optional<String> pair = user.isEmpty()
                    ? Optional.ofNullable(whole.getUserInfo())
                    : Optional.of(user + ":" + options.text(-1, "password", ""));
            String raw = whole.getRawUserInfo();
            return new Target(raw == null ? whole : URI.create(url.strip().replace(raw + "@", "")), pair);
        }

        Optional<String> basic() {
            return pair
                    .map(text -> "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String fetch(String url, Arguments options, Evaluation evaluation) {
        String failed = "Tried to fetch " + url.replaceFirst("//[^/@]*@", "//") + " for the lookup url, but ";
        var timeout = Duration.ofSeconds(seconds(options));
        try (HttpClient client = client(options, timeout)) {
            Target target = Target.of(url, options);
            if ("file".equals(target.address().getScheme())) {
                return Files.readString(Path.of(target.address()));
            }
            boolean atOnce = LogicFilters.flag(options, "force_basic_auth", false);
            HttpResponse<byte[]> response = client.send(
                    request(target, options, timeout, evaluation, atOnce ? target.basic() : Optional.empty()),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (!atOnce && response.statusCode() == UNAUTHORIZED && target.pair().isPresent()) { // it is told when asked
                response = client.send(request(target, options, timeout, evaluation, target.basic()),
                        HttpResponse.BodyHandlers.ofByteArray());
            }
            if (response.statusCode() >= 300) {
                throw new TemplateException(failed + "the server answered HTTP status " + response.statusCode());
            }
            return new String(unpacked(response), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new TemplateException(failed + "there is no such file");
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new TemplateException(
                    failed + (e.getMessage() == null ? "there is no connection to the server" : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemplateException(failed + "was interrupted");
        }
    }

    private static long seconds(Arguments options) {
        String text = options.text(-1, "timeout", "10");
        return Numbers.real(text).filter(number -> number > 0 && number < MOST_SECONDS)
                .map(number -> (long) Math.ceil(number)).orElseThrow(() -> new TemplateException(
                        "timeout has to be a number of seconds, not \"" + text + "\""));
    }

    private static byte[] unpacked(HttpResponse<byte[]> response) throws IOException {
        if (!response.headers().firstValue("Content-Encoding").filter("gzip"::equalsIgnoreCase).isPresent()) {
            return response.body();
        }
        try (var packed = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            byte[] body = packed.readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                throw new IOException("the answer has more than " + MOST_BYTES + " bytes");
            }
            return body;
        }
    }

    private static HttpClient client(Arguments options, Duration timeout) throws GeneralSecurityException {
        String follow = options.text(-1, "follow_redirects", "urllib2");
        var builder = HttpClient.newBuilder().connectTimeout(timeout)
                .followRedirects(follow.equals("none") || follow.equalsIgnoreCase("no")
                        || follow.equalsIgnoreCase("false")
                                ? HttpClient.Redirect.NEVER
                                : HttpClient.Redirect.NORMAL);
        if (!LogicFilters.flag(options, "validate_certs", true)) {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new TrustsAnybody()}, null);
            builder.sslContext(context);
        }
        return builder.build();
    }

    private static HttpRequest request(Target target, Arguments options, Duration timeout, Evaluation evaluation,
            Optional<String> authorization) {
        var request = HttpRequest.newBuilder(target.address()).timeout(timeout)
                .header("User-Agent", options.text(-1, "http_agent", "ansible-httpget"));
        if (options.value(-1, "headers", None.NONE) instanceof MapValue headers) {
            headers.byName().forEach((name, value) -> request.header(name, evaluation.text(value)));
        }
        if (LogicFilters.flag(options, "force", false)) {
            request.header("Cache-Control", "no-cache");
        }
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request.GET().build();
    }
}
