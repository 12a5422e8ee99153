package bramble.modules.network;

import bramble.args.Arg;
import bramble.args.ControllerFile;
import bramble.args.ControllerFiles;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.modules.files.Place;
import bramble.problem.ProblemException;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code uri}: asks a web server, as the node sees it. */
@AutoService(AnyModule.class)
public final class UriModule implements Conversation<UriModule.Args> {
    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");
    private static final Pattern CHARSET = Pattern.compile("charset=\"?([\\w.:-]+)", Pattern.CASE_INSENSITIVE);
    private static final int KEPT = 64 << 20; // bytes of an answer that become a text

    /** What is sent, and of what type it is. */
    record Sent(Content content, Optional<String> type) {}

    /** A body isn't what its format asks for. */
    static final class BadBody extends RuntimeException {
        private static final long serialVersionUID = 1;

        BadBody(String why) {
            super("failed to parse body as " + why, null, false, false);
        }
    }

    /** Which redirects are followed. */
    public enum Redirects {
        SAFE,
        ALL,
        NONE,
        URLLIB2,
        YES,
        NO,
        TRUE,
        FALSE
    }

    /** How the body is written. */
    public enum BodyFormat {
        RAW,
        JSON,
        FORM_URLENCODED,
        FORM_MULTIPART
    }

