package bramble.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.connection.LocalConnection;
import bramble.connection.NodeShells;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is changed by one run at a time, and a lock that can't be had keeps nobody waiting for ever. */
@Timeout(30)
class NodeLockTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theSecondWaitsForTheFirstByName() {
        String link = folder.resolve("lock").toString();
        var told = new ArrayList<String>();
        try (var first = new NodeShells(LocalConnection::new); var second = new NodeShells(LocalConnection::new)) {
            var lock = new NodeLock(link, "the first, since noon", true, _ -> {});
            lock.hold(first);
            new NodeLock(link, "the second", true, who -> {
                told.add(who);
                lock.release(first);
            }).hold(second);
        }
        assertEquals(List.of("the first, since noon", ""), told);
    }

    @Test
    void aLockWhoseShellIsGoneCountsForNothing() throws IOException {
        Path link = folder.resolve("lock");
        Files.createSymbolicLink(link, Path.of("1 0 another process has this number now"));
        assertTrue(held(link));
        assertTrue(Files.readSymbolicLink(link).toString().endsWith(" me"));
    }

    @Test
    void whereNoLockCanBeMadeNobodyWaits() throws IOException {
        assertTrue(held(folder.resolve("missing/lock")));
        Path inTheWay = Files.createDirectories(folder.resolve("parent"));
        Files.writeString(inTheWay.resolve("lock"), "no link, and not to be removed by a run");
        assertTrue(held(inTheWay.resolve("lock")));
        assertFalse(Files.isSymbolicLink(inTheWay.resolve("lock")));
    }

    /** Takes the lock, and waits for nobody. */
    private static boolean held(Path link) {
        var told = new ArrayList<String>();
        try (var shells = new NodeShells(LocalConnection::new)) {
            new NodeLock(link.toString(), "me", true, told::add).hold(shells);
        }
        return told.isEmpty();
    }
}
