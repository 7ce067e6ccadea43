package dev.exitflow.ops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a broker in its own process can show: signals, a hard kill and a full disk. */
@Timeout(180)
class BrokerProcessIT {

    private static final String TOPIC = "numbers";
    private static final int SIGTERM_STATUS = 143;

    @TempDir
    Path directory;

    private Path data;
    private Path errors;

    @BeforeEach
    void makePaths() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        errors = directory.resolve("errors.txt");
    }

    @Test
    void shouldStopCleanlyWhenTerminated() throws Exception {
        try (BrokerProcess broker = start(List.of())) {
            broker.terminate();

            assertThat(broker.exitStatus()).isEqualTo(SIGTERM_STATUS);
            assertThat(data.resolve("log/.kafka_cleanshutdown")).exists();
        }
    }

    @Test
    void shouldKeepTopicsWhenKilledHard() throws Exception {
        try (BrokerProcess killed = start(List.of())) {
            createTopic(killed);
            killed.kill();
        }

        try (BrokerProcess next = start(List.of());
                Admin admin = admin(next)) {
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains(TOPIC);
        }
    }

    @Test
    void shouldNameTheOwnerAndExitWhenDirectoryIsInUseByAnotherProcess() throws Exception {
        try (BrokerProcess owner = start(List.of())) {
            assertThat(owner.address()).startsWith("127.0.0.1:");

            assertThatThrownBy(() ->
                            EmbeddedBroker.start(BrokerSettings.temporary().withDataDirectory(data)))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageMatching(".*in use by another embedded broker \\(process \\d+\\).*");
        }
    }

    /** A disk of 100 MiB, in a mount namespace that only this broker sees and that goes with it. */
    @Test
    void shouldSayWhyAndExitWhenDiskRunsFull() throws Exception {
        List<String> onSmallDisk = List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=100m tmpfs '" + data + "' && exec \"$@\"",
                "sh");
        assumeThat(canRun(onSmallDisk))
                .as("this system lets us mount a small disk")
                .isTrue();

        try (BrokerProcess broker = start(onSmallDisk)) {
            createTopic(broker);
            produceUntilRefused(broker);

            assertThat(broker.exitStatus()).isEqualTo(1);
            assertThat(broker.errors())
                    .contains("exitflow broker: the disk of data directory " + data + " is full")
                    .doesNotContain("\tat ");
        }
    }

    private BrokerProcess start(List<String> prefix) throws IOException {
        return BrokerProcess.start(prefix, errors, "--port", "0", "--data-dir", data.toString());
    }

    private static boolean canRun(List<String> prefix) throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(prefix);
            command.add("true");
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void createTopic(BrokerProcess broker) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static void produceUntilRefused(BrokerProcess broker) throws InterruptedException {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", broker.address(),
                "max.block.ms", 5_000,
                "request.timeout.ms", 2_000,
                "delivery.timeout.ms", 5_000);
        byte[] value = new byte[500_000];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 1_000; i++) {
                producer.send(new ProducerRecord<>(TOPIC, value)).get();
            }
            throw new AssertionError("the disk took 500 MB");
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(ApiException.class);
        } catch (TimeoutException e) {
            // The broker was gone before the producer looked again.
        }
    }

    private static Admin admin(BrokerProcess broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.address()));
    }
}
