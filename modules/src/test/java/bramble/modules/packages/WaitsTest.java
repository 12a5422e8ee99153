package bramble.modules.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.module.TaskModule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of a lock that a package manager waits for, by what it prints. */
class WaitsTest {
    @Test
    void saysWhoHoldsTheLock() {
        List<TaskModule<?, ?>> dnf = List.of(new DnfModule(), new PackageModule());
        for (TaskModule<?, ?> module : dnf) {
            assertEquals(Optional.of("dnf's lock is held by process 4711"),
                    module.waits("Waiting for process with pid 4711 to finish."));
            assertEquals(Optional.of("rpm's lock /var/lib/rpm/.rpm.lock is held by another process"),
                    module.waits("warning: waiting for transaction lock on /var/lib/rpm/.rpm.lock"));
            assertEquals(Optional.empty(), module.waits("Waiting for better days"));
        }
        List<TaskModule<?, ?>> apt = List.of(new AptModule(), new AptRepositoryModule(), new PackageModule());
        for (TaskModule<?, ?> module : apt) {
            assertEquals(Optional.of("apt's lock /var/lib/apt/lists/lock is held by process 12 (apt-get)"),
                    module.waits("Waiting for cache lock: Could not get lock /var/lib/apt/lists/lock."
                            + " It is held by process 12 (apt-get)..."));
            assertEquals(Optional.empty(), module.waits("E: Could not get lock /var/lib/apt/lists/lock."));
        }
    }
}
