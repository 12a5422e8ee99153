package bramble.modules.containers;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.Optional;

/** {@code docker_container_info}: what there is to know of a container. */
@AutoService(AnyModule.class)
public final class DockerContainerInfoModule
        implements
            TaskModule<DockerContainerInfoModule.Args, DockerContainerInfoModule.State> {
    @Doc(value = "Tells of a container what docker inspect tells.", collection = "community.docker", example = """
            - name: See how the broker is doing
              community.docker.docker_container_info:
                name: broker
              register: broker
            """, returns = {
        "exists: bool: whether there is one of that name", "container: dict: what docker inspect tells of it"})
    public record Args(@Arg("The container's name or id.") String name, Docker docker) {}

    /** What is there. */
    public record State(Optional<ContainerFact.Found> found) {}

    @Override
    public String name() {
        return "docker_container_info";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(new ContainerFact(args.docker(), args.name())).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        String tried = "look at the container " + args.name();
        return actual.found.isEmpty()
                ? Docker.lacking(tried)
                : actual.found.get().trouble().isEmpty()
                        ? Plan.NOTHING
                        : Docker.troubled(tried, actual.found.get().trouble());
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<ContainerState> container = before.found().flatMap(ContainerFact.Found::container);
        return Verdict.changed(false, MapValue.of("exists", container.isPresent(), "container",
                container.<Value>map(ContainerState::told).orElse(None.NONE)));
    }
}
