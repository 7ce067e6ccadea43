package dev.exitflow.core.training;

import dev.exitflow.core.bundle.TorchModule;
import java.util.List;

/** A model under training. Not safe for use by several threads. */
interface Learner {

    /**
     * What every exit answers to a batch.
     *
     * @param learning true to record gradients and move batch-norm statistics of what learns
     */
    Answers answers(Minibatch batch, boolean learning);

    /** How many exits answer, the backbone's classifier counted. */
    int exits();

    /** The modules that a checkpoint keeps. */
    List<TorchModule> modules();
}
