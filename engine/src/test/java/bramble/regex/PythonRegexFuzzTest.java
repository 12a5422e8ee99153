package bramble.regex;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever the expression, the text and the replacement are, searching ends soon, with what was found or a problem. */
public class PythonRegexFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void search(FuzzedDataProvider data) {
        String expression = data.consumeString(60);
        String replacement = data.consumeString(20);
        String text = data.consumeRemainingAsString();
        try {
            PythonRegex regex = PythonRegex.compile(expression);
            regex.search(text);
            regex.findAll(text);
            regex.split(text, 3);
            regex.replaceAll(text, replacement);
        } catch (RegexException e) {
            // told as it should be
        }
    }
}
