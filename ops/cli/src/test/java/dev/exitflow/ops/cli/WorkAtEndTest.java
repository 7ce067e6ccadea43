package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exitflow.core.ExitflowException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A process that is told to end waits for native calls, which end at the next step. */
class WorkAtEndTest {

    @Test
    void shouldHaveTheProcessWaitUntilTheWorkHasStopped() throws InterruptedException {
        WorkAtEnd work = WorkAtEnd.begin("training");
        work.requireTime();
        Thread process = new Thread(() -> work.end(Duration.ofMinutes(5)));
        process.start();

        await().untilAsserted(() -> assertThatThrownBy(work::requireTime)
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("training: stopped"));
        assertThat(process.isAlive()).isTrue();
        work.close();
        process.join(Duration.ofMinutes(1).toMillis());

        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void shouldNotWaitForEverWhenTheWorkDoesNotStop() {
        WorkAtEnd work = WorkAtEnd.begin("training");

        work.end(Duration.ofMillis(1));

        assertThatThrownBy(work::requireTime).isInstanceOf(ExitflowException.class);
        work.close();
    }
}
