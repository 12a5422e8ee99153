package bramble.template;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whatever an expression or a template is, evaluating it ends soon, with a value or a problem. */
class TemplateFuzzTest {
    private static final Templates TEMPLATES = new Templates(_ -> Value.text("opened"));
    private static final Source AT = new Source("f.j2", 1, 1);
    /** Nothing is looked up: lookups read files and run commands. */
    private static final Scope SCOPE = new Scope() {
        private final Scope names = Scopes.of(Map.of("n", Value.of(3), "text", Value.text("a b"), "list",
                Value.of(List.of(1, 2, 3)), "map", MapValue.of("a", 1, "b", Value.of(List.of("x")))),
                Site.of(Path.of("/nonexistent")));

        @Override
        public Value get(String name) {
            return names.get(name);
        }

        @Override
        public java.util.Set<String> names() {
            return names.names();
        }

        @Override
        public Site site() {
            return names.site();
        }

        @Override
        public boolean looksUp() {
            return false;
        }
    };

    @FuzzTest(maxDuration = "5s")
    void expression(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        ends(() -> TEMPLATES.expression(text, AT, SCOPE));
        ends(() -> TEMPLATES.mentionsInExpression(text, AT));
    }

    @FuzzTest(maxDuration = "5s")
    void document(FuzzedDataProvider data) {
        var options = new DocumentOptions(data.consumeBoolean(), data.consumeBoolean(), "\n", data.consumeBoolean(),
                DocumentOptions.Delimiters.JINJA);
        String text = data.consumeRemainingAsString();
        ends(() -> TEMPLATES.document(text, AT, options, SCOPE));
        ends(() -> TEMPLATES.mentionsInDocument(text, AT, options));
    }

    @FuzzTest(maxDuration = "5s")
    void inline(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        ends(() -> TEMPLATES.resolve(new Template(text, AT), SCOPE));
    }

    private static void ends(Runnable work) {
        try {
            work.run();
        } catch (ProblemException | UnknownValueException e) {
            // told as it should be
        }
    }
}