    /** The arguments of {@code uri}. */
    @Doc(value = "Asks a web server, and tells what it answered.", example = """
            - name: Tell the dashboard of a new node
              uri:
                url: http://dashboard.local/api/nodes
                method: POST
                body_format: json
                body:
                  name: node7
                status_code: [200, 201]
            """, returns = {"status: int: the server's status", "url: str: the URL that answered, after redirects",
        "redirected: bool: whether there were redirects", "msg: str: what the server said, and how much came",
        "content: str: the body, if return_content says so", "json: dict: the body, if it is JSON",
        "cookies: dict: the cookies that the server set", "cookies_string: str: the cookies, as a header has them",
        "elapsed: int: seconds", "path: str: the file that was written, with dest",
        "content_type: str: that header; each header becomes a key in small letters with _ for -"})
    public record Args(@Arg("An http or https URL; a user and password may stand in it.") String url,
            @Arg(value = "The method, a word in any case.", fallback = "GET") String method,
            @Arg("What is sent; with body_format json or form-urlencoded, a mapping or list.") Optional<Value> body,
            @Arg(value = "How the body is written: as it is, as JSON, or as a form.", fallback = "raw") BodyFormat bodyFormat,
            @Arg(value = "A file that is sent as the body.", remoteIf = "remote_src") Optional<ControllerFile> src,
            @Arg(value = "Whether src is on the node.", fallback = "false") boolean remoteSrc,
            @Arg(value = "Whether the body is returned.", fallback = "false") boolean returnContent,
            @Arg(value = "The statuses that mean success.", fallback = "[200]") List<Integer> statusCode,
            @Arg(value = "How long the server may be silent, in seconds.", fallback = "30") int timeout,
            @Arg(value = "Which redirects are followed: safe (of GET and HEAD), all, none, urllib2 (all, and a GET each); yes is all, no is none.", fallback = "safe") Redirects followRedirects,
            @Arg(value = "A path on the node; nothing is asked if it exists.", nodePath = true) Optional<String> creates,
            @Arg(value = "A path on the node; nothing is asked unless it exists.", nodePath = true) Optional<String> removes,
            @Arg(value = "The file, or directory, on the node that gets the body.", nodePath = true) Optional<String> dest,
            @Arg(value = "Asks for an answer that no cache on the way has kept.", fallback = "false") boolean force,
            @Arg(value = "Whether what the server packed for the transfer is unpacked.", fallback = "true") boolean decompress,
            @Arg(value = "A file of the node, in PEM, with the certificates of those who may vouch for the server, instead of those that are trusted.", nodePath = true) Optional<String> caPath,
            @Arg(value = "A Unix socket of the node by which the server is reached.", nodePath = true) Optional<String> unixSocket,
            WebAccess access, FileAttributes attributes, ControllerFiles files) {

        private WebRequest request(Sent sent) throws URISyntaxException {
            WebRequest.Follow follow = switch (followRedirects) {
                case ALL, YES, TRUE -> WebRequest.Follow.ALL;
                case NONE, NO, FALSE -> WebRequest.Follow.NONE;
                case URLLIB2 -> WebRequest.Follow.URLLIB2;
                case SAFE -> WebRequest.Follow.SAFE;
            };
            WebRequest plain = access.apply(WebRequest.get(url), timeout, follow);
            WebRequest request = plain.with(plain.terms().with(caPath, unixSocket).unpacking(decompress))
                    .withMethod(method.toUpperCase(Locale.ROOT), sent.content());
            var more = new ArrayList<WebRequest.Header>();
            boolean typed = request.headers().stream().anyMatch(header -> header.is("content-type"));
            if (!typed && sent.type().isPresent()) {
                more.add(new WebRequest.Header("Content-Type", sent.type().get()));
            }
            if (force) {
                more.add(new WebRequest.Header("Cache-Control", "no-cache"));
            }
            return request.with(more);
        }

        /** The type of what is sent in that format. */
        private Optional<String> type() {
            return switch (bodyFormat) {
                case RAW -> Optional.empty();
                case JSON -> Optional.of("application/json");
                case FORM_URLENCODED, FORM_MULTIPART -> Optional.of("application/x-www-form-urlencoded");
            };
        }

        private Sent body(Function<String, byte[]> file) {
            if (body.isEmpty()) {
                return new Sent(Content.none(), type());
            }
            Value given = body.get();
            return switch (bodyFormat) {
                case FORM_MULTIPART -> FormData.of(given, file);
                case JSON -> new Sent(Content.text(given instanceof Text(String text) ? text : Json.compact(given)),
                        type());
                case FORM_URLENCODED -> new Sent(Content.text(given instanceof Text(String text) ? text : form(given)),
                        type());
                case RAW -> new Sent(Content.text(given instanceof MapValue || given instanceof ListValue
                        ? Json.compact(given)
                        : PythonText.of(given)), type());
            };
        }

        private static String form(Value given) {
            var pairs = new ArrayList<String>();
            switch (given) {
                case MapValue map -> map.byName().forEach((name, value) -> {
                    List<Value> values = value instanceof ListValue list ? list.items() : List.of(value);
                    values.forEach(one -> pairs.add(pair(name, one)));
                });
                case ListValue list -> list.items().forEach(item -> {
                    if (!(item instanceof ListValue both) || both.items().size() != 2) {
                        throw new BadBody("form_urlencoded: "
                                + (item instanceof ListValue few && few.items().size() < 2 ? "not enough" : "too many")
                                + " values to unpack (expected 2): an item is a name and a value");
                    }
                    pairs.add(pair(PythonText.of(both.items().get(0)), both.items().get(1)));
                });
                default -> pairs.add(PythonText.of(given));
            }
            return String.join("&", pairs);
        }

        private static String pair(String name, Value value) {
            return URLEncoder.encode(name, StandardCharsets.UTF_8) + "="
                    + URLEncoder.encode(PythonText.of(value), StandardCharsets.UTF_8);
        }
    }

    @Override
    public String name() {
        return "uri";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        if (!WORD.matcher(args.method()).matches()) {
            return Result.failed("Parameter 'method' needs to be a single word, like GET or POST, not '" + args.method()
                    + "'");
        }
        try {
            Optional<String> done = done(args, talk);
            if (done.isPresent()) {
                return Result.ok(MapValue.of("stdout", done.get()));
            }
            if (talk.controller().dryRun()) {
                return new Result(Result.Status.UNDETERMINED,
                        MapValue.of("skipped", true, "msg", "the server is asked only in a real run"), List.of());
            }
            Sent sent = args.src().isEmpty()
                    ? args.body(name -> file(args, name, talk))
                    : new Sent(source(args, talk), args.type());
            WebRequest request = args.request(sent);
            Exchange.Answered answer = talk.node().ask(new Exchange(
                    request.with(args.force() ? List.of() : since(args, talk))).inquiry());
            return result(args, answer, talk);
        } catch (URISyntaxException e) {
            return Result.failed(e.getInput() + " is no URL: " + e.getReason());
        } catch (Maybe.UnknownException e) {
            return Result.undetermined(e.why());
        } catch (BadBody e) {
            return Result.failed(String.valueOf(e.getMessage()));
        } catch (ProblemException e) {
            return Result.failed(e.summary());
        }
    }

