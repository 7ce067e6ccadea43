package dev.exitflow.ops.live;

import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/**
 * A picture of some lines on a terminal, drawn over itself a few times a second until somebody presses q. Belongs to one thread.
 */
public final class Screen {

    /** What an arrow up ends with; the rest of its escape sequence means nothing to anybody. */
    public static final int UP = 'A';

    /** What an arrow down ends with. */
    public static final int DOWN = 'B';

    private static final long REDRAW_MILLIS = 250;
    private static final int CTRL_C = 3; // in raw mode a character like any other

    private final Terminal terminal;
    private int linesDrawn;

    /** @param terminal stays the caller's to close */
    public Screen(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Whether it is a terminal whose cursor can be moved. */
    public static boolean canDrawOn(Terminal terminal) {
        return !Terminal.TYPE_DUMB.equals(terminal.getType()) && !Terminal.TYPE_DUMB_COLOR.equals(terminal.getType());
    }

    /**
     * Draws until q or Ctrl-C is pressed, or it is over.
     *
     * @param picture asked for its lines before each drawing
     * @param pressed hears every other key
     * @param over asked before each drawing
     */
    public void watch(Supplier<List<String>> picture, IntConsumer pressed, BooleanSupplier over) throws IOException {
        Attributes before = terminal.enterRawMode();
        NonBlockingReader keys = terminal.reader();
        try {
            boolean quit = false;
            while (!quit && !over.getAsBoolean()) {
                draw(picture.get());
                int key = keys.read(REDRAW_MILLIS);
                switch (key) {
                    case 'q', 'Q', CTRL_C, NonBlockingReader.EOF -> quit = true;
                    case NonBlockingReader.READ_EXPIRED -> {}
                    default -> pressed.accept(key);
                }
            }
            draw(picture.get());
        } finally {
            terminal.setAttributes(before);
            terminal.writer().println();
            terminal.flush();
        }
    }

    /** A line that wrapped, or a picture higher than the terminal, would be drawn below itself the next time. */
    private void draw(List<String> picture) {
        int width = terminal.getSize().getColumns();
        int height = terminal.getSize().getRows();
        List<String> lines = picture.stream()
                .limit(height > 0 ? height : Integer.MAX_VALUE)
                .map(line -> width > 0 && line.length() > width ? line.substring(0, width) : line)
                .toList();
        StringBuilder frame = new StringBuilder();
        if (linesDrawn > 1) {
            frame.append("\r\u001b[").append(linesDrawn - 1).append('A');
        } else {
            frame.append('\r');
        }
        frame.append(String.join("\u001b[K\r\n", lines)).append("\u001b[K\u001b[J");
        linesDrawn = lines.size();
        terminal.writer().print(frame);
        terminal.flush();
    }
}
