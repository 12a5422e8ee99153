package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bramble check}: what it finds, and above all what it says nothing about. */
class CheckTest {
    @TempDir
    Path folder;

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** Each finding as {@code severity rule file:line:column message}. */
    private List<String> found(String... arguments) throws IOException {
        write("hosts", "h1\n[web]\nh2\n");
        var words = new ArrayList<>(List.of("check", "-i", "hosts", "--format", "json"));
        words.addAll(List.of(arguments));
        Cli.Said said = new Cli(folder, folder.resolve("data")).call(words);
        var report = (MapValue) Json.parse(said.out());
        var found = new ArrayList<String>();
        for (var one : ((ListValue) report.get("findings").orElseThrow()).items()) {
            var finding = (MapValue) one;
            found.add(text(finding, "severity") + " " + text(finding, "rule") + " " + text(finding, "file") + ":"
                    + text(finding, "line") + ":" + text(finding, "column") + " " + text(finding, "message")
                    + (text(finding, "hint").contains("Did you mean") ? " " + text(finding, "hint") : ""));
        }
        boolean errors = found.stream().anyMatch(line -> line.startsWith("error"));
        assertEquals(errors ? 1 : 0, said.code(), said.toString());
        return found;
    }

    private static String text(MapValue finding, String key) {
        return PythonText.of(finding.get(key).orElseThrow());
    }

    @Test
    void tellsWhatRolesRefuse() throws IOException {
        write("roles/r/meta/checks.yml", "- {variable: number, that: value not in others.values(), msg: Twice.}\n");
        write("roles/r/tasks/main.yml", "- debug:\n");
        write("site.yml", "- hosts: all\n  vars:\n    number: 1\n  roles: [r]\n");
        assertEquals(List.of("error refused site.yml:3:5 h1, h2: number: Twice."), found("site.yml"));
    }

    /** Modes, regular expressions, hosts and groups that are written out; those that are right, or asked for first, are left alone. */
    @Test
    void findsModesExpressionsHostsAndGroupsThatAreNone() throws IOException {
        write("site.yml",
                """
                        - hosts: all
                          tasks:
                            - file: {path: /a, mode: rw-r--r--}
                            - file: {path: /a, mode: "0888"}
                            - file: {path: /a, mode: 644}
                            - file: {path: /a, mode: "u=rwX,go-w"}
                            - copy: {content: a, dest: /a, mode: preserve}
                            - lineinfile: {path: /a, regexp: "a(b", line: c}
                            - lineinfile: {path: /a, regexp: '^(#\\s*)?a=', line: c, insertafter: EOF}
                            - replace: {path: /a, regexp: "{{ 'x' | regex_replace('*', '') }}"}
                            - assert: {that: "inventory_hostname is match('[')"}
                            - assert: {that: "['h1'] | select('match', '^h') | list"}
                            - file: {path: "{{ hostvars['h3'].a }}"}
                            - file: {path: "{{ hostvars.h2.ansible_host }}{{ groups.all }}{{ groups['web'] }}{{ groups.keys() }}"}
                            - file: {path: "{{ groups.wev }}"}
                            - file: {path: "{{ groups['db'] | default([]) }}"}
                            - file: {path: "{{ groups['cache'] }}"}
                              when: "'cache' in groups"
                            - file: {path: "{{ hostvars.h4.a }}"}
                              when: ansible_os_family == 'Debian'
                        """);
        assertEquals(
                """
                        error argument site.yml:3:30 file: The mode must be in octal or symbolic form, not "rw-r--r--".
                        error argument site.yml:4:31 file: The mode must be in octal or symbolic form, not "0888".
                        warning argument site.yml:5:7 The mode 644 is a decimal number, 01204 in octal. If 644 was meant in octal, write '0644'.
                        error argument site.yml:8:39 lineinfile: The regexp is no regular expression: missing ), unterminated subpattern at position 1.
                        error syntax site.yml:10:59 This is no regular expression: nothing to repeat at position 0.
                        error syntax site.yml:11:51 This is no regular expression: unterminated character set at position 0.
                        error variable site.yml:13:32 The inventory has no host named "h3". Did you mean "h1"?
                        error variable site.yml:15:31 The inventory has no group named "wev". Did you mean "web"?
                        warning variable site.yml:19:33 The inventory has no host named "h4", which is needed here where the conditions hold. Did you mean "h1"?""",
                String.join("\n", found("site.yml")));
    }

