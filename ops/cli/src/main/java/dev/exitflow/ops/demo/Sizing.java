package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.ops.autopilot.CapacityMeter;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.local.PolicyKnob;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a demo's machine sustains at each operating point: keeps images waiting under one after the other, until the capacity meter has
 * seen enough, and goes back to the first, the whole backbone.
 *
 * <p>It gives way as soon as another hand sets a policy or moves the load. It works on a thread of its own.
 */
final class Sizing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Sizing.class);

    static final String FULL = "full";

    /** Java's compilers take their share of the first seconds. */
    private static final int FIRST_LOOKS = 6;

    private static final int LOOKS = 3;

    /** Where a point is not measured by then, something else is wrong. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long LOOK_MILLIS = 250;

    private final Map<String, List<Double>> points;
    private final String model;
    private final DemoLoad load;
    private final CapacityMeter meter;
    private final PolicyKnob knob;
    private final PolicyFollower policies;
    private final Consumer<String> news;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "exitflow-demo-sizing");
    private long version; // of the thread alone once it runs

    /**
     * Prepares.
     *
     * @param load that is sent
     * @param policies followed since the whole backbone's came in force
     * @param news hears what is being measured
     */
    Sizing(DemoCluster cluster, DemoLoad load, CapacityMeter meter, PolicyFollower policies, Consumer<String> news) {
        this.points = points(cluster.bundle().manifest());
        this.model = cluster.bundle().name();
        this.load = load;
        this.meter = meter;
        this.knob = PolicyKnob.of(cluster);
        this.policies = policies;
        this.news = news;
    }

    /**
     * Begins.
     *
     * @param answered images that have their answers
     * @param inForce version of the policy, the whole backbone's
     */
    void start(LongSupplier answered, long inForce) {
        version = inForce;
        load.saturate(answered);
        thread.start();
    }

    /** The whole backbone first, which is in force already. */
    private static Map<String, List<Double>> points(Manifest manifest) {
        Map<String, List<Double>> points = new LinkedHashMap<>();
        points.put(FULL, List.of(1.0));
        if (manifest.operatingPoints() != null) {
            manifest.operatingPoints().forEach((name, point) -> points.putIfAbsent(name, point.thresholds()));
        }
        return points;
    }

    private void run() {
        long begun = version;
        try {
            for (Map.Entry<String, List<Double>> point : points.entrySet()) {
                boolean isFirst = point.getKey().equals(FULL);
                boolean isSet = isFirst || set(point.getValue(), "to measure what " + point.getKey() + " sustains");
                if (!isSet || !measure(point, isFirst ? FIRST_LOOKS : LOOKS)) {
                    break;
                }
            }
            if (version != begun) {
                set(points.get(FULL), "measured: the demo begins at " + FULL);
            }
            meter.capacity(model, points.get(FULL)).ifPresent(full -> load.settle(full.perSecond() / 2));
        } catch (ExitflowException | KafkaException e) { // the edge of the thread
            LOG.warn("what this machine sustains was not measured: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            load.release();
        }
    }

    /** Sets a policy; false where another hand has set one since, or the demo ends. */
    private boolean set(List<Double> thresholds, String reason) {
        if (closing.getCount() == 0 || isOverridden()) {
            return false;
        }
        Optional<PolicyKnob.Turned> turned = knob.replace(version, thresholds, reason);
        turned.ifPresent(known -> {
            version = known.version();
            news.accept(known.summary());
        });
        return turned.isPresent();
    }

    /** Whether another hand has set a policy, or taken ours out of force; a follower may be a moment behind. */
    private boolean isOverridden() {
        return policies.inForce()
                .flatMap(PolicyEntry::policy)
                .map(policy -> policy.getVersion() > version)
                .orElse(true);
    }

    /** Waits until a point is measured; false where it was not, or where the sizing is over. */
    private boolean measure(Map.Entry<String, List<Double>> point, int looks) throws InterruptedException {
        news.accept("measuring how many images a second this machine sustains at " + point.getKey());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (meter.looks(model, point.getValue()) < looks) {
            if (closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                    || isOverridden()
                    || !load.isSaturated()
                    || System.nanoTime() > end) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
