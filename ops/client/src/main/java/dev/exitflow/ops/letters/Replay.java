package dev.exitflow.ops.letters;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.topic.DeadLetterHeader;
import dev.exitflow.schema.topic.DeadLetterReason;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters of one reason again, to the topic that they were read from, once their cause is mended.
 *
 * <p>Each letter is sent once however often this runs: how far it came is committed in the same transaction as what it sent, for
 * each reason apart. Letters that come back while it runs are left to the next run, so it cannot go round in circles; one that came
 * back too often is left for good.
 */
public final class Replay {

    private static final String GROUP_PREFIX = "exitflow-replay-";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int SILENT_POLLS = 20;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Map<String, Object> clientProperties;
    private final String deadLetters;
    private final DeadLetterReason reason;
    private final int maxReplays;

    /**
     * What a run did.
     *
     * @param replayed sent again; after a dry run, what would be
     * @param givenUp came back too often, and was left
     * @param unreadable lacks the headers that say where it came from
     */
    public record Counts(long replayed, long givenUp, long unreadable) {}

    /**
     * Prepares a replay; {@link #run} runs it.
     *
     * @param deadLetters name of the dead-letters topic
     * @param maxReplays a letter that was sent again so often is left, 1 or more
     */
    public Replay(Map<String, Object> clientProperties, String deadLetters, DeadLetterReason reason, int maxReplays) {
        if (maxReplays < 1) {
            throw new ExitflowException("replays of a letter at most = %d, expected 1 or more", maxReplays);
        }
        this.clientProperties = clientProperties;
        this.deadLetters = deadLetters;
        this.reason = reason;
        this.maxReplays = maxReplays;
    }

    /**
     * Sends what there was when it was called.
     *
     * @param progress hears how many letters were looked at, whatever their reason
     * @throws ExitflowException if Kafka does not answer or refuses; what was sent until then is not sent again
     */
    public Counts run(Consumer<Long> progress) {
        KafkaProducer<byte[], byte[]> producer = producer();
        try {
            producer.initTransactions();
            return replay(Optional.of(producer), progress);
        } catch (KafkaException e) {
            throw failed(e);
        } finally {
            producer.close(CLOSE); // without a bound it waits for ever after a commit that timed out
        }
    }

    /**
     * Counts what {@link #run} would send now, and sends nothing: the next run sends it, and one that runs meanwhile is not disturbed.
     *
     * @param progress hears how many letters were looked at, whatever their reason
     * @throws ExitflowException if Kafka does not answer or refuses
     */
    public Counts dryRun(Consumer<Long> progress) {
        try {
            return replay(Optional.empty(), progress);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private ExitflowException failed(KafkaException e) {
        return new ExitflowException("cannot replay " + deadLetters + ": " + e.getMessage(), e);
    }

    private Counts replay(Optional<KafkaProducer<byte[], byte[]>> producer, Consumer<Long> progress) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            seekToCommitted(consumer, partitions);
            return replay(consumer, producer, consumer.endOffsets(partitions), progress);
        }
    }

    private Counts replay(
            KafkaConsumer<byte[], byte[]> consumer,
            Optional<KafkaProducer<byte[], byte[]>> producer,
            Map<TopicPartition, Long> ends,
            Consumer<Long> progress) {
        long seen = 0;
        Counts counts = new Counts(0, 0, 0);
        int silent = 0;
        while (!isAt(consumer, ends)) {
            List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
            consumer.poll(POLL).forEach(letters::add);
            silent = letters.isEmpty() ? silent + 1 : 0;
            if (silent > SILENT_POLLS) {
                throw new ExitflowException(
                        "%s: nothing came for %d s, expected letters up to %s",
                        deadLetters, POLL.multipliedBy(SILENT_POLLS).toSeconds(), ends);
            }
            producer.ifPresent(KafkaProducer::beginTransaction);
            for (ConsumerRecord<byte[], byte[]> letter : letters) {
                boolean ofThisRun = letter.offset() < ends.get(new TopicPartition(letter.topic(), letter.partition()));
                if (ofThisRun) {
                    counts = handle(letter, producer, counts);
                    seen++;
                }
            }
            producer.ifPresent(transaction -> {
                transaction.sendOffsetsToTransaction(reached(consumer, ends), consumer.groupMetadata());
                transaction.commitTransaction();
            });
            progress.accept(seen);
        }
        return counts;
    }

    private Counts handle(
            ConsumerRecord<byte[], byte[]> letter, Optional<KafkaProducer<byte[], byte[]>> producer, Counts counts) {
        Optional<String> topic = DeadLetterHeader.TOPIC.of(letter.headers());
        if (topic.isEmpty()) {
            return new Counts(counts.replayed, counts.givenUp, counts.unreadable + 1);
        }
        if (!DeadLetterHeader.REASON.of(letter.headers()).equals(Optional.of(reason.name()))) {
            return counts;
        }
        if (DeadLetter.replays(letter.headers()) >= maxReplays) {
            return new Counts(counts.replayed, counts.givenUp + 1, counts.unreadable);
        }
        producer.ifPresent(transaction -> send(letter, topic.get(), transaction));
        return new Counts(counts.replayed + 1, counts.givenUp, counts.unreadable);
    }

    private static void send(
            ConsumerRecord<byte[], byte[]> letter, String topic, KafkaProducer<byte[], byte[]> producer) {
        // A failure shows when the transaction commits.
        Future<RecordMetadata> unused = producer.send(again(letter, topic));
    }

    /**
     * Returns the record that goes back to the topic it came from.
     *
     * <p>It has no partition: the key finds the one of its source, however many there are by now. A time before 1970, which a producer
     * may not write, is left to the topic.
     */
    static ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> letter, String topic) {
        Headers headers = new RecordHeaders(letter.headers());
        for (DeadLetterHeader header : DeadLetterHeader.values()) {
            headers.remove(header.key());
        }
        DeadLetterHeader.REPLAYS.set(headers, DeadLetter.replays(letter.headers()) + 1);
        Long timestampMillis = letter.timestamp() < 0 ? null : letter.timestamp();
        return new ProducerRecord<>(topic, null, timestampMillis, letter.key(), letter.value(), headers);
    }

    /** What is past the end is not looked at, so it is not committed either. */
    private static Map<TopicPartition, OffsetAndMetadata> reached(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ends.forEach((partition, end) ->
                offsets.put(partition, new OffsetAndMetadata(Math.min(end, consumer.position(partition)))));
        return offsets;
    }

    private static boolean isAt(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static void seekToCommitted(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(partitions));
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            if (offset == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, offset);
            }
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        List<PartitionInfo> found = consumer.partitionsFor(deadLetters);
        if (found == null || found.isEmpty()) {
            throw new ExitflowException("no topic %s; make the topics with `exitflow topics create`", deadLetters);
        }
        return found.stream()
                .map(partition -> new TopicPartition(deadLetters, partition.partition()))
                .toList();
    }

    private String name() {
        return GROUP_PREFIX + deadLetters + "-" + reason.name().toLowerCase(Locale.ROOT);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, name());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>(clientProperties);
        // A second replay of the same reason at the same time shuts the first one out.
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, name());
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_DEAD_LETTER_BATCH_BYTES);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
