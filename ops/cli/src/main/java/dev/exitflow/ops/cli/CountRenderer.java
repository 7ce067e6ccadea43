package dev.exitflow.ops.cli;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/** Draws progress towards a total that is not known: how much is done, how fast, and for how long already. */
final class CountRenderer implements ProgressBarRenderer {

    /** A shorter line leaves nothing of a longer one before it. */
    private static final int WIDTH = 60;

    CountRenderer() {}

    @Override
    public String render(ProgressState state, int mostCharacters) {
        double seconds = state.getElapsedAfterStart().toMillis() / 1e3;
        long perSecond = seconds > 0 ? Math.round(state.getCurrent() / seconds) : 0;
        String text = String.format(
                Locale.ROOT,
                "%s %,d (%,d a second, %.0f s)",
                state.getTaskName(),
                state.getCurrent(),
                perSecond,
                seconds);
        String line = String.format(Locale.ROOT, "%-" + WIDTH + "s", text);
        return line.substring(0, Math.min(line.length(), mostCharacters));
    }
}
