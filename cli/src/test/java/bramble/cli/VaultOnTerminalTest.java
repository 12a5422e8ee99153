package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ansible-vault} at a terminal, which script(1) makes. */
@Timeout(120)
class VaultOnTerminalTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("pw"), "hush\n");
        Files.writeString(folder.resolve("e.yml"), "a: 1\n");
        assertEquals(0, new Cli(folder, folder.resolve("data")).call("ansible-vault", "encrypt",
                "--vault-password-file", "pw", "e.yml").code());
    }

    private String screen(String line, String word, String typed) throws IOException {
        return Screen.of(folder, line, word, typed);
    }

    /** Neither where the output goes elsewhere nor where the input comes from elsewhere. */
    @Test
    void showsNoPasswordThatIsTyped() throws IOException {
        String said = screen("ansible-vault view --ask-vault-pass e.yml | cat", "Vault password: ", "hush\n");
        assertTrue(said.contains("a: 1"), said);
        assertFalse(said.contains("hush"), said);
        String piped = screen("cat e.yml | ansible-vault decrypt --ask-vault-pass --output -", "Vault password: ",
                "hush\n");
        assertTrue(piped.contains("a: 1"), piped);
        assertFalse(piped.contains("hush"), piped);
    }

    @Test
    void ctrlCIsForTheEditor() throws IOException {
        Path editor = Files.writeString(folder.resolve("editor"),
                "#!/bin/sh\ntrap 'echo kept: yes >> \"$1\"; exit 0' INT\necho edit now\nread line </dev/tty\n");
        Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwxr-xr-x"));
        String said = screen("ansible-vault edit --vault-password-file pw e.yml", "edit now", "\u0003");
        assertEquals("a: 1\nkept: yes\n", new Cli(folder, folder.resolve("data")).call("ansible-vault", "view",
                "--vault-password-file", "pw", "e.yml").out(), said);
    }
}
