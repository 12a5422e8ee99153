package bramble.run;

import bramble.inventory.Host;
import bramble.inventory.Layer;
import bramble.inventory.Variables;
import bramble.playbook.Directives;
import bramble.playbook.Play;
import bramble.playbook.Role;
import bramble.problem.Source;
import bramble.value.Value;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Where variables are written that count for a step, of a role perhaps. */
record Places(World world, PlayFrame frame, Optional<Role> role, Directives directives) {
    /** A variable's value as it is written, and where that is. */
    record Written(Value value, Source place) {}

    /** Where the value is written that counts; where nobody wrote one, where the host is. */
    Source place(String host, String variable) {
        return find(host, variable).map(Written::place).orElseGet(() -> host(host));
    }

    /** What is written that counts; empty where nobody wrote the variable. */
    Optional<Written> find(String host, String variable) {
        return world.options.extraVars().get(variable)
                .map(value -> new Written(value, Source.file("command line")))
                .or(() -> strongestFirst(host).flatMap(layer -> layer.values().get(variable).stream()
                        .map(value -> new Written(value, layer.place(variable)))).findFirst());
    }

    private Stream<Variables> strongestFirst(String host) {
        Play play = frame.play();
        return Stream.of(directives.params().reversed(), ofRole(Role::visibleParams),
                directives.vars().reversed(), ofRole(Role::visibleVars),
                play.publicRoles().reversed().stream().flatMap(one -> one.visibleVars().reversed().stream())
                        .toList(),
                world.variables(host).files().reversed(), play.params().reversed(), List.of(play.vars()),
                world.inventory().layers(host).reversed().stream().map(Layer::variables).toList(),
                ofRole(Role::visibleDefaults),
                play.publicRoles().reversed().stream().flatMap(one -> one.visibleDefaults().reversed().stream())
                        .toList())
                .flatMap(List::stream);
    }

    private List<Variables> ofRole(Function<Role, List<Variables>> layers) {
        return role.map(one -> layers.apply(one).reversed()).orElse(List.of());
    }

    private Source host(String name) {
        Optional<Host> host = world.inventory().host(name);
        return host.stream().flatMap(found -> found.variables().places().values().stream())
                .filter(place -> place.line() > 0)
                .min(Comparator.comparingInt(Source::line).thenComparingInt(Source::column))
                .or(() -> host.map(found -> Source.file(found.origin()))).orElse(Source.NONE);
    }
}
