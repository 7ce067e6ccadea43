package dev.exitflow.core.inference;

import java.util.concurrent.CompletableFuture;

/**
 * A sample in the queue.
 *
 * @param sample what to classify
 * @param submittedNanos {@link System#nanoTime()} of its submission
 * @param outcome completes once
 */
record PendingSample(Sample sample, long submittedNanos, CompletableFuture<Outcome> outcome) {}
