package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.connection.Become;
import bramble.connection.BecomeException;
import bramble.connection.NodeShells;
import bramble.connection.Password;
import bramble.connection.SshConnection;
import bramble.connection.SshTarget;
import bramble.connection.SshTarget.Checking;
import bramble.connection.SshTarget.HostKeys;
import bramble.connection.SshTarget.Proof;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Piece;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.shell.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real nodes: sudo and su with and without passwords, odd login shells, and a BusyBox node with dropbear. */
@Tag("lab")
@Timeout(120)
class BecomeLabTest {
    private static final Path LAB = Path.of("../lab/lab").toAbsolutePath().normalize();
    private static final String DEBIAN = "10.77.211.11";
    private static final String BUSYBOX = "10.77.211.12";

    @BeforeAll
    static void up(@TempDir Path folder) throws Exception {
        Lab.needsRoot();
        Path nodes = Files.writeString(folder.resolve("nodes.tsv"),
                "become1 " + DEBIAN + " light\nbecome2 " + BUSYBOX + " busybox\n");
        lab("up", "--fresh", "--nodes", nodes.toString());

        root("echo 'admin:admin' | chpasswd; echo root:toor | chpasswd; useradd -m -s /bin/dash plain");
    }

    @AfterAll
    static void down() throws Exception {
        if ("root".equals(System.getProperty("user.name"))) {
            lab("down", "--purge");
        }
    }

