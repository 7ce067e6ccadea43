package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.answer.PredictionReader;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.ops.local.DemoCluster;
import dev.exitflow.ops.local.PolicyKnob;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;

/**
 * The demo as a person watches it: a load without end, and a view that is drawn anew a few times a second with keys that move T through the
 * control topic; without a terminal, the dashboard alone and a line now and then.
 *
 * <p>It begins with the whole backbone for every image, unless a schedule says otherwise, and has some images checked against the backbone, so that
 * there is an agreement to see. Without a schedule and an end it first measures what the machine sustains at each operating point.
 */
public final class LiveDemo {

    private static final long REDRAW_MILLIS = 250;
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);
    private static final double STEP = 0.05;

    /** Longer than the greatest load that may wait takes on any machine that can run this. */
    private static final Duration KEPT = Duration.ofMinutes(15);

    private final DemoCluster cluster;
    private final DemoLoad load;
    private final DemoDashboard dashboard;
    private final ThresholdSchedule schedule;
    private final PolicyKnob knob;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** The other parts stay the caller's to close. */
    public LiveDemo(DemoCluster cluster, DemoLoad load, DemoDashboard dashboard, ThresholdSchedule schedule) {
        this.cluster = cluster;
        this.load = load;
        this.dashboard = dashboard;
        this.schedule = schedule;
        this.knob = PolicyKnob.of(cluster);
    }

    /**
     * Runs until q is pressed, {@link #stop} is called, or all images are answered; on this process's terminal, if it has one.
     *
     * @param images to send, null for no end
     * @param messages for a line now and then where there is no terminal
     * @throws ExitflowException when images cannot be sent
     */
    public void run(Integer images, PrintWriter messages) {
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            run(images, terminal, messages);
        } catch (IOException e) {
            throw new UncheckedIOException("the terminal cannot be used", e);
        }
    }

    /** Ends it soon; may be called from any thread. */
    public void stop() {
        stopped.countDown();
    }

    void run(Integer images, Terminal terminal, PrintWriter messages) throws IOException {
        cluster.keepImagesFor(KEPT);
        PredictionTally tally = new PredictionTally(cluster.bundle().earlyExits() + 1);
        long count = images == null ? Integer.MAX_VALUE : images;
        LoadPlan plan = LoadPlan.unlimited(count, "demo");
        PolicyKnob.Turned first = dashboard.begun();
        PredictionReader reader =
                PredictionReader.ofRun(cluster.clientProperties(), cluster.topics(), plan.run(), tally);
        try (reader;
                PolicyFollower policies = PolicyFollower.of(cluster)) {
            LiveView view = new LiveView(cluster, dashboard, tally, policies);
            view.say(first.summary());
            try (Sizing sizing = new Sizing(cluster, load, dashboard.capacity(), policies, view::say)) {
                if (images == null && schedule.byImage().isEmpty()) {
                    sizing.start(tally::answered, first.version());
                }
                load.start(cluster, plan, dashboard::waiting, index -> scheduled(index, view));
                if (LiveView.canDrawOn(terminal)) {
                    watch(terminal, view, tally, count);
                } else {
                    serve(messages, view, tally, count);
                }
            }
            load.close();
        }
        load.failure().ifPresent(cause -> {
            throw new ExitflowException("the load ended: " + cause.getMessage(), cause);
        });
    }

    private boolean isOver(PredictionTally tally, long count) {
        return stopped.getCount() == 0
                || load.failure().isPresent()
                || tally.totals().answered() >= count;
    }

    private void watch(Terminal terminal, LiveView view, PredictionTally tally, long count) throws IOException {
        Attributes before = terminal.enterRawMode();
        NonBlockingReader keys = terminal.reader();
        try {
            boolean quit = false;
            while (!quit && !isOver(tally, count)) {
                view.draw(terminal);
                switch (keys.read(REDRAW_MILLIS)) {
                    case 'q', 'Q', 3 -> quit = true; // 3 is Ctrl-C in raw mode
                    case '+', 'A' -> move(STEP, view); // A ends the arrow up's escape sequence
                    case '-', 'B' -> move(-STEP, view);
                    default -> {}
                }
            }
            view.draw(terminal);
        } finally {
            terminal.setAttributes(before);
            terminal.writer().println();
            terminal.flush();
        }
    }

    private void serve(PrintWriter messages, LiveView view, PredictionTally tally, long count) {
        messages.println("no terminal to draw on: the dashboard shows it all; SIGTERM or Ctrl-C ends the demo");
        messages.flush();
        long lastLine = System.nanoTime();
        try {
            while (!isOver(tally, count) && !stopped.await(REDRAW_MILLIS, TimeUnit.MILLISECONDS)) {
                view.look();
                if (System.nanoTime() - lastLine >= LINE_INTERVAL.toNanos()) {
                    lastLine = System.nanoTime();
                    messages.println(view.summary());
                    messages.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        view.look();
        messages.println(view.summary());
        messages.flush();
    }

    private void move(double step, LiveView view) {
        knob.move(step, "key pressed").ifPresent(turned -> view.say(turned.summary()));
    }

    private void scheduled(long index, LiveView view) {
        Double threshold = schedule.byImage().get(index);
        if (threshold != null && index > 0) {
            view.say(knob.set(threshold, "image " + index).summary());
        }
    }
}
