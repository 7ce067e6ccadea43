package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PollPaceTest {

    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final PollPace pace = new PollPace(10);

    @Test
    void shouldWaitForImagesWhenNoneIsAhead() {
        assertThat(pace.next(0, TIMEOUT)).contains(TIMEOUT);

        pace.polled(5);

        assertThat(pace.next(0, TIMEOUT)).contains(TIMEOUT);
    }

    @Test
    void shouldLookWithoutWaitingWhenFewAreAhead() {
        pace.polled(12);

        assertThat(pace.next(9, TIMEOUT)).contains(Duration.ZERO);
    }

    @Test
    void shouldNotPollWhenEnoughAreAhead() {
        pace.polled(19);

        assertThat(pace.next(15, TIMEOUT)).isEmpty();
        assertThat(pace.next(10, TIMEOUT)).isEmpty();
        assertThat(pace.next(9, TIMEOUT)).contains(Duration.ZERO);
    }

    @Test
    void shouldPollAsAskedWhenNothingGotDoneSinceTheLastLook() {
        pace.polled(15);

        assertThat(pace.next(15, TIMEOUT)).contains(TIMEOUT); // the group may have to settle before anything can

        pace.polled(15);

        assertThat(pace.next(14, TIMEOUT)).isEmpty();
        assertThat(pace.next(14, TIMEOUT)).contains(TIMEOUT);
    }
}
