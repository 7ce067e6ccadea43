package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.monitor.Backlog.Look;
import dev.exitflow.ops.monitor.Backlog.Queue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ArrivalLogTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ArrivalLog log = new ArrivalLog(Duration.ofSeconds(60));

    private Waited at(int second, Queue... partitions) {
        Map<Integer, Queue> map = new TreeMap<>();
        for (int partition = 0; partition < partitions.length; partition++) {
            map.put(partition, partitions[partition]);
        }
        return log.add(new Look(START.plusSeconds(second), map, true));
    }

    @Test
    void shouldSayZeroWhenNothingWaits() {
        at(0, new Queue(10, 10));

        assertThat(at(1, new Queue(20, 20))).isEqualTo(new Waited(Duration.ZERO, Duration.ZERO));
    }

    @Test
    void shouldSayForHowLongTheLongestPartitionMakesWaitWhenTheOtherIsEmpty() {
        at(0, new Queue(100, 100), new Queue(100, 100));
        at(1, new Queue(200, 200), new Queue(300, 130));
        at(2, new Queue(300, 300), new Queue(500, 160));

        Waited waited = at(3, new Queue(400, 400), new Queue(700, 190));

        assertThat(waited.longest()).isEqualTo(Duration.ofSeconds(2)); // image 190 was there at second 1
        assertThat(waited.longestServed()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldSayZeroWhenAllThatWaitsCameWithThisLook() {
        at(0, new Queue(100, 100));

        assertThat(at(1, new Queue(200, 150)).longest()).isZero();
    }

    @Test
    void shouldTellAPartitionThatStandsStillApartWhenOthersAreAnswered() {
        at(0, new Queue(100, 90), new Queue(100, 100));
        at(5, new Queue(100, 90), new Queue(200, 190));

        Waited waited = at(6, new Queue(100, 90), new Queue(300, 260));

        assertThat(waited.longest()).isEqualTo(Duration.ofSeconds(6));
        assertThat(waited.longestServed()).isZero();
    }

    @Test
    void shouldBeginAnewWhenTheTopicWasMadeAnew() {
        at(0, new Queue(100, 50));
        at(5, new Queue(100, 50));

        assertThat(at(6, new Queue(10, 0)).longest()).isZero();
    }

    @Test
    void shouldForgetLooksThatAreTooOldWhenImagesWaitForever() {
        for (int second = 0; second < 200; second++) {
            at(second, new Queue(100, 50));
        }

        assertThat(at(200, new Queue(100, 50)).longest()).isEqualTo(Duration.ofSeconds(60));
    }
}
