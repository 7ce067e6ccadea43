package dev.exitflow.ops.monitor;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the predictions of all models itself, in memory, for somebody who only watches: it needs no monitor to run, no right but to read
 * them, and leaves no trace. Everybody who watches so reads all predictions; for many, or for long, there is {@link StatsFeed}.
 *
 * <p>Safe for use by several threads.
 */
public final class PredictionFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PredictionFeed.class);

    private final RecordCodec<Prediction> codec;
    private final RecentStats recent;
    private final InstantSource clock;
    private final Map<String, double[]> exitCosts = new ConcurrentHashMap<>();
    private TopicFollower follower;

    private PredictionFeed(RecordCodec<Prediction> codec, RecentStats recent, InstantSource clock) {
        this.codec = codec;
        this.recent = recent;
        this.clock = clock;
    }

    /**
     * Reads from as far back as is asked for, and on.
     *
     * @param recent filled from now on; its newest second is not complete
     * @param back how far back to begin
     * @throws org.apache.kafka.common.KafkaException when the brokers do not answer
     */
    public static PredictionFeed start(
            Map<String, Object> clientProperties,
            Topics topics,
            RecentStats recent,
            Duration back,
            InstantSource clock) {
        PredictionFeed feed =
                new PredictionFeed(RecordCodecs.from(clientProperties).predictions(), recent, clock);
        LookBack tail = new LookBack(
                clientProperties, topics.predictions().name(), clock.instant().minus(back));
        feed.follower = TopicFollower.start("predictions", tail, feed::take);
        return feed;
    }

    /**
     * What the last answer at each exit of a model cost, over the backbone's; NaN at an exit that none left at yet. Empty for a model
     * that nothing was heard of.
     */
    public double[] exitCosts(String model) {
        return exitCosts.getOrDefault(model, new double[0]).clone();
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        Map<WindowKey, WindowTally> tallies = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (codec.decode(record.topic(), record.value()) instanceof Decoded.Value<Prediction> decoded
                    && PredictionCheck.isSound(decoded.value(), clock.millis())) {
                Prediction prediction = decoded.value();
                tallies.computeIfAbsent(
                                WindowKey.at(prediction.getProducedAt(), prediction.getModel()),
                                absent -> new WindowTally())
                        .add(prediction);
                exitCosts.compute(prediction.getModel(), (model, costs) -> withCostOf(prediction, costs));
            } else {
                LOG.debug("{} is no prediction that can be counted", LookBack.placeOf(record));
            }
        }
        tallies.forEach((key, tally) -> recent.add(tally.toPart(key.model(), key.startMillis(), key.endMillis())));
    }

    /** A new array for each change: others may be reading the old one. */
    private static double[] withCostOf(Prediction prediction, double[] costs) {
        double cost = (double) prediction.getFlops() / prediction.getFullFlops();
        boolean isKnown = costs != null && costs.length == prediction.getExitCount();
        if (isKnown && costs[prediction.getExit()] == cost) {
            return costs;
        }
        double[] changed = isKnown ? costs.clone() : new double[prediction.getExitCount()];
        if (!isKnown) {
            Arrays.fill(changed, Double.NaN);
        }
        changed[prediction.getExit()] = cost;
        return changed;
    }

    @Override
    public void close() {
        follower.close();
    }
}
