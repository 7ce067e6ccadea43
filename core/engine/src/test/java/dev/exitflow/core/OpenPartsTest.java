package dev.exitflow.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OpenPartsTest {

    private final List<String> closed = new CopyOnWriteArrayList<>();

    @Test
    void shouldCloseTheLastFirstAndEachOnceWhenClosedTwice() {
        OpenParts open = new OpenParts(Duration.ofSeconds(30));
        open.add("first", () -> closed.add("first"));
        open.add("second", () -> closed.add("second"));

        open.closeAll();
        open.closeAll();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    @Timeout(30)
    void shouldCloseTheOthersWhenOneHangsAndOneFails() {
        CountDownLatch never = new CountDownLatch(1);
        OpenParts open = new OpenParts(Duration.ofMillis(50));
        open.add("good", () -> closed.add("good"));
        open.add("failing", () -> {
            throw new IllegalStateException("no");
        });
        open.add("hanging", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        open.closeAll();

        assertThat(closed).containsExactly("good");
        never.countDown();
    }
}
