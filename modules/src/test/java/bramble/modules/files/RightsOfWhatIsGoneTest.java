package bramble.modules.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.module.Effect;
import bramble.module.Maybe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a dry run knows of access lists and attributes of files that would be removed, and made anew. */
class RightsOfWhatIsGoneTest {
    private static final Effect.Becomes<PathState> GONE = new Effect.Becomes<>(new PathFact("/srv"),
            new PathState.Absent("/srv", "/", false));
    private static final Effect.Becomes<PathState> MADE = new Effect.Becomes<>(new PathFact("/srv/f"),
            new PathState.Directory("/srv/f",
                    Inode.made(0755, new Me(Owner.ROOT, Owner.ROOT, 022, "/root"), "/srv/f")));

    @Test
    void anAccessList() {
        var fact = new AclFact("/srv/f", List.of(), List.of());
        var set = Optional.of(new AclFact.Access(true, true, List.of("user:pi:rwx"), true, ""));
        var none = Optional.of(new AclFact.Access(false, false, List.of(), false, ""));
        assertEquals(Maybe.known(none), fact.after(GONE, set));
        assertEquals(Maybe.known(set), fact.after(MADE, set));
        assertInstanceOf(Maybe.NotKnown.class, fact.after(MADE, none));
        assertEquals(Maybe.known(Optional.empty()), fact.after(GONE, Optional.empty()));
    }

    @Test
    void anEntryThatATaskBeforeWouldTakeAway() {
        var set = Optional.of(new AclFact.Access(true, true, List.of("user:pi:rwx"), true, ""));
        var away = new Effect.Becomes<>(new AclFact("/srv/f", List.of(), List.of("-x", "user:pi")), set);
        assertInstanceOf(Maybe.NotKnown.class,
                new AclFact("/srv/f", List.of(), List.of("-m", "user:pi:rwx")).after(away, set));
        assertEquals(Maybe.known(set),
                new AclFact("/srv/f", List.of(), List.of("-m", "user:pia:rwx")).after(away, set));
    }

    @Test
    void attributes() {
        var fact = new XattrFact("/srv/f", true);
        var set = Optional.of(new XattrFact.Attributes(true, Map.of("user.a", "b")));
        var none = Optional.of(new XattrFact.Attributes(false, Map.of()));
        assertEquals(Maybe.known(none), fact.after(GONE, set));
        assertEquals(Maybe.known(set), fact.after(MADE, set));
        assertEquals(Maybe.known(Optional.of(new XattrFact.Attributes(true, Map.of()))), fact.after(MADE, none));
    }
}
