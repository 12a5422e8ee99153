package bramble.modules.network;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Fact;
import bramble.module.Facts;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.DigestFact;
import bramble.modules.files.FileAttributes;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathResults;
import bramble.modules.files.PathState;
import bramble.modules.files.Rights;
import bramble.shell.Answer;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** {@code get_url}: downloads a file to a node. */
@AutoService(AnyModule.class)
public final class GetUrlModule implements TaskModule<GetUrlModule.Args, GetUrlModule.State> {

    /** The arguments of {@code get_url}. */
    @Doc(value = "Downloads a file from a web server to the node.", example = """
            - name: The program, in the version that was checked
              get_url:
                url: https://example.org/tool-1.2
                dest: /usr/local/bin/tool
                checksum: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                mode: '0755'
            """, returns = {"dest: str: the path of the file", "url: str: where it came from",
        "msg: str: what the server said, and how much came", "status_code: int: the server's status",
        "checksum_src: str: SHA-1 of what came", "checksum_dest: str: SHA-1 of the file",
        "md5sum: str: MD5 of the file",
        "mode: str: four octal digits", "owner: str: name of the owner", "group: str: name of the group",
        "uid: int: number of the owner", "gid: int: number of the group", "size: int: in bytes", "state: str: file",
        "response: str: what the server said, if it failed", "backup_file: str: where the old file was kept"})
    public record Args(
            @Arg("An http or https URL, in which a user and password may stand; or a file URL, of a file of the node.") String url,
            @Arg(value = "The path on the node; in a directory, the file has the name that the server gives it, or else the last part of the URL.", nodePath = true) String dest,
            @Arg("What the file must have: the algorithm (md5, sha1, sha256, ...), a colon, and the digest or the URL of a list of digests.") Optional<String> checksum,
            @Arg("The SHA-256 that the file must have, in the way of old playbooks.") Optional<String> sha256sum,
            @Arg(value = "Whether the file is fetched, and compared, even if the server says that it hasn't changed since.", fallback = "false", aliases = "thirsty") boolean force,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            @Arg(value = "Accepted; the file is always written beside its place and moved.", nodePath = true) Optional<String> tmpDest,
            @Arg(value = "How long the server may be silent, in seconds.", fallback = "10") int timeout,
            @Arg(value = "Whether what the server packed for the transfer is unpacked.", fallback = "true") boolean decompress,
            WebAccess access, FileAttributes attributes) {

        /** The request, or what is wrong with it. */
        private WebRequest request() throws URISyntaxException {
            WebRequest request = access.apply(WebRequest.orFile(url), timeout, WebRequest.Follow.URLLIB2);
            return request.with(request.terms().unpacking(decompress));
        }

        private String fileName() {
            String path = url.replaceFirst("[?#].*$", "").replaceFirst("^\\w+:(//[^/]*)?/?", "").replaceFirst("/+$",
                    "");
            String name = URLDecoder.decode(NodePath.name(path).replace("+", "%2B"), StandardCharsets.UTF_8);
            return name.isEmpty() || name.equals("..") ? "index.html" : name;
        }

        private Optional<String> wanted() {
            return checksum.filter(text -> !text.isBlank())
                    .or(() -> sha256sum.filter(text -> !text.isBlank()).map(sum -> "sha256:" + sum));
        }
    }

    /**
     * What there is.
     *
     * @param problem why nothing can be done; the rest is without meaning then
     * @param inside what is at the file's place in the directory that dest may be
     * @param sums the checksums of what is at the two places
     * @param offer what the server has, where it was asked
     * @param name the file's in the directory that dest may be
     * @param fetched whether an earlier task of a dry run would have brought it
     */
    public record State(Optional<String> problem, Optional<Download> download, Maybe<PathState> dest,
            Maybe<PathState> inside, List<Maybe<DigestFact.Digest>> sums, Maybe<Offer> offer, boolean fetched,
            Optional<Rights> rights, String name) {
        static State wrong(String why) {
            return new State(Optional.of(why), Optional.empty(), Maybe.unknown(""), Maybe.unknown(""), List.of(),
                    Maybe.unknown(""), false, Optional.empty(), "");
        }

        private String path(Args args) {
            return isFolder() ? NodePath.within(args.dest(), name) : args.dest();
        }

        private boolean isFolder() {
            return dest instanceof Maybe.Known<PathState>(PathState there)
                    && there.followed() instanceof PathState.Directory;
        }

        private Maybe<PathState> target() {
            return isFolder() ? inside : dest;
        }
    }

