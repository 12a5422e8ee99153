package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.shell.Answer;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code docker_container}: a container of Docker's. */
@AutoService(AnyModule.class)
public final class DockerContainerModule
        implements
            TaskModule<DockerContainerModule.Args, DockerContainerModule.State> {
    /** What is to be true of the container. */
    public enum Wanted {
        ABSENT,
        PRESENT,
        STOPPED,
        STARTED,
        HEALTHY
    }

    /** What a dry run takes a pull that looks for something newer for. */
    public enum PullInCheck {
        IMAGE_NOT_PRESENT,
        ALWAYS
    }

    /** What counts where the image has another name, but is the same. */
    public enum NameMismatch {
        RECREATE,
        IGNORE
    }

    /** The image in whose light the container is looked at. */
    public enum ImageComparison {
        DESIRED_IMAGE,
        CURRENT_IMAGE
    }

    /** What labels of the image mean that the task doesn't name, where labels are compared strictly. */
    public enum LabelMismatch {
        IGNORE,
        FAIL
    }

    /** How commands are taken. */
    public enum CommandHandling {
        CORRECT
    }

    /** The defaults that count. */
    public enum Defaults {
        NO_DEFAULTS
    }

    @Doc(value = "Makes, starts, stops and removes containers, with the docker of the node. A container that isn't as the task says is made anew; what the task doesn't say isn't looked at.", collection = "community.docker", oneByOne = true, neverSettles = "recreate, restart and pull: always do again what they are told; a container in the foreground runs each time", example = """
            - name: Have the broker that the sensors talk to
              community.docker.docker_container:
                name: broker
                image: eclipse-mosquitto:2
                restart_policy: unless-stopped
                published_ports:
                  - "1883:1883"
                volumes:
                  - /srv/broker:/mosquitto/config:ro
                env:
                  TZ: Europe/Berlin
            """, returns = {
        "container: dict: what docker inspect tells of it",
        "status: int: how it ended, with detach: false"}, refuses = {
            "kernel_memory: Kernels have no such limit any more: memory limits what the kernel holds for the container, too.",
            "tls_hostname: The docker command checks the name that docker_host has: write the certificate's name there.",
            "ssl_version: The docker command takes the newest version of TLS that the daemon knows."})
    public record Args(
            @Arg("The container's name.") String name,
            @Arg("What it is made of: name, name:tag, name@digest, or an id.") Optional<String> image,
            @Arg(value = "absent, present (made, and left as it runs), stopped, started, or healthy: started, and found to work.", fallback = "started") Wanted state,
            ContainerShape shape,
            @Arg("Networks that it is in: name, ipv4_address, ipv6_address, aliases, links, driver_opts.") Optional<List<MapValue>> networks,
            @Arg(value = "Whether the first network takes the place of docker's own.", fallback = "yes") boolean networksCliCompatible,
            @Arg(value = "Whether it leaves networks that aren't named; comparisons with networks: strict says the same.", fallback = "no") boolean purgeNetworks,
            @Arg(value = "By argument, or * for all, whether a difference counts: strict, allow_more_present (sets and mappings may have more), ignore. Without it, sets and mappings may have more.", fallback = "{}") MapValue comparisons,
            @Arg(value = "What counts where the image has another name, but is the same.", fallback = "recreate") NameMismatch imageNameMismatch,
            @Arg(value = "Whether env, exposed_ports and volumes are compared with what the task's image adds to them, or with what the container's own one does.", fallback = "desired-image") ImageComparison imageComparison,
            @Arg(value = "Whether labels of the image that the task doesn't name are left out of a strict comparison of labels, or not allowed.", fallback = "ignore") LabelMismatch imageLabelMismatch,
            @Arg(value = "The same as comparisons with image: ignore; deprecated.", fallback = "no") boolean ignoreImage,
            @Arg(value = "Words of a list are never split, and an empty list counts.", fallback = "correct") CommandHandling commandHandling,
            @Arg("Has no effect: docker rm waits until the container is gone.") Optional<Double> removalWaitTimeout,
            @Arg(value = "never, missing, or always: yes is always, no is missing.", fallback = "missing") String pull,
            @Arg(value = "Whether a dry run takes a pull for a change that brings a newer image: always, or only where there is none.", fallback = "image_not_present") PullInCheck pullCheckModeBehavior,
            @Arg(value = "Whether it runs in the background. If not, the task waits for its end, and fails as it does.", fallback = "yes") boolean detach,
            @Arg(value = "Without detach: whether it is removed when it has ended.", fallback = "no") boolean cleanup,
            @Arg(value = "Without detach: whether its output is in the result.", fallback = "yes") boolean outputLogs,
            @Arg(value = "Makes it anew, different or not.", fallback = "no") boolean recreate,
            @Arg(value = "Starts it again if it runs and nothing else changes.", fallback = "no") boolean restart,
            @Arg(value = "Whether it is ended at once, not asked.", aliases = "forcekill", fallback = "no") boolean forceKill,
            @Arg("The signal that force_kill sends; KILL if not given.") Optional<String> killSignal,
            @Arg(value = "Whether volumes of its own stay when it is removed.", fallback = "yes") boolean keepVolumes,
            @Arg("Whether it is frozen.") Optional<Boolean> paused,
            @Arg(value = "Seconds to wait for healthy.", fallback = "300") int healthyWaitTimeout,
            @Arg(value = "Arguments that aren't given have no value of their own.", fallback = "no_defaults") Defaults containerDefaultBehavior,
            Docker docker) {}

    /** What is there. */
    public record State(Optional<ContainerFact.Found> found, Optional<InspectFact.Found> image,
            Optional<Set<String>> networks, FileContent envFile, Optional<MapValue> ownImage) {}

    @Override
    public String name() {
        return "docker_container";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        boolean gone = args.state() == Wanted.ABSENT;
        Inquiry<Optional<InspectFact.Found>> image = gone || args.image().orElse("").isEmpty()
                ? Inquiry.nothing(Optional.of(InspectFact.Found.none()))
                : Inquiry.of(ImageName.of(args.image().get()).fact(args.docker()));
        Inquiry<Optional<Set<String>>> networks = gone || args.networks().orElse(List.of()).isEmpty()
                ? Inquiry.nothing(Optional.empty())
                : Inquiry.of(new NetworksFact(args.docker()));
        Inquiry<FileContent> file = gone || args.shape().envFile().isEmpty()
                ? Inquiry.nothing(new FileContent.Missing(""))
                : Inquiry.of(new ContentFact(args.shape().envFile().get()));
        Inquiry<State> all = Inquiry.of(new ContainerFact(args.docker(), args.name()))
                .and(image, (found, picture) -> new State(found, picture, Optional.empty(),
                        new FileContent.Missing(""), Optional.empty()))
                .and(networks, (state, names) -> new State(state.found, state.image, names, state.envFile,
                        Optional.empty()))
                .and(file, (state, text) -> new State(state.found, state.image, state.networks, text,
                        Optional.empty()));
        return gone || args.imageComparison() == ImageComparison.DESIRED_IMAGE
                ? all
                : all.then(state -> own(args, state));
    }

    private static Inquiry<State> own(Args args, State state) {
        return state.found.flatMap(ContainerFact.Found::container)
                .map(container -> Inquiry.of(new InspectFact(args.docker(), "image", container.image()))
                        .map(found -> new State(state.found, state.image, state.networks, state.envFile,
                                found.flatMap(InspectFact.Found::object))))
                .orElseGet(() -> Inquiry.nothing(state));
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look after the container " + args.name();
        if (actual.found.isEmpty() || actual.image.isEmpty()) {
            return Docker.lacking(tried);
        }
        if (!actual.found.get().trouble().isEmpty()) {
            return Docker.troubled(tried, actual.found.get().trouble());
        }
        try {
            return new ContainerPlan(args, actual.found.get().container(), actual.image.get().object(),
                    actual.networks, envFile(args, actual.envFile), actual.ownImage).plan();
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static String envFile(Args args, FileContent content) {
        return args.state() == Wanted.ABSENT
                ? ""
                : args.shape().envFile().map(path -> EnvFile.text(path, content)).orElse("");
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        boolean waits = !args.detach() && args.state() == Wanted.STARTED && !applied.changes().isEmpty();
        Value container = applied.after() instanceof Maybe.Known<State>(State state)
                ? state.found.flatMap(ContainerFact.Found::container).map(ContainerState::told).orElse(None.NONE)
                : new Unknown("the container would be changed first");
        MapValue results = args.state() == Wanted.ABSENT ? MapValue.EMPTY : MapValue.of("container", container);
        if (waits && applied.predicted()) {
            return Verdict.unknown(true, "only a real run would tell how the container ends", results);
        }
        if (waits) {
            Answer last = applied.answers().getLast();
            results = MapValue.of("container", container instanceof MapValue map
                    ? map.with("Output", last.text())
                    : MapValue.of("Output", last.text()), "status", last.status());
            if (failed.isPresent() && last.status() > 0 && last.errors().isBlank()) {
                return new Verdict(true, Optional.of(last.text()), results);
            }
        }
        if (failed.isPresent()) {
            return Verdict.failed("Tried to look after the container " + args.name() + ", but docker says: "
                    + failed.get().errors().strip(), results);
        }
        boolean onlyLooked = !applied.predicted() && !applied.answers().isEmpty()
                && applied.answers().stream().allMatch(answer -> answer.text().startsWith(ContainerPlan.SAME));
        return Verdict.changed(!applied.changes().isEmpty() && !onlyLooked
                && (!applied.predicted() || ContainerPlan.changes(args, applied.changes())), results);
    }
}
