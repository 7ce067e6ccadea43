package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Holds a training to finite losses, remembers its epochs, and breaks it off where a test wants that. */
final class Heard implements TrainingProgress {

    private final List<String> epochs = new ArrayList<>();
    private final int lastEpoch;

    Heard() {
        this(Integer.MAX_VALUE);
    }

    /** Breaks off in the middle of the epoch after {@code lastEpoch}. */
    Heard(int lastEpoch) {
        this.lastEpoch = lastEpoch;
    }

    /** What a training is broken off with. */
    static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The epochs that were finished, as in "2/4". */
    List<String> epochs() {
        return List.copyOf(epochs);
    }

    @Override
    public void features(int step, int steps) {}

    @Override
    public void step(int epoch, int epochCount, int step, int steps, double loss) {
        assertThat(loss).isFinite();
        if (epoch > lastEpoch && step > steps / 2) {
            throw new Interrupted();
        }
    }

    @Override
    public void epoch(int epoch, int epochCount, String summary) {
        epochs.add(epoch + "/" + epochCount);
    }
}
