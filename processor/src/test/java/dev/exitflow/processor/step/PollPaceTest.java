package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PollPaceTest {

    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private long nanos;
    private final PollPace pace = new PollPace(10, 60, () -> nanos);

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

    @Test
    void shouldKeepMoreAheadWhenTheThreadTakesThemOnFast() {
        takeOn(400, Duration.ofSeconds(5));
        pace.polled(50);

        assertThat(pace.next(35, TIMEOUT)).contains(Duration.ZERO);
        assertThat(pace.next(34, TIMEOUT)).contains(Duration.ZERO);

        pace.polled(50);

        assertThat(pace.next(45, TIMEOUT)).isEmpty();
    }

    @Test
    void shouldKeepNoMoreThanTheBoundWhenTheThreadIsVeryFast() {
        takeOn(100_000, Duration.ofSeconds(5));
        pace.polled(80);

        assertThat(pace.next(60, TIMEOUT)).isEmpty();
        assertThat(pace.next(59, TIMEOUT)).contains(Duration.ZERO);
    }

    @Test
    void shouldForgetHowFastItWasWhenTheThreadHasBecomeSlow() {
        takeOn(400, Duration.ofSeconds(5));
        takeOn(20, Duration.ofSeconds(5));
        pace.polled(50);

        assertThat(pace.next(12, TIMEOUT)).isEmpty();
        assertThat(pace.next(9, TIMEOUT)).contains(Duration.ZERO);
    }

    /** Has the thread poll and take on everything, ten times a second. */
    private void takeOn(int perSecond, Duration time) {
        for (long round = 0; round < time.toSeconds() * 10; round++) {
            pace.polled(perSecond / 10);
            nanos += 100_000_000;
            assertThat(pace.next(0, TIMEOUT)).contains(TIMEOUT);
        }
    }
}
