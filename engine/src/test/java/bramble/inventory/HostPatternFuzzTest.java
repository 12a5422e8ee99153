package bramble.inventory;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Merging;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Whatever a pattern of hosts is, selecting by it ends soon, with hosts or a problem. */
public class HostPatternFuzzTest {
    private static final Inventory HOSTS = hosts();

    private static Inventory hosts() {
        var draft = new Draft(_ -> {}, Merging.REPLACE);
        IniInventory.read("a\nb\n[web]\nw[1:9]\n[db:children]\nweb\n", "hosts", draft);
        return draft.build(VariableFiles.none(), List.of(), "");
    }

    @FuzzTest(maxDuration = "5s")
    public void pattern(FuzzedDataProvider data) {
        try {
            HostPattern.of(data.consumeRemainingAsString(), Source.NONE).select(HOSTS, _ -> {});
        } catch (ProblemException e) {
            // told as it should be
        }
    }
}
