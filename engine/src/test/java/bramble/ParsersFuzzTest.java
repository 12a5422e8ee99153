package bramble;

import bramble.connection.SshConfigFuzzTest;
import bramble.inventory.HostPatternFuzzTest;
import bramble.inventory.InventoryFuzzTest;
import bramble.playbook.KeyValuesFuzzTest;
import bramble.regex.PythonRegexFuzzTest;
import bramble.template.DocumentFuzzTest;
import bramble.template.ExpressionFuzzTest;
import bramble.template.TemplateFuzzTest;
import bramble.value.PythonLiteralFuzzTest;
import bramble.vault.VaultFuzzTest;
import bramble.yaml.YamlFuzzTest;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;

/** All parsers by turns, since a JVM fuzzes one test only: this is the one that CI feeds random input. */
class ParsersFuzzTest {
    /** One of the fuzz tests. */
    private interface Fuzzer {
        void feed(FuzzedDataProvider data) throws IOException;
    }

    private static final List<Fuzzer> ALL = List.of(
            data -> new DocumentFuzzTest().document(data),
            data -> new ExpressionFuzzTest().expression(data),
            data -> new HostPatternFuzzTest().pattern(data),
            data -> new InventoryFuzzTest().ini(data),
            data -> new KeyValuesFuzzTest().arguments(data),
            data -> new PythonLiteralFuzzTest().pythonLiteral(data),
            data -> new PythonRegexFuzzTest().search(data),
            data -> new SshConfigFuzzTest().target(data),
            data -> new TemplateFuzzTest().inline(data),
            data -> new VaultFuzzTest().envelope(data),
            data -> new YamlFuzzTest().reads(data));

    @FuzzTest(maxExecutions = 200_000, maxDuration = "60s")
    void any(FuzzedDataProvider data) throws IOException {
        ALL.get(data.consumeInt(0, ALL.size() - 1)).feed(data);
    }
}
