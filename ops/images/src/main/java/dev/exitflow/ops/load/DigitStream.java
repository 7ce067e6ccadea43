package dev.exitflow.ops.load;

import dev.exitflow.ops.digits.DigitsGenerator;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Digits for a load that may be faster than they can be drawn: some six thousand a second and core.
 *
 * <p>A digit is drawn anew if the last one was drawn 2 ms ago or more, so that up to 500 a second are all new; between these, one of the last
 * two thousand is sent again. Digits of a difficulty that is no longer wanted are not. For one thread; the difficulty may change at any time.
 */
final class DigitStream implements ImageSource {

    /** A prime, so that a steady rate's new digits come to every place in turn. */
    private static final int PLACES = 2_003;

    private static final long DRAWING_INTERVAL_NANOS = 2_000_000;

    private final DigitsGenerator generator;
    private final DoubleSupplier meanDifficulty;
    private final LongSupplier nanoTime;
    private final LoadImage[] images = new LoadImage[PLACES];
    private final double[] difficulties = new double[PLACES];
    private long lastDrawnNanos;

    /** @param meanDifficulty in [0, 1], asked for each image */
    DigitStream(long seed, DoubleSupplier meanDifficulty, LongSupplier nanoTime) {
        this.generator = new DigitsGenerator(seed);
        this.meanDifficulty = meanDifficulty;
        this.nanoTime = nanoTime;
    }

    @Override
    public LoadImage image(long index) {
        int place = (int) (index % PLACES);
        double wanted = meanDifficulty.getAsDouble();
        long now = nanoTime.getAsLong();
        if (images[place] == null || difficulties[place] != wanted || now - lastDrawnNanos >= DRAWING_INTERVAL_NANOS) {
            images[place] = LoadImage.of(generator.drawMixed(index, wanted));
            difficulties[place] = wanted;
            lastDrawnNanos = now;
        }
        return images[place];
    }
}
