package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong in one task stays there, is told in words, and tells no secret. */
class TroubleTest {
    @TempDir
    Path folder = Path.of("");

    /** The tasks are played on this machine. */
    private Cli.Said play(String tasks, String... more) throws IOException {
        Files.writeString(folder.resolve("site.yml"), "- hosts: all\n  gather_facts: false\n  tasks:\n"
                + tasks.replace("FOLDER", folder.toString()).indent(4));
        Files.writeString(folder.resolve("hosts"), "n1 ansible_connection=local\n");
        var arguments = new java.util.ArrayList<>(java.util.List.of("run", "-i", "hosts", "site.yml"));
        arguments.addAll(java.util.List.of(more));
        return new Cli(folder, folder.resolve("data")).call(arguments);
    }

    @Test
    void aCommandIsRunOnceWhateverItsStatus() throws IOException {
        Cli.Said said = play("""
                - shell: echo x >> FOLDER/count; test $(wc -l < FOLDER/count) -gt 2 || exit 75
                """);
        assertTrue(said.out().contains("\"rc\": 75"), said::toString);
        assertEquals(1, Files.readAllLines(folder.resolve("count")).size(), "the command ran again");
    }

    @Test
    void whatIsLeftRunningDoesNotWriteIntoLaterAnswers() throws IOException {
        Cli.Said said = play(
                """
                        - shell: "(while [ -d FOLDER ] && [ ! -e FOLDER/go ]; do sleep 0.05; done; echo late; echo late >&2; : > FOLDER/gone) & echo hi; exit 3"
                          register: first
                          failed_when: first.rc != 3
                        - shell: ": > FOLDER/go; while [ -d FOLDER ] && [ ! -e FOLDER/gone ]; do sleep 0.05; done; echo next"
                          register: second
                        - debug: {msg: "{{ first.stdout }} {{ second.stdout }}{{ second.stderr }}"}
                        """);
        assertTrue(said.out().contains("\"msg\": \"hi next\""), said::toString);
    }

    /** What a role's checks find is told before any task; what may still turn out to be right is passed over. */
    @Test
    void rolesRefuseWhatIsWrongBeforeAnyTask() throws IOException {
        Files.createDirectories(folder.resolve("roles/r/meta"));
        Files.createDirectories(folder.resolve("roles/r/tasks"));
        Files.createDirectories(folder.resolve("roles/r/defaults"));
        Files.writeString(folder.resolve("roles/r/defaults/main.yml"), "number: 1\n");
        Files.writeString(folder.resolve("roles/r/tasks/main.yml"), "- debug: {msg: \"number {{ number }}\"}\n");
        Files.writeString(folder.resolve("roles/r/meta/checks.yml"), """
                - variable: number
                  that: value | int > 1
                  msg: "{{ value }} of {{ inventory_hostname }} is too small."
                """);
        String include = "- file: {path: FOLDER/touched, state: touch}\n- include_role: {name: r}\n";
        Cli.Said refused = play(include);
        assertEquals(4, refused.code(), refused::toString);
        assertTrue(refused.err().contains("n1: number: 1 of n1 is too small.\n --> roles/r/defaults/main.yml:1:1"),
                refused::toString);
        assertTrue(refused.out().isEmpty() && Files.notExists(folder.resolve("touched")), refused::toString);
        assertTrue(play(include, "-e", "number=0").err().contains("0 of n1 is too small.\n --> command line"));
        assertEquals(0, play(include, "-e", "number=2").code());
        assertEquals(0, play("- {include_role: {name: r}, tags: t}\n", "--skip-tags", "t").code());
        for (String later : java.util.List.of(
                "- set_fact: {number: 2}\n- include_role: {name: r}\n",
                "- {command: echo 2, register: number}\n- import_role: {name: r}\n",
                "- {include_role: {name: r}, vars: {number: \"{{ ansible_processor_count }}\"}}\n",
                "- {include_role: {name: r}, vars: {number: \"{{ lookup('pipe', 'echo 2') }}\"}}\n",
                "- {include_role: {name: r}, when: number > 1}\n",
                "- {include_role: {name: \"{{ item }}\"}, loop: [r]}\n")) {
            Cli.Said unknown = play(later);
            assertFalse(unknown.err().contains("too small"), unknown::toString);
        }
        Files.writeString(folder.resolve("roles/r/meta/checks.yml"),
                "- {variable: db_password, that: value | length > 9, msg: '{{ value }} is short.'}\n");
        Cli.Said secret = play("- {include_role: {name: r}, vars: {db_password: hush123}}\n");
        assertTrue(secret.err().contains("site.yml:4:40") && !secret.err().contains("hush123"), secret::toString);
        Files.writeString(folder.resolve("roles/r/meta/checks.yml"), "- {variable: number, tht: value > 1, msg: no}\n");
        Cli.Said misspelt = play(include.replace("include", "import"));
        assertTrue(misspelt.err().contains("Did you mean \"that\"?"), misspelt::toString);
        Files.writeString(folder.resolve("roles/r/meta/checks.yml"),
                "- {variable: number, that: value + 'x', msg: no}\n- {variable: number, that: false, msg: And no.}\n");
        Cli.Said wrong = play(include); // what a check can't cope with hides no other finding
        assertEquals(4, wrong.code(), wrong::toString);
        assertTrue(Stream.of("ERROR! n1: number: ", "roles/r/defaults/main.yml:1:1",
                "hint: That is what the check at roles/r/meta/checks.yml:1:34 comes to.",
                "n1: number: And no.").allMatch(wrong.err()::contains),
                wrong::toString);
    }

