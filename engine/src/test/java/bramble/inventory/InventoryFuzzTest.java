package bramble.inventory;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Merging;
import bramble.value.PythonLiteral;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever an inventory, a Python literal or a pattern of hosts is, reading it ends soon, with a value or a problem. */
class InventoryFuzzTest {
    private static final Inventory HOSTS = hosts();

    private static Inventory hosts() {
        var draft = new Draft(_ -> {}, Merging.REPLACE);
        IniInventory.read("a\nb\n[web]\nw[1:9]\n[db:children]\nweb\n", "hosts", draft);
        return draft.build(VariableFiles.none(), java.util.List.of(), "");
    }

    @FuzzTest(maxDuration = "5s")
    void ini(FuzzedDataProvider data) {
        try {
            IniInventory.read(data.consumeRemainingAsString(), "hosts", new Draft(_ -> {}, Merging.REPLACE));
        } catch (ProblemException e) {
            // told as it should be
        }
    }

    @FuzzTest(maxDuration = "5s")
    void pythonLiteral(FuzzedDataProvider data) {
        try {
            PythonLiteral.of(data.consumeRemainingAsString(), Source.NONE);
        } catch (ProblemException e) {
            // told as it should be
        }
    }

    @FuzzTest(maxDuration = "5s")
    void pattern(FuzzedDataProvider data) {
        try {
            HostPattern.of(data.consumeRemainingAsString(), Source.NONE).select(HOSTS, _ -> {});
        } catch (ProblemException e) {
            // told as it should be
        }
    }
}
