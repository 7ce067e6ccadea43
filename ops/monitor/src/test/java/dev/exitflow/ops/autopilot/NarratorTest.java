package dev.exitflow.ops.autopilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.ops.autopilot.Trend.Flow;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NarratorTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void shouldSayThatNothingArrivesRatherThanHowFarBehindItIsAtNoLoad() {
        assertThat(Narrator.pace(new Flow(NOON, 480, 600, 4115, 0, true)))
                .isEqualTo("6.9 s behind at 480 images a second");
        assertThat(Narrator.pace(new Flow(NOON, 0, 10, 4115, 0, true)))
                .isEqualTo("nothing arrives, and the 4,115 images that wait are 411.5 s behind");
        assertThat(Narrator.pace(new Flow(NOON, 0, 10, 0, 0, false))).isEqualTo("nothing arrives and nothing waits");
    }

    @Test
    void shouldNameOperatingPointsAndSayWhatANumberCounts() {
        Ladder ladder = Ladder.of(BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"))
                .manifest());

        assertThat(IntStream.rangeClosed(0, ladder.last())
                        .mapToObj(ladder::rung)
                        .map(Ladder.Rung::name))
                .startsWith("full")
                .anyMatch(name -> name.matches("policy \\d+ of the calibrated frontier"))
                .noneMatch(name -> name.startsWith("frontier"));
    }
}
