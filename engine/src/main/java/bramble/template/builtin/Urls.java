package bramble.template.builtin;

import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.TemplateException;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.Locale;
import java.util.regex.Pattern;

/** Takes a URL apart, by the generic syntax of RFC 3986 with user and port told apart. */
final class Urls {
    private static final Pattern URL = Pattern.compile(
            "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?<netloc>[^/?#]*))?(?<path>[^?#]*)(?:\\?(?<query>[^#]*))?(?:#(?<fragment>.*))?",
            Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile(
            "(?:(?<user>[^:@]*)(?::(?<password>.*))?@)?(?<host>\\[[^]]*]|[^:]*)(?::(?<port>\\d*))?", Pattern.DOTALL);

    private Urls() {}

    static Value split(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("query");
        MapValue parts = parts(evaluation.text(input));
        String part = arguments.text(0, "query", "");
        return part.isEmpty()
                ? parts
                : parts.get(part).orElseThrow(() -> new TemplateException(Source.NONE,
                        "urlsplit: unknown URL component: " + part, Nearest.hint(part, parts.byName().keySet())));
    }

    static MapValue parts(String url) {
        var parts = URL.matcher(url);
        parts.matches();
        String netloc = text(parts.group("netloc"));
        var authority = AUTHORITY.matcher(netloc);
        boolean read = authority.matches();
        String host = read ? text(authority.group("host")).toLowerCase(Locale.ROOT) : "";
        String port = read ? text(authority.group("port")) : "";
        return MapValue.of("fragment", text(parts.group("fragment")),
                "hostname", host.isEmpty() ? null : host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                "netloc", netloc, "password", read ? authority.group("password") : null, "path",
                text(parts.group("path")),
                "port", port.isEmpty() ? null : Integer.valueOf(port), "query", text(parts.group("query")),
                "scheme", text(parts.group("scheme")).toLowerCase(Locale.ROOT),
                "username", read ? authority.group("user") : null);
    }

    private static String text(@org.jspecify.annotations.Nullable String part) {
        return part == null ? "" : part;
    }
}
