package bramble.run;

import bramble.value.MapValue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** What a run has learnt about its hosts, over all of its playbooks, and what is kept of it beyond the run. */
final class Knowledge {
    private final FactCache cache;
    private final Map<String, AtomicReference<HostVariables>> hosts = new ConcurrentHashMap<>();

    Knowledge(FactCache cache) {
        this.cache = cache;
    }

    HostVariables of(String host) {
        return cell(host).get();
    }

    void update(String host, UnaryOperator<HostVariables> change) {
        AtomicReference<HostVariables> cell = cell(host);
        HostVariables before = cell.get();
        HostVariables after = cell.updateAndGet(change);
        if (before.facts().equals(after.facts()) && before.cached().equals(after.cached())) {
            return;
        }
        MapValue kept = after.facts().with(after.cached());
        if (kept.entries().isEmpty()) {
            cache.forget(host);
        } else {
            cache.write(host, kept);
        }
    }

    private AtomicReference<HostVariables> cell(String host) {
        return hosts.computeIfAbsent(host, name -> new AtomicReference<>(
                cache.read(name).map(HostVariables.NONE::withFacts).orElse(HostVariables.NONE)));
    }
}
