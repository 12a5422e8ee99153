package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.TemplateException;
import bramble.template.Templates;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ansible-doc}. */
class DocCommandTest {
    @TempDir
    private Path folder;

    private Cli.Said call(String words) {
        return new Cli(folder, folder.resolve("data")).call(words.split(" +", -1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ansible-doc -l                                | 0 | ansible.builtin.copy
            ansible-doc -l ansible.posix                  | 0 | ansible.posix.mount
            ansible-doc -F                                | 0 | CopyModule
            ansible-doc copy                              | 0 | > ANSIBLE.BUILTIN.COPY
            ansible-doc -s ansible.builtin.copy           | 0 | copy:
            ansible-doc nosuch                            | 0 | [WARNING]: nosuch was not found
            doc -t filter tenary                          | 1 | Did you mean "ternary"?
            ansible-doc -t filter ternary                 | 0 | one of two values, by a truth
            ansible-doc -t filter ansible.builtin.ternary | 0 | one of two values, by a truth
            ansible-doc -t filter batch                   | 0 | default: none
            ansible-doc -t filter ansible.utils.ipmath    | 0 | # => "192.168.1.15"
            ansible-doc -j -t test version_compare        | 0 | "positional": "version, operator, strict, version_type"
            ansible-doc -l -t test                        | 0 | whether a task changed something
            ansible-doc -l -t lookup                      | 0 | first_found
            ansible-doc -l -t connection                  | 0 | chroot
            ansible-doc -t connection openssh             | 0 | a process for each shell
            ansible-doc -t callback ansible.posix.profile_tasks | 0 | how long each task took
            ansible-doc -t keyword when                   | 0 | applies_to:
            ansible-doc -j -l -t strategy                 | 0 | "free": "each host at its own pace"
            ansible-doc -t fliter x                       | 2 | invalid choice: 'fliter'
            ansible-doc                                   | 5 | Missing name(s)
            """)
    void documentsWhatThereIs(String words, int code, String shows) {
        Cli.Said said = call(words);
        assertEquals(code, said.code(), said.toString());
        assertTrue(said.toString().contains(shows), said.toString());
    }

    /** As ansible-doc lays it out, word for word. */
    @Test
    void documentsModulesThatAPlaybookBrings() throws IOException {
        Files.createDirectories(folder.resolve("library"));
        Files.writeString(folder.resolve("library/paint.py"), """
                #!/usr/bin/python
                DOCUMENTATION = r'''
                ---
                module: paint
                short_description: Paints things
                version_added: "1.2"
                description:
                  - Paints C(path) well; see M(ansible.builtin.copy) and L(the guide,https://example.org).
                options:
                  path: {description: [What, Not where.], type: path, required: true, aliases: [dest]}
                  coats:
                    description: How often.
                    type: list
                    elements: dict
                    suboptions:
                      wet: {description: Or dry., type: bool, default: no}
                notes: [Open the window.]
                author: [Al]
                '''
                EXAMPLES = '''
                - paint: {path: "C:\\\\x"}
                '''
                RETURN = '''
                found: {description: What was there., returned: always, type: str}
                '''
                raise Exception('this is never run')
                """);
        Files.writeString(folder.resolve("library/mute"), "#!/bin/sh\n");
        Files.writeString(folder.resolve("library/spray"), "#!/bin/sh\n");
        Files.writeString(folder.resolve("library/spray.yml"), "DOCUMENTATION: {short_description: Sprays}\n");
        Files.writeString(folder.resolve("library/broken.py"), "x = 1\nDOCUMENTATION = '''\na: b: c\n'''\n");
        assertEquals("""
                > PAINT    (%s/library/paint.py)

                        Paints `path' well; see [ansible.builtin.copy] and the guide
                        <https://example.org>.

                ADDED IN: version 1.2

                OPTIONS (= is mandatory):

                - coats
                        How often.
                        default: null
                        elements: dict
                        type: list

                        SUBOPTIONS:

                        - wet
                            Or dry.
                            default: false
                            type: bool

                = path
                        What
                        Not where.
                        aliases: [dest]
                        type: path


                NOTES:
                      * Open the window.

                AUTHOR: Al

                EXAMPLES:

                - paint: {path: "C:\\x"}


                RETURN VALUES:
                - found
                        What was there.
                        returned: always
                        type: str

                """.formatted(folder), call("ansible-doc -M library paint").out());
        assertTrue(call("ansible-doc -M library -l").out().contains("Paints things"));
        Path collection = Files.createDirectories(
                folder.resolve("collections/ansible_collections/my/c/plugins/modules"));
        Files.copy(folder.resolve("library/paint.py"), collection.resolve("paint.py"));
        assertEquals("my.c.paint                               Paints things\n",
                call("ansible-doc --playbook-dir . -l my.c").out());
        assertTrue(call("ansible-doc -M library -j paint").out().contains("\"suboptions\": {"));
        assertTrue(call("ansible-doc -M library -s spray").out().startsWith("- name: Sprays\n  spray:\n"));
        assertTrue(call("doc paimt").toString().contains("Did you mean \"paint\"?"));
        assertTrue(call("ansible-doc paint").toString().contains("paint was not found"));
        assertTrue(call("doc mute").toString().contains("says nothing about itself"));
        assertTrue(call("doc broken").toString().contains("library/broken.py:3:"));
    }

    @Test
    void documentsEachCallback() {
        MapValue all = (MapValue) Json.parse(call("ansible-doc -j -l -t callback").out());
        assertEquals(Stream.concat(Callbacks.SHOWING.stream(), Callbacks.LISTENING.stream()).sorted().toList(),
                all.byName().keySet().stream().sorted().toList());
    }

    @Test
    void tellsProgramsTheSame() {
        MapValue ping = (MapValue) Json.parse(call("ansible-doc -j ping").out());
        assertTrue(ping.toString().contains("short_description") && ping.toString().contains("data"));
        MapValue all = (MapValue) ((MapValue) Json.parse(call("ansible-doc --metadata-dump").out())).get("all")
                .orElseThrow();
        assertTrue(all.byName().keySet().containsAll(Set.of("module", "filter", "test", "lookup", "keyword")));
    }

    @Test
    void tellsOfNothingThatIsNotThere() {
        PluginManual manual = PluginManual.load();
        assertTrue(manual.of("filter").size() > 150);
        for (var one : manual.of("keyword").entrySet()) {
            assertEquals(2, one.getValue().more().size(), one.getKey());
        }
        for (var kind : java.util.List.of("filter", "test", "lookup")) {
            var there = new java.util.HashSet<String>();
            java.util.ServiceLoader.load(bramble.template.Extensions.class)
                    .forEach(family -> there.addAll(switch (kind) {
                        case "filter" -> family.filters().keySet();
                        case "test" -> family.tests().keySet();
                        default -> family.lookups().keySet();
                    }));
            manual.of(kind).keySet().forEach(name -> assertTrue(there.contains(name), kind + " " + name));
        }
    }

    /** Each example is evaluated, and gives what the page says. */
    @TestFactory
    Stream<DynamicTest> examplesAreTrue() {
        PluginManual manual = PluginManual.load();
        var templates = new Templates(vaulted -> new Text(vaulted.envelope()));
        Scope scope = Scopes.of(Map.of(), Site.of(folder));
        return Stream.of("filter", "test", "lookup").flatMap(kind -> manual.of(kind).entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(kind + " " + one.getKey(), () -> {
                    assertFalse(one.getValue().about().isEmpty());
                    assertFalse(one.getValue().examples().isEmpty());
                    for (PluginManual.Example example : one.getValue().examples()) {
                        assertTrue(templates.mentionsInExpression(example.expression(), Source.NONE).stream()
                                .anyMatch(mention -> mention.kind().name().equals(kind.toUpperCase(Locale.ROOT))));
                        if (example.json().isPresent()) {
                            assertEquals(Json.pretty(Json.parse(example.json().get())), Json.pretty(
                                    templates.expression(example.expression(), Source.NONE, scope)));
                        }
                    }
                })));
    }

    @Test
    void lookupsTellOfSettingsAndCollections() throws IOException {
        Files.writeString(folder.resolve("ansible.cfg"), "[defaults]\nforks = 7\n");
        Path collection = Files.createDirectories(folder.resolve("collections/ansible_collections/own/tools"));
        Files.writeString(collection.resolve("galaxy.yml"),
                "namespace: own\nname: tools\nversion: 1.2.3\nreadme: README.md\nauthors: [al]\n");
        var templates = new Templates(vaulted -> new Text(vaulted.envelope()));
        Scope scope = Scopes.of(Map.of(), Site.of(folder));
        assertEquals("[[7, \"" + folder.resolve("ansible.cfg") + "\"], \"1.2.3\", \"-\"]", Json.compact(templates
                .expression("[lookup('config', 'DEFAULT_FORKS', show_origin=true),"
                        + " lookup('community.general.collection_version', 'own.tools'),"
                        + " lookup('collection_version', 'own.more', result_not_found='-')]", Source.NONE, scope)));
        var e = assertThrows(TemplateException.class,
                () -> templates.expression("lookup('config', 'DEFAULT_FORK')", Source.NONE, scope));
        assertTrue(e.toString().contains("Did you mean \"DEFAULT_FORKS\"?"), e.toString());
    }
}
