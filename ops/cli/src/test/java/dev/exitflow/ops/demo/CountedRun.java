package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.answer.PredictionReader;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;

/** Digits sent at a steady rate to processors of which something is asked on the way, and every answer counted. */
final class CountedRun {

    private static final int IMAGES = 3000;
    private static final double RATE = 300;
    private static final int EXITS_OF_DIGITS = 4;
    private static final String GROUP = "exitflow-processor";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Map<String, Object> client;
    private final Topics topics;

    CountedRun(Map<String, Object> client, Topics topics) {
        this.client = client;
        this.topics = topics;
    }

    /** What happens to the processors in mid-stream. */
    interface Incident {
        void happen() throws Exception;
    }

    /** Waits until so many processors share the partitions, each with some. */
    void awaitMembers(int count) {
        try (Admin admin = Admin.create(client)) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                ConsumerGroupDescription group =
                        admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
                return group.members().size() == count
                        && group.members().stream()
                                .noneMatch(member ->
                                        member.assignment().topicPartitions().isEmpty());
            });
        }
    }

    /** Sends the images and asserts that a reader of committed records sees one prediction for each. */
    void expectEveryImageAnsweredOnceDespite(Incident incident) throws Exception {
        PredictionTally tally = new PredictionTally(EXITS_OF_DIGITS);
        try (PredictionReader reader = PredictionReader.ofRun(client, topics, "run", tally);
                LoadGenerator generator = new LoadGenerator(client, topics, "digits", InstantSource.system())) {
            LoadPlan load = LoadPlan.unlimited(IMAGES, "run").withRate(RATE);
            ImageSource images = new DataSpec("digits").stream();
            CompletableFuture<Long> sending =
                    CompletableFuture.supplyAsync(() -> generator.run(images, load, index -> {}));

            await().atMost(PATIENCE).until(() -> tally.totals().answered() > IMAGES / 6);
            incident.happen();
            reader.awaitAnswers(IMAGES, PATIENCE, answered -> {});

            assertThat(sending.get(1, TimeUnit.MINUTES)).isEqualTo(IMAGES);
        }
        PredictionTally.Totals totals = tally.totals();
        assertThat(totals.answered()).isEqualTo(IMAGES);
        assertThat(totals.predictions()).isEqualTo(IMAGES);
        assertThat(totals.duplicates()).isZero();
        assertThat(totals.deadLetters()).isZero();
    }
}
