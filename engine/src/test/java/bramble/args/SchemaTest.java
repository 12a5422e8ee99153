package bramble.args;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.DocumentOptions;
import bramble.value.MapValue;
import bramble.value.Omit;
import bramble.value.Real;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private final List<String> warnings = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();

    private final Resources resources = new Resources() {
        @Override
        public Path find(String folder, String name) {
            if (name.startsWith("missing")) {
                throw new ProblemException(Source.NONE, "Tried to find " + name);
            }
            return Path.of("/" + folder, name);
        }

        @Override
        public String render(Path template, DocumentOptions options) {
            throw new UnknownValueException("it is a test");
        }

        @Override
        public void secret(String value) {
            secrets.add(value);
        }

        @Override
        public void warn(String text) {
            warnings.add(text);
        }
    };

    enum State {
        PRESENT,
        BUILD_DEP,
        YES
    }

    record Inner(@Arg("-") String address, @Arg(value = "-", aliases = "prio", fallback = "7") int priority,
            @Arg(value = "-", secret = true) Optional<String> word) {}

    @Doc(value = "For tests.", example = "all:")
    record Outer(@Arg(value = "-", fallback = "{}") Map<String, Inner> named,
            @Arg(value = "-", fallback = "[]") List<Inner> listed, @Arg("-") Optional<Inner> one) {}

    private Outer outer(String yaml) {
        return Schema.of(Outer.class).bind("outer", (MapValue) NodeValues.plain(YamlReader.readOne(yaml, "", _ -> {})),
                Source.NONE, resources);
    }

    /** Takes one thing. */
    @Doc(value = "x", example = "", refuses = "token: Put it into a file.")
    record Refusing(@Arg("A word.") String word) {}

    @Test
    void whatIsRefusedByNameIsSaidWithWhatToDo() {
        var wrong = assertThrows(ProblemException.class, () -> Schema.of(Refusing.class).bind("x",
                MapValue.of("word", "a", "token", "b"), Source.NONE, resources));

        assertEquals("Put it into a file.", wrong.problems().getFirst().hint());
        assertEquals("Put it into a file.", Schema.of(Refusing.class)
                .faults(MapValue.of("word", "a", "token", "b"), true, resources).getFirst().hint());
    }

    @Test
    void mappingsBecomeRecords() {
        Outer bound = outer(
                "{named: {a: {address: x, prio: 3, word: geheim}}, listed: [{address: y}, z], one: {address: w, word: null}}");
        assertEquals(Map.of("a", new Inner("x", 3, Optional.of("geheim"))), bound.named());
        assertEquals(List.of(new Inner("y", 7, Optional.empty()), new Inner("z", 7, Optional.empty())), bound.listed());
        assertEquals(Optional.of(new Inner("w", 7, Optional.empty())), bound.one());
        assertEquals(List.of("geheim"), secrets);
        assertEquals(new Outer(Map.of(), List.of(), Optional.empty()), outer("{}"));
    }

    @Test
    void whatIsWrongWithinARecordSaysWhere() {
        Map.of("{named: {a: {address: x, priorty: 3}}}",
                "Unsupported parameters: priorty found in named.a. Supported parameters include: address, priority, word. Did you mean \"priority\"?",
                "{listed: [{prio: 3}]}", "missing required arguments: address found in listed",
                "{one: {address: x, prio: many}}",
                "argument 'one.priority' is of type <class 'str'> and we were unable to convert to int",
                "{named: [1]}", "argument 'named' is of type <class 'list'> and we were unable to convert to dict")
                .forEach((yaml, message) -> {
                    String said = assertThrows(ProblemException.class, () -> outer(yaml)).summary();
                    assertTrue(said.startsWith(message), said);
                });
    }

    @Doc(value = "For tests.", example = "all:", freeForm = "text")
    record All(@Arg(value = "-", aliases = "alias") Optional<String> text, @Arg("-") Optional<Boolean> bool,
            @Arg("-") Optional<Integer> whole, @Arg("-") Optional<Long> large, @Arg("-") Optional<Double> real,
            @Arg("-") Optional<State> state, @Arg("-") Optional<Mode> mode, @Arg("-") Optional<MapValue> map,
            @Arg("-") Optional<List<String>> texts, @Arg("-") Optional<List<Integer>> wholes,
            @Arg(value = "-", name = "default", fallback = "7") int number,
            @Arg(value = "-", fallback = "") List<String> none,
            @Arg(value = "-", secret = true) Optional<String> password,
            @Arg(value = "-", controllerPath = true) Optional<ControllerFile> file) {
        All {
            if (text.isPresent() && bool.isPresent()) {
                throw new IllegalArgumentException("parameters are mutually exclusive: text|bool");
            }
        }
    }

    @Doc(value = "For tests.", example = "strict:")
    record Strict(@Arg("-") String name, @Arg("-") int size) {}

    @Doc(value = "For tests.", example = "own:", missing = "give me a name")
    record OwnWords(@Arg("-") String name, @Arg("-") Optional<ControllerFile> file) {}

    private All bind(MapValue given) {
        return Schema.of(All.class).bind("all", given, new Source("f", 1, 1), resources);
    }

    /** Argument, value as YAML, and what Ansible makes of it; "!" where it refuses. */
    private static final String TABLE = """
            bool | "ON" | true
            bool | 1.0 | true
            bool | no | false
            bool | "2" | !The value '2' is not a valid boolean
            bool | [] | !<class 'list'> cannot be converted to a bool
            whole | " 5 " | 5
            whole | "1_000" | 1000
            whole | true | 1
            whole | "5.0" | !argument 'whole' is of type <class 'str'> and we were unable to convert to int
            whole | 5.0 | !<class 'float'> cannot be converted to an int
            whole | 99999999999 | !cannot be converted to an int
            large | 99999999999 | 99999999999
            real | "1e3" | 1000.0
            real | 5 | 5.0
            real | inf | Infinity
            real | x | !<class 'str'> cannot be converted to a float
            text | 5 | 5
            text | true | True
            text | [1, a] | [1, 'a']
            state | present | PRESENT
            state | build-dep | BUILD_DEP
            state | build_dep | BUILD_DEP
            state | true | YES
            state | absent | !value of state must be one of: present, build-dep, yes, got: absent
            mode | 0644 | Mode[text=0644]
            mode | "0644" | Mode[text=0644]
            mode | u=rwX | Mode[text=u=rwX]
            map | a=1,b=2 | {a=1, b=2}
            map | a=1 b="x y" | {a=1, b=x y}
            map | '{"a": 1}' | {a=Int[value=1]}
            map | "{'a': 1}" | {a=Int[value=1]}
            map | a=b=c | {a=b=c}
            map | x | !dictionary requested, could not parse JSON or key=value
            map | [1] | !<class 'list'> cannot be converted to a dict
            texts | a,b | [a, b]
            texts | 5 | [5]
            texts | [1, null] | [1, None]
            texts | {a: 1} | !<class 'dict'> cannot be converted to a list
            wholes | ["1", 2] | [1, 2]
            wholes | 1,2 | [1, 2]
            wholes | [x] | !Elements value for option 'wholes' is of type <class 'str'> and we were unable to convert to int
            file | a/b | ControllerFile[path=/files/a/b
            file | missing | !Tried to find missing
            """;

    @Test
    void valuesBecomeWhatIsDeclared() {
        assertAll(TABLE.lines().map(line -> line.split(" \\| ", 3)).map(row -> () -> {
            Value value = NodeValues.plain(YamlReader.readOne(row[1], "", _ -> {}));
            String got;
            try {
                All all = bind(MapValue.of(row[0], value));
                Object bound = Stream.of(all.getClass().getRecordComponents()).filter(c -> c.getName().equals(row[0]))
                        .findFirst().orElseThrow().getAccessor()
                        .invoke(all);
                got = String.valueOf(((Optional<?>) bound).orElseThrow());
            } catch (ProblemException e) {
                got = "!" + e.summary();
            }
            boolean refused = row[2].startsWith("!");
            String text = got;
            boolean partly = refused || row[0].equals("file");
            assertTrue(
                    partly
                            ? text.startsWith(row[2].substring(0, 1)) && text.contains(row[2].substring(1))
                            : text.equals(row[2]),
                    () -> String.join(" | ", row) + " gave " + text);
        }));
    }

    @Test
    void whatIsNotGivenIsLeftOut() {
        All all = bind(MapValue.of("text", null, "bool", Omit.OMIT));
        assertEquals(List.of(Optional.empty(), Optional.empty(), 7, List.of()),
                List.of(all.text(), all.bool(), all.number(), all.none()));
        assertEquals(Optional.of("free"), bind(MapValue.of("_raw_params", "free")).text());
        assertEquals(Optional.of("last"), bind(MapValue.of("text", "first", "alias", "last")).text());
        assertEquals(List.of("Both option text and its alias are set."), warnings);
        assertEquals(9, bind(MapValue.of("default", 9)).number());
        assertEquals(Optional.of("hunter2"), bind(MapValue.of("password", "hunter2")).password());
        assertEquals(List.of("hunter2"), secrets);
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        var wrong = assertThrows(ProblemException.class,
                () -> Schema.of(Strict.class).bind("strict", MapValue.of("nmae", "x", "size", "y"),
                        new Source("f", 2, 3), resources));
        assertEquals(List.of(
                "f:2:3: Unsupported parameters for (strict) module: nmae. Supported parameters include: name, size.",
                "f:2:3: argument 'size' is of type <class 'str'> and we were unable to convert to int: <class 'str'> cannot be converted to an int",
                "f:2:3: missing required arguments: name"),
                wrong.problems().stream().map(Problem::toString).map(text -> text.replaceFirst(" Did you mean.*", ""))
                        .toList());
        var own = assertThrows(ProblemException.class, () -> Schema.of(OwnWords.class).bind("own",
                MapValue.of("file", ""), new Source("f", 2, 3), resources));
        assertEquals("f:2:3: give me a name", own.getMessage());
        assertEquals(Optional.empty(), Schema.of(OwnWords.class).bind("own", MapValue.of("name", "x", "file", ""),
                new Source("f", 2, 3), resources).file(), "an empty text names no file");
        var both = assertThrows(ProblemException.class, () -> bind(MapValue.of("text", "x", "bool", true)));
        assertEquals("parameters are mutually exclusive: text|bool", both.summary());
        var undefined = assertThrows(ProblemException.class,
                () -> bind(MapValue.of("text", new Undefined("'x' is undefined", new Source("f", 3, 4)))));
        assertEquals("f:3:4: 'x' is undefined", undefined.getMessage());
        assertEquals("later", assertThrows(UnknownValueException.class,
                () -> bind(MapValue.of("map", Map.of("a", List.of(new Unknown("later")))))).getMessage());
    }

    /** Whatever is given, problems come out, or a record. */
    @Test
    void onlyProblemsComeOut() {
        var random = new Random(17);
        var names = List.of("text", "bool", "whole", "large", "real", "state", "mode", "map", "texts", "wholes",
                "default", "none", "file", "_raw_params", "x");
        List<Object> values = List.of("", "a=b", "{", "{'", "\\", "1e999", "-", "a=\"", 1L << 62, new Real(Double.NaN),
                List.of(), Map.of(), List.of(Map.of(1, 2)), true,
                new java.math.BigInteger("9".repeat(50)), "9".repeat(50), "{\"a\": [1,", ",,", "= =");
        int bound = 0;
        for (int round = 0; round < 5000; round++) {
            var given = MapValue.EMPTY;
            for (int i = random.nextInt(4); i >= 0; i--) {
                given = given.with(names.get(random.nextInt(names.size())), values.get(random.nextInt(values.size())));
            }
            try {
                bind(given);
                bound++;
            } catch (ProblemException e) {
                assertTrue(!e.problems().isEmpty());
            }
        }
        assertTrue(bound > 100, bound + " were bound");
    }
}
