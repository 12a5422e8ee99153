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
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** The lookup {@code url}: what a web address returns, fetched by the controller. */
@AutoService(Extensions.class)
public final class UrlLookup implements Extensions {
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

    private static String fetch(String url, Arguments options, Evaluation evaluation) {
        String failed = "Tried to fetch " + url + " for the lookup url, but ";
        var timeout = Duration.ofSeconds(options.integer(-1, "timeout", 10));
        try (HttpClient client = client(options, timeout)) {
            HttpResponse<byte[]> response = client.send(request(url, options, timeout, evaluation),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() >= 400) {
                throw new TemplateException(failed + "the server answered HTTP status " + response.statusCode());
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new TemplateException(
                    failed + (e.getMessage() == null ? "there is no connection to the server" : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemplateException(failed + "was interrupted");
        }
    }

    private static HttpClient client(Arguments options, Duration timeout) throws GeneralSecurityException {
        String follow = options.text(-1, "follow_redirects", "urllib2");
        var builder = HttpClient.newBuilder().connectTimeout(timeout)
                .followRedirects(follow.equals("none") || follow.equals("no")
                        ? HttpClient.Redirect.NEVER
                        : HttpClient.Redirect.NORMAL);
        if (!LogicFilters.flag(options, "validate_certs", true)) {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new TrustsAnybody()}, null);
            builder.sslContext(context);
        }
        return builder.build();
    }

    private static HttpRequest request(String url, Arguments options, Duration timeout, Evaluation evaluation) {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(timeout)
                .header("User-Agent", options.text(-1, "http_agent", "ansible-httpget"));
        if (options.value(-1, "headers", None.NONE) instanceof MapValue headers) {
            headers.byName().forEach((name, value) -> request.header(name, evaluation.text(value)));
        }
        String user = options.text(-1, "username", "");
        if (!user.isEmpty()) {
            String pair = user + ":" + options.text(-1, "password", "");
            request.header("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return request.GET().build();
    }
}
