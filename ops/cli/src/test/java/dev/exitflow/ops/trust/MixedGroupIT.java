package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.processor.ConfigSources;
import dev.exitflow.processor.Processor;
import dev.exitflow.processor.ProcessorConfig;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processors that must not share a group, or a topic. */
@Tag("broker")
@Timeout(180)
class MixedGroupIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    @TempDir
    Path folder;

    private String prefix;

    @BeforeEach
    void createTopics(TestInfo test) {
        prefix = test.getTestMethod().orElseThrow().getName() + "-";
        try (Admin admin = Admin.create(broker.clientProperties())) {
            new TopicProvisioner(admin)
                    .createMissing(Topics.withPrefix(prefix).withPartitions(2).all(), OptionalInt.empty());
        }
    }

    @Test
    void shouldRefuseToStartWhenTheGroupServesAnotherModel() throws Exception {
        Path other = renamed("\"name\": \"tiny\"", "\"name\": \"other\"");
        try (Processor first = start("first-1", TinyImages.BUNDLE, Map.of())) {
            assertThat(first.awaitReady(PATIENCE)).isTrue();

            assertThatThrownBy(() -> start("second-1", other, Map.of()))
                    .isInstanceOf(ExitflowException.class)
                    .hasMessageContainingAll(
                            "first-1 serves model tiny", "this instance model other", "application.id");
            assertThatThrownBy(() -> start("second-1", other, Map.of("rolling.update", "true")))
                    .isInstanceOf(ExitflowException.class);
            try (Processor apart = start("second-1", other, Map.of("application.id", prefix + "apart"))) {
                assertThat(apart.awaitReady(PATIENCE)).isTrue();
            }
            assertThat(first.failure()).isEmpty();
        }
    }

    @Test
    void shouldJoinAGroupOfAnotherVersionOnlyWhenARollingUpdateIsMeant() throws Exception {
        Path next = TinyImages.nextVersion(folder.resolve("next"));
        try (Processor first = start("first-1", TinyImages.BUNDLE, Map.of())) {
            assertThat(first.awaitReady(PATIENCE)).isTrue();

            assertThatThrownBy(() -> start("second-1", next, Map.of()))
                    .isInstanceOf(ExitflowException.class)
                    .hasMessageContaining("rolling.update=true");
            try (Processor second = start("second-1", next, Map.of("rolling.update", "true"))) {
                assertThat(second.awaitReady(PATIENCE)).isTrue();
                assertThat(first.failure()).isEmpty();
            }
        }
    }

    @Test
    void shouldGiveWayWhenTwoModelsStartAtTheSameMoment() throws Exception {
        Path other = renamed("\"name\": \"tiny\"", "\"name\": \"other\"");
        CompletableFuture<Processor> one =
                CompletableFuture.supplyAsync(() -> start("one-1", TinyImages.BUNDLE, Map.of()));
        CompletableFuture<Processor> two = CompletableFuture.supplyAsync(() -> start("two-1", other, Map.of()));

        await().atMost(PATIENCE).until(() -> isStopped(one) != isStopped(two) && (isReady(one) || isReady(two)));

        Stream.of(one, two)
                .filter(started -> !started.isCompletedExceptionally())
                .forEach(started -> started.join().close());
    }

    @Test
    void shouldRefuseToStartWhenTheControlTopicHasSeveralPartitions() throws Exception {
        Topics topics = Topics.withPrefix("split-");
        try (Admin admin = Admin.create(broker.clientProperties())) {
            admin.createTopics(List.of(new NewTopic(topics.thresholds().name(), 3, (short) 1)
                            .configs(topics.thresholds().configuration())))
                    .all()
                    .get();
            new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
        }

        assertThatThrownBy(() -> start("first-1", TinyImages.BUNDLE, Map.of("topics.prefix", "split-")))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll("split-thresholds", "3 partitions, expected 1", "topics create");
    }

    private static boolean isStopped(CompletableFuture<Processor> started) {
        return started.isCompletedExceptionally()
                || (started.isDone() && started.join().failure().isPresent());
    }

    private static boolean isReady(CompletableFuture<Processor> started) throws InterruptedException {
        return started.isDone() && !isStopped(started) && started.join().awaitReady(Duration.ZERO);
    }

    private Processor start(String instance, Path bundle, Map<String, String> values) {
        ConfigSources sources = new ConfigSources()
                .value("bootstrap.servers", broker.bootstrapServers())
                .value("bundle", bundle)
                .value("topics.prefix", prefix)
                .value("application.id", prefix + "group")
                .value("instance.id", instance)
                .value("state.dir", folder.resolve(instance))
                .value("workers", 1)
                .value("http.port", 0);
        return Processor.start(ProcessorConfig.of(sources.values(values)));
    }

    private Path renamed(String text, String replacement) throws IOException {
        Path copy = TinyImages.nextVersion(folder.resolve("other"));
        Path manifest = copy.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace(text, replacement));
        return copy;
    }
}
