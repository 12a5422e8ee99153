package bramble.template;

import bramble.value.Template;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a text with templates is, evaluating it ends soon, with a value or a problem. */
public class TemplateFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void inline(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        Fuzzed.ends(() -> Fuzzed.TEMPLATES.resolve(new Template(text, Fuzzed.AT), Fuzzed.SCOPE));
    }
}
