package bramble.modules;

import bramble.testkit.Fixtures;
import bramble.testkit.Lab;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The cases of all modules on real nodes, over SSH. {@code -Dfixtures=bramble.modules.files} runs one family's, {@code -Dlab=...} on other nodes. */
@Tag("lab")
@TestInstance(Lifecycle.PER_CLASS)
class FixturesIT {
    private Optional<Lab> lab = Optional.empty();

    @BeforeAll
    void up() {
        lab = Optional.of(Lab.up(System.getProperty("lab", "fixtures"), System.getProperty("lab.subnet", "10.77.212")));
    }

    @TestFactory
    Stream<DynamicNode> cases() {
        return lab.stream().flatMap(up -> up.nodes().stream())
                .flatMap(node -> Fixtures.on(node, System.getProperty("fixtures", "bramble.modules")));
    }

    @AfterAll
    void down() {
        lab.ifPresent(Lab::close);
    }
}
