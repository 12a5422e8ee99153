package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can't be right is refused by the project's roles before any node is touched: these nodes aren't even there. */
class RoleChecksTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "load_balancer | {load_balancer_workers: []} | name at least one",
        "load_balancer | {load_balancer_workers: [192.0.2.2, 192.0.2.2]} | each but once",
        "load_balancer | {load_balancer_workers: [192.0.2.1]} | 192.0.2.1 is the balancer itself",
        "load_balancer | {} | The node is a head node (nat_heads), too, which hands on packets",
        "nat_head | {nat_head_inside: eth1} | eth1 is the outer interface (nat_head_outside), too",
        "nat_head | {nat_head_dhcp_range: [192.168.50.9]} | two of them, the first and the last",
        "nat_head | {nat_head_dhcp_range: [192.168.50.9, 192.168.51.9]} | 192.168.51.9 is not in the inner network",
        "nat_head | {nat_head_ssh_ports: [2222], ansible_port: 22} | You log in by port 22, which is not among 2222",
        "nat_head | {nat_head_open: [80, dns]} | dns is no port",
        "tls_ca | {tls_ca_certificate_valid: +20d} | would be made anew 30 days before it ends: at once",
        "tls_ca | {tls_ca_renew_authority_days: 3650} | of the authority, of tls_ca_valid (+3650d)",
        "nfs_server | {nfs_server_exports: [{path: x, clients: ['*']}]} | x is not an absolute path",
        "nfs_server | {nfs_server_exports: [{clients: ['*']}, {path: x}]} | x is not an absolute path",
        "nfs_server | {nfs_server_exports: [{path: /x, clients: ['*'], options: [ro, rw]}]} | /x is both ro and rw",
        "nfs_server | {nfs_server_exports: [{path: /x, clients: [a]}, {path: /x, clients: [b]}]} | listed twice",
        "floating_ip | {floating_ip_address: 192.0.2.9} | '192.0.2.9' is no address with its prefix",
        "floating_ip | {floating_ip_address: 192.0.2.9/24, floating_ip_router_id: 256} | 256 is no number from 1 to 255",
        "floating_ip | {floating_ip_address: 192.0.2.9/24, floating_ip_priority: 0} | 0 is no number from 1 to 254",
        "floating_ip | {floating_ip_address: 192.0.2.9/24, floating_ip_password: much-too-long} | It has 13 characters",
        "dhcp_server | {dhcp_server_subnet: 192.0.2.0/33} | '192.0.2.0/33' is no network",
        "dhcp_server | {dhcp_server_pools: [192.168.10.9-192.168.10.2]} | 192.168.10.9-192.168.10.2 ends before",
        "dhcp_server | {dhcp_server_routers: [192.168.11.1]} | 192.168.11.1 is no address within 192.168.10.0/24",
        "nfs_client | {nfs_client_mounts: {home: -rw /home}} | home: '-rw /home' names no server:/path",
        "ssh_ca | {ssh_ca_port: 70000} | 70000 is no port",
        "sshd | {sshd_port: 0} | 0 is no port",
        "sd_cards | {sd_cards_image: x.img, sd_cards_devices: {}} | It names no card",
        "sd_cards | {sd_cards_image: x.img, sd_cards_devices: {pi9: /dev/sda}} | pi9 is no host of the inventory",
        "sd_cards | {sd_cards_image: x.img, sd_cards_devices: {pi1: sda}} | pi1: sda is no device, /dev/sda say.",
        "sd_cards | {sd_cards_image: x.img, sd_cards_devices: {pi1: /dev/sda, pi9: /dev/sda}} | /dev/sda is the card of pi1 and pi9: a card is one node's.",
        "sd_cards | {sd_cards_image: x.img, sd_cards_backups: [{source: pi7, file: /x.img}]} | pi7 is no host of the inventory",
        "sd_cards | {sd_cards_image: x.img, sd_cards_backups: [{source: pi1, file: /x.zip}]} | /x.zip doesn't say how",
        "dhcp_server | {dhcp_server_clients: [pi1, pi7], dhcp_server_pair: [pi1]} | pi7 is no host of the inventory.",
        "floating_ip | {floating_ip_address: 192.0.2.9/24, floating_ip_advert_int: 0} | 0 is no whole number of seconds",
        "time | {time_allow: [192.0.2.0/40]} | '192.0.2.0/40' is no network",
        "chroot_httpd | {chroot_httpd_port: 80} | 80 is a port that only root may listen on",
        "chroot_httpd | {chroot_httpd_root: /opt/} | /opt/ can't be the folder",
    })
    void isRefused(String role, String variables, String why) throws IOException {
        Path inventory = Files.writeString(folder.resolve("hosts"), "[nat_heads]\npi1 ansible_host=192.0.2.1\n");
        Path book = Files.writeString(folder.resolve("site.yml"), "- {hosts: all, roles: [%s]}\n".formatted(role));
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("run", "-i", inventory.toString(), "-e", variables, book.toString()));
        assertEquals(4, said.code(), said::toString);
        assertTrue((said.toString().contains("ERROR! pi1: " + role) && said.toString().contains(why))
                || said.toString().contains("ERROR! pi1: ansible_host: " + why), said::toString);
    }

    /** {@code -e sshd_password_authentication=false} gives a text, which would hold where it is asked for as it is. */
    @Test
    void whatIsYesOrNoCountsAsATextToo() throws IOException {
        var bare = new ArrayList<String>();
        for (Path file : files(PROJECT.resolve("roles"))) {
            if (!file.endsWith("meta/argument_specs.yml")) {
                continue;
            }
            String names = Pattern.compile("(?m)^ {6}(\\w+):\n {8}type: bool").matcher(Files.readString(file)).results()
                    .map(found -> found.group(1)).collect(Collectors.joining("|", "(", ")"));
            Pattern asked = Pattern.compile("(\\b(if|elif|not|and|or|when:|that:) |^ +- )" + names
                    + "(?=\\s*$| (or|and|else|%)|\\s*[)}])|^\\s+" + names + " (or|and) ");
            for (Path one : files(file.resolve("../..").normalize())) {
                Files.readAllLines(one).stream().filter(line -> !names.equals("()") && asked.matcher(line).find())
                        .map(line -> PROJECT.relativize(one) + ": " + line.strip()).forEach(bare::add);
            }
        }
        assertEquals(List.of(), bare);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static final String SPEC = """
            argument_specs:
              main:
                options:
                  web_name: {type: str, required: true}
                  web_port: {type: int}
                  web_mode: {type: str, choices: [fast, safe]}
                  web_sites:
                    type: list
                    elements: dict
                    options: {at: {type: path, required: true}}
                  web_password: {type: int, no_log: true}
            """;

    /** What contradicts a role's argument spec: all at once, of all hosts, with the line that says it. */
    @Test
    void argumentSpecsCountBeforeAnyNodeIsTouched() throws IOException {
        Files.writeString(folder.resolve("hosts.yml"), """
                all:
                  hosts:
                    pi1: {ansible_host: 192.0.2.1, web_name: one, web_port: eighty}
                    pi2: {ansible_host: 192.0.2.2, web_sites: [{to: /x}]}
                    pi3: {ansible_host: 192.0.2.3, web_name: three, web_password: s3cretword}
                    pi4: {ansible_host: 192.0.2.4, web_name: "{{ ansible_hostname }}", web_port: "{{ told.stdout }}"}
                """);
        Files.createDirectories(folder.resolve("group_vars"));
        Files.writeString(folder.resolve("group_vars/all.yml"), "---\nweb_mode: slow\n");
        String play = "- hosts: all\n  gather_facts: false\n  roles: [web]\n";
        Cli.Said said = web(play, "run");
        assertEquals(4, said.code(), said::toString);
        for (String finding : List.of(
                "pi1: web_port: argument 'web_port' is of type <class 'str'> and we were unable to convert to int:",
                "pi2: web_name: It is missing, and the role can't do without it.",
                "pi2: web_sites: missing required arguments: at found in web_sites.",
                "pi2: web_sites: there is no web_sites.to; there are at.",
                "pi3: web_password: argument 'web_password' is of type <class 'str'>",
                "pi1, pi2, pi3, pi4: web_mode: value of web_mode must be one of: fast, safe, got: slow.",
                "hosts.yml:3:51", "hosts.yml:4:11", "hosts.yml:4:48", "hosts.yml:5:53", "group_vars/all.yml:2:1")) {
            assertTrue(said.toString().contains(finding), () -> finding + "\n" + said);
        }
        assertEquals(6, said.err().split("ERROR! ", -1).length - 1, said::toString);
        assertFalse(said.toString().contains("s3cretword") || said.out().contains("PLAY"), said::toString);
        assertTrue(web(play, "check").toString().contains("web_mode must be one of"));
        assertTrue(web(play, "run", "--limit", "pi4").err().contains("ERROR! pi4: web_mode"));
    }

    /** What a run might accept all the same, or would be rescued from, is left for the role to tell. */
    @ParameterizedTest
    @ValueSource(strings = {
        "{hosts: all, gather_facts: false, tasks: [{set_fact: {web_name: x}}, {include_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{set_fact: '{{ all_of_it }}'}, {include_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{command: 'true', register: web_name}, {include_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{include_vars: x.yml}, {import_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{include_tasks: '{{ x }}.yml'}, {import_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{group_by: {key: x}}, {import_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{meta: end_play}, {import_role: {name: web}}]}",
        "{hosts: all, gather_facts: false, tasks: [{import_role: {name: web}, when: told.stdout == ''}]}",
        "{hosts: all, gather_facts: false, tasks: [{import_role: {name: web}, ignore_errors: true}]}",
        "{hosts: all, gather_facts: false, tasks: [{block: [{import_role: {name: web}}], rescue: [{debug: {msg: x}}]}]}",
        "{hosts: all, gather_facts: false, vars_prompt: [{name: web_name, default: x}], roles: [web]}",
    })
    void whatMayYetBeRightIsNotRefused(String play) throws IOException {
        Files.writeString(folder.resolve("hosts.yml"),
                "all: {hosts: {pi1: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n");
        Cli.Said said = web("- " + play + "\n", "check");
        assertFalse(said.toString().contains("It is missing"), said::toString);
    }

    /** The role's own message, where it begins; and all as Ansible does it under Ansible's names. */
    @Test
    void whatShowsOnlyThenIsToldAsEver() throws IOException {
        Files.writeString(folder.resolve("hosts.yml"), "all: {hosts: {pi1: {ansible_connection: local}}}\n");
        String play = "- hosts: all\n  gather_facts: false\n  roles: [web]\n";
        Files.createDirectories(folder.resolve("group_vars"));
        Files.writeString(folder.resolve("group_vars/all.yml"), """
                web_name: "{{ lookup('pipe', 'echo x') }}"
                web_port: "{{ lookup('pipe', 'echo x') }}"
                """);
        Cli.Said said = web(play, "run");
        assertTrue(said.code() == 2 && said.out().contains("fatal: [pi1]: FAILED! =>")
                && said.out().contains("Validation of arguments failed:"), said::toString);
        Files.writeString(folder.resolve("group_vars/all.yml"), "web_port: x\n");
        assertEquals(4, web(play, "run").code());
        Cli.Said compat = new Cli(folder, folder.resolve("data")).call("ansible-playbook", "-i", "hosts.yml",
                "site.yml");
        assertTrue(compat.code() == 2 && compat.out().contains("Validation of arguments failed:"), compat::toString);
    }

    /** A module that finds something in what a role makes of its variables: the one that it is in is told, with where it stands. */
    @Test
    void whatModulesFindNamesTheRolesVariable() throws IOException {
        Files.writeString(folder.resolve("hosts.yml"), """
                dns_servers:
                  hosts: {pi1: {ansible_host: 192.0.2.1}}
                  vars:
                    dns_server_zone: lan
                    dns_server_records: [{name: a, type: A, value: 192.0.2.300}]
                """);
        Path book = Files.writeString(folder.resolve("site.yml"), "- {hosts: dns_servers, roles: [dns_server]}\n");
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("run", "-i", "hosts.yml", book.toString()));
        assertEquals(4, said.code(), said::toString);
        assertTrue(said.err().contains("pi1: dns_server_records: a A is '192.0.2.300', which is no address")
                && said.err().contains(" --> hosts.yml:5:26\n")
                && said.err().contains("= hint: It is what dns_zone is given at "),
                said::toString);
        assertFalse(said.err().contains("SOA"), said::toString);
        Files.writeString(folder.resolve("more.yml"),
                """
                        all:
                          hosts: {pi2: {ansible_host: "{{ lookup('pipe', 'echo 192.0.2.2') }}"}}
                          vars: {dns_server_records: [{name: "@", type: SOA, value: x}, {name: "@", type: MX, value: pi2, priority: 1}]}
                        """);
        Files.writeString(folder.resolve("hosts.yml"), "dns_servers: {hosts: {pi1: {ansible_host: 192.0.2.1}}}\n");
        said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("run", "-i", "hosts.yml", "-i", "more.yml", "-l", "pi1", book.toString()));
        assertTrue(said.code() == 4 && said.err().contains("pi1: dns_server_records: @ SOA is a second SOA")
                && said.err().contains(" --> more.yml:3:31\n"), said::toString);
        assertEquals(1, said.err().split("ERROR! pi1", -1).length - 1, said::toString);
    }

    /** What a task repeats is looked at for each item that is known and done. */
    @Test
    void itemsOfLoopsAreLookedAt() throws IOException {
        Files.writeString(folder.resolve("hosts"), "pi1\n");
        Files.writeString(folder.resolve("site.yml"),
                """
                        - hosts: all
                          gather_facts: false
                          vars:
                            zones:
                              a.lan:
                                - {name: v, type: A, value: 10.0.0.3}
                                - {name: w, type: A, value: 10.0.0.300}
                              b.lan: [{name: w, type: B, value: x}]
                            pins: [3, 28]
                          tasks:
                            - dns_zone: {zone: "{{ item.key }}", soa: {primary: n.x., mail: m}, name_servers: [n.x.], records: "{{ item.value }}"}
                              with_dict: "{{ zones }}"
                              when: item.key != 'b.lan'
                            - gpio_shutdown: {pin: "{{ pin }}"}
                              loop: "{{ pins }}"
                              loop_control: {loop_var: pin}
                            - gpio_shutdown: {pin: "{{ item }}"}
                              loop: "{{ ansible_devices | map('int') }}"
                        """);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("check", "-i", "hosts", "site.yml");
        assertTrue(said.out().contains("error: pi1: zones: w A is '10.0.0.300', which is no address")
                && said.out().contains(" --> site.yml:7:11\n")
                && said.out().contains("error: pi1: pins: pin is a GPIO number from 0 to 27, not 28 ")
                && said.out().contains(" --> site.yml:9:15\n")
                && said.out().endsWith("2 errors, 0 warnings.\n"), said::toString);
    }

    /** What a role says of other hosts' variables, its module doesn't say again of those beside it. */
    @Test
    void whatARoleSaysIsToldOnce() throws IOException {
        Files.writeString(folder.resolve("hosts.yml"), """
                all:
                  hosts:
                    pi1: {ansible_host: 192.0.2.1, mac_address: "b8:27:eb:00:00:01"}
                    pi2: {ansible_host: 198.51.100.2, mac_address: "b8:27:eb:00:00:02"}
                    pi3: {ansible_host: 192.0.2.3, mac_address: "b8:27:eb:00:00:01"}
                    pi4: {ansible_host: pi4.lan, mac_address: 11:22:33:44:55:56}
                  vars:
                    dhcp_server_subnet: 192.0.2.0/24
                    dhcp_server_pools: []
                    dhcp_server_routers: []
                  children:
                    dhcp_servers: {hosts: {hub: {ansible_host: 192.0.2.9}}}
                """);
        Path book = Files.writeString(folder.resolve("site.yml"), "- {hosts: dhcp_servers, roles: [dhcp_server]}\n");
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("run", "-i", "hosts.yml", book.toString()));
        assertEquals(4, said.code(), said::toString);
        assertEquals(List.of(
                "ERROR! pi4: mac_address: '8846009756' is no address of a network card: b8:27:eb:00:00:01 is one, say. Put it into quotation marks: without, YAML takes it for a number.",
                "ERROR! pi4: ansible_host: 'pi4.lan' is no address that DHCP could give: set one, or leave the node out of dhcp_server_clients.",
                "ERROR! pi2: ansible_host: '198.51.100.2' is outside of 192.0.2.0/24 (dhcp_server_subnet), so that it can't be given by DHCP.",
                "ERROR! pi3: mac_address: b8:27:eb:00:00:01 is the network card of pi1, too."),
                said.err().lines().filter(line -> line.startsWith("ERROR!")).toList(), said::toString);
    }

    /** A play's files count for its own roles, whatever other plays have. */
    @Test
    void whatAPlaysFilesSayIsRightThere() throws IOException {
        Files.writeString(folder.resolve("hosts"), """
                [dhcp_servers]
                pi1 ansible_host=10.0.0.2
                [others]
                pi2 ansible_host=10.0.0.50 mac_address=b8:27:eb:00:00:01
                """);
        Files.writeString(folder.resolve("lan.yml"),
                "dhcp_server_subnet: 10.0.0.0/24\ndhcp_server_pools: [10.0.0.100-10.0.0.120]\ndhcp_server_routers: []\n");
        Files.writeString(folder.resolve("site.yml"), """
                - {hosts: dhcp_servers, gather_facts: false, vars_files: [lan.yml], roles: [dhcp_server]}
                - {hosts: dhcp_servers, gather_facts: false, roles: [timezone]}
                """);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(
                Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()),
                List.of("check", "-i", "hosts", "site.yml"));
        assertFalse(said.toString().contains("is outside of") || said.code() != 0, said::toString);
    }

    private Cli.Said web(String play, String... words) throws IOException {
        Files.createDirectories(folder.resolve("roles/web/meta"));
        Files.createDirectories(folder.resolve("roles/web/tasks"));
        Files.writeString(folder.resolve("roles/web/meta/argument_specs.yml"), SPEC);
        Files.writeString(folder.resolve("roles/web/tasks/main.yml"), "- debug: {msg: done}\n");
        Files.writeString(folder.resolve("x.yml"), "web_mode: fast\n");
        Files.writeString(folder.resolve("site.yml"), play);
        var call = new ArrayList<>(List.of(words));
        call.addAll(List.of("-i", "hosts.yml", "site.yml"));
        return new Cli(folder, folder.resolve("data")).call(call);
    }

    /** The same where the module stands by itself; what isn't known beforehand is passed over. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "keepalived: {instances: {V: {interface: eth0, vrid: 51, virtual_addresses: [192.0.2.9/24]}}} | pi1, pi2: keepalived: they share 192.0.2.9 (virtual_router_id 51), and have one priority, 100",
        "keepalived: {instances: {V: {interface: eth0, vrid: 51, priority: high, auth_pass: s3cretword}, W: {vrid: 1, auth_pass: s3cretword2}}} | pi1, pi2: keepalived: argument 'instances.V.priority' is of type",
        "keepalived: {instances: {V: {interface: eth0, vrid: 51, auth_pass: very-long-one}}} | pi1, pi2: keepalived: auth_pass of V has 13 characters",
        "keepalived: {instances: {V: {interfce: eth0, vrid: 51}}} | pi1, pi2: keepalived: Unsupported parameters: interfce found in instances.V.",
        "dns_zone: {zone: a, soa: {primary: n, mail: m}, name_servers: [n], hosts: {n: 192.0.2.9}, records: [{name: '@', type: SOA, value: x}]} | pi1, pi2: dns_zone: @ SOA is a second SOA",
        "dhcp_server: {subnets: [{subnet: 192.0.2.0/24, pools: [192.0.2.1-192.0.2.9, 192.0.2.5-192.0.2.20]}]} | pi1, pi2: dhcp_server: the pools",
        "boot_config: {cmdline: [two words]} | pi1, pi2: boot_config: cmdline takes words without spaces",
        "gpio_shutdown: {pin: 28} | pi1, pi2: gpio_shutdown: pin is a GPIO number from 0 to 27, not 28",
        "eeprom_config: {settings: {boot_order: '0xf1'}} | pi1, pi2: eeprom_config: settings have names in capitals",
        "dhcp_server: {subnets: [192.0.2.0/24], dns_servers: [pi1], max_lease_time: hour} | pi1, pi2: dhcp_server: dns_servers has 'pi1', which is no address",
        "dhcp_server: {subnets: [192.0.2.0/24], dns_servers: [pi1], interfaces: ['{{ ansible_default_ipv4.interface }}']} | pi1, pi2: dhcp_server: dns_servers has 'pi1', which is no address",
    })
    void isRefusedOfModules(String task, String why) throws IOException {
        Path inventory = Files.writeString(folder.resolve("hosts"),
                "pi1 ansible_host=192.0.2.1\npi2 ansible_host=192.0.2.2\n");
        Cli cli = new Cli(folder, folder.resolve("data"));
        Path book = Files.writeString(folder.resolve("site.yml"),
                "- hosts: all\n  gather_facts: false\n  tasks:\n    - %s\n".formatted(task));
        Cli.Said said = cli.call("run", "-i", inventory.toString(), book.toString());
        assertEquals(4, said.code(), said::toString);
        assertTrue(
                said.toString().contains("ERROR! " + why)
                        && said.toString().matches("(?s).* site.yml:4:(?!7\n)\\d+\n.*"),
                said::toString); // within the arguments
        assertFalse(said.toString().contains("s3cretword"), said::toString);
        Files.writeString(book, Files.readString(book) + "      when: later\n");
        assertFalse(cli.call("check", "-i", inventory.toString(), book.toString()).toString().contains(why));
    }

    /** A floating address is nobody's own, of those neither that don't come to the task. */
    @Test
    void noHostHasAFloatingAddress() throws IOException {
        Files.writeString(folder.resolve("hosts"),
                "pi1 ansible_host=192.0.2.1\nworker ansible_host=192.0.2.9\n192.0.2.8\n");
        Files.writeString(folder.resolve("site.yml"),
                """
                        - hosts: pi1
                          gather_facts: false
                          tasks:
                            - keepalived: {instances: {V: {interface: eth0, vrid: 51, virtual_addresses: [192.0.2.9/24, 192.0.2.8/24]}}}
                        """);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "site.yml");
        assertEquals(4, said.code(), said::toString);
        for (String host : List.of("worker: ansible_host: 192.0.2.9", "192.0.2.8: ansible_host: 192.0.2.8")) {
            assertTrue(said.err().contains("ERROR! " + host + " is one of the virtual_addresses of V, too"),
                    said::toString);
        }
    }

    /** A variable that a role doesn't have would have no effect, and no error: the run and the check tell where it stands. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "check | sshd_prot: 2222 | The role sshd has no variable sshd_prot. | Did you mean \"sshd_port\"?",
        "run --list-hosts | sshd_prot: 2222 | The role sshd has no variable sshd_prot. | Did you mean \"sshd_port\"?",
        "check | timezone_of: x | The role timezone has no variable timezone_of. | It has timezone_name.",
    })
    void tellsOfVariablesThatNoRoleHas(String command, String variable, String what, String hint) throws IOException {
        Path inventory = Files.writeString(folder.resolve("hosts.yml"),
                "all:\n  hosts:\n    pi1:\n      timezone_name: Etc/UTC\n      %s\n".formatted(variable));
        Path book = Files.writeString(folder.resolve("site.yml"),
                "- {hosts: all, roles: [sshd], tasks: [{include_role: {name: timezone}}]}\n");
        var call = new ArrayList<>(List.of(command.split(" ")));
        call.addAll(List.of("-i", inventory.toString(), book.toString()));
        Cli.Said said = new Cli(folder, folder.resolve("data"))
                .call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()), call);
        assertEquals(0, said.code(), said::toString);
        assertTrue(Stream.of(what, hint, "hosts.yml:5:7").allMatch(said.toString()::contains), said::toString);
        assertFalse(said.toString().contains("no variable timezone_name"), said::toString);
    }

    /** Whoever plays these would not get in again: by what variables, the play and the command line say of the login. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sshd | -u root | You log in as root, whom",
        "sshd | -e ansible_user=root -e sshd_permit_root_login=forced-commands-only | You log in as root, whom",
        "sshd | -u root -e ansible_password=secret -e sshd_permit_root_login=prohibit-password | root in only with a key",
        "sshd | -e ansible_password=secret -e sshd_password_authentication=false | nobody in with one",
        "ssh_ca | -e ansible_password=secret | You log in with a password",
        "ssh_ca | -e ansible_ssh_pass=secret | You log in with a password",
        "ssh_ca | -e ansible_ssh_password=secret | You log in with a password",
        "ssh_ca | -e ansible_password={{lookup('file','/nowhere')}} | You log in with a password",
        "ssh_ca | --connection-password-file pass | You log in with a password",
    })
    void nobodyLocksHimselfOut(String role, String flags, String why) throws IOException {
        Cli.Said said = loggingIn(role, flags);
        assertEquals(4, said.code(), said::toString);
        assertTrue(said.toString().contains("ERROR! pi1: " + role) && said.toString().contains(why), said::toString);
        assertFalse(said.toString().contains("secret") || said.toString().contains("keeper: "), said::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sshd | -u anna", "sshd | -u root -e sshd_permit_root_login=prohibit-password", "ssh_ca | -u anna",
        "ssh_ca | --connection-password-file pass -e ssh_ca_password_authentication=true",
        "ssh_ca | --connection-password-file pass -e ansible_password=",
    })
    void whoGetsInIsNotRefused(String role, String flags) throws IOException {
        Cli.Said said = loggingIn(role, flags);
        assertTrue(said.out().contains("UNREACHABLE") && !said.toString().contains("ERROR"), said::toString);
    }

    /** Plays a role on pi1; keeper has the authority's key, and lets passwords in. */
    private Cli.Said loggingIn(String role, String flags) throws IOException {
        Files.writeString(folder.resolve("pass"), "secret\n");
        Path inventory = Files.writeString(folder.resolve("hosts"),
                "keeper\npi1 ansible_host=127.0.0.1 ansible_port=1\n");
        Path book = Files.writeString(folder.resolve("site.yml"), "- {hosts: all, roles: [%s]}\n".formatted(role));
        var words = new ArrayList<>(List.of("run", "-i", inventory.toString(), "-l", "pi1", book.toString()));
        words.addAll(List.of(flags.split(" ", -1)));
        return new Cli(folder, folder.resolve("data"))
                .call(Map.of("ANSIBLE_ROLES_PATH", PROJECT.resolve("roles").toString()), words);
    }
}
