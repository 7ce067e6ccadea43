package dev.exitflow.ops.demo;

import dev.exitflow.ops.local.DemoCluster;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;

/**
 * How long an installation in one process took to begin: milliseconds since the process's Java machine was launched.
 *
 * @param commandMillis until the command began to do its work
 * @param brokerMillis until Kafka had its topics
 * @param readyMillis until the processor was ready
 * @param firstPredictionMillis until the processor made its first prediction; null without any
 */
public record StartUp(long commandMillis, long brokerMillis, long readyMillis, Long firstPredictionMillis) {

    /** Of this process. */
    static StartUp of(DemoCluster.Times times, Instant firstPrediction) {
        Instant launched =
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        return new StartUp(
                millis(launched, times.began()),
                millis(launched, times.brokerUp()),
                millis(launched, times.ready()),
                firstPrediction.equals(Instant.MAX) ? null : (Long) millis(launched, firstPrediction));
    }

    private static long millis(Instant from, Instant to) {
        return Duration.between(from, to).toMillis();
    }
}
