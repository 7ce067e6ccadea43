package dev.exitflow.core.training;

/** Hears how a training goes; called on the thread that trains. */
public interface TrainingProgress {

    /** After each batch of images whose features are computed to be kept, before the first epoch; counted from 1. */
    void features(int step, int steps);

    /** After each update: epochs and steps are counted from 1. */
    void step(int epoch, int epochs, int step, int steps, double loss);

    /** After each epoch, with a line that sums it up. */
    void epoch(int epoch, int epochs, String summary);
}
