package bramble.modules.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.Owner;
import bramble.modules.files.PathState;
import bramble.modules.files.TreeFact;
import bramble.shell.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What can't be read isn't taken for what isn't there. */
class UnreadTest {
    private static final Me ME = new Me(Owner.ROOT, Owner.ROOT, 022, "/root");
    private static final PathState FOLDER = new PathState.Directory("/src", Inode.made(0700, ME, "/src"));
    private static final Filters NONE = new Filters(List.of());
    private static final Filters NO_CACHE = new Filters(List.of(Filters.Rule.of(false, "cache")));

    @Test
    void foldersThatAreShutAreTold() {
        assertEquals(Optional.empty(), unread("", NONE));
        assertEquals(Optional.of("/src"), unread("d\0", NONE));
        assertEquals(Optional.of("/src/a b/c"), unread("da b/c\0dd\0x\0", NONE));
        assertEquals(Optional.of("/src"), unread("x\0", NONE), "a walk that failed elsewhere");
        assertEquals(Optional.empty(), unread("dcache\0da/cache/b\0x\0", NO_CACHE), "nobody looks there");
        assertEquals(Optional.of("/src/d"), unread("dcache\0dd\0", NO_CACHE));
    }

    @Test
    void aFolderWithoutATreeIsShut() {
        var tree = new TreeFact.Tree("/src", true, List.of());
        assertEquals(Optional.of("/src"), Side.of(FOLDER, tree, List.of()).unread(NONE));
    }

    private static Optional<String> unread(String told, Filters filters) {
        var answer = new Answer(0, told.getBytes(StandardCharsets.UTF_8), new byte[0]);
        return Side.of(FOLDER, new TreeFact.Tree("/src", false, List.of()), new ShutFact("/src").parse(answer))
                .unread(filters);
    }
}
