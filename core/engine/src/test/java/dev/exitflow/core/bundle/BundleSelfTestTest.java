package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.policy.ExitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that computes otherwise than the one that made a bundle is found out before it answers an image. */
class BundleSelfTestTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private ModelBundle bundle;

    @BeforeEach
    void makeBundle() {
        ModelBundle copied = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        bundle = new BundleEdit(copied, Instant.EPOCH)
                .step(Map.of("step", "sketch"))
                .write();
    }

    @Test
    void shouldNameTheStageWhenItsFeaturesAreOff() throws IOException {
        change(selfTest -> {
            ArrayNode sums = (ArrayNode) selfTest.get("features").get(1).get("sums");
            sums.set(3, JSON.getNodeFactory().numberNode(sums.get(3).asDouble() * 1.5 + 1));
        });

        assertThatThrownBy(() -> BundleSelfTest.verify(bundle))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("stage-1.pt computes features");
    }

    @Test
    void shouldSeeAnotherAnswerWhenBothAreFlat() {
        Manifest.Answer expected = new Manifest.Answer(List.of(0.251f, 0.249f, 0.2505f, 0.2495f), 1);
        Manifest.Answer sameButForRounding = new Manifest.Answer(List.of(0.25100002f, 0.249f, 0.2505f, 0.2495f), 1);
        Manifest.Answer other = new Manifest.Answer(List.of(0.2505f, 0.2495f, 0.251f, 0.249f), 1);

        assertThat(expected.differenceOf(sameButForRounding)).isLessThan(BundleSelfTest.TOLERANCE);
        assertThat(expected.differenceOf(other)).isGreaterThan(0.1);
        assertThat(expected.differenceOf(new Manifest.Answer(List.of(Float.NaN, 0f, 0f, 0f), 1)))
                .isNaN();
    }

    @Test
    void shouldEstimateHowFarFeaturesAreOffFromTheirSketch() {
        Random random = new Random(1);
        float[] features = new float[4096];
        float[] last = new float[4096];
        for (int index = 0; index < features.length; index++) {
            features[index] = (float) random.nextGaussian();
            last[index] = index < 4000 ? features[index] : (float) random.nextGaussian();
        }
        double ofNorms = Math.sqrt(2 * 96 / 4096.0);

        double estimate = FeatureSketch.of(features, 0, 4096).differenceOf(FeatureSketch.of(last, 0, 4096));

        assertThat(estimate).isCloseTo(ofNorms, within(ofNorms / 2));
        assertThat(FeatureSketch.of(features, 0, 4096).differenceOf(FeatureSketch.of(features, 0, 4096)))
                .isZero();
    }

    @Test
    void shouldAnswerNoImageWhenTheModelAnswersOtherwiseHere() throws IOException {
        change(selfTest -> ((ObjectNode) selfTest.get("exits").get(1)).put("confidence", 0.123));

        assertThatThrownBy(() -> MicroBatcher.start(
                                bundle, source -> ExitPolicy.uniform(1, 1), new BatcherConfig(1, 4, 8), Thread::new)
                        .close())
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContainingAll("model tiny", "exit-1.pt");
    }

    @Test
    void shouldNotMakeItselfTheReferenceWhenTheMachineAnswersOtherwise() throws IOException {
        change(selfTest -> ((ObjectNode) selfTest.get("exits").get(0)).put("confidence", 0.123));

        assertThatThrownBy(() -> new BundleEdit(bundle, Instant.EPOCH))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("exit-0.pt");
    }

    @Test
    void shouldLeaveTheExportersAnswersWhenModulesStay() throws IOException {
        change(selfTest -> {
            ObjectNode answer = (ObjectNode) selfTest.get("exits").get(0);
            answer.put("confidence", answer.get("confidence").asDouble() + 1e-5);
        });
        List<Manifest.Answer> before = bundle.manifest().selfTest().exits();

        ModelBundle written = new BundleEdit(bundle, Instant.EPOCH)
                .step(Map.of("step", "calibrate"))
                .write();
        ModelBundle withExit = new BundleEdit(written, Instant.EPOCH)
                .replaceModule("exit-0.pt", otherExit())
                .write();

        assertThat(written.manifest().selfTest()).isEqualTo(bundle.manifest().selfTest());
        assertThat(withExit.manifest().selfTest().exits().get(0)).isNotEqualTo(before.get(0));
        assertThat(withExit.manifest().selfTest().exits().subList(1, 3)).isEqualTo(before.subList(1, 3));
        assertThat(withExit.manifest().selfTest().features())
                .isEqualTo(bundle.manifest().selfTest().features());
    }

    private Path otherExit() {
        return TestBundles.untrained(folder.resolve("other")).resolve("exit-0.pt");
    }

    private void change(Consumer<JsonNode> change) throws IOException {
        Path manifest = bundle.directory().resolve(BundleLoader.MANIFEST);
        JsonNode root = JSON.readTree(Files.readAllBytes(manifest));
        change.accept(root.get("selfTest"));
        Files.write(manifest, JSON.writeValueAsBytes(root));
        bundle = BundleLoader.load(bundle.directory());
    }
}
