package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.MeFact;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code docker_image}: images that Docker keeps on the node. */
@AutoService(AnyModule.class)
public final class DockerImageModule implements TaskModule<DockerImageModule.Args, DockerImageModule.State> {
    /** Whether the image is to be there. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** Where it comes from. */
    public enum Source {
        PULL,
        BUILD,
        LOAD,
        LOCAL
    }

    @Doc(value = "Pulls, builds, loads, tags, saves, pushes and removes images, with the docker of the node.", collection = "community.docker", oneByOne = true, neverSettles = "force_source, push and building anew do each time what they are told", example = """
            - name: Have the image that the broker is made of
              community.docker.docker_image:
                name: eclipse-mosquitto
                tag: "2"
                source: pull
            """, returns = {
        "image: dict: what docker image inspect tells of it", "actions: list: what was done",
        "stdout: str: what docker said while it built the image",
        "stdout: str: what the build printed"})
    public record Args(@Arg("The image: name, name:tag, name@digest, or an id to remove it by.") String name,
            @Arg(value = "The tag, if the name has none.", fallback = "latest") String tag,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg("Where it comes from if it isn't there: pull (a registry), build (a folder on the node), load (an archive on the node), local (nowhere: it has to be there).") Optional<Source> source,
            @Arg(value = "Gets it again although it is there.", fallback = "no") boolean forceSource,
            @Arg(value = "Tags and saves it again although that is done, and removes it although containers use it.", fallback = "no") boolean forceTag,
            @Arg(value = "Removes it although it has several names.", fallback = "no") boolean forceAbsent,
            @Arg("How it is built: path (the folder), dockerfile, args, target, pull, nocache, rm, labels, network, platform, etc_hosts, shm_size, cache_from.") Optional<MapValue> build,
            @Arg("How it is pulled: platform.") Optional<MapValue> pull,
            @Arg(value = "The archive on the node that it is loaded from.", nodePath = true) Optional<String> loadPath,
            @Arg(value = "A file on the node that it is saved to.", nodePath = true) Optional<String> archivePath,
            @Arg("Another name that it gets: repository, repository:tag.") Optional<String> repository,
            @Arg(value = "Whether it is pushed to its registry, under repository if that is given.", fallback = "no") boolean push,
            Docker docker) {

        ImageName image() {
            return ImageName.of(name, tag);
        }

        Optional<ImageName> other() {
            return repository.map(text -> ImageName.of(text, tag));
        }
    }

    /** What is there. */
    public record State(Optional<InspectFact.Found> image, Optional<InspectFact.Found> other,
            Optional<Archive> archive) {}

    /** Where the image is saved to, and who would write there. */
    record Archive(PathState place, Me me) {
        List<Effect> written() {
            String real = place.real();
            return List.of(
                    new Effect.Unknown((fact, _) -> fact.equals(new ContentFact(real)),
                            "the image would be saved there"),
                    Effect.becomes(new PathFact(real), new PathState.File(real, Inode.made(0600, me, real))));
        }
    }

    private static final Set<String> BUILD = Set.of("path", "dockerfile", "args", "target", "pull", "nocache", "rm",
            "labels", "network", "platform", "etc_hosts", "shm_size", "cache_from");

    @Override
    public String name() {
        return "docker_image";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<Optional<InspectFact.Found>> other = args.other()
                .map(name -> Inquiry.of(name.fact(args.docker())))
                .orElseGet(() -> Inquiry.nothing(Optional.of(InspectFact.Found.none())));
        Inquiry<Optional<Archive>> saved = args.archivePath()
                .map(path -> Inquiry.of(new PathFact(path)).and(Inquiry.of(new MeFact()),
                        (place, me) -> Optional.of(new Archive(place, me))))
                .orElseGet(() -> Inquiry.nothing(Optional.empty()));
        return Inquiry.of(args.image().fact(args.docker()))
                .and(other, (image, tagged) -> new State(image, tagged, Optional.empty()))
                .and(saved, (state, archive) -> new State(state.image, state.other, archive));
    }

