package dev.exitflow.ops.demo;

import dev.exitflow.ops.ServeProcess;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final List<ServeProcess> processes = new ArrayList<>();

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
        processes.forEach(ServeProcess::close);
    }

    @Test
    void shouldLoseAndDoubleNothingWhenOneOfTwoProcessorsIsKilled() throws Exception {
        ServeProcess victim = serve("victim");
        serve("survivor");
        CountedRun run = new CountedRun(broker.clientProperties(), topics);
        run.awaitMembers(2);

        run.expectEveryImageAnsweredOnceDespite(victim::kill);
    }

    private ServeProcess serve(String instance) throws IOException {
        ServeProcess process = ServeProcess.start(
                folder,
                instance,
                List.of("-Xmx512m"),
                Path.of("../../core/engine/src/main/bundles/digits"),
                Map.of("bootstrap.servers", broker.bootstrapServers(), "kafka.session.timeout.ms", "6000"));
        processes.add(process);
        return process;
    }
}
