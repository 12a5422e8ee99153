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
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code docker_image_pull}: an image from a registry. */
@AutoService(AnyModule.class)
public final class DockerImagePullModule
        implements
            TaskModule<DockerImagePullModule.Args, DockerImagePullModule.State> {
    /** When the registry is asked. */
    public enum When {
        ALWAYS,
        NOT_PRESENT
    }

    @Doc(value = "Gets an image from a registry, with the docker of the node.", collection = "community.docker", oneByOne = true, neverSettles = "with pull: always only the registry can tell whether there is a newer image", example = """
            - name: Have the newest image of the broker
              community.docker.docker_image_pull:
                name: eclipse-mosquitto
                tag: "2"
            """, returns = {
        "image: dict: what docker image inspect tells of it", "actions: list: what was done"})
    public record Args(@Arg("The image: name, name:tag, name@digest.") String name,
            @Arg(value = "The tag, if the name has none.", fallback = "latest") String tag,
            @Arg("The platform of an image that has several: linux/arm64.") Optional<String> platform,
            @Arg(value = "Whether the registry is asked although there is an image of that name.", fallback = "always") When pull,
            Docker docker) {}

    /** What is there. */
    public record State(Optional<InspectFact.Found> image) {
        Optional<MapValue> object() {
            return image.flatMap(InspectFact.Found::object);
        }
    }

    @Override
    public String name() {
        return "docker_image_pull";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(ImageName.of(args.name(), args.tag()).fact(args.docker())).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        ImageName name = ImageName.of(args.name(), args.tag());
        String tried = "pull the image " + name.whole();
        if (actual.image.isEmpty()) {
            return Docker.lacking(tried);
        }
        if (!actual.image.get().trouble().isEmpty()) {
            return Docker.troubled(tried, actual.image.get().trouble());
        }
        if (name.isId()) {
            return new Plan.Refused("Cannot pull an image by ID");
        }
        if (actual.object().isPresent() && args.pull() == When.NOT_PRESENT) {
            return Plan.NOTHING;
        }
        var words = new ArrayList<String>(List.of("image", "pull"));
        args.platform().ifPresent(platform -> words.addAll(List.of("--platform", platform)));
        words.add(name.whole());
        return Plan.of(new Change(name.whole(),
                Diff.text(name.whole(), actual.object().map(is -> Tree.text(is, "Id") + "\n").orElse(""),
                        name.whole() + "\n"),
                List.of(new Action.Run(Sh.of("{} </dev/null", args.docker().run(words)))),
                List.of(Effect.becomes(name.fact(args.docker()),
                        Optional.of(
                                InspectFact.Found.of(actual.object().orElseGet(() -> ContainerPlan.pulled(name))))))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        String name = ImageName.of(args.name(), args.tag()).whole();
        Value image = applied.predicted() && !applied.changes().isEmpty()
                ? new Unknown("the image would be pulled first")
                : applied.after() instanceof Maybe.Known<State>(State state)
                        ? state.object().<Value>map(is -> is).orElse(MapValue.EMPTY)
                        : MapValue.EMPTY;
        MapValue results = MapValue.of("image", image, "actions",
                applied.changes().isEmpty() ? List.of() : List.of("Pulled image " + name));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            return Verdict.failed("Error pulling image " + name + ": " + failed.get().errors().strip(), results);
        }
        Optional<String> was = before.object().map(is -> Tree.text(is, "Id"));
        if (applied.predicted() && was.isPresent() && !applied.changes().isEmpty()) {
            return Verdict.unknown(true, "only the registry can tell whether there is a newer image", results);
        }
        boolean same = was.isPresent() && was.get().equals(Tree.text(image, "Id"));
        return Verdict.changed(!applied.changes().isEmpty() && !same, results);
    }
}
