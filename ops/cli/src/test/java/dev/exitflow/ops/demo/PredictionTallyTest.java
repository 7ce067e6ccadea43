package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.schema.Prediction;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionTallyTest {

    private final PredictionTally tally = new PredictionTally(3);

    @Test
    void shouldCountADuplicateOnceAndNameItWhenAnImageIsAnsweredTwice() {
        tally.add(prediction(0, 1, 0.5));
        tally.add(prediction(0, 1, 0.5));

        PredictionTally.Totals totals = tally.totals();
        assertThat(totals.predictions()).isEqualTo(2);
        assertThat(totals.duplicates()).isEqualTo(1);
        assertThat(totals.answered()).isEqualTo(1);
        assertThat(totals.exits()).containsExactly(0, 1, 0);
    }

    @Test
    void shouldNoticeWhenAStampIsNotThePolicyInForceForTheImage() {
        tally.expect(0, ExitPolicy.uniform(7, 0.5));
        tally.expect(10, ExitPolicy.uniform(8, 0.6));
        tally.add(prediction(0, 7, 0.5));
        tally.add(prediction(1, 7, 0.6)); // another T
        tally.add(prediction(9, 8, 0.6)); // a policy that came later
        tally.add(prediction(10, 8, 0.6));
        tally.add(prediction(11, 7, 0.5)); // a policy that was over

        assertThat(tally.totals().wrongStamps()).isEqualTo(3);
        assertThat(tally.totals().versions()).isEqualTo(List.of(7L, 8L));
    }

    @Test
    void shouldHoldAStampToTheThresholdOfItsExitWhenEachExitHasItsOwn() {
        tally.expect(0, new ExitPolicy(7, List.of(0.9, 0.5), 0));
        tally.add(prediction(0, 7, 0.5)); // leaves at exit 1
        tally.add(prediction(1, 7, 0.9));

        assertThat(tally.totals().wrongStamps()).isEqualTo(1);
    }

    @Test
    void shouldNotMissAnImageWhenItBecameADeadLetter() {
        tally.add(prediction(0, 1, 0.5));
        tally.addDeadLetter(1);

        DemoReport report = DemoReport.of(3, tally.totals(), 1, new StartUp(1, 2, 3, 4L));

        assertThat(report.missing()).isEqualTo(1);
        assertThat(report.deadLetters()).isEqualTo(1);
        assertThat(report.accuracy()).isEqualTo(1);
        assertThat(report.meanFlopsFraction()).isEqualTo(0.4);
        assertThat(report.meanPaperFlopsFraction()).isEqualTo(0.3);
    }

    @Test
    void shouldRateOnlyWhatWasProducedSinceTheMark() {
        tally.add(prediction(0, 1, 0.5));
        tally.mark(Instant.EPOCH.plusMillis(100));
        tally.add(prediction(50, 1, 0.5)); // produced before the mark, read after it
        tally.add(prediction(200, 1, 0.5));
        tally.add(prediction(300, 1, 0.5));

        assertThat(tally.perSecondSinceMark()).isEqualTo(10);
    }

    private static Prediction prediction(int index, long version, double threshold) {
        return prediction(index, 1)
                .setPolicyVersion(version)
                .setThreshold(threshold)
                .build();
    }

    /** Of an image that left at an exit of three. */
    static Prediction.Builder prediction(int index, int exit) {
        return Prediction.newBuilder()
                .setId("run-" + index)
                .setSource("camera")
                .setModel("m")
                .setModelVersion("1")
                .setModelDigest("d")
                .setLabel("cat")
                .setLabelIndex(3)
                .setTrueLabel("cat")
                .setProbability(0.9f)
                .setConfidence(0.8)
                .setExit(exit)
                .setExitCount(3)
                .setFlops(40)
                .setPaperFlops(30)
                .setFullFlops(100)
                .setShadowFlops(0)
                .setPolicyVersion(1)
                .setThreshold(0.5)
                .setBatchSize(1)
                .setQueueNanos(1)
                .setInferenceNanos(1)
                .setInstance("i")
                .setCapturedAt(Instant.EPOCH)
                .setProducedAt(Instant.EPOCH.plusMillis(index));
    }
}
