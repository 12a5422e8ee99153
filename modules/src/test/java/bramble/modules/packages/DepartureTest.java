package bramble.modules.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.Owner;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a dry run no longer knows once packages would be removed. */
class DepartureTest {
    private static boolean mayGo(boolean purge, Fact<?> fact, Object value) {
        return assertInstanceOf(Effect.Unknown.class, Departure.of(List.of("nginx-light", "libgd3"), purge)).which()
                .test(fact, value);
    }

    private static boolean mayGo(boolean purge, String path) {
        return mayGo(purge, new PathFact(path), new PathState.Directory(path,
                Inode.made(0755, new Me(Owner.ROOT, Owner.ROOT, 022, "/root"), path)));
    }

    @Test
    void programsAndFilesOfTheirName() {
        assertEquals(List.of(true, true, false, false, false),
                List.of(mayGo(false, "/usr/sbin/nginx"), mayGo(false, "/lib/systemd/system/nginx.service"),
                        mayGo(false, "/usr/sbin/apache2"), mayGo(false, "/srv/nginx"), mayGo(false, "/usr/sbin")));
        assertEquals(List.of(true, false),
                List.of(mayGo(false, new CommandFact("nginx"), Optional.of("/usr/sbin/nginx")),
                        mayGo(false, new CommandFact("nginx"), Optional.empty())));
    }

    @Test
    void settingsOnlyWhereTheyArePurged() {
        assertEquals(List.of(false, true),
                List.of(mayGo(false, "/etc/nginx/nginx.conf"), mayGo(true, "/etc/nginx/nginx.conf")));
    }
}