    /** What a module finds wrong is shown where the variable is written that it is in, through other names, lists and maps. */
    @Test
    void whatAModuleFindsIsShownWhereItsVariableIsWritten() throws IOException {
        Files.createDirectories(folder.resolve("group_vars"));
        Files.writeString(folder.resolve("group_vars/all.yml"), """
                ansible_host: 10.0.0.9
                records:
                  - {name: "@", type: SOA, value: x}
                its_records: "{{ records }}"
                mail: a b
                first: 10.0.0.1
                second: not a name
                word: tooLongAWord
                float: 10.0.0.9/24
                one: 10.0.0.100
                other: 10.0.0.10
                """);
        Cli.Said said = play(
                """
                        - dns_zone:
                            zone: x.example
                            soa: {primary: n1, mail: "{{ mail }}"}
                            name_servers: [n1]
                            hosts: {n1: 10.0.0.1}
                            records: "{{ its_records }}"
                        - chrony: {servers: [{address: "{{ first }}"}, {address: "{{ second }}"}]}
                        - keepalived:
                            instances:
                              VI: {interface: eth0, virtual_router_id: 1, auth_pass: "{{ word }}", virtual_addresses: ["{{ float }}"]}
                        - dhcp_server: {subnets: [{subnet: 10.0.0.0/24, pools: ["{{ one }}-{{ other }}"]}]}
                        - dns_zone: {zone: y.example, soa: {primary: n1, mail: a@b}, name_servers: [n1], hosts: {n1: 1.2}}
                        """);
        String group = " --> " + folder.resolve("group_vars/all.yml");
        for (String finding : java.util.List.of(
                "records: @ SOA is a second SOA: the zone's own is made of soa.\n" + group + ":3:5",
                "mail: soa.mail is 'a b', which is no mail address.\n" + group + ":5:1",
                "second: 'not a name' is no server: give its address alone, options beside it.\n" + group + ":7:1",
                "word: auth_pass of VI has 12 characters, and only the first 8 of a password count: shorten it, on all nodes alike.\n"
                        + group + ":8:1",
                "ansible_host: 10.0.0.9 is one of the virtual_addresses of VI, too, which must be nobody's own.\n"
                        + group
                        + ":1:1",
                "dhcp_server: the pool 10.0.0.100-10.0.0.10 ends before it begins.\n  --> site.yml:14:")) {
            assertTrue(said.err().contains("ERROR! n1: " + finding), () -> finding + "\n" + said);
        }
        assertTrue(said.code() == 4 && said.out().isEmpty() && !said.err().contains("tooLong"), said::toString);
        assertTrue(said.err().contains("It is made of one (") && said.err().contains("n1: dns_zone: n1 A is '1.2'"),
                said::toString);
        assertEquals(8, said.err().split("ERROR! ", -1).length, said::toString);
    }

