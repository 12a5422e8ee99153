package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.Mode;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.regex.PythonRegex;
import bramble.regex.RegexException;
import bramble.shell.Content;
import bramble.value.Encodings;
import bramble.value.EscapedBytes;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code find}: files below directories, by name, kind, age, size or content. It changes nothing. */
@AutoService(AnyModule.class)
public final class FindModule implements TaskModule<FindModule.Args, FindModule.State> {
    private static final Pattern AMOUNT = Pattern.compile("(-?\\d+)([a-z]?)");

    /** The arguments of {@code find}. */
    @Doc(value = "Finds files below directories.", example = """
            - name: Which logs are older than four weeks
              find:
                paths: /var/log
                age: 4w
                recurse: true
              register: old
            """, returns = {"files: list: what was found, each with the keys of stat",
        "matched: int: how many were found",
        "examined: int: how many were looked at", "skipped_paths: dict: paths that were left out, and why"})
    public record Args(@Arg(value = "The directories.", aliases = {
        "name", "path"}, nodePath = true) List<String> paths,
            @Arg(value = "Shell patterns for names; or expressions, with use_regex.", aliases = "pattern", fallback = "") List<String> patterns,
            @Arg(value = "Patterns for names that are left out.", aliases = "exclude", fallback = "") List<String> excludes,
            @Arg(value = "An expression that a line of the file must match from its start.", regex = true) Optional<String> contains,
            @Arg("The encoding of the files that contains looks into; files that aren't in it are told and left out. Without it, any bytes will do.") Optional<String> encoding,
            @Arg(value = "Whether contains looks at the whole file, not at its lines.", fallback = "false") boolean readWholeFile,
            @Arg("How old it must be at least (or, below zero, at most): a number with s, m, h, d or w.") Optional<String> age,
            @Arg(value = "Which time age is counted from.", fallback = "mtime") Stamp ageStamp,
            @Arg("How large it must be at least (or, below zero, at most): a number with b, k, m, g or t.") Optional<String> size,
            @Arg(value = "Whether directories below are searched.", fallback = "false") boolean recurse,
            @Arg(value = "Whether names that begin with a dot count.", fallback = "false") boolean hidden,
            @Arg(value = "Accepted; links are not followed.", fallback = "false") boolean follow,
            @Arg(value = "Whether checksums are told.", fallback = "false") boolean getChecksum,
            @Arg(value = "What the checksums are made by.", fallback = "sha1", aliases = {"checksum",
                "checksum_algo"}) ChecksumAlgorithm checksumAlgorithm,
            @Arg(value = "Whether patterns are regular expressions.", fallback = "false") boolean useRegex,
            @Arg("How many levels down.") Optional<Integer> depth,
            @Arg(value = "What to find.", fallback = "file") Kind fileType,
            @Arg("Permissions that it must have.") Optional<Mode> mode,
            @Arg(value = "Whether it must have no others than mode.", fallback = "true") boolean exactMode,
            @Arg("How many to find at most.") Optional<Integer> limit){
        private int levels() {
            return recurse ? depth.orElse(0) : 1;
        }

        private DigestFact digest(String file) {
            return new DigestFact(file, checksumAlgorithm.javaName());
        }

        /** What the node's grep can be asked of it. */
        private Optional<HoldsFact> holds(String file) {
            return contains
                    .filter(text -> encoding.isEmpty() && GrepPattern.anywhere(text).isPresent())
                    .map(text -> new HoldsFact(file, text, readWholeFile));
        }

        /** Whether it may be meant, or is only looked at because its folder is. */
        private boolean reaches(String below) {
            return levels() == 0 || below.chars().filter(c -> c == '/').count() < levels();
        }

        /** As its documentation has it, what lies one level too deep is examined too where a depth is given. */
        private int examined() {
            return recurse && levels() > 0 ? levels() + 1 : levels();
        }
    }

    /** What can be found. */
    public enum Kind {
        ANY,
        DIRECTORY,
        FILE,
        LINK
    }

