package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.Sample;
import dev.exitflow.core.policy.ExitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle whose first exit is a whole small network, from export to an answer. */
class FirstNetworkTest {

    private static final int SIDE = 32;
    private static final String DIGITS = "--data=digits:count=300";

    @TempDir
    Path folder;

    private Path small;
    private Path cascade;

    @BeforeEach
    void exportTheSmallNetwork() {
        assumePythonHasTorch();
        small = folder.resolve("small");
        cascade = folder.resolve("cascade");
        run("bundle export --backbone=resnet8 --exits-after=1 --labels=0,1,2,3,4,5,6,7,8,9 --seed=3 --out=" + small);
    }

    @Test
    void shouldAnswerAndChargeTheFirstNetworkOnlyWhenASampleMeetsIt() throws Exception {
        run("bundle export --backbone=resnet14 --labels=0,1,2,3,4,5,6,7,8,9 --first=" + small + " --out=" + cascade);
        ModelBundle bundle = BundleLoader.load(cascade);
        long first = bundle.manifest().exits().get(0).flops();
        long backbone = bundle.manifest().backboneFlops();

        Classified early = answer(bundle, 0);
        Classified late = answer(bundle, 0.9999);
        Classified never = answer(bundle, 1);

        assertThat(first).isEqualTo(BundleLoader.load(small).manifest().backboneFlops());
        assertThat(List.of(early.exit(), late.exit(), never.exit())).containsExactly(0, 1, 1);
        assertThat(List.of(early.flops(), late.flops(), never.flops()))
                .containsExactly(first, first + backbone, backbone);
        assertThat(early.confidence()).isEqualTo(early.probability());
        assertThat(answer(BundleLoader.load(small), 1).label()).isEqualTo(early.label());
        assertThat(late.label()).isEqualTo(never.label());
    }

    @Test
    void shouldLeaveTheFirstNetworkAsItIsWhenTheExitsBehindItAreTrained() throws Exception {
        run("bundle export --backbone=resnet14 --labels=0,1,2,3,4,5,6,7,8,9 --exits-after=2 --head=pool --first="
                + small + " --out=" + cascade);
        byte[] first = Files.readAllBytes(cascade.resolve("exit-0.pt"));
        byte[] head = Files.readAllBytes(cascade.resolve("exit-1.pt"));

        run("bundle train --part=exits --held-out=100 --epochs=1 " + DIGITS + " --bundle=" + cascade);

        assertThat(cascade.resolve("exit-0.pt")).hasBinaryContent(first);
        assertThat(Files.readAllBytes(cascade.resolve("exit-1.pt"))).isNotEqualTo(head);
        run("bundle verify --bundle=" + cascade);
    }

    @Test
    void shouldTrainTheFirstNetworkLikeAnyHeadWhenItHasNoWeights() throws Exception {
        run("bundle export --backbone=resnet14 --labels=0,1,2,3,4,5,6,7,8,9 --first=resnet8 --out=" + cascade);
        byte[] untrained = Files.readAllBytes(cascade.resolve("exit-0.pt"));

        run("bundle train --part=exits --held-out=100 --epochs=1 " + DIGITS + " --bundle=" + cascade);
        run("bundle freeze --bundle=" + cascade);
        run("bundle verify --bundle=" + cascade);

        assertThat(Files.readAllBytes(cascade.resolve("exit-0.pt"))).isNotEqualTo(untrained);
    }

    @Test
    void shouldTrainABackboneBehindAFirstNetwork() {
        run("bundle export --backbone=resnet14 --labels=0,1,2,3,4,5,6,7,8,9 --first=resnet8 --out=" + cascade);

        run("bundle train --part=backbone --held-out=100 --epochs=1 " + DIGITS + " --bundle=" + cascade);
    }

    @Test
    void shouldSayWhatToDoWhenThereIsNothingToTrain() {
        run("bundle export --backbone=resnet14 --labels=0,1,2,3,4,5,6,7,8,9 --first=" + small + " --out=" + cascade);
        run("bundle freeze --bundle=" + cascade);
        String train = "bundle train --held-out=100 --epochs=1 " + DIGITS + " --bundle=" + cascade;

        CommandRun exits = CommandRun.of((train + " --part=exits").split(" "));
        CommandRun joint = CommandRun.of((train + " --part=exits --loss=v1 --confidence=joint").split(" "));
        CommandRun all = CommandRun.of((train + " --part=all").split(" "));

        assertThat(List.of(exits.status(), joint.status(), all.status())).containsOnly(1);
        assertThat(exits.err()).contains("every exit (exit-0.pt) is frozen", "--tune-first");
        assertThat(joint.err()).contains("--confidence learned");
        assertThat(all.err()).contains("exit-0.pt is frozen");
    }

