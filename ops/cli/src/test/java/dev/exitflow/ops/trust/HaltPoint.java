package dev.exitflow.ops.trust;

/** A moment in a processor's life at which {@link HaltingClients} ends the process, as a kill would. */
enum HaltPoint {
    /** A prediction or dead letter was handed to the producer; its transaction is open. */
    SENT,
    /** The transaction's predictions are written, and its offsets are sent next. */
    FLUSHED,
    /** The transaction holds the offsets too, and was not asked to commit. */
    OFFSETS_SENT,
    /** The commit is on its way; whether the broker has it is open. */
    COMMITTING,
    /** The commit is done, and Kafka Streams has not heard of it. */
    COMMITTED,
    /** Some of the thresholds topic was read at the start, and not all of it applied. */
    RESTORING,
    /** The consumer was given other partitions, and Kafka Streams has not made its tasks. */
    REBALANCING
}
