package dev.exitflow.ops.load;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.ImageEncoding;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How images are sent.
 *
 * @param count images to send, at least 1
 * @param duration after which sending ends in any case
 * @param imagesPerSecond mean rate; infinite for as fast as the brokers take them
 * @param poisson whether images arrive at random, as independent cameras would send, rather than evenly
 * @param sources different keys, and so cameras, at least 1
 * @param encoding of the image bytes
 * @param run starts every image's id, so that runs can be told apart
 * @param seed of the arrival times
 */
public record LoadPlan(
        long count,
        Duration duration,
        double imagesPerSecond,
        boolean poisson,
        int sources,
        ImageEncoding encoding,
        String run,
        long seed) {

    /** Checks every value. */
    public LoadPlan {
        if (count < 1 || sources < 1) {
            throw new ExitflowException("load of %d images from %d sources, expected at least 1 and 1", count, sources);
        }
        if (!(imagesPerSecond > 0)) {
            throw new ExitflowException("load of %s images per second, expected more than 0", imagesPerSecond);
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new ExitflowException("load for %s, expected a positive duration", duration);
        }
        if (encoding == ImageEncoding.UNKNOWN) {
            throw new ExitflowException("load of encoding UNKNOWN, expected RAW_RGB8, PNG or JPEG");
        }
    }

    /** As many raw images as asked for, as fast as the brokers take them, from a dozen sources. */
    public static LoadPlan unlimited(long count, String run) {
        return new LoadPlan(
                count, Duration.ofDays(36_500), Double.POSITIVE_INFINITY, false, 12, ImageEncoding.RAW_RGB8, run, 1);
    }

    /** How many images will be sent, at most; empty where there is no end to be seen. */
    public OptionalLong expectedImages() {
        double expected = Math.min((double) count, imagesPerSecond * duration.toMillis() / 1e3);
        return expected < Integer.MAX_VALUE ? OptionalLong.of(Math.round(expected)) : OptionalLong.empty();
    }

    /** The same plan at another rate. */
    public LoadPlan withRate(double newImagesPerSecond) {
        return new LoadPlan(count, duration, newImagesPerSecond, poisson, sources, encoding, run, seed);
    }

    /** The same plan in another encoding. */
    public LoadPlan withEncoding(ImageEncoding newEncoding) {
        return new LoadPlan(count, duration, imagesPerSecond, poisson, sources, newEncoding, run, seed);
    }

    /** The same plan from another number of sources. */
    public LoadPlan withSources(int newSources) {
        return new LoadPlan(count, duration, imagesPerSecond, poisson, newSources, encoding, run, seed);
    }

    /** The same plan under another name. */
    public LoadPlan withRun(String newRun) {
        return new LoadPlan(count, duration, imagesPerSecond, poisson, sources, encoding, newRun, seed);
    }

    /** The same plan with images that arrive at random, at this mean rate. */
    public LoadPlan withRandomArrivals(double newImagesPerSecond) {
        return new LoadPlan(count, duration, newImagesPerSecond, true, sources, encoding, run, seed);
    }

    /** The id of image {@code index}. */
    public String id(long index) {
        return run + "-" + index;
    }

    /** Whether an id is one of a run's. */
    public static boolean isOf(String run, String id) {
        return id.startsWith(run + "-");
    }

    /** The number of the image that has an id of this plan's form; -1 for any other id. */
    public static long indexOf(String id) {
        int dash = id.lastIndexOf('-');
        try {
            return Long.parseLong(id.substring(dash + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
