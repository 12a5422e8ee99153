package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings do: each with a call where it shows. */
class SettingsTest {
    private final InputStream before = System.in;

    /** Nobody types anything. */
    @BeforeEach
    void atTheEndOfInput() {
        System.setIn(InputStream.nullInputStream());
    }

    @AfterEach
    void inputAsItWas() {
        System.setIn(before);
    }

    @TempDir
    private Path top;
    private Path work = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        work = Files.createDirectory(top.resolve("work"));
        write("hosts", "a ansible_connection=local\nb ansible_connection=local\n[g]\na\n");
        write("group_vars/all.yml", "level: of the playbook\n");
        write("other/group_vars/all.yml", "level: of the other folder\n");
        write("other/inventory", "c ansible_connection=local\n");
        write("roles/r/tasks/main.yml", "- debug: msg=mine\n");
        write("r2/r/tasks/main.yml", "- debug: msg=theirs\n");
        write("play.yml", """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - {name: one, command: echo one, tags: t1}
                    - {name: two, debug: {msg: "{{ [1, 2] }}"}, tags: t2}
                """);
        write("facts.yml", "- {hosts: a, tasks: [{debug: {msg: played}}]}\n");
        write("fails.yml", """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - {command: echo x, notify: late}
                    - {fail: {msg: no}, when: inventory_hostname == 'a'}
                    - {name: after, debug: {msg: after}}
                  handlers:
                    - {name: late, debug: {msg: late}}
                """);
        write("handler.yml", "- {hosts: a, gather_facts: false, tasks: [{command: echo, notify: nobody}]}\n");
        write("twice.yml", "- hosts: a\n  gather_facts: false\n  gather_facts: false\n");
        for (String name : List.of("one", "two.old", "no.ini", "three")) {
            write("several/" + name, name.replace('.', '-') + "\n");
        }
        write("role.yml", "- {hosts: a, gather_facts: false, roles: [r]}\n");
        write("subset.yml", "- {hosts: a, tasks: [{debug: {msg: \"hostname is {{ 'known' if ansible_hostname is defined"
                + " else 'unknown' }}\"}}]}\n");
        write("slow.yml", "- {hosts: a, gather_facts: false, tasks: [{command: sleep 20}]}\n");
        write("long", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        write("long.yml",
                "- {hosts: a, gather_facts: false, tasks: [{lineinfile: {path: @HERE@/long, regexp: 7, line: x}}]}\n"
                        .replace("@HERE@", work.toString()));
        write("copy.yml", "- {hosts: a, gather_facts: false, tasks: [{copy: {content: x, dest: @HERE@/new}}]}\n"
                .replace("@HERE@", work.toString()));
    }

    private Path write(String name, String text) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Cli.Said call(String... words) {
        return new Cli(work, top.resolve("data")).call(Map.of(), List.of(words));
    }

