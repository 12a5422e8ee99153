package bramble.modules.packages;

import bramble.module.Effect;
import java.util.List;

/** Tells which packages an effect brings, to those that know what such a package is like when it is new. */
public final class Coming {
    private Coming() {}

    /** Whether it is apt's, and installs a package that isn't there before. */
    public static boolean brings(Effect.Becomes<?> effect, String name) {
        return effect.fact() instanceof AptDone && effect.value() instanceof List<?> steps
                && steps.stream().anyMatch(step -> step instanceof AptState.Step(String other, String before, _)
                        && before.isEmpty() && other.replaceFirst(":.*", "").equals(name));
    }
}
