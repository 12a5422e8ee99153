package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where ansible.cfg is looked for, and what its settings and the variables say. */
class ConfigurationTest {
    @TempDir
    private Path top;
    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(top.resolve("work"));
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\nforks = 3\n");
    }

    private Cli.Said call(Map<String, String> environment, String... words) {
        return new Cli(folder, top.resolve("data")).call(environment, List.of(words));
    }

    private String changed(Map<String, String> environment) {
        return call(environment, "ansible-config", "dump", "--only-changed").out();
    }

    @Test
    void takesTheFirstFileThatMayCount() throws IOException {
        Path other = Files.writeString(top.resolve("ansible.cfg"), "[defaults]\nforks = 4\n");
        assertTrue(changed(Map.of()).contains("DEFAULT_FORKS(" + folder.resolve("ansible.cfg") + ") = 3\n"));
        assertTrue(changed(Map.of("ANSIBLE_CONFIG", other.toString())).contains("DEFAULT_FORKS(" + other + ") = 4\n"));
        assertTrue(changed(Map.of("ANSIBLE_CONFIG", "..")).contains(") = 4\n"), "a folder, relative");
        assertTrue(changed(Map.of("ANSIBLE_FORKS", "5")).contains("DEFAULT_FORKS(env: ANSIBLE_FORKS) = 5\n"));

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Cli.Said open = call(Map.of(), "ansible-config", "dump", "--only-changed");
        assertFalse(open.out().contains("FORKS"), open.out());
        assertTrue(open.err().contains("anybody may write to this folder"), open.err());
    }

    @Test
    void saysThatTheNamedFileIsNotThere() {
        var named = Map.of("ANSIBLE_CONFIG", folder.resolve("ansble.cfg").toString());
        Cli.Said own = call(named, "config");
        assertEquals(1, own.code());
        assertTrue(own.err().contains("Did you mean \"ansible.cfg\"?"), own.err());
        Cli.Said compat = call(named, "ansible-config", "dump", "--only-changed");
        assertEquals(0, compat.code());
        assertTrue(compat.out().contains("DEFAULT_FORKS(" + folder.resolve("ansible.cfg")), compat.out());
        assertTrue(compat.err().startsWith("[WARNING]: Tried to read the configuration that ANSIBLE_CONFIG names"),
                compat.err());
    }

    /** What a line of ansible.cfg means, as ansible-config dump shows it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            timeout = 20                     | DEFAULT_TIMEOUT             | 20
            timeout: 20                      | DEFAULT_TIMEOUT             | 20
            remote_user: a=b                 | DEFAULT_REMOTE_USER         | a=b
            TIMEOUT = 20 ; seconds           | DEFAULT_TIMEOUT             | 20
            remote_user = "a b"              | DEFAULT_REMOTE_USER         | a b
            host_key_checking = no           | HOST_KEY_CHECKING           | False
            vault_identity_list = a@b, c@d   | DEFAULT_VAULT_IDENTITY_LIST | ['a@b', 'c@d']
            roles_path = a:/b                | DEFAULT_ROLES_PATH          | ['@HERE@/a', '/b']
            private_key_file = ${HERE}/k     | DEFAULT_PRIVATE_KEY_FILE    | @HERE@/k
            log_path = {{ CWD }}/log         | DEFAULT_LOG_PATH            | @HERE@/log
            collections_paths = x            | COLLECTIONS_PATHS           | ['@HERE@/x']
            collections_path = x             | COLLECTIONS_PATHS           | ['@HERE@/x']
            home = h                         | COLLECTIONS_PATHS           | ['@HERE@/h/collections', '/usr/share/ansible/collections']
            """)
    void readsSettingsByTheirTypes(String line, String name, String value) throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\n" + line + "\n");
        String said = call(Map.of("HERE", folder.toString()), "ansible-config", "dump").out();
        assertEquals(value.replace("@HERE@", folder.toString()), said.lines().filter(one -> one.startsWith(name + "("))
                .findFirst().orElse(said).replaceFirst("^.*?\\) = ", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            forks = many     | is no whole number
            become_pass x    | the line has no "="
            [defaults        | has no "]"
            = x              | has no "="
            nocows = 1       | stands in line 2 already
            gathering = lazy | none of implicit, explicit, smart
            """)
    void saysInWhichLineAMistakeIs(String line, String what) throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]# a section\nnocows = 0\n" + line + "\n");
        Cli.Said said = call(Map.of(), "exec", "-i", "localhost,", "-c", "local", "localhost", "-m", "ping");
        assertEquals(1, said.code());
        assertTrue(said.err().contains(what) && said.err().contains("ansible.cfg:3:1"), said.err());
    }

    @Test
    void readsWhatEditorsOnWindowsWrite() throws IOException {
        Files.write(folder.resolve("ansible.cfg"),
                "\u00ef\u00bb\u00bf[defaults]\r\n# f\u00fcr\r\nforks = 9\r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(changed(Map.of()).endsWith(" = 9\n"), changed(Map.of()));
        Files.writeString(folder.resolve("ansible.cfg"), "forks = 9\n");
        assertTrue(call(Map.of(), "config", "dump").err().contains("there is no section before it"));
    }

    @Test
    void keepsWhatIsSecretToItself() throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"),
                "[galaxy_server.a]\ntoken = s3cret\n[sudo_become_plugin]\npassword = s3cret\n");
        var environment = Map.of("ANSIBLE_GALAXY_SERVER_A_PASSWORD", "s3cret", "ANSIBLE_BECOME_PASS", "s3cret",
                "ANSIBLE_UNHEARD_OF", "s3cret");
        for (String[] words : List.of(new String[]{"config"},
                new String[]{"config", "dump", "-t", "all", "--only-changed"})) {
            String said = call(environment, words).toString();
            assertFalse(said.contains("s3cret"), said);
        }
    }
}