    @Override
    public String name() {
        return "get_url";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        try {
            WebRequest request = args.request();
            if (args.wanted().isEmpty()) {
                return state(args, new Download(request, Means.of(node, request, List.of()), Optional.empty()));
            }
            String wanted = args.wanted().get();
            int colon = wanted.indexOf(':');
            Optional<String> algorithm = colon < 0
                    ? Optional.empty()
                    : Checksum.algorithm(wanted.substring(0, colon));
            if (algorithm.isEmpty()) {
                return Inquiry.nothing(State.wrong("The checksum parameter has to be in format <algorithm>:<checksum>, "
                        + "with one of " + Checksum.names() + ", not " + wanted));
            }
            String sum = wanted.substring(colon + 1);
            String program = Checksum.program(algorithm.get());
            Means means = Means.of(node, request, List.of(program));
            if (means == Means.FILE && !node.has(program)) {
                return Inquiry
                        .nothing(State.wrong("Tried to count the checksum of one of the node's own files, but the node "
                                + "has no " + program + "; name a checksum of another algorithm."));
            }
            if (!sum.matches("(?i)(https?|ftp|file)://.*")) {
                return state(args, new Download(request, means, Optional.of(Checksum.of(algorithm.get(), sum))));
            }
            WebRequest list = args.access().apply(WebRequest.orFile(sum), args.timeout(), WebRequest.Follow.URLLIB2);
            return Inquiry.of(new TextFact(list, Means.of(node, list, List.of())))
                    .then(found -> listed(args, new Download(request, means, Optional.empty()), algorithm.get(), sum,
                            found));
        } catch (URISyntaxException e) {
            return Inquiry.nothing(State.wrong(e.getInput() + " is no URL: " + e.getReason()));
        }
    }

    private static Inquiry<State> listed(Args args, Download download, String algorithm, String list,
            TextFact.Found found) {
        Optional<String> sum = Checksum.listed(found.text(), args.fileName());
        if (sum.isEmpty()) {
            return Inquiry.nothing(State.wrong(!found.problem().isEmpty()
                    ? "Tried to read the checksums of " + list + ", but: " + found.problem()
                    : "Unable to find a checksum for file '" + args.fileName() + "' in '" + list + "'"));
        }
        return state(args,
                new Download(download.request(), download.means(), Optional.of(Checksum.of(algorithm, sum.get()))));
    }

    /** In a folder, the file has the name that the server gives it. */
    private static Inquiry<State> state(Args args, Download download) {
        Inquiry<State> byUrl = state(args, download, args.fileName());
        return download.means() == Means.FILE
                ? byUrl
                : byUrl.then(state -> state.isFolder()
                        ? Inquiry.of(new GivenNameFact(download.request())).then(given -> given.isEmpty()
                                || given.get().equals(args.fileName())
                                        ? Inquiry.nothing(state)
                                        : state(args, download, given.get()))
                        : Inquiry.nothing(state));
    }

    private static Inquiry<State> state(Args args, Download download, String name) {
        String inside = NodePath.within(args.dest(), name);
        Rights.Wanted wanted = args.attributes().wanted().at(args.dest(), inside);
        var facts = new ArrayList<Fact<?>>(wanted.facts());
        var offer = new OfferFact(args.dest(), name, download.request(), download.means(), args.force(),
                download.checksum());
        facts.add(new PathFact(args.dest()));
        facts.add(new PathFact(inside));
        var seen = Surroundings.Seen.of(download.request());
        boolean onController = download.means() == Means.CONTROLLER;
        if (onController) {
            facts.add(seen);
        }
        if (download.checksum().isPresent()) {
            String algorithm = download.checksum().get().algorithm();
            facts.add(new DigestFact(args.dest(), algorithm));
            facts.add(new DigestFact(inside, algorithm));
        }
        facts.add(offer);
        String url = download.request().url().toString();
        facts.add(new Fetched(args.dest(), url));
        facts.add(new Fetched(inside, url));
        return Inquiry.ask(facts, known -> new State(Optional.empty(),
                Optional.of(onController ? download.in(known.maybe(seen).orElse(Surroundings.NONE)) : download),
                known.maybe(new PathFact(args.dest())), known.maybe(new PathFact(inside)),
                download.checksum().map(sum -> sums(known, args.dest(), inside, sum.algorithm())).orElse(List.of()),
                known.maybe(offer),
                Stream.of(args.dest(), inside).anyMatch(path -> known.maybe(new Fetched(path, url)).orElse(false)),
                Optional.of(wanted.on(known)), name));
    }

