package bramble.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Who may depend on whom: downward only, in no circles, and each library known to one package. */
@AnalyzeClasses(packages = "bramble", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule NO_CIRCLES = SlicesRuleDefinition.slices().matching("bramble.(*)..").should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule MODULES_DO_NOT_CONNECT = noClasses().that().resideInAPackage("bramble.modules..").should()
            .dependOnClassesThat().resideInAPackage("bramble.connection..");

    @ArchTest
    static final ArchRule DOWNWARD = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("problem").definedBy("bramble.problem..")
            .layer("words").definedBy("bramble.value..", "bramble.regex..", "bramble.yaml..", "bramble.vault..")
            .layer("template").definedBy("bramble.template..")
            .layer("crypto").definedBy("bramble.crypto..")
            .layer("image").definedBy("bramble.image..")
            .layer("shell").definedBy("bramble.shell..")
            .layer("connection").definedBy("bramble.connection..")
            .layer("module").definedBy("bramble.module..", "bramble.args..")
            .layer("files").definedBy("bramble.inventory..", "bramble.playbook..")
            .layer("event").definedBy("bramble.event..")
            .layer("record").definedBy("bramble.record..")
            .layer("galaxy").definedBy("bramble.galaxy..")
            .layer("brought").definedBy("bramble.brought..")
            .layer("run").definedBy("bramble.run..")
            .layer("check").definedBy("bramble.check..")
            .layer("modules").definedBy("bramble.modules..")
            .layer("cli").definedBy("bramble.cli..")
            .layer("testkit").definedBy("bramble.testkit..")
            .whereLayer("cli").mayNotBeAccessedByAnyLayer()
            .whereLayer("testkit").mayNotBeAccessedByAnyLayer()
            .whereLayer("modules").mayNotBeAccessedByAnyLayer()
            .whereLayer("image").mayOnlyBeAccessedByLayers("connection", "modules", "cli", "testkit")
            .whereLayer("check").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("run").mayOnlyBeAccessedByLayers("check", "cli", "testkit")
            .whereLayer("brought").mayOnlyBeAccessedByLayers("run", "cli")
            .whereLayer("galaxy").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("record").mayOnlyBeAccessedByLayers("cli")
            .whereLayer("event").mayOnlyBeAccessedByLayers("record", "run", "cli", "testkit")
            .whereLayer("files").mayOnlyBeAccessedByLayers("run", "check", "cli", "testkit")
            .whereLayer("connection").mayOnlyBeAccessedByLayers("run", "cli", "testkit")
            .whereLayer("crypto").mayOnlyBeAccessedByLayers("words", "shell", "connection")
            .whereLayer("shell")
            .mayOnlyBeAccessedByLayers("connection", "module", "brought", "modules", "run", "cli", "testkit")
            .whereLayer("module")
            .mayOnlyBeAccessedByLayers("event", "record", "brought", "run", "check", "modules", "cli", "testkit")
            .whereLayer("template")
            .mayOnlyBeAccessedByLayers("files", "module", "run", "check", "modules", "cli", "testkit");

    @ArchTest
    static final ArchRule YAML_PARSER = only("bramble.yaml..", "org.yaml.snakeyaml..");

    @ArchTest
    static final ArchRule JINJAVA = only("bramble.template..", "com.hubspot.jinjava..");

    @ArchTest
    static final ArchRule DATABASE = only("bramble.record..", "java.sql..", "org.sqlite..");

    @ArchTest
    static final ArchRule SSH = only("bramble.connection..", "com.jcraft.jsch..");

    private static ArchRule only(String user, String... libraries) {
        return noClasses().that().resideOutsideOfPackage(user).should().dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }
}
