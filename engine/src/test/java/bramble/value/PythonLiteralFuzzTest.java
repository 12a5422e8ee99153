package bramble.value;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a Python literal is, reading it ends soon, with a value or a problem. */
public class PythonLiteralFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void pythonLiteral(FuzzedDataProvider data) {
        try {
            PythonLiteral.of(data.consumeRemainingAsString(), Source.NONE);
        } catch (ProblemException e) {
            // told as it should be
        }
    }
}
