package bramble.template.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.Source;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.TemplateException;
import bramble.template.Templates;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Unknown;
import bramble.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table holds templates with the values that Ansible gives, or a part of the message of the error that they are. */
class BuiltinCasesTest {
    private static final Source HERE = new Source("cases", 1, 1);
    private static final Templates TEMPLATES = new Templates(vaulted -> new Text(vaulted.envelope()));

    private static MapValue table() throws IOException {
        try (InputStream in = Objects.requireNonNull(BuiltinCasesTest.class.getResourceAsStream("cases.json"))) {
            return (MapValue) Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Value value(String template, Map<String, Value> variables) {
        return TEMPLATES.resolve(new Template(template, HERE), Scopes.of(variables, Site.of(Path.of("."))));
    }

    @TestFactory
    Stream<DynamicTest> givesWhatAnsibleGives() throws IOException {
        MapValue table = table();
        Map<String, Value> variables = ((MapValue) table.get("vars").orElseThrow()).byName();
        List<Value> cases = ((ListValue) table.get("cases").orElseThrow()).items();
        return cases.stream().map(MapValue.class::cast).map(row -> {
            String template = PythonText.of(row.get("template").orElseThrow());
            return DynamicTest.dynamicTest(template, () -> check(template, row, variables));
        });
    }

    private static void check(String template, MapValue row, Map<String, Value> variables) {
        if (row.get("error").isPresent()) {
            String message = assertThrows(TemplateException.class, () -> value(template, variables)).summary();
            assertTrue(message.contains(PythonText.of(row.get("error").get())), message);
        } else {
            String expected = Json.pretty(row.get("value").orElseThrow());
            assertEquals(expected, Json.pretty(value(template, variables)));
        }
    }

    /** What only a real run would tell stays unknown through every filter and test, also inside lists. */
    @Test
    void unknownValuesStayUnknown() {
        Value unknown = new Unknown("the command runs");
        Map<String, Value> variables = Map.of("u", unknown, "l", ListValue.of(Value.of("b"), unknown), "r",
                MapValue.of("rc", unknown, "failed", false));
        for (String template : List.of("{{ u | upper }}", "{{ u | default('x') }}", "{{ u is version('1') }}",
                "{{ l | join }}",
                "{{ l | sort }}", "{{ l | to_nice_yaml }}", "{{ l | json_query('[1]') }}", "{{ r.rc | int }}",
                "{{ u is changed }}")) {
            assertInstanceOf(Unknown.class, value(template, variables), template);
        }
        assertEquals(Value.of(true), value("{{ r is succeeded and u is defined and l | length == 2 }}", variables));
    }
}
