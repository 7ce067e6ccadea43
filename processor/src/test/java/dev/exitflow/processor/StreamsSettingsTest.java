package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.processor.step.LookAhead;
import dev.exitflow.processor.step.PrefetchInterceptor;
import dev.exitflow.schema.topic.Topics;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {

    private static final String POLL_INTERVAL = ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;

    private final TopologyHarness harness = new TopologyHarness();
    private final LookAheadPlan plan = new LookAheadPlan(100, 200, 400, 1 << 20, 2 << 20);

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void shouldReachOnlyTheMainConsumerWhenTheInterceptorIsSet() {
        StreamsConfig streams = streams(Map.of());

        Map<String, Object> main = streams.getMainConsumerConfigs("group", "client", 0);
        assertThat(main)
                .containsEntry(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, PrefetchInterceptor.class.getName())
                .containsEntry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100)
                .containsEntry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        assertThat(main.get(PrefetchInterceptor.LOOK_AHEAD_CONFIG)).isInstanceOf(LookAhead.class);
        assertThat(streams.getGlobalConsumerConfigs("client"))
                .doesNotContainKeys(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, PrefetchInterceptor.LOOK_AHEAD_CONFIG);
    }

    @Test
    void shouldReadOnlyWhatIsCommittedWhateverTheGuarantee() {
        StreamsConfig streams = streams(Map.of(
                "processing.guarantee", "at_least_once", "kafka.global.consumer.isolation.level", "read_uncommitted"));

        assertThat(streams.getGlobalConsumerConfigs("client"))
                .containsEntry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        assertThat(streams.getMainConsumerConfigs("group", "client", 0))
                .containsEntry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    }

    @Test
    void shouldNameTheGroupsMembersAfterTheInstanceWhenConfigured() {
        StreamsConfig streams = streams(Map.of());

        assertThat(streams.getString(StreamsConfig.CLIENT_ID_CONFIG)).isEqualTo("unit-1");
        assertThat(streams.getString(StreamsConfig.APPLICATION_ID_CONFIG)).isEqualTo("exitflow-processor");
        assertThat(streams.getString(StreamsConfig.GROUP_PROTOCOL_CONFIG)).isEqualTo("classic");
    }

    @Test
    void shouldReachAllClientsButNotOverrideOurKeysWhenKafkaSettingsAreGiven() {
        StreamsConfig streams = streams(Map.of(
                "kafka.security.protocol", "SSL",
                "kafka.session.timeout.ms", "7000",
                "kafka.consumer.max.poll.records", "5000",
                "kafka.bootstrap.servers", "elsewhere:1"));

        Map<String, Object> main = streams.getMainConsumerConfigs("group", "client", 0);
        assertThat(main)
                .containsEntry("security.protocol", "SSL")
                .containsEntry("session.timeout.ms", "7000")
                .containsEntry("max.poll.records", 100)
                .containsEntry("bootstrap.servers", "localhost:9092");
        assertThat(streams.getProducerConfigs("client"))
                .containsEntry("security.protocol", "SSL")
                .containsEntry("max.request.size", Topics.MAX_DEAD_LETTER_BATCH_BYTES);
    }

    @Test
    void shouldLetTheSystemSizeTheImagesSocketUnlessConfigured() {
        String key = "receive.buffer.bytes";

        assertThat(streams(Map.of()).getMainConsumerConfigs("group", "client", 0))
                .containsEntry(key, -1);
        assertThat(streams(Map.of("kafka.consumer." + key, "65536")).getMainConsumerConfigs("group", "client", 0))
                .containsEntry(key, "65536");
    }

    @Test
    void shouldHandOverADeadInstancesPartitionsSoonUnlessConfigured() {
        String key = "session.timeout.ms";

        assertThat(streams(Map.of()).getMainConsumerConfigs("group", "client", 0))
                .containsEntry(key, 10_000);
        assertThat(streams(Map.of("kafka.consumer." + key, "7000")).getMainConsumerConfigs("group", "client", 0))
                .containsEntry(key, "7000");
        assertThat(streams(Map.of("kafka.group.protocol", "streams")).originals())
                .doesNotContainKey(key); // the broker's to choose
    }

    @Test
    void shouldKeepTheGroupsPollIntervalWhenStreamsComesBackToPollSooner() {
        Map<String, Object> ofStreams = streams(Map.of()).getMainConsumerConfigs("group", "client", 0);

        assertThat((Integer) ofStreams.get(POLL_INTERVAL)).isLessThanOrEqualTo(100);
        assertThat(ofGroupMember(Map.of())).containsEntry(POLL_INTERVAL, 300_000);
        assertThat(ofGroupMember(Map.of("kafka." + POLL_INTERVAL, "60000"))).containsEntry(POLL_INTERVAL, 60_000);
        assertThat(ofGroupMember(
                        Map.of("kafka." + POLL_INTERVAL, "60000", "kafka.main.consumer." + POLL_INTERVAL, "90000")))
                .containsEntry(POLL_INTERVAL, 90_000);
    }

    @Test
    void shouldLeaveThePollIntervalAloneWhenStreamsMakesTheMainConsumerItself() {
        Map<String, Object> main =
                streams(Map.of("kafka.group.protocol", "streams")).getMainConsumerConfigs("group", "client", 0);

        assertThat(main.getOrDefault(POLL_INTERVAL, 300_000)).isEqualTo(300_000);
    }

    @Test
    void shouldNotLookForOtherPartitionsWhenOneHasImages() {
        assertThat(streams(Map.of()).getLong(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG))
                .isEqualTo(StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    }

    @Test
    void shouldSendOneRequestAtATimeUnlessToldOtherwiseWhenProducing() {
        String key = "max.in.flight.requests.per.connection";

        assertThat(streams(Map.of()).getProducerConfigs("client")).containsEntry(key, 1);
        assertThat(streams(Map.of("kafka.producer." + key, "5")).getProducerConfigs("client"))
                .containsEntry(key, "5");
    }

    @Test
    void shouldGiveTheOtherClientsOnlyWhatTheyKnowWhenKafkaSettingsAreGiven() {
        StreamsSettings settings = new StreamsSettings(
                config(Map.of("kafka.security.protocol", "SSL", "kafka.session.timeout.ms", "7000")));

        assertThat(settings.ofAckProducer())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("client.id", "unit-1-acks")
                .containsEntry("enable.idempotence", true)
                .doesNotContainKeys("session.timeout.ms", "transactional.id");
        assertThat(settings.ofAdmin())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("client.id", "unit-1-start")
                .doesNotContainKey("session.timeout.ms");
    }

    private Map<String, Object> ofGroupMember(Map<String, String> values) {
        return new StreamsSettings(config(values))
                .clients(streams(values).getKafkaClientSupplier(), plan, harness.lookAhead)
                .ofGroupMember(Map.of());
    }

    private StreamsConfig streams(Map<String, String> values) {
        return new StreamsConfig(new StreamsSettings(config(values)).ofStreams(plan, harness.lookAhead));
    }

    private static ProcessorConfig config(Map<String, String> values) {
        return ProcessorConfig.of(new ConfigSources()
                .value("bundle", "model")
                .value("instance.id", "unit-1")
                .values(values));
    }
}
