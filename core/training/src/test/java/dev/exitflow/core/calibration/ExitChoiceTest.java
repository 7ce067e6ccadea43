package dev.exitflow.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.cost.FlopsLedger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExitChoiceTest {

    private static final int IMAGES = 400;
    private static final long STAGE = 100;
    private static final long HEAD = 10;

    /** Exit 0 tells its good answers from its bad ones; exit 1 knows nothing and is never sure for a reason. */
    private final ExitTraces traces = traces();

    @Test
    void shouldCloseTheExitThatIsWorthNothing() {
        ExitChoice choice = ExitChoice.ofWorthy(traces, ledger());

        assertThat(choice.kept()).containsExactly(0);
        assertThat(choice.worth().get(0)).isGreaterThan(0.2);
        assertThat(choice.worth().get(1)).isBetween(-0.02, 0.005);
        assertThat(choice.frontier().points()).allSatisfy(point -> assertThat(
                        point.thresholds().get(point.thresholds().size() - 1))
                .isEqualTo(1));
    }

    @Test
    void shouldKeepEveryExitOpenWhenAskedTo() {
        ExitChoice choice = ExitChoice.ofAll(traces, ledger());

        assertThat(choice.kept()).containsExactly(0, 1);
        assertThat(choice.worth()).hasSize(2);
    }

    @Test
    void shouldKeepTheLastOneWhateverItIsWorth() {
        double[][] confidences = {new double[IMAGES]};
        int[][] answers = {
            new int[IMAGES], IntStream.range(0, IMAGES).map(image -> 1).toArray()
        };

        ExitChoice choice = ExitChoice.ofWorthy(new ExitTraces(answers, confidences, new int[IMAGES]), ledger(1));

        assertThat(choice.kept()).containsExactly(0);
        assertThat(choice.worth().get(0)).isZero();
    }

    private static ExitTraces traces() {
        SplittableRandom random = new SplittableRandom(3);
        double[][] confidences = new double[2][IMAGES];
        int[][] answers = new int[3][IMAGES];
        for (int image = 0; image < IMAGES; image++) {
            boolean easy = random.nextDouble() < 0.6;
            confidences[0][image] = easy ? 0.9 + 0.1 * random.nextDouble() : 0.8 * random.nextDouble();
            answers[0][image] = easy ? 0 : 1;
            confidences[1][image] = random.nextDouble();
            answers[1][image] = random.nextInt(2);
        }
        return new ExitTraces(answers, confidences, new int[IMAGES]);
    }

    private static FlopsLedger ledger() {
        return ledger(2);
    }

    private static FlopsLedger ledger(int exits) {
        return new FlopsLedger(new Manifest(
                1,
                "m",
                "1",
                null,
                List.of(),
                IntStream.rangeClosed(0, exits)
                        .mapToObj(stage -> new Manifest.Stage("s", "", STAGE, 0, List.of(), true))
                        .toList(),
                IntStream.range(0, exits)
                        .mapToObj(exit -> new Manifest.Exit("e", "", HEAD, 0, exit, "", true, null, null))
                        .toList(),
                null,
                null,
                null,
                null,
                null));
    }
}