    /** A board of another make is asked before any task; what another task may still bring is passed over. */
    @Test
    void whatOnlyARaspberryPiCanHaveIsRefusedElsewhereBeforeAnyTask() throws IOException {
        Path model = Path.of("/proc/device-tree/model");
        assumeFalse(Files.exists(Path.of("/boot/config.txt")) || Files.exists(Path.of("/boot/firmware/config.txt"))
                || (Files.exists(model) && Files.readString(model).contains("Raspberry")));
        String other = ": there is no /boot/firmware/config.txt and no /boot/config.txt: this is";
        String touch = "- file: {path: FOLDER/touched, state: touch}\n";
        for (String mode : java.util.List.of("--diff", "--check")) {
            Cli.Said said = play(touch + """
                    - boot_config: {settings: {gpu_mem: "{{ memory }}"}}
                      vars: {memory: "{{ small }}"}
                    - gpio_shutdown:
                      when: inventory_hostname == 'n1'
                    - gpio_shutdown:
                      when: inventory_hostname == 'n2'
                    - {led: {name: act, trigger: none}, tags: never}
                    - {led: {name: pwr, trigger: none, persistent: false, leds: FOLDER}}
                    - eeprom_config: {settings: {BOOT_ORDER: "0x1"}}
                    """, mode, "-e", "small=1");
            assertTrue(said.code() == 4 && said.out().isEmpty() && Files.notExists(folder.resolve("touched")),
                    said::toString);
            assertTrue(said.err().contains("ERROR! n1: small" + other) && said.err().contains("--> command line"),
                    said::toString);
            for (String one : java.util.List.of("gpio_shutdown" + other,
                    "led: " + folder + " has neither PWR nor led1: this is",
                    "eeprom_config: there is no rpi-eeprom-config: this is")) {
                assertTrue(said.err().contains("ERROR! n1: " + one), said::toString);
            }
            assertEquals(5, said.err().split("ERROR! ", -1).length, said::toString);
        }
        for (String named : java.util.List.of("echo {{ 'raspi1' }}", "echo pi-raspi2.lan", "echo raspi")) {
            Cli.Said said = play("- command: " + named + "\n- boot_config: {settings: {gpu_mem: 16}}\n");
            assertTrue(said.err().contains("boot_config" + other) && said.out().isEmpty(), () -> named + said);
            assertTrue(said.err().contains("or comes before it, give its folder."), said::toString);
        }
        for (String open : java.util.List.of("- command: echo mount /boot\n- PI\n",
                "- command: echo raspberrypi-kernel\n- PI\n", "- command: echo raspi-utils\n- PI\n",
                "- command: \"{{ item }}\"\n  loop: [echo raspi-firmware]\n- PI\n",
                "- meta: end_host\n- PI\n", "- include_tasks: \"{{ inventory_hostname }}.yml\"\n- PI\n",
                "- set_fact: {ansible_host: elsewhere}\n- PI\n", "- include_vars: n1.yml\n- PI\n",
                "- add_host: {name: n1, ansible_port: 1}\n- PI\n", "- group_by: {key: g}\n- PI\n",
                "- meta: refresh_inventory\n- PI\n", "- PI\n  ignore_errors: true\n", "- PI\n  loop: [1]\n",
                "- PI\n  when: ansible_facts.board is defined\n", "- block: [PI]\n  rescue: [debug: ]\n",
                "- PI\n  delegate_to: localhost\n",
                "- boot_config: {settings: {gpu_mem: 16}, folder: FOLDER}\n")) {
            Files.writeString(folder.resolve("n1.yml"), open.contains("_vars") ? "{a: 1}\n" : "[]\n");
            Cli.Said said = play(open.replace("PI", "boot_config: {settings: {gpu_mem: 16}}"));
            assertFalse(said.err().contains(other), () -> open + said);
            assertTrue(said.out().contains("PLAY RECAP"), () -> open + said);
        }
        assertTrue(play("- boot_config: {settings: {gpu_mem: 16}}\n", "-e", "ansible_connection=ssh", "-e",
                "ansible_host=127.0.0.1", "-e", "ansible_port=9").out().contains("unreachable=1"));
        Cli.Said checked = new Cli(folder, folder.resolve("data")).call("check", "-i", "hosts", "site.yml");
        assertFalse(checked.toString().contains(other), checked::toString);
        String beforeFacts = "- boot_config: {settings: {gpu_mem: 16}}\n  environment: {A: '{{ ansible_env.PATH }}'}\n";
        assertEquals(4, play(beforeFacts, "-e", "ansible_host={{ lookup('pipe', 'echo n1') }}").code());
    }

