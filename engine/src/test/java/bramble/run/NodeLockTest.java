package bramble.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.connection.LocalConnection;
import bramble.connection.NodeShells;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is changed by one run at a time, and a lock that can't be had keeps nobody waiting for ever. */
@Timeout(30)
class NodeLockTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theSecondIsToldOfTheFirstByName() {
        String link = folder.resolve("lock").toString();
        var told = new ArrayList<String>();
        try (var first = new NodeShells(LocalConnection::new); var second = new NodeShells(LocalConnection::new)) {
            var lock = new NodeLock(link, "the first,\n\u001b[2J since\u202e noon", true, _ -> {});
            lock.take(first);
            var other = new NodeLock(link, "the second", true, told::add);
            assertThrows(NodeLock.HeldException.class, () -> other.take(second));
            assertThrows(NodeLock.HeldException.class, () -> other.take(second));
            lock.release(first);
            other.take(second);
        }
        assertEquals(List.of("the first, [2J since noon", ""), told, "told once, and without control characters");
    }

    @Test
    void aLockEndsWithTheShellThatTookIt() {
        String link = folder.resolve("lock").toString();
        try (var first = new NodeShells(LocalConnection::new); var second = new NodeShells(LocalConnection::new)) {
            var lock = new NodeLock(link, "the first", true, _ -> {});
            lock.take(first);
            first.reconnect();
            first.shell(Optional.empty());
            var other = new NodeLock(link, "the second", true, _ -> {});
            while (!takes(other, second)) {
                Thread.onSpinWait(); // the old shell ends in its own time
            }
            assertThrows(NodeLock.HeldException.class, () -> lock.take(first), "not taken for held by the new shell");
            other.release(second);
            lock.take(first);
        }
    }

    @Test
    void workThatWasBegunWaitsWhereItIs() throws Exception {
        String link = folder.resolve("lock").toString();
        Path done = folder.resolve("done");
        List<Piece> deed = List.of(Piece.free(Sh.of("echo deed >>{}", done.toString())));
        try (var shells = new NodeShells(LocalConnection::new)) {
            var other = new NodeLock(link, "the other", true, _ -> {});
            // it is in the node's thread, and the other run's shell is asked by none but that thread
            var lock = new NodeLock(link, "this", true, who -> {
                if (!who.isEmpty()) {
                    other.release(shells);
                }
            });
            try (var node = new Node(LocalConnection::new, lock, false, _ -> {}, new AtomicLong())) {
                node.call(() -> {
                    node.ask(Optional.empty(), deed, Watch.NONE);
                    node.reconnect();
                    while (!takes(other, shells)) {
                        Thread.onSpinWait(); // the old shell ends in its own time
                    }
                    return node.ask(Optional.empty(), deed, Watch.NONE);
                });
            }
        }
        assertEquals(List.of("deed", "deed"), Files.readAllLines(done));
    }

    @Test
    void aDryRunTakesItOnceItDoesSomething() throws Exception {
        Path link = folder.resolve("lock");
        List<Piece> nothing = List.of(Piece.free(Sh.raw(":")));
        var lock = new NodeLock(link.toString(), "this", true, _ -> {});
        try (var node = new Node(LocalConnection::new, lock, true, _ -> {}, new AtomicLong())) {
            node.call(() -> node.read(Optional.empty(), nothing, _ -> List.of(), Watch.NONE));
            assertEquals(List.of(), left());
            node.call(() -> node.ask(Optional.empty(), nothing, Watch.NONE));
            assertEquals(List.of(link), left());
        }
    }

    /** The network was cut, and the run ended: on the node its shell lives on. */
    @Test
    @SuppressWarnings("try") // one shell ends before the others
    void aLockOfARunThatIsGoneIsTakenOver() throws Exception {
        String link = folder.resolve("lock").toString();
        Process run = new ProcessBuilder("sleep", "60").start();
        try (var first = new NodeShells(LocalConnection::new);
                var second = new NodeShells(LocalConnection::new);
                var last = new NodeShells(LocalConnection::new)) {
            var told = new ArrayList<String>();
            new NodeLock(link, Holder.of("anna", run.pid()), true, _ -> {}).take(first);
            var lock = new NodeLock(link, Holder.of("ben"), true, told::add);
            assertThrows(NodeLock.HeldException.class, () -> lock.take(second));
            assertEquals(List.of("anna"), told);
            run.destroyForcibly().waitFor();
            lock.take(second);
            var third = new NodeLock(link, Holder.of("cleo"), true, told::add);
            first.close(); // it takes its own lock with it, no other
            assertThrows(NodeLock.HeldException.class, () -> third.take(last));
            assertEquals(List.of("anna", "", "ben"), told);
        } finally {
            run.destroyForcibly();
        }
    }

    @RepeatedTest(10)
    void onlyOneOfManyTakesOverADeadOnesLock() throws Exception {
        Path link = folder.resolve("lock");
        Files.createSymbolicLink(link, Path.of("1 0 another process has this number now"));
        int runs = 8;
        var begin = new CyclicBarrier(runs);
        var done = new CyclicBarrier(runs);
        try (var threads = Executors.newFixedThreadPool(runs)) {
            var took = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < runs; i++) {
                String name = "run " + i;
                took.add(threads.submit(() -> {
                    try (var shells = new NodeShells(LocalConnection::new)) {
                        shells.shell(Optional.empty());
                        begin.await();
                        boolean mine = takes(new NodeLock(link.toString(), name, true, _ -> {}), shells);
                        done.await(); // nobody is gone before all have tried
                        return mine;
                    }
                }));
            }
            int winners = 0;
            for (Future<Boolean> one : took) {
                winners += one.get() ? 1 : 0;
            }
            assertEquals(1, winners);
        }
        while (!left().isEmpty()) {
            Thread.onSpinWait(); // a shell that ends takes its lock with it, in its own time
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static boolean takes(NodeLock lock, NodeShells shells) {
        try {
            lock.take(shells);
            return true;
        } catch (NodeLock.HeldException e) {
            return false;
        }
    }

    @Test
    void aLockWhoseShellIsGoneCountsForNothing() throws IOException {
        Path link = folder.resolve("lock");
        Files.createSymbolicLink(link, Path.of("1 0 another process has this number now"));
        try (var shells = new NodeShells(LocalConnection::new)) {
            assertTrue(takes(new NodeLock(link.toString(), "me", true, _ -> {}), shells));
            assertTrue(Files.readSymbolicLink(link).toString().endsWith(" me"));
        }
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("../up/1 0 not written by a run"));
        assertTrue(held(link), "a link that no run has made keeps nobody waiting");
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
        try (var shells = new NodeShells(LocalConnection::new)) {
            return takes(new NodeLock(link.toString(), "me", true, _ -> {}), shells);
        }
    }
}
