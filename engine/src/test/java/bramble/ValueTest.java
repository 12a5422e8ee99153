package bramble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bramble.problem.Nearest;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueTest {
    @Test
    void onlyAThawedListChanges() {
        var list = ListValue.of(Value.of(1), Value.of("a"));
        assertThrows(UnsupportedOperationException.class, () -> list.items().add(Value.of(2)));
        ListValue thawed = list.thaw();
        thawed.items().add(Value.of(2));
        assertEquals(Value.of(List.of(1, "a", 2)), thawed);
        assertEquals(Value.of(List.of(1, "a")), list);
    }

    @Test
    void mapsKeepTheirOrderAndTakePlainObjects() {
        MapValue map = MapValue.of("b", 1, "a", Map.of("x", true)).with("c", null);
        assertEquals(List.of("b", "a", "c"), List.copyOf(map.byName().keySet()));
    }

    @Test
    void theNearestNameIsFoundOnlyWhenItIsNear() {
        assertEquals("changed_when", Nearest.to("change_when", List.of("when", "changed_when", "name")).orElseThrow());
        assertEquals(true, Nearest.to("xyz", List.of("when", "name")).isEmpty());
    }
}