    /** Each play's node is asked by its own connection, after what its tasks before are told there. */
    @Test
    void eachPlayIsLookedAtAsItWillBePlayed() throws IOException {
        Path model = Path.of("/proc/device-tree/model");
        assumeFalse(Files.exists(Path.of("/boot/config.txt")) || Files.exists(Path.of("/boot/firmware/config.txt"))
                || (Files.exists(model) && Files.readString(model).contains("Raspberry")));
        Files.writeString(folder.resolve("far"), "n1 ansible_host=127.0.0.1 ansible_port=9\n");
        Files.writeString(folder.resolve("where.yml"), "where: /boot\n");
        String one = """
                - {hosts: all, gather_facts: false, connection: local, tasks: [FIRST]}
                - {hosts: all, gather_facts: false, TASKS}
                """;
        Files.writeString(folder.resolve("far.yml"), one.replace("FIRST", "gpio_shutdown: ")
                .replace("TASKS", "tasks: [eeprom_config: {settings: {BOOT_ORDER: '0x1'}}]"));
        Cli cli = new Cli(folder, folder.resolve("data"));
        Cli.Said said = cli.call("run", "-i", "far", "far.yml");
        assertTrue(said.code() == 4 && said.err().contains("n1: gpio_shutdown: there is no"), said::toString);
        assertFalse(said.err().contains("eeprom_config: "), said::toString);
        Files.writeString(folder.resolve("far.yml"), one.replace("tasks: [FIRST]",
                "vars_files: [where.yml], tasks: [command: 'echo {{ where }}']")
                .replace("TASKS", "connection: local, tasks: [gpio_shutdown: ]"));
        said = cli.call("run", "-i", "far", "far.yml");
        assertTrue(said.code() == 2 && said.out().contains("PLAY RECAP"), said::toString);
    }

