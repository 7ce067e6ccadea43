package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.dashboard.Knob;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.load.Pace;
import dev.exitflow.ops.local.DemoCluster;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The load of a live demo, sent on a thread of its own; its rate, and the difficulty of its digits, are knobs that may be turned at any time.
 *
 * <p>It waits while very many images do, so that a demo that is left alone under a load beyond its power fills no disk. Safe for use by several
 * threads.
 */
public final class DemoLoad implements AutoCloseable {

    /** Images per second unless asked otherwise: what a small machine does with ease. */
    public static final double DEFAULT_RATE = 200;

    /** About 0.9 GB of raw images of 32 x 32 pixels. */
    static final long MOST_WAITING = 300_000;

    private static final double LEAST_RATE = 10;
    private static final double GREATEST_RATE = 100_000;
    private static final double DIFFICULTY_STEP = 0.01;
    private static final int WAITING_LOOK_IMAGES = 64;
    private static final long HOLD_NANOS = 100_000_000;
    private static final long SHORT_HOLD_NANOS = 1_000_000;

    private final DataSpec data;
    private final Pace pace;
    private final boolean isRateOpen;
    private double rate; // what the knob says; the pace differs while the load saturates
    private volatile Optional<Saturation> saturation = Optional.empty();
    private volatile double difficulty;
    private volatile Throwable failure;
    private volatile boolean stopped;
    private LoadGenerator generator;
    private Thread thread;

    /**
     * Sends nothing yet.
     *
     * @throws ExitflowException when the data's settings are wrong or the rate is not more than 0
     */
    public DemoLoad(DataSpec data, double imagesPerSecond) {
        this(data, imagesPerSecond, false);
    }

    private DemoLoad(DataSpec data, double imagesPerSecond, boolean isRateOpen) {
        this.data = data;
        this.pace = new Pace(imagesPerSecond);
        this.rate = imagesPerSecond;
        this.isRateOpen = isRateOpen;
        this.difficulty = data.isDigits() ? data.difficulty() : 0;
    }

    /**
     * Sends nothing yet; later 200 images a second, or whatever it is settled at.
     *
     * @throws ExitflowException when the data's settings are wrong
     */
    public static DemoLoad ofOpenRate(DataSpec data) {
        return new DemoLoad(data, DEFAULT_RATE, true);
    }

    /** What can be moved: the rate and, where images are drawn, how hard they are to read. */
    public List<Knob> knobs() {
        List<Knob> knobs = new ArrayList<>();
        double begin = rate();
        Knob.Range rates = Knob.Range.logarithmic(
                Math.min(LEAST_RATE, begin), Double.isInfinite(begin) ? GREATEST_RATE : Math.max(GREATEST_RATE, begin));
        knobs.add(new Knob("rate", "Load", "images a second", rates, this::rate, this::changeRate));
        if (data.isDigits()) {
            knobs.add(new Knob(
                    "difficulty",
                    "Difficulty of the digits",
                    "",
                    Knob.Range.linear(0, 1, DIFFICULTY_STEP),
                    () -> difficulty,
                    value -> difficulty = value));
        }
        return knobs;
    }

    private synchronized double rate() {
        return rate;
    }

    private synchronized void changeRate(double imagesPerSecond) {
        saturation = Optional.empty();
        rate = imagesPerSecond;
        pace.change(imagesPerSecond);
    }

    /**
     * Sends as fast as images are answered, until the rate is changed or settled; some always wait, never many.
     *
     * @param answered images that have their answers
     */
    synchronized void saturate(LongSupplier answered) {
        saturation = Optional.of(new Saturation(answered, System::nanoTime));
        pace.change(Double.POSITIVE_INFINITY);
    }

    boolean isSaturated() {
        return saturation.isPresent();
    }

    /** Ends {@link #saturate}, at a rate of two digits if none was asked for, or at the one before. */
    synchronized void settle(double imagesPerSecond) {
        if (isSaturated() && isRateOpen) {
            MathContext twoDigits = new MathContext(2);
            rate = Math.min(
                    GREATEST_RATE,
                    new BigDecimal(imagesPerSecond).round(twoDigits).doubleValue());
        }
        release();
    }

    /** Ends {@link #saturate} at the rate before. */
    synchronized void release() {
        if (isSaturated()) {
            changeRate(rate);
        }
    }

    /**
     * Begins to send.
     *
     * @param plan what to send, but for the rate
     * @param waiting asked now and then how many images wait
     * @param beforeEach hears each image's number before it is sent, on the load's thread
     */
    void start(DemoCluster cluster, LoadPlan plan, LongSupplier waiting, LongConsumer beforeEach) {
        generator = new LoadGenerator(
                cluster.clientProperties(), cluster.topics(), cluster.bundle().name(), InstantSource.system());
        thread = new Thread(
                () -> {
                    try {
                        generator.run(data.stream(() -> difficulty), plan, pace, index -> {
                            beforeEach.accept(index);
                            holdWhileEnough(index);
                            if (index % WAITING_LOOK_IMAGES == 0) {
                                holdWhileMany(waiting);
                            }
                        });
                    } catch (RuntimeException e) { // the edge of the thread
                        failure = e;
                    }
                },
                "exitflow-demo-load");
        thread.start();
    }

    private void holdWhileEnough(long sent) {
        while (saturation.filter(limit -> limit.isReached(sent)).isPresent() && !stopped) {
            LockSupport.parkNanos(this, SHORT_HOLD_NANOS);
        }
    }

    private void holdWhileMany(LongSupplier waiting) {
        boolean isHeld = false;
        while (waiting.getAsLong() > MOST_WAITING && !stopped) {
            LockSupport.parkNanos(this, HOLD_NANOS);
            isHeld = true;
        }
        if (isHeld) {
            pace.restart();
        }
    }

    /** What ended it before its time, if something did. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        stopped = true;
        if (thread == null) {
            return;
        }
        generator.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        generator.close();
    }
}
