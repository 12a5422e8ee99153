package bramble.modules.containers;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.Json;
import bramble.value.MapValue;
import java.util.List;
import java.util.Optional;

/** A node's place in a swarm; empty where it has no docker. */
record SwarmFact(Docker docker) implements Fact<Optional<SwarmFact.Place>> {
    /**
     * The answer.
     *
     * @param told what docker info tells of the swarm; LocalNodeState is inactive outside of one
     * @param tokens those that let others join: Worker and Manager; empty unless the node manages the swarm
     * @param trouble why docker can't tell; empty if it can
     */
    record Place(MapValue told, MapValue tokens, String trouble) {
        boolean active() {
            return !Tree.text(told, "LocalNodeState").equals("inactive");
        }

        boolean manages() {
            return Tree.yes(told, "ControlAvailable");
        }
    }

    @Override
    public Sh script() {
        return Sh.of("""
                command -v docker >/dev/null || exit 0
                echo tool
                b_s=$({} </dev/null) || exit
                printf '%s\\n' "$b_s"
                case $b_s in *'"ControlAvailable":true'*) {} </dev/null; {} </dev/null ;; esac""",
                docker.run(List.of("info", "--format", "{{json .Swarm}}")),
                docker.run(List.of("swarm", "join-token", "--quiet", "worker")),
                docker.run(List.of("swarm", "join-token", "--quiet", "manager")));
    }

    @Override
    public Optional<Place> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        MapValue told = lines.size() > 1 && Json.tryParse(lines.get(1)).orElse(null) instanceof MapValue map
                ? map
                : MapValue.EMPTY;
        if (!answer.ok() || told.byName().isEmpty()) {
            return Optional.of(new Place(told, MapValue.EMPTY, answer.errors().strip()));
        }
        MapValue tokens = lines.size() > 3
                ? MapValue.of("Worker", lines.get(2), "Manager", lines.get(3))
                : MapValue.EMPTY;
        return Optional.of(new Place(told, tokens, ""));
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a fact like this
    public Maybe<Optional<Place>> after(Effect.Becomes<?> effect, Optional<Place> current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Optional<Place>) effect.value());
        }
        return InspectFact.starts(effect) && current.filter(place -> !place.trouble().isEmpty()).isPresent()
                ? Maybe.unknown("the service docker would be started first")
                : Maybe.known(current);
    }
}
