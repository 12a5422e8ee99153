package bramble.template;

import bramble.value.Value;
import java.util.Map;

/**
 * A family of filters, tests, lookups and global names. It is found by its {@code @AutoService(Extensions.class)}, so
 * that adding one is adding a file.
 *
 * <p>Names of Ansible's own are given plain ({@code basename}); {@code ansible.builtin.basename} is found too. The language
 * itself brings {@code lookup}, {@code query}, {@code q}, {@code namespace} and {@code omit}.
 */
public interface Extensions {
    default Map<String, Filter> filters() {
        return Map.of();
    }

    default Map<String, Test> tests() {
        return Map.of();
    }

    default Map<String, Lookup> lookups() {
        return Map.of();
    }

    default Map<String, Value> globals() {
        return Map.of();
    }
}
