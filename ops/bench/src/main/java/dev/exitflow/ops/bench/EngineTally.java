package dev.exitflow.ops.bench;

import dev.exitflow.core.inference.EngineTimes;
import dev.exitflow.ops.bench.EngineFigures.Breakdown;
import dev.exitflow.ops.bench.EngineFigures.Cell;
import dev.exitflow.ops.bench.EngineFigures.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Collects an engine bench's rounds, and sums them up. */
final class EngineTally {

    private final double backboneFlops;
    private final int workers;
    private final List<Double> ceilings = new ArrayList<>();
    private final Map<Key, List<MeasuredRate>> rates = new LinkedHashMap<>();
    private final Map<String, EngineTimes> times = new LinkedHashMap<>();

    private record Key(Path path, int maxBatch, String policy) {

        Key of(String other) {
            return new Key(path, maxBatch, other);
        }
    }

    EngineTally(double backboneFlops, int workers) {
        this.backboneFlops = backboneFlops;
        this.workers = workers;
    }

    /** Adds a round's matrix products. */
    void addCeiling(double flopsPerSecond) {
        ceilings.add(flopsPerSecond);
    }

    /** Adds a round of a policy on a lane; every round must add all of them. */
    void add(EngineLane lane, String policy, MeasuredRate rate) {
        rates.computeIfAbsent(new Key(lane.path(), lane.maxBatch(), policy), key -> new ArrayList<>())
                .add(rate);
    }

    /** Adds where a bare round's time went, at the usual batch size. */
    void addTimes(String policy, EngineTimes spent) {
        times.merge(policy, spent, EngineTimes::plus);
    }

    EngineFigures figures(String model, String images) {
        Key batched = new Key(Path.BATCHER, EnginePlan.USUAL_BATCH, EngineBench.FULL);
        Key bare = new Key(Path.BARE, EnginePlan.USUAL_BATCH, EngineBench.FULL);
        List<Cell> cells = rates.keySet().stream().map(this::cell).toList();
        return new EngineFigures(
                Machine.describe(),
                model,
                images,
                workers,
                ceilings.size(),
                leastRealised(cells, Path.BATCHER),
                leastRealised(cells, Path.ONE_CALLER),
                median(round -> rate(batched, round) / rate(bare, round)),
                median(round -> rate(bare, round) * backboneFlops / ceilings.get(round)),
                Spread.of(ceilings),
                cells,
                times.keySet().stream().map(this::breakdown).toList());
    }

    private static double leastRealised(List<Cell> cells, Path path) {
        return cells.stream()
                .filter(cell -> cell.path() == path
                        && cell.maxBatch() == EnginePlan.USUAL_BATCH
                        && !cell.policy().equals(EngineBench.FULL))
                .mapToDouble(cell -> cell.realisedOverFlops().median())
                .min()
                .orElseThrow();
    }

    private Cell cell(Key key) {
        Key full = key.of(EngineBench.FULL);
        List<Double> realised =
                rounds(round -> rate(key, round) * flops(key, round) / (rate(full, round) * flops(full, round)));
        return new Cell(
                key.path(),
                key.maxBatch(),
                key.policy(),
                Spread.of(rounds(round -> rate(key, round))),
                median(round -> flops(key, round) / backboneFlops),
                median(round -> rate(key, round) / rate(full, round)),
                Spread.of(realised));
    }

    private Breakdown breakdown(String policy) {
        EngineTimes spent = times.get(policy);
        Key bare = new Key(Path.BARE, EnginePlan.USUAL_BATCH, policy);
        double images = spent.stages().get(0).images();
        double perImage = coreMicros(bare);
        List<Double> stages = micros(spent.stages(), images);
        List<Double> heads = micros(spent.heads(), images);
        double compaction = spent.compactionNanos() / 1e3 / images;
        double known = stages.stream().mapToDouble(part -> part).sum()
                + heads.stream().mapToDouble(part -> part).sum()
                + compaction;
        return new Breakdown(
                policy,
                stages,
                heads,
                spent.stages().stream()
                        .map(part -> part.runs() == 0 ? 0 : (double) part.images() / part.runs())
                        .toList(),
                compaction,
                perImage - known,
                coreMicros(new Key(Path.BATCHER, EnginePlan.USUAL_BATCH, policy)) - perImage);
    }

    /** A core's time for an image, the mean of all rounds, in microseconds. */
    private double coreMicros(Key key) {
        return rates.get(key).stream()
                .mapToDouble(rate -> workers * 1e6 / rate.imagesPerSecond())
                .average()
                .orElseThrow();
    }

    private static List<Double> micros(List<EngineTimes.Part> parts, double images) {
        return parts.stream().map(part -> part.nanos() / 1e3 / images).toList();
    }

    private double rate(Key key, int round) {
        return rates.get(key).get(round).imagesPerSecond();
    }

    private double flops(Key key, int round) {
        return rates.get(key).get(round).flopsPerImage();
    }

    private List<Double> rounds(ToDoubleFunction<Integer> figure) {
        return IntStream.range(0, ceilings.size())
                .mapToObj(figure::applyAsDouble)
                .toList();
    }

    private double median(ToDoubleFunction<Integer> figure) {
        return Spread.of(rounds(figure)).median();
    }
}
