package bramble.playbook;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class PlaybookLoaderTest {
    @TempDir
    Path folder;

    private static final Set<String> MODULES = Set.of("command", "shell", "raw", "script", "copy", "debug", "file",
            "template", "service", "user",
            "apt", "set_fact", "include_vars", "fail", "ping", "add_host", "assert", "group_by", "uri");

    private record Known(Set<String> names) implements Actions {
        @Override
        public Optional<String> resolve(String written, List<String> collections) {
            String name = written.startsWith("ansible.builtin.")
                    ? written.substring("ansible.builtin.".length())
                    : written;
            return Optional.of(name).filter(names::contains);
        }

        @Override
        public boolean freeForm(String name) {
            return Set.of("command", "shell", "raw", "script").contains(name);
        }
    }

    private PlaybookLoader loader(List<Problem> warnings) {
        var templates = new Templates(_ -> {
            throw new ProblemException(Source.NONE, "no vault here");
        });
        Surroundings.Evaluator evaluator = (value, layers) -> {
            var known = new LinkedHashMap<String, Value>();
            layers.forEach(layer -> known.putAll(layer.values().byName()));
            return templates.resolve(value, Scopes.of(known, Site.of(folder)));
        };
        return new PlaybookLoader(new Surroundings(folder, List.of(folder.resolve("shared")),
                List.of(folder.resolve("collections")), List.of(), List.of(), new Known(MODULES),
                Files::readString, evaluator, name -> !name.equals("nothing_at_all")), warnings::add);
    }

    private void write(MapValue files) throws IOException {
        for (var file : files.byName().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(Optional.ofNullable(path.getParent()).orElseThrow());
            Files.writeString(path, PythonText.of(file.getValue()));
        }
    }

    private static List<MapValue> cases(String name) throws IOException {
        try (var in = PlaybookLoaderTest.class.getResourceAsStream(name)) {
            String text = new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            ListValue cases = (ListValue) NodeValues.plain(YamlReader.readOne(text, name, _ -> {}));
            return cases.items().stream().map(MapValue.class::cast).toList();
        }
    }

    private static List<String> texts(MapValue test, String name) {
        return test.get(name).map(value -> ((ListValue) value).items().stream().map(PythonText::of).toList())
                .orElse(List.of());
    }

    @TestFactory
    Stream<DynamicTest> whatIsWrittenIsWhatIsRead() throws IOException {
        return cases("right.yml").stream()
                .map(test -> DynamicTest.dynamicTest(PythonText.of(test.get("case").orElseThrow()), () -> {
                    write((MapValue) test.get("files").orElseThrow());
                    var warnings = new ArrayList<Problem>();
                    Playbook playbook = loader(warnings).load(folder.resolve("site.yml"));
                    assertEquals(PythonText.of(test.get("gives").orElseThrow()), Outline.of(playbook, folder));
                    assertEquals(texts(test, "warnings"), warnings.stream().map(Problem::toString).toList());
                }));
    }

    @TestFactory
    Stream<DynamicTest> allThatIsWrongIsSaidAtOnce() throws IOException {
        return cases("wrong.yml").stream()
                .map(test -> DynamicTest.dynamicTest(PythonText.of(test.get("case").orElseThrow()), () -> {
                    write((MapValue) test.get("files").orElseThrow());
                    var problems = assertThrows(ProblemException.class,
                            () -> loader(new ArrayList<>()).load(folder.resolve("site.yml"))).problems();
                    assertEquals(texts(test, "problems"), problems.stream().map(Problem::toString)
                            .map(text -> text.replace(folder.toString(), "~")).toList());
                }));
    }

    @Test
    void aTaskBringsInFilesAndRolesAtRunTime() throws IOException {
        write(MapValue.of("site.yml", """
                - hosts: all
                  become: yes
                  tasks:
                    - when: outer
                      tags: around
                      block:
                        - include_tasks: {file: more.yml, apply: {tags: applied, become_user: root}}
                          when: own
                          tags: own
                          vars: {x: 1}
                        - include_role: {name: r, tasks_from: other}
                          loop: [1]
                """, "tasks/more.yml", "- ping:\n- import_role: name=r\n", "roles/r/tasks/other.yml", "- command: id\n",
                "roles/r/tasks/main.yml", "",
                "roles/r/handlers/main.yml", "- name: again\n  ping:\n", "roles/r/defaults/main.yml", "d: 1\n"));
        PlaybookLoader loader = loader(new ArrayList<>());
        Play play = loader.load(folder.resolve("site.yml")).plays().getFirst();
        Block block = (Block) play.tasks().getFirst();

        LoadedTasks tasks = loader.tasks("more.yml", play, (Task) block.tasks().get(0));
        String inherited = "become=True become_user=root when=[outer] tags=[around, applied] vars=[{'x': 1}] params=[{'x': 1}]";
        assertEquals("steps\n  ping () " + inherited + "\n  block role=r " + inherited + "\n",
                Outline.of(tasks.steps()));
        assertEquals(List.of("again"),
                tasks.handlers().stream().map(step -> PythonText.of(step.name().orElseThrow())).toList());
        assertEquals(List.of("r"), tasks.publicRoles().stream().map(Role::name).toList());

        Task include = (Task) block.tasks().get(1);
        LoadedRole role = loader.role(RoleRequest.of("r", include.action().arguments(), false), play, include);
        assertEquals("steps\n  command role=r (_raw_params: 'id') become=True when=[outer] tags=[around]\n",
                Outline.of(role.steps()));
        assertEquals(MapValue.of("d", 1), role.role().visibleDefaults().getFirst().values());
        assertTrue(role.publicRoles().isEmpty());
        var missing = assertThrows(ProblemException.class, () -> loader.tasks("moar.yml", play, include));
        assertTrue(String.valueOf(missing.getMessage()).contains("site.yml:11:11: Tried to find the file \"moar.yml\""),
                missing.getMessage());
    }

    @Test
    void tagsSelect() {
        // only, skip, the step's tags, whether it is chosen
        String[][] table = {{"", "", "", "yes"}, {"", "", "never", "no"}, {"", "", "never,a", "no"},
            {"a", "", "never,a", "yes"}, {"a", "", "", "no"},
            {"a", "", "b,a", "yes"}, {"a", "", "always", "yes"}, {"a", "always", "always", "no"}, {"a", "a", "a", "no"},
            {"tagged", "", "b", "yes"},
            {"tagged", "", "", "no"}, {"untagged", "", "", "yes"}, {"untagged", "", "b", "no"},
            {"all", "tagged", "b", "no"}, {"all", "untagged", "", "no"},
            {"all", "all", "always", "yes"}, {"never", "", "never", "yes"}, {"tagged", "", "never", "no"}};
        assertAll(Stream.of(table).map(row -> () -> assertEquals(row[3].equals("yes"),
                new Tags(words(row[0]), words(row[1])).select(words(row[2])), String.join(" | ", row))));
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(",", -1));
    }

    /** Broken playbooks, made by cutting and mixing good ones, give problems, and nothing else. */
    @Test
    void onlyProblemsComeOut() throws IOException {
        var texts = new ArrayList<String>();
        var sites = new ArrayList<String>();
        for (MapValue test : Stream.concat(cases("right.yml").stream(), cases("wrong.yml").stream()).toList()) {
            MapValue files = (MapValue) test.get("files").orElseThrow();
            write(files);
            files.entries().values().forEach(text -> texts.add(PythonText.of(text)));
            sites.add(PythonText.of(files.get("site.yml").orElseThrow()));
        }
        var pieces = texts.stream().flatMap(String::lines).toList();
        var random = new Random(4711);
        Path site = folder.resolve("site.yml");
        PlaybookLoader loader = loader(new ArrayList<>());
        int read = 0;
        for (int round = 0; round < 600; round++) {
            String text = sites.get(random.nextInt(sites.size()));
            var lines = new ArrayList<>(text.lines().toList());
            for (int change = random.nextInt(4); change >= 0 && !lines.isEmpty(); change--) {
                int at = random.nextInt(lines.size());
                String line = lines.get(at);
                switch (random.nextInt(4)) {
                    case 0 -> lines.remove(at);
                    case 1 -> lines.add(at, pieces.get(random.nextInt(pieces.size())));
                    case 2 -> lines.set(at, line.substring(0, random.nextInt(line.length() + 1)));
                    default -> lines.set(at, line + "\u0000\"'{%[}#: *&!<<".charAt(random.nextInt(15)));
                }
            }
            Files.writeString(site, String.join("\n", lines));
            try {
                loader.load(site);
                read++;
            } catch (ProblemException e) {
                assertTrue(!e.problems().isEmpty());
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("this text brought " + e + ":\n" + String.join("\n", lines), e);
            }
        }
        assertTrue(read > 30 && read < 600, read + " playbooks could be read");
    }
}
