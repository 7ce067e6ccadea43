package dev.exitflow.ops.dashboard;

import dev.exitflow.ops.monitor.MonitorSettings;
import dev.exitflow.ops.monitor.PredictionCheck;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Some of the latest images with their predictions, from different exits where there are. Reading belongs to one thread; the shelf may be looked
 * at from any.
 */
final class SampleShelf implements AutoCloseable {

    private static final int KEPT = 12;
    private static final int MOST_AT_ONCE = 3;
    private static final int LOOKED_AT_PER_PARTITION = 6;
    private static final Duration PREDICTIONS_PATIENCE = Duration.ofMillis(400);
    private static final Duration IMAGE_PATIENCE = Duration.ofMillis(300);

    private final PositionReader predictions;
    private final PositionReader images;
    private final RecordCodec<Prediction> predictionCodec;
    private final RecordCodec<ImageRecord> imageCodec;
    private final Random random;
    private final InstantSource clock;
    private final Deque<SampleCard> cards = new ArrayDeque<>();

    /** @param random chooses among the latest */
    SampleShelf(MonitorSettings settings, Random random, InstantSource clock) {
        this.clock = clock;
        RecordCodecs codecs = RecordCodecs.from(settings.clientProperties());
        this.predictionCodec = codecs.predictions();
        this.imageCodec = codecs.imageRecords();
        this.random = random;
        this.predictions = new PositionReader(
                settings.clientProperties(), settings.topics().predictions().name());
        this.images = new PositionReader(
                settings.clientProperties(), settings.topics().images().name());
    }

    /** Puts up to three new ones on the shelf, and returns them. */
    List<SampleCard> refill() {
        List<Prediction> latest = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                predictions.newest(LOOKED_AT_PER_PARTITION, PREDICTIONS_PATIENCE)) {
            if (predictionCodec.decode(record.topic(), record.value()) instanceof Decoded.Value<Prediction> known
                    && PredictionCheck.isSound(known.value(), clock.millis())) {
                latest.add(known.value());
            }
        }
        Collections.shuffle(latest, random);
        List<SampleCard> fresh = choose(latest).stream()
                .map(prediction -> SampleCard.of(prediction, picture(prediction).orElse(null)))
                .toList();
        synchronized (cards) {
            fresh.forEach(cards::addFirst);
            while (cards.size() > KEPT) {
                cards.removeLast();
            }
        }
        return fresh;
    }

    /** The newest first. */
    List<SampleCard> cards() {
        synchronized (cards) {
            return List.copyOf(cards);
        }
    }

    /** One of each exit first, so that rare exits are seen. */
    static List<Prediction> choose(List<Prediction> latest) {
        List<Prediction> chosen = new ArrayList<>();
        List<Prediction> others = new ArrayList<>();
        for (Prediction prediction : latest) {
            boolean isNew = chosen.stream().noneMatch(other -> other.getExit() == prediction.getExit());
            (isNew ? chosen : others).add(prediction);
        }
        chosen.addAll(others);
        return chosen.subList(0, Math.min(MOST_AT_ONCE, chosen.size()));
    }

    private Optional<String> picture(Prediction prediction) {
        if (prediction.getImagePartition() < 0 || prediction.getImageOffset() < 0) {
            return Optional.empty();
        }
        return images.at(prediction.getImagePartition(), prediction.getImageOffset(), IMAGE_PATIENCE)
                .map(record -> imageCodec.decode(record.topic(), record.value()))
                .filter(Decoded.Value.class::isInstance)
                .map(decoded -> ((Decoded.Value<ImageRecord>) decoded).value())
                .filter(image -> image.getId().equals(prediction.getId()))
                .flatMap(Thumbnail::of);
    }

    @Override
    public void close() {
        predictions.close();
        images.close();
    }
}
