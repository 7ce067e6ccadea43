package dev.exitflow.ops.answer;

import dev.exitflow.schema.Prediction;

/** Where a {@link PredictionReader} puts what it reads, on its own thread; safe for use by several threads. */
public interface PredictionSink {

    /** Takes a committed prediction, as soon as it could be read. */
    void add(Prediction prediction);

    /**
     * Takes a dead letter.
     *
     * @param index of its image within the run; -1 where the letter does not say
     */
    void addDeadLetter(long index);

    /** Images with a prediction or a dead letter so far. */
    long answered();
}
