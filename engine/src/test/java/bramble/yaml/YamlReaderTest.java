package bramble.yaml;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Snippets;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class YamlReaderTest {
    private final List<Problem> warnings = new ArrayList<>();

    private Value read(String text) {
        return NodeValues.of(YamlReader.readOne(text, "f.yml", warnings::add));
    }

    @Test
    void plainScalarsHaveTheTypesThatPyYamlGives() {
        assertAll(resource("scalars.tsv").lines().filter(line -> !line.startsWith("#")).map(line -> () -> {
            String[] row = line.split("\t", -1);
            assertEquals(row[1] + " " + row[2], described(read(row[0])), row[0]);
        }));
    }

    /** A template tells the place of each of its parts, whichever way its lines stand in the file. */
    @Test
    void placesInsideOfLongTextsAreThoseOfTheFile() {
        MapValue map = (MapValue) read("""
                folded: >-
                    one
                    {{ x }} two
                literal: |
                   {{ y }}

                     z {{ w }}
                quoted: "p
                   {{ q }}"
                plain: p
                  {{ r }}
                """);
        assertAll(Stream.of("folded 0 4 3:5", "literal 0 0 5:4", "literal 2 4 7:8", "quoted 0 2 9:4", "plain 0 2 11:3")
                .map(row -> row.split(" ", -1)).map(row -> () -> {
                    Source source = ((Template) map.get(row[0]).orElseThrow()).source();
                    assertEquals("f.yml:" + row[3],
                            source.plus(Integer.parseInt(row[1]), Integer.parseInt(row[2])).toString(), row[0]);
                }));
    }

    private static String described(Value value) {
        return switch (value) {
            case None _ -> "null ";
            case Bool bool -> "bool " + bool.value();
            case Int number -> "int " + number.value();
            case Real number -> "float " + number.value();
            case Value text -> "text " + text;
        };
    }

    @Test
    void everyMistakeIsExplainedAtItsPlace() {
        assertAll(Stream.of(resource("mistakes.txt").split("(?m)^## ")).skip(1).map(mistake -> () -> {
            String name = mistake.lines().findFirst().orElseThrow();
            String text = mistake.substring(name.length() + 1, mistake.lastIndexOf("\n@ ")).replace("U+0007", "\u0007");
            String[] expected = mistake.substring(mistake.lastIndexOf("\n@ ") + 3).strip().split(" ", 2);
            var thrown = assertThrows(ProblemException.class, () -> read(text), name);
            assertEquals("f.yml:" + expected[0], thrown.problems().getFirst().source().toString(),
                    name + ": " + thrown);
            assertTrue(thrown.toString().contains(expected[1]), name + ": " + thrown);
        }));
    }

    @Test
    void everyKeyAndValueKnowsItsPlace() {
        var tasks = (Node.Items) YamlReader.readOne("""
                - name: "x"
                  run: |

                      one {{ two }}
                  when: [a, b]
                """, "f.yml", warnings::add);
        var task = (Node.Fields) tasks.items().getFirst();
        assertEquals(List.of("f.yml:1:3=f.yml:1:10", "f.yml:2:3=f.yml:3:7", "f.yml:5:3=f.yml:5:9"),
                task.fields().stream()
                        .map(field -> field.key().source() + "=" + field.value().source()).toList());
    }

    @Test
    void aliasesAndMergeKeysAreResolvedAsPyYamlDoes() {
        assertEquals(read("{a: {x: 1, y: 2}, b: {y: 3}, c: {y: 3, x: 1, z: 5}, d: {x: 1, y: 2}}"), read("""
                a: &a {x: 1, y: 2}
                b: &b {y: 3}
                c: {<<: [*b, *a], z: 5}
                d: *a
                """));
        assertEquals(List.of("x", "y", "z"), List.copyOf(((MapValue) read("""
                {z: 0, y: 9, <<: {x: 1, y: 2}}""")).byName().keySet()));
        assertEquals(List.of(), warnings);
    }

    @Test
    void aDuplicateKeyWarnsAndTheLastWins() {
        assertEquals(MapValue.of("a", 2, "b", 1), read("a: 1\nb: 1\na: 2\n"));
        assertEquals(1, warnings.size());
        assertTrue(warnings.getFirst().toString()
                .startsWith(
                        "f.yml:3:1: In this mapping, found a duplicate dict key (a): it stands on line 1 and on line 3"));
    }

    @Test
    void tagsDecideWhatTextIs() {
        var map = (MapValue) read("""
                unsafe: !unsafe "{{ x }}"
                list: !unsafe ["{{ x }}"]
                template: a {{ x }}
                vault: !vault |
                  $ANSIBLE_VAULT;1.1;AES256
                  3031
                number: !!str 12
                quoted: "12"
                """);
        assertEquals(new Text("{{ x }}"), map.get("unsafe").orElseThrow());
        assertEquals(Value.of(List.of("{{ x }}")), map.get("list").orElseThrow());
        assertEquals(new Template("a {{ x }}", new Source("f.yml", 3, 11)), map.get("template").orElseThrow());
        assertEquals("$ANSIBLE_VAULT;1.1;AES256\n3031\n",
                assertInstanceOf(Vaulted.class, map.get("vault").orElseThrow()).envelope());
        assertEquals(new Text("12"), map.get("number").orElseThrow());
        assertEquals(new Text("12"), map.get("quoted").orElseThrow());
    }

    @Test
    void anAliasBombIsRefused() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ",").repeat(10))
                    .append("]\n");
        }
        assertTrue(assertThrows(ProblemException.class, () -> read(bomb.toString())).summary().contains("nodes"));
    }

    @Test
    void aProblemIsShownWithItsLine() {
        String text = "a: 1\nb: {{ home }}/x\n";
        var thrown = assertThrows(ProblemException.class, () -> read(text));
        assertEquals("""
                error: Tried to read a mapping, but "{{" begins a template, and a template must be quoted.
                 --> f.yml:2:14
                  |
                2 | b: {{ home }}/x
                  |              ^
                  = hint: A value that begins with "{{" must be quoted as a whole: key: "{{ name }}/more".""",
                new Snippets(_ -> Optional.of(text)).show(thrown.problems()));
        assertTrue(!new Snippets(_ -> Optional.of("$ANSIBLE_VAULT;1.1;AES256\n3031\n")).show(thrown.problems())
                .contains("3031"));
    }

    @Property(tries = 2000)
    void nothingButAProblemComesOut(@ForAll("yamlLike") String text) {
        try {
            YamlReader.read(text, "f.yml", _ -> {}).forEach(NodeValues::of);
        } catch (ProblemException e) {
            assertTrue(e.problems().getFirst().source().toString().startsWith("f.yml"));
            new Snippets(_ -> Optional.of(text)).show(e.problems());
        }
    }

    @Provide
    Arbitrary<String> yamlLike() {
        return Arbitraries
                .of("a", "b: ", "- ", "\n", "\n  ", " ", "[", "]", "{", "}", "{{ x }}", "'", "\"", ": ", ":", "&a ",
                        "*a", "<<: ",
                        "!vault ", "!!int ", "!x ", "|\n", ">-\n", "#", "\t", "? ", "---\n", "...\n", "%", "1", "1:30",
                        "0x_", "~", "\\", ",", "\u0000",
                        "\ud83d\ude00", "\ud83d", "@", "\u0085", "\ufeff")
                .list().ofMaxSize(25).map(parts -> String.join("", parts));
    }

    private static String resource(String name) {
        try (var in = Objects.requireNonNull(YamlReaderTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEscapedSlashIsASlash() {
        var node = YamlReader.readOne("a: \"x\\/\\\\/y\"\nb: z\\/ \nc: \"{\\/}\"", "f", _ -> {});
        assertEquals(bramble.value.MapValue.of("a", "x/\\/y", "b", "z\\/", "c", "{/}"), NodeValues.of(node));
    }
}
