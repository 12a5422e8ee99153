package bramble.modules.services;

import bramble.module.Effect;
import bramble.value.MapValue;
import java.util.Optional;

/**
 * A service as the node's init system sees it.
 *
 * @param running whether it is active, or on its way there
 * @param stopping whether it is on its way to stop
 * @param status what the init system tells besides: systemd's properties
 */
public record Service(boolean running, boolean stopping, boolean enabled, boolean masked, MapValue status) {
    /** Whether the effect is that the service of that name runs. */
    public static boolean starts(Effect.Becomes<?> effect, String name) {
        return effect.fact() instanceof ServiceFact fact
                && (fact.name().equals(name) || fact.name().equals(name + ".service"))
                && effect.value() instanceof Optional<?> found && found.orElse(null) instanceof Service service
                && service.running();
    }

    Service withRunning(boolean now) {
        MapValue told = status.get("ActiveState").isPresent()
                ? status.with("ActiveState", now ? "active" : "inactive").with("SubState", now ? "running" : "dead")
                : status;
        return new Service(now, false, enabled, masked, told);
    }

    Service withEnabled(boolean now) {
        return new Service(running, stopping, now, masked, file(now ? "enabled" : "disabled"));
    }

    Service withMasked(boolean now) {
        MapValue told = status.get("LoadState").isPresent()
                ? file(now ? "masked" : "disabled").with("LoadState", now ? "masked" : "loaded")
                : status;
        return new Service(running, stopping, enabled && !now, now, told);
    }

    private MapValue file(String state) {
        return status.get("UnitFileState").isPresent() ? status.with("UnitFileState", state) : status;
    }
}
