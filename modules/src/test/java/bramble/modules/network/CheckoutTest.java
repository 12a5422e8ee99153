package bramble.modules.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.network.CheckoutFact.Checkout;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a dry run knows of a checkout that tasks before would change. */
class CheckoutTest {
    private static final Map<String, String> REFS = Map.of("refs/heads/main", "b".repeat(40), "refs/tags/v1",
            "a".repeat(40));
    private static final Checkout NOTHING = new Checkout("", false, "", false, false, "", REFS, "main", false, "");
    private static final Checkout MAIN = new Checkout("", true, "b".repeat(40), false, false, "/repo", REFS, "main",
            true, "/srv/app/.git");

    private static CheckoutFact fact(String dest, String version) {
        return new CheckoutFact("git", "", "/repo", dest, "origin", version, false, false, false);
    }

    private static Effect.Becomes<PathState> gone(String path) {
        return new Effect.Becomes<>(new PathFact(path), new PathState.Absent(path, "/srv", false));
    }

    @Test
    void anotherVersionOfTheSameFolderIsWhatTheTaskBeforeWouldLeave() {
        var before = new Effect.Becomes<>(fact("/srv/app", "v1"), NOTHING.at("a".repeat(40), "/repo", ""));
        assertEquals(Maybe.known("a".repeat(40)),
                fact("/srv/app", "main").after(before, MAIN).map(Checkout::head));
        assertEquals(Maybe.known(MAIN), fact("/srv/other", "main").after(before, MAIN));
    }

    @Test
    void aFolderThatWouldBeRemovedIsClonedAnew() {
        assertEquals(Maybe.known(NOTHING), fact("/srv/app", "main").after(gone("/srv/app"), MAIN));
        assertEquals(Maybe.known(NOTHING), fact("/srv/app", "main").after(gone("/srv"), MAIN));
        assertEquals(Maybe.known(MAIN), fact("/srv/app", "main").after(gone("/srv/application"), MAIN));
    }

    @Test
    void filesOfOthersAreInTheWayOrMayBeOnesOfTheCheckout() {
        var made = new Effect.Becomes<PathState>(new PathFact("/srv/app/f"),
                new PathState.Directory("/srv/app/f",
                        Inode.made(0755, new Me(Owner.ROOT, Owner.ROOT, 022, "/root"), "/srv/app/f")));
        assertInstanceOf(Maybe.NotKnown.class, fact("/srv/app", "main").after(made, MAIN));
        assertEquals(Maybe.known("taken"), fact("/srv/app", "main").after(made, NOTHING).map(Checkout::problem));
    }
}
