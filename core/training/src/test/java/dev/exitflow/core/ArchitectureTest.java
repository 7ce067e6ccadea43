package dev.exitflow.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.exitflow.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_KAFKA_AND_NO_AVRO = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "kafka..", "org.apache.avro..", "dev.exitflow.schema..");

    @ArchTest
    static final ArchRule ARROWS_POINT_DOWN = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.exitflow.processor..", "dev.exitflow.ops..");

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NO_TRAINING = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.exitflow.core",
                    "dev.exitflow.core.bundle..",
                    "dev.exitflow.core.cost..",
                    "dev.exitflow.core.forecast..",
                    "dev.exitflow.core.image..",
                    "dev.exitflow.core.inference..",
                    "dev.exitflow.core.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.exitflow.core.calibration..", "dev.exitflow.core.dataset..", "dev.exitflow.core.training..");

    @ArchTest
    static final ArchRule NUMBERS_OUTLIVE_THE_BACKWARD_PASS = noClasses()
            .should()
            .callMethod(NDArray.class, "mul", Number.class)
            .orShould()
            .callMethod(NDArray.class, "div", Number.class)
            .orShould()
            .callMethod(NDArray.class, "pow", Number.class)
            .because("autograd reads the number after DJL has let go of it; use Scale");
}
