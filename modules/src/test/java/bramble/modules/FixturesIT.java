package bramble.modules;

import bramble.testkit.Fixtures;
import bramble.testkit.Lab;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The cases of all modules on real nodes, over SSH: Debian's on two of a kind, half each, and BusyBox's on another;
 * on two at once, on each one after the other.
 * {@code -Dfixtures=bramble.modules.files} runs one family's, {@code -Dlab=...} on other nodes.
 */
@Tag("lab")
@TestClassOrder(ClassOrderer.OrderAnnotation.class) // the first and the last begin: the long ones
class FixturesIT {
    /** About as much time goes into the packages before this one as into the others. */
    private static final String MIDDLE = "bramble.modules.files";

    private static Optional<Lab> lab = Optional.empty();

    @BeforeAll
    static void up() {
        lab = Optional.of(
                Lab.up(System.getProperty("lab", "fixtures"), System.getProperty("lab.subnet", "10.77.212"), true));
    }

    @Nested
    @Order(1)
    @Execution(ExecutionMode.CONCURRENT)
    class OnDebian {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on(0, part -> part.compareTo(MIDDLE) < 0);
        }
    }

    @Nested
    @Order(2)
    @Execution(ExecutionMode.CONCURRENT)
    class OnBusyBox {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on(1, _ -> true);
        }
    }

    @Nested
    @Order(3)
    @Execution(ExecutionMode.CONCURRENT)
    class OnAnotherDebian {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on(2, part -> part.compareTo(MIDDLE) >= 0);
        }
    }

    private static Stream<DynamicNode> on(int node, Predicate<String> part) {
        return Fixtures.on(lab.orElseThrow().nodes().get(node), System.getProperty("fixtures", "bramble.modules"),
                part);
    }

    @AfterAll
    static void down() {
        lab.ifPresent(Lab::close);
    }
}
