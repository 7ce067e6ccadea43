package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.ServeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The images topic deleted under a running processor, and made again. */
@Tag("faults")
@Timeout(900)
class TopicRemadeIT {

    private static final double IMAGES_PER_SECOND = 300;
    private static final int IMAGES = 1_000;

    @TempDir
    Path folder;

    @Test
    void shouldEndWhenTheTopicIsGoneAndAnswerEveryImageOfTheNewOneWhenStartedAgain() throws Exception {
        TinyImages images = TinyImages.withAnswers();
        try (Deployment deployment = Deployment.start(folder, "remade-")) {
            Installation installation = deployment.installation();
            Fleet fleet = deployment.fleet();
            ServeProcess first = fleet.start();
            fleet.awaitTogether();
            pass(installation, images, IMAGES);
            assertThat(installation.audit(images).missing()).isZero();
            List<Outcome> before = new ArrayList<>();
            installation.outcomes(before::add);

            installation.deleteImages();
            assertThat(first.awaitEnd(Installation.PATIENCE.toSeconds())).isTrue();
            assertThat(first.exitStatus()).isEqualTo(1);
            installation.createTopics();
            fleet.start();
            fleet.awaitTogether();
            pass(installation, images, (long) before.size() + IMAGES);

            List<Outcome> all = new ArrayList<>();
            installation.outcomes(all::add);
            long answered = (long) all.size() - before.size();
            assertThat(installation.ends().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(answered);
            assertThat(all.stream().filter(outcome -> outcome.instance().equals("life-1")))
                    .extracting(outcome -> outcome.partition() + "@" + outcome.offset())
                    .doesNotHaveDuplicates()
                    .hasSize((int) answered);
        }
    }

    private static void pass(Installation installation, TinyImages images, long outcomes) {
        try (OutcomeWatch watch = new OutcomeWatch(installation.client(), installation.topics());
                ImageTraffic traffic = new ImageTraffic(
                        installation.client(), installation.topics(), images, IMAGES_PER_SECOND, false)) {
            await().atMost(Installation.PATIENCE).until(() -> traffic.sent() > 0 && watch.count() > outcomes);
        }
        installation.awaitQuiet();
    }
}
