package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.exitflow.schema.CodecSerde;
import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatsTopologyTest {

    private static final Instant NOON = Predictions.NOON;
    private static final Duration GRACE = Duration.ofMillis(400);

    private final RecordCodecs codecs = RecordCodecs.from(Map.of());
    private final Topics topics = Topics.standard();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Topology topology = StatsTopology.build(topics, codecs, GRACE, new StatsMetrics(registry));
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> predictions;
    private TestOutputTopic<String, ExitStats> stats;

    @BeforeEach
    void open() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        driver = new TopologyTestDriver(topology, settings, NOON);
        predictions = driver.createInputTopic(
                topics.predictions().name(), new ByteArraySerializer(), new ByteArraySerializer());
        stats = driver.createOutputTopic(
                topics.stats().name(), new StringDeserializer(), new CodecSerde<>(codecs.exitStats()).deserializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldReadLikeTheDesignWhenDescribed() {
        assertThat(topology.describe().toString()).isEqualTo("""
                Topologies:
                   Sub-topology: 0
                    Source: predictions (topics: [exitflow-predictions])
                      --> count
                    Processor: count (stores: [counted])
                      --> by-model-repartition-filter
                      <-- predictions
                    Processor: by-model-repartition-filter (stores: [])
                      --> by-model-repartition-sink
                      <-- count
                    Sink: by-model-repartition-sink (topic: by-model-repartition)
                      <-- by-model-repartition-filter

                  Sub-topology: 1
                    Source: by-model-repartition-source (topics: [by-model-repartition])
                      --> report
                    Processor: report (stores: [reported, open])
                      --> stats
                      <-- by-model-repartition-source
                    Sink: stats (topic: exitflow-stats)
                      <-- report

                """);
    }

    @Test
    void shouldReportASecondOnceWhenItIsOver() {
        send(NOON.plusMillis(100));
        send(NOON.plusMillis(999));
        send(NOON.plusMillis(1_000));
        wallClock(900);
        assertThat(stats.isEmpty()).isTrue();

        wallClock(2_000);

        List<ExitStats> reported = stats.readValuesToList();
        assertThat(reported)
                .extracting(
                        ExitStats::getModel, ExitStats::getWindowStart, ExitStats::getWindowEnd, ExitStats::getCount)
                .containsExactly(
                        tuple("tiny", NOON, NOON.plusSeconds(1), 2L),
                        tuple("tiny", NOON.plusSeconds(1), NOON.plusSeconds(2), 1L));
        assertThat(reported).extracting(ExitStats::getLate).containsOnly(0L);
    }

    /** What emit-on-window-close, which waits for a later record, would never say. */
    @Test
    void shouldReportTheLastSecondWhenNothingComesAfterIt() {
        send(NOON);

        wallClock(1_800);

        assertThat(stats.readValue().getCount()).isEqualTo(1);
    }

    @Test
    void shouldWaitForAllPartsWhenASecondIsOver() {
        send(NOON);
        wallClock(1_100); // the part goes on, and the grace begins
        send(NOON.plusMillis(500));
        wallClock(300);
        assertThat(stats.isEmpty()).isTrue();

        wallClock(800);

        assertThat(stats.readValue().getCount()).isEqualTo(2);
        assertThat(stats.isEmpty()).isTrue();
    }

    @Test
    void shouldReportApartAndCountWhenPredictionsComeLate() {
        send(NOON);
        wallClock(3_000);
        stats.readValuesToList();

        send(NOON.plusMillis(1));
        send(NOON.plusMillis(2));
        send(NOON.plusSeconds(3));
        wallClock(3_000);

        assertThat(stats.readValuesToList())
                .extracting(ExitStats::getWindowStart, ExitStats::getCount, ExitStats::getLate)
                .containsExactly(tuple(NOON, 2L, 2L), tuple(NOON.plusSeconds(3), 1L, 0L));
        assertThat(registry.get("exitflow.stats.late").counter().count()).isEqualTo(2);
        assertThat(registry.get("exitflow.stats.predictions").counter().count()).isEqualTo(4);
    }

    @Test
    void shouldCountApartWhenThereAreSeveralModels() {
        send(Predictions.at(NOON).build());
        send(Predictions.at(NOON).setModel("other").build());

        wallClock(2_000);

        assertThat(stats.readKeyValuesToList())
                .extracting(record -> record.key, record -> record.value.getCount())
                .containsExactlyInAnyOrder(tuple("tiny", 1L), tuple("other", 1L));
    }

    @Test
    void shouldGoOnAndCountWhenARecordIsNoPredictionOrContradictsItself() {
        predictions.pipeInput(new byte[0], new byte[] {1, 2, 3});
        predictions.pipeInput(new byte[0], (byte[]) null);
        send(Predictions.at(NOON).setExit(3).build());
        send(Predictions.at(NOON).setExitCount(Integer.MAX_VALUE).build());
        send(Predictions.at(NOON).setFlops(-1).build());
        send(Predictions.at(NOON.plus(Duration.ofDays(30))).build());
        send(NOON);

        wallClock(2_000);

        assertThat(stats.readValue().getCount()).isEqualTo(1);
        assertThat(ignored("unreadable")).isEqualTo(2);
        assertThat(ignored("invalid")).isEqualTo(3);
        assertThat(ignored("ahead")).isEqualTo(1);
    }

    @Test
    void shouldReportInTimeWhenTheInstancesClocksRunAhead() {
        send(NOON.plusSeconds(30));

        wallClock(31_500);

        assertThat(stats.readValue().getCount()).isEqualTo(1);
    }

    private double ignored(String reason) {
        return registry.get("exitflow.stats.ignored")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private void wallClock(long millis) {
        for (long passed = 0; passed < millis; passed += 100) {
            driver.advanceWallClockTime(Duration.ofMillis(100));
        }
    }

    private void send(Instant producedAt) {
        send(Predictions.at(producedAt).build());
    }

    private void send(Prediction prediction) {
        predictions.pipeInput(new byte[0], codecs.predictions().encode("", prediction));
    }
}
