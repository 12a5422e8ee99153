package bramble.inventory;

import bramble.problem.ProblemException;
import bramble.value.Merging;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever an inventory is, reading it ends soon, with hosts or a problem. */
public class InventoryFuzzTest {
    @FuzzTest(maxDuration = "5s")
    public void ini(FuzzedDataProvider data) {
        try {
            IniInventory.read(data.consumeRemainingAsString(), "hosts", new Draft(_ -> {}, Merging.REPLACE));
        } catch (ProblemException e) {
            // told as it should be
        }
    }
}
