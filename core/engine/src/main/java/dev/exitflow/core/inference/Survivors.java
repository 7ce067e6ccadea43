package dev.exitflow.core.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Samples between two runs of the engine: a queue for every stage but the first, and which of them is next.
 *
 * <p>Full batches first make every run worth its overhead, deepest first keeps what waits small. So that stragglers do not wait for
 * company for ever, one that started more than {@value #MAX_RUNS} runs ago goes before new samples, with whoever waits beside it.
 * Belongs to one worker.
 */
final class Survivors {

    static final int MAX_RUNS = 64;

    private final List<StageQueue> deepestFirst = new ArrayList<>();

    /**
     * @param earlyExits of the model: there is a queue behind each
     * @param maxBatch samples that are taken at once
     */
    Survivors(int earlyExits, int maxBatch) {
        for (int stage = earlyExits; stage > 0; stage--) {
            deepestFirst.add(new StageQueue(stage, maxBatch));
        }
    }

    /** The queue in front of a stage, from 1. */
    StageQueue before(int stage) {
        return deepestFirst.get(deepestFirst.size() - stage);
    }

    /** Samples that wait. */
    int size() {
        int size = 0;
        for (StageQueue queue : deepestFirst) {
            size += queue.size();
        }
        return size;
    }

    /** The queue to take from before anything new starts, if there is one. */
    Optional<StageQueue> urgent(long run) {
        StageQueue overdue = null;
        long oldest = run - MAX_RUNS;
        for (StageQueue queue : deepestFirst) {
            if (queue.isFull()) {
                return Optional.of(queue);
            }
            if (queue.oldestRun() < oldest) {
                overdue = queue;
                oldest = queue.oldestRun();
            }
        }
        return Optional.ofNullable(overdue);
    }

    /** The deepest queue with anyone in it, if there is one. */
    Optional<StageQueue> deepest() {
        return deepestFirst.stream().filter(queue -> queue.size() > 0).findFirst();
    }
}
