package dev.exitflow.ops.digits;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * An endless source of street-number-like digits, 32 x 32 pixels in colour, drawn from the outlines in this repository.
 *
 * <p>Image i of seed s is always the same bytes, whatever was drawn before and on whichever thread. Any ten images with
 * indices 10 k to 10 k + 9 show each digit once. The difficulty changes how clearly a scene is seen, not which digit
 * it shows. Java releases differ in how they stroke curves, so another release may draw some glyphs a little otherwise.
 *
 * <p>Draws with Java2D and no fonts; where a display may be configured but absent, run with {@code
 * java.awt.headless=true}. Safe for use by several threads.
 */
public final class DigitsGenerator {

    /** Pixels per row, and rows. */
    public static final int SIDE = Picture.SIDE;

    /** The names of the classes, "0" to "9". */
    public static final List<String> LABELS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static final int IMAGE_BYTES = 3 * Picture.AREA;
    private static final int MOST_IMAGES = Integer.MAX_VALUE / IMAGE_BYTES;
    private static final long ORDER_STREAM = 0x0DE5_0DE5L;
    private static final long MIX_STREAM = 0x3141_5926L;

    private static final class Library {
        static final TypefaceLibrary TYPEFACES = TypefaceLibrary.design();
    }

    private final long seed;
    private final ThreadLocal<DigitScene> studios = ThreadLocal.withInitial(() -> new DigitScene(Library.TYPEFACES));

    /** Any seed will do; different seeds give unrelated images. */
    public DigitsGenerator(long seed) {
        this.seed = seed;
    }

    /**
     * The image at {@code index}, as hard to read as asked.
     *
     * @param index 0 or more
     * @param difficulty in [0, 1]
     * @throws ExitflowException if either is out of range
     */
    public Digit draw(long index, double difficulty) {
        if (index < 0) {
            throw new ExitflowException("digit index is %d, expected 0 or more", index);
        }
        if (!(difficulty >= 0 && difficulty <= 1)) {
            throw new ExitflowException("difficulty of digit %d is %s, expected [0, 1]", index, difficulty);
        }
        int label = label(index);
        byte[] rgb = studios.get().draw(label, difficulty, Dice.of(seed, index));
        return new Digit(rgb, label, difficulty);
    }

    /**
     * The image at {@code index} of a stream of easy and hard images.
     *
     * @param index 0 or more
     * @param meanDifficulty of the stream, in [0, 1]
     * @throws ExitflowException if either is out of range
     */
    public Digit drawMixed(long index, double meanDifficulty) {
        return draw(index, new DifficultyMix(meanDifficulty).draw(Dice.of(seed ^ MIX_STREAM, index)));
    }

    /**
     * The first {@code count} images of a stream of easy and hard images, drawn on all cores.
     *
     * @param count 0 to 699,050
     * @param meanDifficulty of the stream, in [0, 1]
     * @param drawn told, on the drawing threads, how many images are ready after each
     * @throws ExitflowException if a number is out of range
     */
    public ImageSet set(int count, double meanDifficulty, IntConsumer drawn) {
        if (count < 0 || count > MOST_IMAGES) {
            throw new ExitflowException("%d digits asked for, a set holds 0..%d", count, MOST_IMAGES);
        }
        byte[] pixels = new byte[count * IMAGE_BYTES];
        int[] targets = new int[count];
        AtomicInteger ready = new AtomicInteger();
        IntStream.range(0, count).parallel().forEach(index -> {
            Digit digit = drawMixed(index, meanDifficulty);
            System.arraycopy(digit.rgb(), 0, pixels, index * IMAGE_BYTES, IMAGE_BYTES);
            targets[index] = digit.label();
            drawn.accept(ready.incrementAndGet());
        });
        String name = String.format(Locale.ROOT, "digits (seed %d, mean difficulty %s)", seed, meanDifficulty);
        return new ImageSet(name, SIDE, SIDE, LABELS, pixels, targets);
    }

    /** Each block of ten indices is a shuffle of the ten digits. */
    private int label(long index) {
        Dice dice = Dice.of(seed ^ ORDER_STREAM, index / LABELS.size());
        int[] order = new int[LABELS.size()];
        for (int place = 0; place < order.length; place++) {
            int other = dice.below(place + 1);
            order[place] = order[other];
            order[other] = place;
        }
        return order[(int) (index % order.length)];
    }
}