    private static Optional<String> done(Args args, Talk talk) {
        if (args.creates().isPresent() && !state(args.creates().get(), talk).missing()) {
            return Optional.of("skipped, since '" + args.creates().get() + "' exists");
        }
        if (args.removes().isPresent() && state(args.removes().get(), talk).missing()) {
            return Optional.of("skipped, since '" + args.removes().get() + "' does not exist");
        }
        return Optional.empty();
    }

    private static PathState state(String path, Talk talk) {
        return talk.node().ask(Inquiry.of(new PathFact(path))).followed();
    }

    private static Content source(Args args, Talk talk) {
        ControllerFile src = args.src().orElseThrow();
        return args.remoteSrc()
                ? new Content.Bytes(
                        talk.node().run(new Action.Run(Sh.of("cat {}", src.path()))).out())
                : src.content();
    }

    /** The file that is there already need not come again. */
    private static List<WebRequest.Header> since(Args args, Talk talk) {
        return args.dest().isPresent() && state(args.dest().get(), talk) instanceof PathState.File file
                && file.inode().mtime().isPresent()
                        ? List.of(OfferFact.since(file.inode().mtime().getAsLong()))
                        : List.of();
    }

    private static byte[] file(Args args, String name, Talk talk) {
        return args.remoteSrc() ? read(name, talk) : args.files().find(name).content().bytesOf();
    }

    private static byte[] read(String path, Talk talk) {
        Answer answer = talk.node().run(new Action.Run(Sh.of("cat {}", path)));
        if (!answer.ok()) {
            throw new BadBody("form-multipart: " + answer.errors().strip());
        }
        return answer.out();
    }

    private static Result result(Args args, Exchange.Answered answer, Talk talk) {
        boolean redirected = !answer.url().toString().equals(stripped(args.url()));
        MapValue keys = MapValue.of("url", answer.url().toString(), "status", answer.status(), "elapsed", 0,
                "redirected", answer.status() > 0 && redirected).with(headers(answer.headers()));
        if (keys.get("location").isPresent()) {
            keys = keys.with("location", absolute(answer.url(), PythonText.of(keys.get("location").get())));
        }
        boolean kept = answer.status() == 304 && args.dest().isPresent(); // it is the file that is there
        boolean fine = kept
                || args.statusCode().contains(answer.status());
        if (answer.status() > 0) {
            keys = keys.with(body(args, answer));
        } else if (args.returnContent()) {
            keys = keys.with("content", "");
        }
        boolean error = answer.status() < 0 || answer.status() >= 300;
        String said = error ? answer.problem() : "OK (" + answer.content().length() + " bytes)";
        if (!error || fine) {
            keys = keys.with(cookies(answer.headers()));
        }
        if (!fine) {
            if (args.dest().isPresent()) {
                String dest = args.dest().get();
                keys = keys.with("path", dest);
                if (state(dest, talk) instanceof PathState.Present there) {
                    keys = keys.with(PathResults.of(there));
                }
            }
            return Result.failed("Status code was " + answer.status() + " and not ["
                    + args.statusCode().stream().map(String::valueOf).collect(Collectors.joining(", ")) + "]: " + said,
                    keys);
        }
        keys = keys.with("msg", said);
        return args.dest().isPresent() ? kept(args, args.dest().get(), answer, keys, talk) : Result.ok(keys);
    }

    private static String stripped(String url) {
        try {
            return WebRequest.get(url).url().toString();
        } catch (URISyntaxException _) {
            return url;
        }
    }

    private static String absolute(URI url, String location) {
        try {
            return url.resolve(location).toString();
        } catch (IllegalArgumentException _) {
            return location;
        }
    }

