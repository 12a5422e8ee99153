package bramble.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverlayTest {
    /** Whether there is a file. */
    private record There(String path) implements Fact<Boolean> {
        @Override
        public Sh script() {
            return Sh.of("[ -e {} ]", path);
        }

        @Override
        public Boolean parse(Answer answer) {
            return answer.ok();
        }
    }

    private static void add(Overlay overlay, Effect... effects) {
        overlay.add(new Change("x", Diff.NONE, List.of(), List.of(effects)));
    }

    @Test
    void ofManyReasonsWhyAThingIsNotKnownTheLastAreTold() {
        var overlay = new Overlay();
        var fact = new There("/f");
        for (String one : List.of("one", "two", "two", "three", "four", "five")) {
            add(overlay, new Effect.Unknown((asked, _) -> asked.equals(fact), one));
            if (one.equals("three")) {
                assertEquals(Maybe.unknown("one; or two; or three"), overlay.over(fact, false).value());
            }
        }
        add(overlay, new Effect.Unknown((asked, _) -> !asked.equals(fact), "of another"));
        assertEquals(Maybe.unknown("three; or four; or five; or for 2 other reasons"),
                overlay.over(fact, false).value());
        assertEquals(Optional.of("four; or five; or of another; or for 3 other reasons"), overlay.doubt());

        add(overlay, Effect.becomes(fact, true));
        assertEquals(Maybe.known(true), overlay.over(fact, false).value());
        add(overlay, new Effect.Unknown((_, _) -> true, "six"));
        assertEquals(Maybe.unknown("six"), overlay.over(fact, false).value());
    }
}
