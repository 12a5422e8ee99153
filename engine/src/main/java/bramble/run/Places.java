package bramble.run;

import bramble.inventory.Host;
import bramble.inventory.Layer;
import bramble.inventory.Variables;
import bramble.playbook.Directives;
import bramble.playbook.Play;
import bramble.playbook.Role;
import bramble.problem.Source;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where variables are written that count for a role. */
record Places(World world, PlayFrame frame, Role role, Directives directives) {
    /** Where the value is written that counts; where nobody wrote one, where the host is. */
    Source place(String host, String variable) {
        if (world.options.extraVars().get(variable).isPresent()) {
            return Source.file("command line");
        }
        return strongestFirst(host).filter(layer -> layer.values().get(variable).isPresent()).findFirst()
                .map(layer -> layer.place(variable)).orElseGet(() -> host(host));
    }

    private Stream<Variables> strongestFirst(String host) {
        Play play = frame.play();
        return Stream.of(directives.params().reversed(), role.visibleParams().reversed(),
                directives.vars().reversed(), role.visibleVars().reversed(),
                play.publicRoles().reversed().stream().flatMap(one -> one.visibleVars().reversed().stream())
                        .toList(),
                world.variables(host).files().reversed(), play.params().reversed(), List.of(play.vars()),
                world.inventory().layers(host).reversed().stream().map(Layer::variables).toList(),
                role.visibleDefaults().reversed(),
                play.publicRoles().reversed().stream().flatMap(one -> one.visibleDefaults().reversed().stream())
                        .toList())
                .flatMap(List::stream);
    }

    private Source host(String name) {
        Optional<Host> host = world.inventory().host(name);
        return host.stream().flatMap(found -> found.variables().places().values().stream())
                .filter(place -> place.line() > 0)
                .min(Comparator.comparingInt(Source::line).thenComparingInt(Source::column))
                .or(() -> host.map(found -> Source.file(found.origin()))).orElse(Source.NONE);
    }
}
