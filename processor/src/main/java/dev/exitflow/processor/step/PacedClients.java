package dev.exitflow.processor.step;

import dev.exitflow.processor.streams.PatientClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * {@link PatientClients} whose main consumer is paced.
 *
 * <p>A stream thread leaves its buffered records and polls again once half of {@code max.poll.interval.ms} has passed (Kafka 4.3).
 * So Streams is told a short interval, in which it comes back to {@link PacedConsumer}; the group keeps the long one, which says
 * when a member is taken for dead.
 */
public final class PacedClients extends PatientClients {

    /** Of the slowest partition: less would have one poll bring the images of one partition alone more often. */
    private static final Duration MOST_AHEAD = Duration.ofSeconds(1);

    /** Longer than a fetch takes from a busy broker, as a rule. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final LookAhead lookAhead;
    private final Supplier<PollPace> paces;
    private final int groupMaxPollIntervalMs;

    /**
     * @param clients that Streams would use by itself: its own, or those of {@code default.client.supplier}
     * @param recordsPerPoll of a main consumer
     * @param recordsAhead of a main consumer at most, more than {@code recordsPerPoll} unless both are 1
     * @param groupMaxPollIntervalMs without a poll, until the group takes a member for dead
     */
    public PacedClients(
            KafkaClientSupplier clients,
            LookAhead lookAhead,
            int recordsPerPoll,
            int recordsAhead,
            int groupMaxPollIntervalMs) {
        super(clients);
        this.lookAhead = lookAhead;
        int most = Math.max(recordsPerPoll, recordsAhead - recordsPerPoll);
        this.paces = () -> new PollPace(recordsPerPoll, most, System::nanoTime);
        this.groupMaxPollIntervalMs = groupMaxPollIntervalMs;
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return PacedConsumer.of(
                super.getConsumer(ofGroupMember(config)),
                lookAhead,
                paces.get(),
                new Frontiers(MOST_AHEAD, PATIENCE, System::nanoTime));
    }

    /** The same settings with the group's interval. */
    public Map<String, Object> ofGroupMember(Map<String, Object> config) {
        Map<String, Object> settings = new HashMap<>(config);
        settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, groupMaxPollIntervalMs);
        return settings;
    }
}
