package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The lines that tell how far something is. */
class ProgressTest {
    @Test
    void aLineFitsTheScreen() {
        String far = Progress.far(1_000_000_000, 4_000_000_000L, 10_000_000);
        assertEquals("  25 %  1.0 GB, 10.0 MB/s, 5:00 min left", far);
        assertEquals("pi3.img  [####            ]" + far, Progress.line("pi3.img", 1, 4, far, 16, 79));
        assertEquals("pi3.img  [##        ]" + far, Progress.line("pi3.img", 1, 4, far, 16, 61));
        for (int columns = 0; columns < 90; columns++) {
            assertTrue(Progress.line("pi3.img", 1, 4, far, 16, columns).length() <= columns);
        }
        assertEquals("  1.0 GB, 10.0 MB/s", Progress.far(1_000_000_000, 0, 10_000_000));
        assertEquals("/dev/sda  done", Progress.line("/dev/sda  done", 4, 4, "", 16, 79));
    }
}
