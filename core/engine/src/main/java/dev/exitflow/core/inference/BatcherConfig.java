package dev.exitflow.core.inference;

import dev.exitflow.core.ExitflowException;

/**
 * The size of a {@link MicroBatcher}.
 *
 * @param workers threads that each hold their own copy of the model
 * @param maxBatch samples a batch holds at most
 * @param queueCapacity samples that wait at most
 * @param topClasses how many of the most probable classes an answer names
 */
public record BatcherConfig(int workers, int maxBatch, int queueCapacity, int topClasses) {

    public BatcherConfig {
        if (workers < 1 || maxBatch < 1 || queueCapacity < maxBatch || topClasses < 1) {
            throw new ExitflowException(
                    "workers = %d, maxBatch = %d, queueCapacity = %d, topClasses = %d: expected at least 1, 1, maxBatch and 1",
                    workers, maxBatch, queueCapacity, topClasses);
        }
    }

    /** Answers name one class. */
    public BatcherConfig(int workers, int maxBatch, int queueCapacity) {
        this(workers, maxBatch, queueCapacity, 1);
    }

    /** One worker a core, batches of 16, and a queue of 16 batches a worker. */
    public static BatcherConfig defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new BatcherConfig(cores, 16, 256 * cores);
    }
}