    @Test
    void judgesNoHostsWhereTheInventoryIsReadAgain() throws IOException {
        write("site.yml", """
                - hosts: all
                  tasks:
                    - meta: refresh_inventory
                    - file: {path: "{{ hostvars['h3'].a }}{{ groups['db'] }}"}
                """);
        assertEquals(List.of(), found("site.yml"));
    }

    /** Files that a task names literally, in arguments, in lookups and for its variables, and nothing that may be elsewhere. */
    @Test
    void findsFilesThatAreNotThere() throws IOException {
        write("files/there.txt", "x");
        write("vars/there.yml", "a: 1");
        write("vars/web/a.yml", "b: 1");
        write("site.yml", """
                - hosts: all
                  tasks:
                    - include_vars: {file: there.yml}
                    - include_vars: {dir: web}
                    - include_vars: "{{ item }}"
                      with_first_found: [none.yml, there.yml]
                    - debug: {msg: "{{ lookup('file', 'there.txt') }} {{ lookup('file', 'none', errors='ignore') }}"}
                    - include_vars: none.yml
                    - include_vars: {dir: none}
                    - include_vars: none-{{ item }}.yml
                      loop: [a]
                    - debug: {msg: "{{ lookup('file', 'none.txt') }}"}
                    - debug: {msg: "{{ lookup('file', 'none.crt') if inventory_hostname == 'h1' else '' }}"}
                    - debug: {msg: "{{ lookup('ansible.builtin.file', '~/.ssh/id_of_nobody.pub') }}"}
                    - script: none.sh --all
                """);
        assertEquals("""
                error file site.yml:8:7 There is no file "none.yml" where it is looked for.
                error file site.yml:9:27 There is no file "none" where it is looked for.
                error file site.yml:10:7 There is no file "none-a.yml" where it is looked for.
                error file site.yml:12:21 There is no file "none.txt" where it is looked for.
                warning file site.yml:13:21 There is no file "none.crt" where it is looked for.
                warning file site.yml:14:21 There is no file "~/.ssh/id_of_nobody.pub" where it is looked for.
                error file site.yml:15:7 There is no file "none.sh" where it is looked for.""",
                String.join("\n", found("site.yml")));
    }

