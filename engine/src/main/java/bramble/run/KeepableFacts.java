package bramble.run;

import bramble.value.MapValue;
import bramble.value.Secrets;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What of a host's facts may be kept beyond the run: what is plain, and holds no secret.
 *
 * @param secrets what must not get into a file or a server
 */
public record KeepableFacts(Secrets secrets) {
    MapValue of(MapValue facts) {
        Map<String, Value> kept = new LinkedHashMap<>();
        facts.byName().forEach((name, value) -> {
            if (value.plain() && secrets.mask(value).equals(value)) {
                kept.put(name, value);
            }
        });
        return MapValue.named(kept);
    }
}
