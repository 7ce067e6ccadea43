package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.exitflow.core.bundle.PyTorchRuntime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Losses worked by hand, and what they pull at. The example, two exits and the backbone's classifier:
 *
 * <pre>
 *              c      image A, class 0         image B, class 1         -log p[y] of A       of B
 *   exit 0    .25     p = (.6, .4)  h = .5     p = (.8, .2)  h = .4     .5108256             1.6094379
 *   exit 1    .5      p = (.7, .3)  h = .8     p = (.3, .7)  h = .6     .3566749             .3566749
 *   backbone   1      p = (.9, .1)  h = 1      p = (.1, .9)  h = 1      .1053605             .1053605
 * </pre>
 */
class ExitLossTest {

    private static final double SMALL = 1e-5;
    private static final List<Double> COSTS = List.of(0.25, 0.5, 1.0);

    private final NDManager manager = PyTorchRuntime.newManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** (.5108256 + .3566749 + .1053605) / 3 = .3242870. Each answer is pulled up by 1 / (3 p), no confidence is pulled at. */
    @Test
    void shouldBeTheMeanOfAllExitsWhenV0() {
        Answers answers = imageA();

        double loss = valueAndGradients(new SeparateLoss(), answers);

        assertThat(loss).isCloseTo(0.3242870, within(SMALL));
        assertThat(pullAtAnswer(answers, 0, 0)).isCloseTo(-1 / (3 * 0.6), within(SMALL));
        assertThat(pullAtAnswer(answers, 1, 0)).isCloseTo(-1 / (3 * 0.7), within(SMALL));
        assertThat(pullAtConfidence(answers, 0, 0)).isZero();
    }

    /**
     * <pre>
     *   P_1 = .8 * .7 + .2 * .9  = .74      C_1 = .8 * .5  + .2 * 1  = .6
     *   P_0 = .5 * .6 + .5 * .74 = .67      C_0 = .5 * .25 + .5 * .6 = .425
     *   L = -log .67 + .3 * .425 = .4004776 + .1275 = .5279776
     *   dL/dp_0 = -h_0 / P_0 = -.5 / .67
     *   dL/dh_0 = -(p_0 - P_1) / P_0 + .3 (c_0 - C_1) = .14 / .67 - .3 * .35 = .1039552
     * </pre>
     */
    @Test
    void shouldBeTheMixtureSeenFromTheFirstExitWhenV1() {
        Answers answers = imageA();

        double loss = valueAndGradients(new FirstMixtureLoss(0.3), answers);

        assertThat(loss).isCloseTo(0.5279776, within(SMALL));
        assertThat(pullAtAnswer(answers, 0, 0)).isCloseTo(-0.5 / 0.67, within(SMALL));
        assertThat(pullAtConfidence(answers, 0, 0)).isCloseTo(0.1039552, within(SMALL));
    }

    /** The same with λ = 1: dL/dh_0 = .14 / .67 - .35 = -.1410448, now leaving early is worth its mistakes. */
    @Test
    void shouldRaiseConfidenceWhenCostWeighsMore() {
        Answers answers = imageA();

        valueAndGradients(new FirstMixtureLoss(1), answers);

        assertThat(pullAtConfidence(answers, 0, 0)).isCloseTo(-0.1410448, within(SMALL));
    }

    /**
     * <pre>
     *   i = 0: .5279776 as in v1      i = 1: -log .74 + .3 * .6 = .3011051 + .18      i = 2: .1053605 + .3 * 1
     *   L = (.5279776 + .4811051 + .4053605) / 3 = .4714811
     *   dL/dp_1 = -(.5 * .8 / .67 + .8 / .74) / 3 = -.5593653
     * </pre>
     */
    @Test
    void shouldBeTheMeanOfTheMixturesSeenFromEachExitWhenV2() {
        Answers answers = imageA();

        double loss = valueAndGradients(new EveryMixtureLoss(0.3), answers);

        assertThat(loss).isCloseTo(0.4714811, within(SMALL));
        assertThat(pullAtAnswer(answers, 1, 0)).isCloseTo(-0.5593653, within(SMALL));
    }

    /**
     * <pre>
     *   l_0 = .5108256 + .3 * .25 = .5858256    l_1 = .3566749 + .15 = .5066749    l_2 = .1053605 + .3 = .4053605
     *   L = (.5 l_0 + .8 l_1 + 1 l_2) / (.5 + .8 + 1) = 1.1036132 / 2.3 = .4798318
     *   dL/dp_0 = -(.5 / 2.3) / .6 = -.3623188
     *   dL/dh_0 = (l_0 - L) / 2.3 = .0460842: exit 0 is worse than the mean, it is to be trusted less
     * </pre>
     */
    @Test
    void shouldWeighExitsByNormalisedConfidenceWhenV3() {
        Answers answers = imageA();

        double loss = valueAndGradients(new NormalisedLoss(0.3), answers);

        assertThat(loss).isCloseTo(0.4798318, within(SMALL));
        assertThat(pullAtAnswer(answers, 0, 0)).isCloseTo(-0.3623188, within(SMALL));
        assertThat(pullAtConfidence(answers, 0, 0)).isCloseTo(0.0460842, within(SMALL));
    }

