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
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code docker_swarm_service}: a service of a swarm. */
@AutoService(AnyModule.class)
public final class DockerSwarmServiceModule
        implements
            TaskModule<DockerSwarmServiceModule.Args, DockerSwarmServiceModule.State> {
    /** Whether the service is to be there. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** How many containers it has: as many as it is told, or one on each node. */
    public enum Mode {
        REPLICATED,
        GLOBAL
    }

    @Doc(value = "Keeps a service of a swarm, on one of the swarm's managers. What the task doesn't say isn't looked at.", collection = "community.docker", oneByOne = true, neverSettles = "force_update has the swarm make the containers anew each time", example = """
            - name: Have the dashboard run somewhere
              community.docker.docker_swarm_service:
                name: dashboard
                image: grafana/grafana:11.1.0
                publish:
                  - published_port: 3000
                    target_port: 3000
            """, returns = {
        "swarm_service: dict: what docker service inspect tells of it", "changes: list: what was different"})
    public record Args(@Arg("The service's name.") String name,
            @Arg("What its containers are made of.") Optional<String> image,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg("What its containers run in place of the image's entry point: words, or a line of shell words.") Optional<Value> command,
            @Arg("Words for what they run.") Optional<List<String>> args,
            @Arg("Their environment: a mapping, or a list of NAME=value. Values go to docker by its environment.") Optional<Value> env,
            @Arg(value = "replicated or global; a change of it makes the service anew.", fallback = "replicated") Mode mode,
            @Arg("How many containers; -1 leaves that alone.") Optional<Integer> replicas,
            @Arg("Ports: published_port, target_port, protocol, mode (ingress, host).") Optional<List<MapValue>> publish,
            @Arg("Networks that they are in.") Optional<List<Value>> networks,
            @Arg("Things that are mounted: type, source, target, read_only ...") Optional<List<MapValue>> mounts,
            @Arg("The service's labels.") Optional<MapValue> labels,
            @Arg("The containers' labels.") Optional<MapValue> containerLabels,
            @Arg("Where it runs: constraints.") Optional<MapValue> placement,
            @Arg("The most that a container gets: cpus, memory.") Optional<MapValue> limits,
            @Arg("What a container is to have: cpus, memory.") Optional<MapValue> reservations,
            @Arg("When a container is started again: condition, delay, max_attempts, window.") Optional<MapValue> restartConfig,
            @Arg("How containers are changed: parallelism, delay, failure_action, monitor, order.") Optional<MapValue> updateConfig,
            @Arg("Where output goes: driver, options.") Optional<MapValue> logging,
            @Arg("Who runs it.") Optional<String> user, @Arg("The folder that it runs in.") Optional<String> workingDir,
            @Arg("The containers' host name.") Optional<String> hostname,
            @Arg("More groups of its user.") Optional<List<String>> groups,
            @Arg("Rights that it has besides docker's usual ones.") Optional<List<String>> capAdd,
            @Arg("Rights that it hasn't.") Optional<List<String>> capDrop,
            @Arg("The signal that asks a container to end.") Optional<String> stopSignal,
            @Arg("The time it has to end: 10s.") Optional<String> stopGracePeriod,
            @Arg("Whether it has a terminal.") Optional<Boolean> tty,
            @Arg("Whether its own files can't be written.") Optional<Boolean> readOnly,
            @Arg("Whether a small init runs its command.") Optional<Boolean> init,
            @Arg(value = "Whether the image is looked up in its registry, so that all nodes get the same.", fallback = "no") boolean resolveImage,
            @Arg(value = "Has the containers made anew, different or not.", fallback = "no") boolean forceUpdate,
            Docker docker) {}

    /** What is there; {@code networks} are names, where docker tells ids. */
    public record State(Optional<InspectFact.Found> service) {
        Optional<MapValue> object() {
            return service.flatMap(InspectFact.Found::object);
        }
    }

    @Override
    public String name() {
        return "docker_swarm_service";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static InspectFact fact(Args args) {
        return new InspectFact(args.docker(), "service", args.name());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Inquiry<State> service = Inquiry.of(fact(args)).map(State::new);
        if (args.networks().isEmpty()) {
            return service;
        }
        return service.and(Inquiry.of(new NetworkIdsFact(args.docker())), (state, names) -> new State(state.service
                .map(found -> new InspectFact.Found(found.object().map(is -> named(is, names)), found.trouble()))));
    }

    private static MapValue named(MapValue service, MapValue names) {
        List<String> networks = Tree.list(service, "Spec", "TaskTemplate", "Networks").stream()
                .map(one -> Tree.given(names, Tree.text(one, "Target")).orElse(Tree.text(one, "Target"))).toList();
        return service.with("networks", Value.texts(networks));
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look after the service " + args.name();
        if (actual.service.isEmpty()) {
            return Docker.lacking(tried);
        }
        if (!actual.service.get().trouble().isEmpty()) {
            return Docker.troubled(tried, actual.service.get().trouble());
        }
        Optional<MapValue> now = actual.object();
        if (args.state() == Wanted.ABSENT) {
            return now.isEmpty()
                    ? Plan.NOTHING
                    : change(args, new TreeMap<>(java.util.Map.of("exists", Bool.of(true))),
                            new TreeMap<>(java.util.Map.of("exists", Bool.of(false))),
                            args.docker().quiet(List.of("service", "rm", args.name())), InspectFact.Found.none());
        }
        try {
            return present(args, now);
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Plan present(Args args, Optional<MapValue> now) {
        if (now.isEmpty() && args.image().isEmpty()) {
            return Plan.mistake("state is present but all of the following are missing: image");
        }
        var spec = new ServiceSpec(args, now.orElse(MapValue.EMPTY));
        var before = new TreeMap<String, Value>();
        var after = new TreeMap<String, Value>();
        var foreseen = new TreeMap<String, Value>();
        var create = new ArrayList<>(List.of("service", "create", "--detach", "--quiet", "--name", args.name()));
        var update = new ArrayList<>(List.of("service", "update", "--detach", "--quiet"));
        if (!args.resolveImage()) {
            create.add("--no-resolve-image");
            update.add("--no-resolve-image");
        }
        for (ServiceSpec.Part part : spec.parts()) {
            foreseen.put(part.name(), part.wanted());
            create.addAll(part.create());
            if (now.isPresent() && !part.wanted().equals(part.actual())) {
                before.put(part.name(), part.actual());
                after.put(part.name(), part.wanted());
                update.addAll(part.update());
            }
        }
        boolean anew = after.containsKey("mode");
        args.image().ifPresent(create::add);
        create.addAll(args.args().orElse(List.of()));
        if (anew && args.image().isEmpty()) {
            return new Plan.Refused(
                    "Tried to make the service " + args.name() + " anew, but the task doesn't say of which image.");
        }
        if (now.isPresent() && args.forceUpdate()) {
            update.add("--force");
            before.put("force_update", Bool.of(false));
            after.put("force_update", Bool.of(true));
        } else if (now.isPresent() && after.isEmpty()) {
            return Plan.NOTHING;
        }
        update.add(args.name());
        Sh script = now.isPresent() && !anew ? args.docker().quiet(update) : args.docker().quiet(create);
        if (anew) {
            script = args.docker().quiet(List.of("service", "rm", args.name())).and(script);
        }
        if (now.isEmpty()) {
            before.put("exists", Bool.of(false));
            after.put("exists", Bool.of(true));
        }
        return change(args, before, after, Sh.of("{}{}", spec.exports(), script),
                InspectFact.Found.of(MapValue.of("foreseen", MapValue.named(foreseen))));
    }

    private static Plan change(Args args, Map<String, Value> before, Map<String, Value> after, Sh script,
            InspectFact.Found next) {
        return Plan
                .of(new Change(args.name(), Diff.attributes(args.name(), MapValue.named(before), MapValue.named(after)),
                        List.of(new Action.Run(script)), List.of(Effect.becomes(fact(args), Optional.of(next)))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict verdict = Told.of("look after the service " + args.name(), "swarm_service", applied, State::object);
        List<String> changes = applied.changes().stream()
                .flatMap(change -> Tree.map(change.diff().after()).keySet().stream()).toList();
        return new Verdict(verdict.changed(), verdict.failure(),
                verdict.results().with("changes", Value.texts(changes)));
    }
}
