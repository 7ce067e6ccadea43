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
 * <p>Digests prove that the files are the same; this proves that they compute the same here.
 */
public final class BundleSelfTest {

    /** Different processors sum in different orders; anything beyond this is another model. */
    private static final double TOLERANCE = 1e-3;

    private BundleSelfTest() {}

    /**
     * Compares this machine's answers with the manifest's.
     *
     * @return the largest difference of any probability or confidence
     * @throws InvalidBundleException if there is nothing to compare with, or if it differs by more than 0.001
     */
    public static double verify(ModelBundle bundle) {
        Manifest.SelfTest expected = bundle.manifest().selfTest();
        if (expected == null) {
            throw new InvalidBundleException(
                    "%s: the manifest has no selfTest to compare with; export or train the bundle again",
                    bundle.directory());
        }
        List<Manifest.Answer> actual = answers(bundle.directory(), bundle.manifest());
        if (expected.exits().size() != actual.size()) {
            throw new InvalidBundleException(
                    "%s: selfTest has %d exits, the bundle %d",
                    bundle.directory(), expected.exits().size(), actual.size());
        }
        double largest = 0;
        for (int exit = 0; exit < actual.size(); exit++) {
            double difference = difference(expected.exits().get(exit), actual.get(exit));
            if (!(difference <= TOLERANCE)) {
                throw new InvalidBundleException(
                        "%s: exit %d answers the self-test %s off what the manifest says, expected at most %s",
                        bundle.directory(), exit, difference, TOLERANCE);
            }
            largest = Math.max(largest, difference);
        }
        return largest;
    }

    /** What every exit answers to the probe input, the backbone's classifier last. */
    static List<Manifest.Answer> answers(Path directory, Manifest manifest) {
        List<Manifest.Answer> answers = new ArrayList<>();
        try (NDManager manager = PyTorchRuntime.newManager()) {
            Manifest.Input input = manifest.input();
            NDArray features =
                    manager.create(ProbeInput.of(input), new Shape(1, input.channels(), input.height(), input.width()));
            for (int index = 0; index < manifest.stages().size(); index++) {
                features = run(directory.resolve(manifest.stages().get(index).file()), features)
                        .head();
                if (index < manifest.exits().size()) {
                    NDList answer =
                            run(directory.resolve(manifest.exits().get(index).file()), features);
                    answers.add(new Manifest.Answer(
                            floats(answer.get(0)), answer.get(1).toFloatArray()[0]));
                } else {
                    answers.add(new Manifest.Answer(floats(features), 1));
                }
            }
        }
        return answers;
    }

    private static NDList run(Path file, NDArray features) {
        try (TorchModule module = TorchModule.forInference(file)) {
            return module.forward(new NDList(features), false);
        }
    }

    private static List<Float> floats(NDArray array) {
        List<Float> values = new ArrayList<>();
        for (float value : array.toFloatArray()) {
            values.add(value);
        }
        return values;
    }

    private static double difference(Manifest.Answer expected, Manifest.Answer actual) {
        double largest = Math.abs(expected.confidence() - actual.confidence());
        if (expected.probabilities().size() != actual.probabilities().size()) {
            return Double.NaN;
        }
        for (int label = 0; label < expected.probabilities().size(); label++) {
            double difference = Math.abs(
                    expected.probabilities().get(label) - actual.probabilities().get(label));
            if (!(difference <= largest)) {
                largest = difference;
            }
        }
        return largest;
    }
}