    @Test
    void shouldMeasureOnEveryHeldOutImageAndSayWhatTheExitIsWorthWhenCalibrated() throws Exception {
        run("bundle export --backbone=resnet14 --labels=0,1,2,3,4,5,6,7,8,9 --exits-after=2 --first=" + small
                + " --out=" + cascade);

        CommandRun calibrated =
                run("bundle calibrate --keep-exits --held-out=60 " + DIGITS + " --format=json --bundle=" + cascade);
        CommandRun evaluated = run("bundle evaluate --no-timing --thresholds=0 --format=json --data=digits:count=40"
                + " --bundle=" + cascade);

        assertThat(calibrated.err())
                .contains("exit 0, a first network: without it", "exit 1, after block 2: without it")
                .doesNotContain("closed");
        ModelBundle bundle = BundleLoader.load(cascade);
        assertThat(bundle.manifest().calibration().images()
                        + bundle.manifest().calibration().searchImages())
                .isEqualTo(60);
        assertThat(bundle.manifest().exits())
                .allSatisfy(exit -> assertThat(exit.confidenceScale()).isNull());
        double first = (double) bundle.manifest().exits().get(0).flops()
                / bundle.manifest().backboneFlops();
        JsonNode leaveAtOnce = policy(new ObjectMapper().readTree(evaluated.out()), "T 0.0");
        assertThat(leaveAtOnce.path("flopsFraction").asDouble()).isEqualTo(Math.round(first * 1e6) / 1e6);
    }

    @Test
    void shouldLeaveOutTheExitThatNoOperatingPointUsesWhenPruned() throws Exception {
        run("bundle export --backbone=resnet14 --exits-after=2 --labels=0,1,2,3,4,5,6,7,8,9 --first=" + small
                + " --out=" + cascade);
        run("bundle calibrate --keep-exits --held-out=60 " + DIGITS + " --bundle=" + cascade);
        useTheFirstNetworkAlone();
        Path pruned = folder.resolve("pruned");

        run("bundle prune --bundle=" + cascade + " --out=" + pruned);

        ModelBundle before = BundleLoader.load(cascade);
        ModelBundle after = BundleLoader.load(pruned);
        run("bundle verify --bundle=" + pruned);
        assertThat(after.manifest().exits())
                .extracting(Manifest.Exit::afterBlock)
                .containsExactly(0);
        assertThat(after.manifest().backboneFlops()).isEqualTo(before.manifest().backboneFlops());
        assertThat(after.manifest().operatingPoints()).containsOnlyKeys("full", "balanced", "economy");
        assertThat(after.defaultPolicy().thresholds()).containsExactly(0.25);
        assertThat(after.manifest().calibration().frontier())
                .allSatisfy(point -> assertThat(point.exitShares()).hasSize(2));
        assertThat(answer(after, 1).label()).isEqualTo(answer(before, 1).label());
        assertThat(answer(after, 0).label()).isEqualTo(answer(before, 0).label());
    }

    /** Random networks agree by chance alone, so what a calibration might have found is written by hand. */
    private void useTheFirstNetworkAlone() throws IOException {
        Path file = cascade.resolve("manifest.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode manifest = (ObjectNode) json.readTree(file.toFile());
        List<JsonNode> policies = List.of(
                manifest.path("defaultPolicy"),
                manifest.path("operatingPoints").path("balanced"),
                manifest.path("operatingPoints").path("economy"));
        policies.forEach(
                policy -> ((ObjectNode) policy).putArray("thresholds").add(0.25).add(1.0));
        json.writeValue(file.toFile(), manifest);
    }

    private static JsonNode policy(JsonNode report, String name) {
        for (JsonNode policy : report.path("curve")) {
            if (policy.path("policy").asText().equals(name)) {
                return policy;
            }
        }
        throw new AssertionError("no policy " + name + " in " + report);
    }

    private static Classified answer(ModelBundle bundle, double threshold) throws Exception {
        byte[] pixels = new byte[3 * SIDE * SIDE];
        SplittableRandom random = new SplittableRandom(8);
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = (byte) random.nextInt();
        }
        try (MicroBatcher batcher = MicroBatcher.start(
                bundle, source -> ExitPolicy.uniform(0, threshold), new BatcherConfig(1, 2, 4), Thread::new)) {
            Sample sample = new Sample("image", "camera", new EncodedImage(ImageEncoding.RAW_RGB8, SIDE, SIDE, pixels));
            return (Classified) batcher.submit(sample).get(60, TimeUnit.SECONDS);
        }
    }

    private static CommandRun run(String command) {
        CommandRun run = CommandRun.of(command.split(" "));
        assertThat(run.status()).as(command + "\n" + run.err()).isZero();
        return run;
    }

    private static void assumePythonHasTorch() {
        boolean found = true;
        try {
            Exporter.interpreter();
        } catch (ExitflowException e) {
            found = false;
        }
        assumeThat(found).as("a Python that can import torch").isTrue();
    }
}
