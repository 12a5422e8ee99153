package bramble.playbook;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.yaml.Node;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever stands behind a module's name, reading it ends soon, with arguments or with a problem. */
public class KeyValuesFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void arguments(FuzzedDataProvider data) {
        boolean command = data.consumeBoolean();
        var scalar = new Node.Scalar(new Source("f.yml", 1, 1), "", data.consumeRemainingAsString(), true);
        try {
            KeyValues.firstWord(scalar);
            KeyValues.parse(scalar, command);
        } catch (ProblemException e) {
            // told as it should be
        }
    }
}
