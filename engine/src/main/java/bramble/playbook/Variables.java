package bramble.playbook;

import bramble.problem.Source;
import bramble.value.MapValue;
import java.util.Map;

/**
 * Variables that were set together, in one place.
 *
 * @param origin what set them, for people: {@code role defaults}, {@code play vars}, {@code task vars}
 * @param places where each name was set
 */
public record Variables(String origin, MapValue values, Map<String, Source> places) {
    public Variables {
        places = Map.copyOf(places);
    }
}
