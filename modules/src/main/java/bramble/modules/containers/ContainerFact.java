package bramble.modules.containers;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.Optional;

/** What docker tells of a container; empty where the node has no docker. */
record ContainerFact(Docker docker, String name) implements Fact<Optional<ContainerFact.Found>> {
    /**
     * An answer.
     *
     * @param container empty where there is none of that name
     * @param trouble why docker can't tell; empty if it can
     */
    record Found(Optional<ContainerState> container, String trouble) {}

    @Override
    public Sh script() {
        return new InspectFact(docker, "container", name).script();
    }

    @Override
    public Optional<Found> parse(Answer answer) {
        return InspectFact.parsed(answer)
                .map(found -> new Found(found.object().map(ContainerState::of), found.trouble()));
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a fact like this
    public Maybe<Optional<Found>> after(Effect.Becomes<?> effect, Optional<Found> current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Optional<Found>) effect.value());
        }
        return InspectFact.starts(effect) && current.filter(found -> !found.trouble().isEmpty()).isPresent()
                ? Maybe.unknown("the service docker would be started first")
                : Maybe.known(current);
    }
}
