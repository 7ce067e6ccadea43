package dev.exitflow.core.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneQueueTest {

    private final LaneQueue<String> queue = new LaneQueue<>(5);

    private List<String> drained(int most) {
        List<String> drained = new ArrayList<>();
        queue.drainTo(drained, most);
        return drained;
    }

    @Test
    void shouldServeLanesInTurnsAndEachInItsOrder() {
        queue.offer(1, "a1");
        queue.offer(1, "a2");
        queue.offer(1, "a3");
        queue.offer(2, "b1");
        queue.offer(2, "b2");

        assertThat(drained(3)).containsExactly("a1", "b1", "a2");
        queue.offer(3, "c1");

        assertThat(drained(9)).containsExactly("b2", "a3", "c1");
        assertThat(queue.size()).isZero();
    }

    @Test
    void shouldTakeNoMoreThanItHasRoomForWhateverTheLanes() {
        for (int lane = 0; lane < 5; lane++) {
            assertThat(queue.offer(lane, "x")).isTrue();
        }

        assertThat(queue.offer(9, "y")).isFalse();
        assertThat(queue.size()).isEqualTo(5);
        assertThat(queue.poll()).contains("x");
        assertThat(queue.offer(9, "y")).isTrue();
    }

    @Test
    void shouldHaveNothingToPollWhenEmpty() {
        assertThat(queue.poll()).isEmpty();
        assertThat(drained(4)).isEmpty();
    }

    @Test
    void shouldWaitForAnElementAndForRoom() throws Exception {
        CompletableFuture<String> taken = CompletableFuture.supplyAsync(this::take);
        queue.put(1, "first");
        assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo("first");

        for (int element = 0; element < 5; element++) {
            queue.put(1, "full");
        }
        CompletableFuture<Void> put = CompletableFuture.runAsync(() -> put("late"));
        assertThat(put).isNotDone();
        assertThat(queue.take()).isEqualTo("full");
        put.get(10, TimeUnit.SECONDS);
        assertThat(drained(9)).endsWith("late").hasSize(5);
    }

    private String take() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void put(String element) {
        try {
            queue.put(1, element);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
