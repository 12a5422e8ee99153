package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.connection.NodeShells;
import bramble.connection.Password;
import bramble.connection.PinnedHosts;
import bramble.connection.SshConnection;
import bramble.connection.SshTarget;
import bramble.connection.SshTarget.Checking;
import bramble.connection.SshTarget.HostKeys;
import bramble.connection.SshTarget.Proof;
import bramble.connection.SshTarget.Timing;
import bramble.connection.UnreachableException;
import bramble.shell.ConnectionLostException;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Shell;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular to SSH: who is let in, what is said when not, and what a cut leaves behind. */
@Timeout(60)
class SshConnectionTest {
    private final Path folder;
    private final SshServer server = SshServer.start().password("pi", "raspberry");
    private final Path known;

    SshConnectionTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        known = server.knownHosts(folder.resolve("known_hosts"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private SshTarget target(Proof proof) {
        return target(proof, Checking.STRICT, known);
    }

    private SshTarget target(Proof proof, Checking checking, Path file) {
        return new SshTarget("127.0.0.1", server.port(), "pi", proof,
                new HostKeys(checking, List.of(file), Optional.empty()));
    }

    private Path key(String name, String... options) throws Exception {
        Path file = folder.resolve(name);
        var words = new ArrayList<>(List.of("ssh-keygen", "-q", "-t", "ecdsa", "-f", file.toString()));
        words.addAll(options.length == 0 ? List.of("-N", "") : List.of(options));
        run(words);
        return file;
    }

    private static void run(List<String> words) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "ssh-keygen is not installed");
        assertEquals(0, new ProcessBuilder(words).inheritIO().start().waitFor(), words::toString);
    }

    private static String whyNot(SshTarget target) {
        return String.valueOf(
                assertThrows(UnreachableException.class, () -> SshConnection.open(target).close()).getMessage());
    }