    /** @param shows what is printed with the setting; after "not ", what is not */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            defaults             | forks = 3                          | ansible-console              | [f:3]$
            defaults             | remote_user = joe                  | ansible-console              | joe@all (2)
            defaults             | inventory = other/inventory        | ansible all --list-hosts     | hosts (1):
            defaults             | module_name = ping                 | ansible a                    | "ping": "pong"
            defaults             | module_args = echo hello           | ansible a                    | hello
            defaults             | playbook_dir = other               | ansible a -m debug -a var=level | of the other folder
            defaults             | verbosity = 1                      | ansible-playbook play.yml -t t2 | Using
            defaults             | force_color = yes                  | ansible-playbook play.yml    | [0;33m
            defaults             | gathering = explicit               | ansible-playbook facts.yml   | not Gathering Facts
            defaults             | gather_subset = !all, !min         | ansible-playbook -v subset.yml | hostname is unknown
            defaults             | task_timeout = 1                   | ansible-playbook slow.yml | time frame (1)
            defaults             | any_errors_fatal = yes             | ansible-playbook fails.yml   | not TASK [after]
            defaults             | force_handlers = yes               | ansible-playbook fails.yml   | ok: [a] => {
            defaults             | error_on_missing_handler = no      | ansible-playbook handler.yml | failed=0
            defaults             | duplicate_dict_key = ignore        | ansible-playbook twice.yml   | not duplicate
            defaults             | duplicate_dict_key = error         | ansible-playbook twice.yml   | ERROR!
            defaults             | no_log = yes                       | ansible a -m ping            | censored
            defaults             | roles_path = r2                    | ansible-playbook role.yml    | mine
            defaults             | retry_files_enabled = yes          | ansible-playbook fails.yml   | to retry, use: --limit @
            defaults             | hash_behaviour = shuffle           | ansible-playbook play.yml    | neither replace nor merge
            defaults             | strategy = free                    | ansible-playbook play.yml    | TASK [one]
            defaults             | localhost_warning = no             | ansible -i none, localhost -m ping | not No inventory
            diff                 | context = 1                        | ansible-playbook -D long.yml | @@ -6,3 +6,3 @@
            diff                 | always = yes                       | ansible-playbook copy.yml    | +x
            tags                 | run = t2                           | ansible-playbook play.yml    | not TASK [one]
            tags                 | skip = t2                          | ansible-playbook play.yml    | not TASK [two]
            inventory            | host_pattern_mismatch = error      | ansible nobody -m ping       | ERROR! Could not match
            inventory            | host_pattern_mismatch = ignore     | ansible nobody -m ping       | not Could not match
            inventory            | ignore_patterns = ^no, [.]old$     | ansible all -i several/ --list-hosts | hosts (2):
            inventory            | ignore_extensions = .x, .y         | ansible all -i several/ --list-hosts | hosts (4):
            defaults             | inventory_ignore_extensions = .old | ansible all -i several/ --list-hosts | hosts (3):
            inventory            | ignore_patterns = (                | ansible all -i several/ --list-hosts | is no regular expression: missing )
            inventory            | export = yes                       | ansible-inventory --list     | "level"
            privilege_escalation | become_exe = ./nowhere             | ansible a -b --become-user nobody -m ping | ./nowhere
            privilege_escalation | become_method = nix                | ansible a -b -m ping         | that is no method
            """)
    void haveAnEffect(String section, String line, String words, String shows) throws IOException {
        write("ansible.cfg", "[defaults]\n" + (line.startsWith("inventory") ? "" : "inventory = hosts\n")
                + (section.equals("defaults") ? "" : "[" + section + "]\n") + line + "\n");
        String said = call(words.split(" +", -1)).toString();
        boolean not = shows.startsWith("not ");
        assertEquals(!not, said.contains(not ? shows.substring(4) : shows), said);
        assertTrue(call("config").out().lines().noneMatch(one -> one.contains("no effect")), "the report agrees");
    }

    @Test
    void silenceWhatIsToldOfMissingInventories() throws IOException {
        write("ansible.cfg", "[defaults]\ninventory = nowhere\n");
        assertTrue(call("ansible", "localhost", "-m", "ping").err().contains("No inventory was parsed"));
        write("ansible.cfg", "[defaults]\ninventory = nowhere\n[inventory]\ninventory_unparsed_warning = no\n");
        assertFalse(call("ansible", "localhost", "-m", "ping").err().contains("No inventory was parsed"));
        write("ansible.cfg", "[defaults]\ninventory = nowhere\n[inventory]\nunparsed_is_failed = yes\n");
        assertEquals(1, call("ansible", "localhost", "-m", "ping").code());
    }

    @Test
    void becomeWithWhatTheConfigurationSays() throws IOException {
        Path sudo = write("sudo", """
                #!/bin/sh
                echo "$*" | tr '\\n' ' ' >%1$s/called
                while [ "$1" != -- ]; do
                  [ "$1" = -p ] && { printf %%s "$2" >&2; read -r word; echo "$word" >>%1$s/called; }
                  shift
                done
                shift
                exec "$@"
                """.formatted(work));
        Path password = write("password", "#!/bin/sh\necho s3cret\n");
        for (Path program : List.of(sudo, password)) {
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        write("ansible.cfg", "[defaults]\ninventory = hosts\nbecome_password_file = password\n"
                + "[privilege_escalation]\nbecome = yes\nbecome_user = joe\n"
                + "[sudo_become_plugin]\nflags = -H -i\nexecutable = " + sudo + "\n");
        Cli.Said said = call("ansible", "a", "-m", "ping");
        assertEquals(0, said.code(), said.toString());
        String called = Files.readString(work.resolve("called"));
        assertTrue(called.startsWith("-H -i -S -p ") && called.contains(" -u joe -- ") && called.endsWith("s3cret\n"),
                called);
        assertFalse(said.toString().contains("s3cret"));
    }

    @Test
    void encryptWithTheIdentityOfTheConfiguration() throws IOException {
        write("dev", "one\n");
        write("prod", "two\n");
        write("ansible.cfg",
                "[defaults]\nvault_identity_list = dev@dev, prod@prod\nvault_encrypt_identity = prod\n");
        assertTrue(call("ansible-vault", "encrypt_string", "x").out().contains("$ANSIBLE_VAULT;1.2;AES256;prod"));
        write("ansible.cfg", "[defaults]\nvault_identity = main\n");
        Cli.Said named = call("ansible-vault", "encrypt_string", "-v", "--vault-password-file", "dev", "x");
        assertTrue(named.out().contains("$ANSIBLE_VAULT;1.2;AES256;main"), named::toString);
    }

    /** A password without a name is of the name that the setting gives, and so is what is encrypted with it. */
    @Test
    void nameVaultPasswordsThatHaveNone() throws IOException {
        write("password", "one\n");
        write("ansible.cfg", "[defaults]\nvault_identity = prod\nvault_password_file = password\n");
        assertTrue(call("ansible-vault", "encrypt_string", "x").out().contains("$ANSIBLE_VAULT;1.2;AES256;prod"));
    }

    @Test
    void leaveOutWhatIsNotToBeLogged() throws IOException {
        write("ansible.cfg", "[defaults]\ninventory = hosts\nlog_path = log\nlog_filter = paramiko\n");
        call("ansible", "a", "-m", "ping");
        assertTrue(Files.readString(work.resolve("log")).contains("n=ansible | a | SUCCESS"));
        write("ansible.cfg", "[defaults]\ninventory = hosts\nlog_path = other.log\nlog_filter = paramiko, ansible\n");
        call("ansible", "a", "-m", "ping");
        assertFalse(Files.exists(work.resolve("other.log")));
    }

    @Test
    void namesOfFailedHostsAreKept() throws IOException {
        write("ansible.cfg",
                "[defaults]\ninventory = hosts\nretry_files_enabled = yes\nretry_files_save_path = retries\n");
        call("ansible-playbook", "fails.yml");
        assertEquals("a\n", Files.readString(work.resolve("retries/fails.retry")));
        assertTrue(call("ansible", "all", "-l", "@retries/fails.retry", "--list-hosts").out().contains("hosts (1)"));
    }
}
