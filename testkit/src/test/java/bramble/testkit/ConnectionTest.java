package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.connection.ChrootConnection;
import bramble.connection.Connection;
import bramble.connection.LocalConnection;
import bramble.connection.NodeShells;
import bramble.connection.OpenSshConnection;
import bramble.connection.Password;
import bramble.connection.SshConnection;
import bramble.connection.SshTarget;
import bramble.connection.SshTarget.Checking;
import bramble.connection.SshTarget.HostKeys;
import bramble.connection.SshTarget.Proof;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Remote;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.shell.Watch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every connection must hold. */
@ParameterizedClass
@MethodSource("kinds")
@Timeout(60)
class ConnectionTest {
    /** The connections to try. */
    enum Kind {
        LOCAL,
        SSH,
        JUMP,
        PROXY_COMMAND,
        OPENSSH,
        CHROOT
    }

    private final Kind kind;
    private final Path folder;
    private final SshServer server = SshServer.start(2).password("pi", "raspberry");

    ConnectionTest(Kind kind, @TempDir Path folder) {
        this.kind = kind;
        this.folder = folder;
    }

    static Stream<Kind> kinds() {
        return Stream.of(Kind.values());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Connection connect() {
        return switch (kind) {
            case LOCAL -> new LocalConnection();
            case SSH -> SshConnection.open(target(0));
            case JUMP -> SshConnection.open(target(1).through(List.of(target(0))));
            case PROXY_COMMAND -> {
                assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash to make a connection with");
                SshTarget plain = target(0);
                yield SshConnection.open(new SshTarget("nowhere.invalid", 22, plain.user(), plain.proof(),
                        new HostKeys(Checking.STRICT, plain.hostKeys().known(),
                                Optional.of("[127.0.0.1]:" + server.port())),
                        plain.timing(), List.of(), Optional.of("bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + server.port()
                                + "; cat <&3 & exec cat >&3'")));
            }
            case OPENSSH -> {
                assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh")), "no ssh on this machine");
                yield new OpenSshConnection(new OpenSshConnection.Login("ssh", "127.0.0.1",
                        OptionalInt.of(server.port()), Optional.of("pi"), Optional.of(new Password("raspberry")),
                        Optional.empty(), true, Duration.ofSeconds(10), List.of("-F", "none", "-o",
                                "UserKnownHostsFile=" + target(0).hostKeys().known().getFirst())));
            }
            case CHROOT -> {
                assumeTrue("root".equals(System.getProperty("user.name")), "only root may chroot");
                yield new ChrootConnection(new LocalConnection(), "/");
            }
        };
    }

    private SshTarget target(int host) {
        try {
            return new SshTarget("127.0.0.1", server.ports().get(host), "pi", Proof.password("raspberry"),
                    new HostKeys(Checking.STRICT, List.of(server.knownHosts(folder.resolve("known_hosts"))),
                            Optional.empty()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void startsPrograms() throws Exception {
        try (Connection connection = connect();
                Remote remote = connection.start("cat; echo it\\'s \"$0\" >&2; exit 7")) {
            remote.in().write("through".getBytes(StandardCharsets.UTF_8));
            remote.in().close();
            assertEquals("through", new String(remote.out().readAllBytes(), StandardCharsets.UTF_8));
            String complaint = new String(remote.err().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(complaint.startsWith("it's "), complaint);
            assertEquals(7, remote.waitFor());
        }
    }

    @Test
    void carriesAShell() {
        byte[] bytes = new byte[300_000];
        new Random(2).nextBytes(bytes);
        try (var shells = new NodeShells(this::connect)) {
            Shell shell = shells.shell(Optional.empty());
            List<Answer> answers = shell
                    .ask(List.of(new Piece(0, Sh.raw("cat; cat >&2; exit 3"), new Content.Bytes(bytes)),
                            Piece.free(Sh.of("printf %s {}", "it's\n!")), Piece.in(0, Sh.raw("printf no"))));
            assertArrayEquals(bytes, answers.getFirst().out());
            assertEquals(List.of(3, 0, Answer.NOT_RUN), answers.stream().map(Answer::status).toList());
            assertEquals("it's\n!", answers.get(1).text());
            assertEquals(1, shells.roundTrips());
        }
    }

    @Test
    void endsWhatHangs() {
        try (var shells = new NodeShells(this::connect)) {
            Shell shell = shells.shell(Optional.empty());
            Answer answer = shell.ask(List.of(Piece.free(Sh.raw("printf a; trap '' TERM; sleep 600"))),
                    Watch.limit(Duration.ofMillis(200))).getFirst();
            assertEquals(Answer.TIMED_OUT, answer.status());
            assertEquals("a", answer.text());
            assertEquals("b", shell.ask(List.of(Piece.free(Sh.raw("printf b")))).getFirst().text());
        }
    }
}
