package dev.exitflow.ops.demo;

import dev.exitflow.ops.TestBroker;
import dev.exitflow.processor.TopicProvisioner;
import dev.exitflow.processor.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of {@code exitflow serve} share the partitions; one is killed in mid-stream. */
@Tag("broker")
@Timeout(240)
class KilledProcessorIT {

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private final Topics topics = Topics.standard().withPartitions(6);
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void createTopics() {
        try (Admin admin = Admin.create(broker.clientProperties())) {
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldLoseAndDoubleNothingWhenOneOfTwoProcessorsIsKilled() throws Exception {
        Process victim = serve("victim");
        serve("survivor");
        CountedRun run = new CountedRun(broker.clientProperties(), topics);
        run.awaitMembers(2);

        run.expectEveryImageAnsweredOnceDespite(() -> victim.destroyForcibly().waitFor());
    }

    private Process serve(String instance) throws IOException {
        File log = folder.resolve(instance + ".log").toFile();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.exitflow.ops.cli.Exitflow",
                        "serve",
                        "--bundle",
                        "../core/src/main/bundles/digits",
                        "--bootstrap-server",
                        broker.bootstrapServers(),
                        "--set",
                        "instance.id=" + instance,
                        "--set",
                        "http.port=0",
                        "--set",
                        "state.dir=" + folder.resolve(instance),
                        "--set",
                        "kafka.session.timeout.ms=6000")
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        processes.add(process);
        return process;
    }
}
