package dev.exitflow.processor.streams;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ThreadReplacementsTest {

    private final Throwable failure = new IllegalStateException("broken");

    private Instant now = Instant.EPOCH;
    private final ThreadReplacements replacements = new ThreadReplacements(2, Duration.ofMinutes(10), () -> now);

    @Test
    void shouldStopAndKeepTheFailureWhenThreadsFailTooOften() {
        assertThat(replacements.handle(failure)).isEqualTo(REPLACE_THREAD);
        assertThat(replacements.handle(failure)).isEqualTo(REPLACE_THREAD);
        assertThat(replacements.fatal()).isEmpty();

        assertThat(replacements.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);

        assertThat(replacements.fatal()).contains(failure);
    }

    @Test
    void shouldForgetWhenFailuresLieOutsideTheWindow() {
        assertThat(replacements.handle(failure)).isEqualTo(REPLACE_THREAD);
        now = now.plus(Duration.ofMinutes(6));
        assertThat(replacements.handle(failure)).isEqualTo(REPLACE_THREAD);
        now = now.plus(Duration.ofMinutes(4));

        assertThat(replacements.handle(failure)).isEqualTo(REPLACE_THREAD);
        assertThat(replacements.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);
    }

    @Test
    void shouldStopAtOnceWhenTheJvmItselfIsInTrouble() {
        assertThat(replacements.handle(new OutOfMemoryError("heap"))).isEqualTo(SHUTDOWN_CLIENT);
    }
}