    @Test
    void findsAllAtOnce() throws IOException {
        write("templates/a.j2", "{{ port }}\n{% if open %}\n");
        write("site.yml", """
                - hosts: all
                  vars: {port: 80}
                  tasks:
                    - coppy: {src: x, dest: /x}
                      register: copied
                    - debug: {msg: "{{ copied.x }} {{ prot }} {{ port | defualt(3) }}"}
                    - copy: {src: none.txt, dest: /x, moed: '0644'}
                      notify: restrat
                    - template: {src: a.j2, dest: /a}
                      wehn: yes
                    - file:
                        path: /x
                        state: directry
                    - debug: {msg: "{{ item }} {{ itme }}"}
                      loop: [1]
                    - debug: {msg: "{{ never }}"}
                      when: port == 81
                    - debug: {msg: "{{ perhaps }}"}
                      when: ansible_os_family == 'Debian'
                    - debug: {msg: "{{ broken | }}"}
                    - meta: flush_handler
                    - stat: {}
                  handlers:
                    - name: restart
                      service: {name: x, state: restarted}
                """);
        assertEquals(
                """
                        error structure site.yml:4:7 Tried to find the module "coppy", but there is none of that name. Did you mean "copy"?
                        error variable site.yml:6:39 Nothing defines the variable "prot". Did you mean "port"?
                        error plugin site.yml:6:57 There is no filter named "defualt". Did you mean "default"?
                        error file site.yml:7:19 There is no file "none.txt" where it is looked for.
                        error argument site.yml:7:39 copy: This module has no argument "moed". Did you mean "mode"?
                        error handler site.yml:8:15 There is no handler named "restrat", nor one that listens to it. Did you mean "restart"?
                        error structure site.yml:10:7 Tried to read the keyword "wehn", but a task has no such keyword. Did you mean "when"?
                        error argument site.yml:13:16 file: value of state must be one of: absent, directory, file, hard, link, touch, got: directry Did you mean "directory"?
                        error variable site.yml:14:35 Nothing defines the variable "itme". Did you mean "item"?
                        warning variable site.yml:18:24 Nothing defines the variable "perhaps", which is needed here where the conditions hold.
                        error syntax site.yml:20:33 Tried to read a template, but the expression ends where a name is expected.
                        error argument site.yml:21:7 meta: there is no "flush_handler". Did you mean "flush_handlers"?
                        error argument site.yml:22:7 stat: Missing required arguments: path.
                        error syntax templates/a.j2:2:4 Tried to read a template, but the tag 'if' is still open at the end, where a 'elif' or 'else' or 'endif' is expected.""",
                String.join("\n", found("site.yml")));
    }

    @Test
    void saysNothingOfWhatMayBeDefined() throws IOException {
        write("group_vars/later.yml", "of_a_later_group: 1\n");
        write("host_vars/h1.yml", "of_one_host: 1\n");
        write("roles/r/defaults/main.yml", "of_defaults: \"{{ of_role_vars }}\"\nunused: \"{{ nowhere }}\"\n");
        write("roles/r/vars/main.yml", "of_role_vars: 1\n");
        write("roles/r/vars/Debian.yml", "of_a_system: 1\n");
        write("roles/r/tasks/main.yml", """
                - include_vars: "{{ ansible_os_family }}.yml"
                - debug: {msg: "{{ of_a_system }} {{ of_defaults }} {{ of_include }} {{ role_path }}"}
                - include_tasks: "setup-{{ ansible_os_family }}.yml"
                - debug: {msg: "{{ of_setup }}"}
                """);
        write("roles/r/tasks/setup-Debian.yml", "- set_fact: {of_setup: 1}\n");
        write("roles/r/handlers/main.yml", "- name: again\n  listen: anew\n  debug: {msg: x}\n");
        write("templates/t.j2", """
                {% from 'macros.j2' import shown with context %}
                {% for one in hostvars %}{{ one }} {{ loop.index }}{% endfor %}
                {% set made = 1 %}{{ made }} {{ ansible_managed }} {{ template_host }} {{ shown(1) }}
                {{ guarded | default('x') }} {% if other is defined %}{{ other }}{% endif %}
                {% raw %}{{ raw }}{% endraw %}
                """);
        write("templates/macros.j2", "{% macro shown(a) %}{{ a }} {{ made }} {{ varargs }}{% endmacro %}\n");
        write("asked.yml", "of_file: 1\n");
        write("site.yml",
                """
                        - hosts: all
                          vars: {of_play: 1}
                          vars_files: [asked.yml]
                          vars_prompt: [{name: of_prompt, prompt: x}]
                          tasks:
                            - debug: {msg: "{{ of_play }} {{ of_file }} {{ of_prompt }} {{ of_later_play }} {{ of_one_host }}"}
                            - debug: {msg: "{{ of_a_later_group }} {{ of_extra }} {{ ansible_anything }} {{ inventory_hostname }}"}
                            - debug: {msg: "{{ lookup('env', 'HOME') }} {{ range(3) | list }} {{ now() }} {{ omit }} {{ guarded }}"}
                            - include_role: {name: r}
                              vars: {of_include: 1}
                              loop: [1]
                              notify: []
                              ignore_errors: no
                            - template: {src: t.j2, dest: /t, mode: "{{ x | default(omit) }}"}
                              notify: [anew, again, "r : again"]
                            - debug: {msg: "{{ gone }}"}
                              when: switched_off is defined
                            - debug: {var: not_there}
                          handlers:
                            - name: nobody notifies it
                              debug: {msg: "{{ of_another_role }}"}
                        - hosts: all
                          vars: {of_play: 1}
                          tasks:
                            - add_host: {name: x, of_new_host: 1}
                            - debug: {msg: "{{ of_new_host }}"}
                            - command: "{{ item.0 }} {{ n }}"
                              with_together: [[1], [2]]
                              loop_control: {index_var: n}
                              register: done
                              until: done.rc == 0
                              changed_when: done.stdout != ''
                        - hosts: h1
                          tasks:
                            - set_fact: {of_later_play: 1}
                        """
                        .replace("      notify: []\n", ""));
        assertEquals(List.of(), found("-e", "of_extra=1", "site.yml"));
    }

