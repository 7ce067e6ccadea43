package dev.exitflow.core.inference;

/** Hears each row's outcome as soon as it is known, on the thread that runs the batch. */
@FunctionalInterface
public interface AnswerListener {

    /** Called exactly once per row. */
    void answered(int row, Outcome outcome);
}
