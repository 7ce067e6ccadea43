package dev.exitflow.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.exitflow", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ARROWS_POINT_DOWN =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.exitflow.ops..");

    @ArchTest
    static final ArchRule NOTHING_BELOW_USES_THE_PROCESSOR = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.processor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.exitflow.processor..");

    @ArchTest
    static final ArchRule SCHEMAS_AND_CORE_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage("dev.exitflow.schema..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.exitflow.core..");

    @ArchTest
    static final ArchRule OUR_PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.exitflow.processor.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule STEPS_DO_NOT_KNOW_WHO_PUTS_THEM_TOGETHER = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.exitflow.processor.step..",
                    "dev.exitflow.processor.control..",
                    "dev.exitflow.processor.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.exitflow.processor");

    @ArchTest
    static final ArchRule KAFKAS_INTERNALS_STAY_ITS_OWN = noClasses()
            .that()
            .resideInAPackage("dev.exitflow.processor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..internals..");
}
