package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.value.MapValue;
import bramble.value.Unknown;
import java.util.List;

/** What is installed on a node once packages come or go. */
public final class Installed {
    private Installed() {}

    /** The packages by their names; what is told of one that comes isn't known before. */
    public static Maybe<MapValue> after(Effect.Becomes<?> effect, MapValue packages) {
        return switch (effect.fact()) {
            case AptDone _ when effect.value() instanceof List<?> steps -> {
                MapValue after = packages;
                for (AptState.Step step : steps.stream().map(AptState.Step.class::cast).toList()) {
                    String name = step.name().replaceFirst(":.*", "");
                    if (step.after().equals("?")) {
                        yield Maybe.unknown(name + " would be installed, and others may come along");
                    }
                    after = step.after().isEmpty()
                            ? after.without(name)
                            : after.with(name, new Unknown(name + " would be installed before"));
                }
                yield Maybe.known(after);
            }
            case DnfDone(var root) when root.isEmpty() && effect.value() instanceof DnfDone.Done done -> {
                MapValue after = packages;
                for (DnfStep step : done.steps()) {
                    after = step.after().isEmpty()
                            ? after.without(step.name())
                            : after.with(step.name(), new Unknown(step.name() + " would be installed before"));
                }
                yield done.steps().isEmpty()
                        ? Maybe.unknown(
                                String.join(", ", done.asked()) + " would be installed, and others may come along")
                        : Maybe.known(after);
            }
            case SimplePackages(var _, List<String> names, boolean _) -> Maybe.unknown(String.join(", ", names)
                    + " would come or go, and others with " + (names.size() == 1 ? "it" : "them"));
            default -> Maybe.known(packages);
        };
    }
}
