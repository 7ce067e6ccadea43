package dev.exitflow.schema.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerSilenceTest {

    private static final String FIRST = "no broker answers at kafka:9092 for 30 s; images wait";

    private final List<String> lines = new ArrayList<>();
    private Duration now = Duration.ofHours(7);
    private final BrokerSilence silence = new BrokerSilence(
            "kafka:9092", "images wait", BrokerSilence.USUAL_PATIENCE, () -> now.toNanos(), lines::add);

    @Test
    void shouldSayNothingWhenBrokersAnswer() {
        for (int second = 0; second < 600; second += 5) {
            pass(Duration.ofSeconds(5));
            silence.answered();
        }

        assertThat(lines).isEmpty();
        assertThat(silence.length()).isZero();
        assertThat(silence.problem()).isEmpty();
    }

    @Test
    void shouldSayNothingWhenASilenceIsShorterThanThePatience() {
        ask(Duration.ofSeconds(25));
        silence.answered();
        ask(Duration.ofSeconds(25));

        assertThat(lines).isEmpty();
        assertThat(silence.problem()).isEmpty();
        assertThat(silence.length()).isEqualTo(Duration.ofSeconds(25));
    }

    @Test
    void shouldNameTheProblemOnceAndSeldomAgainWhenTheSilenceLasts() {
        ask(Duration.ofMinutes(5));

        assertThat(lines).containsExactly(FIRST);
        assertThat(silence.problem()).hasValue("no broker answers at kafka:9092 for 300 s; images wait");

        ask(Duration.ofMinutes(5));

        assertThat(lines).containsExactly(FIRST, "no broker answers at kafka:9092 for 330 s; images wait");
    }

    @Test
    void shouldSayThatItIsOverAndBeginAnewWhenABrokerAnswersAgain() {
        ask(Duration.ofSeconds(40));
        silence.answered();
        silence.answered();
        assertThat(silence.problem()).isEmpty();
        ask(Duration.ofSeconds(30));

        assertThat(lines).containsExactly(FIRST, "a broker at kafka:9092 answers again after 40 s", FIRST);
    }

    /** Asks every five seconds, in vain. */
    private void ask(Duration span) {
        for (long seconds = 0; seconds < span.toSeconds(); seconds += 5) {
            pass(Duration.ofSeconds(5));
            silence.unanswered();
        }
    }

    private void pass(Duration span) {
        now = now.plus(span);
    }
}
