package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.connection.NodeShells;
import bramble.connection.OpenSshConnection;
import bramble.connection.Password;
import bramble.connection.SshArguments;
import bramble.connection.UnreachableException;
import bramble.shell.Piece;
import bramble.shell.Sh;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is particular to the system's own ssh: how it gets the password, and what is said where it isn't let in. */
@Timeout(60)
class OpenSshTest {
    private final SshServer server = SshServer.start().password("pi", "rasp berry'$x");

    @TempDir
    Path folder;

    @BeforeEach
    void installed() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh")), "no ssh on this machine");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private OpenSshConnection connection(String program, int port, String password, Path known) {
        return new OpenSshConnection(new OpenSshConnection.Login(program, "127.0.0.1", OptionalInt.of(port),
                Optional.of("pi"), Optional.of(new Password(password)), Optional.empty(), true, Duration.ofSeconds(10),
                List.of("-F", "none", "-o", "UserKnownHostsFile=" + known)));
    }

    private String refusal(OpenSshConnection connection) {
        try (var shells = new NodeShells(() -> connection)) {
            return String.valueOf(
                    assertThrows(UnreachableException.class, () -> shells.shell(Optional.empty())).getMessage());
        }
    }

    @Test
    void handsThePasswordOverWhereNobodyElseSeesIt() throws IOException {
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        try (var shells = new NodeShells(() -> connection("ssh", server.port(), "rasp berry'$x", known))) {
            String seen = new String(shells.shell(Optional.empty())
                    .ask(List.of(Piece.free(Sh.raw("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; true"))))
                    .getFirst().out(), StandardCharsets.ISO_8859_1);

            assertFalse(seen.contains("rasp berry"));
        }
    }

    @Test
    void tellsWhyItIsNotLetIn() throws IOException {
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        Path empty = Files.createFile(folder.resolve("empty"));
        int free;
        try (var socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        String wrong = refusal(connection("ssh", server.port(), "another", known));
        String unknown = refusal(connection("ssh", server.port(), "rasp berry'$x", empty));
        String refused = refusal(connection("ssh", free, "x", known));
        String missing = refusal(connection("/no/ssh", server.port(), "x", known));

        assertAll(() -> assertTrue(wrong.contains("Permission denied"), wrong),
                () -> assertTrue(unknown.contains("Host key verification failed"), unknown),
                () -> assertTrue(refused.contains("Connection refused"), refused),
                () -> assertTrue(missing.contains("openssh-client"), missing));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -C -o ControlMaster=auto -o ControlPersist=60s | -
            -o ProxyCommand=x -J jump -i key -p 22 -l pi -F none | -
            -4 -o Ciphers=aes128-ctr | -4,-o Ciphers
            -oGSSAPIAuthentication=yes -vvK | -o GSSAPIAuthentication,-K
            -L 80:x:80 -o "x" | -L,-o "x"
            """)
    void namesTheArgumentsThatBramblesOwnSshCannotHonour(String arguments, String idle) {
        assertEquals(idle == null ? "" : idle,
                String.join(",", SshArguments.withoutEffect(List.of(arguments.split(" ", -1)))));
    }
}
