package dev.exitflow.ops.live;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jline.terminal.Terminal;

/** {@code top} for a cluster: drawn on a terminal until q is pressed, or printed a look at a time. */
public final class LiveTop {

    /** Between two looks that are printed. */
    private static final long PRINT_MILLIS = 1_000;

    private final ClusterEye eye;
    private final String where;
    private final Optional<String> model;
    private String news = "";

    /**
     * Looks at nothing yet.
     *
     * @param eye stays the caller's to close
     * @param where the brokers' address, for the heading
     * @param model the only one to show; empty for all
     */
    public LiveTop(ClusterEye eye, String where, Optional<String> model) {
        this.eye = eye;
        this.where = where;
        this.model = model;
    }

    /**
     * Draws until q is pressed.
     *
     * @param keys what the other keys do; empty for nothing
     */
    public void draw(Terminal terminal, Optional<ThresholdKeys> keys) throws IOException {
        String help = keys.isPresent() ? "keys: arrow up and down (or + and -) change T, q ends" : "q ends";
        new Screen(terminal)
                .watch(
                        () -> {
                            ClusterLook look = look();
                            return ClusterPicture.lines(
                                    look, where, help, look.problem() == null ? news : look.problem());
                        },
                        key -> keys.flatMap(known -> known.pressed(key, eye.instances()))
                                .ifPresent(line -> news = line),
                        () -> false);
    }

    /**
     * Hands out a look a second.
     *
     * @param duration after which it ends; one look at least is handed out
     */
    public void print(Duration duration, Consumer<ClusterLook> out) throws InterruptedException {
        long endNanos = System.nanoTime() + duration.toNanos();
        do {
            TimeUnit.MILLISECONDS.sleep(PRINT_MILLIS);
            out.accept(look());
        } while (System.nanoTime() - endNanos < 0);
    }

    /** What {@link #print} hands out, in a line for each model. */
    public static List<String> summary(ClusterLook look) {
        return ClusterPicture.summary(look);
    }

    private ClusterLook look() {
        ClusterLook all = eye.look();
        return all.withModels(all.models().stream()
                .filter(one -> model.isEmpty() || model.get().equals(one.model()))
                .toList());
    }
}
