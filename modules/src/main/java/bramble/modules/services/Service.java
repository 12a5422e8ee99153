package bramble.modules.services;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Platform;
import bramble.modules.files.ContentFact;
import bramble.modules.files.NodePath;
import bramble.value.MapValue;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A service as the node's init system sees it.
 *
 * @param running whether it is active, or on its way there
 * @param stopping whether it is on its way to stop
 * @param status what the init system tells besides: systemd's properties
 */
public record Service(boolean running, boolean stopping, boolean enabled, boolean masked, MapValue status) {
    private static final Pattern UNIT = Pattern
            .compile("(/usr)?/(etc|lib|run)/systemd/system/[^/]+\\.service|/etc/init\\.d/[^/]+");

    /** Whether the effect is that the service of that name runs. */
    public static boolean starts(Effect.Becomes<?> effect, String name) {
        return effect.fact() instanceof ServiceFact fact
                && (fact.name().equals(name) || fact.name().equals(name + ".service"))
                && effect.value() instanceof Optional<?> found && found.orElse(null) instanceof Service service
                && service.running();
    }

    /** The system's service that an effect is about, by the name that its init system has for it. */
    public static Optional<String> altered(Effect.Becomes<?> effect) {
        return switch (effect.fact()) {
            case ServiceFact fact when fact.scope().isEmpty() || fact.scope().equals("system") ->
                Optional.of(fact.init() == Platform.Init.SYSTEMD && !fact.name().contains(".")
                        ? fact.name() + ".service"
                        : fact.name());
            case ContentFact(String path) when UNIT.matcher(path).matches() -> Optional.of(NodePath.name(path));
            default -> Optional.empty();
        };
    }

    /** The service that a fact asks for, as it calls it. */
    public static Optional<String> named(Fact<?> fact) {
        return fact instanceof ServiceFact asked ? Optional.of(asked.name()) : Optional.empty();
    }

    /** Whether it is an init script that systemd hasn't read yet. */
    boolean unread() {
        return status.get("LoadState").filter(load -> load.toString().equals("not-found")).isPresent();
    }

    /** The same, once systemd has read its units again. */
    Service read() {
        return unread()
                ? new Service(running, stopping, enabled, masked, status.with("LoadState", "loaded"))
                : this;
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
