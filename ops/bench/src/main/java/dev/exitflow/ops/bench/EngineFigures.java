package dev.exitflow.ops.bench;

import java.util.List;

/**
 * What the engine bench measured. Ratios are medians of the rounds' own, each between neighbours in time.
 *
 * @param machine that it ran on
 * @param model that ran
 * @param images which, classified over and over
 * @param workers threads with a copy of the model each
 * @param rounds of everything
 * @param realisedOverFlops the least of the operating points' through the batcher under load, at most 16 images a batch: its speed-up
 *     over the full backbone (T = 1) in images per second, over the speed-up that honest FLOPs predict
 * @param realisedOverFlopsOneCaller the same with one caller who waits for each image's answer
 * @param batcherOverBare images per second through the batcher under load over a bare loop of full batches, T = 1, at most 16 a batch
 * @param ofMatrixCeiling FLOP/s of the bare loop at T = 1 over those of float32 matrix products of 1024³ on as many threads
 * @param matrixFlopsPerSecond of those products
 * @param cells every path, batch size and policy
 * @param breakdowns where a core's time goes, at most 16 images a batch, by policy
 */
public record EngineFigures(
        String machine,
        String model,
        String images,
        int workers,
        int rounds,
        double realisedOverFlops,
        double realisedOverFlopsOneCaller,
        double batcherOverBare,
        double ofMatrixCeiling,
        Spread matrixFlopsPerSecond,
        List<Cell> cells,
        List<Breakdown> breakdowns) {

    /** Copies the lists. */
    public EngineFigures {
        cells = List.copyOf(cells);
        breakdowns = List.copyOf(breakdowns);
    }

    /** How images come to the engine. */
    public enum Path {
        /** A loop that always has a full batch ready. */
        BARE,
        /** The batcher, its queue always full. */
        BATCHER,
        /** The batcher, one image at a time. */
        ONE_CALLER
    }

    /**
     * One policy on one path.
     *
     * @param maxBatch images a batch at most
     * @param policy name of the operating point; {@code full} is T = 1
     * @param flopsFraction honest cost of an image over the backbone's, as the answers say
     * @param speedUp images per second over those of {@code full} in the same round
     * @param realisedOverFlops {@code speedUp} times {@code flopsFraction}: 1 when all FLOPs saved become time saved
     */
    public record Cell(
            Path path,
            int maxBatch,
            String policy,
            Spread imagesPerSecond,
            double flopsFraction,
            double speedUp,
            Spread realisedOverFlops) {}

    /**
     * Where a core's time per image goes, in microseconds.
     *
     * @param stages each stage, per image that started
     * @param heads each head that ran, likewise
     * @param meanBatch images in a run of each stage
     * @param compaction carrying survivors to their next stage's queue
     * @param rest preprocessing, the exit rule and what is not accounted for
     * @param handOver what a path through the batcher adds: decoding, queue, futures, the caller's own work
     */
    public record Breakdown(
            String policy,
            List<Double> stages,
            List<Double> heads,
            List<Double> meanBatch,
            double compaction,
            double rest,
            double handOver) {

        /** Copies the lists. */
        public Breakdown {
            stages = List.copyOf(stages);
            heads = List.copyOf(heads);
            meanBatch = List.copyOf(meanBatch);
        }
    }
}
