package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.dashboard.EventHub.Event;
import dev.exitflow.ops.dashboard.EventHub.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventHubTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventHub hub = new EventHub();

    @Test
    void shouldTellEveryPageInOrderWhenSeveralAreOpen() throws Exception {
        try (Subscription one = hub.subscribe().orElseThrow();
                Subscription other = hub.subscribe().orElseThrow()) {
            hub.publish(new Event("a", "1"));
            hub.publish(new Event("b", "2"));

            assertThat(one.next(LONG)).contains(new Event("a", "1"));
            assertThat(one.next(LONG)).contains(new Event("b", "2"));
            assertThat(other.next(LONG)).contains(new Event("a", "1"));
        }
        assertThat(hub.hasListeners()).isFalse();
    }

    @Test
    void shouldGiveUpOnAPageAndNotWaitWhenItDoesNotKeepUp() {
        try (Subscription slow = hub.subscribe().orElseThrow()) {
            for (int event = 0; event < 1_000; event++) {
                hub.publish(new Event("a", "1"));
            }

            assertThat(slow.isIntact()).isFalse();
        }
    }

    @Test
    void shouldWakePagesThatWaitWhenItCloses() throws Exception {
        try (Subscription waiting = hub.subscribe().orElseThrow()) {
            hub.close();

            assertThat(waiting.next(LONG)).isPresent();
            assertThat(waiting.isIntact()).isFalse();
        }
    }

    @Test
    void shouldRefuseWhenTooManyPagesAreOpen() {
        List<Subscription> open = new ArrayList<>();
        while (open.size() < 1_000) {
            var next = hub.subscribe();
            if (next.isEmpty()) {
                break;
            }
            open.add(next.get());
        }

        assertThat(open).hasSizeLessThan(1_000).hasSizeGreaterThan(5);
        open.get(0).close();
        assertThat(hub.subscribe()).isPresent();
    }
}
