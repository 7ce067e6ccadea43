package dev.exitflow.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.Manifest.Point;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForecastTest {

    private static final Point FULL = point(List.of(1.0), 1, 1);
    private static final Point SINGLE = point(List.of(0.9), 0.6, 0.95);
    private static final Point CHEAP = point(List.of(0.89), 0.5, 0.9);
    private static final Point SEARCHED = point(List.of(0.91, 1.0), 0.55, 0.97);

    private final Forecast forecast = Forecast.of(manifest(new Manifest.Calibration(
            "digits, held out", 1000, 600, 0.95, false, List.of(CHEAP, SINGLE, FULL), List.of(SEARCHED))));

    @Test
    void shouldOfferSearchedPointsAndSingleThresholdsThatNoneBeats() {
        assertThat(forecast.frontier().points())
                .extracting(OperatingPoint::thresholds)
                .containsExactly(FULL.thresholds(), SEARCHED.thresholds(), CHEAP.thresholds());
        assertThat(forecast.frontier().points().get(1).exitCounts()).containsExactly(250, 750);
    }

    @Test
    void shouldSayWhatWasMeasuredWhenThresholdsAreKnown() {
        assertThat(forecast.at(List.of(0.91, 1.0)).orElseThrow().agreement()).isEqualTo(0.97);
        assertThat(forecast.at(List.of(0.9)).orElseThrow().flopsFraction()).isEqualTo(0.6);
    }

    @Test
    void shouldTakeTheNearestOfTheCurveWhenAllExitsHaveTheSameThreshold() {
        assertThat(forecast.at(List.of(0.896)).orElseThrow().thresholds()).containsExactly(0.9);
        assertThat(forecast.at(List.of(0.893, 0.893)).orElseThrow().thresholds())
                .containsExactly(0.89);
        assertThat(forecast.at(List.of(0.7))).isEmpty();
    }

    @Test
    void shouldSayNothingWhenNobodyMeasuredTheThresholds() {
        assertThat(forecast.at(List.of(0.91, 0.99))).isEmpty();
    }

    @Test
    void shouldReadTheCurveAloneWhenTheBundleIsOlderThanTheFrontier() {
        Manifest older =
                manifest(new Manifest.Calibration("digits", 1000, null, null, null, List.of(CHEAP, FULL), null));

        assertThat(Forecast.of(older).frontier().points()).hasSize(2);
    }

    @Test
    void shouldSayHowToMendItWhenTheBundleIsNotCalibrated() {
        Manifest uncalibrated = manifest(null);

        assertThatThrownBy(() -> Forecast.of(uncalibrated))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll("model tiny", "bundle calibrate");
    }

    private static Point point(List<Double> thresholds, double cost, double agreement) {
        return new Point(thresholds, cost, cost, agreement, agreement - 0.01, agreement, List.of(0.25, 0.75));
    }

    private static Manifest manifest(Manifest.Calibration calibration) {
        return new Manifest(1, "tiny", "1", null, null, List.of(), List.of(), null, Map.of(), calibration, null, null);
    }
}