    @Override
    public Plan plan(Args args, State actual) {
        String name = args.image().whole();
        String tried = "look after the image " + name;
        if (actual.image.isEmpty() || actual.other.isEmpty()) {
            return Docker.lacking(tried);
        }
        if (!actual.image.get().trouble().isEmpty()) {
            return Docker.troubled(tried, actual.image.get().trouble());
        }
        Optional<MapValue> now = actual.image.get().object();
        if (args.state() == Wanted.ABSENT) {
            return now.isEmpty() ? Plan.NOTHING : absent(args, now.get());
        }
        var changes = new ArrayList<Change>();
        Optional<String> wrong = get(args, now, changes);
        if (wrong.isPresent()) {
            return new Plan.Refused(wrong.get());
        }
        String id = changes.isEmpty() ? Tree.text(now.orElseThrow(), "Id") : "";
        actual.archive.filter(archive -> archive.place().missing() || args.forceTag() || !changes.isEmpty())
                .ifPresent(archive -> changes.add(new Change(archive.place().real(),
                        Diff.text(archive.place().real(), "", name + "\n"),
                        List.of(run(args, List.of("image", "save", "--output", archive.place().real(), name))),
                        archive.written())));
        args.other().ifPresent(other -> {
            Optional<MapValue> tagged = actual.other.get().object();
            boolean same = !id.isEmpty() && tagged.filter(is -> Tree.text(is, "Id").equals(id)).isPresent();
            if (!same || args.forceTag()) {
                changes.add(new Change(other.whole(), Diff.text(other.whole(),
                        tagged.map(is -> Tree.text(is, "Id") + "\n").orElse(""), (id.isEmpty() ? name : id) + "\n"),
                        List.of(run(args, List.of("image", "tag", name, other.whole()))),
                        List.of(becomes(args, other, now.filter(_ -> !id.isEmpty())
                                .orElseGet(() -> ContainerPlan.pulled(args.image()))))));
            }
        });
        if (args.push()) {
            String what = args.other().map(ImageName::whole).orElse(name);
            changes.add(new Change(what, Diff.NONE, List.of(run(args, List.of("image", "push", what))), List.of()));
        }
        return Plan.of(changes);
    }

    private static Effect becomes(Args args, ImageName name, MapValue image) {
        return Effect.becomes(name.fact(args.docker()), Optional.of(InspectFact.Found.of(image)));
    }

    private static Action.Run run(Args args, List<String> words) {
        return new Action.Run(Sh.of("{} </dev/null", args.docker().run(words)));
    }

    private static Plan absent(Args args, MapValue now) {
        ImageName name = args.image();
        var words = new ArrayList<String>(List.of("image", "rm"));
        if (args.forceAbsent()) {
            words.add("--force");
        }
        words.add(name.whole());
        return Plan.of(new Change(name.whole(), Diff.text(name.whole(), Tree.text(now, "Id") + "\n", ""),
                List.of(run(args, words)),
                List.of(Effect.becomes(name.fact(args.docker()), Optional.of(InspectFact.Found.none())))));
    }

