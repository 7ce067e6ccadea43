package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.bench.CpuMeter.Owner;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuMeterTest {

    private static final long WORK_NANOS = 30_000_000;

    @ParameterizedTest
    @CsvSource({
        "demo-1-worker-2, false, INFERENCE",
        "demo-1-StreamThread-1, false, PROCESSOR",
        "kafka-producer-network-thread | demo-1-StreamThread-1-producer, false, PROCESSOR",
        "kafka-producer-network-thread | demo-1-acks, false, PROCESSOR",
        "kafka-coordinator-heartbeat-thread | exitflow-processor, false, PROCESSOR",
        "demo-1-GlobalStreamThread, false, PROCESSOR",
        "data-plane-kafka-request-handler-0, true, BROKER",
        "kafka-producer-network-thread | producer-2, false, LOAD",
        "ForkJoinPool.commonPool-worker-1, false, LOAD",
        "main, false, LOAD",
    })
    void shouldTellWhoseAThreadIsWhenItHasKafkasOrOurName(String thread, boolean ofBroker, Owner owner) {
        assertThat(CpuMeter.owner(thread, ofBroker)).isEqualTo(owner);
    }

    @Test
    void shouldChargeWorkToItsOwnerWhenAThreadWorksAfterTheMark() throws Exception {
        ExecutorService worker = Executors.newSingleThreadExecutor(task -> new Thread(task, "unit-worker-1"));
        try {
            worker.submit(() -> work(WORK_NANOS)).get(); // before the mark
            CpuMeter meter = new CpuMeter();
            meter.mark();
            worker.submit(() -> work(WORK_NANOS)).get();

            CpuMeter.Spent spent = meter.sinceMark();

            assertThat(spent.byOwner().get(Owner.INFERENCE)).isBetween(WORK_NANOS, WORK_NANOS + WORK_NANOS / 2);
        } finally {
            worker.shutdown();
        }
    }

    @Test
    void shouldShareOutWhatWasSpentWhenDividedByRecords() {
        CpuMeter.Spent spent = new CpuMeter.Spent(Map.of(Owner.INFERENCE, 400_000L, Owner.BROKER, 10_000L), 4_000, 0);

        CpuPerRecord each = spent.per(2);

        assertThat(each).isEqualTo(new CpuPerRecord(200, 0, 5, 0, 2, 0));
    }

    /** Uses this thread's processor time, however long that takes. */
    private static void work(long nanos) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long end = threads.getCurrentThreadCpuTime() + nanos;
        while (threads.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }
}
