package dev.exitflow.ops.load;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.dataset.StoredDataset;
import dev.exitflow.ops.digits.DifficultyMix;
import dev.exitflow.ops.digits.DigitsGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Where images come from, as the command line's {@code --data} says it.
 *
 * <p>{@code digits}, or {@code digits:count=20000,difficulty=0.5,seed=7}, is drawn; anything else is the path of a
 * {@link StoredDataset}.
 *
 * @param text as typed
 */
public record DataSpec(String text) {

    /** What may be typed, for a person. */
    public static final String FORMS =
            "digits[:count=N,difficulty=D,seed=S], which are drawn; or the path of " + StoredDataset.KNOWN_FORMS;

    private static final String DIGITS = "digits";
    private static final int TRAINING_DIGITS = 50_000;
    private static final int TEST_DIGITS = 10_000;
    private static final long TRAINING_SEED = 1;
    private static final long TEST_SEED = 2;

    /** Mean difficulty of digits where none is asked for: most are easy, some can hardly be read. */
    public static final double DEFAULT_DIFFICULTY = 0.5;

    /**
     * The images to train on.
     *
     * @param ready hears how many images are drawn, or read from files of their own
     * @throws ExitflowException if there are no such images
     */
    public ImageSet training(IntConsumer ready) {
        return isDigits() ? digits(TRAINING_DIGITS, TRAINING_SEED, ready) : stored().training(ready);
    }

    /** The images to train a model on, brought to its input and numbered by its classes; see {@link #training(IntConsumer)}. */
    public ImageSet training(Manifest model, IntConsumer ready) {
        return isDigits() ? training(ready).forModel(model) : stored().training(model, ready);
    }

    /** The images to measure a model on, brought to its input and numbered by its classes; see {@link #test(IntConsumer)}. */
    public ImageSet test(Manifest model, IntConsumer ready) {
        return isDigits() ? test(ready).forModel(model) : stored().test(model, ready);
    }

    /**
     * The images to measure on; none is among {@link #training}'s where the data has two parts.
     *
     * @param ready hears how many images are drawn, or read from files of their own
     * @throws ExitflowException if there are no such images
     */
    public ImageSet test(IntConsumer ready) {
        return test(TEST_DIGITS, ready);
    }

    /**
     * The same, where no more than {@code count} images are needed: fewer digits are then drawn.
     *
     * @param ready hears how many images are drawn, or read from files of their own
     * @throws ExitflowException if there are no such images
     */
    public ImageSet test(int count, IntConsumer ready) {
        return isDigits() ? digits(count, TEST_SEED, ready) : stored().test(ready);
    }

    /** The same, brought to a model's input where they are stored and its bundle says how. */
    public ImageSet test(Manifest model, int count, IntConsumer ready) {
        return isDigits() ? test(count, ready) : test(model, ready);
    }

    /** Images to send without end: digits drawn one by one, or the images to measure on over and over. */
    public ImageSource stream() {
        return isDigits()
                ? ImageSource.digits(endless().seed(), endless().difficulty())
                : ImageSource.of(test(ready -> {}));
    }

    /**
     * The same for a load whose rate may be anything: digits are sent again where drawing cannot keep up. For one thread.
     *
     * @param difficulty in [0, 1] instead of the one asked for, asked for each digit; of no use for images that are not drawn
     */
    public ImageSource stream(DoubleSupplier difficulty) {
        return isDigits() ? ImageSource.digits(endless().seed(), difficulty) : ImageSource.of(test(ready -> {}));
    }

    /**
     * The mean difficulty of digits without end, in [0, 1].
     *
     * @throws ExitflowException for images that are not drawn
     */
    public double difficulty() {
        return endless().difficulty();
    }

    /** Whether the images are drawn and no file is needed. */
    public boolean isDigits() {
        return text.equals(DIGITS) || text.startsWith(DIGITS + ":");
    }

    private record Endless(double difficulty, long seed) {}

    private Endless endless() {
        if (!isDigits()) {
            throw new ExitflowException("--data %s: only digits have a difficulty", text);
        }
        Map<String, String> settings = settings();
        double difficulty = setting(settings, "difficulty", DEFAULT_DIFFICULTY, Double::parseDouble);
        long seed = setting(settings, "seed", TEST_SEED, Long::parseLong);
        requireNoMore(settings);
        return new Endless(new DifficultyMix(difficulty).mean(), seed);
    }

    private StoredDataset stored() {
        Path path = Path.of(text);
        if (!Files.exists(path)) {
            throw new ExitflowException("--data %s: no such file or folder; expected %s", text, FORMS);
        }
        return StoredDataset.at(path);
    }

    private ImageSet digits(int defaultCount, long defaultSeed, IntConsumer ready) {
        Map<String, String> settings = settings();
        int count = Math.toIntExact(setting(settings, "count", (long) defaultCount, Long::parseLong));
        double difficulty = setting(settings, "difficulty", DEFAULT_DIFFICULTY, Double::parseDouble);
        long seed = setting(settings, "seed", defaultSeed, Long::parseLong);
        requireNoMore(settings);
        return new DigitsGenerator(seed).set(count, difficulty, ready);
    }

    private void requireNoMore(Map<String, String> settings) {
        if (!settings.isEmpty()) {
            throw new ExitflowException(
                    "--data %s: setting %s is unknown or of no use here, expected count, difficulty or seed",
                    text, settings.keySet().iterator().next());
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (text.length() > DIGITS.length() + 1) {
            for (String part : text.substring(DIGITS.length() + 1).split(",", -1)) {
                int equals = part.indexOf('=');
                if (equals < 1) {
                    throw new ExitflowException(
                            "--data %s: '%s', expected NAME=VALUE, for example digits:count=1000", text, part);
                }
                settings.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return settings;
    }

    private <T> T setting(Map<String, String> settings, String name, T fallback, Function<String, T> parse) {
        String value = settings.remove(name);
        try {
            return value == null ? fallback : parse.apply(value);
        } catch (NumberFormatException e) {
            throw new ExitflowException(String.format("--data %s: %s=%s, expected a number", text, name, value), e);
        }
    }
}
