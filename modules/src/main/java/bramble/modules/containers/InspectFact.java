package bramble.modules.containers;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.services.Service;
import bramble.shell.Answer;
import bramble.value.Json;
import bramble.value.MapValue;
import java.util.List;
import java.util.Optional;

/**
 * What {@code docker inspect} tells of one thing; empty where the node has no docker.
 *
 * @param kind image, network, volume, service
 */
record InspectFact(Docker docker, String kind, String name) implements Fact<Optional<InspectFact.Found>> {
    /**
     * An answer.
     *
     * @param object what it told; empty where there is no such thing
     * @param trouble why docker can't tell; empty if it can
     */
    record Found(Optional<MapValue> object, String trouble) {
        static Found of(MapValue object) {
            return new Found(Optional.of(object), "");
        }

        static Found none() {
            return new Found(Optional.empty(), "");
        }
    }

    @Override
    public bramble.shell.Sh script() {
        return docker.ask(List.of(kind, "inspect", "--format", "{{json .}}", name));
    }

    @Override
    public Optional<Found> parse(Answer answer) {
        return parsed(answer);
    }

    /** @param answer what {@link Docker#ask} gave */
    static Optional<Found> parsed(Answer answer) {
        String text = answer.text();
        if (!text.startsWith("tool\n")) {
            return Optional.empty();
        }
        String error = answer.errors().strip();
        if (answer.ok() && Json.tryParse(text.substring(5)).orElse(null) instanceof MapValue object) {
            return Optional.of(Found.of(object));
        }
        return Optional.of(absent(error) ? Found.none() : new Found(Optional.empty(), error));
    }

    /** Whether docker says that there is no such thing. */
    static boolean absent(String error) {
        return error.matches("(?si).*(no such [a-z]+|[a-z]+ \\S+ not found|could not be found).*");
    }

    /** Whether the effect starts the daemon, so that what couldn't be told before may be told then. */
    static boolean starts(Effect.Becomes<?> effect) {
        return Service.starts(effect, "docker");
    }

    @Override
    @SuppressWarnings("unchecked") // the value of a fact like this
    public Maybe<Optional<Found>> after(Effect.Becomes<?> effect, Optional<Found> current) {
        if (effect.fact().equals(this)) {
            return Maybe.known((Optional<Found>) effect.value());
        }
        return starts(effect) && current.filter(found -> !found.trouble().isEmpty()).isPresent()
                ? Maybe.unknown("the service docker would be started first")
                : Maybe.known(current);
    }
}
