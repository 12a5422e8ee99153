package bramble.template;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever an expression is, evaluating it ends soon, with a value or a problem. */
public class ExpressionFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void expression(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        Fuzzed.ends(() -> Fuzzed.TEMPLATES.expression(text, Fuzzed.AT, Fuzzed.SCOPE));
        Fuzzed.ends(() -> Fuzzed.TEMPLATES.mentionsInExpression(text, Fuzzed.AT));
    }
}
