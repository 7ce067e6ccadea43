package dev.exitflow.ops.monitor;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * How long answers took, in milliseconds: whole ones up to 255, then within 1 %; shorter than 0 counts as 0, longer than a day as a day.
 *
 * <p>Two sketches add up without loss, in any order, so that the partitions' and the seconds' parts can be put together. Not
 * safe for use by several threads.
 */
final class LatencySketch {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final long LONGEST_MILLIS = LONGEST.toMillis();
    private static final int SIGNIFICANT_DIGITS = 2;

    private final Histogram histogram = new Histogram(LONGEST_MILLIS, SIGNIFICANT_DIGITS);

    /** Kept, as it is a hundred times larger than what is mostly written into it. */
    private final ByteBuffer scratch = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());

    void record(long millis) {
        histogram.recordValue(Math.max(0, Math.min(LONGEST_MILLIS, millis)));
    }

    /** Takes whatever lies between two instants, which may be more milliseconds than a {@code long} holds. */
    void record(Duration latency) {
        record(latency.abs().compareTo(LONGEST) < 0 ? latency.toMillis() : latency.isNegative() ? 0 : LONGEST_MILLIS);
    }

    /**
     * Adds what {@link #encode} made.
     *
     * @param encoded read from its position on, which stays; empty for no latencies
     * @param most latencies that it may hold
     * @throws IllegalArgumentException when it is something else, or holds more
     */
    void add(ByteBuffer encoded, long most) {
        if (!encoded.hasRemaining()) {
            return;
        }
        try {
            Histogram other = Histogram.decodeFromByteBuffer(encoded.slice(), LONGEST_MILLIS);
            if (other.getTotalCount() < 0 || other.getTotalCount() > most) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "it holds %d latencies, expected at most %d", other.getTotalCount(), most));
            }
            histogram.add(other);
        } catch (RuntimeException e) { // HdrHistogram throws many kinds on bytes that are no histogram
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT, "latency histogram of %d bytes cannot be read: %s", encoded.remaining(), e),
                    e);
        }
    }

    /** HdrHistogram's V2 encoding, not compressed; empty without latencies. */
    ByteBuffer encode() {
        if (histogram.getTotalCount() == 0) {
            return ByteBuffer.allocate(0);
        }
        int length = histogram.encodeIntoByteBuffer(scratch.clear());
        return ByteBuffer.wrap(Arrays.copyOf(scratch.array(), length));
    }

    /**
     * The latency that this share of the answers does not exceed, in milliseconds; 0 without latencies.
     *
     * @param share in [0, 1]
     */
    double quantile(double share) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(100 * share);
    }
}
