package dev.exitflow.ops.bench;

import dev.exitflow.ops.answer.PredictionSink;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.Prediction;
import java.util.ArrayList;
import java.util.List;

/** What became of each image of a run. Safe for use by several threads. */
final class AnswerLog implements PredictionSink {

    private final List<Answer> answers = new ArrayList<>();
    private long deadLetters;

    /**
     * What became of an image.
     *
     * @param index of the image among those that its phase sent
     * @param capturedMillis when it was sent, since 1970
     * @param answeredMillis when it was answered
     * @param label the class that it was given, by the model's numbers
     * @param flops honest cost
     * @param fullFlops the backbone's
     */
    record Answer(long index, long capturedMillis, long answeredMillis, int label, long flops, long fullFlops) {

        double waitedSeconds() {
            return ((double) answeredMillis - capturedMillis) / 1e3;
        }
    }

    @Override
    public synchronized void add(Prediction prediction) {
        answers.add(new Answer(
                LoadPlan.indexOf(prediction.getId()),
                prediction.getCapturedAt().toEpochMilli(),
                prediction.getProducedAt().toEpochMilli(),
                prediction.getLabelIndex(),
                prediction.getFlops(),
                prediction.getFullFlops()));
    }

    @Override
    public synchronized void addDeadLetter(long index) {
        deadLetters++;
    }

    @Override
    public synchronized long answered() {
        return answers.size() + deadLetters;
    }

    /** The answers so far, as they came. */
    synchronized List<Answer> answers() {
        return List.copyOf(answers);
    }
}
