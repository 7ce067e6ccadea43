package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.ServeProcess;
import dev.exitflow.schema.RecordCodecs;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model with an image on which it never returns. */
@Tag("hostile")
@Timeout(600)
class HangingModelIT {

    private static final Path HANGING = Path.of("src/test/resources/hanging-bundle");
    private static final int GOOD = 50;
    private static final Map<String, String> IMPATIENT =
            Map.of("engine.timeout.ms", "3000", "thread.replacements", "1", "shutdown.timeout.ms", "3000");

    @TempDir
    Path folder;

    @Test
    void shouldEndAndLoseNothingWhenTheModelNeverReturns() throws Exception {
        TinyImages images = TinyImages.withAnswers();
        try (Deployment deployment = Deployment.start(folder, "hanging-")) {
            Installation installation = deployment.installation();
            Fleet fleet = deployment.fleet();
            ServeProcess hanging = fleet.start(HANGING, IMPATIENT);
            fleet.awaitTogether();
            send(installation, images);

            assertThat(hanging.awaitEnd(Installation.PATIENCE.toSeconds())).isTrue();
            assertThat(hanging.exitStatus()).isEqualTo(1);
            assertThat(hanging.log()).contains("the engine did not answer hanging-images-0@");

            fleet.start(TinyImages.BUNDLE); // the same model, mended
            fleet.awaitTogether();
            installation.awaitQuiet();
            List<Outcome> outcomes = new ArrayList<>();
            installation.outcomes(outcomes::add);
            assertThat(outcomes)
                    .extracting(Outcome::offset)
                    .doesNotHaveDuplicates()
                    .hasSize(2 * GOOD + 1);
            assertThat(outcomes)
                    .extracting(Outcome::reason)
                    .filteredOn(reason -> !reason.isEmpty())
                    .hasSize(1);
        }
    }

    /** Images, the one that the model hangs on, and images. */
    private static void send(Installation installation, TinyImages images) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(installation.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            String topic = installation.topics().images().name();
            for (int number = 0; number <= 2 * GOOD; number++) {
                byte[] value = number == GOOD
                        ? HostileKind.MODEL_THROWS.value(null)
                        : RecordCodecs.from(Map.of()).imageRecords().encode(topic, images.record(0, Instant.EPOCH));
                producer.send(new ProducerRecord<>(topic, 0, null, value)).isDone();
            }
        }
    }
}
