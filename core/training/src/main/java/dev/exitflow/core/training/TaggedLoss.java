package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * v4: every training image is tagged with the exit that it should leave at. An exit's answers are learned from its own images only,
 * its confidence from all.
 *
 * <pre>
 *   t = arg min over i = 0 … n of [ NLL(p_i, y) + λ c_i ]             an image's tag
 *   L = NLL(p_t, y) + λ c_t + sum over i &lt; n of w_i BCE(h_i, [t = i])
 *   w_i = 1 - r_i where t = i, r_i elsewhere                            r_i: share of the batch that is tagged i
 * </pre>
 *
 * <p>as the batch's mean, where BCE is binary cross-entropy and the weights keep rare tags from being drowned. As in EENet's code, tags
 * are drawn at random for the first epoch and assigned anew before each later one; so cost has no gradient and acts through tags alone.
 */
final class TaggedLoss implements ExitLoss {

    private final double costWeight;
    private final int[] tags;

    /**
     * @param costWeight λ
     * @param images how many training images there are
     * @param exits how many exits there are, the backbone's classifier counted
     * @param seed of the first tags
     */
    TaggedLoss(double costWeight, int images, int exits, long seed) {
        this.costWeight = costWeight;
        this.tags = new SplittableRandom(seed).ints(images, 0, exits).toArray();
    }

    @Override
    public void beforeEpoch(int epoch, Survey trainingImages) {
        if (epoch > 1) {
            trainingImages.forEachBatch(this::assign);
        }
    }

    /** Tags each image of a batch; of exits that are equally good the first. */
    void assign(Answers answers) {
        double[] least = new double[answers.images().length];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (int exit = 0; exit <= answers.last(); exit++) {
            double cost = costWeight * answers.relativeCosts().get(exit);
            float[] losses =
                    answers.likelihoodLosses(answers.probabilities().get(exit)).toFloatArray();
            for (int row = 0; row < losses.length; row++) {
                if (losses[row] + cost < least[row]) {
                    least[row] = losses[row] + cost;
                    tags[answers.images()[row]] = exit;
                }
            }
        }
    }

    /** The exit that an image is tagged with. */
    int tag(int image) {
        return tags[image];
    }

    @Override
    public NDArray of(Answers answers) {
        int[] tagged = Arrays.stream(answers.images()).map(this::tag).toArray();
        NDArray own = Terms.sum(answers.eachExit(exit ->
                column(answers, tagged, exit, 1, 0).mul(answers.probabilities().get(exit))));
        double cost = Arrays.stream(tagged)
                .mapToDouble(exit -> answers.relativeCosts().get(exit))
                .average()
                .orElseThrow();
        List<NDArray> terms = new ArrayList<>();
        terms.add(answers.likelihoodLoss(own).add((float) (costWeight * cost)));
        for (int exit = 0; exit < answers.last(); exit++) {
            terms.add(crossEntropy(answers, tagged, exit));
        }
        return Terms.sum(terms);
    }

    private static NDArray crossEntropy(Answers answers, int[] tagged, int exit) {
        NDArray confidence = answers.confidences().get(exit);
        double share = Arrays.stream(tagged).filter(tag -> tag == exit).count() / (double) tagged.length;
        NDArray leave = column(answers, tagged, exit, 1 - share, 0).mul(Logarithm.of(confidence));
        NDArray stay = column(answers, tagged, exit, 0, share)
                .mul(Logarithm.of(confidence.neg().add(1)));
        return leave.add(stay).mean().neg();
    }

    /** (N, 1): one value where the image is tagged with the exit, another elsewhere. */
    private static NDArray column(Answers answers, int[] tagged, int exit, double own, double other) {
        float[] values = new float[tagged.length];
        for (int row = 0; row < values.length; row++) {
            values[row] = (float) (tagged[row] == exit ? own : other);
        }
        return answers.targets().getManager().create(values, new Shape(values.length, 1));
    }
}
