package dev.exitflow.ops.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/** Prints each state of a progress bar on a line of its own, for logs. */
final class LoggedLines implements ProgressBarConsumer {

    private static final int WIDTH = 100;

    private final PrintWriter err;

    LoggedLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public int getMaxRenderedLength() {
        return WIDTH;
    }

    @Override
    public void accept(String rendered) {
        err.println(rendered.strip());
        err.flush();
    }

    @Override
    public void close() {
        err.flush();
    }
}
