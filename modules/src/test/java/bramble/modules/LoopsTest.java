package bramble.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.module.TaskModule;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Loops over these modules go to a node together, not item by item. */
class LoopsTest {
    private static final List<String> TOGETHER = List.of("apt", "authorized_key", "blockinfile", "copy", "cron", "dnf",
            "file",
            "group", "ini_file", "lineinfile", "mount", "package", "pip", "replace", "service", "sysctl", "systemd",
            "template",
            "user");

    @Test
    void whatLoopsAreMadeOfGoesTogether() {
        var together = new TreeSet<String>();
        for (AnyModule module : ServiceLoader.load(AnyModule.class)) {
            if (TOGETHER.contains(module.name()) && module instanceof TaskModule
                    && !Schema.of(module.args()).doc().oneByOne()) {
                together.add(module.name());
            }
        }
        assertEquals(new TreeSet<>(TOGETHER), together);
    }
}
