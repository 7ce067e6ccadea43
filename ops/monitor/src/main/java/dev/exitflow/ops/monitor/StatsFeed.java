package dev.exitflow.ops.monitor;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the statistics topic, whichever monitors write it, on a thread of its own, and keeps the last minutes in memory. Safe for use by
 * several threads.
 */
public final class StatsFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatsFeed.class);

    private final RecordCodec<ExitStats> codec;
    private final RecentStats recent;
    private final List<Consumer<ExitStats>> listeners = new CopyOnWriteArrayList<>();
    private TopicFollower follower;

    private StatsFeed(RecordCodec<ExitStats> codec, RecentStats recent) {
        this.codec = codec;
        this.recent = recent;
    }

    /**
     * Reads from as far back as is kept, and on.
     *
     * @param recent filled from now on; its clock and this process's should agree
     * @param back how far back to begin
     * @throws org.apache.kafka.common.KafkaException when the brokers do not answer
     */
    public static StatsFeed start(
            Map<String, Object> clientProperties, Topics topics, RecentStats recent, Duration back) {
        RecordCodec<ExitStats> codec = RecordCodecs.from(clientProperties).exitStats();
        LookBack tail = new LookBack(
                clientProperties, topics.stats().name(), Instant.now().minus(back));
        StatsFeed feed = new StatsFeed(codec, recent);
        feed.follower = TopicFollower.start("stats", tail, records -> records.forEach(feed::take));
        return feed;
    }

    /** Tells {@code listener}, on this feed's thread, each window whenever there is more of it. */
    public void onWindow(Consumer<ExitStats> listener) {
        listeners.add(listener);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (!(codec.decode(record.topic(), record.value()) instanceof Decoded.Value<ExitStats> decoded)) {
            LOG.warn("{} is no statistics record", LookBack.placeOf(record));
            return;
        }
        try {
            ExitStats window = recent.add(decoded.value());
            listeners.forEach(listener -> listener.accept(window));
        } catch (IllegalArgumentException e) {
            LOG.warn("{}: {}", LookBack.placeOf(record), e.getMessage());
        }
    }

    @Override
    public void close() {
        follower.close();
    }
}
