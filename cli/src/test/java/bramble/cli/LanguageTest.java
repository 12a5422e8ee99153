package bramble.cli;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.brought.Python;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What playbooks may say, by playbooks that look themselves whether it came true. */
class LanguageTest {
    @TempDir
    Path folder = Path.of("");

    private void file(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** The tasks are played on two hosts, which are both this machine. */
    private Cli.Said play(String tasks, String... more) throws IOException {
        file("site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n" + tasks.indent(4));
        file("hosts", "n[1:2] ansible_connection=local\n");
        var arguments = new ArrayList<>(List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        arguments.addAll(List.of(more));
        return new Cli(folder, folder.resolve("data")).call(arguments);
    }

    private void holds(String tasks, String... more) throws IOException {
        Cli.Said said = play(tasks, more);
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void listsSayWhatIsKnownBeforehandAndOnlyWhatIsDoneInAnyCase() throws IOException {
        file("roles/r/tasks/main.yml", """
                - {name: bring, include_role: {name: other}}
                - include_role: {name: other}
                - name: try
                  block:
                    - {name: a, debug: {}, tags: t}
                  rescue: [{name: b, debug: {}, tags: of_rescue}]
                  always: [{name: c, debug: {}}]
                """);
        file("site.yml", """
                - hosts: "{{ only | default(groups['g'][0]) }}"
                  vars: {part: one}
                  roles: [r]
                - name: part {{ part }} of {{ unknown }}
                  vars: {part: two}
                  hosts: n2
                  tasks: [meta: flush_handlers]
                """);
        file("hosts", "n2\n[g]\nn1\n");
        String tasks = """

                playbook: site.yml

                  play #1 (n1): n1\tTAGS: []
                    tasks:
                      bring\tTAGS: []
                      include_role\tTAGS: []
                      r : a\tTAGS: [t]

                  play #2 (n2): part {{ part }} of {{ unknown }}\tTAGS: []
                    tasks:
                      meta\tTAGS: []
                """;
        var cli = new Cli(folder, folder.resolve("data"));
        assertEquals(tasks, cli.call(List.of("ansible-playbook", "-i", "hosts", "site.yml", "--list-tasks")).out());
        assertEquals("""

                playbook: site.yml

                  play #1 (n2): n2\tTAGS: []
                    pattern: ['n2']
                    hosts (1):
                      n2
                      TASK TAGS: [t]

                  play #2 (n2): part two of 7\tTAGS: []
                    pattern: ['n2']
                    hosts (1):
                      n2
                      TASK TAGS: []
                """,
                cli.call(List.of("ansible-playbook", "-i", "hosts", "site.yml", "--list-hosts", "--list-tags", "-e",
                        "only=n2 unknown=7")).out());
    }

    @Test
    void othersSeeAnAddressOnlyWhereOneIsGiven() throws IOException {
        file("hosts",
                "[all:vars]\nansible_connection=local\n[all]\na ansible_ssh_host=10.0.0.9\nb\nc ansible_host=10.0.0.7\n");
        file("site.yml",
                """
                        - hosts: all
                          gather_facts: false
                          tasks:
                            - debug: {msg: "{{ [ansible_host] + groups.all | map('extract', hostvars) | map(attribute='ansible_host', default='-') | list }}"}
                        """);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "site.yml");
        List.of("10.0.0.9", "b", "10.0.0.7").forEach(own -> assertTrue(
                said.out().replaceAll("\\s+", "").contains("[\"" + own + "\",\"-\",\"-\",\"10.0.0.7\"]"),
                said::toString));
    }

    @Test
    void factsOutliveARunWhereTheConfigurationSaysSo() throws IOException {
        file("ansible.cfg",
                "[defaults]\nfact_caching=jsonfile\nfact_caching_connection=./kept\nfact_caching_prefix=a_\n");
        holds("""
                - set_fact: {kept: {deep: [1]}, cacheable: true}
                - set_fact: {lost: 1}
                """);
        assertTrue(Files.exists(folder.resolve("kept/a_n1")));
        holds("- assert: {that: [\"kept.deep == [1]\", lost is undefined]}");
        String kept = Files.readString(folder.resolve("kept/a_n1"));
        file("kept/a_n1", kept.substring(0, kept.length() / 2));
        Cli.Said torn = play("- assert: {that: kept is undefined}\n  when: inventory_hostname == 'n1'\n");
        assertEquals(0, torn.code(), torn::toString);
        assertTrue(torn.err().contains("a_n1, but it is no JSON object."), torn::toString);
        file("kept/a_n1", kept);
        holds("- assert: {that: kept is undefined}", "--flush-cache");
        holds("- assert: {that: kept is undefined}");
    }

    @Test
    void aRunGoesOnWhereTheServerThatIsToKeepFactsIsNot() throws IOException {
        file("ansible.cfg", "[defaults]\nfact_caching=redis\nfact_caching_connection=127.0.0.1:1:0\n");
        Cli.Said said = play("- set_fact: {kept: 1, cacheable: true}");
        assertEquals(0, said.code(), said::toString);
        assertEquals(2, said.err().split("Redis server 127.0.0.1:1, but", -1).length, said::toString);
    }

    @Test
    void secretsAreNotKept() throws IOException {
        file("ansible.cfg", "[defaults]\nfact_caching=jsonfile\nfact_caching_connection=./kept\n");
        file("password", "sesame\n");
        file("secret.yml", "word: opensesameopen\n");
        Cli.Said sealed = new Cli(folder, folder.resolve("data")).call("ansible-vault", "encrypt",
                "--vault-password-file", "password", "secret.yml");
        assertEquals(0, sealed.code(), sealed::toString);
        holds("""
                - include_vars: secret.yml
                - set_fact: {one: "{{ word }}", two: plain, cacheable: true}
                """, "--vault-password-file", "password");
        String kept = Files.readString(folder.resolve("kept/n1"));
        assertTrue(kept.contains("plain"), kept);
        assertFalse(kept.contains("opensesame"), kept);
    }

    @Test
    void mappingsOfSeveralLevelsMergeWhereTheConfigurationSaysSo() throws IOException {
        file("ansible.cfg", "[defaults]\nhash_behaviour=merge\n");
        file("group_vars/all.yml", "m: {group: 1, deep: {a: 1, b: 1}, both: group}\n");
        file("host_vars/n1.yml", "m: {host: 1, both: host}\n");
        String same = "m == {'group': 1, 'host': 1, 'task': 1, 'deep': {'a': 1, 'b': 2}, 'both': 'host'}";
        holds("- assert: {that: \"" + same + "\"}\n  when: inventory_hostname == 'n1'\n"
                + "  vars: {m: {task: 1, deep: {b: 2}}}\n");
    }

    @Test
    void whatIsDoneOnceCountsForAll() throws IOException {
        file("once.yml", "- set_fact: {inside: yes}\n");
        holds("""
                - set_fact: {everywhere: "{{ inventory_hostname }}"}
                  run_once: true
                - assert: {that: everywhere == 'n1'}
                - include_tasks: once.yml
                  run_once: true
                - assert: {that: (inside is defined) == (inventory_hostname == 'n1')}
                - include_tasks: {file: once.yml, apply: {run_once: true}}
                  run_once: true
                - assert: {that: inside is defined}
                """);
    }

    @Test
    void handlersOfCollectionsGoByTheirShortNameToo() throws IOException {
        String role = "collections/ansible_collections/my/own/roles/web/";
        file(role + "tasks/main.yml", "- assert: {that: [role_name == 'web', ansible_role_name == 'my.own.web']}\n");
        file(role + "handlers/main.yml", """
                - name: restart
                  set_fact: {by_name: yes}
                - name: told
                  listen: news
                  set_fact: {by_topic: yes}
                """);
        holds("""
                - import_role: {name: my.own.web}
                - command: 'true'
                  notify: ['web : restart', 'my.own.web : news']
                - meta: flush_handlers
                - assert: {that: [by_name, by_topic]}
                """);
    }

    @Test
    void aRolesOwnHandlerIsMeantBeforeThoseOfRolesThatItsTasksImport() throws IOException {
        file("roles/outer/tasks/main.yml", """
                - command: echo
                  notify: restart
                - import_role: {name: inner}
                """);
        file("roles/outer/handlers/main.yml", "- name: restart\n  set_fact: {by: outer}\n");
        file("roles/inner/tasks/main.yml", "- debug:\n");
        file("roles/inner/handlers/main.yml", "- name: restart\n  set_fact: {by: inner}\n");
        holds("""
                - include_role: {name: outer}
                - meta: flush_handlers
                - assert: {that: by == 'outer'}
                """);
    }

    @Test
    void handlersOfIncludedRolesSeeWhatTheirIncludeWasGiven() throws IOException {
        file("roles/site/tasks/main.yml", "- command: echo {{ site }}\n  notify: reload\n");
        file("roles/site/handlers/main.yml",
                "- name: reload\n  set_fact: {reloaded: \"{{ (reloaded | default([])) + [site] }}\"}\n");
        holds("""
                - include_role: {name: site}
                  loop: [x, y]
                  loop_control: {loop_var: site}
                - meta: flush_handlers
                - assert: {that: "reloaded == ['y']"}
                - include_role: {name: site}
                  vars: {site: one}
                - include_role: {name: site}
                  vars: {site: two}
                - meta: flush_handlers
                - assert: {that: "reloaded == ['y', 'one', 'two']"}
                """);
    }

    @Test
    void ofARolesHandlersThoseOfItsLastUseAreMeant() throws IOException {
        file("roles/site/tasks/main.yml", "- command: echo {{ site }}\n  notify: reload\n");
        file("roles/site/handlers/main.yml",
                "- name: reload\n  set_fact: {reloaded: \"{{ (reloaded | default([])) + [site] }}\"}\n");
        holds("""
                - import_role: {name: site}
                  vars: {site: one}
                - meta: flush_handlers
                - assert: {that: "reloaded == ['two']"}
                - import_role: {name: site}
                  vars: {site: two}
                - meta: flush_handlers
                - assert: {that: "reloaded == ['two', 'two']"}
                """);
    }

    @Test
    void whatALookupDoesNotFindIsToldOnceOrNotAtAll() throws IOException {
        Cli.Said said = play("""
                - set_fact:
                    told: "{{ query('file', 'absent-one', errors='warn') }}"
                    quiet: "{{ query('file', 'absent-two', errors='ignore') }}"
                - assert: {that: [not told, not quiet]}
                - set_fact: {a: "{{ lookup('fiel', 'x', errors='ignore') }}"}
                  ignore_errors: true
                  register: misspelt
                - set_fact: {a: "{{ lookup('vars', 'absent', errors='ignore') }}"}
                  ignore_errors: true
                  register: undefined
                - assert: {that: [misspelt is failed, undefined is failed]}
                """);
        assertEquals(0, said.code(), said::toString);
        assertEquals(1, said.err().lines().filter(line -> line.startsWith("[WARNING]: The lookup 'file' failed: ")
                && line.contains("absent-one")).count(), said::toString);
        assertFalse(said.err().contains("absent-two"), said::toString);
    }

    @Test
    void bytesThatAreNoTextStayWhatTheyAre() throws IOException {
        Files.write(folder.resolve("key"),
                new byte[]{'a', (byte) 0xff, 0, 'b', (byte) 0xc3, (byte) 0xa9, (byte) 0x80, '\n'});
        Cli.Said said = play("""
                - slurp: {src: "{{ playbook_dir }}/key"}
                  register: key
                - set_fact: {text: "{{ key.content | b64decode }}"}
                - copy: {content: "{{ item }}", dest: "{{ playbook_dir }}/{{ inventory_hostname }}"}
                  loop: ["{{ text }}", "{{ lookup('file', 'key', rstrip=false) }}"]
                  register: copied
                - command: cmp {{ playbook_dir }}/key {{ playbook_dir }}/{{ inventory_hostname }}
                - command: printf 'a\\377%s' é
                  register: printed
                - debug: {msg: "<{{ printed.stdout }}>"}
                - command: touch "{{ playbook_dir }}/{{ printed.stdout }}{{ inventory_hostname }}"
                - find: {paths: "{{ playbook_dir }}", patterns: "a*{{ inventory_hostname }}"}
                  register: found
                - file: {path: "{{ found.files[0].path }}", state: absent}
                - assert:
                    that:
                    - copied.results[1] is not changed
                    - text | b64encode == key.content
                    - text | hash == lookup('pipe', 'sha1sum ' ~ playbook_dir ~ '/key') | split | first
                    - printed.stdout | length == 3
                    - found.matched == 1
                """);
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("\"msg\": \"<a?é>\""), said::toString);
        try (var files = Files.list(folder)) {
            assertFalse(files.anyMatch(file -> file.toString().matches(".*/a.*n[12]")), said::toString);
        }
    }

    @Test
    void templatesKnowThemselvesInLookupsToo() throws IOException {
        file("templates/part.j2", "{{ template_fullpath | basename }}");
        file("templates/own.j2", "{{ template_path }} {{ template_uid }} {{ template_destpath is none }} "
                + "{{ template_host }} {{ ansible_managed }} {% include 'part.j2' %}");
        file("templates/data.j2", "{\"a\": [1, {{ 1 + 1 }}, true]}");
        holds("""
                - assert:
                    that:
                    - lookup('template', 'own.j2') == wanted
                    - lookup('template', 'data.j2', convert_data=true).a == [1, 2, true]
                    - (lookup('template', 'data.j2') | from_json).a == [1, 2, true]
                    - template_path is undefined
                  vars:
                    wanted: "own.j2 {{ lookup('pipe', 'stat -c %U ' ~ playbook_dir ~ '/templates/own.j2') }} True
                      {{ lookup('pipe', 'uname -n') }} Ansible managed own.j2"
                """);
    }

    /** Whoever is through with the block goes on; whoever is still in it goes to the rescue with the one that failed. */
    @Test
    void aFailureThatIsRescuedEndsNothingBeyondItsBlock() throws IOException {
        holds("""
                - any_errors_fatal: true
                  block:
                  - command: "false"
                    when: inventory_hostname == 'n2'
                  rescue:
                  - set_fact: {last: rescued}
                - any_errors_fatal: true
                  block:
                  - command: "false"
                    when: inventory_hostname == 'n2'
                  - set_fact: {first: through}
                  rescue:
                  - set_fact: {first: rescued}
                - set_fact: {after: "{{ last | default('through') }}"}
                - assert:
                    that:
                    - ansible_play_hosts == ['n1', 'n2']
                    - hostvars.n1.after == 'through' and hostvars.n2.after == 'rescued'
                    - first == 'rescued'
                """);
    }

    /** However far the first host to come by the task is ahead of the others. */
    @Test
    void allHostsStartAtTheTaskThatIsNamed() throws IOException {
        holds("- set_fact: {early: 1}\n".repeat(300) + """
                - name: here
                  set_fact: {late: 1}
                - assert: {that: [early is undefined, late == 1]}
                """, "--start-at-task", "here");
    }

    @Test
    void gatheredFactsAreNotShown() throws IOException {
        Cli.Said said = play("- setup: {gather_subset: ['!all', '!min', fips]}\n- stat: {path: /}\n", "-v");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("ok: [n1]\n") && said.out().contains("ok: [n1] => {"), said::toString);
    }

