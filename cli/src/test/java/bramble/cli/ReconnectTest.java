package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.testkit.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that was restarted between two tasks is connected to again. */
class ReconnectTest {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"command: 'true'", "stat: {path: /}", "copy: {content: x, dest: HERE/copied}"})
    void aConnectionThatEndedBetweenTasksIsMadeAgain(String after) throws Exception {
        try (SshServer server = SshServer.start().password("ada", "lovelace")) {
            inventory(server);
            Files.writeString(folder.resolve("site.yml"), """
                    - hosts: all
                      gather_facts: false
                      tasks:
                        - command: 'true'
                        - file: {path: HERE/before, state: touch}
                          delegate_to: localhost
                        - wait_for: {path: HERE/cut, timeout: 60, sleep: 1}
                          delegate_to: localhost
                        - AFTER
                    """.replace("AFTER", after).replace("HERE", folder.toString()));
            CompletableFuture<Cli.Said> run = CompletableFuture.supplyAsync(() -> new Cli(folder,
                    folder.resolve("data")).call("run", "-i", "hosts", "site.yml"));
            while (!Files.exists(folder.resolve("before")) && !run.isDone()) {
                LockSupport.parkNanos(10_000_000);
            }
            server.cut();
            Files.createFile(folder.resolve("cut"));
            Cli.Said said = run.get();
            assertEquals(0, said.code(), said::toString);
        }
    }

    private void inventory(SshServer server) throws IOException {
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        Files.writeString(folder.resolve("hosts"), "n1 ansible_host=127.0.0.1 ansible_port=" + server.port()
                + " ansible_user=ada ansible_password=lovelace ansible_ssh_common_args='-F none -o UserKnownHostsFile="
                + known + "'\n");
    }
}
