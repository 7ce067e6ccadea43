package dev.exitflow.core.bundle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs every module of a bundle on the probe input, to see that this machine answers as the one that made the bundle did.
 *
 * <p>Digests prove that the files are the same; this proves that they compute the same here. The features of each stage and the logits
 * of each exit are compared in relation to their own size: probabilities alone are alike wherever a model is unsure.
 */
public final class BundleSelfTest {

    /** Different processors sum in different orders; anything beyond this is another model. */
    static final double TOLERANCE = 1e-3;

    private BundleSelfTest() {}

    /**
     * Compares this machine's answers with the manifest's.
     *
     * @return the largest difference: of features and logits over their own size, or of a confidence
     * @throws InvalidBundleException if there is nothing to compare with, if a module fails, or if it differs by more than 0.001
     */
    public static double verify(ModelBundle bundle) {
        Manifest.SelfTest expected = bundle.manifest().selfTest();
        if (expected == null) {
            throw new InvalidBundleException(
                    "%s: the manifest has no selfTest to compare with; export or train the bundle again",
                    bundle.directory());
        }
        Manifest.SelfTest actual = answers(bundle.directory(), bundle.manifest());
        if (expected.exits().size() != actual.exits().size()) {
            throw new InvalidBundleException(
                    "%s: selfTest has %d exits, the bundle %d",
                    bundle.directory(), expected.exits().size(), actual.exits().size());
        }
        double largest = 0;
        for (int exit = 0; exit < actual.exits().size(); exit++) {
            if (expected.hasFeatures() && exit < expected.features().size()) {
                double difference = expected.features()
                        .get(exit)
                        .differenceOf(actual.features().get(exit));
                String stage = bundle.stageFile(exit).getFileName() + " computes features that are";
                largest = Math.max(largest, require(bundle.directory(), stage, difference));
            }
            double difference =
                    expected.exits().get(exit).differenceOf(actual.exits().get(exit));
            Path module = exit < bundle.earlyExits() ? bundle.exitFile(exit) : bundle.stageFile(exit);
            String answer = "exit " + exit + " answers the self-test, by " + module.getFileName() + ",";
            largest = Math.max(largest, require(bundle.directory(), answer, difference));
        }
        return largest;
    }

    private static double require(Path directory, String what, double difference) {
        if (!(difference <= TOLERANCE)) {
            throw new InvalidBundleException(
                    "%s: %s %.3g off what the manifest says, expected at most %s: PyTorch does not compute here what it did where the"
                            + " bundle was made",
                    directory, what, difference, TOLERANCE);
        }
        return difference;
    }

    /** What every stage and exit yields for the probe input, the backbone's classifier last. */
    static Manifest.SelfTest answers(Path directory, Manifest manifest) {
        List<Manifest.Answer> answers = new ArrayList<>();
        List<FeatureSketch> sketches = new ArrayList<>();
        try (NDManager manager = PyTorchRuntime.newManager()) {
            NDArray features = ProbeInput.batch(manager, manifest.input(), ProbeInput.rows(manifest.input()));
            for (int index = 0; index < manifest.stages().size(); index++) {
                Path stage = directory.resolve(manifest.stages().get(index).file());
                features = run(stage, features).head();
                if (index < manifest.exits().size()) {
                    sketches.add(sketch(stage, features));
                    Path exit = directory.resolve(manifest.exits().get(index).file());
                    NDList answer = run(exit, features);
                    if (answer.size() != 2) {
                        throw new InvalidBundleException(
                                "%s: yields %d arrays, expected probabilities and confidences", exit, answer.size());
                    }
                    answers.add(answer(exit, answer.get(0), answer.get(1).toFloatArray()[0]));
                } else {
                    answers.add(answer(stage, features, 1));
                }
            }
        }
        return new Manifest.SelfTest(answers, sketches);
    }

    /** Runs a module, whose failure names it. */
    static NDList run(Path file, NDArray features) {
        try (TorchModule module = TorchModule.forInference(file)) {
            return module.forward(new NDList(features), false);
        } catch (ai.djl.engine.EngineException | IllegalArgumentException | IllegalStateException e) {
            String cause =
                    String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("no message");
            throw new InvalidBundleException(
                    file + ": fails on the self-test's input of shape " + features.getShape() + ": " + cause, e);
        }
    }

    /** The sketch of one image's features, which those of every other row must have too. */
    private static FeatureSketch sketch(Path module, NDArray features) {
        float[] values = features.toFloatArray();
        int rows = (int) features.getShape().get(0);
        int length = values.length / rows;
        FeatureSketch first = FeatureSketch.of(values, 0, length);
        requireAlike(module, first.differenceOf(FeatureSketch.of(values, values.length - length, length)));
        return first;
    }

    private static Manifest.Answer answer(Path module, NDArray probabilities, float confidence) {
        Shape shape = probabilities.getShape();
        if (shape.dimension() != 2) {
            throw new InvalidBundleException("%s: answers in shape %s, expected (N, classes)", module, shape);
        }
        float[] values = probabilities.toFloatArray();
        int classes = (int) shape.get(1);
        Manifest.Answer first = Manifest.Answer.of(values, 0, classes, confidence);
        Manifest.Answer last = Manifest.Answer.of(values, values.length - classes, classes, confidence);
        requireAlike(module, first.differenceOf(last));
        return first;
    }

    private static void requireAlike(Path module, double difference) {
        if (difference > TOLERANCE) {
            throw new InvalidBundleException(
                    "%s: computes one image in two ways, %.3g apart, within one batch: PyTorch computes wrongly here",
                    module, difference);
        }
    }
}
