package dev.exitflow.core.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * Where an engine's time went since it was made.
 *
 * @param stages in order
 * @param heads in order; one fewer than stages
 * @param compactionNanos spent carrying survivors' features to the queue of their next stage
 */
public record EngineTimes(List<Part> stages, List<Part> heads, long compactionNanos) {

    /** Copies the lists. */
    public EngineTimes {
        stages = List.copyOf(stages);
        heads = List.copyOf(heads);
    }

    /**
     * One stage or head.
     *
     * @param runs batches that it ran
     * @param images in all of them
     * @param nanos that it took, reading its answers included
     */
    public record Part(long runs, long images, long nanos) {

        private Part minus(Part earlier) {
            return new Part(runs - earlier.runs, images - earlier.images, nanos - earlier.nanos);
        }

        private Part plus(Part other) {
            return new Part(runs + other.runs, images + other.images, nanos + other.nanos);
        }
    }

    /** What was added since an earlier reading of the same engine. */
    public EngineTimes since(EngineTimes earlier) {
        return new EngineTimes(
                zip(stages, earlier.stages, Part::minus),
                zip(heads, earlier.heads, Part::minus),
                compactionNanos - earlier.compactionNanos);
    }

    /** This and another engine's of the same model together. */
    public EngineTimes plus(EngineTimes other) {
        return new EngineTimes(
                zip(stages, other.stages, Part::plus),
                zip(heads, other.heads, Part::plus),
                compactionNanos + other.compactionNanos);
    }

    private static List<Part> zip(List<Part> left, List<Part> right, BinaryOperator<Part> operator) {
        return IntStream.range(0, left.size())
                .mapToObj(part -> operator.apply(left.get(part), right.get(part)))
                .toList();
    }

    /** The stopwatch behind it; belongs to the engine's thread. */
    static final class Meter {

        private final Tally[] stages;
        private final Tally[] heads;
        private long compactionNanos;

        Meter(int exits) {
            this.stages = tallies(exits + 1);
            this.heads = tallies(exits);
        }

        void stageRan(int stage, int images, long nanos) {
            stages[stage].add(images, nanos);
        }

        void headRan(int exit, int images, long nanos) {
            heads[exit].add(images, nanos);
        }

        void compacted(long nanos) {
            compactionNanos += nanos;
        }

        EngineTimes read() {
            return new EngineTimes(parts(stages), parts(heads), compactionNanos);
        }

        private static Tally[] tallies(int count) {
            return IntStream.range(0, count).mapToObj(part -> new Tally()).toArray(Tally[]::new);
        }

        private static List<Part> parts(Tally[] tallies) {
            List<Part> parts = new ArrayList<>();
            for (Tally tally : tallies) {
                parts.add(new Part(tally.runs, tally.images, tally.nanos));
            }
            return parts;
        }
    }

    private static final class Tally {

        private long runs;
        private long images;
        private long nanos;

        private void add(int more, long spent) {
            runs++;
            images += more;
            nanos += spent;
        }
    }
}
