package dev.exitflow.ops;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "dev.exitflow",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutTestJars.class})
class ArchitectureTest {

    /** Leaves out what the modules' tests lend each other. */
    static final class WithoutTestJars implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String[] TRAINING = {
        "dev.exitflow.core.calibration..", "dev.exitflow.core.dataset..", "dev.exitflow.core.training.."
    };

    @ArchTest
    static final ArchRule MODULES_USE_ONLY_WHAT_THEY_MAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("schemas")
            .definedBy("dev.exitflow.schema..")
            .layer("engine")
            .definedBy(resideInAPackage("dev.exitflow.core..").and(not(resideInAnyPackage(TRAINING))))
            .layer("training")
            .definedBy(TRAINING)
            .layer("processor")
            .definedBy("dev.exitflow.processor..")
            .layer("client")
            .definedBy("dev.exitflow.ops.control..", "dev.exitflow.ops.letters..")
            .layer("local")
            .definedBy("dev.exitflow.ops.embedded..", "dev.exitflow.ops.local..")
            .layer("images")
            .definedBy("dev.exitflow.ops.digits..", "dev.exitflow.ops.load..", "dev.exitflow.ops.download..")
            .layer("monitor")
            .definedBy("dev.exitflow.ops.monitor..", "dev.exitflow.ops.autopilot..", "dev.exitflow.ops.dashboard..")
            .layer("bench")
            .definedBy("dev.exitflow.ops.bench..", "dev.exitflow.ops.answer..", "dev.exitflow.ops.chart..")
            .layer("cli")
            .definedBy(
                    "dev.exitflow.ops.cli..",
                    "dev.exitflow.ops.demo..",
                    "dev.exitflow.ops.live..",
                    "dev.exitflow.ops.report..")
            .whereLayer("schemas")
            .mayNotAccessAnyLayer()
            .whereLayer("engine")
            .mayNotAccessAnyLayer()
            .whereLayer("training")
            .mayOnlyAccessLayers("engine")
            .whereLayer("processor")
            .mayOnlyAccessLayers("schemas", "engine")
            .whereLayer("client")
            .mayOnlyAccessLayers("schemas", "engine")
            .whereLayer("local")
            .mayOnlyAccessLayers("schemas", "engine", "processor", "client")
            .whereLayer("images")
            .mayOnlyAccessLayers("schemas", "engine", "training")
            .whereLayer("monitor")
            .mayOnlyAccessLayers("schemas", "engine", "client", "processor")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule THE_MONITOR_KNOWS_NOTHING_OF_PROCESSORS_BUT_HOW_STREAMS_ARE_RUN = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.exitflow.ops.monitor..", "dev.exitflow.ops.autopilot..", "dev.exitflow.ops.dashboard..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.exitflow.processor..")
                    .and(not(resideInAPackage("dev.exitflow.processor.streams.."))));

    @ArchTest
    static final ArchRule ONLY_THE_BENCH_KNOWS_ONNX_RUNTIME = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.ops.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.onnxruntime..", "ai.djl.onnxruntime..");

    @ArchTest
    static final ArchRule NOTHING_USES_OPS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.exitflow.ops..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.exitflow.ops..");

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
