package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StreamedRoundsTest {

    private static final CpuPerRecord CPU = new CpuPerRecord(400, 20, 20, 2, 5, 10);

    @Test
    void shouldCompareEachRoundWithTheBareOnesOnBothSides() {
        StreamedRounds rounds = new StreamedRounds();
        rounds.addBare(1000);
        rounds.add(round(900)); // beside 1200 on average
        rounds.addBare(1400);
        rounds.add(round(1600)); // beside 1600
        rounds.addBare(1800);
        rounds.add(round(1080)); // beside 1200
        rounds.addBare(600);

        assertThat(rounds.overBare()).isCloseTo(0.9, within(1e-9));
        assertThat(rounds.imagesPerSecond().median()).isEqualTo(1080);
        assertThat(StreamedRounds.bareImagesPerSecond(rounds, new StreamedRounds())
                        .max())
                .isEqualTo(1800);
    }

    private static StreamedRounds.Round round(double imagesPerSecond) {
        return new StreamedRounds.Round(imagesPerSecond, imagesPerSecond, CPU);
    }
}
