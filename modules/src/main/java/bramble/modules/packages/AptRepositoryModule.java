package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.Mode;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.modules.files.Inode;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Rights;
import bramble.modules.files.Tried;
import bramble.modules.files.Written;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** {@code apt_repository}: where apt gets packages from, in one-line style. */
@AutoService(AnyModule.class)
public final class AptRepositoryModule implements TaskModule<AptRepositoryModule.Args, AptRepositoryModule.State> {
    /** Whether the source is to be there. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** The arguments of {@code apt_repository}. */
    @Doc(value = "Adds and removes sources of packages for apt.", example = """
            - name: Packages of our own
              ansible.builtin.apt_repository:
                repo: deb [trusted=yes] file:/srv/packages ./
                filename: local
                update_cache: false
            """, returns = {"repo: str: the source, as it was asked for",
        "sources_added: list: files that were made", "sources_removed: list: files that were removed"})
    public record Args(@Arg("The source's line: deb or deb-src, options, address, suite, components.") String repo,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg(value = "Permissions of a new file.", fallback = "0644") Mode mode,
            @Arg(value = "Whether the package lists are fetched after a change. If they can't be, the change is taken back.", aliases = "update-cache", fallback = "true") boolean updateCache,
            @Arg(value = "How often to try again to fetch the lists.", fallback = "5") int updateCacheRetries,
            @Arg(value = "The longest pause between these tries, in seconds.", fallback = "12") int updateCacheRetryMaxDelay,
            @Arg("The name of the file in sources.list.d, without .list; made from the address unless given.") Optional<String> filename,
            @Arg("Accepted; only sources that are named ppa:... have a release of their own.") Optional<String> codename,
            @Arg(value = "Accepted; without effect.", fallback = "true") boolean installPythonApt,
            @Arg(value = "Accepted; without effect.", fallback = "true") boolean validateCerts) {}

    /**
     * What there is.
     *
     * @param files all of apt's lists of sources, by path
     * @param own the file that a new source would come into, in the folder of all but one
     * @param main that one
     */
    public record State(SortedMap<String, String> files, PathState own, PathState main, Rights rights,
            AptCacheFact.Cache cache) {
        /** Why a list can't be changed. */
        private Optional<String> refusal(String what, String path) {
            return (path.equals(AptSourcesFact.MAIN) ? main : own).closed()
                    ? Optional.of(Tried.denied(what + " " + path))
                    : Optional.empty();
        }
    }

    @Override
    public String name() {
        return "apt_repository";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var wanted = Rights.Wanted.mode(Optional.of(args.mode()));
        var sources = new AptSourcesFact();
        var cache = new AptCacheFact(false);
        var own = new PathFact(AptSource.parse(args.repo()).map(source -> file(args, source))
                .orElse(AptSourcesFact.FOLDER + "/none.list"));
        var facts = new ArrayList<Fact<?>>(wanted.facts());
        var main = new PathFact(AptSourcesFact.MAIN);
        facts.addAll(List.of(sources, own, main, cache));
        return Inquiry.ask(facts,
                known -> new State(known.get(sources), known.get(own), known.get(main), wanted.on(known),
                        known.get(cache)));
    }