    /** Times of a file. */
    public enum Stamp {
        ATIME,
        MTIME,
        CTIME
    }

    /**
     * What there is.
     *
     * @param trees by path as it was asked for; of the found files the digests and contents, where they are wanted
     * @param holds what the node's own grep says of them, where it can be asked
     */
    public record State(Map<String, TreeFact.Tree> trees, long now, Map<String, Maybe<DigestFact.Digest>> digests,
            Map<String, Maybe<HoldsFact.Held>> holds, Map<String, Maybe<FileContent>> contents) {}

    @Override
    public String name() {
        return "find";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        List<TreeFact> facts = args.paths().stream().map(path -> new TreeFact(path, args.examined())).toList();
        Inquiry<State> listed = Inquiry.ask(facts, known -> {
            var trees = new LinkedHashMap<String, TreeFact.Tree>();
            for (int i = 0; i < facts.size(); i++) {
                trees.put(args.paths().get(i), known.get(facts.get(i)));
            }
            return trees;
        }).and(args.age().isPresent() ? Inquiry.of(new ClockFact()) : Inquiry.nothing(0L),
                (trees, now) -> new State(trees, now, Map.of(), Map.of(), Map.of()));
        return args.getChecksum() || args.contains().isPresent() ? listed.then(state -> read(args, state)) : listed;
    }

    /** Reads what is in the files that may be meant. */
    private static Inquiry<State> read(Args args, State listed) {
        List<String> files = candidates(args, listed).stream().filter(found -> found.state() instanceof PathState.File)
                .map(found -> found.state().real()).toList();
        var facts = new ArrayList<bramble.module.Fact<?>>();
        for (String file : files) {
            if (args.getChecksum()) {
                facts.add(args.digest(file));
            }
            args.holds(file).ifPresent(facts::add);
            if (args.contains().isPresent() && args.holds(file).isEmpty()) {
                facts.add(new ContentFact(file));
            }
        }
        return Inquiry.ask(facts, known -> {
            var digests = new LinkedHashMap<String, Maybe<DigestFact.Digest>>();
            var holds = new LinkedHashMap<String, Maybe<HoldsFact.Held>>();
            var contents = new LinkedHashMap<String, Maybe<FileContent>>();
            for (String file : files) {
                if (args.getChecksum()) {
                    digests.put(file, known.maybe(args.digest(file)));
                }
                args.holds(file).ifPresent(fact -> holds.put(file, known.maybe(fact)));
                if (args.contains().isPresent() && args.holds(file).isEmpty()) {
                    contents.put(file, known.maybe(new ContentFact(file)));
                }
            }
            return new State(listed.trees(), listed.now(), digests, holds, contents);
        }).then(FindModule::rest);
    }

    /** The contents of files of which the node's grep couldn't tell. */
    private static Inquiry<State> rest(State state) {
        List<String> files = state.holds().entrySet().stream()
                .filter(one -> one.getValue() instanceof Maybe.Known<HoldsFact.Held>(var held) && !held.known())
                .map(Map.Entry::getKey).toList();
        List<ContentFact> facts = files.stream().map(ContentFact::new).toList();
        return files.isEmpty() ? Inquiry.nothing(state) : Inquiry.ask(facts, known -> {
            var holds = new LinkedHashMap<>(state.holds());
            var contents = new LinkedHashMap<String, Maybe<FileContent>>();
            for (String file : files) {
                holds.remove(file);
                contents.put(file, known.maybe(new ContentFact(file)));
            }
            return new State(state.trees(), state.now(), state.digests(), holds, contents);
        });
    }

