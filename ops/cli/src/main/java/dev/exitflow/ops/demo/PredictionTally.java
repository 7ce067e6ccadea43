package dev.exitflow.ops.demo;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.answer.Elapsed;
import dev.exitflow.ops.answer.PredictionSink;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.Prediction;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts predictions as they come, for the live view and the report. Safe for use by several threads. */
final class PredictionTally implements PredictionSink {

    /** A run has fewer images; a number beyond would take memory for all before it. */
    private static final long MOST_IMAGES = 100_000_000;

    private final long[] exits;
    private final BitSet seen = new BitSet();
    private final BitSet ranThrough = new BitSet();
    private final BitSet deadLettered = new BitSet();
    private final TreeMap<Long, ExitPolicy> expected = new TreeMap<>();
    private final SortedSet<Long> versionsSeen = new TreeSet<>();
    private final Map<Integer, Integer> answers = new HashMap<>();
    private long predictions;
    private long duplicates;
    private long deadLetters;
    private long labelled;
    private long right;
    private long flops;
    private long paperFlops;
    private long fullFlops;
    private long wrongStamps;
    private Instant mark = Instant.MAX;
    private long sinceMark;
    private Instant firstProduced = Instant.MAX;
    private Instant lastProduced = Instant.MIN;

    PredictionTally(int exitCount) {
        this.exits = new long[exitCount];
    }

    /**
     * Counts so far.
     *
     * @param predictions read, duplicates included
     * @param answered images with a prediction or a dead letter
     * @param labelled predictions whose true label is known
     * @param right those of them that are as labelled
     * @param wrongStamps predictions whose policy version or T is not the one in force for their image
     * @param exits images leaving at each exit, the backbone's classifier last
     * @param versions of policies seen, ascending
     * @param firstProduced when the processor wrote the first of them
     * @param lastProduced when the processor wrote the last of them
     */
    @SuppressWarnings("ArrayRecordComponent") // a copy, made for one look
    record Totals(
            long predictions,
            long duplicates,
            long deadLetters,
            long answered,
            long labelled,
            long right,
            long flops,
            long paperFlops,
            long fullFlops,
            long wrongStamps,
            long[] exits,
            List<Long> versions,
            Instant firstProduced,
            Instant lastProduced) {

        double seconds() {
            return Elapsed.seconds(firstProduced, lastProduced);
        }
    }

    /**
     * Says which policy answers the images from one on, so that stamps can be held against it.
     *
     * @param fromIndex the first image that it answers
     */
    synchronized void expect(long fromIndex, ExitPolicy policy) {
        expected.put(fromIndex, policy);
    }

    /** Begins to count {@link #perSecondSinceMark}, at a moment of the processor's clock that is no later than now. */
    synchronized void mark(Instant moment) {
        mark = moment;
    }

    /** Predictions a second, from the mark to the last one, by the processor's clock. */
    synchronized double perSecondSinceMark() {
        return sinceMark / Elapsed.seconds(mark, lastProduced);
    }

    @Override
    public synchronized void add(Prediction prediction) {
        long number = LoadPlan.indexOf(prediction.getId());
        if (!isCounted(number) || prediction.getExit() < 0 || prediction.getExit() >= exits.length) {
            return; // not of this run, though its id says so
        }
        Instant produced = prediction.getProducedAt();
        firstProduced = produced.isBefore(firstProduced) ? produced : firstProduced;
        lastProduced = produced.isAfter(lastProduced) ? produced : lastProduced;
        sinceMark += produced.isBefore(mark) ? 0 : 1;
        predictions++;
        int index = (int) number;
        if (seen.get(index)) {
            duplicates++;
            return;
        }
        seen.set(index);
        answers.put(index, prediction.getLabelIndex());
        exits[prediction.getExit()]++;
        ranThrough.set(index, prediction.getExit() == exits.length - 1);
        flops += prediction.getFlops();
        paperFlops += prediction.getPaperFlops();
        fullFlops += prediction.getFullFlops();
        versionsSeen.add(prediction.getPolicyVersion());
        wrongStamps += isAsExpected(index, prediction) ? 0 : 1;
        prediction.getTrueLabel().ifPresent(label -> {
            labelled++;
            right += label.equals(prediction.getLabel()) ? 1 : 0;
        });
    }

    /** Its image is not missing. */
    @Override
    public synchronized void addDeadLetter(long index) {
        deadLetters++;
        if (isCounted(index)) {
            deadLettered.set((int) index);
        }
    }

    /** The class that image {@code index} was given, -1 for none. */
    synchronized int answer(int index) {
        return answers.getOrDefault(index, -1);
    }

    /** Whether the backbone's classifier answered image {@code index}. */
    synchronized boolean ranThrough(int index) {
        return ranThrough.get(index);
    }

    synchronized Totals totals() {
        return new Totals(
                predictions,
                duplicates,
                deadLetters,
                answered(),
                labelled,
                right,
                flops,
                paperFlops,
                fullFlops,
                wrongStamps,
                Arrays.copyOf(exits, exits.length),
                List.copyOf(versionsSeen),
                firstProduced,
                lastProduced);
    }

    @Override
    public synchronized long answered() {
        BitSet answered = (BitSet) seen.clone();
        answered.or(deadLettered);
        return answered.cardinality();
    }

    private boolean isAsExpected(long index, Prediction prediction) {
        Map.Entry<Long, ExitPolicy> inForce = expected.floorEntry(index);
        if (inForce == null) {
            return true;
        }
        // The backbone's classifier has no T: what reached it met the last early exit's.
        int met = Math.min(prediction.getExit(), exits.length - 2);
        return inForce.getValue().version() == prediction.getPolicyVersion()
                && inForce.getValue().threshold(met) == prediction.getThreshold();
    }

    private static boolean isCounted(long index) {
        return index >= 0 && index < MOST_IMAGES;
    }
}