    @Test
    void judgesNothingWhereNamesAreTemplates() throws IOException {
        write("site.yml", """
                - hosts: all
                  tasks:
                    - set_fact: {"{{ inventory_hostname }}_x": 1}
                    - debug: {msg: "{{ h1_x }} {{ 1 | nonsense }}"}
                - hosts: nobody_here
                  tasks:
                    - debug: {msg: "{{ anything }}"}
                """);
        assertEquals(List.of("error plugin site.yml:4:39 There is no filter named \"nonsense\"."), found("site.yml"));
    }

    @Test
    void tellsOfModulesThatAreElsewhereWhereTheyMayBeReached() throws IOException {
        write("site.yml", """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - community.general.pacman: {name: x}
                      when: ansible_os_family == 'Archlinux'
                    - community.general.pacman: {name: x}
                      when: 1 > 2
                    - zypper: {name: x}
                """);
        assertEquals("warning structure site.yml:4:7, error structure site.yml:8:7", String.join(", ",
                found("site.yml").stream().map(line -> line.replaceFirst(" Tried to find the module .*", ""))
                        .toList()));
    }

    @Test
    void looksOnlyAtWhatTagsChoose() throws IOException {
        write("site.yml", """
                - hosts: all
                  tasks:
                    - debug: {msg: "{{ one }}"}
                      tags: a
                    - debug: {msg: "{{ two }}"}
                      tags: b
                """);
        assertEquals(List.of("error variable site.yml:3:24 Nothing defines the variable \"one\"."),
                found("--tags", "a", "site.yml"));
        assertEquals(2, found("site.yml").size());
    }

    @Test
    void findsNamesThatNoVariableCanHaveAndLoopsOverNoList() throws IOException {
        write("site.yml", """
                - hosts: all
                  tasks:
                    - set_fact: {my-var: 1, good: 2}
                    - debug: {msg: x}
                      loop: 5
                    - debug: {msg: x}
                      loop: "{{ good }}"
                    - debug: {msg: x}
                      with_items: 5
                """);
        assertEquals(List.of("error argument site.yml:3:18 \"my-var\" can't be a variable's name.",
                "error argument site.yml:5:7 loop needs a list, but this is 5."), found("site.yml"));
    }

    @Test
    void showsTheLine() throws IOException {
        write("hosts", "h1\n");
        write("site.yml", "- hosts: all\n  tasks:\n    - debug: {msg: \"{{ one }}\"}\n");
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("check", "-i", "hosts", "site.yml");
        assertTrue(said.out().contains("3 |     - debug: {msg: \"{{ one }}\"}\n  |                        ^"),
                said.out());
        assertTrue(said.out().endsWith("1 error, 0 warnings.\n"), said.out());
        assertEquals(2, new Cli(folder, folder.resolve("data")).call("check", "--format", "xml", "site.yml").code());
    }
}
