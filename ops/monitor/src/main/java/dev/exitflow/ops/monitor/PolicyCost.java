package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the newest images of a model cost under one policy.
 *
 * <p>It looks back over a minute, and further until there are {@value #ENOUGH} images, for ten minutes at most.
 *
 * @param version of the policy; 0 for the bundle's default
 * @param exitCounts images that left at each exit, the backbone's classifier last
 * @param flops spent to answer them, without shadow runs
 * @param fullFlops that the backbone alone would have spent on them
 */
public record PolicyCost(long version, List<Long> exitCounts, long flops, long fullFlops) {

    /** So many images are enough: chance then moves their mean cost by less than a point. */
    static final long ENOUGH = 5_000;

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    public PolicyCost {
        exitCounts = List.copyOf(exitCounts);
    }

    /** @param newestFirst windows of one model */
    static Optional<PolicyCost> of(Iterable<ExitStats> newestFirst) {
        WindowTally tally = null;
        List<Long> versions = List.of();
        Instant end = Instant.MAX;
        ExitStats last = null;
        for (ExitStats window : newestFirst) {
            if (last == null) {
                versions = window.getPolicyVersions();
                end = window.getWindowEnd();
                tally = new WindowTally();
            }
            Duration back = Duration.between(window.getWindowStart(), end);
            boolean isEnough = back.compareTo(SHORTEST) > 0 && tally.count() >= ENOUGH;
            if (versions.size() != 1
                    || !window.getPolicyVersions().equals(versions)
                    || isEnough
                    || back.compareTo(LONGEST) > 0) {
                break;
            }
            tally.addCost(window);
            last = window;
        }
        return last == null || tally.count() == 0 ? Optional.empty() : Optional.of(tally.toCost(versions.get(0)));
    }

    /** How many images. */
    public long images() {
        return exitCounts.stream().mapToLong(Long::longValue).sum();
    }

    /** Honest FLOPs over the backbone's. */
    public double fraction() {
        return (double) flops / fullFlops;
    }
}