    /** A header that comes more than once is one, with commas. */
    private static MapValue headers(List<WebRequest.Header> headers) {
        Map<String, String> all = new LinkedHashMap<>();
        headers.forEach(header -> all.merge(header.name().toLowerCase(Locale.ROOT).replace('-', '_'), header.value(),
                (a, b) -> a + ", " + b));
        MapValue keys = MapValue.EMPTY;
        for (Map.Entry<String, String> header : all.entrySet()) {
            keys = keys.with(header.getKey(), header.getValue());
        }
        return keys;
    }

    private static MapValue cookies(List<WebRequest.Header> headers) {
        MapValue cookies = MapValue.EMPTY;
        var pairs = new ArrayList<String>();
        for (WebRequest.Header header : headers) {
            if (header.is("set-cookie")) {
                String pair = header.value().split(";", 2)[0].strip();
                pairs.add(pair);
                cookies = cookies.with(pair.split("=", 2)[0], pair.contains("=") ? pair.split("=", 2)[1] : "");
            }
        }
        return MapValue.of("cookies", cookies, "cookies_string", String.join("; ", pairs));
    }

    private static MapValue body(Args args, Exchange.Answered answer) {
        String type = answer.headers().stream().filter(header -> header.is("content-type"))
                .map(WebRequest.Header::value).findFirst().orElse("");
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean json = media.equals("application/json") || media.equals("text/json") || media.endsWith("+json");
        if (answer.content().length() > KEPT || !(json || args.returnContent())) {
            return MapValue.EMPTY;
        }
        String text = new String(answer.content().bytesOf(), charset(type));
        MapValue keys = args.returnContent() ? MapValue.of("content", text) : MapValue.EMPTY;
        Optional<Value> parsed = json ? Json.tryParse(text) : Optional.empty();
        return parsed.isPresent() ? keys.with("json", parsed.get()) : keys;
    }

    private static Charset charset(String type) {
        Matcher matcher = CHARSET.matcher(type);
        try {
            return matcher.find() ? Charset.forName(matcher.group(1)) : StandardCharsets.UTF_8;
        } catch (UnsupportedCharsetException _) {
            return StandardCharsets.UTF_8;
        }
    }

    /** The body goes into a file, if that isn't what it has; the file then gets its attributes. */
    private static Result kept(Args args, String dest, Exchange.Answered answer, MapValue keys, Talk talk) {
        String name = Disposition.fileName(answer.headers())
                .orElseGet(() -> NodePath.name(NodePath.normal("/" + String.valueOf(answer.url().getPath()))));
        String path = state(dest, talk) instanceof PathState.Directory // in which the file is to be
                ? NodePath.within(dest, name.equals("/") ? "index.html" : name)
                : NodePath.normal(dest);
        Place place = talk.node().ask(
                Place.at(path, answer.content().length(), args.attributes().wanted()));
        PathState there = place.state().get();
        Optional<String> obstacle = place.rights().obstacle()
                .or(() -> there.followed() instanceof PathState.Present && !(there.followed() instanceof PathState.File)
                        ? Optional.of("Destination " + path + " is no file, and can't be replaced")
                        : Optional.empty());
        if (obstacle.isPresent()) {
            return Result.failed(obstacle.get(), keys);
        }
        boolean same = answer.status() == 304
                || (there.followed() instanceof PathState.File && place.same().apply(answer.content()));
        var actions = new ArrayList<Action>();
        if (!same) { // the new file takes the place of a link, with the attributes of what that leads to
            actions.add(new Action.Write(there.real(), answer.content(), place.rights().written(there.followed())));
            place.rights().renewed()
                    .flags(new PathState.File(there.real(), Inode.made(0, place.rights().me(), there.real())), path)
                    .ifPresent(change -> actions.addAll(change.actions()));
        } else if (there.followed() instanceof PathState.Present present) {
            place.rights().change(present, path).ifPresent(change -> actions.addAll(change.actions()));
        }
        for (Action action : actions) {
            Answer done = talk.node().run(action);
            if (!done.ok()) {
                return Result.failed((action instanceof Action.Write ? "Could not replace file: " : "")
                        + done.errors().strip(), keys);
            }
        }
        MapValue all = keys.with("path", path).with(PathResults.of(state(path, talk)));
        return actions.isEmpty() ? Result.ok(all) : Result.changed(all);
    }
}
