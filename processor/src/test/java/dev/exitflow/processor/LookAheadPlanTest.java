package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.inference.BatcherConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookAheadPlanTest {

    /** The default. */
    private static final int LOOK_AHEAD_BATCHES = 32;

    @Test
    void shouldPollTheWantedBatchesWhenImagesAreSmall() {
        LookAheadPlan plan = LookAheadPlan.of(config(2), image(32));

        assertThat(plan.recordsAhead()).isEqualTo(LOOK_AHEAD_BATCHES * 16 * 4);
        assertThat(plan.recordsPerPoll()).isEqualTo(plan.recordsAhead() / 8);
        assertThat(plan.capacity()).isEqualTo(2 * 2 * plan.recordsAhead());
        assertThat(plan.partitionFetchBytes()).isBetween(128 << 10, 1 << 20);
    }

    @Test
    void shouldPollFewerWhenImagesAreLarge() {
        LookAheadPlan plan = LookAheadPlan.of(config(1), image(1_024));

        assertThat(plan.recordsAhead()).isEqualTo(21);
        assertThat(plan.recordsPerPoll()).isEqualTo(10);
        assertThat(plan.fetchBytes()).isEqualTo(50 << 20);
    }

    @Test
    void shouldPollABatchForEveryWorkerWhenAnEighthOfWhatIsAffordableWouldLeaveSomeIdle() {
        LookAheadPlan plan = LookAheadPlan.of(config(1), image(400));

        assertThat(plan.recordsAhead()).isBetween(2 * 4 * 16, 8 * 4 * 16);
        assertThat(plan.recordsPerPoll()).isEqualTo(4 * 16);
        assertThat(plan.partitionFetchBytes()).isLessThanOrEqualTo((64 << 20) / 8);
    }

    @Test
    void shouldPollOneWhenASingleImageExceedsTheBudget() {
        LookAheadPlan plan = LookAheadPlan.of(config(1), image(16_384));

        assertThat(plan.recordsPerPoll()).isEqualTo(1);
        assertThat(plan.recordsAhead()).isEqualTo(2);
    }

    @Test
    void shouldGiveTheEngineRoomForAllThatIsAheadWhenSized() {
        ProcessorConfig config = config(2);
        LookAheadPlan plan = LookAheadPlan.of(config, image(32));

        BatcherConfig batcher = config.batcher(plan);

        assertThat(batcher.queueCapacity()).isGreaterThanOrEqualTo(plan.capacity());
        assertThat(batcher.workers()).isEqualTo(4);
        assertThat(batcher.maxBatch()).isEqualTo(16);
    }

    private static ProcessorConfig config(int streamThreads) {
        return ProcessorConfig.of(new ConfigSources()
                .value("bundle", "model")
                .value("workers", 4)
                .value("stream.threads", streamThreads));
    }

    private static Manifest.Input image(int side) {
        return new Manifest.Input(3, side, side, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    }
}
