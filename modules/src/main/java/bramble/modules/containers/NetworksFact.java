package bramble.modules.containers;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.Set;

/** The names of Docker's networks; empty where the node has no docker, or docker can't tell. */
record NetworksFact(Docker docker) implements Fact<Optional<Set<String>>> {
    @Override
    public Sh script() {
        return docker.ask(List.of("network", "ls", "--format", "{{.Name}}"));
    }

    @Override
    public Optional<Set<String>> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        return lines.isEmpty() || !answer.ok()
                ? Optional.empty()
                : Optional.of(Set.copyOf(lines.subList(1, lines.size())));
    }

    @Override
    public Maybe<Optional<Set<String>>> after(Effect.Becomes<?> effect, Optional<Set<String>> current) {
        if (effect.fact() instanceof InspectFact(Docker where, String kind, String name) && where.equals(docker)
                && kind.equals("network") && effect.value() instanceof Optional<?> found && current.isPresent()
                && found.orElse(null) instanceof InspectFact.Found is) {
            Set<String> names = new TreeSet<>(current.get());
            if (is.object().isPresent()) {
                names.add(name);
            } else {
                names.remove(name);
            }
            return Maybe.known(Optional.of(Set.copyOf(names)));
        }
        return Maybe.known(current);
    }
}
