package bramble.modules;

import bramble.testkit.Fixtures;
import bramble.testkit.LocalNode;
import bramble.testkit.TestNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The cases of all modules on shells of this machine. {@code -Dfixtures=bramble.modules.files} runs one family's. */
class FixturesTest {
    private static final List<TestNode> NODES = Stream
            .of(Stream.of(LocalNode.plain()), LocalNode.router().stream(), LocalNode.guest().stream())
            .<TestNode>flatMap(node -> node).toList();

    @TestFactory
    Stream<DynamicNode> cases() {
        return NODES.stream().flatMap(node -> Fixtures.on(node, System.getProperty("fixtures", "bramble.modules")));
    }

    @TestFactory
    Stream<? extends DynamicNode> everyModuleIsDocumented() {
        return Fixtures.documented();
    }

    @AfterAll
    static void close() {
        NODES.forEach(TestNode::close);
    }
}
