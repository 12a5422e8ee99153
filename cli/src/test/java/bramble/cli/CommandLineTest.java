package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody meets who calls the commands for the first time, and mistypes. */
class CommandLineTest {
    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("hosts"), "[pis]\nn1 ansible_connection=local\n");
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: pis
                  gather_facts: false
                  tasks:
                    - name: Told
                      debug: {msg: "{{ greeting | default('hi') }}"}
                      tags: deploy
                """);
        Files.writeString(folder.resolve("slip"), "n1 ansible_usr=pi ansible_host=1.2.3.4 ansible_hosts=x\n");
        Files.writeString(folder.resolve("none.yml"), "[]\n");
        Files.writeString(folder.resolve("other.yml"),
                "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: \"{{ hostvars['n2'].x }}\"}\n");
        Files.writeString(folder.resolve("facts.yml"),
                "- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: '{{ ansible_distribution }}'}\n");
        String tasks = "- hosts: all\n  gather_facts: false\n  tasks:\n";
        Files.writeString(folder.resolve("slips.yml"), tasks + """
                    - debug: {msg: x}
                      wiht_items: [1]
                    - debug:
                      msg: x
                    - debug: {msg: x}
                      \u00a0name: x
                """);
        Files.writeString(folder.resolve("notify.yml"), tasks + """
                    - command: "true"
                      notify: restrat
                  handlers:
                    - name: restart
                      debug:
                """);
        Files.writeString(folder.resolve("mode.yml"),
                tasks + "    - copy: {content: x, dest: %s/made, mode: 644}\n".formatted(folder));
        Files.writeString(folder.resolve("syntax.yml"),
                tasks + "    - debug:\n      when: inventory_hostname = 'n1'\n");
        Files.writeString(folder.resolve("ping.yml"), tasks + "    - ping:\n");
        Files.writeString(folder.resolve("named.yml"), tasks + "    - name: deploy\n      ping:\n");
        Files.writeString(folder.resolve("fails.yml"),
                "- hosts: all\n  gather_facts: false\n  tasks:\n    - fail:\n");
        Files.createDirectories(folder.resolve("roles/web/meta"));
        Files.writeString(folder.resolve("roles/web/meta/argument_specs.yml"), """
                argument_specs:
                  main:
                    short_description: Serves pages.
                    options:
                      web_port: {type: int, default: 80, description: Where it listens.}
                      web_name: {type: str, required: true, description: Its name.}
                      web_root: {type: path, description: What it serves.}
                """);
        Files.createDirectories(folder.resolve("roles/web/defaults"));
        Files.writeString(folder.resolve("roles/web/defaults/main.yml"),
                "web_port: 81\nweb_root: '{{ web_home }}/pages'\n");
    }

    private Cli.Said call(String line) {
        return new Cli(folder, folder.resolve("data")).call(List.of(line.split(" ", -1)));
    }

    /** Words of the line are separated by blanks; of what is told, {@code ...} stands for anything. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rnu site.yml                             | 2 | there is no command rnu. Did you mean "run"?
            run --chekc site.yml                     | 2 | there is no option --chekc. Did you mean "--check"?
            ansible-playbook --chekc site.yml        | 2 | ansible-playbook: error: unrecognized arguments: --chekc
            ansible-playbook                         | 2 | the following arguments are required: playbook
            ansible -m ping                          | 2 | the following arguments are required: pattern
            ansible-playbook site.yml -f x           | 2 | argument -f/--forks: invalid int value: 'x'
            ansible-playbook site.yml -u             | 2 | argument -u/--user: expected one argument
            vault veiw x                             | 2 | there is no command veiw. Did you mean "view"?
            history shwo                             | 2 | there is no command shwo. Did you mean "show"?
            run -i hosts stie.yml                    | 1 | the playbook: stie.yml could not be found... Did you mean "site.yml"?
            run -i hosst site.yml                    | 1 | Did you mean "hosts"?
            inventory -i pi[1:j], --graph            | 1 | a range that is neither of numbers nor of single letters
            ansible -i hosts all:!pis --list-hosts   | 0 | [WARNING]: No hosts matched, nothing to do
            run -i hosts --limit n2 site.yml         | 1 | leaves us with no hosts to target
            ansible-playbook -i hosts --limit n2 --list-hosts site.yml | 1 | leaves us with no hosts to target
            ansible-playbook -i hosts -l localhost site.yml | 1 | leaves us with no hosts to target
            ansible -i hosts n1 -m ping --limit n2   | 1 | leaves us with no hosts to target
            exec -i hosts n1 --list-hosts -l n2      | 1 | leaves us with no hosts to target
            run -i hosts --tags deplyo site.yml      | 0 | No task has the tag "deplyo"... Did you mean "deploy"?
            run -i hosts --detailed-exitcode site.yml | 2 | needs --check too
            exec -i hosts n1 -m pnig                 | 1 | there is none of that name... Did you mean "ping"?
            exec -i hosts psi -m ping                | 1 | Did you mean "pis"?
            exec -i hosts n1 -m debug -a mgs=x       | 2 | Supported parameters include: msg, var, verbosity. Did you mean
            run -i web1, -c shh ping.yml             | 2 | there are only ssh, openssh, local, chroot and image. Did you mean
            run -i hosts -b --become-method suod site.yml | 2 | that is no method... Did you mean
            run -i hosts --start-at-task deplyo named.yml | 1 | No matching task "deplyo" found... Did you mean "deploy"?
            run -i hosts -f 0 site.yml               | 2 | at least one host has to be worked on
            ansible-playbook -i hosts -f 0 site.yml  | 2 | The number of processes (--forks) must be >= 1
            run -i hosts none.yml                    | 4 | it is a list without plays
            run -i hosts slips.yml                   | 4 | Did you mean "with_items"?... It is an argument of debug: indent it... a no-break space
            run -i hosts facts.yml                   | 2 | 'ansible_distribution' is undefined. No facts are gathered of this host
            run -i hosts other.yml                   | 2 | has no attribute 'n2'. Did you mean
            run -i hosts notify.yml                  | 2 | 'restrat' was not found in...Did you mean "restart"?
            run -i hosts mode.yml                    | 0 | The mode 644 is a decimal number, 01204 in octal... write '0644'
            run -i hosts syntax.yml                  | 2 | there is '=' where the end of the expression is expected. To compare, write ==.
            run site.yml                             | 1 | Name one with -i... No host matched any play, so nothing was done
            run -i slip --list-hosts site.yml        | 0 | The variable ansible_usr says nothing... Did you mean "ansible_user"?
            inventory -i hosts --host n2             | 1 | has none of that name... Did you mean "n1"?
            ansible-inventory -i hosts --host n2     | 5 | You must pass a single valid host
            exec -i hosts n1                         | 2 | what is to be run?
            ansible -i hosts n1                      | 5 | No argument passed to command module
            exec -i hosts n1 -a true                 | 0 | CHANGED
            ansible -i hosts n1 -m pnig              | 2 | there is none of that name
            exec -i hosts n1 -a {{nosuch}}           | 2 | 'nosuch' is undefined
            ansible-vault                            | 2 | the following arguments are required: action
            ansible-vault veiw x                     | 2 | argument action: invalid choice: 'veiw' (choose from 'encrypt',
            ansible-inventory -i hosts               | 5 | ERROR! No action selected, at least one of
            ansible-inventory -i hosts --list --graph | 5 | ERROR! Conflicting options used
            ansible-doc pnig                         | 0 | [WARNING]: pnig was not found
            doc pnig                                 | 1 | Did you mean "ping"?
            doc -t role wbe                          | 1 | Did you mean "web"?
            doc -t roel                              | 2 | Did you mean "role"?
            """)
    void saysWhatIsWrongAndWhatWasMeant(String line, int code, String told) {
        Cli.Said said = call(line);
        assertEquals(code, said.code(), said::toString);
        String all = (said.out() + said.err()).replaceAll("\\s+", " ");
        int at = 0;
        for (String part : told.split("\\.\\.\\.", -1)) {
            at = all.indexOf(part, at);
            assertTrue(at >= 0, () -> part + " is not in\n" + said);
        }
        assertFalse(all.contains("command-line") || all.contains("(:"), said::toString);
    }

    @Test
    void programsOfThisMachineStartInThePlaybooksFolder() throws IOException {
        Path beside = Files.createDirectory(folder.resolve("plays"));
        Files.writeString(beside.resolve("here.yml"), """
                - hosts: n1
                  gather_facts: false
                  tasks:
                    - command: cat ./said
                    - slurp: {src: ../plays/said}
                """);
        Files.writeString(beside.resolve("said"), "hi");
        Cli.Said said = call("run -i hosts plays/here.yml");
        assertEquals(0, said.code(), said::toString);
    }

    /** A task that finds an earlier item's work done returns what is so, not what was foreseen. */
    @Test
    void itemsReturnWhatIsKnown() throws IOException {
        Files.writeString(folder.resolve("items.yml"),
                """
                        - hosts: n1
                          gather_facts: false
                          tasks:
                            - shell: echo 1 > a && tar -czf t.tgz a && mkdir d
                              args: {chdir: "{{ playbook_dir }}"}
                            - unarchive: {src: "{{ playbook_dir }}/t.tgz", dest: "{{ playbook_dir }}/d", remote_src: true, mode: "{{ item }}", list_files: true}
                              loop: [u=rw, 'u=rw,g=r']
                              register: them
                            - assert:
                                that: them.results[1].files == ['a'] and them.results[1].size is number
                        """);
        Cli.Said said = call("run -i hosts items.yml");
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void aMissingInventoryIsAnErrorForBrambleAndAWarningForAnsible() {
        for (String line : List.of("run -i none site.yml", "exec -i none all --list-hosts", "inventory -i none --list",
                "run -i hosts -i none --list-hosts site.yml")) {
            Cli.Said said = call(line);
            assertEquals(1, said.code(), line + said);
            assertTrue(said.err().contains("there is no file of that name"), said::toString);
        }
        Cli.Said ansible = call("ansible -i none all --list-hosts");
        assertEquals(0, ansible.code(), ansible::toString);
        assertTrue(ansible.err().contains("[WARNING]: Unable to parse " + folder.resolve("none")
                + " as an inventory source") && ansible.err().contains("only implicit localhost is available"),
                ansible::toString);
        assertEquals("  hosts (0):\n", ansible.out());
    }

    @Test
    void warnsOnceOfALimitThatMatchesNobody() {
        String told = call("run -i hosts --limit nobody site.yml").err();
        assertEquals(told.indexOf("ignoring: nobody"), told.lastIndexOf("ignoring: nobody"), told);
    }

    @Test
    void listsEveryCommandUnderItsHeading() {
        String help = call("--help").out();
        for (String command : List.of("run", "exec", "history", "why", "inventory", "doc", "vault", "demo", "lab",
                "build", "config", "galaxy", "pull", "console", "image", "help")) {
            assertTrue(help.contains("\n  " + command + " "), () -> command + " is not in\n" + help);
        }
        assertTrue(help.contains("\nPlay:\n  run") && help.contains("\nTry it without hardware:\n  demo"), help);
        assertEquals(call("run --help").out(), call("help run").out());
        assertEquals(help, call("help").out());
        assertTrue(call("run --help").out().startsWith("usage: bramble run [FLAGS] PLAYBOOK...\n"), help);
    }

    @Test
    void whatKeepsACommandFromBeginningHasItsExitCode() throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\ncollections_path = nowhere\n");
        Cli.Said none = call("ansible-galaxy collection list");
        assertTrue(none.code() == 5 && none.err().contains("None of the provided paths were usable."), none::toString);
        Files.createDirectories(folder.resolve("nowhere/ansible_collections"));
        assertEquals(0, call("ansible-galaxy collection list").code());

        Files.writeString(folder.resolve("ansible.cfg"), "[defaults\n");
        for (String line : List.of("ansible-playbook -i hosts site.yml", "ansible-config dump", "ansible --version")) {
            Cli.Said broken = call(line);
            assertTrue(broken.code() == 5 && broken.err().contains("ansible.cfg:1:1"), broken::toString);
        }
        assertEquals(1, call("run -i hosts site.yml").code());
    }

    @Test
    void theAnsibleNamesTellTheirVersionInTheLinesThatScriptsRead() {
        for (String name : List.of("ansible", "ansible-playbook", "ansible-inventory", "ansible-vault",
                "ansible-doc", "ansible-config", "ansible-galaxy", "ansible-pull", "ansible-console")) {
            Cli.Said said = call(name + " --version");
            assertTrue(said.code() == 0 && said.out().startsWith(name + " [core 2.19.0]\n"), said::toString);
            for (String line : List.of("config file = None", "configured module search path = ['",
                    "ansible collection location = ", "python version = None", "bramble version = 0.1.0")) {
                assertTrue(said.out().contains("\n  " + line), said::toString);
            }
        }
        String version = call("ansible --version").out();
        assertTrue(call("ansible localhost -i localhost, -c local -m ping -vv").out()
                .startsWith(version + "No config file"));
        assertTrue(call("ansible localhost -i localhost, -c local -m ping -v").out().startsWith("No config file"));
        Cli.Said help = call("ansible-playbook --help");
        assertTrue(help.code() == 0 && help.out().startsWith("usage: ansible-playbook [-h] [--version] [")
                && help.out().contains("\noptions:\n  -h, --help            ")
                && help.out().contains("\npositional arguments:\n  playbook\n"), help::toString);
        Cli.Said wrong = call("ansible-playbook --nonsense");
        assertTrue(wrong.err().startsWith("usage: ansible-playbook ") && wrong.out().isEmpty(), wrong::toString);
    }

    @Test
    void saysAfterAFailureHowToGoOn() {
        Cli.Said said = call("run -i hosts fails.yml");
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.err().contains("bramble run --resume -i hosts fails.yml\n")
                && said.err().contains("bramble history show 20"), said::toString);
        assertTrue(call("run -i hosts --check fails.yml").err().startsWith("See what it did:"),
                "no dry run is resumed");
        assertEquals("", call("ansible-playbook -i hosts fails.yml").err());
        assertEquals("", call("run -i hosts site.yml").err());
    }

    @Test
    void showsWhereATaskStandsAndHowItsHostIsReached() {
        String place = "task path: " + folder.resolve("site.yml") + ":4\n";
        assertFalse(call("run -i hosts -v site.yml").out().contains("task path"), "too early");
        assertTrue(call("run -i hosts -vv site.yml").out().contains(place), "no place");
        String all = call("exec -i hosts n1 -vvv -a true").out();
        assertTrue(all.contains("<n1> ESTABLISH LOCAL CONNECTION FOR USER: "), all);
    }

    @Test
    void templatesSayWhatTheConfigurationSaysOfManagedFiles() throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\nansible_managed = From {file} of %Y\n");
        Files.writeString(folder.resolve("m.j2"), "{{ ansible_managed }}");
        Files.writeString(folder.resolve("m.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n"
                + "    - template: {src: m.j2, dest: %s/m}\n".formatted(folder));
        call("run -i hosts m.yml");
        String year = Files.getLastModifiedTime(folder.resolve("m.j2")).toString().substring(0, 4);
        assertEquals("From " + folder.resolve("m.j2") + " of " + year, Files.readString(folder.resolve("m")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [defaults                            | has no "]"
            [defaults];forks=abc                 | the setting forks of the section defaults, but "abc" is no whole number
            [defaults];host_key_checking = maybe | the setting host_key_checking of the section defaults, but "maybe" is neither
            [defaults];just words                | the line has no "="
            """)
    void refusesAConfigurationThatItCannotRead(String text, String told) throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), text.replace(';', '\n') + "\n");
        Cli.Said said = call("run -i hosts site.yml");
        assertTrue(said.code() == 1 && said.err().contains(told) && said.err().contains("ansible.cfg"), said::toString);
    }

    @Test
    void aRecordThatCannotBeMadeIsToldInAWholeSentence() throws IOException {
        Files.writeString(folder.resolve("file"), "this is no database, but it is long enough to look like one");
        Files.createDirectories(folder.resolve("odd/runs.db"));
        for (var way : Map.of("file", " is a file, and no folder.", "file/below", "that is no folder.", "odd",
                "that is a folder.").entrySet()) {
            Cli.Said said = new Cli(folder, folder.resolve(way.getKey())).call("run", "-i", "hosts", "site.yml");
            assertTrue(said.code() == 0 && said.err().contains(way.getValue() + "\n"), way + "\n" + said);
        }
    }

    @Test
    void documentsRoles() {
        String page = call("doc -t role web").out();
        assertTrue(page.contains("Serves pages.") && page.contains("""
                - web_port
                        Where it listens.
                        default: 80
                        type: int
                """) && page.contains("= web_name\n"), page);
        assertTrue(page.contains("        default: {{ web_home }}/pages\n"), page);
        assertEquals("web main Serves pages.\n", call("doc -t role -l").out());
    }

    /** Those of collections too, by their full names; as JSON; one entry point alone. */
    @Test
    void documentsRolesOfCollectionsForPrograms() throws IOException {
        Path meta = Files.createDirectories(
                folder.resolve("collections/ansible_collections/my/c/roles/r/meta"));
        Files.writeString(meta.resolve("argument_specs.yml"), """
                argument_specs:
                  main: {short_description: The main}
                  other: {short_description: The other, options: {b: {type: int}, a: {type: str, required: true}}}
                """);
        var there = Map.of("ANSIBLE_COLLECTIONS_PATH", "collections", "ANSIBLE_ROLES_PATH", "none");
        var cli = new Cli(folder, folder.resolve("data"));
        String page = cli.call(there, List.of("ansible-doc", "-t", "role", "-e", "other", "my.c.r")).out();
        assertTrue(page.startsWith("> MY.C.R    (") && page.endsWith("""

                ENTRY POINT: other - The other

                OPTIONS (= is mandatory):

                = a
                        type: str

                - b
                        default: null
                        type: int

                """), page);
        assertEquals("""
                {
                    "my.c.r": {
                        "collection": "my.c",
                        "entry_points": {
                            "main": "The main",
                            "other": "The other"
                        }
                    }
                }
                """, cli.call(there, List.of("ansible-doc", "-t", "role", "-l", "-j", "my.c")).out());
        String json = cli.call(there, List.of("ansible-doc", "-t", "role", "-j", "-e", "main", "my.c.r")).out();
        assertTrue(json.contains("\"short_description\": \"The main\"") && !json.contains("The other"), json);
        Cli.Said none = cli.call(there, List.of("ansible-doc", "-t", "role", "nosuch"));
        assertTrue(none.code() == 0 && none.err().startsWith("[WARNING]: Tried to document the role"), none::toString);
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Cli.Said nothing = new Cli(empty, folder.resolve("data")).call(
                Map.of("ANSIBLE_COLLECTIONS_PATH", "none", "ANSIBLE_ROLES_PATH", "none"),
                List.of("doc", "-t", "role", "-l"));
        assertTrue(nothing.code() == 0 && nothing.err().contains("No role with a meta/argument_specs.yml was found."
                + " Looked in " + empty.resolve("roles")), nothing::toString);
    }

    @Test
    @Timeout(60)
    void takesTheHomeOfTheEnvironmentAndDoesNotWaitForNobody() throws IOException, InterruptedException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve(".ansible.cfg"), "[defaults]\nforks = 3\n");
        Files.writeString(folder.resolve("v.yml"), "$ANSIBLE_VAULT;1.1;AES256\n3132\n");
        assertTrue(process(home, "ansible", "--version").contains("config file = " + home.resolve(".ansible.cfg")),
                "another home");
        String vault = process(home, "vault", "view", "v.yml");
        Files.writeString(folder.resolve("fetch.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n"
                + "    - fetch: {src: %s/hosts, dest: '~', flat: false}\n".formatted(folder));
        String fetched = process(home, "run", "-i", "hosts", "fetch.yml");
        assertTrue(Files.exists(home.resolve("n1" + folder.resolve("hosts"))), fetched);
        assertTrue(vault.contains("standard input ended before anything was typed")
                && vault.contains("--vault-password-file"), vault);
    }

    /** In a process of its own, whose standard input is empty. */
    private String process(Path home, String... arguments) throws IOException, InterruptedException {
        var line = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        line.addAll(List.of(arguments));
        var builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"));
        builder.environment()
                .putAll(Map.of("HOME", home.toString(), "BRAMBLE_DATA", folder.resolve("data").toString()));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void anInventoryIsShownWithExtraVariablesAndOnlyTheHostsOfTheLimit() throws IOException {
        Files.writeString(folder.resolve("some"), "[g]\nh1 v=1\nh2\n[x]\nh3\n");
        Cli.Said list = call("ansible-inventory -i some --list -e v=9 --limit h1,h3");
        assertTrue(list.out().contains("\"v\": \"9\"") && list.out().contains("\"h3\"") && !list.out().contains("h2"),
                list::toString);
        assertFalse(call("ansible-inventory -i some --list --export -e extra=9").out().contains("extra"));
        assertEquals("@all:\n  |--@ungrouped:\n  |--@g:\n  |  |--h2\n  |--@x:\n",
                call("ansible-inventory -i some --graph --limit h2").out());
        Cli.Said nobody = call("ansible-inventory -i some --graph --limit nobody");
        assertEquals(1, nobody.code(), nobody::toString);
    }

    @Test
    void nothingBehindAnExclusionIsNoPattern() throws IOException {
        Files.writeString(folder.resolve("some"), "h1\nh2\n");
        for (String pattern : List.of("all:!", "all:&", "all,!")) {
            Cli.Said said = call("ansible -i some " + pattern + " --list-hosts");
            assertTrue(said.code() != 0 && said.err().contains("nothing stands behind"), said::toString);
            assertFalse(said.out().contains("h1"), said::toString);
        }
    }

    @Test
    void whyLooksIntoTheFilesThatTasksInclude() throws IOException {
        Files.writeString(folder.resolve("some"), "h1\n");
        Files.createDirectories(folder.resolve("vars"));
        Files.writeString(folder.resolve("vars/more.yml"), "given: 5\n");
        Files.writeString(folder.resolve("play.yml"),
                "- {hosts: all, tasks: [include_vars: more.yml]}\n");
        Cli.Said found = call("why -i some h1 given play.yml");
        assertTrue(found.out().contains("vars/more.yml:1") && found.out().contains("play.yml:1 has run"),
                found::toString);
        Cli.Said lost = call("why -i some h1 givn play.yml");
        assertEquals(1, lost.code(), lost::toString);
        Cli.Said magic = call("why -i some h1 groups");
        assertTrue(magic.code() == 0 && magic.out().contains("by the run itself"), magic::toString);
    }
}
