package dev.exitflow.ops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects a scale bench's rounds, and sums them up. Not safe for use by several threads. */
final class ScaleTally {

    private final double standIn;
    private final int fewest;
    private final Map<Integer, List<Round>> rounds = new TreeMap<>();

    /**
     * One round.
     *
     * @param imagesPerSecond of all processors
     * @param cpu spent on each image
     */
    record Round(double imagesPerSecond, CpuPerRecord cpu) {}

    /**
     * Nothing yet.
     *
     * @param standIn images per second that one processor's stand-in would do
     * @param fewest processors, which all are compared with
     */
    ScaleTally(double standIn, int fewest) {
        this.standIn = standIn;
        this.fewest = fewest;
    }

    /** Adds a round of that many processors. */
    void add(int instances, Round round) {
        rounds.computeIfAbsent(instances, count -> new ArrayList<>()).add(round);
    }

    /** Of the most processors; at least one round of these and of the fewest must have been added. */
    double linearity() {
        List<ScaleFigures.Instances> all = instances();
        return all.get(all.size() - 1).linearity();
    }

    /** For each number of processors, from few to many. */
    List<ScaleFigures.Instances> instances() {
        return rounds.keySet().stream().map(this::instances).toList();
    }

    private ScaleFigures.Instances instances(int count) {
        Spread rate = rate(count);
        CpuPerRecord cpu =
                CpuPerRecord.medians(rounds.get(count).stream().map(Round::cpu).toList());
        return new ScaleFigures.Instances(
                count,
                rate,
                rate.median() * fewest / (count * rate(fewest).median()),
                rate.median() / (count * standIn),
                cpu.busyCores(Runtime.getRuntime().availableProcessors()),
                cpu);
    }

    private Spread rate(int count) {
        return Spread.of(rounds.get(count).stream().map(Round::imagesPerSecond).toList());
    }
}