    @Override
    public Plan plan(Args args, State actual) {
        try {
            candidates(args, actual);
            return Plan.NOTHING;
        } catch (RegexException | IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    /** One that may be meant, with the path that a user expects. */
    private record Found(String path, PathState.Present state) {}

    private static List<Found> candidates(Args args, State state) {
        Predicate<PathState.Present> filter = filter(args, state.now());
        var found = new ArrayList<Found>();
        state.trees().forEach((path, tree) -> {
            for (PathState.Present entry : tree.entries()) {
                String below = entry.real().substring(tree.real().length() + 1);
                if (args.reaches(below) && filter.test(entry)) {
                    found.add(new Found(NodePath.within(path, below), entry));
                }
            }
        });
        return found;
    }

    private static Predicate<PathState.Present> filter(Args args, long now) {
        Predicate<String> names = names(args.patterns(), args.useRegex(), true);
        Predicate<String> excluded = names(args.excludes(), args.useRegex(), false);
        Optional<Long> age = args.age()
                .map(text -> amount("age", text, "smhdw", List.of(1L, 60L, 3600L, 86400L, 604800L)));
        Optional<Long> size = args.size()
                .map(text -> amount("size", text, "bkmgt", List.of(1L, 1L << 10, 1L << 20, 1L << 30, 1L << 40)));
        return entry -> {
            String name = NodePath.name(entry.real());
            boolean kind = switch (args.fileType()) {
                case ANY -> true;
                case DIRECTORY -> entry instanceof PathState.Directory;
                case FILE -> entry instanceof PathState.File;
                case LINK -> entry instanceof PathState.Link;
            };
            OptionalLong time = args.ageStamp() == Stamp.ATIME ? entry.inode().atime() : entry.inode().mtime();
            return kind && (args.hidden() || !name.startsWith(".")) && names.test(name) && !excluded.test(name)
                    && age.map(least -> met(now - time.orElse(now), least)).orElse(true)
                    && size.filter(_ -> entry instanceof PathState.File)
                            .map(least -> met(entry.inode().size().orElse(0), least)).orElse(true)
                    && args.mode().map(mode -> mode(mode, entry.inode().mode(), args.exactMode())).orElse(true);
        };
    }

    private static boolean met(long actual, long wanted) {
        return wanted >= 0 ? actual >= wanted : actual <= -wanted;
    }

    private static boolean mode(Mode wanted, int actual, boolean exact) {
        int bits = Modes.apply(wanted, 0, false, 0);
        return exact ? actual == bits : (actual & bits) != 0;
    }

    private static long amount(String argument, String text, String units, List<Long> factors) {
        Matcher parts = AMOUNT.matcher(text.strip().toLowerCase(Locale.ROOT));
        int unit = parts.matches() && !parts.group(2).isEmpty() ? units.indexOf(parts.group(2)) : 0;
        if (!parts.matches() || unit < 0) {
            throw new IllegalArgumentException("failed to process " + argument + ": " + text);
        }
        return Long.parseLong(parts.group(1)) * factors.get(unit);
    }

    private static Predicate<String> names(List<String> patterns, boolean regex, boolean ifNone) {
        if (patterns.isEmpty()) {
            return _ -> ifNone;
        }
        List<PythonRegex> compiled = patterns.stream()
                .map(pattern -> PythonRegex.compile(regex ? pattern : glob(pattern))).toList();
        return name -> compiled.stream().anyMatch(one -> one.match(name).isPresent());
    }

    /** A shell pattern as a regular expression. */
    private static String glob(String pattern) {
        var regex = new StringBuilder("(?s)");
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            int end = c == '[' ? pattern.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (end > 0) {
                String set = pattern.substring(i + 1, end).replace("\\", "\\\\");
                regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
                i = end;
            } else {
                regex.append(PythonRegex.escape(String.valueOf(c)));
            }
        }
        return regex.append("\\Z").toString();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        var files = new ArrayList<Value>();
        for (Found found : candidates(args, before)) {
            if (contained(args, before, found) && files.size() < args.limit().orElse(Integer.MAX_VALUE)) {
                MapValue file = FileResults.of(found.path(), found.state());
                Maybe<DigestFact.Digest> digest = before.digests().get(found.state().real());
                files.add(digest == null ? file : file.with("checksum", switch (digest) {
                    case Maybe.Known<DigestFact.Digest>(DigestFact.Digest value) -> Value.text(value.hex());
                    case Maybe.NotKnown<DigestFact.Digest>(String why) -> new Unknown(why);
                }));
            }
        }
        MapValue skipped = MapValue.EMPTY;
        int examined = 0;
        for (Found found : strangers(args, before)) {
            skipped = skipped.with(NodePath.parent(found.path()), "Failed to read the file " + found.path()
                    + " due to an encoding error. current encoding: " + args.encoding().orElseThrow());
        }
        for (Found found : candidates(args, before)) {
            if (before.contents()
                    .get(found.state().real()) instanceof Maybe.Known<FileContent>(FileContent.TooLarge _)) {
                skipped = skipped.with(found.path(), "Failed to read the file " + found.path() + ": it is larger than "
                        + (ContentFact.LIMIT >> 20) + " MiB");
            }
        }
        Optional<String> unknown = args.encoding().filter(name -> Encodings.named(name).isEmpty());
        for (Map.Entry<String, TreeFact.Tree> tree : before.trees().entrySet()) {
            examined += tree.getValue().entries().size();
            if (unknown.isPresent() && args.contains().isPresent()) {
                skipped = skipped.with(tree.getKey(), "unknown encoding: " + unknown.get());
            }
            for (String closed : tree.getValue().closed()) {
                String below = closed.substring(Math.min(closed.length(), tree.getValue().real().length() + 1));
                if (below.isEmpty() || args.reaches(below + "/")) {
                    String path = below.isEmpty() ? tree.getKey() : NodePath.within(tree.getKey(), below);
                    skipped = skipped.with(path, "[Errno 13] Permission denied: '" + path + "'");
                }
            }
            if (tree.getValue().missing() && tree.getValue().closed().isEmpty()) {
                skipped = skipped.with(tree.getKey(), "'" + tree.getKey() + "' is not a directory");
            }
        }
        String message = skipped.entries().isEmpty()
                ? "All paths examined"
                : "Not all paths examined, check warnings for details";
        return Verdict.changed(false,
                MapValue.of("files", new ListValue(files), "matched", files.size(), "examined", examined,
                        "msg", message, "skipped_paths", skipped));
    }

    private static boolean contained(Args args, State state, Found found) {
        if (args.contains().isEmpty() || !(found.state() instanceof PathState.File)) {
            return true;
        }
        Maybe<HoldsFact.Held> held = state.holds().get(found.state().real());
        if (held != null) {
            return held.get().holds();
        }
        Maybe<FileContent> content = state.contents().get(found.state().real());
        if (content == null || !(content.get() instanceof FileContent.Bytes(_, Content bytes))) {
            return false;
        }
        PythonRegex regex = PythonRegex.compile(args.contains().get());
        return text(args, bytes).filter(text -> args.readWholeFile()
                ? regex.search(text).isPresent()
                : Lines.of(text).stream().anyMatch(line -> regex.match(line).isPresent())).isPresent();
    }

    /** The files to look into that aren't in the encoding that was named. */
    private static List<Found> strangers(Args args, State state) {
        return args.contains().isEmpty() || args.encoding().isEmpty()
                ? List.of()
                : candidates(args, state).stream().filter(found -> {
                    Maybe<FileContent> content = state.contents().get(found.state().real());
                    return content != null && content.get() instanceof FileContent.Bytes(_, Content bytes)
                            && text(args, bytes).isEmpty();
                }).toList();
    }

    private static Optional<String> text(Args args, Content content) {
        byte[] bytes = content.bytesOf();
        try {
            return Optional.of(args.encoding().isEmpty()
                    ? EscapedBytes.decode(bytes)
                    : Encodings.named(args.encoding().get()).orElseThrow(CharacterCodingException::new).newDecoder()
                            .decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }
}
