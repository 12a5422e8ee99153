package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.testkit.SshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Private keys that are encrypted: whoever sits at a terminal is asked what opens them. */
@Timeout(120)
class PassphraseTest {
    private static final String QUESTION = "Enter passphrase for key '";

    @TempDir
    Path folder = Path.of("");

    private String played(SshServer server, String typed) throws Exception {
        Path key = folder.resolve("key");
        if (!Files.exists(key)) {
            assertEquals(0, new ProcessBuilder("ssh-keygen", "-q", "-t", "ecdsa", "-N", "open sesame", "-f",
                    key.toString()).inheritIO().start().waitFor());
        }
        server.authorize(Files.readString(folder.resolve("key.pub")));
        Path known = server.knownHosts(folder.resolve("known_hosts"));
        Files.writeString(folder.resolve("hosts"), "n[1:3] ansible_host=127.0.0.1 ansible_port=" + server.port()
                + " ansible_user=pi ansible_ssh_common_args='-F none -o UserKnownHostsFile=" + known + "'\n");
        Files.writeString(folder.resolve("site.yml"), "- {hosts: all, gather_facts: false, tasks: [ping: ]}\n");
        return typed.isEmpty()
                ? new Cli(folder, folder.resolve("data"))
                        .call("ansible-playbook", "-i", "hosts", "--private-key", key.toString(),
                                "site.yml")
                        .toString()
                : Screen.of(folder, "ansible-playbook -i hosts --private-key key site.yml", QUESTION, typed);
    }

    @Test
    void isAskedForOnceAndNotShown() throws Exception {
        try (SshServer server = SshServer.start().password("pi", "raspberry")) {
            String said = played(server, "open sesame\n");
            assertEquals(2, said.split(QUESTION, -1).length, said);
            assertEquals(4, said.split("ok: \\[n", -1).length, said);
            assertFalse(said.contains("sesame"), said);
        }
    }

    @Test
    void isAskedForAgainWhereItIsWrong() throws Exception {
        try (SshServer server = SshServer.start().password("pi", "raspberry")) {
            String said = played(server, "wrong\nopen sesame\n");
            assertEquals(3, said.split(QUESTION, -1).length, said);
            assertEquals(4, said.split("ok: \\[n", -1).length, said);
        }
    }

    @Test
    void whereNobodyCanBeAskedItIsSaidWhatToDo() throws Exception {
        try (SshServer server = SshServer.start().password("pi", "raspberry")) {
            String said = played(server, "");
            assertTrue(said.contains("key is encrypted, and no passphrase was given (ssh-add puts it into an agent)")
                    && !said.contains(QUESTION), said);
        }
    }
}
