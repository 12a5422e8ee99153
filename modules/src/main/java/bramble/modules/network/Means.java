package bramble.modules.network;

import bramble.module.Platform;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** By what means a node gets something from a web server. */
public enum Means {
    /** The node's own curl, which is told all it has to know through its standard input. */
    CURL,
    /** The node's own wget, for plain questions. */
    WGET,
    /** The node itself: the URL is that of one of its files. */
    FILE,
    /** The controller, over the node's network. */
    CONTROLLER;

    private static final Pattern STATUS = Pattern.compile(
            "(?:^status |ERROR |HTTP/1\\.\\d )(\\d{3})(?:[: ]+([^\\n.]*))?",
            Pattern.MULTILINE);
    private static final Map<Integer, String> REASONS = Map.ofEntries(Map.entry(301, "Moved Permanently"),
            Map.entry(302, "Found"), Map.entry(304, "Not Modified"), Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"), Map.entry(403, "Forbidden"), Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"), Map.entry(407, "Proxy Authentication Required"),
            Map.entry(410, "Gone"), Map.entry(429, "Too Many Requests"), Map.entry(500, "Internal Server Error"),
            Map.entry(502, "Bad Gateway"), Map.entry(503, "Service Unavailable"), Map.entry(504, "Gateway Timeout"));

    /** @param programs that the node must have to make use of what comes: those that count checksums */
    static Means of(Platform node, WebRequest request, List<String> programs) {
        if (request.ofFile()) {
            return FILE;
        }
        if (!programs.stream().allMatch(node::has) || !request.terms().plain()) {
            return CONTROLLER;
        }
        if (node.has("curl")) {
            return CURL;
        }
        // the wget of BusyBox doesn't look at certificates, and takes secrets only where all users see them
        boolean whole = node.packages() == Platform.Packages.APT || node.packages() == Platform.Packages.DNF;
        boolean plain = request.headers().isEmpty() && request.login().isEmpty() && request.verify()
                && request.terms().proxies()
                && (whole || !request.secure());
        return node.has("wget") && plain ? WGET : CONTROLLER;
    }

    /** What the node says of a request that it made: its errors have the status in them. */
    record Told(int status, String reason, String errors) {
        static Told of(Answer answer) {
            Matcher matcher = STATUS.matcher(answer.errors());
            int status = 0;
            String reason = "";
            while (matcher.find()) {
                status = Integer.parseInt(matcher.group(1));
                reason = Optional.ofNullable(matcher.group(2)).orElse("").strip();
            }
            String errors = answer.errors().lines()
                    .filter(line -> !line.startsWith("status ") && bytes(line).isEmpty())
                    .reduce((a, b) -> a + "\n" + b).orElse("").replaceFirst("^(curl|wget): (\\(\\d+\\) )?", "").strip();
            return new Told(status, reason.isEmpty() ? REASONS.getOrDefault(status, "") : reason, errors);
        }

        /** In Ansible's words. */
        String problem() {
            return "HTTP Error " + status + ": " + reason;
        }
    }

    /** How far the output is goes by its position in the file that it goes to: to look at it takes no process. */
    private static final Sh.Library FAR = new Sh.Library("b_far",
            """
                    b_far() { # tells each second how many bytes have gone into the file that is the output, for as long as its parent is there
                      { read -r b_k b_k b_k b_fp b_k && [ -r /proc/self/fdinfo/1 ]; } </proc/self/stat 2>/dev/null || return 0
                      while sleep 1 </dev/null >/dev/null 2>&1; do
                        read -r b_k b_k b_k b_k2 b_k </proc/self/stat
                        [ "$b_k2" = "$b_fp" ] || return 0
                        while read -r b_k b_v; do
                          case $b_k in pos:) echo "bytes $b_v" >&2 ;; esac
                        done </proc/self/fdinfo/1
                      done
                    }""");
    private static final Pattern BYTES = Pattern.compile("bytes (\\d+)");

    /** The same into a file, while it is told on standard error how far it is. */
    static Sh telling(Sh output) {
        return Sh.of("b_far &\nb_fw=$!\n{}\nb_fx=$?\nkill \"$b_fw\" 2>/dev/null; wait \"$b_fw\" 2>/dev/null\n"
                + "return \"$b_fx\"", output).using(FAR);
    }

    /** What a line says of how many bytes have come. */
    static OptionalLong bytes(String line) {
        Matcher matcher = BYTES.matcher(line);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** Prints what the server sends; a status above 399 is a failure. The errors have the status in them. */
    static Sh output(Means means, WebRequest request) {
        return switch (means) {
            case CURL -> Sh.of("printf %s {} | curl -q {}-K -", Sh.secret(config(request)),
                    Sh.raw(request.terms().netrc() ? "${NETRC:+--netrc-file \"$NETRC\"} " : ""));
            case WGET -> Sh.of("""
                    # that of BusyBox 1.35 crashes when it is given a time
                    case $(wget --version 2>&1) in *'GNU Wget'*) b_o='-nv --tries=1 -T {}' ;; *) b_o=-q ;; esac
                    wget $b_o -O - {} && echo 'status 200' >&2""",
                    Sh.raw(String.valueOf(request.patience().toSeconds())),
                    request.url());
            case FILE -> Sh.of("cat {} && echo 'status 200' >&2", String.valueOf(request.url().getPath()));
            case CONTROLLER -> throw new IllegalArgumentException("no script does this");
        };
    }

    /** What curl reads from its standard input, where no other user sees it. */
    private static String config(WebRequest request) {
        var config = new StringBuilder(
                "silent\nshow-error\nfail\ngloboff\nwrite-out = \"%{stderr}status %{http_code}\\n\"\n");
        line(config, "url", request.url().toString());
        line(config, "connect-timeout", String.valueOf(request.patience().toSeconds()));
        line(config, "speed-time", String.valueOf(request.patience().toSeconds()));
        line(config, "speed-limit", "1");
        line(config, "user-agent", "ansible-httpget");
        request.headers().forEach(header -> line(config, "header", header.name() + ": " + header.value()));
        request.login().ifPresent(login -> line(config, "user", login.user() + ":" + login.password()));
        if (request.follow() != WebRequest.Follow.NONE) {
            config.append("location\nmax-redirs = 10\n");
        }
        if (request.terms().netrc() && request.login().isEmpty()) {
            config.append("netrc-optional\n");
        }
        if (!request.terms().proxies()) {
            config.append("noproxy = \"*\"\n");
        }
        if (!request.verify()) {
            config.append("insecure\n");
        }
        return config.toString();
    }

    private static void line(StringBuilder config, String name, String value) {
        config.append(name).append(" = \"").append(value.replace("\\", "\\\\").replace("\"", "\\\"")
                .replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")).append("\"\n");
    }
}