    /**
     * λ = 1 and three images, A, B and B again.
     *
     * <pre>
     *   NLL + c of A: .7608, .8567, 1.1054: tag 0       of B: 1.8594, .8567, 1.1054: tag 1       r_0 = 1/3, r_1 = 2/3
     *   answers:  (.5108256 + 2 * .3566749) / 3 = .4080585        costs:  (.25 + 2 * .5) / 3 = .4166667
     *   exit 0:   A leaves, -2/3 log .5 = .4620981;  B stays, -1/3 log (1 - .4) = .1702752;  mean .2675495
     *   exit 1:   A stays, -2/3 log (1 - .8) = 1.0729586;  B leaves, -1/3 log .6 = .1702752;  mean .4711697
     *   L = .4080585 + .4166667 + .2675495 + .4711697 = 1.5634444
     * </pre>
     *
     * Exit 0's answer is pulled up on A by 1 / (3 * .6) and left alone on B; its confidence is pulled up on A by 2/3 / (3 * .5), and
     * down on B by 1/3 / (3 * .6).
     */
    @Test
    void shouldTeachEachImageToTheExitOfItsTagWhenV4() {
        TaggedLoss loss = new TaggedLoss(1, 3, 3, 7);
        Answers answers = imagesABB();
        loss.beforeEpoch(2, consumer -> consumer.accept(answers));

        double value = valueAndGradients(loss, answers);

        assertThat(List.of(loss.tag(0), loss.tag(1), loss.tag(2))).containsExactly(0, 1, 1);
        assertThat(value).isCloseTo(1.5634444, within(SMALL));
        assertThat(pullAtAnswer(answers, 0, 0)).isCloseTo(-1 / (3 * 0.6), within(SMALL));
        assertThat(pullAtAnswer(answers, 0, 3)).isZero();
        assertThat(pullAtConfidence(answers, 0, 0)).isCloseTo(-2.0 / 3 / (3 * 0.5), within(SMALL));
        assertThat(pullAtConfidence(answers, 0, 1)).isCloseTo(1.0 / 3 / (3 * 0.6), within(SMALL));
    }

    @Test
    void shouldTagAtRandomBeforeTheFirstEpoch() {
        TaggedLoss loss = new TaggedLoss(1, 3000, 3, 7);
        loss.beforeEpoch(1, consumer -> {
            throw new AssertionError("no image is to be looked at");
        });
        int[] counts = new int[3];

        for (int image = 0; image < 3000; image++) {
            counts[loss.tag(image)]++;
        }

        assertThat(counts[0]).isBetween(900, 1100);
        assertThat(counts[1]).isBetween(900, 1100);
    }

    /** Weights 1, 1 and .3: (.5108256 + .3566749 + .3 * .1053605) / 2.3 = .3909168. */
    @Test
    void shouldBeTheWeightedMeanOfAllExitsWhenBranchyNet() {
        Answers answers = imageA();
        ExitLoss branchyNet = new LossPlan(LossPlan.Kind.BRANCHYNET, 0).start(1, 3, 0);

        double loss = valueAndGradients(branchyNet, answers);

        assertThat(loss).isCloseTo(0.3909168, within(SMALL));
        assertThat(pullAtAnswer(answers, 0, 0)).isCloseTo(-1 / 2.3 / 0.6, within(SMALL));
        assertThat(pullAtAnswer(answers, 2, 0)).isCloseTo(-0.3 / 2.3 / 0.9, within(SMALL));
    }

    @Test
    void shouldStayFiniteWhenAnAnswerIsCertainAndWrong() {
        for (LossPlan.Kind kind : LossPlan.Kind.values()) {
            Answers answers = answers(
                    List.of(column(0, 1), column(0, 1), column(1, 0)), List.of(column(1), column(0), column(1)), 0);

            double loss = valueAndGradients(new LossPlan(kind, 0.5).start(1, 3, 1), answers);

            assertThat(loss).as("%s", kind).isFinite().isPositive();
            assertThat(pullAtAnswer(answers, 0, 0)).as("%s", kind).isFinite();
            assertThat(pullAtConfidence(answers, 1, 0)).as("%s", kind).isFinite();
        }
    }

    private Answers imageA() {
        return answers(
                List.of(column(.6, .4), column(.7, .3), column(.9, .1)), List.of(column(.5), column(.8), column(1)), 0);
    }

    private Answers imagesABB() {
        return answers(
                List.of(column(.6, .4, .8, .2, .8, .2), column(.7, .3, .3, .7, .3, .7), column(.9, .1, .1, .9, .1, .9)),
                List.of(column(.5, .4, .4), column(.8, .6, .6), column(1, 1, 1)),
                0,
                1,
                1);
    }

    private Answers answers(List<float[]> probabilities, List<float[]> confidences, int... classes) {
        float[] targets = new float[2 * classes.length];
        int[] images = new int[classes.length];
        for (int row = 0; row < classes.length; row++) {
            targets[2 * row + classes[row]] = 1;
            images[row] = row;
        }
        return new Answers(
                probabilities.stream()
                        .map(values -> leaf(values, new Shape(classes.length, 2)))
                        .toList(),
                confidences.stream()
                        .map(values -> leaf(values, new Shape(classes.length, 1)))
                        .toList(),
                COSTS,
                manager.create(targets, new Shape(classes.length, 2)),
                images);
    }

    private NDArray leaf(float[] values, Shape shape) {
        NDArray leaf = manager.create(values, shape);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    private static float[] column(double... values) {
        float[] floats = new float[values.length];
        for (int index = 0; index < values.length; index++) {
            floats[index] = (float) values[index];
        }
        return floats;
    }

    private static double valueAndGradients(ExitLoss loss, Answers answers) {
        try (GradientCollector collector = PyTorchRuntime.newGradientCollector()) {
            NDArray value = loss.of(answers);
            Garbage.collectAndOverwrite();
            collector.backward(value);
            return value.getFloat();
        }
    }

    private static double pullAtAnswer(Answers answers, int exit, int element) {
        return answers.probabilities().get(exit).getGradient().toFloatArray()[element];
    }

    private static double pullAtConfidence(Answers answers, int exit, int row) {
        return answers.confidences().get(exit).getGradient().toFloatArray()[row];
    }
}
