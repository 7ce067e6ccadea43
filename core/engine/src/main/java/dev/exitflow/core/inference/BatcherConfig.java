package dev.exitflow.core.inference;

import dev.exitflow.core.ExitflowException;

/**
 * The size of a {@link MicroBatcher}.
 *
 * @param workers threads that each hold their own copy of the model
 * @param maxBatch samples a batch holds at most
 * @param queueCapacity samples that wait at most
 */
public record BatcherConfig(int workers, int maxBatch, int queueCapacity) {

    public BatcherConfig {
        if (workers < 1 || maxBatch < 1 || queueCapacity < maxBatch) {
            throw new ExitflowException(
                    "workers = %d, maxBatch = %d, queueCapacity = %d: expected at least 1, 1 and maxBatch",
                    workers, maxBatch, queueCapacity);
        }
    }

    /** One worker a core, batches of 16, and a queue of 16 batches a worker. */
    public static BatcherConfig defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new BatcherConfig(cores, 16, 256 * cores);
    }
}
