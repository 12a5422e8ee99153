package bramble.yaml;

import bramble.problem.ProblemException;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever the text is, reading it ends soon, with nodes or with a problem. */
public class YamlFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void reads(FuzzedDataProvider data) {
        try {
            YamlReader.read(data.consumeRemainingAsString(), "f.yml", _ -> {}).forEach(NodeValues::of);
        } catch (ProblemException e) {
            // told as it should be
        }
    }
}
