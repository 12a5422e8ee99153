package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.image.FirstBoot.HostKey;
import bramble.image.KeptKeys;
import bramble.image.KeyMaker;
import bramble.problem.ProblemException;
import bramble.value.Secrets;
import bramble.vault.Vault;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node has one host key, whoever makes one for it at the same time. */
class KeptKeysTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theFirstStays() {
        var keys = new KeptKeys(folder.resolve("host_keys"), new Vault(List.of(), false, new Secrets()),
                KeyMaker.found());
        HostKey one = keys.fresh("n1");
        HostKey two = keys.fresh("n1");
        keys.keep("n1", one);
        keys.keep("n1", one);
        String said = String.valueOf(assertThrows(ProblemException.class, () -> keys.keep("n1", two)).getMessage());
        assertTrue(said.contains("meanwhile another one was made for it"), said);
        assertEquals(one.bare(), keys.of("n1").orElseThrow().bare());
    }
}
