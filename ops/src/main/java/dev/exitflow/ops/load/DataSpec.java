package dev.exitflow.ops.load;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.Cifar10;
import dev.exitflow.core.dataset.ImageSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Where images come from, as the command line's {@code --data} says it.
 *
 * <p>{@code digits}, or {@code digits:count=20000,difficulty=0.5,seed=7}, is drawn; anything else is the path of CIFAR-10 in
 * its binary format: the folder, or one {@code .bin} file.
 *
 * @param text as typed
 */
public record DataSpec(String text) {

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
     * @param drawn hears how many images of a generator are ready
     */
    public ImageSet training(IntConsumer drawn) {
        if (isDigits()) {
            return digits(TRAINING_DIGITS, TRAINING_SEED, drawn);
        }
        Path path = existing();
        return Files.isDirectory(path) ? Cifar10.train(path) : Cifar10.test(path);
    }

    /**
     * The images to measure on, none of which is among {@link #training}'s.
     *
     * @param drawn hears how many images of a generator are ready
     */
    public ImageSet test(IntConsumer drawn) {
        return test(TEST_DIGITS, drawn);
    }

    /**
     * The same, where no more than {@code count} images are needed: fewer digits are then drawn.
     *
     * @param drawn hears how many images of a generator are ready
     */
    public ImageSet test(int count, IntConsumer drawn) {
        return isDigits() ? digits(count, TEST_SEED, drawn) : Cifar10.test(existing());
    }

    /** Images to send without end: digits drawn one by one, or a file's test images over and over. */
    public ImageSource stream() {
        if (!isDigits()) {
            return ImageSource.of(Cifar10.test(existing()));
        }
        Map<String, String> settings = settings();
        double difficulty = setting(settings, "difficulty", DEFAULT_DIFFICULTY, Double::parseDouble);
        long seed = setting(settings, "seed", TEST_SEED, Long::parseLong);
        requireNoMore(settings);
        return ImageSource.digits(seed, () -> difficulty);
    }

    /** Whether the images are drawn and no file is needed. */
    public boolean isDigits() {
        return text.equals(DIGITS) || text.startsWith(DIGITS + ":");
    }

    private Path existing() {
        Path path = Path.of(text);
        if (!Files.exists(path)) {
            throw new ExitflowException(
                    "--data %s: no such file or folder; expected CIFAR-10 in its binary format, or 'digits'", text);
        }
        return path;
    }

    private ImageSet digits(int defaultCount, long defaultSeed, IntConsumer drawn) {
        Map<String, String> settings = settings();
        int count = Math.toIntExact(setting(settings, "count", (long) defaultCount, Long::parseLong));
        double difficulty = setting(settings, "difficulty", DEFAULT_DIFFICULTY, Double::parseDouble);
        long seed = setting(settings, "seed", defaultSeed, Long::parseLong);
        requireNoMore(settings);
        return new DigitsGenerator(seed).set(count, difficulty, drawn);
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
