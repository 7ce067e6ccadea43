package dev.exitflow.processor;

import dev.exitflow.core.bundle.Manifest;

/**
 * How far polling runs ahead of Streams, from the size of the model's images: a few batches, not thousands.
 *
 * <p>A stream thread polls again when less is ahead of it than one poll brings, so at most two polls' records are.
 *
 * @param recordsPerPoll that one stream thread takes at a time
 * @param recordsAhead of one stream thread at most
 * @param capacity images kept ahead at most: twice those of all stream threads, for those whose partition just moved
 * @param partitionFetchBytes of one partition, per fetch
 * @param fetchBytes of one broker, per fetch
 */
record LookAheadPlan(int recordsPerPoll, int recordsAhead, int capacity, int partitionFetchBytes, int fetchBytes) {

    private static final int POLLS_AHEAD = 2;

    private static final int CHANNELS = 3;
    /** What a record takes beyond its pixels: ids, labels, headers, Avro and Kafka's own. */
    private static final int RECORD_OVERHEAD_BYTES = 512;

    private static final long MIN_FETCH_BYTES = 1 << 20;
    private static final long MAX_FETCH_BYTES = 50 << 20;

    static LookAheadPlan of(ProcessorConfig config, Manifest.Input input) {
        long imageBytes = (long) CHANNELS * input.width() * input.height() + RECORD_OVERHEAD_BYTES;
        long wanted = (long) config.lookAheadBatches() * config.maxBatch() * config.workers();
        long affordable = config.lookAheadMaxBytes() / imageBytes;
        int records = (int) clamp(Math.min(wanted, affordable) / POLLS_AHEAD, 1, Integer.MAX_VALUE / 512);
        int ahead = POLLS_AHEAD * records;
        long pollBytes = records * imageBytes;
        return new LookAheadPlan(
                records,
                ahead,
                2 * ahead * config.streamThreads(),
                (int) clamp(pollBytes, MIN_FETCH_BYTES, MAX_FETCH_BYTES),
                (int) clamp(2 * pollBytes, 2 * MIN_FETCH_BYTES, MAX_FETCH_BYTES));
    }

    private static long clamp(long value, long least, long most) {
        return Math.max(least, Math.min(value, most));
    }
}
