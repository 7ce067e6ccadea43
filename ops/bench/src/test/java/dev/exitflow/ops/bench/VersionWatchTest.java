package dev.exitflow.ops.bench;

import static dev.exitflow.ops.monitor.Predictions.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.bench.VersionWatch.Sighting;
import dev.exitflow.ops.monitor.Predictions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class VersionWatchTest {

    private final AtomicLong nanos = new AtomicLong();
    private final VersionWatch watch = new VersionWatch(nanos::get);

    @Test
    void shouldKeepTheFirstAndTheLastOfEachVersionWhenPredictionsComeInAnyOrder() {
        read(10, 1, 100);
        read(20, 2, 180);
        read(30, 1, 170);
        read(40, 2, 190);

        assertThat(watch.of(1)).isEqualTo(new Sighting(10, 30, NOON.plusMillis(100), NOON.plusMillis(170)));
        assertThat(watch.of(2)).isEqualTo(new Sighting(20, 40, NOON.plusMillis(180), NOON.plusMillis(190)));
        assertThat(watch.answered()).isEqualTo(4);
    }

    @Test
    void shouldCountAnyOlderVersionWhenTheOneBeforeWasNotTheLastToBeSeen() {
        read(10, 1, 0);
        read(20, 2, 5);
        read(30, 1, 9); // an instance that was slow to change
        read(40, 3, 10);

        assertThat(watch.before(3).lastReadNanos()).isEqualTo(30);
        assertThat(watch.before(3).lastMade()).isEqualTo(NOON.plusMillis(9));
        assertThat(watch.before(2).firstReadNanos()).isEqualTo(10);
    }

    @Test
    void shouldWaitForNothingButTheVersionWhenAskedTo() throws InterruptedException {
        read(10, 1, 0);

        assertThat(watch.await(1, Duration.ZERO)).isTrue();
        assertThat(watch.await(2, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void shouldSayWhatIsMissingWhenAVersionWasNeverSeen() {
        assertThatThrownBy(() -> watch.of(4))
                .isInstanceOf(ExitflowException.class)
                .hasMessage("no prediction under policy v4, expected at least one");
        assertThatThrownBy(() -> watch.before(4))
                .isInstanceOf(ExitflowException.class)
                .hasMessage("no prediction before policy v4, expected some");
    }

    private void read(long atNanos, long version, long madeMillis) {
        nanos.set(atNanos);
        watch.add(Predictions.at(NOON.plusMillis(madeMillis))
                .setPolicyVersion(version)
                .build());
    }
}
