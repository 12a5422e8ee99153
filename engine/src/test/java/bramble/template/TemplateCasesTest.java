package bramble.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.ObjectValue;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Templates and the values they must have, from {@code cases.json}: {@code vars}, {@code templates} (files that include and
 * import find), {@code cases} with a {@code value}, or with an {@code error} that has the name in quotes.
 */
class TemplateCasesTest {
    private static final Pattern QUOTED = Pattern.compile("'([^']+)'");

    @TempDir
    Path folder;

    @TestFactory
    List<DynamicTest> cases() throws IOException {
        return cases(Path.of("src/test/resources/bramble/template/cases.json"), true);
    }

    /** More cases, from the file that the system property bramble.template.cases names. */
    @Test
    void moreCases() throws IOException {
        String file = System.getProperty("bramble.template.cases", "");
        assumeTrue(!file.isEmpty(), "no file of more cases is given");
        var failures = new StringBuilder();
        int all = 0;
        int failed = 0;
        for (DynamicTest test : cases(Path.of(file), false)) {
            all++;
            try {
                test.getExecutable().execute();
            } catch (Throwable e) {
                failed++;
                failures.append('\n').append(test.getDisplayName()).append("\n    ").append(e);
            }
        }
        assertEquals("", failures.toString(), failed + " of " + all + " fail");
    }

    private List<DynamicTest> cases(Path file, boolean strict) throws IOException {
        var all = (MapValue) Json.parse(Files.readString(file));
        var variables = new LinkedHashMap<String, Value>();
        ((MapValue) all.get("vars").orElseThrow()).byName()
                .forEach((name, value) -> variables.put(name, marked(value)));
        var files = (MapValue) all.get("templates").orElse(MapValue.EMPTY);
        for (var entry : files.byName().entrySet()) {
            Files.writeString(folder.resolve(entry.getKey()), PythonText.of(entry.getValue()));
        }
        var templates = new Templates(vaulted -> new Text(vaulted.envelope()));
        Scope scope = Scopes.of(variables, Site.of(folder));
        return ((ListValue) all.get("cases").orElseThrow()).items().stream().map(MapValue.class::cast).map(one -> {
            String text = PythonText.of(one.get("template").orElseThrow());
            return DynamicTest.dynamicTest(text,
                    () -> check(templates, scope, text, one, strict && !text.contains("{%")));
        }).toList();
    }

    private static void check(Templates templates, Scope scope, String text, MapValue one, boolean strict) {
        Value value;
        try {
            value = templates.resolve(new Template(text, new Source("cases", 1, 1)), scope);
        } catch (ProblemException e) {
            String message = e.summary();
            assertEquals(true, one.get("error").isPresent(), message);
            Matcher names = QUOTED.matcher(PythonText.of(one.get("error").orElseThrow()));
            String name = names.find() ? names.group(1) : "";
            assertEquals(true, message.contains(name), message + "\n    should name " + name);
            return;
        }
        assertEquals(false, one.get("error").isPresent(), "should fail, but gives " + shown(value));
        Value expected = one.get("value").orElseThrow();
        // Elsewhere a constant's text is as good as its value: older versions of Ansible folded constants into text.
        boolean sameText = PythonText.of(value).equals(PythonText.of(expected));
        boolean same = Python.equal(comparable(value), expected) || (sameText && !strict);
        assertEquals(same ? "" : shown(expected), same ? "" : shown(value));
    }

    private static String shown(Value value) {
        return PythonText.repr(value);
    }

    private static Value comparable(Value value) {
        return switch (value) {
            case Omit _ -> new Text("__omit__");
            case ObjectValue object -> new Text("OBJ:" + object.text());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries()
                        .forEach((key, item) -> entries.put(
                                key instanceof Int ? new Text("K:" + PythonText.of(key)) : key,
                                comparable(item)));
                yield new MapValue(entries);
            }
            case ListValue list -> new ListValue(list.items().stream().map(TemplateCasesTest::comparable).toList());
            default -> value;
        };
    }

    private static Value marked(Value value) {
        return switch (value) {
            case Text(String text) -> Template.of(text, new Source("cases", 1, 1));
            case ListValue list -> new ListValue(list.items().stream().map(TemplateCasesTest::marked).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, item) -> entries.put(key, marked(item)));
                yield new MapValue(entries);
            }
            default -> value;
        };
    }
}
