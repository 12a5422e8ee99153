package bramble.vault;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Secrets;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Whatever encrypted data looks like, reading it ends soon, with its parts or a problem. */
public class VaultFuzzTest {
    private static final Vault VAULT = new Vault(List.of(new Identity("dev", "secret"), new Identity("prod", "other")),
            false, new Secrets());

    @FuzzTest(maxDuration = "5s")
    public void envelope(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        for (String one : new String[]{text, "$ANSIBLE_VAULT;1.1;AES256\n" + text}) {
            try {
                Envelope.parse(one, Source.NONE);
                VAULT.openFile(one, "f.yml");
            } catch (ProblemException e) {
                // told as it should be
            }
        }
    }
}
