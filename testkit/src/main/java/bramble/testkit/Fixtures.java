package bramble.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.args.Doc;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/** All modules that are installed, and the tests that each of them has to pass. */
public final class Fixtures {
    private Fixtures() {}

    public static List<AnyModule> modules() {
        return ServiceLoader.load(AnyModule.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    /** The cases of the modules in that package and below it, on the node: a container a module. */
    public static Stream<DynamicNode> on(TestNode node, String ofPackage) {
        return on(node, ofPackage, _ -> true);
    }

    /**
     * Some of these cases.
     *
     * @param part those of which packages
     */
    public static Stream<DynamicNode> on(TestNode node, String ofPackage, Predicate<String> part) {
        Platform platform = node.platform();
        return modules().stream()
                .filter(module -> (module.getClass().getPackageName() + ".").startsWith(ofPackage + "."))
                .filter(module -> part.test(module.getClass().getPackageName()))
                .filter(TaskModule.class::isInstance)
                .map(module -> DynamicContainer.dynamicContainer(node.kind() + ": " + module.name(),
                        cases(node, platform, (TaskModule<?, ?>) module)));
    }

    private static Stream<DynamicTest> cases(TestNode node, Platform platform, TaskModule<?, ?> module) {
        return Fixture.of(module).stream().filter(fixture -> fixture.runsOn(node))
                .map(fixture -> DynamicTest.dynamicTest(module.name() + ": " + fixture.name(),
                        () -> check(node, platform, module, fixture)));
    }

    private static void check(TestNode node, Platform platform, TaskModule<?, ?> module, Fixture fixture)
            throws IOException, InterruptedException {
        try {
            new FixtureRun<>(node, platform, module, fixture).check();
        } catch (AssertionError e) {
            // build logs show the number of a dynamic test, not its name
            throw new AssertionError(node.kind() + ": " + module.name() + ": " + fixture.name() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Each module is documented, has an example, and cases. */
    public static Stream<DynamicTest> documented() {
        return modules().stream().map(module -> DynamicTest.dynamicTest(module.name(), () -> {
            Doc doc = module.args().getAnnotation(Doc.class);
            assertTrue(doc != null, () -> module.args() + " has no @Doc");
            assertFalse(doc.value().isBlank() || doc.example().isBlank(), "@Doc says nothing, or shows nothing");
            exampleFits(module, doc);
            if (module instanceof TaskModule) {
                List<Fixture> cases = Fixture.of(module);
                assertTrue(!doc.neverSettles().isEmpty() || cases.stream().noneMatch(Fixture::againChanged),
                        "a case changes again, and @Doc doesn't say why");
                assertFalse(cases.isEmpty(), () -> "no cases in " + Fixture.file(module));
            }
        }));
    }

    /** The example is one task that calls the module with arguments that it has. */
    private static void exampleFits(AnyModule module, Doc doc) {
        Value tasks = NodeValues.plain(YamlReader.read(doc.example(), module.name(), _ -> {}).getFirst());
        var names = new ArrayList<String>(List.of(doc.aliases()));
        names.add(module.name());
        names.addAll(names.stream().map(name -> doc.collection() + "." + name).toList());
        Value call = ((ListValue) tasks).items().stream().map(MapValue.class::cast)
                .flatMap(task -> names.stream().flatMap(name -> task.get(name).stream())).findFirst()
                .orElseThrow(() -> new AssertionError("the example doesn't call it:\n" + doc.example()));
        if (call instanceof MapValue arguments) {
            assertEquals(List.of(), Schema.of(module.args()).unknown(arguments.byName().keySet()),
                    "arguments of the example");
        }
    }
}
