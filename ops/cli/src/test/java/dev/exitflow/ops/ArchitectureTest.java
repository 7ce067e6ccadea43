package dev.exitflow.ops;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.exitflow", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NOTHING_USES_OPS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.ops..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.exitflow.ops..");

    @ArchTest
    static final ArchRule EMBEDDED_BROKER_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.exitflow.ops.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.exitflow.ops.cli..",
                    "dev.exitflow.ops.load..",
                    "dev.exitflow.ops.monitor..",
                    "dev.exitflow.ops.autopilot..",
                    "dev.exitflow.ops.dashboard..",
                    "dev.exitflow.ops.bench..");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_PARSES_COMMANDS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.ops.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule ONLY_THE_EMBEDDED_BROKER_USES_THE_SERVER = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.ops.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..");

    @ArchTest
    static final ArchRule ONLY_THE_DASHBOARD_USES_THE_WEB_SERVER = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.ops.dashboard..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLES =
            slices().matching("dev.exitflow.(**)").should().beFreeOfCycles();
}
