package bramble.modules;

import bramble.testkit.Fixtures;
import bramble.testkit.Lab;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The cases of all modules on real nodes, over SSH: on both at once, on each one after the other.
 * {@code -Dfixtures=bramble.modules.files} runs one family's, {@code -Dlab=...} on other nodes.
 */
@Tag("lab")
class FixturesIT {
    private static Optional<Lab> lab = Optional.empty();

    @BeforeAll
    static void up() {
        lab = Optional.of(Lab.up(System.getProperty("lab", "fixtures"), System.getProperty("lab.subnet", "10.77.212")));
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class OnDebian {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on("debian");
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class OnBusyBox {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on("busybox");
        }
    }

    private static Stream<DynamicNode> on(String kind) {
        return lab.stream().flatMap(up -> up.nodes().stream()).filter(node -> node.kind().equals(kind))
                .flatMap(node -> Fixtures.on(node, System.getProperty("fixtures", "bramble.modules")));
    }

    @AfterAll
    static void down() {
        lab.ifPresent(Lab::close);
    }
}
