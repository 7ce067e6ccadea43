package dev.exitflow.core.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.image.RejectReason;
import dev.exitflow.core.policy.ExitPolicy;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningSampleTest {

    private static final float[] SURE = {0.1f, 0.7f, 0.1f, 0.1f};
    private static final float[] NO_NUMBERS = {0.1f, Float.NaN, 0.1f, 0.1f};

    @TempDir
    Path folder;

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private FlopsLedger ledger;

    @BeforeEach
    void load() {
        ledger = new FlopsLedger(
                BundleLoader.load(TestBundles.trained(folder.resolve("bundle"))).manifest());
    }

    @Test
    void shouldStayWhenTheConfidenceIsNotANumber() {
        RunningSample sample = sample(0, false);

        assertThat(sample.staysAfter(0, answers(SURE, Double.NaN), 0, ledger)).isTrue();
        assertThat(outcome).isNotDone();
    }

    @Test
    void shouldBeRejectedWhenAProbabilityIsNotANumber() {
        RunningSample sample = sample(0, false);

        assertThat(sample.staysAfter(0, answers(NO_NUMBERS, 0.9), 0, ledger)).isFalse();
        assertThat(((Rejected) outcome.join()).reason()).isEqualTo(RejectReason.NOT_FINITE);
    }

    @Test
    void shouldBeRejectedWhenTheBackboneAnswersWhatIsNotANumber() {
        RunningSample sample = sample(1, false);

        sample.conclude(new ExitAnswers(NO_NUMBERS, null, 4), 0, ledger);

        assertThat(((Rejected) outcome.join()).reason()).isEqualTo(RejectReason.NOT_FINITE);
    }

    @Test
    void shouldKeepItsAnswerAndCountApartWhatRunsAfterItWhenItIsAShadowSample() {
        RunningSample sample = sample(0.5, true);
        sample.charge(100);

        assertThat(sample.staysAfter(0, answers(SURE, 0.9), 0, ledger)).isTrue();
        sample.charge(70);
        assertThat(sample.canLeave(1)).isFalse();
        sample.conclude(new ExitAnswers(new float[] {0.9f, 0.1f, 0, 0}, null, 4), 0, ledger);

        Classified answer = (Classified) outcome.join();
        assertThat(answer.exit()).isZero();
        assertThat(answer.label()).isEqualTo(1);
        assertThat(answer.flops()).isEqualTo(100);
        assertThat(answer.shadowFlops()).isEqualTo(70);
        assertThat(answer.backboneAgrees()).isFalse();
    }

    @Test
    void shouldNameTheMostProbableClassesInOrderWhenSeveralAreAskedFor() {
        RunningSample sample = sample(0.5, true, 3);

        sample.staysAfter(0, answers(new float[] {0.1f, 0.6f, 0.2f, 0.1f}, 0.9), 0, ledger);
        sample.conclude(new ExitAnswers(new float[] {0.9f, 0.1f, 0, 0}, null, 4), 0, ledger);

        assertThat(((Classified) outcome.join()).top())
                .containsExactly(new RankedClass(1, 0.6f), new RankedClass(2, 0.2f), new RankedClass(0, 0.1f));
    }

    @Test
    void shouldNameAllClassesWhenMoreAreAskedForThanThereAre() {
        sample(1, false, 9).conclude(new ExitAnswers(SURE, null, 4), 0, ledger);

        assertThat(((Classified) outcome.join()).top())
                .extracting(RankedClass::label)
                .hasSize(4)
                .startsWith(1);
    }

    @Test
    void shouldNameNoClassBesidesWhenOneIsAskedFor() {
        sample(1, false).conclude(new ExitAnswers(SURE, null, 4), 0, ledger);

        assertThat(((Classified) outcome.join()).top()).isEmpty();
    }

    private RunningSample sample(double threshold, boolean shadow) {
        return sample(threshold, shadow, 1);
    }

    private RunningSample sample(double threshold, boolean shadow, int topClasses) {
        InferenceBatch.Row row =
                new InferenceBatch.Row(ExitPolicy.uniform(1, threshold), shadow, 0, topClasses, outcome);
        return new RunningSample(row, 1, 0, 0);
    }

    private static ExitAnswers answers(float[] probabilities, double confidence) {
        return new ExitAnswers(probabilities, new double[] {confidence}, 4);
    }
}
