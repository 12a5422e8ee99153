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
import bramble.modules.files.ContentFact;
import bramble.modules.files.FileContent;
import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.ListValue;
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

    @Doc(value = "Keeps a service of a swarm, on one of the swarm's managers. What the task doesn't say isn't looked at.", collection = "community.docker", oneByOne = true, neverSettles = "force_update has the swarm make the containers anew each time", example = """
            - name: Have the dashboard run somewhere
              community.docker.docker_swarm_service:
                name: dashboard
                image: grafana/grafana:11.1.0
                publish:
                  - published_port: 3000
                    target_port: 3000
            """, returns = {
        "swarm_service: dict: what the task asks of it, as Ansible returns it: null for what the task doesn't say",
        "service: dict: what docker service inspect tells of it",
        "changes: list: what was different of a service that was there",
        "rebuilt: bool: whether it was made anew",
        "msg: str: Service created, updated, rebuilt, unchanged, removed, or absent"})
    public record Args(@Arg("The service's name.") String name,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state, ServiceShape shape,
            @Arg(value = "Whether the image is looked up in its registry, so that all nodes get the same.", fallback = "no") boolean resolveImage,
            @Arg(value = "Has the containers made anew, different or not.", fallback = "no") boolean forceUpdate,
            Docker docker) {}

    /**
     * What is there.
     *
     * @param service with {@code networks}, in which networks have names, where docker tells ids
     * @param files the files with its environment, in their order
     * @param ids of secrets and configurations by their names: {@code Secret other}
     */
    public record State(Optional<InspectFact.Found> service, List<FileContent> files, Map<String, String> ids) {
        public State {
            files = List.copyOf(files);
            ids = Map.copyOf(ids);
        }

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
        Inquiry<State> service = Inquiry.of(fact(args)).map(found -> new State(found, List.of(), Map.of()));
        if (args.state() == Wanted.ABSENT) {
            return service;
        }
        ServiceShape shape = args.shape();
        if (shape.networks().isPresent()) {
            service = service.and(Inquiry.of(new NetworkIdsFact(args.docker())), (state, names) -> {
                var all = new TreeMap<>(state.ids);
                names.byName().forEach((id, name) -> all.put("network " + Tree.text(name), id));
                return new State(state.service.map(found -> new InspectFact.Found(
                        found.object().map(is -> named(is, names)), found.trouble())), state.files, all);
            });
        }
        if (shape.envFiles().isPresent()) {
            service = service.and(Inquiry.all(shape.envFiles().get().stream()
                    .<Inquiry<FileContent>>map(file -> Inquiry.of(new ContentFact(file))).toList()),
                    (state, files) -> new State(state.service, files, state.ids));
        }
        for (String kind : kinds(shape)) {
            service = service.and(Inquiry.of(new SwarmIdsFact(args.docker(), kind)), (state, ids) -> {
                var all = new TreeMap<>(state.ids);
                ids.forEach((name, id) -> all.put(kind + " " + name, id));
                return new State(state.service, state.files, all);
            });
        }
        return service;
    }

    private static List<String> kinds(ServiceShape shape) {
        var kinds = new ArrayList<String>();
        shape.secrets().filter(all -> !all.isEmpty()).ifPresent(_ -> kinds.add("secret"));
        shape.configs().filter(all -> !all.isEmpty()).ifPresent(_ -> kinds.add("config"));
        return kinds;
    }

    private static MapValue named(MapValue service, MapValue names) {
        List<Value> networks = Tree.list(service, "Spec", "TaskTemplate", "Networks").stream()
                .<Value>map(one -> MapValue.named(Tree.map(one)).with("Name",
                        Tree.given(names, Tree.text(one, "Target")).orElse(Tree.text(one, "Target"))))
                .toList();
        return service.with("networks", new ListValue(networks));
    }

    /** The environment; empty if the task says nothing of it. */
    private static Optional<Map<String, String>> environment(ServiceShape shape, List<FileContent> files) {
        if (shape.env().isEmpty() && shape.envFiles().isEmpty()) {
            return Optional.empty();
        }
        var all = new TreeMap<String, String>();
        List<String> paths = shape.envFiles().orElse(List.of());
        for (int i = 0; i < files.size(); i++) {
            all.putAll(Creation.variables(EnvFile.text(paths.get(i), files.get(i))));
        }
        shape.env().ifPresent(given -> {
            if (given instanceof MapValue map) {
                map.byName().forEach((name, value) -> all.put(name, Creation.plain(name, value)));
            } else {
                Tree.texts(given).forEach(
                        pair -> all.put(pair.split("=", 2)[0], pair.contains("=") ? pair.split("=", 2)[1] : ""));
            }
        });
        return Optional.of(all);
    }

    /** What is wrong with secrets and configurations that the task names. */
    private static Optional<String> foreign(Args args, Map<String, String> ids) {
        for (ServiceShape.Secret one : args.shape().secrets().orElse(List.of())) {
            Optional<String> wrong = foreign("secret", one.secretName(), one.secretId(), ids);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        for (ServiceShape.Config one : args.shape().configs().orElse(List.of())) {
            Optional<String> wrong = foreign("config", one.configName(), one.configId(), ids);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> foreign(String kind, String name, Optional<String> wanted,
            Map<String, String> ids) {
        String id = ids.get(kind + " " + name);
        if (id == null) {
            return Optional.of("Could not find a " + kind + " named \"" + name + "\"");
        }
        return wanted.filter(one -> !one.equals(id)).map(one -> "Tried to give the service the " + kind + " " + name
                + ", but its id is " + id + ", not " + one + ".");
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
                    : change(args, new TreeMap<>(Map.of("exists", Bool.of(true))),
                            new TreeMap<>(Map.of("exists", Bool.of(false))),
                            args.docker().quiet(List.of("service", "rm", args.name())), InspectFact.Found.none());
        }
        try {
            return present(args, now, actual);
        } catch (IllegalArgumentException e) {
            return new Plan.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Plan present(Args args, Optional<MapValue> now, State actual) {
        ServiceShape shape = args.shape();
        if (now.isEmpty() && shape.image().isEmpty()) {
            return Plan.mistake("state is present but all of the following are missing: image");
        }
        var spec = new ServiceSpec(shape, environment(shape, actual.files), now.orElse(MapValue.EMPTY));
        Optional<String> foreign = foreign(args, actual.ids);
        if (foreign.isPresent()) {
            return new Plan.Refused(foreign.get());
        }
        var before = new TreeMap<String, Value>();
        var after = new TreeMap<String, Value>();
        var foreseen = new TreeMap<String, Value>();
        var create = new ArrayList<>(List.of("service", "create", "--detach", "--quiet", "--name", args.name()));
        var update = new ArrayList<>(List.of("service", "update", "--detach", "--quiet"));
        if (!args.resolveImage()) {
            create.add("--no-resolve-image");
            update.add("--no-resolve-image");
        }
        var sooner = new ArrayList<>(update);
        boolean twice = false;
        for (ServiceSpec.Part part : spec.parts()) {
            foreseen.put(part.name(), part.wanted());
            create.addAll(part.create());
            if (now.isPresent() && !part.wanted().equals(part.actual())) {
                before.put(part.name(), part.actual());
                after.put(part.name(), part.wanted());
                update.addAll(part.update());
                sooner.addAll(part.sooner());
                twice |= !part.sooner().isEmpty();
            }
        }
        boolean anew = after.containsKey("mode");
        shape.image().ifPresent(create::add);
        create.addAll(shape.args().orElse(List.of()));
        if (anew && shape.image().isEmpty()) {
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
        if (twice && !anew) {
            sooner.add(args.name());
            script = args.docker().quiet(sooner).and(script);
        }
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
        Verdict verdict = Told.of("look after the service " + args.name(), "service", applied, State::object);
        boolean was = before.object().isPresent();
        boolean gone = args.state() == Wanted.ABSENT;
        List<String> changes = applied.changes().stream().filter(_ -> was && !gone)
                .flatMap(change -> Tree.map(change.diff().after()).keySet().stream()).toList();
        boolean rebuilt = changes.contains("mode");
        String done = gone
                ? was ? "removed" : "absent"
                : !was ? "created" : rebuilt ? "rebuilt" : applied.changes().isEmpty() ? "unchanged" : "updated";
        MapValue results = verdict.results().with(MapValue.of("swarm_service",
                gone ? MapValue.EMPTY : asked(args, before), "changes", Value.texts(changes), "rebuilt", rebuilt));
        return new Verdict(verdict.changed(), verdict.failure(),
                verdict.failure().isPresent() ? results : results.with("msg", Value.text("Service " + done)));
    }

    private static MapValue asked(Args args, State before) {
        return ServiceAsked.of(args.shape(), args.forceUpdate(), environment(args.shape(), before.files), before.ids);
    }
}
