package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedClientsTest {

    private static final Map<String, Object> OF_STREAMS = Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1",
            ConsumerConfig.GROUP_ID_CONFIG, "unit",
            ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 50);

    private final Engine engine = new Engine(8);
    private final PacedClients clients = new PacedClients(engine.lookAhead, 4, 300_000);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldKeepTheGroupsIntervalWhenStreamsIsToldAShorterOne() {
        assertThat(clients.ofGroupMember(OF_STREAMS))
                .containsEntry(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000)
                .containsEntry(ConsumerConfig.GROUP_ID_CONFIG, "unit");
    }

    @Test
    void shouldPaceTheMainConsumerAloneWhenClientsAreMade() {
        Consumer<byte[], byte[]> main = clients.getConsumer(OF_STREAMS);
        Consumer<byte[], byte[]> restore = clients.getRestoreConsumer(OF_STREAMS);
        Consumer<byte[], byte[]> global = clients.getGlobalConsumer(OF_STREAMS);
        try {
            assertThat(main).isInstanceOf(PacedConsumer.class);
            assertThat(restore).isNotInstanceOf(PacedConsumer.class);
            assertThat(global).isNotInstanceOf(PacedConsumer.class);
        } finally {
            List.of(main, restore, global).forEach(consumer -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
        }
    }
}
