package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import dev.exitflow.schema.Prediction;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a number of predictions of one model amount to. Predictions are added one by one, and other tallies as the records that they
 * were written as; the order does not matter. Not safe for use by several threads.
 */
final class WindowTally {

    /** Of instances and of versions, the first in order; with more, a record would not fit into the topic. */
    static final int MOST_NAMED = 1_000;

    private long[] exits = {};
    private long flops;
    private long fullFlops;
    private long shadowFlops;
    private long shadowSamples;
    private long shadowAgreements;
    private long labelled;
    private long correct;
    private long late;
    private final LatencySketch latency = new LatencySketch();
    private final SortedSet<Long> policyVersions = new TreeSet<>();
    private final SortedSet<String> instances = new TreeSet<>();

    void add(Prediction prediction) {
        long[] one = new long[prediction.getExitCount()];
        one[prediction.getExit()] = 1;
        addExits(one);
        flops = sum(flops, prediction.getFlops());
        fullFlops = sum(fullFlops, prediction.getFullFlops());
        shadowFlops = sum(shadowFlops, prediction.getShadowFlops());
        prediction.getBackboneAgrees().ifPresent(agrees -> {
            shadowSamples++;
            shadowAgreements += agrees ? 1 : 0;
        });
        prediction.getTrueLabel().ifPresent(label -> {
            labelled++;
            correct += label.equals(prediction.getLabel()) ? 1 : 0;
        });
        latency.record(Duration.between(prediction.getCapturedAt(), prediction.getProducedAt()));
        addSome(policyVersions, List.of(prediction.getPolicyVersion()));
        addSome(instances, List.of(prediction.getInstance()));
    }

    /**
     * Adds a record that {@link StatsCheck} passes.
     *
     * @throws IllegalArgumentException when the record's histogram cannot be read, or is of more predictions; nothing is added then
     */
    void add(ExitStats stats) {
        latency.add(stats.getLatencyHistogram(), stats.getCount());
        addCost(stats);
        shadowFlops = sum(shadowFlops, stats.getShadowFlops());
        shadowSamples += stats.getShadowSamples();
        shadowAgreements += stats.getShadowAgreements();
        labelled += stats.getLabelled();
        correct += stats.getCorrect();
        late += stats.getLate();
        addSome(policyVersions, stats.getPolicyVersions());
        addSome(instances, stats.getInstances());
    }

    /** Adds where images left and what that cost, and no other figure. */
    void addCost(ExitStats stats) {
        addExits(stats.getExitCounts().stream().mapToLong(Long::longValue).toArray());
        flops = sum(flops, stats.getFlops());
        fullFlops = sum(fullFlops, stats.getFullFlops());
    }

    /** @param version of the policy that all of them were made under */
    PolicyCost toCost(long version) {
        return new PolicyCost(version, Arrays.stream(exits).boxed().toList(), flops, fullFlops);
    }

    /** How many predictions. */
    long count() {
        return Arrays.stream(exits).sum();
    }

    /** Declares all predictions late: their window has been written without them. */
    void isLate() {
        late = count();
    }

    /** What can be added to another tally, without the figures that follow from it: latency quantiles and agreement's interval. */
    ExitStats toPart(String model, long startMillis, long endMillis) {
        return part(model, startMillis, endMillis).build();
    }

    /** Everything, as it is reported. */
    ExitStats toReport(String model, long startMillis, long endMillis) {
        Optional<ShareInterval> agreement =
                shadowSamples == 0 ? Optional.empty() : Optional.of(WilsonInterval.of(shadowAgreements, shadowSamples));
        return part(model, startMillis, endMillis)
                .setAgreementLow(agreement.map(ShareInterval::low).orElse(null))
                .setAgreementHigh(agreement.map(ShareInterval::high).orElse(null))
                .setLatencyP50Millis(latency.quantile(0.50))
                .setLatencyP90Millis(latency.quantile(0.90))
                .setLatencyP99Millis(latency.quantile(0.99))
                .build();
    }

    private ExitStats.Builder part(String model, long startMillis, long endMillis) {
        return ExitStats.newBuilder()
                .setWindowStart(Instant.ofEpochMilli(startMillis))
                .setWindowEnd(Instant.ofEpochMilli(endMillis))
                .setModel(model)
                .setCount(count())
                .setLate(late)
                .setExitCounts(Arrays.stream(exits).boxed().toList())
                .setFlops(flops)
                .setFullFlops(fullFlops)
                .setShadowFlops(shadowFlops)
                .setShadowSamples(shadowSamples)
                .setShadowAgreements(shadowAgreements)
                .setLabelled(labelled)
                .setCorrect(correct)
                .setLatencyP50Millis(0)
                .setLatencyP90Millis(0)
                .setLatencyP99Millis(0)
                .setLatencyHistogram(latency.encode())
                .setPolicyVersions(List.copyOf(policyVersions))
                .setInstances(List.copyOf(instances));
    }

    private static <T> void addSome(SortedSet<T> known, List<T> more) {
        known.addAll(more);
        while (known.size() > MOST_NAMED) {
            known.remove(known.last());
        }
    }

    /** The sum of two numbers that are 0 or more, and no more than the largest there is: a record may claim any FLOPs. */
    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    /**
     * Versions of a model may differ in their exits while one replaces the other: early exits are added by number, and the backbone's
     * classifier, the last of each, to the last.
     */
    private void addExits(long[] others) {
        if (others.length == 0) {
            return;
        }
        if (exits.length < others.length) {
            long[] more = Arrays.copyOf(exits, others.length);
            if (exits.length > 0) {
                more[exits.length - 1] = 0;
                more[more.length - 1] = exits[exits.length - 1];
            }
            exits = more;
        }
        for (int exit = 0; exit < others.length - 1; exit++) {
            exits[exit] += others[exit];
        }
        exits[exits.length - 1] += others[others.length - 1];
    }
}