    private static String file(Args args, AptSource source) {
        String name = args.filename().orElseGet(source::fileName);
        return AptSourcesFact.FOLDER + "/" + name + (name.endsWith(".list") ? "" : ".list");
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.repo().isEmpty()) {
            return Plan.mistake("Please set argument 'repo' to a non-empty value");
        }
        boolean archive = args.repo().startsWith("ppa:");
        if (archive && args.state() == Wanted.PRESENT) {
            return new Plan.Refused("Tried to find the archive " + args.repo()
                    + ", but only a source's line is understood: deb http://... SUITE COMPONENT...");
        }
        if (archive) {
            Pattern address = archive(args.repo());
            return plan(args, actual, absent(there -> address.matcher(there.address()).matches(), actual));
        }
        Optional<AptSource> source = AptSource.parse(args.repo());
        if (source.isEmpty() || !source.get().enabled()) {
            return new Plan.Refused("Invalid repository string: " + args.repo());
        }
        Optional<String> malformed = source.get().malformed().filter(_ -> args.state() == Wanted.PRESENT);
        if (malformed.isPresent()) {
            return Plan.mistake("Invalid repository string: " + args.repo() + ": " + malformed.get());
        }
        return plan(args, actual, switch (args.state()) {
            case PRESENT -> present(args, source.get(), actual);
            case ABSENT -> absent(source.get()::same, actual);
        });
    }

    /** The addresses of an archive that is called ppa:OWNER or ppa:OWNER/NAME. */
    private static Pattern archive(String repo) {
        String path = repo.substring("ppa:".length());
        return Pattern.compile("https?://ppa\\.launchpad(content)?\\.net/"
                + Pattern.quote(path.contains("/") ? path : path + "/ppa") + "/.*");
    }

    private static Plan plan(Args args, State actual, List<Change> files) {
        if (!files.isEmpty() && actual.own instanceof PathState.Absent(String real, String ground, var _, var _)
                && !NodePath.parent(real).equals(ground)) {
            return new Plan.Refused("Tried to write " + real + ", but the folder " + NodePath.parent(real)
                    + " does not exist on the node: it has no apt.");
        }
        if (files.isEmpty() || !args.updateCache()) {
            return Plan.of(files);
        }
        var changes = new ArrayList<>(files);
        changes.add(update(args, files, actual));
        return Plan.of(changes);
    }

    /** Where it is, it is left; where it is a comment, it is woken up; otherwise it comes into its own file. */
    private static List<Change> present(Args args, AptSource source, State actual) {
        if (actual.files.values().stream().flatMap(String::lines).anyMatch(line -> is(line, source, true))) {
            return List.of();
        }
        for (Map.Entry<String, String> file : actual.files.entrySet()) {
            List<String> lines = file.getValue().lines().toList();
            List<String> woken = lines.stream().map(line -> is(line, source, false) ? source.line() : line).toList();
            if (!woken.equals(lines)) {
                return List.of(rewritten(actual, file.getKey(), file.getValue(), text(woken)));
            }
        }
        String path = file(args, source);
        String before = actual.files.getOrDefault(path, "");
        String ended = before + (before.isEmpty() || before.endsWith("\n") ? "" : "\n");
        String after = ended + source.line() + "\n";
        return List.of(actual.files.containsKey(path)
                ? rewritten(actual, path, before, after)
                : made(path, after, actual));
    }

    /** A file in which nothing is left goes. */
    private static List<Change> absent(Predicate<AptSource> unwanted, State actual) {
        var changes = new ArrayList<Change>();
        actual.files.forEach((path, before) -> {
            List<String> lines = before.lines().toList();
            List<String> left = lines.stream().filter(
                    line -> AptSource.parse(line).filter(AptSource::enabled).filter(unwanted).isEmpty()).toList();
            if (left.size() < lines.size()) {
                changes.add(left.stream().allMatch(String::isBlank)
                        ? gone(actual, path, before)
                        : rewritten(actual, path, before, text(left)));
            }
        });
        return changes;
    }

    private static boolean is(String line, AptSource source, boolean enabled) {
        return AptSource.parse(line).filter(there -> there.enabled() == enabled && there.same(source)).isPresent();
    }

    private static Change made(String path, String after, State actual) {
        Attributes attributes = actual.rights.written(actual.own);
        int mode = attributes.mode().orElse(0644);
        Inode inode = Inode.made(mode, actual.rights.me(), path).withSize(after.length());
        return new Change(path, Diff.text(path, "", after),
                List.of(new Action.Write(path, Content.text(after), attributes)),
                List.of(text(path, after), Effect.becomes(new PathFact(path), new PathState.File(path, inode))),
                Written.refusal(actual.own, attributes));
    }

    /** The file's rights stay: a copy of it is filled anew, and moved into its place. */
    private static Change rewritten(State actual, String path, String before, String after) {
        return new Change(path, Diff.text(path, before, after),
                List.of(new Action.Run(filled(path), Content.text(after))), List.of(text(path, after)),
                actual.refusal("write", path));
    }

    private static Sh filled(String path) {
        String beside = path + ".bramble";
        return Sh.of("trap {} EXIT", Sh.of("rm -f {}", beside).source())
                .and(Tried.of("write " + path, Sh.of("cp -p {} {}", path, beside)))
                .and(Sh.of("cat >{}", beside)).and(Sh.of("mv -f {} {}", beside, path));
    }

    private static Change gone(State actual, String path, String before) {
        var gone = new PathState.Absent(path, path.substring(0, path.lastIndexOf('/')), false);
        return new Change(path, Diff.text(path, before, ""), List.of(new Action.Run(
                Tried.of("remove " + path, Sh.of("rm -f {}", path)))),
                List.of(Effect.becomes(new ContentFact(path), new FileContent.Missing(path)),
                        Effect.becomes(new PathFact(path), gone)),
                actual.refusal("remove", path));
    }

    private static Effect text(String path, String after) {
        return Effect.becomes(new ContentFact(path), new FileContent.Bytes(path, Content.text(after)));
    }

    private static String text(List<String> lines) {
        return String.join("", lines.stream().map(line -> line + "\n").toList());
    }

    /** Fetches the lists; where that fails, all files are as they were, and so is the next run's task. */
    private static Change update(Args args, List<Change> files, State actual) {
        Sh restore = Sh.raw(":");
        for (Change change : files) {
            String path = change.subject();
            restore = restore.and(actual.files.containsKey(path)
                    ? Sh.of("printf %s {} >{}", actual.files.get(path), path)
                    : Sh.of("rm -f {}", path));
        }
        Sh run = Sh.of("b_apt_update 60 {} {} || { {}; (exit 100); }", args.updateCacheRetries(),
                args.updateCacheRetryMaxDelay(), restore).using(AptRun.LIBRARY);
        return new Change("package lists", Diff.NONE, List.of(new Action.Run(run)),
                List.of(Effect.becomes(new AptCacheFact(false),
                        new AptCacheFact.Cache(actual.cache.updated(), actual.cache.now(), true))));
    }

    @Override
    public Optional<String> waits(String line) {
        return new AptModule().waits(line);
    }

    private static String failed(String errors) {
        return errors.startsWith("Tried to ") ? errors : "Failed to update apt cache: " + errors;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        var added = new ArrayList<String>();
        var removed = new ArrayList<String>();
        for (Change change : applied.changes()) {
            for (Effect effect : change.effects()) {
                if (effect instanceof Effect.Becomes<?>(PathFact(String path), Object state)) {
                    (state instanceof PathState.Absent ? removed : added).add(path);
                }
            }
        }
        MapValue results = MapValue.of("repo", args.repo(), "state", args.state().name().toLowerCase(Locale.ROOT),
                "sources_added", added, "sources_removed", removed);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> !answer.ok()).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed(failed.get().errors().strip()),
                        results.with("sources_added", List.of()).with("sources_removed", List.of()))
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
