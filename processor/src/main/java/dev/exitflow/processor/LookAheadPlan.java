package dev.exitflow.processor;

import dev.exitflow.core.bundle.Manifest;

/**
 * How far polling runs ahead of Streams, from the size of the model's images: a few batches, not thousands.
 *
 * <p>Many small polls rather than a few large ones: a poll brings the images of few partitions, and those of all shall take turns. But
 * one brings a batch for every worker where that many can be ahead twice: a stream thread may wait for an answer right behind it, and
 * the workers without a batch with it.
 *
 * @param recordsPerPoll that one stream thread takes at a time
 * @param recordsAhead of one stream thread at most
 * @param capacity images kept ahead at most: twice those of all stream threads, for those whose partition just moved
 * @param partitionFetchBytes of one partition, per fetch
 * @param fetchBytes of one broker, per fetch
 */
record LookAheadPlan(int recordsPerPoll, int recordsAhead, int capacity, int partitionFetchBytes, int fetchBytes) {

    /** Of what may be ahead: one poll brings one of them, if that is enough, and one fetch no more of a partition. */
    private static final int SHARES = 8;

    /** One for the engine, one for Streams. */
    private static final int LEAST_AHEAD = 2;

    private static final int CHANNELS = 3;
    /** What a record takes beyond its pixels: ids, labels, headers, Avro and Kafka's own. */
    private static final int RECORD_OVERHEAD_BYTES = 512;

    private static final long LEAST_PARTITION_FETCH_BYTES = 128 << 10;
    private static final long LEAST_FETCH_BYTES = 2 << 20;
    private static final long MOST_FETCH_BYTES = 50 << 20;

    static LookAheadPlan of(ProcessorConfig config, Manifest.Input input) {
        long imageBytes = (long) CHANNELS * input.width() * input.height() + RECORD_OVERHEAD_BYTES;
        int batchForEach = config.maxBatch() * config.workers();
        long wanted = (long) config.lookAheadBatches() * batchForEach;
        long affordable = config.lookAheadMaxBytes() / imageBytes;
        int ahead = (int) clamp(Math.min(wanted, affordable), LEAST_AHEAD, Integer.MAX_VALUE / 512);
        int share = Math.max(1, ahead / SHARES);
        return new LookAheadPlan(
                Math.max(share, Math.min(batchForEach, ahead / 2)),
                ahead,
                2 * ahead * config.streamThreads(),
                (int) clamp(share * imageBytes, LEAST_PARTITION_FETCH_BYTES, MOST_FETCH_BYTES),
                (int) clamp(ahead * imageBytes, LEAST_FETCH_BYTES, MOST_FETCH_BYTES));
    }

    private static long clamp(long value, long least, long most) {
        return Math.max(least, Math.min(value, most));
    }
}