    /** What delegate_to names is the other side of synchronize, not where it is done. */
    @Test
    void synchronizeIsDoneOnItsOwnHost() throws IOException {
        Files.createDirectories(folder.resolve("from"));
        Files.writeString(folder.resolve("from/f"), "x");
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - synchronize: {src: from/, dest: "{{ playbook_dir }}/to/"}
                      delegate_to: localhost
                    - local_action: synchronize src=from/ dest={{ playbook_dir }}/too/
                      ignore_errors: true
                    - synchronize: {src: from/, dest: "{{ playbook_dir }}/to/"}
                      delegate_to: n2
                      ignore_errors: true
                    - synchronize: {src: from/, dest: "{{ playbook_dir }}/to/"}
                      delegate_to: "{{ inventory_hostname }}"
                """);
        Files.writeString(folder.resolve("hosts"),
                "n1 ansible_connection=local\nn2 ansible_host=127.0.0.1 ansible_port=9\n");
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                java.util.List.of("run", "-i", "hosts", "--limit", "n1", "site.yml"));
        assertTrue(Files.exists(folder.resolve("to/f")) && Files.exists(folder.resolve("too/f")), said::toString);
        assertTrue(said.out().contains("delegate_to: n2, but its other side is always this machine"), said::toString);
        assertEquals(0, said.code(), said::toString);
        Files.delete(folder.resolve("to/f"));
        Cli.Said far = new Cli(folder, folder.resolve("data")).call(
                java.util.List.of("run", "-i", "hosts", "--limit", "n2", "site.yml"));
        assertTrue(far.out().contains("unreachable=1") && Files.notExists(folder.resolve("to/f")), far::toString);
    }

    /** Playbooks for several systems have tasks with modules for those that aren't here; a misspelt name is one everywhere. */
    @Test
    void aTaskWhoseModuleIsElsewhereFailsOnlyWhereItIsReached() throws IOException {
        Cli.Said said = play("""
                - community.general.pacman: {name: x}
                  when: os is defined
                - rpm_key: key=x
                  when: os is defined
                - block:
                    - action: ansible.builtin.subversion repo=x
                  rescue:
                    - debug: {msg: "{{ ansible_failed_result.msg }}"}
                - amazon.aws.ec2_instance some text
                """.replace("ec2_instance some", "ec2_instance: some"));
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("skipped=2    rescued=1"), said::toString);
        assertTrue(said.out().contains("\"msg\": \"Tried to run the module \\\"ansible.builtin.subversion\\\""),
                said::toString);
        assertTrue(said.err().contains("pacman") && said.err().contains("site.yml:4:7"), said::toString);

        Cli.Said misspelt = play("""
                - comunity.general.ufw: {}
                - ansible.posix.sysclt: {}
                - community.general.npn: {}
                - nobodys.own.file: {}
                """);
        assertEquals(4, misspelt.code(), misspelt::toString);
        assertTrue(misspelt.err().contains("\"nobodys.own.file\""), misspelt::toString);
        for (String near : java.util.List.of("community.general.ufw", "ansible.posix.sysctl",
                "community.general.npm")) {
            assertTrue(misspelt.err().contains("Did you mean \"" + near + "\"?"), misspelt::toString);
        }
    }

    @Test
    void whatIncludesItselfOnAndOnIsStopped() throws IOException {
        Files.writeString(folder.resolve("more.yml"), "- include_tasks: more.yml\n");
        Cli.Said said = play("""
                - block:
                    - include_tasks: more.yml
                  rescue:
                    - debug: {msg: "{{ ansible_failed_result.msg }}"}
                """);
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains(": Tried to include more, but this is inside of 1000 includes already."),
                said::toString);
    }

    /** The check, which runs after the file was read and before it is replaced, plays somebody else who writes to it. */
    @ParameterizedTest
    @CsvSource({"1, 0, new, 2", "2, 0, new, 3", "3, 2, other 3, 3"})
    void aFileThatKeepsChangingIsTriedThreeTimes(int changes, int code, String content, int tries) throws IOException {
        Files.writeString(folder.resolve("file"), "old");
        Files.writeString(folder.resolve("check"), """
                cd FOLDER
                echo x >>tries
                n=$(grep -c x tries)
                [ $n -gt CHANGES ] || printf "other $n" >file
                """.replace("CHANGES", Integer.toString(changes)).replace("FOLDER", folder.toString()));
        Cli.Said said = play("- copy: {dest: FOLDER/file, content: new, validate: sh FOLDER/check %s}\n");
        assertEquals(code, said.code(), said::toString);
        assertEquals(content, Files.readString(folder.resolve("file")));
        assertEquals(tries, Files.readAllLines(folder.resolve("tries")).size());
        assertEquals(code != 0, said.out().contains("Tried 3 times to write " + folder.resolve("file")
                + ", but each time something else had changed it since it was read"), said::toString);
    }

    @Test
    void aFileOfTheControllerThatCannotBeReadFailsItsItemOnly() throws IOException {
        Files.write(folder.resolve("latin.j2"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(folder.resolve("good.j2"), "good");
        Cli.Said said = play("""
                - template: {src: "{{ item }}", dest: "FOLDER/{{ item }}.out"}
                  loop: [good.j2, latin.j2, none.j2]
                  ignore_errors: true
                - debug: {msg: went on}
                """);
        assertTrue(said.out().contains("changed: [n1] => (item=good.j2)"), said::toString);
        assertTrue(said.out().contains("Tried to read the template " + folder.resolve("latin.j2")
                + ", but it is no UTF-8 text."), said::toString);
        assertTrue(said.out().contains("(item=none.j2) => ") && said.out().contains("went on"), said::toString);
    }

    @Test
    void aLoopEndsWhereItsHostCannotBeReached() throws IOException {
        Cli.Said said = play("""
                - command: echo {{ item }}
                  loop: [1, 2, 3]
                  vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}
                """);
        assertEquals(4, said.code(), said::toString);
        assertFalse(said.out().contains("\"item\": 2"), said::toString);
    }

    @Test
    void whatMayBeSecretIsHidden() throws IOException {
        Cli.Said said = play("""
                - command: echo {{ item.password }}
                  loop: [{password: first-secret, hide: true}]
                  no_log: "{{ item.hide }}"
                - command: echo other-secret
                  no_log: "{{ nowhere }}"
                """, "-vvv");
        assertFalse((said.out() + said.err()).contains("-secret"), said::toString);
    }

    @Test
    void theWayToAHostIsReadAsItIsWritten() throws IOException {
        Cli.Said said = play("""
                - ping:
                  vars:
                    ansible_connection: ssh
                    ansible_ssh_common_args: -o ProxyCommand="sh -c 'echo went %h > FOLDER/through'"
                """);
        assertEquals(4, said.code(), said::toString);
        assertEquals("went n1\n", Files.readString(folder.resolve("through")));

        Cli.Said port = play("- ping:\n  vars: {ansible_connection: ssh, ansible_port: twenty}\n");
        assertTrue(port.out().contains("the port to reach n1 by, but \\\"twenty\\\" is no number"), port::toString);
        Cli.Said high = play("- ping:\n  vars: {ansible_connection: ssh, ansible_port: 99999}\n");
        assertTrue(high.out().contains("\\\"99999\\\" is none: ports are 1 to 65535"), high::toString);

        Files.writeString(folder.resolve("own"), "localhost ansible_port=1\n");
        Cli.Said own = play("- ping:\n", "-i", "own", "--limit", "localhost");
        assertEquals(4, own.code(), own::toString);
    }

    @Test
    void aHandlersNameMayHaveACommaInIt() throws IOException {
        Files.writeString(folder.resolve("hosts"), "n1 ansible_connection=local\n");
        Files.writeString(folder.resolve("comma.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - command: "true"
                      notify: Restart it, gently
                  handlers:
                    - name: Restart it, gently
                      debug: {msg: restarted}
                """);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "comma.yml");
        assertTrue(said.code() == 0 && said.out().contains("restarted"), said::toString);
    }

    @Test
    void aKeywordThatCannotBeEvaluatedFailsItsTask() throws IOException {
        for (String keyword : java.util.List.of("run_once", "no_log", "throttle", "notify", "delay", "become_user")) {
            Cli.Said said = play("""
                    - command: "false"
                      failed_when: false
                      until: true
                      become: "{{ FOLDER is undefined }}"
                      KEYWORD: "{{ nowhere }}"
                    """.replace("{{ FOLDER is undefined }}", keyword.equals("become_user") ? "yes" : "no")
                    .replace("KEYWORD", keyword));
            assertEquals(2, said.code(), () -> keyword + "\n" + said);
            assertTrue(keyword.equals("no_log") || said.out().contains("'nowhere' is undefined"), said::toString);
        }
    }

    @Test
    void aSecretIsInNeitherStatisticsNorTheRecord() throws IOException {
        Files.writeString(folder.resolve("key"), "key\n");
        Files.writeString(folder.resolve("secret.yml"), "token: it's a \\ token\n");
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(0, cli.call("vault", "encrypt", "--vault-password-file", "key", "secret.yml").code());
        Cli.Said said = play("""
                - set_stats: {data: {shown: "{{ token }}"}}
                - shell: "echo {{ token | quote }}"
                """, "--vault-password-file", "key", "-ve", "@secret.yml", "-e", "password=p-token");
        cli.call("exec", "-i", "hosts", "all", "-bm", "debug", "-amsg=a-token");
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.out().replace("echo {{ token", "").contains("a \\"), said::toString);
        assertTrue(said.out().contains("RUN: { \"shown\": \"********\"}"), said::toString);
        String recorded = cli.call("history").out() + Files.readString(folder.resolve("data/runs.db"),
                StandardCharsets.ISO_8859_1)
                + (Files.exists(folder.resolve("data/runs.db-wal"))
                        ? Files.readString(folder.resolve("data/runs.db-wal"), StandardCharsets.ISO_8859_1)
                        : "");
        assertFalse(recorded.contains("p-token"), "an extra variable is in the record");
        assertFalse(recorded.contains("msg=a-token"), "a single task's arguments are in the record");
    }

    @Test
    void aBrokenRecordStopsNoRun() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/runs.db"),
                "this is no database, but it is long enough to look like one");
        Cli.Said said = play("- command: echo done\n");
        assertTrue(said.code() == 0 && said.err().contains("This run is not recorded"), said::toString);
        Cli.Said history = new Cli(folder, folder.resolve("data")).call("history");
        assertTrue(history.code() == 1 && history.err().contains("Tried to read the record of runs")
                && !history.err().contains("bug"), history::toString);
    }

    @Test
    void whatDoesNotFitIntoMemoryIsTheTasksFailureOnThatHost() throws Exception {
        Files.writeString(folder.resolve("site.yml"), """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - shell: yes 0123456789 | head -c {{ (inventory_hostname == 'n1') | ternary(64, 6) }}000000
                      register: r
                    - debug: {msg: "{{ r.stdout | length }} letters"}
                """);
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx160m", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "ansible-playbook", "-i", "n1,n2,", "-c", "local", "site.yml")
                .directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, process.waitFor(), said);
        assertTrue(said.contains("fatal: [n1]: FAILED! =>") && said.contains("BRAMBLE_JAVA_OPTS=-Xmx4g")
                && said.contains("6000000 letters") && !said.contains("\tat "), said);
    }
}
