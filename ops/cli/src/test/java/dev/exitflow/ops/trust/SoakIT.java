package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.JsonSummary;
import dev.exitflow.ops.ServeProcess;
import dev.exitflow.ops.trust.ProcessGauge.Quantity;
import dev.exitflow.schema.Prediction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long stream through a real processor while T changes, and what it leaves behind: {@code ./mvnw -Psoak verify}.
 *
 * <p>{@code exitflow.soak.records} says how long. A million records see more changes than a day in which somebody makes one every ten
 * seconds.
 */
@Tag("soak")
class SoakIT {

    private static final long RECORDS = Long.getLong("exitflow.soak.records", 1_000_000);
    private static final long SEED = Long.getLong("exitflow.soak.seed", 1);
    private static final long CHANGES_IN_A_DAY = 8_640;
    private static final long RECORDS_IN_A_DAY = 1_000_000;
    private static final double POLICIES_PER_IMAGE = 0.012;
    private static final double LOOKS_PER_SECOND = 2;
    private static final Duration LONGEST = Duration.ofMinutes(45);
    private static final Map<Quantity, Double> MOST_GROWTH = Map.of(
            Quantity.RESIDENT_MIB, 64.0,
            Quantity.HEAP_MIB, 16.0,
            Quantity.NATIVE_ARRAYS, 64.0,
            Quantity.THREADS, 4.0,
            Quantity.FILES, 16.0);

    private static final Map<String, Object> SUMMARY = new LinkedHashMap<>(Map.of("suite", "soak"));

    @TempDir
    Path folder;

    @AfterAll
    static void summarise() throws IOException {
        JsonSummary.write("soak", SUMMARY);
    }

    @Test
    @Timeout(3_600)
    void shouldHoldNoMoreAtTheEndThanAfterWarmUpWhenRecordsPassAndPoliciesChange() throws Exception {
        TinyImages images = TinyImages.withAnswers();
        try (Deployment deployment = Deployment.start(folder, "soak-")) {
            Installation installation = deployment.installation();
            Fleet fleet = deployment.fleet();
            ServeProcess processor = fleet.startForLong();
            fleet.awaitTogether();

            Map<Quantity, Trend> held = pass(processor, installation, images);
            Audit.Findings findings = installation.audit(images);
            SUMMARY.put("seed", SEED);
            SUMMARY.putAll(findings.figures());

            assertThat(findings.isCompleteAndRight()).isTrue();
            assertThat(findings.duplicates()).isZero();
            assertThat(findings.policies()).isGreaterThan(CHANGES_IN_A_DAY * RECORDS / RECORDS_IN_A_DAY);
            assertThat(held).allSatisfy((quantity, trend) -> assertThat(trend.grewBy(MOST_GROWTH.get(quantity)))
                    .as("%s grew by %s", quantity, trend.growth())
                    .isFalse());
        }
    }

    @SuppressWarnings("try") // the policies are there, nobody talks to them
    private static Map<Quantity, Trend> pass(ServeProcess processor, Installation installation, TinyImages images)
            throws Exception {
        long startNanos = System.nanoTime();
        try (OutcomeWatch watch = new OutcomeWatch(installation.client(), installation.topics());
                ProcessGauge gauge = new ProcessGauge(processor.pid(), LOOKS_PER_SECOND, watch::count);
                PolicyTraffic policies = PolicyTraffic.asAnswered(
                        installation.client(), installation.topics(), POLICIES_PER_IMAGE, SEED, watch::count)) {
            try (ImageTraffic traffic =
                    ImageTraffic.asAnswered(installation.client(), installation.topics(), images, watch::count)) {
                await().atMost(LONGEST).until(() -> traffic.sent() >= RECORDS);
            }
            await().atMost(LONGEST).until(() -> watch.count() >= RECORDS);
            installation.awaitQuiet();
            SUMMARY.put("seconds", (System.nanoTime() - startNanos) / 1_000_000_000);
            SUMMARY.putAll(gauge.figures());
            return gauge.trends();
        }
    }

    @Test
    @Timeout(900)
    void shouldPutTheLastPolicyOfEachSourceInForceWhenItStartsOnACompactedTopic() throws Exception {
        TinyImages images = TinyImages.withAnswers();
        try (Deployment deployment = Deployment.start(folder, "restore-")) {
            Installation installation = deployment.installation();
            Fleet fleet = deployment.fleet();
            double secondsEmpty = secondsToReady(fleet);
            CompactedPolicies policies = new CompactedPolicies(installation);
            policies.write();
            int records = installation.policies().size();
            double seconds = secondsToReady(fleet);
            policies.sendImages(images);
            installation.awaitQuiet();

            List<Prediction> predictions = new ArrayList<>();
            installation.outcomes(outcome -> outcome.prediction().ifPresent(predictions::add));
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("keys", CompactedPolicies.SOURCES);
            figures.put("recordsWritten", CompactedPolicies.written());
            figures.put("recordsAfterCompaction", records);
            figures.put("secondsToReadyWithoutPolicies", secondsEmpty);
            figures.put("secondsToReady", seconds);
            figures.put("sourcesAsked", predictions.size());
            SUMMARY.put("restore", figures);

            assertThat(predictions).hasSize(CompactedPolicies.asked()).allMatch(CompactedPolicies::isUnderTheLast);
        }
    }

    /** Starts one in the others' place, and says how long it took until it was ready. */
    private static double secondsToReady(Fleet fleet) throws Exception {
        fleet.stop();
        long startNanos = System.nanoTime();
        ServeProcess started = fleet.start();
        await().atMost(Installation.PATIENCE).until(started::uri, Optional::isPresent);
        return Math.round((System.nanoTime() - startNanos) / 1e7) / 100.0;
    }
}
