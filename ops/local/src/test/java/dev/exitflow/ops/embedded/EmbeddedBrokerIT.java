package dev.exitflow.ops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedBrokerIT {

    private static final String TOPIC = "numbers";

    @TempDir
    Path directory;

    @Test
    void shouldServeCommittedRecordsOnlyWhenTransactionsAreUsed() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.temporary())) {
            createTopic(broker);

            produceInTransaction(broker, "aborted", false);
            produceInTransaction(broker, "committed", true);

            assertThat(consume(broker, 1)).containsExactly("committed");
            assertThat(broker.failure().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void shouldKeepDataWhenRestarted() throws Exception {
        BrokerSettings settings = BrokerSettings.temporary().withDataDirectory(directory.resolve("data"));
        try (EmbeddedBroker first = EmbeddedBroker.start(settings)) {
            createTopic(first);
            produceInTransaction(first, "kept", true);
        }

        try (EmbeddedBroker second = EmbeddedBroker.start(settings)) {
            produceInTransaction(second, "added", true);

            assertThat(consume(second, 2)).containsExactly("kept", "added");
        }
    }

    @Test
    void shouldLeaveNothingWhenTemporaryBrokerIsClosed() {
        EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.temporary());
        assertThat(broker.dataDirectory()).isNotEmptyDirectory();

        broker.close();
        broker.close();

        assertThat(broker.dataDirectory()).doesNotExist();
        assertThat(broker.failure().toCompletableFuture()).isNotDone();
    }

    @Test
    void shouldRefuseDirectoryAtOnceWhenAnotherBrokerHasIt() {
        BrokerSettings settings = BrokerSettings.temporary().withDataDirectory(directory);

        try (EmbeddedBroker first = EmbeddedBroker.start(settings)) {
            long startNanos = System.nanoTime();
            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(2));
            assertThat(first.failure().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void shouldRefuseToStartWhenPortIsInUse() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            BrokerSettings settings =
                    BrokerSettings.temporary().withPort(other.getLocalPort()).withDataDirectory(directory);

            assertThatThrownBy(() -> EmbeddedBroker.start(settings))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("port " + other.getLocalPort() + " is in use");
        }

        EmbeddedBroker.start(BrokerSettings.temporary().withDataDirectory(directory))
                .close();
    }

    @Test
    void shouldStopWithItsReasonWhenKafkaWouldEndTheProcess() throws Exception {
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(BrokerSettings.temporary().withDataDirectory(directory))) {
            haltFromBrokerThread(broker);

            BrokerException reason = broker.failure().toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(reason).hasMessageContaining("stopped").hasMessageContaining(directory.toString());
        }
    }

    @Test
    void shouldStopWithItsReasonWhenDirectoryIsDeleted() throws Exception {
        Path data = directory.resolve("data");
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(BrokerSettings.temporary().withDataDirectory(data))) {
            Files.move(data, directory.resolve("elsewhere"));

            BrokerException reason = broker.failure().toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(reason).hasMessageContaining(data.toString());
        }
    }

    private static void haltFromBrokerThread(EmbeddedBroker broker) {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        ThreadGroup[] groups = new ThreadGroup[root.activeGroupCount() + 10];
        int count = root.enumerate(groups, true);
        for (int i = 0; i < count; i++) {
            if (groups[i] instanceof BrokerThreads threads && threads.getName().endsWith("-" + broker.port())) {
                Thread thread = threads.daemon("test-halt", () -> Exit.halt(1));
                thread.setUncaughtExceptionHandler((where, expected) -> {});
                thread.start();
                return;
            }
        }
        throw new AssertionError("no thread of " + broker.dataDirectory());
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static void produceInTransaction(EmbeddedBroker broker, String value, boolean commit) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(TOPIC, value));
            producer.flush();
            assertThat(sent).succeedsWithin(Duration.ZERO);
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static List<String> consume(EmbeddedBroker broker, int count) {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "group.id", "test",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        List<String> values = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            while (values.size() < count && System.nanoTime() < deadlineNanos) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
