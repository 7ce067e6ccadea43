package dev.exitflow.ops.demo;

import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;

/**
 * The demo as a person watches it: a load without end, a view that is drawn anew a few times a second, and keys that move T
 * through the control topic.
 */
public final class LiveDemo {

    /** Images per second unless asked otherwise: what a small machine does with ease. */
    public static final double DEFAULT_RATE = 200;

    private static final long REDRAW_MILLIS = 250;
    private static final double STEP = 0.05;

    private final DemoCluster cluster;
    private final ThresholdSchedule schedule;
    private final DataSpec data;
    private final double imagesPerSecond;
    private final PolicyKnob knob;

    /** The cluster stays the caller's to close. */
    public LiveDemo(DemoCluster cluster, ThresholdSchedule schedule, DataSpec data, double imagesPerSecond) {
        this.cluster = cluster;
        this.schedule = schedule;
        this.data = data;
        this.imagesPerSecond = imagesPerSecond;
        this.knob = PolicyKnob.of(cluster);
    }

    /**
     * Runs on this process's terminal until q is pressed, or all images are answered.
     *
     * @param images to send, null for no end
     * @return the command's exit code
     */
    public int run(Integer images) {
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            return run(images, terminal);
        } catch (IOException e) {
            throw new UncheckedIOException("the terminal cannot be used", e);
        }
    }

    int run(Integer images, Terminal terminal) throws IOException {
        PredictionTally tally = new PredictionTally(cluster.bundle().earlyExits() + 1);
        long count = images == null ? Integer.MAX_VALUE : images;
        LoadPlan load = LoadPlan.unlimited(count, "demo").withRate(imagesPerSecond);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        PredictionReader reader =
                PredictionReader.ofRun(cluster.clientProperties(), cluster.topics(), load.run(), tally);
        try (reader;
                LoadGenerator generator = new LoadGenerator(
                        cluster.clientProperties(),
                        cluster.topics(),
                        cluster.bundle().name(),
                        InstantSource.system())) {
            Double first = schedule.byImage().get(0L);
            LiveView view = new LiveView(cluster, tally, first == null ? defaultThreshold() : first);
            if (first != null) {
                view.say(change(first));
            }
            Thread sender = new Thread(
                    () -> {
                        try {
                            generator.run(data.stream(), load, index -> scheduled(index, view));
                        } catch (RuntimeException e) {
                            failure.set(e);
                        }
                    },
                    "exitflow-demo-load");
            sender.start();
            watch(terminal, view, tally, count, failure);
            generator.stop();
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() instanceof RuntimeException e) {
            throw e;
        }
        return 0;
    }

    private void watch(
            Terminal terminal, LiveView view, PredictionTally tally, long count, AtomicReference<Throwable> failure)
            throws IOException {
        Attributes before = terminal.enterRawMode();
        NonBlockingReader keys = terminal.reader();
        try {
            boolean quit = false;
            while (!quit && failure.get() == null && tally.totals().answered() < count) {
                view.draw(terminal);
                double wanted = view.threshold();
                switch (keys.read(REDRAW_MILLIS)) {
                    case 'q', 'Q', 3 -> quit = true; // 3 is Ctrl-C in raw mode
                    case '+', 'A' -> wanted = Math.min(1, wanted + STEP); // A ends the arrow up's escape sequence
                    case '-', 'B' -> wanted = Math.max(0, wanted - STEP);
                    default -> {}
                }
                wanted = Math.round(wanted * 100) / 100.0;
                if (wanted != view.threshold()) {
                    view.threshold(wanted);
                    view.say(change(wanted));
                }
            }
            view.draw(terminal);
        } finally {
            terminal.setAttributes(before);
            terminal.writer().println();
            terminal.flush();
        }
    }

    private void scheduled(long index, LiveView view) {
        Double threshold = schedule.byImage().get(index);
        if (threshold != null && index > 0) {
            view.threshold(threshold);
            view.say(change(threshold));
        }
    }

    private synchronized String change(double threshold) {
        PolicyKnob.Turned turned = knob.set(threshold, "key pressed");
        return "T " + threshold + " (policy v" + turned.version() + "): " + turned.summary();
    }

    private double defaultThreshold() {
        return cluster.bundle().defaultPolicy().threshold(0);
    }
}
