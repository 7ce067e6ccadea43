package dev.exitflow.processor;

import dev.exitflow.processor.step.LookAhead;
import dev.exitflow.processor.step.PacedClients;
import dev.exitflow.processor.step.PrefetchInterceptor;
import dev.exitflow.processor.step.RecordTime;
import dev.exitflow.schema.topic.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of Kafka Streams and of the clients beside it, from the processor's configuration. */
final class StreamsSettings {

    private static final String GROUP_PROTOCOL = "classic";

    private static final String READ_COMMITTED = "read_committed";

    /** Half of it is how long a stream thread works on what it has before it looks for more. */
    private static final int RETURN_TO_POLL_MS = 50;

    /** After which a dead instance's partitions go to the others; Kafka's default of 45 s is long for images that wait. */
    private static final int SESSION_TIMEOUT_MS = 10_000;

    /** Kafka's default. */
    private static final String GROUP_MAX_POLL_INTERVAL_MS = "300000";

    /** An acknowledgement is not worth holding up the global thread for longer. */
    private static final int ACK_MAX_BLOCK_MS = 1_000;

    private static final int ACK_DELIVERY_MS = 10_000;

    /** On by default, and no key any more, from Kafka 5.0; until then a warning at each start, and no other difference to us. */
    private static final String GLOBAL_HANDLER_CONFIG = "processing.exception.handler.global.enabled";

    private final ProcessorConfig config;

    StreamsSettings(ProcessorConfig config) {
        this.config = config;
    }

    /** Of the topology; the interceptor finds {@code lookAhead} among the main consumer's settings. */
    Map<String, Object> ofStreams(LookAheadPlan plan, LookAhead lookAhead) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, plan.recordsAhead());
        settings.put(consumer(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), plan.partitionFetchBytes());
        settings.put(consumer(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), plan.fetchBytes());
        // Each look at the socket takes what is there, and the thread looks only when it polls: Kafka's 64 KiB are few
        // for large images.
        settings.put(consumer(ConsumerConfig.RECEIVE_BUFFER_CONFIG), Selectable.USE_DEFAULT_BUFFER_SIZE);
        // A refused image goes to the dead letters whole, whatever its size.
        settings.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                Topics.MAX_DEAD_LETTER_BATCH_BYTES);
        // A transaction's first requests to a partition overtake each other at the broker (Kafka 4.3), which refuses
        // and logs
        // them until the first one is through; one at a time is as fast.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        // A task has one partition, so there is nothing to wait for; by default Streams (4.3) writes a sentence about
        // each partition without an image at hand, for every image.
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, RecordTime.class);
        // Also under at-least-once: an image whose sender took it back was never sent.
        settings.put(consumer(ConsumerConfig.ISOLATION_LEVEL_CONFIG), READ_COMMITTED);
        settings.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, GROUP_PROTOCOL);
        settings.put(GLOBAL_HANDLER_CONFIG, true);
        settings.putAll(config.kafkaSettings());
        putOwn(settings);
        // A policy that was aborted must not come in force anywhere: fenced autopilots and every view rest on it.
        settings.put(StreamsConfig.globalConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), READ_COMMITTED);
        // The look-ahead is sized for this many: with more, the oldest would be dropped, which Streams needs first.
        settings.put(consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), plan.recordsPerPoll());
        if (GROUP_PROTOCOL.equals(settings.get(StreamsConfig.GROUP_PROTOCOL_CONFIG))) {
            settings.put(mainConsumer(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), RETURN_TO_POLL_MS);
            settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        } // else Streams makes the main consumer itself, and the group would be told the short interval
        settings.put(mainConsumer(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG), PrefetchInterceptor.class.getName());
        settings.put(mainConsumer(PrefetchInterceptor.LOOK_AHEAD_CONFIG), lookAhead);
        return settings;
    }

    /**
     * Of Streams' clients; with {@link #ofStreams}, which tells Streams alone to come back to poll soon.
     *
     * @param clients that Streams would use by itself
     */
    PacedClients clients(KafkaClientSupplier clients, LookAheadPlan plan, LookAhead lookAhead) {
        String key = ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;
        String configured = Stream.of(mainConsumer(key), consumer(key), key)
                .map(config.kafkaSettings()::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(GROUP_MAX_POLL_INTERVAL_MS);
        int groupMillis = (Integer) ConfigDef.parseType(key, configured, ConfigDef.Type.INT);
        return new PacedClients(clients, lookAhead, plan.recordsPerPoll(), plan.recordsAhead(), groupMillis);
    }

    /** What has a key of ours is not Kafka's to override. */
    private void putOwn(Map<String, Object> settings) {
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        // The members of the group then carry the instance's name: see InstanceName.ofClientId.
        settings.put(StreamsConfig.CLIENT_ID_CONFIG, config.instance());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, config.processingGuarantee());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.streamThreads());
        settings.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        if (!config.stateDir().isEmpty()) {
            settings.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir());
        }
    }

    /** Of the producer that sends acknowledgements. */
    Map<String, Object> ofAckProducer() {
        Map<String, Object> settings = ofClient("acks", ProducerConfig.configNames());
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ACK_MAX_BLOCK_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ACK_DELIVERY_MS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, ACK_DELIVERY_MS);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    /** Of the admin client that looks for the topics at start. */
    Map<String, Object> ofAdmin() {
        Map<String, Object> settings = ofClient("start", AdminClientConfig.configNames());
        int timeoutMillis = (int) config.startupTimeout().toMillis();
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis);
        return settings;
    }

    /** Of the admin client that asks the brokers whether they are there. */
    Map<String, Object> ofWatch() {
        return ofClient("watch", AdminClientConfig.configNames());
    }

    private Map<String, Object> ofClient(String purpose, Set<String> known) {
        Map<String, Object> settings = new HashMap<>(config.kafkaSettings());
        settings.keySet().retainAll(known);
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, config.instance() + "-" + purpose);
        return settings;
    }

    private static String consumer(String key) {
        return StreamsConfig.consumerPrefix(key);
    }

    private static String mainConsumer(String key) {
        return StreamsConfig.mainConsumerPrefix(key);
    }
}
