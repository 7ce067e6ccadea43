package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.Cifar10;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Python exports, Java loads, and both answer alike. */
class ExportedBundleTest {

    private static final Path EXPORTER = Path.of("src/main/python/exitflow_export.py");
    private static final Path TINY_BACKBONE = Path.of("src/test/python/tiny_backbone.py");
    private static final double SAME_ANSWER = 1e-4;
    private static final long PATIENCE_SECONDS = 120;

    private static String python;

    @TempDir
    Path folder;

    @BeforeAll
    static void findPythonWithTorch() {
        Optional<String> found = PythonWithTorch.find();
        assumeThat(found)
                .as("a Python with torch, of %s", PythonWithTorch.candidates())
                .isPresent();
        python = found.orElseThrow();
        PyTorchRuntime.useIntraOpThreads(1);
    }

    @Test
    void shouldAnswerAsPythonDoesWhenExported() throws Exception {
        Path target = folder.resolve("bundle");

        export(
                TINY_BACKBONE + ":tiny",
                target,
                "--exits-after=1,2",
                "--labels=red,green,blue,grey",
                "--input=3,8,8",
                "--mean=0.5,0.5,0.5",
                "--std=0.25,0.25,0.25");

        ModelBundle bundle = BundleLoader.load(target);
        assertThat(bundle.name()).isEqualTo("tiny");
        assertThat(bundle.earlyExits()).isEqualTo(2);
        assertThat(BundleSelfTest.verify(bundle)).isLessThan(SAME_ANSWER);
    }

    @Test
    void shouldAnswerAsBeforeWhenPythonFreezesWhatJavaTrained() throws Exception {
        ModelBundle trained = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        ImageSet images = ColouredSquares.draw(200, 0.9, 3);
        ExitTraces before = trace(trained, images);

        run("freeze", "--bundle", trained.directory().toString());

        ModelBundle frozen = BundleLoader.load(trained.directory());
        ExitTraces after = trace(frozen, images);
        assertThat(frozen.manifest().exits()).allMatch(Manifest.Exit::frozen);
        assertThat(frozen.manifest().stages()).allMatch(Manifest.Stage::frozen);
        assertThat(frozen.manifest().calibration()).isEqualTo(trained.manifest().calibration());
        assertThat(BundleSelfTest.verify(frozen)).isLessThan(SAME_ANSWER);
        for (int image = 0; image < images.size(); image++) {
            assertThat(after.backboneAnswer(image)).isEqualTo(before.backboneAnswer(image));
            for (int exit = 0; exit < frozen.earlyExits(); exit++) {
                assertThat(after.confidence(exit, image))
                        .isCloseTo(before.confidence(exit, image), within(SAME_ANSWER));
            }
        }
    }

    @Test
    void shouldClassifyAsPublishedWhenWeightsArePublished() throws Exception {
        Path weights = data().resolve("pretrained/resnet20-12fca82f.th");
        Path images = data().resolve("cifar-10-batches-bin");
        assumeThat(weights).as("published weights, in EXITFLOW_DATA").exists();
        assumeThat(images).as("CIFAR-10, in EXITFLOW_DATA").exists();
        Path target = folder.resolve("bundle");

        export("resnet20", target, "--weights=" + weights);

        ModelBundle bundle = BundleLoader.load(target);
        assertThat(BundleSelfTest.verify(bundle)).isLessThan(SAME_ANSWER);
        ExitTraces traces = trace(bundle, Cifar10.test(images).slice(0, 1000));
        assertThat(traces.backboneAccuracy()).isGreaterThan(0.90);
    }

    private static ExitTraces trace(ModelBundle bundle, ImageSet images) {
        try (ExitTracer tracer = new ExitTracer(bundle)) {
            return tracer.trace(images, done -> {});
        }
    }

    private void export(String backbone, Path target, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("export", "--backbone", backbone, "--out", target.toString()));
        arguments.addAll(List.of(options));
        run(arguments.toArray(String[]::new));
    }

    private void run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(python, EXPORTER.toString()));
        command.addAll(List.of(arguments));
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();

        assertThat(ended).as("ends within %d s: %s", PATIENCE_SECONDS, command).isTrue();
        assertThat(process.exitValue())
                .as("%s said: %s", command, Files.readString(said))
                .isZero();
    }

    private static Path data() {
        String chosen = System.getenv("EXITFLOW_DATA");
        return chosen == null || chosen.isBlank() ? Path.of("../../../shared/data") : Path.of(chosen);
    }
}
