package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ansible-vault} as a user calls it: what is in the files afterwards, and what it refuses. */
class VaultCommandTest {
    private static final String BOTH = "--vault-id dev@pw --vault-id prod@pw2 ";

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("pw"), "secret\n");
        Files.writeString(folder.resolve("pw2"), "other\n");
        Files.writeString(folder.resolve("p.yml"), "a: 1\n");
        Files.writeString(folder.resolve("q.yml"), "b: 2");
        Files.createDirectory(folder.resolve("sub"));
        script("pw-client.sh", "[ \"$1\" = --vault-id ] && echo \"pw-for-$2\"");
        script("editor", "echo edited: yes >> \"$1\"");
        assertEquals(0, call("encrypt --vault-id dev@pw --output dev.yml p.yml").code());
        assertEquals(0, call("encrypt --vault-id prod@pw2 --output prod.yml p.yml").code());
        assertEquals(0, call("encrypt --vault-password-file pw --output plain.yml p.yml").code());
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Cli.Said call(Map<String, String> more, String line) {
        return new Cli(folder, folder.resolve("data")).call(more,
                java.util.List.of(("ansible-vault " + line).split(" ", -1)));
    }

    private Cli.Said call(String line) {
        return call(Map.of("EDITOR", folder.resolve("editor").toString()), line);
    }

    private String header(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).getFirst();
    }

    @Test
    void flagsMayStandBeforeTheCommand() {
        assertEquals("a: 1\n", call("-vv view --vault-id dev@pw dev.yml").out());
        assertEquals("a: 1\n", call("--verbose -v view --vault-id dev@pw dev.yml").out());
        assertEquals(2, call("-v").code());
    }

    /** Each file keeps the identity for which it was encrypted, and is only opened by that password afterwards. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            edit BOTH prod.yml                                      | prod.yml  | 1.2;AES256;prod | pw2 | a: 1 edited: yes
            edit BOTH dev.yml                                       | dev.yml   | 1.2;AES256;dev  | pw  | a: 1 edited: yes
            edit BOTH plain.yml                                     | plain.yml | 1.1;AES256      | pw  | a: 1 edited: yes
            edit BOTH dev.yml prod.yml                              | prod.yml  | 1.2;AES256;prod | pw2 | a: 1 edited: yes
            edit --vault-id x@pw --vault-id y@pw2 prod.yml          | prod.yml  | 1.2;AES256;prod | pw2 | a: 1 edited: yes
            rekey BOTH --new-vault-id new@pw2 dev.yml               | dev.yml   | 1.2;AES256;new  | pw2 | a: 1
            rekey --vault-password-file pw --new-vault-password-file pw2 dev.yml | dev.yml | 1.1;AES256 | pw2 | a: 1
            encrypt BOTH --encrypt-vault-id prod p.yml              | p.yml     | 1.2;AES256;prod | pw2 | a: 1
            encrypt --vault-id lab@pw-client.sh p.yml               | p.yml     | 1.2;AES256;lab  | lab@pw-client.sh | a: 1
            create BOTH --encrypt-vault-id dev sub/new.yml          | sub/new.yml | 1.2;AES256;dev | pw | edited: yes
            """)
    void keepsEachFileForItsOwnIdentity(String line, String file, String header, String password, String plain)
            throws IOException {
        Cli.Said said = call(line.replace("BOTH ", BOTH));
        assertEquals(0, said.code(), said::toString);
        assertEquals("$ANSIBLE_VAULT;" + header, header(file));
        Cli.Said seen = call("view --vault-id " + password + " " + file);
        assertEquals(plain, seen.out().strip().replace('\n', ' '), seen::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            encrypt BOTH p.yml                          | 5 | The vault-ids dev,prod are available to encrypt. Specify the vault-id
            create BOTH new.yml                         | 5 | The vault-ids dev,prod are available to encrypt.
            encrypt_string BOTH x                       | 5 | The vault-ids dev,prod are available to encrypt.
            encrypt BOTH --encrypt-vault-id test p.yml  | 1 | Did not find a match for --encrypt-vault-id=test in the known vault-ids ['dev', 'prod']
            encrypt --vault-id dev@pw --output o p.yml q.yml       | 5 | At most one input file may be used with the --output option
            decrypt BOTH --output o dev.yml prod.yml    | 5 | At most one input file
            encrypt --vault-id dev@pw dev.yml           | 1 | input is already encrypted
            decrypt --vault-id dev@pw p.yml             | 1 | input is not vault encrypted data
            create --vault-id dev@pw p.yml              | 1 | p.yml exists, please use 'edit' instead
            create --vault-id dev@pw one two            | 5 | can take only one filename argument
            rekey BOTH --encrypt-vault-id prod --new-vault-password-file pw dev.yml | 1 | in the known vault-ids ['default']
            view --vault-id prod@pw2 dev.yml            | 1 | no vault secret matched
            encrypt --vault-id a;b@pw p.yml             | 5 | The character ';' is not allowed in vault ids
            encrypt --vault-id dev@pw sub               | 1 | Tried to read the file, but it is a folder.
            encrypt --vault-id dev@pw p.yml none.yml    | 1 | Tried to read the file, but there is no such file.
            encrypt --vault-id dev@pw --output no/o p.yml | 1 | Tried to write the file, but its folder is not there.
            encrypt --vault-id dev@pw --output sub p.yml  | 1 | Tried to write the file, but
            rekey --vault-id dev@pw --new-vault-id a@pw --new-vault-password-file pw2 dev.yml | 2 | not allowed with argument
            create --vault-id dev@pw                    | 5 | can take only one filename argument
            """)
    void refuses(String line, int code, String told) throws IOException {
        Cli.Said said = call(line.replace("BOTH ", BOTH));
        assertEquals(code, said.code(), said::toString);
        assertTrue(said.err().contains(told), said::toString);
        assertTrue(Files.notExists(folder.resolve("o")) && Files.notExists(folder.resolve("no")), "nothing is written");
        assertEquals("a: 1\n", Files.readString(folder.resolve("p.yml")), "nothing is written");
    }

    /** The configured password counts beside those of the command line. */
    @Test
    void goesByTheConfiguration() throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\nvault_password_file = pw\n");
        assertEquals("a: 1\n", call("view plain.yml").out());
        assertEquals("a: 1\n", call("view --vault-id x@pw2 plain.yml").out());
        assertEquals("a: 1\n", call("view --vault-password-file pw2 plain.yml").out());
        assertEquals(5, call("encrypt --vault-id x@pw2 p.yml").code());
        Files.writeString(folder.resolve("ansible.cfg"),
                "[defaults]\nvault_identity_list = dev@pw, x@none\nvault_encrypt_identity = dev\n");
        Cli.Said said = call("rekey --new-vault-id new@pw2 dev.yml");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.err().contains("[WARNING]: Tried to read a vault password, but the file does not exist."),
                said::toString);
        assertEquals(0, call("encrypt p.yml").code());
        assertEquals("$ANSIBLE_VAULT;1.2;AES256;dev", header("p.yml"));
    }

    /** Editors know a file's kind by its name, and may leave other files beside it. */
    @Test
    void givesTheEditorTheFilesNameAndRemovesWhatItLeaves() throws IOException {
        script("editor", "echo $1 >" + folder.resolve("named") + "; cp $1 $1~; echo x: y >> $1");
        assertEquals(0, call("create --vault-id dev@pw made/n.json").code());
        assertEquals("rwx------", mode("made"));
        Path named = Path.of(Files.readString(folder.resolve("named")).strip());
        assertEquals("n.json", String.valueOf(named.getFileName()));
        assertTrue(Files.notExists(named.resolveSibling("")), named::toString);
        assertEquals("x: y\n", call("view --vault-id dev@pw made/n.json").out());
    }

    /** What is no file is written to, never replaced. */
    @Test
    void writesToAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        assertEquals(0, call("decrypt --vault-id dev@pw --output pipe dev.yml").code());
        assertEquals("a: 1\n", new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** {@code vault_id_match} holds here as in a run. */
    @Test
    void triesOnlyTheFilesOwnIdentityWhereThatIsAsked() {
        Map<String, String> strict = Map.of("ANSIBLE_VAULT_ID_MATCH", "true");
        assertEquals(1, call(strict, "view --vault-id other@pw dev.yml").code());
        assertEquals(0, call(strict, "view --vault-id dev@pw dev.yml").code());
        assertEquals(0, call("view --vault-id other@pw dev.yml").code());
    }

    @Test
    void writesWhatALinkLeadsToAndKeepsTheModeOfWhatIsEncryptedAlready() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.yml"), Path.of("p.yml"));
        assertEquals(0, call("encrypt --vault-password-file pw link.yml").code());
        assertTrue(Files.isSymbolicLink(folder.resolve("link.yml")));
        assertEquals("$ANSIBLE_VAULT;1.1;AES256", header("p.yml"));
        assertEquals("rw-------", mode("p.yml"));
        Files.setPosixFilePermissions(folder.resolve("p.yml"), PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(0, call("rekey --vault-password-file pw --new-vault-password-file pw2 p.yml").code());
        assertEquals("rw-r-----", mode("p.yml"));
        assertEquals(0, call("edit --vault-password-file pw2 p.yml").code());
        assertEquals("rw-r-----", mode("p.yml"));
    }

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file)));
    }

    /** What scripts read is on standard output alone; a file without its last line end gets one where it is shown. */
    @Test
    void saysOnlyWhatWasAskedFor() {
        assertEquals("", call("encrypt --vault-password-file pw q.yml").err());
        assertEquals("b: 2\n", call("view --vault-password-file pw q.yml").out());
        Cli.Said two = call("encrypt_string --vault-id dev@pw --name n1 --name n2 a b");
        assertEquals("n1: !vault | n2: !vault |", String.join(" ", two.out().lines()
                .filter(line -> !line.startsWith(" ")).toList()));
        assertTrue(two.err().startsWith("# The encrypted version of variable (\"n1\", the string #1 from the command"),
                two::toString);
        assertEquals("", call("encrypt_string --vault-id dev@pw --output o a").out());
        assertTrue(Files.exists(folder.resolve("o")));
    }

    /** Encrypted values stay so in an inventory's YAML; what the folder's own files say of a host counts. */
    @Test
    void isShownEncryptedInAnInventory() throws IOException {
        Files.createDirectories(folder.resolve("group_vars"));
        Files.createDirectories(folder.resolve("where"));
        Files.writeString(folder.resolve("where/hosts"), "[web]\nh1 raw=1\n");
        Files.writeString(folder.resolve("group_vars/web.yml"),
                "closed: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\nopen: !unsafe \"{{ x }}\"\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals("""
                closed: !vault |
                  $ANSIBLE_VAULT;1.1;AES256
                  6162
                open: '{{ x }}'
                raw: 1
                """, cli.call("ansible-inventory", "-i", "where/hosts", "--host", "h1", "--yaml").out());
        assertEquals("""
                all:
                  children:
                    ungrouped: {}
                    web:
                      hosts:
                        h1:
                          raw: 1
                """, cli.call("ansible-inventory", "-i", "where/hosts", "--list", "--yaml", "--export").out());
    }
}
