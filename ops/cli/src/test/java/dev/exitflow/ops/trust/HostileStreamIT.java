package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.JsonSummary;
import dev.exitflow.ops.ServeProcess;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.trust.ProcessGauge.Quantity;
import dev.exitflow.schema.Prediction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real processor under everything bad at once, images, policies and requests: {@code ./mvnw -Phostile verify}.
 *
 * <p>{@code exitflow.hostile.records} says how many images that nobody can answer, {@code exitflow.hostile.seed} which.
 */
@Tag("hostile")
class HostileStreamIT {

    private static final int RECORDS = Integer.getInteger("exitflow.hostile.records", 100_000);
    private static final long SEED = Long.getLong("exitflow.hostile.seed", 1);
    private static final double STRIKES_PER_SECOND = 20;
    private static final double LOOKS_PER_SECOND = 2;
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final int MOST_LOG_LINES = 20_000;
    private static final double MOST_GROWTH_MIB = 64;
    private static final double THRESHOLD = 0.25;

    @TempDir
    Path folder;

    @Test
    @Timeout(3_600)
    void shouldAccountForEveryBadRecordAndAnswerEveryGoodOneWhenMostAreBad() throws Exception {
        TinyImages images = TinyImages.withAnswers();
        try (Deployment deployment = Deployment.start(folder, "hostile-")) {
            Installation installation = deployment.installation();
            Fleet fleet = deployment.fleet();
            ServeProcess processor = fleet.startForLong();
            fleet.awaitTogether();
            HostileTraffic traffic = new HostileTraffic(installation.client(), installation.topics(), images, SEED);

            Map<Quantity, Trend> held = undergo(processor, installation, traffic);
            HostileAudit audit = new HostileAudit(traffic, images);
            installation.outcomes(audit::add);
            String log = processor.log();
            summarise(audit, held, log.lines().count());

            assertThat(audit.isGood()).isTrue();
            assertThat(processor.isAlive()).isTrue();
            assertThat(log).contains("forged").doesNotContain("\n" + HostileKind.FORGED_LINE);
            assertThat(log.lines()).hasSizeLessThan(MOST_LOG_LINES);
            assertThat(held.get(Quantity.RESIDENT_MIB).grewBy(MOST_GROWTH_MIB)).isFalse();
            processor.kill();
            shouldStillTakeAPolicy(installation, fleet, images);
        }
    }

    @SuppressWarnings("try") // the strikes are there, nobody talks to them
    private static Map<Quantity, Trend> undergo(
            ServeProcess processor, Installation installation, HostileTraffic traffic) throws Exception {
        URI address = await().atMost(Installation.PATIENCE)
                .until(processor::uri, Optional::isPresent)
                .orElseThrow();
        try (OutcomeWatch watch = new OutcomeWatch(installation.client(), installation.topics());
                ProcessGauge gauge = new ProcessGauge(processor.pid(), LOOKS_PER_SECOND, watch::count);
                HttpAttack attack = new HttpAttack(address, SEED);
                SteadyThread strikes = new SteadyThread("attack", STRIKES_PER_SECOND, number -> attack.strike())) {
            traffic.send(RECORDS);
            await().atMost(LONGEST).until(() -> watch.count() >= traffic.count());
            installation.awaitQuiet();
            assertThat(status(address.resolve("/health/live"))).isEqualTo(200);
            return gauge.trends();
        }
    }

    private static void summarise(HostileAudit audit, Map<Quantity, Trend> held, long logLines) throws IOException {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("suite", "hostile");
        summary.put("seed", SEED);
        summary.putAll(audit.figures());
        summary.put("logLines", logLines);
        held.forEach((quantity, trend) -> summary.put(quantity.figure(), trend.figures()));
        JsonSummary.write("hostile", summary);
    }

    /** A process that starts on all that was written puts a good policy in force, and answers images under it. */
    private static void shouldStillTakeAPolicy(Installation installation, Fleet fleet, TinyImages images)
            throws Exception {
        try (ThresholdTopic thresholds = new ThresholdTopic(installation.client(), installation.topics())) {
            thresholds.set(PolicyRequest.uniform(PolicyKey.ofModel(TinyImages.MODEL), THRESHOLD, "hostile", ""));
        }
        ServeProcess next = fleet.start();
        fleet.awaitTogether();
        List<Prediction> predictions = new ArrayList<>();
        try (ImageTraffic good = new ImageTraffic(installation.client(), installation.topics(), images, 200, false)) {
            await().atMost(Installation.PATIENCE).until(() -> good.sent() > 100);
        }
        installation.awaitQuiet();
        installation.outcomes(outcome -> outcome.prediction()
                .filter(prediction -> prediction.getInstance().equals(next.instance()))
                .ifPresent(predictions::add));

        assertThat(predictions).hasSizeGreaterThan(90).allMatch(prediction -> prediction.getThreshold() == THRESHOLD);
    }

    private static int status(URI address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
                .statusCode();
    }
}
