package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.ServeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is killed while a processor commits, and comes back after the producer has lost its patience. */
@Tag("faults")
@Timeout(900)
class BrokerGoneAtCommitIT {

    private static final int OUTCOMES = 100;

    /** Less than a broker takes to start. */
    private static final Map<String, String> IMPATIENT = Map.of("kafka.producer.max.block.ms", "1000");

    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("try") // the traffic is there, and nothing calls it
    void shouldGoOnWithTheSameThreadWhenTheBrokerIsBack() throws Exception {
        Path fuse = folder.resolve("fuse");
        try (Deployment deployment = Deployment.start(folder, "commit-")) {
            Installation installation = deployment.installation();
            ServeProcess serve = deployment.fleet().startHeld(HaltPoint.FLUSHED, fuse, IMPATIENT);
            deployment.fleet().awaitTogether();
            try (OutcomeWatch watch = new OutcomeWatch(installation.client(), installation.topics());
                    ImageTraffic traffic = new ImageTraffic(
                            installation.client(), installation.topics(), TinyImages.withAnswers(), OUTCOMES, false)) {
                await().atMost(Installation.PATIENCE).until(() -> watch.count() > OUTCOMES);
                Files.createFile(fuse);
                await().atMost(Installation.PATIENCE).until(() -> Files.exists(Fuse.reached(fuse)));

                deployment.broker().kill();
                Files.delete(fuse);
                deployment.broker().start();

                long before = watch.count();
                await().atMost(Installation.PATIENCE).until(() -> watch.count() > before + OUTCOMES);
            }
            installation.awaitQuiet();

            assertThat(serve.log()).doesNotContain("a stream thread failed");
            Audit.Findings findings = installation.audit(TinyImages.withAnswers());
            assertThat(findings.isCompleteAndRight()).as(findings.toString()).isTrue();
            assertThat(findings.duplicates()).isZero();
        }
    }
}