    private static List<Maybe<DigestFact.Digest>> sums(Facts known, String dest, String inside, String algorithm) {
        return List.of(known.maybe(new DigestFact(dest, algorithm)), known.maybe(new DigestFact(inside, algorithm)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.problem().isPresent()) {
            return new Plan.Refused(actual.problem().get());
        }
        Rights rights = actual.rights().orElseThrow();
        if (rights.obstacle().isPresent()) {
            return new Plan.Refused(rights.obstacle().get());
        }
        Download download = actual.download().orElseThrow();
        String path = actual.path(args);
        PathState there = actual.target().get();
        return switch (there) {
            case PathState.Absent absent when !absent.hasParent()
                    || (args.dest().endsWith("/") && !actual.isFolder()) ->
                new Plan.Refused(
                        "Destination " + NodePath.parent(NodePath.normal(path)) + " does not exist",
                        about(args, path, there));
            case PathState.Directory _,PathState.Other _ -> new Plan.Refused(
                    "Destination " + path + " is no file, and can't be replaced", about(args, path, there));
            case PathState.Present present when unchanged(actual, download) ->
                Plan.of(rights.change(present, path).stream().toList());
            case PathState _ when actual.offer() instanceof Maybe.Known<Offer>(Offer.Missing missing) ->
                new Plan.Refused("Request failed", about(args, path, there).with("status_code", missing.status())
                        .with("response", missing.why()));
            case PathState _ when actual.offer() instanceof Maybe.Known<Offer>(Offer.Failed(String why)) ->
                new Plan.Refused(unreached(args, why), about(args, path, there));
            case PathState _ -> Plan.of(download.change(path, there, rights, args.backup()));
        };
    }

    /** What any result tells: what was to come, where to, and what is there. */
    private static MapValue about(Args args, String path, PathState there) {
        MapValue about = MapValue.of("dest", path, "url", args.url(), "elapsed", 0);
        return there instanceof PathState.Present present ? about.with(PathResults.of(present)) : about;
    }

    private static String unreached(Args args, String why) {
        return "Request failed: tried to download " + args.url() + ", but " + why;
    }

    private static boolean unchanged(State actual, Download download) {
        if (download.checksum().isPresent()) {
            return download.checksum().get().isOf(actual.sums().get(actual.isFolder() ? 1 : 0).get());
        }
        if (actual.fetched()) {
            return true;
        }
        return switch (actual.offer().get()) {
            case Offer.Unmodified _,Offer.Same _ -> true;
            case Offer.Other _,Offer.Failed _,Offer.Missing _ -> false;
            case Offer.NoFile _ -> Maybe.<Boolean>unknown(
                    "an earlier task would make the file, which then is compared with the server's").get();
        };
    }

    @Override
    public OptionalLong fetches(String line) {
        return Means.bytes(line);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        State after = applied.after().orElse(before);
        String path = after.path(args);
        MapValue results = MapValue.of("dest", path, "url", args.url(), "elapsed", 0);
        boolean downloads = applied.changes().stream().map(Change::diff)
                .anyMatch(diff -> diff.after() instanceof MapValue map && map.get("src").isPresent());
        if (downloads && !applied.predicted()) {
            Answer answer = applied.answers().getFirst();
            Means.Told told = Means.Told.of(answer);
            if (!answer.ok()) {
                return failed(args, after.target() instanceof Maybe.Known<PathState>(PathState there)
                        ? about(args, path, there)
                        : results, told);
            }
            results = sums(answer, results.with("status_code", told.status() == 0 ? 200 : told.status()));
        } else if (downloads) {
            if (before.offer() instanceof Maybe.Known<Offer>(Offer.NoFile(String told)) && !told.isEmpty()) {
                results = results.with("msg", told).with("status_code", 200);
            }
        } else {
            results = switch (before.offer().orElse(new Offer.Other())) {
                case Offer.Unmodified _ ->
                    results.with("msg", "HTTP Error 304: Not Modified").with("status_code", 304);
                case Offer.Same(MapValue sums) -> results.with(sums).with("status_code", 200).with("msg",
                        before.target() instanceof Maybe.Known<PathState>(PathState there)
                                && there.followed() instanceof PathState.File file && file.inode().size().isPresent()
                                        ? "OK (" + file.inode().size().getAsLong() + " bytes)"
                                        : "OK");
                case Offer _ -> results.with("msg", applied.changes().isEmpty()
                        ? "file already exists"
                        : "file already exists but file attributes changed");
            };
        }
        if (after.target() instanceof Maybe.Known<PathState>(PathState.Present there)) {
            results = results.with(PathResults.of(there));
        }
        Verdict plain = TaskModule.super.judge(args, before, applied);
        return plain.with(results);
    }

    private static Verdict failed(Args args, MapValue results, Means.Told told) {
        if (told.status() >= 300) {
            return Verdict.failed("Request failed", results.with("status_code", told.status())
                    .with("response", told.problem()));
        }
        boolean checksum = told.errors().startsWith("The checksum for ");
        return Verdict.failed(checksum ? told.errors() : unreached(args, told.errors()), results);
    }

    private static MapValue sums(Answer answer, MapValue results) {
        MapValue all = results;
        for (String line : answer.text().lines().toList()) {
            String[] words = line.split(" ", 2);
            all = switch (words[0]) {
                case "sha1sum" -> all.with("checksum_src", words[1]).with("checksum_dest", words[1]);
                case "md5sum" -> all.with("md5sum", words[1]);
                case "bytes" -> all.with("msg", "OK (" + words[1].strip() + " bytes)");
                case "backup" -> all.with("backup_file", words[1]);
                default -> all;
            };
        }
        return all;
    }
}
