package dev.exitflow.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.junit.jupiter.api.Test;

class PatientClientsTest {

    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
            Map.of(new TopicPartition("exitflow-images", 0), new OffsetAndMetadata(7));
    private static final ConsumerGroupMetadata GROUP = new MockConsumer<>("earliest").groupMetadata();

    private final SlowProducer slow = new SlowProducer();
    private final Producer<byte[], byte[]> producer = new PatientClients(new GivenClients(slow)).getProducer(Map.of());

    @Test
    void shouldGoOnWaitingWhenTheBrokerOutlastsTheProducersPatience() {
        producer.initTransactions();
        producer.beginTransaction();
        slow.timeouts = 2;
        producer.sendOffsetsToTransaction(OFFSETS, GROUP);
        slow.timeouts = 3;
        producer.commitTransaction();

        assertThat(slow.timeouts).isZero();
        assertThat(slow.transactionCommitted()).isTrue();

        producer.beginTransaction();
        slow.timeouts = 1;
        producer.abortTransaction();

        assertThat(slow.transactionAborted()).isTrue();
    }

    @Test
    void shouldFailWhenTheFailureIsNoTimeout() {
        producer.initTransactions();
        producer.beginTransaction();
        slow.fenceProducer();

        assertThatThrownBy(producer::commitTransaction).isInstanceOf(ProducerFencedException.class);
    }

    @Test
    void shouldFailWhenATimeoutIsOfSomethingElse() {
        slow.timeouts = 1;

        assertThatThrownBy(producer::initTransactions).isInstanceOf(TimeoutException.class);
    }

    @Test
    void shouldCloseWithinABoundWhenStreamsSetsNone() {
        producer.close();

        assertThat(slow.closes).containsExactly(PatientProducer.CLOSE_TIMEOUT);
        assertThat(slow.closed()).isTrue();
    }

    /** Times out as often as it is told to. */
    private static final class SlowProducer extends MockProducer<byte[], byte[]> {

        final List<Duration> closes = new ArrayList<>();
        int timeouts;

        private void awaitBroker() {
            if (timeouts > 0) {
                timeouts--;
                throw new TimeoutException("no broker");
            }
        }

        @Override
        public void initTransactions() {
            awaitBroker();
            super.initTransactions();
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            awaitBroker();
            super.sendOffsetsToTransaction(offsets, group);
        }

        @Override
        public void commitTransaction() {
            awaitBroker();
            super.commitTransaction();
        }

        @Override
        public void abortTransaction() {
            awaitBroker();
            super.abortTransaction();
        }

        @Override
        public void close(Duration timeout) {
            closes.add(timeout);
            super.close(timeout);
        }
    }

    private record GivenClients(Producer<byte[], byte[]> producer) implements KafkaClientSupplier {

        @Override
        public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
            return producer;
        }

        @Override
        public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Admin getAdmin(Map<String, Object> config) {
            throw new UnsupportedOperationException();
        }
    }
}