    private static void lab(String... words) throws Exception {
        var all = new java.util.ArrayList<>(List.of(LAB.toString()));
        all.addAll(List.of(words));
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("BRAMBLE_LAB_NAME", "becometest");
        builder.environment().put("BRAMBLE_LAB_SUBNET", "10.77.211");
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, printed);
    }

    private static void root(String script) {
        try (var shells = shells("pi", "raspberry", DEBIAN)) {
            Answer answer = shells.shell(Optional.of(Become.sudo("root"))).ask(List.of(Piece.free(Sh.raw(script))))
                    .getFirst();
            assertEquals("", answer.errors());
        }
    }

    private static NodeShells shells(String user, String password, String address) {
        var keys = new HostKeys(Checking.STRICT, List.of(Path.of("/var/lib/bramble-lab/becometest/known_hosts")),
                Optional.empty());
        return new NodeShells(
                () -> SshConnection.open(new SshTarget(address, 22, user, Proof.password(password), keys)));
    }

    private static String said(Shell shell, String script) {
        Answer answer = shell.ask(List.of(Piece.free(Sh.raw(script)))).getFirst();
        assertEquals("", answer.errors());
        return answer.text().strip();
    }

    private static Become su(String user) {
        return new Become(Become.Method.SU, user, Optional.empty(), List.of(), Optional.empty());
    }

    private static String refused(NodeShells shells, Become become) {
        return String
                .valueOf(assertThrows(BecomeException.class, () -> shells.shell(Optional.of(become))).getMessage());
    }

    @Test
    void becomesOthers() {
        try (var shells = shells("pi", "raspberry", DEBIAN)) {
            assertEquals("pi /home/pi", said(shells.shell(Optional.empty()), "echo $(id -un) $HOME"));
            var needless = Become.sudo("root").with(new Password("needless"));
            for (Become become : List.of(Become.sudo("root"), needless, su("root").with(new Password("toor")))) {
                assertEquals("root /root", said(shells.shell(Optional.of(become)), "echo $(id -un) $HOME"));
            }
            assertEquals("plain /home/plain",
                    said(shells.shell(Optional.of(Become.sudo("plain"))), "echo $(id -un) $HOME"));
            assertEquals("Incorrect su password", refused(shells, su("root").with(new Password("wrong"))));
            assertEquals("Missing su password. Give it with -K, or ansible_become_password",
                    refused(shells, su("root")));
            assertEquals(5, shells.open());
            assertTrue(
                    refused(shells, Become.sudo("nobody-known")).contains("it said: sudo: unknown user nobody-known"));
        }
        try (var shells = shells("admin", "admin", DEBIAN)) {
            assertEquals("Missing sudo password. Give it with -K, or ansible_become_password",
                    refused(shells, Become.sudo("root")));
            assertEquals("Incorrect sudo password", refused(shells, Become.sudo("root").with(new Password("wrong"))));
            Shell root = shells.shell(Optional.of(Become.sudo("root").with(new Password("admin"))));
            assertEquals("root", said(root, "id -un"));
            assertEquals("",
                    said(root, "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o 'password admi[n]' || true"));
        }
        try (var shells = shells("plain", "plain", DEBIAN)) {
            root("echo plain:plain | chpasswd");
            assertTrue(refused(shells, Become.sudo("root").with(new Password("plain")))
                    .contains("not in the sudoers file"));
        }
    }

    @Test
    void becomesByDoas() throws IOException {
        assumeTrue(installed("doas"), "doas can't be installed on the node");
        root("echo 'permit nopass pi as root' >/etc/doas.conf; chmod 400 /etc/doas.conf");
        var doas = new Become(Become.Method.DOAS, "root", Optional.empty(), List.of(), Optional.empty());
        try (var shells = shells("pi", "raspberry", DEBIAN)) {
            assertEquals("root", said(shells.shell(Optional.of(doas)), "id -un"));
        }
        try (var shells = shells("admin", "admin", DEBIAN)) {
            assertTrue(refused(shells, doas).contains("doas: Operation not permitted"));
        }
    }

    @Test
    void seesNewGroupsInANewShell() {
        try (var shells = shells("pi", "raspberry", DEBIAN)) {
            Optional<Become> plain = Optional.of(Become.sudo("plain"));
            said(shells.shell(plain), "id -Gn");
            said(shells.shell(Optional.of(Become.sudo("root"))), "groupadd -f fresh && usermod -aG fresh plain");
            shells.forgetBecome(Optional.empty());
            assertEquals("plain fresh", said(shells.shell(plain), "id -Gn"));
        }
    }

    @Test
    void endsWhatHangsAsRoot() {
        try (var shells = shells("admin", "admin", DEBIAN)) {
            Shell root = shells.shell(Optional.of(Become.sudo("root").with(new Password("admin"))));
            assertEquals(Answer.TIMED_OUT, root.ask(List.of(Piece.free(Sh.raw("trap '' TERM; sleep 777"))),
                    Watch.limit(Duration.ofMillis(300))).getFirst().status());
            assertEquals("", said(root, "ps -eo args | grep '[s]leep 777' || true"));
        }
    }

    @Test
    void closesTheShellThatWasIdleLongest() {
        try (var shells = shells("pi", "raspberry", DEBIAN)) {
            List<String> users = List.of("root", "plain", "daemon", "bin", "sys", "games", "man", "lp", "mail", "news");
            for (int round = 0; round < 2; round++) {
                for (String user : users) {
                    assertEquals(user, said(shells.shell(Optional.of(Become.sudo(user))), "id -un"));
                }
            }
            assertEquals(7, shells.open());
            assertEquals(20, shells.roundTrips());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"csh", "fish", "bash", "dash"})
    void doesNotMindTheLoginShell(String login) throws IOException {
        assumeTrue(installed(login), login + " can't be installed on the node");
        root("chsh -s $(command -v " + login + ") plain; echo plain:plain | chpasswd");
        try (var shells = shells("plain", "plain", DEBIAN)) {
            assertEquals("it's !x plain", said(shells.shell(Optional.empty()), "echo \"it's !x\" $(id -un)"));
            assertEquals("root", said(shells.shell(Optional.of(su("root").with(new Password("toor")))), "id -un"));
        }
    }

    private static boolean installed(String program) {
        try (var shells = shells("pi", "raspberry", DEBIAN)) {
            return shells.shell(Optional.of(Become.sudo("root"))).ask(List.of(Piece.free(Sh.of(
                    "command -v {} || apt-get install -y -q {}", program, program)))).getFirst().ok();
        }
    }

    @Test
    void worksOnABusyBoxNode() {
        try (var shells = shells("root", "openwrt", BUSYBOX)) {
            Shell shell = shells.shell(Optional.empty());
            List<Answer> answers = shell
                    .ask(List.of(new Piece(0, Sh.raw("cat >/tmp/a; wc -c </tmp/a"), Content.text("x".repeat(100_000))),
                            new Piece(0, Sh.raw("wc -c"), Content.text("y".repeat(70_000))),
                            Piece.in(0, Sh.raw("rm /tmp/a; id -u"))));
            assertEquals(List.of("100000", "70000", "0"), answers.stream().map(it -> it.text().strip()).toList());
            assertEquals(Answer.TIMED_OUT, shell.ask(List.of(Piece.free(Sh.raw("trap '' TERM; sleep 778"))),
                    Watch.limit(Duration.ofMillis(300))).getFirst().status());
            assertEquals("", said(shell, "ps | grep '[s]leep 778' || true"));
        }
    }
}
