package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvolutionFusionTest {

    private static final Path DIGITS = Path.of("src/main/bundles/digits");

    @TempDir
    Path folder;

    @BeforeEach
    void simple() {
        PyTorchRuntime.useSimpleExecutor();
    }

    @Test
    void shouldLeaveNoReluAndNoAdditionWhenTheyFollowConvolutions() throws IOException {
        String code = code(ConvolutionFusion.of(DIGITS.resolve("stage-0.pt")).orElseThrow());

        assertThat(code).contains("_convolution_pointwise").doesNotContain("torch.relu", "torch.add", "torch.conv2d");
    }

    @Test
    void shouldTouchNothingWhenAModuleCanStillBeTrained() throws IOException {
        Path untrained = TestBundles.untrained(folder.resolve("untrained"));

        assertThat(ConvolutionFusion.of(untrained.resolve("stage-0.pt"))).isEmpty();
    }

    @Test
    void shouldComputeTheSameWhenConvolutionsAreFused() {
        ModelBundle bundle = BundleLoader.load(DIGITS);
        try (ModelModules fused = ModelModules.forInference(bundle);
                NDManager manager = PyTorchRuntime.newManager()) {
            NDArray features = manager.randomNormal(new Shape(5, 3, 32, 32));
            for (int stage = 0; stage <= bundle.earlyExits(); stage++) {
                NDArray output = one(fused.stages().get(stage), features);
                try (TorchModule plain = TorchModule.forInference(bundle.stageFile(stage))) {
                    assertThat(difference(output, one(plain, features))).isCloseTo(0, within(1e-4f));
                }
                features = output;
            }
        }
    }

    @Test
    void shouldStillLoadAndAnswerWhenTheSelfTestSaysOtherwise() {
        ModelBundle bundle = BundleLoader.load(DIGITS);
        Manifest manifest = bundle.manifest();
        List<Manifest.Answer> wrong = manifest.selfTest().exits().stream()
                .map(answer -> new Manifest.Answer(answer.probabilities(), answer.confidence() / 2))
                .toList();
        Manifest changed = manifest.withModules(manifest.stages(), manifest.exits(), new Manifest.SelfTest(wrong));

        try (ModelModules modules = ModelModules.forInference(new ModelBundle(DIGITS, changed, bundle.digest()))) {
            assertThat(BundleSelfTest.passes(modules, manifest)).isTrue();
        }
    }

    private static NDArray one(TorchModule module, NDArray features) {
        return module.forward(new NDList(features), false).head();
    }

    private static float difference(NDArray left, NDArray right) {
        return left.sub(right).abs().max().getFloat();
    }

    private static String code(byte[] module) throws IOException {
        StringBuilder code = new StringBuilder();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(module))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().endsWith(".py")) {
                    code.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return code.toString();
    }
}
