package dev.exitflow.ops.cli;

import dev.exitflow.core.training.TrainingProgress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar on stderr for work that takes a while, with the time left; where stderr is no terminal, a line now and then.
 *
 * <p>When the process is told to end (Ctrl-C, SIGTERM), the next step that is reported ends the work, and the process waits for that:
 * PyTorch would crash if it were taken away under a running call.
 */
final class Progress implements TrainingProgress, IntConsumer, AutoCloseable {

    /** A total that is not known. */
    static final long UNKNOWN = -1;

    private static final int LIVE_MILLIS = 500;
    private static final int LOGGED_MILLIS = 30_000;

    private final String task;
    private final long total;
    private final PrintWriter err;
    private final WorkAtEnd work;
    private ProgressBar bar;
    private ProgressBar features;

    /**
     * Prepares a bar, which is drawn from the first step on.
     *
     * @param task what is done, in a word or two
     * @param total steps, or {@link #UNKNOWN}
     * @param err hears the summary of each epoch
     */
    Progress(String task, long total, PrintWriter err) {
        this.task = task;
        this.total = total;
        this.err = err;
        this.work = WorkAtEnd.begin(task);
    }

    private synchronized ProgressBar bar() {
        if (bar == null) {
            bar = draw(task, total);
        }
        return bar;
    }

    private ProgressBar draw(String name, long steps) {
        // The launcher knows whether stderr is a terminal; Java only learns it in later versions.
        boolean live = Boolean.getBoolean("exitflow.terminal");
        ProgressBarBuilder builder = new ProgressBarBuilder();
        if (steps == UNKNOWN) {
            builder.setRenderer(new CountRenderer());
        }
        return builder.setTaskName(name)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(live ? LIVE_MILLIS : LOGGED_MILLIS)
                .setConsumer(live ? new ConsoleProgressBarConsumer(System.err) : new LoggedLines(err))
                .build();
    }

    @Override
    public synchronized void features(int step, int steps) {
        work.requireTime();
        if (features == null) {
            features = draw(task + " (features)", steps);
        }
        features.stepTo(step);
        if (step == steps) {
            features.close();
            features = null;
        }
    }

    @Override
    public void accept(int done) {
        work.requireTime();
        bar().stepTo(done);
    }

    @Override
    public void step(int epoch, int epochs, int step, int steps, double loss) {
        work.requireTime();
        bar().maxHint((long) epochs * steps);
        bar().stepTo((long) (epoch - 1) * steps + step);
    }

    @Override
    public void epoch(int epoch, int epochs, String summary) {
        err.printf(Locale.ROOT, "epoch %d of %d: %s%n", epoch, epochs, summary);
        err.flush();
    }

    @Override
    public synchronized void close() {
        if (features != null) {
            features.close();
        }
        if (bar != null) {
            bar.close();
        }
        work.close();
    }
}
