package dev.exitflow.schema.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicsTest {

    @Test
    void shouldHoldTheSixTopicsWhenStandard() {
        Topics topics = Topics.standard();

        assertThat(topics.all())
                .extracting(Topic::name)
                .containsExactly(
                        "exitflow-images",
                        "exitflow-thresholds",
                        "exitflow-predictions",
                        "exitflow-acks",
                        "exitflow-stats",
                        "exitflow-dead-letters");
    }

    @Test
    void shouldCompactOnlyThresholdsAndAcksWhenConfigured() {
        Topics topics = Topics.withPrefix("team-a.");

        assertThat(topics.all())
                .filteredOn(topic -> topic.configuration().get("cleanup.policy").equals("compact"))
                .extracting(Topic::name)
                .containsExactly("team-a.thresholds", "team-a.acks");
    }

    @Test
    void shouldTakeAnyRefusedImageAsDeadLetterWhenItFitsTheImagesTopic() {
        Topics topics = Topics.standard();

        assertThat(maxMessageBytes(topics.deadLetters())).isGreaterThan(maxMessageBytes(topics.images()));
    }

    @Test
    void shouldStampWhatOthersSendWithTheBrokersTimeWhenClocksMayBeWrong() {
        Topics topics = Topics.standard();

        assertThat(List.of(topics.images(), topics.thresholds())).allSatisfy(topic -> assertThat(topic.configuration())
                .containsEntry("message.timestamp.type", "LogAppendTime"));
    }

    @Test
    void shouldKeepImagesAndPredictionsAlikeWhenPartitionsChange() {
        Topics topics = Topics.standard().withPartitions(3);

        assertThat(topics.all()).extracting(Topic::partitions).containsExactly(3, 1, 3, 1, 1, 1);
    }

    @Test
    void shouldRefuseNameWhenKafkaWould() {
        assertThatThrownBy(() -> Topics.withPrefix("a b"))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("'a bimages'");
        assertThatThrownBy(() -> Topics.withPrefix("x".repeat(250))).isInstanceOf(TopicException.class);
    }

    @Test
    void shouldRefusePartitionsWhenNone() {
        assertThatThrownBy(() -> new Topic("t", 0, Topic.Cleanup.DELETE, Map.of()))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("topic t with 0 partitions");
    }

    private static int maxMessageBytes(Topic topic) {
        return Integer.parseInt(topic.configuration().get("max.message.bytes"));
    }
}
