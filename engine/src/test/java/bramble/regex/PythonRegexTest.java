package bramble.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table holds what Python 3.11's {@code re} answers. */
class PythonRegexTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, PythonRegex.Flag> FLAGS = Map.of((int) 'i', PythonRegex.Flag.IGNORECASE,
            (int) 'm',
            PythonRegex.Flag.MULTILINE, (int) 's', PythonRegex.Flag.DOTALL);

    private static JsonNode table(String kind) throws IOException {
        try (InputStream in = Objects.requireNonNull(PythonRegexTest.class.getResourceAsStream("python.json"))) {
            return JSON.readTree(in).get(kind);
        }
    }

    @TestFactory
    Stream<DynamicTest> findsWhatPythonFinds() throws IOException {
        return table("search").valueStream()
                .map(row -> dynamicTest(row.toString(), () -> check(row, row.get("found"), () -> {
                    Set<PythonRegex.Flag> flags = EnumSet.noneOf(PythonRegex.Flag.class);
                    row.path("flags").asText().chars()
                            .forEach(flag -> flags.add(Objects.requireNonNull(FLAGS.get(flag))));
                    return PythonRegex.compile(row.get("pattern").asText(), flags).findAll(row.get("text").asText())
                            .stream()
                            .map(PythonRegex.Found::groups).toList();
                })));
    }

    @TestFactory
    Stream<DynamicTest> replacesWhatPythonReplaces() throws IOException {
        return table("replace").valueStream()
                .map(row -> dynamicTest(row.toString(),
                        () -> check(row, row.get("value"), () -> PythonRegex.compile(row.get("pattern").asText())
                                .replaceAll(row.get("text").asText(), row.get("replacement").asText()))));
    }

    @TestFactory
    Stream<DynamicTest> splitsWherePythonSplits() throws IOException {
        return table("split").valueStream().map(row -> dynamicTest(row.toString(), () -> check(row, row.get("value"),
                () -> PythonRegex.compile(row.get("pattern").asText()).split(row.get("text").asText(),
                        row.get("limit").asInt()))));
    }

    private static void check(JsonNode row, JsonNode expected, Supplier<Object> actual) {
        if (row.has("error")) {
            assertEquals(row.get("error").asText(), assertThrows(RegexException.class, actual::get).getMessage());
        } else {
            assertEquals(expected, JSON.valueToTree(actual.get()));
        }
    }

    @Test
    void anEndlessSearchIsGivenUp() {
        PythonRegex regex = PythonRegex.compile("(x+x+)+\\1?y");
        var error = assertThrows(RegexException.class, () -> regex.search("x".repeat(60)));
        assertTrue(String.valueOf(error.getMessage()).contains("takes too long"), error::toString);
    }

    @Test
    void aLongTextIsNoTrouble() {
        String text = "key=value\n".repeat(100_000);
        assertEquals(100_000, PythonRegex.compile("(?m)^(?:k|x)ey=(.*)$").findAll(text).size());
        assertEquals(1, PythonRegex.compile("(?:a|b)*").findAll("ab".repeat(50_000)).stream().limit(1).toList().size());
    }

    @Test
    void escapedTextMatchesItself() {
        String text = "a.b*c[d] (e) {f} ^$|?+\\ #&~-\n";
        assertEquals(List.of(text), PythonRegex.compile(PythonRegex.escape(text)).findAll(text).stream()
                .map(PythonRegex.Found::text).toList());
    }
}
