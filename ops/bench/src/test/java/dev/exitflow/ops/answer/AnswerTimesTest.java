package dev.exitflow.ops.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.exitflow.ops.monitor.Predictions;
import dev.exitflow.schema.Prediction;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerTimesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final StreamRate.Sent SENT = new StreamRate.Sent(100, START, START.plusMillis(100));

    @Test
    void shouldCountFromTheMomentThatAllImagesWereSentWhenSomeWereAnsweredBefore() {
        // One answer each 10 ms, the first 10 ms after the first image was sent.
        AnswerTimes times = AnswerTimes.of(
                SENT,
                IntStream.rangeClosed(1, 100)
                        .mapToObj(i -> answer(0, 10 * i, 10 * i))
                        .toList());

        assertThat(times.sinceSent()).isEqualTo(91);
        assertThat(times.imagesPerSecond()).isEqualTo(91 / 0.9, within(1e-6));
        assertThat(times.imagesPerSecondWhileSending()).isEqualTo(100, within(1e-6));
    }

    @Test
    void shouldReportNoRateWhenAllWasAnsweredBeforeTheLastImageWasSent() {
        AnswerTimes times = AnswerTimes.of(SENT, List.of(answer(0, 10, 20)));

        assertThat(times.sinceSent()).isZero();
        assertThat(times.imagesPerSecond()).isZero();
    }

    @Test
    void shouldMeasureLatencyFromCaptureToReaderWhenCommitsComeLater() {
        AnswerTimes times = AnswerTimes.of(SENT, List.of(answer(5, 6, 25), answer(7, 8, 107)));

        assertThat(times.latencyMillis()).containsExactly(20.0, 100.0);
    }

    private static CommittedAnswers.Answer answer(int capturedMillis, int producedMillis, int readMillis) {
        Prediction prediction = Predictions.at(START.plusMillis(producedMillis))
                .setCapturedAt(START.plusMillis(capturedMillis))
                .build();
        return new CommittedAnswers.Answer(prediction, START.plusMillis(readMillis));
    }
}