    private static void isLetIn(SshTarget target) {
        try (var shells = new NodeShells(() -> SshConnection.open(target))) {
            assertEquals("in",
                    shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.raw("printf in")))).getFirst().text());
        }
    }

    @Test
    void carriesManyBytesBothWays() {
        byte[] bytes = new byte[5 << 20]; // on the way another cipher takes over
        new Random(1).nextBytes(bytes);
        try (var shells = new NodeShells(() -> SshConnection.open(target(Proof.password("raspberry"))))) {
            assertArrayEquals(bytes, shells.shell(Optional.empty())
                    .ask(List.of(new Piece(Piece.FREE, Sh.raw("cat"), new Content.Bytes(bytes)))).getFirst().out());
        }
    }

    @Test
    void letsInWithAKey() throws Exception {
        Path plain = key("plain");
        Path locked = key("locked", "-N", "open sesame");
        server.authorize(Files.readString(folder.resolve("locked.pub")));
        var passphrase = Optional.of(new Password("open sesame"));
        isLetIn(target(new Proof(Optional.empty(), List.of(folder.resolve("none"), plain, locked), passphrase,
                List.of(), Optional.empty(), false)));
        server.authorize(Files.readString(folder.resolve("plain.pub")));
        isLetIn(target(Proof.key(plain)));
    }

    @Test
    void saysWhyItWasNotLetIn() throws Exception {
        Path locked = key("locked", "-N", "open sesame");
        Path plain = key("plain");
        String said = whyNot(
                target(new Proof(Optional.of(new Password("geheim")), List.of(plain, locked, folder.resolve("none")),
                        Optional.empty(), List.of(), Optional.empty(), false)));
        assertEquals("Tried to connect to pi@127.0.0.1:" + server.port() + ", but was not let in: tried the key "
                + plain
                + ", the password; the key " + locked
                + " is encrypted, and no passphrase was given (ssh-add puts it into an agent); the key " + folder
                + "/none does not exist; the server accepts: password, keyboard-interactive, publickey. Give it another"
                + " password (-k, or ansible_password), a key (--private-key, or ansible_ssh_private_key_file), or another"
                + " user than pi (-u, or ansible_user)", said);
        assertTrue(whyNot(target(Proof.NONE)).contains("there was nothing to try"));
        String onTheWay = whyNot(target(Proof.password("raspberry")).through(List.of(target(Proof.NONE))));
        assertTrue(onTheWay.contains("doesn't count for its jump host, as with ssh: name a key for it"), onTheWay);
    }

    @Test
    void usesAnAgent() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-agent")), "ssh-agent is not installed");
        Path key = key("of-agent");
        server.authorize(Files.readString(folder.resolve("of-agent.pub")));
        Path socket = folder.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            while (!Files.exists(socket)) {
                Thread.onSpinWait();
            }
            var proof = new Proof(Optional.empty(), List.of(), Optional.empty(), List.of(), Optional.of(socket), false);
            assertTrue(whyNot(target(proof)).contains("there was nothing to try"));
            var add = new ProcessBuilder("ssh-add", "-q", key.toString());
            add.environment().put("SSH_AUTH_SOCK", socket.toString());
            assertEquals(0, add.start().waitFor());
            isLetIn(target(proof));
        } finally {
            agent.destroy();
        }
    }

    @Test
    void checksTheHostKey() throws Exception {
        Proof proof = Proof.password("raspberry");
        String host = "[127.0.0.1]:" + server.port();
        Path none = Files.writeString(folder.resolve("none"), "# nothing\n");
        String unknown = whyNot(target(proof, Checking.STRICT, none));
        assertTrue(unknown.contains("its host key is not known. It shows ecdsa-sha2-nistp256 SHA256:"), unknown);
        assertTrue(unknown.contains("no line for " + host + " in " + none), unknown);

        isLetIn(target(proof, Checking.ACCEPT_NEW, none));
        assertEquals(List.of("# nothing", host + " " + server.publicKey()), Files.readAllLines(none));
        isLetIn(target(proof, Checking.STRICT, none));

        try (SshServer other = SshServer.start()) {
            Path changed = Files.writeString(folder.resolve("changed"),
                    "other " + server.publicKey() + "\n\n" + host + " " + other.publicKey() + "\n");
            for (Checking checking : List.of(Checking.STRICT, Checking.ACCEPT_NEW)) {
                String said = whyNot(target(proof, checking, changed));
                assertTrue(said.contains("its host key has changed."), said);
                assertTrue(said.contains(changed + ", line 3 has another one."), said);
                assertTrue(said.contains("ssh-keygen -R '" + host + "' -f " + changed + "."), said);
            }
            run(List.of("ssh-keygen", "-q", "-H", "-f", changed.toString()));
            assertTrue(whyNot(target(proof, Checking.STRICT, changed)).contains(changed + ", line 3 has"));
            isLetIn(target(proof, Checking.OFF, changed));
        }
    }

    /** A node that was given its key: no other counts, whatever another file knows; and the given one is no surprise. */
    @Test
    void knowsANodeByTheKeyThatItWasGiven() throws Exception {
        Path file = folder.resolve("data/known_hosts");
        var pinned = new PinnedHosts(file);
        var proof = Proof.password("raspberry");
        Path old = Files.writeString(folder.resolve("old"), "127.0.0.1 " + server.publicKey() + "\n");
        try (SshServer other = SshServer.start()) {
            assertTrue(pinned.pin("pi3", List.of("pi3", "127.0.0.1"), other.publicKey(), Optional.empty()));
            String said = whyNot(target(proof, Checking.STRICT, old).pinned(file));
            assertTrue(
                    said.contains("its host key is not the one that this node was given. It shows ecdsa-sha2-nistp256")
                            && said.contains(file + " has another one, which Bramble made for it"),
                    said);
            assertTrue(whyNot(target(proof, Checking.ACCEPT_NEW, old).pinned(file)).contains("was given"));
            Files.writeString(old, "127.0.0.1 " + other.publicKey() + "\n");
        }
        assertTrue(pinned.pin("pi3", List.of("pi3", "127.0.0.1"), server.publicKey(), Optional.empty()));
        assertFalse(pinned.pin("pi3", List.of("pi3", "127.0.0.1"), server.publicKey(), Optional.empty()));
        isLetIn(target(proof, Checking.STRICT, old).pinned(file));
        assertTrue(pinned.pin("pi4", List.of("pi4", "127.0.0.1"), server.publicKey(), Optional.empty()));
        assertEquals(List.of("pi3 " + server.publicKey() + " pi3", "pi4,127.0.0.1 " + server.publicKey() + " pi4"),
                Files.readAllLines(file));
        pinned.forget("pi4", List.of("pi4", "127.0.0.1"));
        assertTrue(whyNot(target(proof, Checking.STRICT, old).pinned(file)).contains("its host key has changed"));
    }

    @Test
    void saysWhatIsNotThere() throws Exception {
        int free;
        try (var socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        var keys = new HostKeys(Checking.STRICT, List.of(known), Optional.empty());
        assertEquals(
                "Tried to connect to pi@127.0.0.1:" + free + ", but nothing listens on port " + free
                        + ": connection refused",
                whyNot(new SshTarget("127.0.0.1", free, "pi", Proof.NONE, keys)));
        assertEquals(
                "Tried to connect to pi@no-such-host.invalid, but there is no address for the name no-such-host.invalid",
                whyNot(new SshTarget("no-such-host.invalid", 22, "pi", Proof.NONE, keys)));
        assertEquals("Tried to connect to pi@127.0.0.1, but the ProxyCommand sh ended with exit code 3: no way",
                whyNot(new SshTarget("127.0.0.1", 22, "pi", Proof.NONE, keys, Timing.USUAL, List.of(),
                        Optional.of("sh -c 'echo at first >&2; echo no way >&2; exit 3'"))));
        assertTrue(whyNot(new SshTarget("127.0.0.1", 22, "pi", Proof.NONE, keys, Timing.USUAL, List.of(),
                Optional.of("no-such-program %h %p"))).contains("no-such-program ended with exit code 127: "));
        try (var silent = new ServerSocket(0)) {
            var timing = new Timing(Duration.ofMillis(300), Duration.ofSeconds(1), 1);
            assertTrue(whyNot(new SshTarget("127.0.0.1", silent.getLocalPort(), "pi", Proof.NONE, keys).with(timing))
                    .endsWith("within 300 ms"));
        }
    }

    @Test
    void keepsShellsAndCountsTheirRoundTrips() {
        try (var shells = new NodeShells(() -> SshConnection.open(target(Proof.password("raspberry"))))) {
            Shell first = shells.shell(Optional.empty());
            first.ask(List.of(Piece.free(Sh.raw("true"))));
            assertEquals(first, shells.shell(Optional.empty()));
            server.cut();
            assertThrows(ConnectionLostException.class, () -> first.ask(List.of(Piece.free(Sh.raw("true")))));
            shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.raw("true")), Piece.free(Sh.raw("true"))));
            assertEquals(3, shells.roundTrips());
            assertEquals(2, server.channels());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 700, 900, 20_000})
    void aCutRunsNoHalfScriptAndInstallsNoHalfFile(int after) throws Exception {
        Path done = folder.resolve("done");
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path fresh = folder.resolve("fresh");
        try (var shells = new NodeShells(() -> SshConnection.open(target(Proof.password("raspberry"))))) {
            Shell shell = shells.shell(Optional.empty());
            shell.ask(List.of(Piece.free(Sh.raw("true"))));
            server.cutAfter(after);
            String script = "echo begun >>{}; # " + "x".repeat(600) + "\n[ $(wc -c <{}) -eq {} ] && mv {} {}";
            assertThrows(ConnectionLostException.class, () -> shell.ask(List.of(
                    new Piece(0, Sh.of("cat >{}; " + script, fresh, done, fresh, 50_000, fresh, file),
                            Content.text("x".repeat(50_000))))));
            while (server.openChannels() > 0) {
                Thread.onSpinWait();
            }
            assertEquals("old", Files.readString(file));
            assertEquals(after > 1000, Files.exists(done), "the script was run");
            server.cutNever();
            assertEquals("on",
                    shells.shell(Optional.empty()).ask(List.of(Piece.free(Sh.raw("printf on")))).getFirst().text());
        }
    }

    /** Also where more is sent than fits on the way, so that no question for a sign of life gets through any more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 50_000_000})
    @Timeout(60)
    void aSilentPeerIsGivenUp(int size) throws Exception {
        var timing = new Timing(Duration.ofSeconds(5), Duration.ofMillis(200), 2);
        var relay = new Relay(server.port());
        try (relay) {
            SshTarget direct = target(Proof.password("raspberry"));
            var through = new SshTarget("127.0.0.1", relay.port(), "pi", direct.proof(),
                    new HostKeys(Checking.STRICT, List.of(known), Optional.of("[127.0.0.1]:" + server.port())))
                    .with(timing);
            try (var shells = new NodeShells(() -> SshConnection.open(through))) {
                Shell shell = shells.shell(Optional.empty());
                shell.ask(List.of(Piece.free(Sh.raw("true"))));
                relay.freeze();
                var lost = assertThrows(ConnectionLostException.class,
                        () -> shell.ask(List.of(size == 0
                                ? Piece.free(Sh.raw("printf never"))
                                : new Piece(0, Sh.raw("printf never"), Content.text("x".repeat(size))))));
                assertTrue(lost.toString().contains("while running 'printf never'"), lost::toString);
            }
        }
    }

    @Test
    void servesManyHostsAtOnce() throws Exception {
        int hosts = 100;
        try (SshServer many = SshServer.start(hosts).password("pi", "raspberry");
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Path file = many.knownHosts(folder.resolve("many"));
            var limit = new java.util.concurrent.Semaphore(16);
            List<Callable<String>> tasks = new ArrayList<>();
            for (int port : many.ports()) {
                tasks.add(() -> {
                    var target = new SshTarget("127.0.0.1", port, "pi", Proof.password("raspberry"),
                            new HostKeys(Checking.STRICT, List.of(file), Optional.empty()));
                    limit.acquire();
                    try (var shells = new NodeShells(() -> SshConnection.open(target))) {
                        Shell shell = shells.shell(Optional.empty());
                        limit.release();
                        return shell.ask(List.of(Piece.free(Sh.raw("printf %s \"$NODE\"")))).getFirst().text();
                    }
                });
            }
            var seen = new ArrayList<Integer>();
            for (Future<String> node : executor.invokeAll(tasks)) {
                seen.add(Integer.parseInt(answer(node)));
            }
            assertEquals(hosts, seen.stream().distinct().count());
            assertFalse(seen.contains(-1));
        }
    }

    private static String answer(Future<String> node) throws InterruptedException, ExecutionException {
        return node.get();
    }
}
