package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.testkit.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lookup passwordstore with a real {@code pass} and a key of its own. */
class PasswordStoreIT {
    @TempDir
    Path folder;

    @Test
    void readsMakesAndReplacesEntries() throws IOException, InterruptedException {
        Lab.needsRoot();
        Files.createDirectory(folder.resolve("gnupg"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        run("gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key",
                "tests <tests@bramble.invalid>", "default", "default", "never");
        run("pass", "init", "tests@bramble.invalid");
        run("sh", "-c", "printf 'old secret\\nuser: anna\\n' | pass insert --multiline site/db");

        assertEquals("old secret|anna|old secret\nuser: anna", told("{{ lookup('passwordstore', 'site/db') }}|"
                + "{{ lookup('passwordstore', 'site/db subkey=user') }}|"
                + "{{ lookup('passwordstore', 'site/db', returnall=true) }}"));
        assertEquals("[]", told("{{ query('passwordstore', 'site/none missing=empty') | reject('none') | list }}"));

        String made = told("{{ lookup('passwordstore', 'site/new create=true length=20 nosymbols=true') }}");
        assertTrue(made.matches("[A-Za-z0-9]{20}"), made);
        assertEquals(made, told("{{ lookup('passwordstore', 'site/new') }}"));

        String changed = told("{{ lookup('passwordstore', 'site/db', overwrite=true, backup=true) }}");
        assertFalse(changed.contains("old secret"), changed);
        String kept = told("{{ lookup('passwordstore', 'site/db', returnall=true) }}");
        assertTrue(kept.startsWith(changed + "\nuser: anna\n") && kept.contains("old secret"), kept);

        assertTrue(play("{{ lookup('passwordstore', 'site/none') }}").contains("pass insert site/none"));

        opensTheVault();
        run("gpgconf", "--kill", "all");
    }

    /** The helper of {@code playbooks}, as docs/secrets.md has it: pass gives the vault's password, and nobody is asked. */
    private void opensTheVault() throws IOException, InterruptedException {
        run("sh", "-c", "printf 'of the vault\\nmore\\n' | pass insert --multiline ansible/vault/current");
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\nvault_password_file = "
                + RoleLab.PROJECT.resolve("playbooks/vault-pass") + "\n");
        Path vars = Files.createDirectories(folder.resolve("group_vars/all")).resolve("vault.yml");
        Files.writeString(vars, "kept: \"{{ 'hush ' ~ lookup('passwordstore', 'site/db subkey=user') }}\"\n");
        assertEquals(0, bramble("vault", "encrypt", vars.toString()));
        assertTrue(Files.readString(vars).startsWith("$ANSIBLE_VAULT;1.1;AES256\n"), Files.readString(vars));
        assertEquals("hush anna", told("{{ kept }}"));

        String hash = told(
                "{{ lookup('passwordstore', 'ansible/vault/current') | password_hash('sha512', 'saltsalt', rounds=5000) }}");
        run("sh", "-c", "test \"$(openssl passwd -6 -salt saltsalt 'of the vault')\" = '" + hash + "'");

        run("pass", "rm", "--force", "ansible/vault/current");
        String said = play("{{ kept }}");
        assertTrue(said.contains("vault-pass") && said.contains("ansible/vault/current is not in the password store"),
                said);
    }

    private String told(String expression) throws IOException, InterruptedException {
        Files.deleteIfExists(folder.resolve("told"));
        String said = play(expression);
        assertTrue(Files.exists(folder.resolve("told")), said);
        return Files.readString(folder.resolve("told"));
    }

    private int bramble(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        return process(command).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start()
                .waitFor();
    }

    private String play(String expression) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - copy: {content: "%s", dest: "%s"}
                """.formatted(expression, folder.resolve("told")));
        bramble("run", "site.yml");
        return Files.readString(folder.resolve("said"));
    }

    private void run(String... command) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        int code = process(List.of(command)).redirectErrorStream(true).redirectOutput(said.toFile()).start().waitFor();
        assertEquals(0, code, () -> String.join(" ", command) + " failed; see " + said);
    }

    private ProcessBuilder process(List<String> command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(Map.of("GNUPGHOME", folder.resolve("gnupg").toString(), "PASSWORD_STORE_DIR",
                folder.resolve("store").toString(), "BRAMBLE_DATA", folder.resolve("data").toString()));
        return builder;
    }
}