    @Test
    void aModuleInPythonSaysWhichPythonIsNotThere() throws IOException {
        file("library/mine.py", "#!/usr/bin/python3\nprint('{}')\n");
        holds("""
                - mine:
                  vars: {ansible_python_interpreter: /no/python3 -E}
                  register: failed
                  ignore_errors: true
                - assert: {that: "'mine, which is written in Python, but there is no /no/python3 -E there' in failed.msg and failed.rc == 127"}
                """);
    }

    private static void needsPython() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "there is no Python here");
    }

    @Test
    void modulesOfCollectionsMayImportRelatively() throws IOException {
        needsPython();
        String plugins = "collections/ansible_collections/my/own/plugins/";
        file(plugins + "module_utils/words.py", "WORD = 'brought along'\n");
        file(plugins + "modules/tells.py", """
                #!/usr/bin/python3
                # ansible_collections.my.own.tells
                import json
                from ..module_utils.words import WORD

                if __name__ == '__main__':
                    print(json.dumps({'told': WORD}))
                """);
        holds("""
                - my.own.tells:
                  register: one
                - assert: {that: one.told == 'brought along'}
                """);
    }

    @Test
    void whatModulesImportMayLieDeepInModuleUtils() throws IOException {
        needsPython();
        file("module_utils/words/__init__.py", "START = 'at the top'\n");
        file("module_utils/words/more/deep.py", "WORD = 'from below'\n");
        file("library/tells.py", """
                #!/usr/bin/python3
                import json
                import sys
                from ansible.module_utils.words.more.deep import WORD

                print(json.dumps({'told': WORD, 'start': sys.modules['ansible.module_utils.words'].START}))
                """);
        holds("""
                - tells:
                  register: one
                - assert: {that: [one.told == 'from below', one.start == 'at the top']}
                """);
    }

    @Test
    void modulesThatUseAnsiblesLibraryGetThatOfThisMachine() throws IOException {
        needsPython();
        file("library/greet.py", """
                #!/usr/bin/python3
                from ansible.module_utils.basic import AnsibleModule
                module = AnsibleModule(argument_spec={'whom': {'required': True}})
                module.exit_json(changed=False, greeting='Good day, ' + module.params['whom'])
                """);
        Cli.Said said = play("- greet: {whom: all}\n  register: r\n- debug: {var: r.greeting}\n");
        assertTrue(Python.moduleUtils().isPresent()
                ? said.code() == 0 && said.out().contains("Good day, all")
                : said.code() == 2 && said.out().contains("The module greet uses ansible-core's library for modules "
                        + "(module_utils): install the package ansible-core on this machine or on the node."),
                said::toString);
    }

    @Test
    void factsMayComeFromSeveralModules() throws IOException {
        holds("""
                - gather_facts: {parallel: true, gather_subset: '!all'}
                  vars: {ansible_facts_modules: [setup, service_facts]}
                - assert: {that: [ansible_facts.services is defined, ansible_facts.kernel is defined]}
                - setup: {gather_subset: ['!all', '!min', pkg_mgr]}
                  register: found
                - assert: {that: [found.ansible_facts.ansible_os_family is defined, found.ansible_facts.ansible_kernel is undefined]}
                """);
    }

    @Test
    void whatIsUndefinedMayBeLookedAt() throws IOException {
        holds("""
                - assert:
                    that:
                      - "'k' | extract(nobody) | default('a') == 'a'"
                      - "('%r' | format(nobody)).startswith('AnsibleUndefined')"
                      - "'fred' is truthy(convert_bool=True) and 'off' is falsy(convert_bool=True)"
                - debug: {msg: "{{ '%s' | format(nobody) }}"}
                  ignore_errors: true
                  register: used
                - assert: {that: used is failed and "'nobody' is undefined" in used.msg}
                """);
    }

    @Test
    void patternsInTemplatesOfPlaybooksAreAsTheyAreWritten() throws IOException {
        holds("""
                - set_fact:
                    plain: "{{ 'good' | regex_replace('^(g)(.*)$', '\\\\2\\\\1') }}"
                    bounded: '{{ "a word here" | regex_search("\\bword\\b") }}'
                - assert: {that: [plain == 'oodg', bounded == 'word']}
                """);
    }

    @Test
    void aTaskThatTakesTooLongSaysSo() throws IOException {
        holds("""
                - command: sleep 60
                  timeout: 1
                  register: late
                  ignore_errors: true
                - assert: {that: [late is timedout, late.timedout.period == 1, "'time frame' in late.msg"]}
                - copy: {dest: "{{ playbook_dir }}/late", content: x, validate: sh -c 'sleep 60' %s}
                  timeout: 1
                  register: late
                  ignore_errors: true
                - assert: {that: [late is failed, late is timedout]}
                """);
    }

    @Test
    void aTasksOwnPathHidesNoToolsFromTheModules() throws IOException {
        holds("""
                - copy: {dest: "{{ playbook_dir }}/a", content: x, mode: '0600', validate: 'test -s %s', backup: true}
                  environment: {PATH: /nowhere, IFS: o}
                - command: /bin/sh -c 'echo $PATH'
                  environment: {PATH: /nowhere}
                  register: own
                - assert: {that: own.stdout == '/nowhere'}
                """);
    }

    @Test
    void aSecretThatIsSetStaysSealed() throws IOException {
        file("password", "sesame\n");
        Cli.Said sealed = new Cli(folder, folder.resolve("data")).call("ansible-vault", "encrypt_string",
                "--vault-password-file", "password", "--name", "word", "opensesameopen");
        file("group_vars/all.yml", sealed.out());
        holds("""
                - set_fact: {again: "{{ word }}"}
                - assert: {that: [word is vault_encrypted, inventory_hostname is not vault_encrypted, again == 'opensesameopen']}
                """,
                "--vault-password-file", "password");
    }

    @Test
    void pluginsInPythonAreRunOnTheController() throws IOException {
        needsPython();
        file("filter_plugins/mine.py", """
                from ansible.errors import AnsibleFilterError

                def shout(value, mark="!"):
                    if value == "fail":
                        raise AnsibleFilterError("nobody shouts that")
                    return [value.upper() + mark]

                class FilterModule(object):
                    def filters(self):
                        return {"shout": shout}
                """);
        file("test_plugins/mine.py", """
                class TestModule(object):
                    def tests(self):
                        return {"loud": lambda value: value.endswith("!")}
                """);
        file("collections/ansible_collections/my/own/plugins/filter/more.py", """
                class FilterModule(object):
                    def filters(self):
                        return {"twice": lambda value: value * 2}
                """);
        file("vars_plugins/first.py", """
                from ansible.plugins.vars import BaseVarsPlugin

                class VarsModule(BaseVarsPlugin):
                    def get_vars(self, loader, path, entities, cache=True):
                        return {"asked_first": True}
                """);
        file("lookup_plugins/given.py", """
                from ansible.plugins.lookup import LookupBase

                class LookupModule(LookupBase):
                    def run(self, terms, variables=None, **kwargs):
                        return [term + variables["ending"] for term in terms]
                """);
        holds("""
                - set_fact: {ending: "?", untrusted: "{{ '{{ 1' ~ ' }}' }}"}
                - assert:
                    that:
                      - "'a' | shout == ['A!'] and 'a' | shout(mark='.') == ['A.']"
                      - "'a!' is loud and 'a' is not loud"
                      - "'ab' | my.own.twice == 'abab'"
                      - "query('given', 'x', 'y') == ['x?', 'y?']"
                - debug: {msg: "{{ 'fail' | shout }}"}
                  register: failed
                  ignore_errors: true
                - assert: {that: "'nobody shouts that' in failed.msg"}
                """);
    }

    @Test
    void pluginsInPythonMayGiveAndBeGivenAnything() throws IOException {
        needsPython();
        file("filter_plugins/a_broken.py", "import no_such_library\n");
        file("filter_plugins/mine.py",
                """
                        import collections, itertools

                        def odd(name):
                            def failing():
                                yield 1
                                raise KeyError("half way")
                            return {
                                "numbered": {1: "one", (2, 3): "two", None: "none"}, "tuple": (1, (2,)), "set": {3}, "bytes": b"\\xc3\\xa4",
                                "generator": (i for i in range(3)), "endless": itertools.count(), "failing": failing(),
                                "pair": collections.namedtuple("Pair", "x y")(1, 2), "nan": float("nan"), "keys": {"a": 1}.keys(),
                                "marked": {"__pairs__": 1}, "itself": (lambda held: held.append(held) or held)([]),
                            }[name]

                        def quits(value):
                            raise SystemExit(value)

                        def dies(value):
                            __import__("os")._exit(value)

                        def kept(value, other=None):
                            return [value, other]

                        def used(value):
                            return str(value)

                        class FilterModule(object):
                            def filters(self):
                                return dict(odd=odd, quits=quits, dies=dies, kept=kept, used=used, keys=lambda d: list(d),
                                            upper=lambda value: "MINE " + value, given=lambda value: type(value).__name__ != "str")
                        """);
        holds("""
                - assert:
                    that:
                      - "('numbered' | odd)[1] == 'one' and ('numbered' | odd)[(2, 3)] == 'two' and ('numbered' | odd)[none] == 'none'"
                      - "'tuple' | odd == [1, [2]] and 'set' | odd == [3] and 'bytes' | odd == 'ä' and 'pair' | odd == [1, 2]"
                      - "'generator' | odd == [0, 1, 2] and 'keys' | odd == ['a'] and 'marked' | odd == {'__pairs__': 1}"
                      - "'nan' | odd != 'nan' | odd"
                      - "{10: 'vlan', 2.5: 'x', true: 'y'} | keys | map('string') | list == ['10', '2.5', 'True']"
                      - "'x' | upper == 'MINE x' and 'x' | lower == 'x'"
                      - "'x' | kept == ['x', none]"
                      - "nowhere | given and (nowhere | kept)[0] is undefined and ([nowhere] | kept)[0][0] is undefined"
                - debug: {msg: "{{ item | odd }}"}
                  loop: [endless, failing, itself]
                  register: failing
                  ignore_errors: true
                - assert: {that: "'more than' in said[0] and 'half way' in said[1] and 'no end' in said[2]"}
                  vars: {said: "{{ failing.results | map(attribute='msg') }}"}
                - debug: {msg: "{{ 3 | quits }}"}
                  register: quits
                  ignore_errors: true
                - debug: {msg: "{{ 3 | dies }}"}
                  register: dies
                  ignore_errors: true
                - debug: {msg: "{{ {'a': nowhere.near} | used }}"}
                  register: used
                  ignore_errors: true
                - debug: {msg: "{{ 1 | nobody }}"}
                  register: nobody
                  ignore_errors: true
                - assert:
                    that:
                      - "'SystemExit(3)' in quits.msg and 'ended without an answer' in dies.msg"
                      - "'nowhere is undefined' in used.msg | replace(\\"'\\", '')"
                      - "'a_broken.py' in nobody.msg and 'no_such_library' in nobody.msg"
                """);
    }

    @Test
    void actionPluginsNeedAnsibleCore() throws Exception {
        assumeTrue(new ProcessBuilder("/usr/bin/python3", "-c", "import ansible").start().waitFor() == 0,
                "there is no ansible-core here");
        file("action_plugins/told.py", """
                from ansible.plugins.action import ActionBase

                class ActionModule(ActionBase):
                    def run(self, tmp=None, task_vars=None):
                        if self._task.args.get("hide"):
                            return dict(msg="hidden away", _ansible_no_log=True)
                        return dict(changed=True, args=self._task.args, host=task_vars["inventory_hostname"])
                """);
        Cli.Said said = play(
                """
                        - told: {a: "{{ 1 + 1 }}", b: "{{ '{{ not' ~ ' evaluated }}' }}"}
                          register: answer
                        - assert:
                            that: [answer is changed, answer.args.a | int == 2, answer.host == inventory_hostname, "'not evaluated' in answer.args.b"]
                        - told: {hide: true}
                        """,
                "-v");
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.out().contains("hidden away"), said::toString);
    }

    @Test
    void defaultsMayBeThoseOfAGroupOfModules() throws IOException {
        file("collections/ansible_collections/my/own/meta/runtime.yml",
                "action_groups:\n  all:\n  - metadata: {extend_group: [other]}\n  other:\n  - said\n  shown: [ansible.builtin.debug]\n");
        file("collections/ansible_collections/my/own/plugins/modules/said.sh",
                "#!/bin/sh\n. \"$1\"\nprintf '{\"said\": \"%s\"}' \"$word\"\n");
        holds("""
                - my.own.said:
                  module_defaults: {group/my.own.all: {word: group}}
                  register: zero
                - module_defaults: {group/my.own.all: {word: group}, my.own.said: {word: own}, group/my.own.shown: {msg: shown}}
                  block:
                    - my.own.said:
                      register: one
                    - my.own.said: {word: given}
                      register: two
                    - debug:
                      register: three
                - assert: {that: [zero.said == 'group', one.said == 'own', two.said == 'given', three.msg == 'shown']}
                """);
    }

    @Test
    void filesThatTheVaultHasEncryptedAreCopiedAsTheyWereBefore() throws IOException {
        file("password", "open\n");
        file("files/secret", "number seven\n");
        var vault = new Cli(folder, folder.resolve("data"));
        assertEquals(0, vault.call(List.of("ansible-vault", "encrypt", "--vault-password-file", "password",
                "files/secret")).code());
        String tasks = """
                - copy: {src: secret, dest: "{{ playbook_dir }}/opened"}
                  diff: true
                - copy: {src: secret, dest: "{{ playbook_dir }}/sealed", decrypt: false}
                - copy: {src: files, dest: "{{ playbook_dir }}/folder"}
                """;
        Cli.Said said = play(tasks, "--vault-password-file", "password", "-l", "n1"); // both hosts have the same folder
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.toString().contains("seven"), said::toString);
        assertEquals("number seven\n", Files.readString(folder.resolve("opened")));
        assertEquals("number seven\n", Files.readString(folder.resolve("folder/files/secret")));
        assertTrue(Files.readString(folder.resolve("sealed")).startsWith("$ANSIBLE_VAULT;"));
        Cli.Said closed = play(tasks);
        assertEquals(2, closed.code(), closed::toString);
        assertTrue(closed.out().contains("A vault password or secret must be specified to decrypt"), closed::toString);
    }

    @Test
    void anArchiveThatTheVaultHasEncryptedIsUnpacked() throws IOException {
        Files.createDirectories(folder.resolve("files"));
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(folder.resolve("files/some.zip")))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("inside"));
            zip.write("number seven\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        file("password", "open\n");
        assertEquals(0, new Cli(folder, folder.resolve("data")).call(List.of("ansible-vault", "encrypt",
                "--vault-password-file", "password", "files/some.zip")).code());
        Cli.Said said = play("""
                - unarchive: {src: some.zip, dest: "{{ playbook_dir }}"}
                - unarchive: {src: some.zip, dest: "{{ playbook_dir }}", decrypt: false}
                  register: sealed
                  failed_when: sealed is success
                """, "--vault-password-file", "password", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        assertEquals("number seven\n", Files.readString(folder.resolve("inside")));
    }

    @Test
    void whatGoesIntoFilesIsNotTold() throws IOException {
        Cli.Said said = play("- copy: {content: seven, dest: \"{{ playbook_dir }}/new\"}\n", "-vvv");
        assertFalse(said.toString().contains("seven"), said::toString);
        assertTrue(said.out().contains("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"), said::toString);
    }

    @Test
    void aGeneralModuleTakesTheDefaultsOfTheOneThatItStandsFor() throws IOException {
        holds("""
                - package: {name: x}
                  vars: {ansible_package_use: apt}
                  module_defaults: {apt: {state: nonsense}, dnf: {state: other}}
                  register: one
                  ignore_errors: true
                - package: {name: x}
                  vars: {ansible_package_use: apt}
                  module_defaults: {apt: {state: nonsense}, package: {state: own}}
                  register: two
                  ignore_errors: true
                - package: {name: x}
                  vars: {ansible_package_use: nosuch}
                  register: three
                  ignore_errors: true
                - assert: {that: ["'nonsense' in one.msg", "'own' in two.msg", "'matching action' in three.msg"]}
                """);
    }

    @Test
    void textsThatReadAsLiteralsBecomeValuesWhereTheConfigurationSaysSo() throws IOException {
        file("ansible.cfg", "[defaults]\njinja2_native=true\n");
        file("templates/map.j2", "{'key': {{ one }}}");
        holds("""
                - vars: {one: 1, text: "1", quoted: '"x"', again: "{{ quoted }}"}
                  set_fact:
                    sum: "{% for x in [4, 2] %}{{ x }}{% endfor %}"
                    list: "[{% for x in [4, 2] %}{{ x }},{% endfor %}]"
                    read: "{{ text }}"
                    kept: "{{ text | string }}"
                    word: "a{{ one }}"
                    quotes: "{{ again }}"
                    json: "{{ [1] | to_json }}"
                    type: "{{ one.__class__ }}"
                    asText: "{{ lookup('template', 'map.j2') }}"
                    asMap: "{{ lookup('template', 'map.j2', jinja2_native=true) }}"
                - assert:
                    that:
                      - sum == 42 and list == [4, 2] and read == 1 and quotes == '"x"' and json == '[1]' and word == 'a1'
                      - kept == '1' and kept | type_debug == 'NativeJinjaText' and json | type_debug == 'NativeJinjaText'
                      - word | type_debug == 'str' and written | type_debug == 'AnsibleUnicode'
                      - type | type_debug == 'type' and type.__name__ == 'int'
                      - asText | type_debug == 'NativeJinjaUnsafeText' and asMap == {'key': 1}
                  vars: {written: abc}
                """);
    }

    @Test
    void namesLeadWhereACollectionSaysSo() throws IOException {
        file("collections/ansible_collections/my/own/meta/runtime.yml",
                """
                        plugin_routing:
                          modules:
                            old: {redirect: my.own.older}
                            older: {redirect: my.own.said}
                            shown: {redirect: ansible.builtin.debug}
                            round: {redirect: my.own.round}
                        action_groups:
                          all: [said]
                          wrong: [{metadata: {extend_group: {a: b}}}]
                        """);
        file("collections/ansible_collections/my/own/plugins/modules/said.sh",
                "#!/bin/sh\n. \"$1\"\nprintf '{\"said\": \"%s\"}' \"$word\"\n");
        String tasks = """
                - my.own.old: {word: given}
                  register: one
                - my.own.old:
                  module_defaults: {my.own.said: {word: end}}
                  register: two
                - old:
                  collections: [my.own]
                  module_defaults: {group/my.own.all: {word: group}, my.own.older: {word: between}}
                  register: three
                - my.own.shown: {msg: shown}
                  module_defaults: {group/my.own.wrong: {msg: wrong}}
                  register: four
                - assert: {that: [one.said == 'given', two.said == 'end', three.said == 'between', four.msg == 'shown']}
                """;
        Cli.Said said = play(tasks);
        assertEquals(0, said.code(), said::toString);
        assertEquals(2, said.err().split("extend_group is \\{'a': 'b'} \\(expected type list\\)", -1).length,
                said::toString);
        file("ansible.cfg", "[defaults]\nvalidate_action_group_metadata=false\n");
        assertFalse(play(tasks).err().contains("expected type"));
        assertEquals(4, play("- my.own.round:\n").code());
    }

    @Test
    void aFlushGoesThroughTheHandlersOnce() throws IOException {
        file("roles/own/handlers/main.yml", """
                - name: first
                  command: "true"
                  notify: second
                - name: second
                  command: "true"
                  notify: first
                - name: itself
                  command: "true"
                  notify: itself
                """);
        Cli.Said said = play("""
                - import_role: {name: own}
                - command: "true"
                  notify: [first, itself]
                - meta: flush_handlers
                - debug: {msg: between}
                """, "--limit", "n1");
        String order = said.out().lines().filter(line -> line.startsWith("RUNNING") || line.startsWith("TASK [debug]"))
                .map(line -> line.replaceAll(".*\\[(own : )?(.*)].*", "$2")).collect(joining(" "));
        assertEquals("first second itself debug first second first second", order, said::toString);
    }

    @Test
    void anIncludedFileThatIsNotRightEndsTheRun() throws IOException {
        file("wrong.yml", "- no_such_module: {}\n");
        Cli.Said said = play("""
                - block:
                    - include_tasks: wrong.yml
                  rescue:
                    - debug: {msg: rescued}
                """);
        assertTrue(said.code() != 0 && said.err().contains("no_such_module") && !said.out().contains("rescued"),
                said::toString);
    }

    @Test
    void defaultsOfAnInnerBlockReplaceThoseOfAnOuterOne() throws IOException {
        holds("""
                - module_defaults: {debug: {msg: outer}}
                  block:
                    - debug:
                      register: one
                    - debug: {msg: "{{ omit }}"}
                      register: two
                    - debug:
                      module_defaults: {debug: {}}
                      register: three
                - assert: {that: [one.msg == 'outer', two.msg == 'Hello world!', three.msg == 'Hello world!']}
                """);
    }

    @Test
    void aLabelMayTellWhatTheItemGaveAndFailsItWhereItCant() throws IOException {
        Cli.Said said = play("""
                - debug: {msg: "{{ item }}"}
                  register: gave
                  loop: [one, two]
                  loop_control: {label: "<{{ gave.msg }}>"}
                  when: item == 'one'
                  ignore_errors: true
                - assert:
                    that:
                      - gave.results[0].msg == 'one'
                      - gave.results[1] is failed
                      - gave.results[1].msg is contains("no attribute 'msg'")
                """);
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("ok: [n1] => (item=<one>)"), said::toString);
    }

    @Test
    void whatIsSetFromAnotherHostsVariableIsEvaluatedWhereItCanBe() throws IOException {
        file("group_vars/all.yml", "links: ['http://{{ missing }}/', plain]\n");
        holds("""
                - set_fact: {taken: "{{ hostvars[item].links }}"}
                  loop: [n2]
                - set_fact: {as_text: "{{ hostvars[item].links }}"}
                  with_list: [n2]
                - assert:
                    that:
                      - taken == ['http://here/', 'plain']
                      - as_text[0] == written
                      - hostvars['n2'].links[0] is undefined
                      - hostvars['n2'].links[1] == 'plain'
                      - hostvars['n2'].links[0] | default('none') == 'none'
                  vars:
                    missing: here
                    written: !unsafe 'http://{{ missing }}/'
                """);
        Cli.Said said = play("- debug: {msg: \"{{ hostvars['n2'].links }}\"}");
        assertTrue(said.code() != 0 && said.out().contains("'missing' is undefined"), said::toString);
    }

    /** Paths on the node are what its environment and the task's make of them, in results too; what isn't set stays. */
    @Test
    void pathsHoldVariablesOfTheNodesEnvironment() throws IOException {
        holds("""
                - shell: echo ~
                  register: home
                - block:
                    - file: {path: "$PLACE/d", state: directory}
                      register: made
                    - assert: {that: made is changed and made.path == place + '/d'}
                    - copy: {content: hi, dest: "${PLACE}/d/a"}
                    - copy: {src: "$PLACE/d/a", dest: "$PLACE/d/$b", remote_src: true}
                    - find: {paths: ["$PLACE/d"]}
                      register: found
                    - assert: {that: "found.files | map(attribute='path') | sort == [place + '/d/$b', place + '/d/a']"}
                    - command: touch never
                      args: {chdir: "$PLACE/d", creates: "$PLACE/d/a"}
                      register: creates
                    - assert: {that: creates is not changed}
                    - file: {path: "$PLACE", state: absent}
                  environment: {PLACE: "{{ place }}"}
                  vars: {place: "{{ playbook_dir }}/at {{ inventory_hostname }}"}
                - stat: {path: "{{ item }}"}
                  loop: ["~", $HOME, "${HOME}"]
                  register: homes
                - assert: {that: "homes.results | map(attribute='stat.path') | unique | list == [home.stdout]"}
                """);
    }

    /** As its documentation has it: files, unless with_first_found belongs to a task that has a folder of its own. */
    @Test
    void firstFoundLooksWhereTheTaskExpectsItsFiles() throws IOException {
        for (String kind : List.of("templates", "files", "vars", "tasks")) {
            file("roles/r/" + kind + "/in_" + kind + ".yml",
                    kind.equals("tasks") ? "- set_fact: {seen: tasks}\n" : "v: 1\n");
        }
        file("roles/r/tasks/main.yml",
                """
                        - set_fact: {inline: "{{ inline | default([]) + (query('first_found', 'in_' + item + '.yml', skip=true) | map('basename') | list) }}"}
                          loop: [templates, files, vars, tasks]
                        - assert: {that: "inline == ['in_files.yml', 'in_tasks.yml']"}
                        - template: {src: "{{ item }}", dest: "{{ playbook_dir }}/{{ inventory_hostname }}.out"}
                          with_first_found: [in_files.yml, in_vars.yml, in_templates.yml]
                          register: made
                        - assert: {that: "made.results[0].item is search('/templates/')"}
                        - include_vars: "{{ item }}"
                          with_first_found: [in_files.yml, in_templates.yml, in_vars.yml]
                        - assert: {that: v == 1}
                        - include_tasks: "{{ item }}"
                          with_first_found: [in_vars.yml, in_templates.yml, in_tasks.yml]
                        - assert: {that: seen == 'tasks'}
                        """);
        holds("""
                - include_role: {name: r}
                """);
    }

    @Test
    void conditionsCountTheTriesAndFailedWhenDecidesInTheEnd() throws IOException {
        holds("""
                - command: "true"
                  register: tried
                  until: 1 == 0
                  retries: 1
                  delay: 0
                  changed_when: tried.attempts > 1
                  failed_when: tried.attempts > 2
                - assert: {that: [tried.attempts == 1, tried is changed]}
                - set_fact:
                    several: |
                      {{ ['a', 'b'] }}
                    text: |
                      {{ 'a' }}
                - assert: {that: ["several == ['a', 'b']", text | length == 2]}
                - debug: {msg: "{{ item }}"}
                  with_first_found: [{files: "{{ missing }}.yml,hosts", paths: "nowhere:{{ playbook_dir }}"}]
                  register: found
                - assert: {that: "found.results[0].item is search('/hosts$')"}
                - block:
                    - debug: {msg: no}
                      with_together: []
                  rescue:
                    - assert: {that: ansible_failed_result.msg is match('with_together requires')}
                """);
    }

    @Test
    void anImportedPlaybookIsPlayedInItsOwnFolder() throws IOException {
        file("top.yml", "var: top\n");
        file("hosts/all", "n1 ansible_connection=local\n");
        file("group_vars/all.yml", "place: top\n");
        file("sub/group_vars/all.yml", "place: sub\n");
        file("sub/side.yml", "side: beside\n");
        file("sub/deep/group_vars/all.yml", "place: deep\n");
        file("sub/deep/text", "deep");
        String look = """
                - hosts: all
                  gather_facts: false
                  vars_files: [%s]
                  tasks:
                    - %s
                    - meta: refresh_inventory
                    - assert: {that: [playbook_dir == '%s', place == '%s', hostvars.n1.place == place, var == 'top']}
                """;
        file("sub/deep/play.yml", look.formatted("../../top.yml, ../side.yml",
                "assert: {that: \"lookup('file', 'text') == 'deep' and side == 'beside'\"}", folder.resolve("sub/deep"),
                "deep"));
        file("sub/play.yml", "- import_playbook: deep/play.yml\n"
                + look.formatted("../top.yml", "debug:", folder.resolve("sub"), "sub"));
        file("site.yml",
                "- import_playbook: sub/play.yml\n" + look.formatted("top.yml", "debug:", folder, "top"));
        Cli.Said said = new Cli(folder, folder.resolve("data"))
                .call(List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void aPlaysOwnKeywordsSeeWhatImportsPromptsAndFilesSay() throws IOException {
        file("hosts", "n[1:3] ansible_connection=local\n");
        file("vars.yml", "sizes: [2, 1]\nwhere: n3");
        file("imported.yml", """
                - {name: "imported {{ t }}", hosts: "{{ t }}", gather_facts: false, vars: {t: n9}, tasks: [debug: ]}
                """);
        file("site.yml",
                """
                        - {import_playbook: imported.yml, vars: {t: n2}}
                        - name: prompted {{ p }}
                          hosts: "{{ p }}"
                          gather_facts: false
                          vars_prompt: [{name: p, default: n1}]
                          tasks: [debug: ]
                        - {name: "file {{ where }}", hosts: "{{ where }}", gather_facts: false, vars_files: [vars.yml], tasks: [debug: ]}
                        - name: sizes
                          hosts: all
                          gather_facts: false
                          serial: "{{ sizes }}"
                          vars_files: ["{{ inventory_hostname }}.yml", vars.yml]
                          tasks: [debug: {msg: "{{ ansible_play_batch }}"}]
                        """);
        for (int i = 1; i < 4; i++) {
            file("n" + i + ".yml", "own: 1");
        }
        InputStream before = System.in;
        System.setIn(InputStream.nullInputStream());
        Cli.Said said;
        try {
            said = new Cli(folder, folder.resolve("data"))
                    .call(List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        } finally {
            System.setIn(before);
        }
        assertEquals(0, said.code(), said::toString);
        for (String line : List.of("PLAY [imported n2]", "PLAY [prompted n1]", "PLAY [file n3]")) {
            assertTrue(said.out().contains(line), said::toString);
        }
        assertEquals(3, said.out().split("PLAY \\[sizes]", -1).length, said::toString);
    }

    @Test
    void playbooksOfCollectionsUseWhatTheirCollectionHas() throws IOException {
        String role = "collections/ansible_collections/my/coll/roles/cr/tasks/main.yml";
        file(role, "- assert: {that: [ansible_collection_name == 'my.coll', role_name == 'cr']}");
        file("collections/ansible_collections/my/coll/playbooks/short.yml",
                "- {hosts: all, gather_facts: false, roles: [cr]}");
        file("sub/full.yml", "- {hosts: all, gather_facts: false, roles: [my.coll.cr]}");
        file("site.yml", "- import_playbook: my.coll.short\n- import_playbook: sub/full.yml\n");
        file("hosts", "n1 ansible_connection=local\n");
        file("ansible.cfg", "[defaults]\ncollections_path=./collections\n");
        for (String playbook : List.of("site.yml", "my.coll.short")) {
            Cli.Said said = new Cli(folder, folder.resolve("data"))
                    .call(List.of("ansible-playbook", "-i", "hosts", playbook));
            assertEquals(0, said.code(), said::toString);
            assertTrue(said.out().contains("TASK [my.coll.cr : assert]"), said::toString);
            assertEquals(playbook.equals("my.coll.short"),
                    said.err().contains("[WARNING]: running playbook inside collection my.coll"), said::toString);
        }
    }

    @Test
    void theFirstHostDecidesForAllWhetherThePlayEnds() throws IOException {
        Cli.Said said = play("""
                - {meta: end_batch, when: inventory_hostname == 'n2'}
                - {debug: {msg: goes on}}
                - {meta: end_batch, when: inventory_hostname == 'n1'}
                - {fail: {msg: is over}}
                """);
        assertEquals(0, said.code(), said::toString);
        assertEquals(3, said.out().split("goes on", -1).length, said::toString);
    }

    @Test
    void aHostEndsAPlayAlsoForThoseThatAreInOtherIncludedFiles() throws IOException {
        file("n1.yml", "- meta: end_play");
        file("n2.yml", "- debug: {msg: is over}\n- debug: {msg: is over}");
        Cli.Said said = play("""
                - include_tasks: '{{ inventory_hostname }}.yml'
                - debug: {msg: is over}
                """);
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.out().contains("is over"), said::toString);
        file("n1.yml", "- meta: end_batch");
        file("site.yml", """
                - hosts: all
                  gather_facts: false
                  serial: [2, 1]
                  tasks:
                  - include_tasks: '{{ inventory_hostname }}.yml'
                """);
        file("n3.yml", "- debug: {msg: goes on}");
        file("hosts", "n[1:3] ansible_connection=local\n");
        said = new Cli(folder, folder.resolve("data")).call(List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.out().contains("is over"), said::toString);
        assertTrue(said.out().contains("goes on"), said::toString);
    }

    @Test
    void aFileThatIsNotRightEndsTheRunForAllOnceItIsIncluded() throws IOException {
        file("n1.yml", "- debug: {msg: goes on}");
        file("n2.yml", "- nosuchmodule: {}");
        Cli.Said said = play("""
                - block:
                  - include_tasks: '{{ inventory_hostname }}.yml'
                  rescue:
                  - debug: {msg: goes on}
                """);
        assertEquals(4, said.code(), said::toString);
        assertFalse(said.out().contains("goes on"), said::toString);
        assertTrue(said.err().contains("--> n2.yml:1:3"), said::toString);
    }

    @Test
    void whatIsIncludedInALoopSeesItsRoundAndWhatItIsCalled() throws IOException {
        file("inner.yml",
                """
                        - assert: {that: [item == 5, n == 0, ansible_loop.first, ansible_loop_var == 'item', ansible_index_var == 'n']}
                        """);
        Cli.Said said = play(
                """
                        - include_tasks: inner.yml
                          loop: [5]
                          loop_control: {extended: true, index_var: n}
                        - debug: {msg: '{{ ansible_loop_var }}'}
                          loop: [5]
                          loop_control: {extended: true}
                          register: told
                        - assert: {that: ['told.results[0].ansible_loop.allitems == [5]', 'told.results[0].msg == "item"', told.skipped == false]}
                        """);
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void whatIsAlwaysDoneIsDoneEvenIfTooManyHaveFailed() throws IOException {
        file("site.yml", """
                - hosts: all
                  gather_facts: false
                  max_fail_percentage: 10
                  tasks:
                    - block: [{fail: , when: inventory_hostname == 'n1'}, {debug: {msg: too far}}]
                      always: [debug: {msg: "always {{ inventory_hostname }}"}]
                """);
        file("hosts", "n[1:2] ansible_connection=local\n");
        Cli.Said said = new Cli(folder, folder.resolve("data"))
                .call(List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("always n1") && said.out().contains("always n2")
                && !said.out().contains("too far"), said::toString);
    }

    @Test
    void optionsSayWhichOfThoseWithinExcludeAndNeedEachOther() throws IOException {
        holds("""
                - validate_argument_spec:
                    argument_spec:
                      c:
                        type: dict
                        mutually_exclusive: [[x, y]]
                        required_together: [[p, q]]
                        required_one_of: [[m, n]]
                        required_if: [[state, present, [src, dest]], [state, absent, [path], true]]
                        required_by: {x: [k]}
                        options: {x: {}, y: {}, p: {}, q: {}, m: {}, n: {}, k: {}, src: {}, dest: {}, path: {},
                          state: {default: present, choices: [present, absent]}}
                    provided_arguments: "{{ item.given }}"
                  loop:
                    - given: {c: {x: 1, y: 2}}
                      wrong:
                        - "parameters are mutually exclusive: x|y found in c"
                        - "one of the following is required: m, n found in c"
                        - "state is present but all of the following are missing: src, dest found in c"
                        - "missing parameter(s) required by 'x': k found in c"
                    - given: {c: {p: 1, n: 1, src: 1}}
                      wrong:
                        - "parameters are required together: p, q found in c"
                        - "state is present but all of the following are missing: dest found in c"
                    - given: {c: {m: 1, state: absent, v: 1}, zz: 1}
                      wrong:
                        - "state is absent but any of the following are missing: path found in c"
                        - "c.v, zz. Supported parameters include: dest, k, m, n, p, path, q, src, state, x, y."
                  register: checked
                  ignore_errors: true
                  loop_control: {index_var: at}
                - assert: {that: ["item.argument_errors == item.item.wrong", "item[item.ansible_index_var] == item.at"]}
                  loop: "{{ checked.results }}"
                """);
    }

    @Test
    void aDryRunKnowsThatATaskWouldHaveMadeTheFileOnThisMachine() throws IOException {
        file("site.yml", """
                - hosts: n
                  gather_facts: false
                  tasks:
                    - copy: {content: x, dest: "{{ playbook_dir }}/fetched"}
                      delegate_to: localhost
                    - copy: {src: "{{ playbook_dir }}/fetched", dest: "{{ playbook_dir }}/out"}
                    - copy: {src: "{{ playbook_dir }}/mistyped", dest: "{{ playbook_dir }}/out"}
                """);
        file("hosts", "n ansible_connection=local\n");
        Cli.Said said = new Cli(folder, folder.resolve("data"))
                .call(List.of("run", "-i", "hosts", "site.yml", "--check"));
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.out().contains("unknown: [n] => " + folder + "/fetched would be made on this machine"),
                said::toString);
        assertTrue(said.out().contains("Could not find or access '" + folder + "/mistyped'"), said::toString);
    }

    @Test
    void aDryRunKnowsThatWhatLayInAFolderIsGone() throws IOException {
        String made = """
                - file: {path: "{{ playbook_dir }}/f", state: directory}
                - git: {repo: "{{ playbook_dir }}/repo", dest: "{{ playbook_dir }}/f/co"}
                - authorized_key: {user: "{{ lookup('pipe', 'id -un') }}", path: "{{ playbook_dir }}/f/keys", manage_dir: false, key: ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAIQC7 x}
                - archive: {path: "{{ playbook_dir }}/repo/.git/HEAD", dest: "{{ playbook_dir }}/f/a.gz"}
                - command: touch f/made creates=f/made chdir={{ playbook_dir }}
                - find: {paths: "{{ playbook_dir }}/f", recurse: true}
                """;
        String repository = """
                - command: git -c user.name=n -c user.email=e {{ item }}
                  args: {chdir: "{{ playbook_dir }}"}
                  loop: [init -q repo, -C repo commit -q --allow-empty -m one]
                """;
        Cli.Said first = play(repository + made, "-l", "n1");
        assertEquals(0, first.code(), first::toString);
        Cli.Said again = play(made, "--check", "-l", "n1");
        assertTrue(again.out().contains("ok=6    changed=0 "), again::toString);
        file("site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n"
                + ("- file: {path: '{{ playbook_dir }}/f', state: absent}\n" + made).indent(4));
        Cli.Said gone = new Cli(folder, folder.resolve("data"))
                .call(List.of("run", "-i", "hosts", "site.yml", "--check", "-l", "n1"));
        assertTrue(gone.out().contains("changed=6 "), gone::toString);
        assertTrue(gone.out().contains("' would create it"), gone::toString); // so what find finds is unknown
    }

    @Test
    void namesOnANodeMayHaveAnyBytes() throws IOException {
        holds("""
                - shell: printf x >"$(printf 'n\\377u')"
                  args: {chdir: "{{ playbook_dir }}"}
                - find: {paths: "{{ playbook_dir }}", patterns: "n*u"}
                  register: found
                - copy: {src: "{{ found.files[0].path }}", dest: "{{ playbook_dir }}/copied", remote_src: true}
                - fetch: {src: "{{ found.files[0].path }}", dest: "{{ playbook_dir }}/fetched/"}
                  register: fetched
                  ignore_errors: true
                - assert: {that: [fetched is failed, '"UTF-8" in fetched.msg']}
                - shell: cmp n*u copied
                  args: {chdir: "{{ playbook_dir }}"}
                """, "-l", "n1");
    }

    @Test
    void whatADryRunCantKnowCastsNoDoubtOnOtherThings() throws IOException {
        Cli.Said said = play("""
                - tempfile:
                - slurp: {src: "{{ playbook_dir }}/none"}
                """, "--check", "-l", "n1");
        assertEquals(2, said.code(), said::toString);
    }

    @Test
    void aDryRunKnowsTheHomeOfAUserThatWouldBeMade() throws IOException {
        Cli.Said said = play("""
                - user: {name: bramble-nobody, home: "{{ playbook_dir }}/home", create_home: false}
                - copy: {content: x, dest: ~bramble-nobody/f}
                  ignore_errors: true
                - file: {path: "{{ playbook_dir }}/home", state: directory}
                - copy: {content: x, dest: ~bramble-nobody/f}
                - stat: {path: "{{ playbook_dir }}/home/f"}
                  register: there
                - assert: {that: there.stat.exists}
                - file: {path: ~bramble-nobody/d, state: directory}
                - file: {path: ~bramble-nobody, state: directory}
                - command: echo 1
                  register: said
                - user: {name: bramble-other}
                  when: said.rc == 0
                - copy: {content: x, dest: ~bramble-other/f}
                """, "--check", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("Destination directory ~bramble-nobody does not exist"), said::toString);
        assertTrue(said.out().contains("ignored=1"), said::toString);
        Cli.Said nobody = play("- file: {path: ~bramble-nobody/d, state: directory}", "-l", "n1");
        assertTrue(nobody.out().contains("the node has no user whose home ~bramble-nobody would be"), nobody::toString);
    }

    @Test
    void aDryRunFindsUsersThatWouldBeMadeAndDoesNotKnowWhatTheyDo() throws IOException {
        Cli.Said said = play("""
                - user: {name: bramble-nobody, home: /srv/nobody, shell: /bin/false}
                - group: {name: bramble-others, gid: 47110}
                - getent: {database: passwd, key: bramble-nobody}
                - assert: {that: ["ansible_facts.getent_passwd['bramble-nobody'][4:] == ['/srv/nobody', '/bin/false']"]}
                - debug: {msg: "number {{ ansible_facts.getent_passwd['bramble-nobody'][1] }}"}
                - getent: {database: group, key: bramble-others}
                - assert: {that: ["ansible_facts.getent_group['bramble-others'] == ['x', '47110', '']"]}
                - user: {name: root, groups: bramble-others, append: true}
                - getent: {database: group}
                - assert: {that: ["ansible_facts.getent_group['bramble-others'] == ['x', '47110', 'root']"]}
                - copy: {dest: "/etc/services", content: x}
                - getent: {database: services, key: bramble-none}
                - copy: {dest: ~/f, content: x}
                  become: true
                  become_user: bramble-nobody
                - stat: {path: /srv/nobody/f}
                  register: there
                - assert: {that: there.stat.exists}
                """, "--check", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("skipped=4"), said::toString); // ansible-playbook calls what is unknown so
        Cli.Said never = play("""
                - copy: {dest: ~/f, content: x}
                  become: true
                  become_user: bramble-nobody
                """, "--check", "-l", "n1");
        assertEquals(2, never.code(), never::toString);
    }

    @Test
    void whatATaskWouldHaveSetThatADryRunCannotTellAboutIsUnknown() throws IOException {
        Cli.Said said = play("""
                - command: echo 1
                  register: said
                - {set_fact: {made: 1}, when: said.rc == 0}
                - debug: {msg: "{{ made }}"}
                - {getent: {database: passwd, key: root}, when: said.rc == 0}
                - debug: {msg: "{{ ansible_facts.getent_passwd.zed[1] }}"}
                - {package_facts: , when: said.rc == 0}
                - debug: {msg: "{{ ansible_facts.packages.bash[0].version }}"}
                - {service_facts: , when: said.rc == 0}
                - debug: {msg: "{{ services['a.service'].state }}"}
                - {set_fact: {looped: "{{ item }}"}, loop: [1, 2], when: said.rc == 0}
                - assert: {that: looped == 2}
                - debug: {msg: "{{ mistyped }}"}
                  register: wrong
                  ignore_errors: true
                - assert: {that: wrong is failed}
                """, "--check", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("ignored=1"), said::toString);
    }

    @Test
    void factsOfWhatADryRunWouldMakeAreUnknown() throws IOException {
        Cli.Said said = play("""
                - file: {path: "{{ playbook_dir }}/facts.d", state: directory}
                - copy: {dest: "{{ playbook_dir }}/facts.d/y.fact", content: '{"a": 1}'}
                - setup: {fact_path: "{{ playbook_dir }}/facts.d", gather_subset: ["!all", "!min", local]}
                - debug: {msg: "{{ ansible_local.y.a }}"}
                - assert: {that: "'z' not in ansible_local"}
                - copy: {dest: /etc/systemd/system/bramble-none.service, content: "[Service]\nExecStart=true\n"}
                - service_facts:
                - debug: {msg: "{{ ansible_facts.services['bramble-none.service'].state }}"}
                - assert: {that: "'bramble-other.service' not in services"}
                - command: echo 1
                  register: said
                - copy: {dest: "{{ playbook_dir }}/facts.d/z.fact", content: '{"a": 1}'}
                  when: said.rc == 0
                - setup: {fact_path: "{{ playbook_dir }}/facts.d", gather_subset: ["!all", "!min", local, fips]}
                - debug: {msg: "{{ ansible_local.z.a }}"}
                - assert: {that: ansible_fips is defined}
                """, "--check", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("skipped=5"), said::toString);
    }

    @Test
    void aDryRunTellsWhetherFetchWouldBringAnything() throws IOException {
        file("there", "x");
        file("same", "x");
        file("other", "y");
        Cli.Said said = play("""
                - fetch: {src: "{{ playbook_dir }}/there", dest: "{{ playbook_dir }}/same", flat: true}
                  register: same
                - fetch: {src: "{{ playbook_dir }}/there", dest: "{{ playbook_dir }}/other", flat: true}
                  register: other
                - fetch: {src: "{{ playbook_dir }}/there", dest: "{{ playbook_dir }}/new/", flat: true}
                  register: new
                - copy: {content: x, dest: "{{ playbook_dir }}/planned"}
                - fetch: {src: "{{ playbook_dir }}/planned", dest: "{{ playbook_dir }}/same", flat: true}
                  register: planned
                - assert: {that: [same is not changed, other is changed, new is changed, planned is not changed,
                                  other.dest == playbook_dir ~ '/other', other.checksum == same.checksum]}
                """, "--check", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("skipped=0"), said::toString);
        assertEquals("y", Files.readString(folder.resolve("other")));
        assertFalse(Files.exists(folder.resolve("new")));
    }

    @Test
    void aDryRunDoesNotKnowAFileThatMayHaveBeenLeftAsItIs() throws IOException {
        file("site.yml", """
                - hosts: n
                  gather_facts: false
                  tasks:
                    - command: echo 1
                      register: said
                    - copy: {content: a, dest: "{{ playbook_dir }}/f"}
                      when: said.rc == 0
                    - copy: {content: x, dest: "{{ playbook_dir }}/f", force: false}
                    - copy: {content: x, dest: "{{ playbook_dir }}/f"}
                      register: again
                    - assert: {that: again is changed}
                    - copy: {content: x, dest: "{{ playbook_dir }}/f"}
                      register: known
                    - assert: {that: known is not changed}
                """);
        file("hosts", "n ansible_connection=local\n");
        Cli.Said said = new Cli(folder, folder.resolve("data"))
                .call(List.of("run", "-i", "hosts", "site.yml", "--check"));
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("unknown=4"), said::toString);
    }

    @Test
    void pingStartsThePythonThatIsNamed() throws IOException {
        file("my python", "#!/bin/sh\n[ -f \"$1\" ] && echo usable\n");
        assertTrue(folder.resolve("my python").toFile().setExecutable(true));
        String named = "ansible_python_interpreter: \"{{ playbook_dir }}/my python\"";
        String vars = "  vars: {" + named + ", ansible_remote_tmp: \"{{ playbook_dir }}/t m p\"}\n";
        Cli.Said said = play("- ping:\n" + vars, "-vvv", "-l", "n1");
        assertEquals(0, said.code(), said::toString);
        String quoted = "'\"'\"'" + folder;
        assertTrue(said.out().contains("<n1> EXEC /bin/sh -c '" + quoted + "/my python'\"'\"' " + quoted
                + "/t m p/ansible-tmp-"), said::toString);
        try (var left = Files.list(folder.resolve("t m p"))) {
            assertEquals(0, left.count());
        }
        Cli.Said none = play("- ping:\n  vars: {ansible_python_interpreter: /no/python, ansible_pipelining: true}\n");
        assertEquals(0, none.code(), none::toString);
        assertTrue(none.err().contains("Tried to start /no/python"), none::toString);
    }

    @Test
    void aLoopEndsWhereAnItemNeedsSomethingUndefined() throws IOException {
        holds("""
                - command: echo {{ known[item] }}
                  loop: [a, b, c]
                  vars: {known: {a: 1, c: 3}}
                  ignore_errors: true
                  register: broken
                - assert: {that: [broken is failed, broken.results is undefined, "'no attribute' in broken.msg"]}
                - debug: {msg: "{{ 1 / item }}"}
                  loop: [1, 0, 2]
                  ignore_errors: true
                  register: tried
                - assert: {that: [tried is failed, "tried.results | map(attribute='failed') | list == [false, true, false]"]}
                """);
    }

    @Test
    void whatIsOmittedOrNothingIsAsWithAnsible() throws IOException {
        file("roles/own/tasks/main.yml", "- set_fact: {included: main}\n");
        holds("""
                - include_role: {name: own, tasks_from: "{{ omit }}"}
                - set_fact: {found: "{{ 'a' | regex_search('b') }}", nothing: ~}
                - assert: {that: [included == 'main', found == '', nothing is none, ('a' | regex_search('b')) is none]}
                """);
    }

    @Test
    void aConditionThatDoesNotHoldMakesTheLoopOfAnIncludeIrrelevant() throws IOException {
        holds("""
                - include_tasks: nowhere.yml
                  loop: "{{ nobody }}"
                  when: false
                  register: skipped
                - assert: {that: [skipped is skipped, skipped.results is undefined]}
                """);
    }

    @Test
    void aNullIsNoValueForAnOptionThatIsRequired() throws IOException {
        holds("""
                - validate_argument_spec:
                    argument_spec: {n: {type: int, required: true}, o: {type: int}, r: {type: raw, required: true}}
                    provided_arguments: {n: ~, o: ~, r: ~}
                  ignore_errors: true
                  register: checked
                - assert: {that: [checked.argument_errors | length == 1, "'\\"None\\" cannot be converted to an int' in checked.msg"]}
                """);
    }

    @Test
    void fileTellsWhatBecomesOfThePathAlways() throws IOException {
        holds("""
                - file: {path: "{{ playbook_dir }}/d", state: directory}
                  register: made
                  run_once: true
                - assert: {that: [made.diff.before.state == 'absent', made.diff.after.state == 'directory']}
                """);
    }

    @Test
    void noModuleSaysHowItsHostIsReached() throws IOException {
        file("library/liar", "#!/bin/sh\n# WANT_JSON\necho '{\"ansible_facts\": {\"ansible_connection\": \"ssh\","
                + " \"ansible_become\": true, \"ansible_sudo_pass\": \"x\", \"ansible_kernel\": \"mine\"}}'\n");
        Cli.Said said = play("""
                - liar:
                - assert: {that: [ansible_connection == 'local', ansible_become is undefined, ansible_kernel == 'mine']}
                """);
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.err().contains("Removed restricted key from module data: ansible_connection"), said::toString);
    }

    @Test
    void nobodyToAskWhetherToDoATaskStopsTheRun() throws IOException {
        InputStream before = System.in;
        System.setIn(InputStream.nullInputStream());
        try {
            Cli.Said said = play("- file: {path: \"{{ playbook_dir }}/made\", state: touch}", "--step");
            assertFalse(Files.exists(folder.resolve("made")), said::toString);
            assertTrue(said.code() != 0, said::toString);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void hostsThatAreOneMachineMakeAFolderTogether() throws IOException {
        file("hosts", "n[1:9] ansible_connection=local\n");
        file("site.yml", """
                - hosts: all
                  gather_facts: false
                  tasks: [{file: {path: '{{ playbook_dir }}/made/by/all', state: directory}}]
                """);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "site.yml");
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void theCommandLineNamesFoldersOfModules() throws IOException {
        file("mine/greet", "#!/bin/sh\necho '{\"changed\": false, \"greeting\": \"good day\"}'\n");
        Cli.Said said = play("- greet:\n  register: r\n- assert: {that: r.greeting == 'good day'}", "-M",
                "other:" + folder.resolve("mine"));
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void whetherAJobIsAChangeIsSaidWhenItBegins() throws IOException {
        Cli.Said said = play("""
                - {command: 'true', async: 9, poll: 0, changed_when: false, register: job}
                - assert: {that: [not job.changed, job.ansible_job_id is defined]}
                """);
        assertEquals(0, said.code(), said::toString);
    }

    @Test
    void whereAJobsResultsAreIsSaidAsThePathOfTheOneWhoRunsIt() throws IOException {
        holds("""
                - block:
                    - {command: echo hi, async: 9, poll: 0, register: job}
                    - assert: {that: job.results_file == here + '/.ansible_async/' + job.ansible_job_id}
                    - {async_status: {jid: "{{ job.ansible_job_id }}"}, register: s, until: s is finished, delay: 0.1, retries: 90}
                    - assert: {that: [s.results_file == job.results_file, "s.stdout_lines == ['hi']"]}
                    - {async_status: {jid: "{{ job.ansible_job_id }}", mode: cleanup}, register: gone}
                    - assert: {that: [gone.erased == job.results_file, gone.started == 0, not gone.stdout_lines]}
                    - {async_status: {jid: "{{ job.ansible_job_id }}", mode: cleanup}, register: gone, failed_when: gone is not failed}
                    - assert: {that: [gone.msg == 'could not find job', gone.erased == job.results_file]}
                    - {command: echo hi, async: 9, poll: 0.1, register: job}
                    - assert: {that: job.results_file == here + '/.ansible_async/' + job.ansible_job_id}
                  environment: {HOME: "{{ here }}"}
                """,
                "-e", "here=" + folder);
    }

    @Test
    void varnamesKnowsAllNames() throws IOException {
        file("group_vars/all.yml", "aaa_inventory: 1\n");
        holds("""
                - set_fact: {aaa_fact: 1}
                - assert:
                    that:
                      - q('varnames', '^aaa_') == ['aaa_inventory', 'aaa_task', 'aaa_fact', 'aaa_given', 'aaa_item']
                      - q('varnames', '^(hostvars|vars|groups|omit|inventory_hostname)$') | sort == ['groups', 'hostvars', 'inventory_hostname', 'omit', 'vars']
                  vars: {aaa_task: 1}
                  loop: [1]
                  loop_control: {loop_var: aaa_item}
                """,
                "-e", "aaa_given=1");
    }

    @Test
    void statTellsAttributesOfTheFileSystemWhereTheNodeCan() throws IOException {
        file("f", "x");
        holds("""
                - {shell: "lsattr -vd {{ here }}/f || echo", register: l, changed_when: false}
                - {stat: "path={{ here }}/f", register: s}
                - assert:
                    that:
                      - s.stat.version == (l.stdout.split() | first | default(none))
                      - s.stat.attr_flags == (l.stdout.split()[1] | default('') | replace('-', ''))
                      - ('e' in s.stat.attr_flags) == ('extents' in s.stat.attributes)
                - {stat: "path={{ here }}/f get_attributes=false", register: s}
                - assert: {that: "['version', 'attr_flags', 'attributes'] | intersect(s.stat) == []"}
                """, "-e", "here=" + folder);
    }

    @Test
    void whatDependsOnACommandIsUnknownInADryRunAndNoFailure() throws IOException {
        file("roles/r/tasks/main.yml", "[]");
        for (String task : List.of("include_tasks: 'inc_{{ i.stdout }}.yml'", "include_role: {name: 'r{{ i.stdout }}'}",
                "include_role: {name: r, tasks_from: '{{ i.stdout }}'}", "{ping: , run_once: '{{ i.rc == 0 }}'}",
                "{command: 'true', notify: '{{ i.stdout }}'}", "{ping: , retries: '{{ i.rc }}'}",
                "{command: 'true', async: '{{ i.rc }}'}", "{ping: , loop: [1], loop_control: {pause: '{{ i.rc }}'}}",
                "debug: {msg: \"{{ lookup('first_found', [i.stdout]) }}\"}")) {
            Cli.Said said = play("- {command: echo hi, register: i}\n- %s\n- debug: {msg: goes on}\n".formatted(task),
                    "--check");
            assertEquals(0, said.code(), said::toString);
            assertEquals(3, said.out().split("goes on", -1).length, said::toString);
        }
        for (String keyword : List.of("hosts: '{{ hostvars.n1.i.stdout }}'",
                "{hosts: all, serial: '{{ hostvars.n1.i.rc }}'}",
                "{hosts: all, vars_files: ['{{ i.stdout }}.yml']}")) {
            file("site.yml", """
                    - hosts: all
                      gather_facts: false
                      tasks: [{command: echo hi, register: i}]
                    - %s
                    - hosts: all
                      gather_facts: false
                      tasks: [{debug: {msg: goes on}}]
                    """.formatted(keyword));
            Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "hosts", "--check", "site.yml");
            assertEquals(0, said.code(), said::toString);
            assertTrue(said.out().contains("skipping: it can't be foreseen: the command would have to run")
                    && said.out().contains("goes on"), said::toString);
        }
    }

    @Test
    void whatATaskWouldSetThatMayNotBeDoneIsUnknownInADryRun() throws IOException {
        file("more.yml", "of_file: 1\nsame: 1\n");
        file("group_vars/all.yml", "same: 1\n");
        for (String set : List.of("include_vars: more.yml | {{ of_file }}",
                "setup: {gather_subset: min} | {{ ansible_kernel }}",
                "setup: {gather_subset: min} | {{ ansible_facts.kernel }}",
                "include_vars: {file: more.yml, name: m} | {{ m.of_file }}",
                "set_fact: {\"{{ 'na' ~ 'med' }}\": 1} | {{ named }}",
                "{set_fact: {\"n{{ item }}\": 1}, loop: [1, 2]} | {{ n2 }}")) {
            String[] both = set.split(" \\| ", -1);
            Cli.Said said = play("""
                    - {command: echo hi, register: i}
                    - %s
                      when: i.stdout == 'hi'
                    - debug: {msg: "%s"}
                    - assert: {that: [same == 1, "inventory_hostname is match('n')"]}
                    """.formatted(both[0].replaceFirst("^\\{(.*), (loop: .*)\\}$", "$1\n  $2"), both[1]), "--check");
            assertEquals(0, said.code(), said::toString);
            assertEquals(3, said.out().split("All assertions passed", -1).length, said::toString);
        }
    }

    @Test
    void aTaskThatIsRefusedIsRefusedForAllHostsAlsoOnceNothingIsAskedAnyMore() throws IOException {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("y\nn\nc\n".getBytes(StandardCharsets.UTF_8)));
        try {
            Cli.Said said = play("""
                    - {debug: {msg: first}}
                    - {debug: {msg: refused}}
                    - {debug: {msg: third}}
                    - {debug: {msg: fourth}}
                    """, "--step");
            assertEquals(0, said.code(), said::toString);
            assertTrue(!said.out().contains("refused") && said.out().split("third|fourth", -1).length == 5,
                    said::toString);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void hostsJoinGroupsByWhatIsKnownOfThem() throws IOException {
        holds("""
                - group_by: {key: "kind_{{ inventory_hostname }}", parents: [kinds]}
                - assert: {that: ["groups.kind_n1 == ['n1']", "groups.kinds | sort == ['n1', 'n2']"]}
                - assert: {that: "('kind_' ~ inventory_hostname) in group_names"}
                - wait_for_connection: {timeout: 20}
                  register: there
                - assert: {that: [there is not changed, there.elapsed is defined]}
                """);
    }

    /** Before facts are gathered, what the node's environment holds isn't known: what needs it is not set for that alone. */
    @Test
    void anEnvironmentMayBeBuiltFromTheNodesOwn() throws IOException {
        file("roles/r/vars/only/bare", "bare: 1\n");
        file("templates/own.j2", "{{ template_uid }}");
        holds("""
                - block:
                    - setup: {gather_subset: [min, env]}
                    - command: printenv PATH
                      register: path
                    - assert:
                        that:
                          - ansible_env.LOLA == 'ido'
                          - "'/lola' not in ansible_env.PATH"
                          - path.stdout == ansible_env.PATH + ':/lola'
                    - template: {src: own.j2, dest: "{{ playbook_dir }}/{{ inventory_hostname }}.own"}
                    - assert: {that: "lookup('file', inventory_hostname + '.own') == ansible_env.USER_OF_FILE"}
                  environment: {PATH: "{{ ansible_env.PATH + ':/lola' }}", LOLA: ido,
                    USER_OF_FILE: "{{ lookup('pipe', 'id -un') }}"}
                - include_vars: {dir: roles/r/vars/only, extensions: ['', yml]}
                - assert: {that: bare == 1}
                """);
    }

    @Test
    void loopsTakeTheNamesOfAMapping() throws IOException {
        holds("""
                - command: "true"
                  with_items: "{{ m }}"
                  register: items
                  vars: {m: {a: 1, b: 2}}
                - command: "true"
                  with_sequence: start=1 end="{{ 1 + 1 }}" format='h %02d'
                  register: numbers
                - command: "true"
                  with_inventory_hostnames: [all, '!n1']
                  register: hosts
                - command: "true"
                  with_list: {a: 1}
                  register: refused
                  ignore_errors: true
                - assert:
                    that:
                      - items.results | map(attribute='item') | list == ['a', 'b']
                      - numbers.results | map(attribute='item') | list == ['h 01', 'h 02']
                      - hosts.results | map(attribute='item') | list == ['n2']
                      - refused.msg is search('with_list expects a list')
                """);
    }

    @Test
    void aFileOfATemplateKeepsItsLastNewlineAlsoWhereOneNumberIsAllThatIsInIt() throws IOException {
        file("number.j2", "{% set x = 5 %}{{ x }}\n");
        holds("""
                - template: {src: number.j2, dest: "{{ playbook_dir }}/number"}
                  run_once: true
                """);
        assertEquals("5\n", Files.readString(folder.resolve("number")));
    }

    @Test
    void keywordsAreReadAsAnsibleReadsThem() throws IOException {
        Cli.Said lookup = play("- debug:\n  with_nolookup: [1]\n");
        assertEquals(4, lookup.code(), lookup::toString);
        assertTrue(lookup.err().contains("\"with_nolookup\"") && lookup.err().contains("site.yml:5:7"),
                lookup::toString);
        assertEquals(4, play("- debug:\n  tags: 5\n").code());
        holds("- debug:\n  tags: [5, true]\n");
        Cli.Said environment = play("""
                - command: printenv KEPT
                  environment: [none, {KEPT: x}]
                - command: printenv HOME
                  environment: "{{ 'text' }}"
                """);
        assertEquals(0, environment.code(), environment::toString);
        assertTrue(environment.err().contains("could not parse environment value, skipping: 'none'")
                && environment.err().contains("skipping: 'text'"), environment::toString);
        file("lookup_plugins/nolookup.py", "");
        assertEquals(2, play("- debug:\n  with_nolookup: [1]\n").code(), "it may be there when the task is reached");
    }

    @Test
    void whatIsUndefinedIsToldWithWhatNeededIt() throws IOException {
        file("lost.j2", "a\n{{ nowhere }}");
        Cli.Said said = play("""
                - debug: {msg: "{{ item }}"}
                  loop: "{{ nowhere }}"
                  ignore_errors: true
                - template: {src: lost.j2, dest: "{{ playbook_dir }}/lost"}
                  ignore_errors: true
                - command: "true"
                  environment: {A: "{{ nowhere }}"}
                  ignore_errors: true
                - command: "true"
                  until: nowhere
                  ignore_errors: true
                """, "--limit", "n1");
        assertEquals(0, said.code(), said::toString);
        for (String told : List.of("{\"msg\": \"'nowhere' is undefined (",
                "\"msg\": \"AnsibleUndefinedVariable: 'nowhere' is undefined (",
                "\"msg\": \"The field 'environment' has an invalid value, which includes an undefined variable."
                        + " The error was: 'nowhere' is undefined (",
                "\"msg\": \"The conditional check 'nowhere' failed. The error was: error while evaluating conditional"
                        + " (nowhere): 'nowhere' is undefined")) {
            assertTrue(said.out().contains(told), () -> told + "\n" + said);
        }
    }

    @Test
    void halfOfAnInventoryThatCannotBeReadIsNone() throws IOException {
        file("play.yml", "- {hosts: all, gather_facts: false, tasks: [command: echo ran]}\n");
        file("half", "[a]\nh1 ansible_connection=local\n[b]\nh2 x\n");
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("ansible-playbook", "-i", "half", "play.yml");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("skipping: no hosts matched"), said::toString);
        assertTrue(said.err().contains("provided hosts list is empty, only localhost is available. "
                + "Note that the implicit localhost does not match 'all'"), said::toString);
        assertFalse(new Cli(folder, folder.resolve("data")).call(java.util.Map.of("ANSIBLE_LOCALHOST_WARNING", "no"),
                List.of("ansible-playbook", "-i", "half", "play.yml")).err().contains("only localhost"));
    }

    @Test
    void aNumberNamesNoGroup() throws IOException {
        file("hosts", "h1 major=10 os=deb\n");
        file("by.yml", """
                plugin: constructed
                keyed_groups:
                  - {key: os}
                  - {key: KEY, prefix: v}
                """);
        String by = Files.readString(folder.resolve("by.yml"));
        for (var one : java.util.Map.of("major", false, "major + 1", true, "false", true).entrySet()) {
            file("by.yml", by.replace("KEY", one.getKey()));
            Cli.Said said = new Cli(folder, folder.resolve("data")).call("ansible-inventory", "-i", "hosts", "-i",
                    "by.yml", "--graph");
            assertEquals(one.getValue(), !said.err().contains("no text, list or mapping"), said::toString);
            assertEquals(one.getKey().equals("major + 1"), said.out().contains("@v_11:"), said::toString);
        }
    }

    @Test
    void nothingIsAskedWhereNobodySitsAtATerminal() throws IOException {
        file("play.yml", """
                - hosts: n1
                  gather_facts: false
                  vars_prompt:
                    - {name: given, prompt: Which one, default: usual, private: false, confirm: true}
                  tasks: [assert: {that: given == 'usual'}]
                """);
        file("hosts", "n1 ansible_connection=local\n");
        InputStream before = System.in;
        System.setIn(
                new java.io.ByteArrayInputStream("typed\ntyped\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        try {
            Cli.Said said = new Cli(folder, folder.resolve("data")).call("ansible-playbook", "-i", "hosts", "play.yml");
            assertEquals(0, said.code(), said::toString);
            assertFalse(said.out().contains("Which one"), said::toString);
            assertTrue(said.err().contains("Not prompting as we are not in interactive mode"), said::toString);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void whatDoesNotFitASpecificationIsToldInAnsiblesWords() throws IOException {
        Cli.Said said = play("""
                - validate_argument_spec:
                    argument_spec: {d: {type: dict}, b: {type: bool}, s: {type: bytes}, p: {type: path}}
                    provided_arguments: {d: text, b: maybe, s: 1X, p: [1]}
                """, "--limit", "n1");
        for (String told : List.of("convert to dict: dictionary requested, could not parse JSON or key=value\"",
                "convert to bool: The value 'maybe' is not a valid boolean.  Valid booleans include: ",
                "convert to bytes: <class 'str'> cannot be converted to a Byte value\"")) {
            assertTrue(said.out().contains(told), () -> told + said);
        }
        assertFalse(said.out().contains("argument 'p'"), said::toString);
    }

    @Test
    void whatIsShownGoesByTheSettings() throws IOException {
        file("site.yml", """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - name: command
                      command: echo
                      changed_when: false
                    - meta: noop
                    - name: looping
                      debug: {msg: "{{ item }}"}
                      loop: [a]
                    - name: failing
                      command: "false"
                      no_log: true
                      ignore_errors: true
                """);
        file("hosts", "n1 ansible_connection=local\n");
        var cli = new Cli(folder, folder.resolve("data"));
        Cli.Said dry = cli.call(java.util.Map.of("ANSIBLE_DISPLAY_SKIPPED_HOSTS", "no"),
                List.of("ansible-playbook", "-i", "hosts", "-C", "site.yml"));
        assertFalse(dry.out().contains("TASK [command]") || dry.out().contains("TASK [meta]")
                || dry.out().contains("skipping"), dry::toString);
        Cli.Said line = cli.call(java.util.Map.of("ANSIBLE_STDOUT_CALLBACK", "oneline"),
                List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        assertTrue(
                line.out().contains("n1 | SUCCESS => {\"changed\": false,\"msg\": \"All items completed\",\"results\": "
                        + "[{\"ansible_loop_var\": \"item\",\"changed\": false,\"failed\": false,\"item\": \"a\",\"msg\": \"a\"}]}"),
                line::toString);
        assertTrue(line.out().contains("for this result\",\"changed\": true}"), line::toString);
        Cli.Said coloured = cli.call(
                java.util.Map.of("ANSIBLE_FORCE_COLOR", "1", "NO_COLOR", "", "ANSIBLE_NOCOLOR", ""),
                List.of("ansible-playbook", "-i", "hosts", "site.yml"));
        String green = "\u001b[0;32m";
        String end = "\u001b[0m";
        assertTrue(
                coloured.out().contains(green + "ok: [n1] => (item=a) => {" + end + "\n" + green + "    \"msg\": \"a\""
                        + end + "\n" + green + "}" + end),
                coloured::toString);
        assertTrue(coloured.out().contains(" : " + green + "ok=3   " + end + " \u001b[0;33mchanged=1   " + end
                + " unreachable=0    failed=0 "),
                coloured::toString);
    }
}
