package bramble.inventory;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Secrets;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import bramble.vault.Identity;
import bramble.vault.Vault;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryTest {
    private static final Source HERE = new Source("site.yml", 3, 5);

    private final List<Problem> problems = new ArrayList<>();
    private final Secrets secrets = new Secrets();

    private Inventory read(Path folder, String... sources) {
        var vault = new Vault(List.of(new Identity(Identity.DEFAULT, "correct horse")), false, secrets);
        return new InventoryReader(folder, new VariableFiles(folder, vault, problems::add), problems::add)
                .read(List.of(sources));
    }

    private static Path resources() {
        try {
            return Path.of(Objects.requireNonNull(InventoryTest.class.getResource("patterns.tsv")).toURI())
                    .resolveSibling("");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each folder holds inventory sources, and what ansible-inventory of ansible-core 2.14 prints for them. */
    @ParameterizedTest
    @ValueSource(strings = {"ini", "folder", "beside", "order", "forms", "export", "constructed", "named"})
    void theWholeInventoryIsWhatAnsibleMakesOfIt(String name) throws IOException {
        Path folder = resources().resolve(name);
        List<String> sources = Files.readAllLines(folder.resolve("sources"));
        Inventory inventory = read(folder,
                sources.stream().filter(source -> !source.startsWith("--")).toArray(String[]::new));
        var view = new InventoryView(inventory, inventory, sources.contains("--export"));
        assertEquals(Files.readString(folder.resolve("list.json")), Json.pretty(view.list()) + "\n");
        assertEquals(Files.readString(folder.resolve("graph.txt")), view.graph("all", true));
        Value yaml = NodeValues
                .plain(YamlReader.readOne(Files.readString(folder.resolve("list.yaml")), name, problems::add));
        assertEquals(yaml, plain(view.yaml()));
        assertEquals(List.of(),
                problems.stream().filter(problem -> problem.severity() == Problem.Severity.ERROR).toList());
    }

    private static Value plain(Value value) {
        return switch (value) {
            case Template(String text, _) -> new Text(text);
            case ListValue list -> new ListValue(list.items().stream().map(InventoryTest::plain).toList());
            case TupleValue(List<Value> items) -> new ListValue(items.stream().map(InventoryTest::plain).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, entry) -> entries.put(key, plain(entry)));
                yield new MapValue(entries);
            }
            case Value other -> other;
        };
    }

    @Test
    void patternsSelectWhatAnsibleSelects() throws IOException {
        assertAll(Files.readAllLines(resources().resolve("patterns.tsv")).stream().filter(line -> !line.startsWith("#"))
                .map(line -> () -> {
                    String[] row = line.split("\t", -1);
                    Inventory inventory = read(resources(), row[0]);
                    var warnings = new ArrayList<Problem>();
                    String hosts = HostPattern.of(row[1], HERE).select(inventory, warnings::add).stream()
                            .map(Host::name)
                            .collect(Collectors.joining(" "));
                    assertEquals(row[2], hosts, line);
                    assertEquals(row[3].isEmpty() ? "" : "Could not match supplied host pattern, ignoring: " + row[3],
                            warnings.stream().map(Problem::summary).collect(Collectors.joining(" ")), line);
                }));
    }

    @Test
    void everyDefinitionOfAVariableIsKnownWithItsPlace() {
        Path folder = resources().resolve("beside");
        Inventory inventory = read(folder, "a/hosts", "b/hosts").besidePlaybook("b");
        assertEquals(List.of("ALL_IN_INVENTORY all a/hosts:8:1", "GROUP_IN_INVENTORY web a/hosts:5:1",
                "GROUP_BESIDE_INVENTORY web a/group_vars/web.yml:1:1", "HOST_IN_INVENTORY web1 a/hosts:1:6"),
                inventory.layers("web1").stream().filter(layer -> layer.variables().values().get("from").isPresent())
                        .map(layer -> layer.level() + " " + layer.owner() + " " + layer.variables().place("from"))
                        .toList());
    }

    @Test
    void aRunAddsHostsAndGroups() {
        Inventory before = read(resources().resolve("order"), "hosts.yml");
        Inventory after = before.withHost("new", List.of("fresh", "alpha"), MapValue.of("x", 1), HERE)
                .withHost("z2", List.of(), MapValue.of("y", 2), HERE)
                .withGroup("os_debian", List.of("os"), List.of("z1", "new"), HERE);
        assertEquals(List.of("alpha", "fresh", "os", "os_debian", "zeta"), after.groupNames("new"));
        assertEquals(MapValue.of("x", 1), after.variables("new"));
        assertEquals(MapValue.of("y", 2), after.variables("z2"));
        assertEquals(List.of("z1", "new"), after.members("os").stream().map(Host::name).toList());
        assertEquals(true, before.host("new").isEmpty());
        assertThrows(ProblemException.class, () -> after.withGroup("os", List.of("os_debian"), List.of(), HERE));
        assertEquals(Value.text("local"), after.host("localhost").orElseThrow().variables().values()
                .get("ansible_connection").orElseThrow());
    }

    @Test
    void scriptsAndEncryptedFilesAreSources(@TempDir Path folder) throws IOException {
        script(folder.resolve("meta"),
                """
                        [ "$1" = --list ] || exit 9
                        cat <<'END'
                        {"web": {"hosts": ["s1"], "vars": {"v": "{{ x }}"}, "children": ["sub"]}, "list": ["s2"], "s3": {"a": 1},
                         "_meta": {"hostvars": {"s1": {"p": [1, {"q": null}]}}}}
                        END
                        """);
        script(folder.resolve("old"), """
                if [ "$1" = --host ]; then echo "{\\"me\\": \\"$2\\"}"; else echo '{"old": ["o1", "o2"]}'; fi
                """);
        script(folder.resolve("broken"), "echo nonsense; echo 'no route' >&2; exit 2");
        script(folder.resolve("silent"), "echo '{'");
        Files.createDirectory(folder.resolve("group_vars"));
        var vault = new Vault(List.of(), false, secrets);
        Files.writeString(folder.resolve("group_vars/old.yml"),
                vault.seal("token: abc-def-ghi\n".getBytes(StandardCharsets.UTF_8),
                        new Identity(Identity.DEFAULT, "correct horse")));
        Inventory inventory = read(folder, "meta", "old");
        assertEquals(List.of("Found both group and host with same name: s3"),
                problems.stream().map(Problem::toString).toList());
        problems.clear();
        assertEquals(List.of("list", "old", "s3", "sub", "web"),
                inventory.groups().stream().map(Group::name).sorted()
                        .filter(name -> !name.equals("all") && !name.equals("ungrouped"))
                        .toList());
        assertEquals(Value.of(List.of(1, MapValue.of("q", null))), inventory.variables("s1").get("p").orElseThrow());
        assertTrue(inventory.variables("s1").get("v").orElseThrow() instanceof Template);
        assertEquals(MapValue.of("a", 1), inventory.variables("s3"));
        assertEquals(MapValue.of("token", "abc-def-ghi", "me", "o2"), inventory.variables("o2"));
        Files.writeString(folder.resolve("sealed"),
                vault.seal("[web]\ns9 key=0pensesame\n".getBytes(StandardCharsets.UTF_8),
                        new Identity(Identity.DEFAULT, "correct horse")));
        assertEquals(MapValue.of("key", "0pensesame"), read(folder, "sealed").variables("s9"));
        assertEquals("it is ******** or ********.", secrets.mask("it is abc-def-ghi or 0pensesame."));
        read(folder, "broken", "silent", "missing", "group_vars/old.yml/x");
        assertEquals(
                List.of("broken: Tried to run the inventory script, but it ended with exit code 2. It said: no route",
                        "silent: Tried to read what the inventory script prints for --list, but it is no JSON. "
                                + "Run it by hand to see what it prints.",
                        "missing: Tried to read this inventory, but there is no file of that name. "
                                + "A list of hosts needs a comma, also after a single one: -i missing,"),
                problems.stream().map(Problem::toString).limit(3).toList());
    }

    private static void script(Path path, String body) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void everyMistakeIsExplainedAtItsPlace(@TempDir Path folder) throws IOException {
        String mistakes = Files.readString(resources().resolve("mistakes.txt"));
        assertAll(Stream.of(mistakes.split("(?m)^## ")).skip(1).map(mistake -> () -> {
            String file = mistake.lines().findFirst().orElseThrow();
            String[] expected = mistake.substring(mistake.lastIndexOf("\n@ ") + 3).strip().split(" ", 2);
            Files.createDirectories(folder.resolve(file).getParent());
            Files.writeString(folder.resolve(file),
                    mistake.substring(file.length() + 1, mistake.lastIndexOf("\n@ ") + 1));
            problems.clear();
            try {
                read(folder, file.contains("_vars") ? "h1," : file, file.contains("_vars") ? "." : "h1,");
            } catch (ProblemException e) {
                problems.addAll(e.problems());
            }
            Files.delete(folder.resolve(file));
            String first = problems.isEmpty() ? "nothing" : problems.getFirst().toString();
            assertTrue(first.startsWith(file + ":" + expected[0] + ": ") && first.contains(expected[1]),
                    mistake + first);
        }));
    }

    /** Each range is small enough, all of them together are not. */
    @Test
    void boundsTheNumberOfHosts(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("hosts"), "a[1:90000]\nb[1:90000]\nc[1:90000]\nd[1:90000]\n");
        read(folder, "hosts");
        assertEquals(List.of("hosts:4:1"), problems.stream()
                .filter(problem -> problem.summary().contains("more than 300000"))
                .map(problem -> problem.source().toString()).toList());
    }

    @Test
    void aLimitMayBeAFile(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("retry"), "web01.lan\n\n  one  \n");
        Inventory inventory = read(resources(), "ini/hosts.ini");
        assertEquals(List.of("web01.lan", "one", "two"), HostPattern.limit("@retry,two", folder)
                .select(inventory, problems::add).stream().map(Host::name).toList());
        assertThrows(ProblemException.class, () -> HostPattern.limit("@nope", folder));
    }

    @Property(tries = 1500)
    void nothingButAProblemComesOutOfAnInventory(@ForAll("inventoryLike") String text, @ForAll boolean yaml)
            throws IOException {
        Path folder = Files.createTempDirectory("inventory");
        try {
            Files.writeString(folder.resolve(yaml ? "hosts" : "hosts.ini"), text);
            Inventory inventory = read(folder, yaml ? "hosts" : "hosts.ini");
            new InventoryView(inventory, inventory, false).graph("all", true);
            for (String pattern : List.of(text.strip(), "web[0]", "a*:!web")) {
                HostPattern.of(pattern, HERE).select(inventory, problems::add);
            }
        } catch (ProblemException e) {
            assertFalse(e.problems().isEmpty());
        } finally {
            Files.deleteIfExists(folder.resolve("hosts"));
            Files.deleteIfExists(folder.resolve("hosts.ini"));
            Files.delete(folder);
        }
    }

    @Provide
    Arbitrary<String> inventoryLike() {
        return Arbitraries
                .of("a", "web", "\n", "\n  ", "[web]", "[web:vars]", "[web:children]", "[a:children]", "=", "x=1", " ",
                        ":", ": ",
                        "\"", "'", "[1:3]", "[01:03:2]", "[a:c]", "[", "]", "{", "}", "(", ",", "1", "#", "\\", "all:",
                        "hosts:", "children:", "vars:",
                        "~", "!", "&", "*", "?", "@", "-", "1e9", "0x", ":22", "::1", "None", "[z-a]", "~(")
                .list().ofMaxSize(20)
                .map(parts -> String.join("", parts));
    }
}
