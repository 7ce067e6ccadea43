package dev.exitflow.ops.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells whose work took how much processor time since a mark, when broker, processor and load share a JVM.
 *
 * <p>Threads are told apart by their names and groups; those that ended since the mark are not counted. Not safe for use by several
 * threads.
 */
final class CpuMeter {

    private static final double NANOS_PER_MICRO = 1e3;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final Map<Long, Long> threadNanosAtMark = new HashMap<>();
    private long processNanosAtMark;
    private long wallNanosAtMark;

    /** Whose a thread is. */
    enum Owner {
        INFERENCE,
        PROCESSOR,
        BROKER,
        LOAD
    }

    /** Starts afresh. */
    void mark() {
        threadNanosAtMark.clear();
        for (Thread thread : running()) {
            threadNanosAtMark.put(thread.getId(), threads.getThreadCpuTime(thread.getId()));
        }
        processNanosAtMark = process.getProcessCpuTime();
        wallNanosAtMark = System.nanoTime();
    }

    /**
     * Processor time by whose work took it.
     *
     * @param byOwner of Java's threads, nanoseconds
     * @param jvmNanos of all other threads of this process
     * @param idleNanos of all cores that this process did not use
     */
    record Spent(Map<Owner, Long> byOwner, long jvmNanos, long idleNanos) {

        /** The share of one of a number of records, at least 1. */
        CpuPerRecord per(long records) {
            return new CpuPerRecord(
                    micros(byOwner.getOrDefault(Owner.INFERENCE, 0L), records),
                    micros(byOwner.getOrDefault(Owner.PROCESSOR, 0L), records),
                    micros(byOwner.getOrDefault(Owner.BROKER, 0L), records),
                    micros(byOwner.getOrDefault(Owner.LOAD, 0L), records),
                    micros(jvmNanos, records),
                    micros(idleNanos, records));
        }

        private static double micros(long nanos, long records) {
            return nanos / NANOS_PER_MICRO / records;
        }
    }

    /** What was spent since the mark. */
    Spent sinceMark() {
        long processNanos = process.getProcessCpuTime() - processNanosAtMark;
        long coreNanos = Runtime.getRuntime().availableProcessors() * (System.nanoTime() - wallNanosAtMark);
        Map<Owner, Long> spent = new EnumMap<>(Owner.class);
        long javaNanos = 0;
        for (Thread thread : running()) {
            long now = threads.getThreadCpuTime(thread.getId());
            if (now >= 0) { // else it ended meanwhile
                long nanos = now - threadNanosAtMark.getOrDefault(thread.getId(), 0L);
                spent.merge(owner(thread.getName(), EmbeddedBroker.owns(thread)), nanos, Long::sum);
                javaNanos += nanos;
            }
        }
        return new Spent(spent, Math.max(0, processNanos - javaNanos), Math.max(0, coreNanos - processNanos));
    }

    /** Cores' worth of processor time that the Java machine itself took since the mark: mostly its compilers, some of it garbage collection. */
    double jvmCoresSinceMark() {
        double elapsedNanos = System.nanoTime() - wallNanosAtMark;
        return sinceMark().jvmNanos() / elapsedNanos;
    }

    /** Whose a thread is, by its name. */
    static Owner owner(String thread, boolean ofBroker) {
        if (ofBroker) {
            return Owner.BROKER;
        }
        if (thread.contains("-worker-") && !thread.startsWith("ForkJoinPool")) {
            return Owner.INFERENCE;
        }
        boolean ofProcessor = thread.contains("StreamThread")
                || thread.contains("StateUpdater")
                || thread.startsWith("kafka-coordinator-heartbeat-thread") // only its consumers have a group
                || thread.endsWith("-acks");
        return ofProcessor ? Owner.PROCESSOR : Owner.LOAD;
    }

    private static Thread[] running() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        // Room for those that start between the two calls; what does not fit is left out.
        Thread[] found = new Thread[2 * root.activeCount() + 16];
        int count = root.enumerate(found);
        return Arrays.copyOf(found, count);
    }
}