    /** Adds what brings the image here, or says what is wrong. */
    private static Optional<String> get(Args args, Optional<MapValue> now, List<Change> changes) {
        if (args.source().isEmpty()) {
            return Optional.of("state is present but all of the following are missing: source");
        }
        ImageName name = args.image();
        Source source = args.source().get();
        if (source == Source.LOCAL) {
            return now.isPresent()
                    ? Optional.empty()
                    : Optional.of("Cannot find the image " + name.whole() + " locally.");
        }
        if (now.isPresent() && !args.forceSource()) {
            return Optional.empty();
        }
        if (name.isId()) {
            return Optional.of(
                    "Image name must not be an image ID for source=" + source.name().toLowerCase(java.util.Locale.ROOT)
                            + "; got: " + name.whole());
        }
        var words = new ArrayList<String>();
        switch (source) {
            case PULL -> {
                words.addAll(List.of("image", "pull"));
                args.pull().flatMap(how -> Tree.given(how, "platform"))
                        .ifPresent(platform -> words.addAll(List.of("--platform", platform)));
                words.add(name.whole());
            }
            case LOAD -> {
                if (args.loadPath().isEmpty()) {
                    return Optional.of("source is load but all of the following are missing: load_path");
                }
                words.addAll(List.of("image", "load", "--input", args.loadPath().get()));
            }
            case BUILD, LOCAL -> {
                Optional<String> wrong = build(args, name, words);
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
        }
        Sh check = source == Source.LOAD
                ? Sh.of("{} </dev/null && {} || {\n  echo {} >&2; exit 1\n}", args.docker().run(words),
                        args.docker().quiet(List.of("image", "inspect", name.whole())),
                        "the archive has no image " + name.whole())
                : Sh.of("{} </dev/null", args.docker().run(words));
        changes.add(new Change(name.whole(),
                Diff.text(name.whole(), now.map(is -> Tree.text(is, "Id") + "\n").orElse(""), name.whole() + "\n"),
                List.of(new Action.Run(check)), List.of(becomes(args, name, ContainerPlan.pulled(name)))));
        return Optional.empty();
    }

    private static Optional<String> build(Args args, ImageName name, List<String> words) {
        MapValue how = args.build().orElse(MapValue.EMPTY);
        for (String key : how.byName().keySet()) {
            if (!BUILD.contains(key)) {
                return Optional.of("Tried to read build, but it can't have " + key + ": use "
                        + String.join(", ", new java.util.TreeSet<>(BUILD)) + ".");
            }
        }
        Optional<String> path = Tree.given(how, "path");
        if (path.isEmpty()) {
            return Optional.of("source is build but build has no path");
        }
        words.addAll(List.of("build", "--tag", name.whole()));
        Tree.given(how, "dockerfile").ifPresent(file -> words.addAll(List.of("--file",
                file.startsWith("/") ? file : path.get().replaceFirst("/$", "") + "/" + file)));
        new TreeMap<>(Tree.map(how, "args")).forEach((key, value) -> words.addAll(List.of("--build-arg", key + "="
                + Tree.text(value))));
        new TreeMap<>(Tree.map(how, "labels")).forEach((key, value) -> words.addAll(List.of("--label", key + "="
                + Tree.text(value))));
        new TreeMap<>(Tree.map(how, "etc_hosts")).forEach((key, value) -> words.addAll(List.of("--add-host", key + ":"
                + Tree.text(value))));
        Tree.texts(how, "cache_from").forEach(from -> words.addAll(List.of("--cache-from", from)));
        for (String option : List.of("target", "network", "platform")) {
            Tree.given(how, option).ifPresent(value -> words.addAll(List.of("--" + option, value)));
        }
        Tree.given(how, "shm_size").ifPresent(size -> words.addAll(List.of("--shm-size", size)));
        if (Tree.yes(how, "pull")) {
            words.add("--pull");
        }
        if (Tree.yes(how, "nocache")) {
            words.add("--no-cache");
        }
        words.add(path.get());
        return Optional.empty();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        boolean fetches = args.source()
                .filter(source -> source == Source.PULL || source == Source.BUILD || source == Source.LOAD).isPresent();
        Optional<MapValue> was = before.image().flatMap(InspectFact.Found::object);
        boolean again = fetches && was.isPresent() && args.forceSource() && args.state() == Wanted.PRESENT;
        Optional<MapValue> is = applied.after() instanceof Maybe.Known<State>(State state)
                ? state.image().flatMap(InspectFact.Found::object)
                : Optional.empty();
        boolean deleted = args.state() == Wanted.ABSENT && was.isPresent();
        Value image = deleted
                ? MapValue.of("state", "Deleted")
                : applied.predicted() && !applied.changes().isEmpty()
                        ? new Unknown("the image would be got first")
                        : is.<Value>map(found -> found).orElse(MapValue.EMPTY);
        MapValue results = MapValue.of("image", image, "actions",
                applied.changes().stream().map(change -> shown(change)).toList());
        boolean built = args.source().filter(source -> source == Source.BUILD).isPresent()
                && !applied.answers().isEmpty() && args.state() == Wanted.PRESENT;
        if (built) {
            Answer said = applied.answers().getFirst();
            results = results.with("stdout", said.text() + said.errors());
        }
        if (failed.isPresent()) {
            return Verdict.failed("Tried to look after the image " + args.image().whole() + ", but docker says: "
                    + failed.get().errors().strip(), results);
        }
        if (applied.predicted() && again) {
            return Verdict.unknown(true, "only a real run would tell whether another image comes", results);
        }
        boolean same = again && applied.changes().size() == 1
                && is.map(found -> Tree.text(found, "Id")).equals(was.map(found -> Tree.text(found, "Id")));
        boolean pushedOnly = args.push() && applied.changes().size() == 1 && applied.answers().stream()
                .allMatch(answer -> !answer.text().contains(": Pushed"));
        return Verdict.changed(!applied.changes().isEmpty() && !same && (applied.predicted() || !pushedOnly), results);
    }

    private static String shown(Change change) {
        return change.actions().stream().filter(Action.Run.class::isInstance)
                .map(action -> ((Action.Run) action).sh().toString().lines().findFirst().orElse("")
                        .replace(" </dev/null", ""))
                .findFirst().orElse("");
    }
}
