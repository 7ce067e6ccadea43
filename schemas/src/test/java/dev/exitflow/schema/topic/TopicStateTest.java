package dev.exitflow.schema.topic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopicStateTest {

    private final Topics topics = Topics.standard();

    @Test
    void shouldRefuseAnOrderedTopicWhenItHasSeveralPartitionsOrForgets() {
        assertThat(state(topics.thresholds(), 1, "compact").problem()).isEmpty();
        assertThat(state(topics.thresholds(), 3, "compact").problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("3 partitions, expected 1"));
        assertThat(state(topics.acks(), 3, "compact").problem()).isPresent();
        assertThat(state(topics.thresholds(), 1, "delete").problem()).hasValueSatisfying(problem -> assertThat(problem)
                .contains("cleanup.policy is delete, expected compact"));
        assertThat(state(topics.acks(), 1, "compact,delete").problem()).isPresent();
    }

    @Test
    void shouldTakeAnyNumberOfPartitionsButNoCompactionWhereEachRecordCounts() {
        assertThat(state(topics.images(), 7, "delete").problem()).isEmpty();
        assertThat(state(topics.images(), 7, "compact").problem()).isPresent();
        assertThat(state(topics.deadLetters(), 3, "delete").problem()).isEmpty();
    }

    @Test
    void shouldSayHowToMendItWhenATopicIsWrong() {
        assertThat(TopicState.missing(topics.acks()).mend()).contains("topics create");
        assertThat(state(topics.acks(), 2, "compact").mend()).contains("delete the topic");
        assertThat(state(topics.acks(), 1, "delete").mend()).contains("--alter");
    }

    @Test
    void shouldNotObjectToACleanupPolicyThatItMayNotAskFor() {
        TopicState unknown = state(topics.acks(), 1, TopicState.NOT_AUTHORIZED);

        assertThat(unknown.problem()).isEmpty();
        assertThat(unknown.isCleanupKnown()).isFalse();
    }

    private static TopicState state(Topic topic, int partitions, String cleanup) {
        return new TopicState(topic, true, partitions, 1, cleanup);
    }
}
