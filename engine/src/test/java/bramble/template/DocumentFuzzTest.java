package bramble.template;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a template file is, evaluating it ends soon, with a value or a problem. */
public class DocumentFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void document(FuzzedDataProvider data) {
        var options = new DocumentOptions(data.consumeBoolean(), data.consumeBoolean(), "\n", data.consumeBoolean(),
                DocumentOptions.Delimiters.JINJA);
        String text = data.consumeRemainingAsString();
        Fuzzed.ends(() -> Fuzzed.TEMPLATES.document(text, Fuzzed.AT, options, Fuzzed.SCOPE));
        Fuzzed.ends(() -> Fuzzed.TEMPLATES.mentionsInDocument(text, Fuzzed.AT, options));
    }
}
