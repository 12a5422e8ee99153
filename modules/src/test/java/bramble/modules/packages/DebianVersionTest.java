package bramble.modules.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Versions are ordered as dpkg orders them. */
class DebianVersionTest {
    @Test
    void theyAreInTheirOrder() {
        List<String> ordered = List.of("0~beta1", "0", "1.0~~", "1.0~rc1-1", "1.0~rc1-1+b1", "1.0", "1.0-1", "1.0-1.1",
                "1.0a", "1.0+dfsg", "1.0.1", "1.2", "1.10", "1.010.1", "20240101000000000000001",
                "20240101000000000000002", "1:0.1", "2:0");
        List<DebianVersion> sorted = ordered.reversed().stream().map(DebianVersion::new).sorted().toList();
        assertEquals(ordered, sorted.stream().map(DebianVersion::text).toList());
        assertEquals(List.of(0, 0, 0), Stream.of(List.of("1.0", "1.00"), List.of("0:1", "1"), List.of("1", "1-0"))
                .map(two -> new DebianVersion(two.get(0)).compareTo(new DebianVersion(two.get(1)))).toList());
    }
}
