package dev.exitflow.ops.load;

import dev.exitflow.core.ExitflowException;
import java.util.function.LongSupplier;

/**
 * When the images of a load are due, at a rate that may be changed while it runs. Safe for use by several threads.
 *
 * <p>The schedule is fixed: what is late goes at once. A new rate, and a restart, begin a new schedule from now on, and what was late under the old
 * one is forgotten.
 */
public final class Pace {

    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoTime;
    private double imagesPerSecond;
    private long beginNanos;
    private double dueNanos;

    /** @param imagesPerSecond more than 0; infinite for as fast as images are taken */
    public Pace(double imagesPerSecond) {
        this(imagesPerSecond, System::nanoTime);
    }

    Pace(double imagesPerSecond, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        change(imagesPerSecond);
    }

    /**
     * Goes on at another rate.
     *
     * @throws ExitflowException unless it is more than 0
     */
    public synchronized void change(double newImagesPerSecond) {
        if (!(newImagesPerSecond > 0)) {
            throw new ExitflowException("load of %s images per second, expected more than 0", newImagesPerSecond);
        }
        imagesPerSecond = newImagesPerSecond;
        restart();
    }

    /** The rate that is kept now. */
    public synchronized double imagesPerSecond() {
        return imagesPerSecond;
    }

    /** The next image is due now. */
    public synchronized void restart() {
        beginNanos = nanoTime.getAsLong();
        dueNanos = 0;
    }

    /** How long until the next image is due; not positive if it is. */
    synchronized long leftNanos() {
        return beginNanos + (long) dueNanos - nanoTime.getAsLong();
    }

    /**
     * Makes the image after the one at hand the next.
     *
     * @param gaps between the two, 1 on average
     */
    synchronized void advance(double gaps) {
        dueNanos += gaps * NANOS_PER_SECOND / imagesPerSecond;
    }
}
