package dev.exitflow.ops.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/** Prints each new state of a progress bar on a line of its own, for logs. */
final class LoggedLines implements ProgressBarConsumer {

    private static final int WIDTH = 100;

    private final PrintWriter err;
    private String last = "";

    LoggedLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public int getMaxRenderedLength() {
        return WIDTH;
    }

    @Override
    public void accept(String rendered) {
        String line = rendered.strip();
        if (!line.equals(last)) {
            err.println(line);
            err.flush();
            last = line;
        }
    }

    @Override
    public void close() {
        err.flush();
    }
}
