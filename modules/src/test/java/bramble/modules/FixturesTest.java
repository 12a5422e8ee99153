package bramble.modules;

import bramble.testkit.Fixtures;
import bramble.testkit.LocalNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The cases of all modules on shells of this machine: on two at once, on each one after the other.
 * {@code -Dfixtures=bramble.modules.files} runs one family's.
 */
class FixturesTest {
    private static final List<LocalNode> NODES = Stream
            .of(Stream.of(LocalNode.plain()), LocalNode.router().stream(), LocalNode.guest().stream())
            .flatMap(node -> node).toList();

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class OfThisMachine {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on("local");
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class OfARouter {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on("router");
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class OfAGuest {
        @TestFactory
        @Execution(ExecutionMode.SAME_THREAD)
        Stream<DynamicNode> cases() {
            return on("guest");
        }
    }

    private static Stream<DynamicNode> on(String kind) {
        return NODES.stream().filter(node -> node.kind().equals(kind))
                .flatMap(node -> Fixtures.on(node, System.getProperty("fixtures", "bramble.modules")));
    }

    @TestFactory
    Stream<? extends DynamicNode> everyModuleIsDocumented() {
        return Fixtures.documented();
    }

    @AfterAll
    static void close() {
        NODES.forEach(LocalNode::close);
    }
}
