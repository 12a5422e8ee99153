package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.connection.Become;
import bramble.connection.NodeShells;
import bramble.connection.SshConnection;
import bramble.connection.SshTarget;
import bramble.connection.SshTarget.Checking;
import bramble.connection.SshTarget.HostKeys;
import bramble.connection.SshTarget.Proof;
import bramble.shell.Answer;
import bramble.shell.Network;
import bramble.shell.Piece;
import bramble.shell.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A lab of one's own: fresh nodes for the time of a test. Tests that want one are skipped where there can be none. */
public final class Lab implements AutoCloseable {
    private final String name;
    private final String subnet;
    private final List<TestNode> nodes = new ArrayList<>();

    private Lab(String name, String subnet) {
        this.name = name;
        this.subnet = subnet;
    }

    /**
     * A Debian node with systemd and a BusyBox node, on which the tests are root.
     *
     * @param name that no other lab has, at most 12 letters
     * @param subnet the first three numbers of addresses that no other lab has
     */
    public static Lab up(String name, String subnet) {
        return up(name, subnet, false);
    }

    /**
     * These nodes, and another one.
     *
     * @param another whether there is a second Debian node, the last one
     */
    public static Lab up(String name, String subnet, boolean another) {
        needsRoot();
        var lab = new Lab(name, subnet);
        try {
            Path list = Files.createTempFile("bramble-lab", ".tsv");
            Files.writeString(list, name + "-d " + subnet + ".11 debian\n" + name + "-b " + subnet + ".12 busybox\n"
                    + (another ? name + "-e " + subnet + ".13 debian\n" : ""));
            lab.run("up", "--fresh", "--nodes", list.toString());
            Files.delete(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.nodes.add(lab.node("debian", ".11", "pi", "raspberry", Optional.of(Become.sudo("root"))));
        lab.nodes.add(lab.node("busybox", ".12", "root", "openwrt", Optional.empty()));
        if (another) {
            lab.nodes.add(lab.node("debian", ".13", "pi", "raspberry", Optional.of(Become.sudo("root"))));
        }
        return lab;
    }

    /** Skips the test where there can be no lab, unless this is a build that must not skip any. */
    public static void needsRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        assertTrue(root || System.getenv("CI") == null, "the lab's nodes need root");
        assumeTrue(root, "the lab's nodes need root");
    }

    public List<TestNode> nodes() {
        return List.copyOf(nodes);
    }

    private TestNode node(String kind, String end, String user, String password, Optional<Become> become) {
        var keys = new HostKeys(Checking.STRICT, List.of(Path.of("/var/lib/bramble-lab", name, "known_hosts")),
                Optional.empty());
        var target = new SshTarget(subnet + end, 22, user, Proof.password(password), keys);
        return new LabNode(kind, new NodeShells(() -> SshConnection.open(target)), become, subnet + ".1");
    }

    private record LabNode(String kind, NodeShells shells, Optional<Become> become, String controller)
            implements
                TestNode {
        @Override
        public Network network() {
            return shells.connection().network();
        }

        @Override
        public Terminal terminal() {
            return shells.terminal(become);
        }

        @Override
        public List<Answer> ask(List<Piece> pieces) {
            return shells.shell(become).ask(pieces);
        }

        @Override
        public void close() {
            shells.close();
        }
    }

    private void run(String... words) {
        var all = new ArrayList<String>(List.of(program().toString()));
        all.addAll(List.of(words));
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("BRAMBLE_LAB_NAME", name);
        builder.environment().put("BRAMBLE_LAB_SUBNET", subnet);
        try {
            Process process = builder.start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0, printed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path program() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("lab/lab"))) {
                return folder.resolve("lab/lab");
            }
        }
        throw new IllegalStateException("no lab/lab above " + Path.of("").toAbsolutePath());
    }

    @Override
    public void close() {
        nodes.forEach(TestNode::close);
        run("down", "--purge");
    }
}
