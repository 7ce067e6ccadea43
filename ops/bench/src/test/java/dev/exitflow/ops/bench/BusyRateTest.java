package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.ops.monitor.Predictions;
import dev.exitflow.schema.Prediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusyRateTest {

    private static final Instant START = Predictions.NOON;

    @Test
    void shouldCountUntilTheFirstProcessorRanDryWhenOneHadFewerImages() {
        List<Prediction> predictions = new ArrayList<>();
        for (int answer = 1; answer <= 100; answer++) {
            predictions.add(of("slow", 10 * answer));
            if (answer <= 50) {
                predictions.add(of("fast", 10 * answer));
            }
        }

        // Both answer one in 10 ms, up to 500 ms.
        assertThat(BusyRate.imagesPerSecond(START, predictions, 2)).isEqualTo(200, within(1e-9));
    }

    @Test
    void shouldLeaveOutWhatWasAnsweredBeforeTheStart() {
        List<Prediction> predictions = List.of(of("one", -10), of("one", 10), of("one", 20));

        assertThat(BusyRate.imagesPerSecond(START, predictions, 1)).isEqualTo(100, within(1e-9));
    }

    @Test
    void shouldBeNothingWhenAProcessorAnsweredNothing() {
        List<Prediction> predictions = List.of(of("one", 10), of("one", 20));

        assertThat(BusyRate.imagesPerSecond(START, predictions, 2)).isZero();
    }

    @Test
    void shouldBeNothingWhenAProcessorAnsweredNothingSinceTheStart() {
        List<Prediction> predictions = List.of(of("one", 10), of("other", -5));

        assertThat(BusyRate.imagesPerSecond(START, predictions, 2)).isZero();
    }

    private static Prediction of(String instance, int millis) {
        return Predictions.at(START.plusMillis(millis)).setInstance(instance).build();
    }
}
