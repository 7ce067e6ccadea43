package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Follows one model's shadow samples, and bounds its agreement at every moment. Not safe for use by several threads.
 *
 * <p>It starts afresh at each new policy. Under one policy it forgets: a new {@link ConfidenceSequence} starts every {@value #STRIDE}
 * samples and ends after twice as many. Of the error rate {@value #ERROR_RATE} sequence k gets the share 1 / (k (k + 1)), which adds up
 * to 1: all bounds ever given under one policy are wrong with a probability of at most {@value #ERROR_RATE} while the agreement stays.
 */
final class AgreementTrack {

    static final double ERROR_RATE = 0.05;
    static final long STRIDE = 5_000;

    /** A record may claim any number; no second has more. */
    private static final long MOST_SAMPLES = 1_000_000_000;

    /** An answer under the policy before may come so long after the first under a new one. */
    private static final Duration CHANGE = Duration.ofSeconds(10);

    private final Deque<Sample> live = new ArrayDeque<>();
    private long started;
    private Set<Long> before = Set.of();
    private Set<Long> versions = Set.of();
    private Instant since = Instant.MIN;

    /** Samples since a sequence's start. */
    private static final class Sample {

        private final double errorRate;
        private long samples;
        private long agreements;

        private Sample(double errorRate) {
            this.errorRate = errorRate;
        }

        private double share() {
            return (double) agreements / samples;
        }

        private ShareInterval interval() {
            return ConfidenceSequence.after(agreements, samples, errorRate);
        }
    }

    /** Takes in a window, or what came late to one; what mixes two policies is left out. */
    void add(ExitStats stats) {
        Set<Long> seen = Set.copyOf(stats.getPolicyVersions());
        if (!versions.containsAll(seen)) {
            if (stats.getWindowStart().isBefore(since)) {
                return;
            }
            Set<Long> fresh = new HashSet<>(seen);
            fresh.removeAll(versions);
            fresh.removeAll(before);
            boolean isChanging = stats.getWindowStart().isBefore(since.plus(CHANGE));
            if (fresh.isEmpty() && isChanging) {
                return;
            }
            // Several policies in force at once, of sources of their own, show after the change.
            before = versions;
            versions = fresh.isEmpty() ? seen : Set.copyOf(fresh);
            since = stats.getWindowStart();
            restart();
            if (!versions.containsAll(seen)) {
                return;
            }
        }
        add(stats.getShadowSamples(), stats.getShadowAgreements());
    }

    private void restart() {
        live.clear();
        started = 0;
    }

    void add(long samples, long agreements) {
        if (samples < 1 || samples > MOST_SAMPLES) {
            return;
        }
        if (live.isEmpty() || live.peekLast().samples >= STRIDE) {
            started++;
            live.addLast(new Sample(ERROR_RATE / (started * (started + 1))));
            if (live.peekFirst().samples >= 2 * STRIDE) {
                live.removeFirst();
            }
        }
        live.forEach(one -> {
            one.samples += samples;
            one.agreements += agreements;
        });
    }

    /** What is known now; empty without samples. */
    Optional<StatsSummary.Agreement> agreement() {
        if (live.isEmpty()) {
            return Optional.empty();
        }
        ShareInterval older = live.peekFirst().interval();
        ShareInterval younger = live.peekLast().interval();
        double low = Math.max(older.low(), younger.low());
        double high = Math.min(older.high(), younger.high());
        // Where both exclude each other the agreement has changed, and the younger one says what it is now.
        double share = live.peekFirst().share();
        boolean hasChanged = !(share >= low && share <= high);
        Sample told = hasChanged ? live.peekLast() : live.peekFirst();
        return Optional.of(new StatsSummary.Agreement(
                told.share(), hasChanged ? younger : new ShareInterval(low, high), told.samples));
    }

    /** The versions that it follows. */
    Set<Long> versions() {
        return versions;
    }
}
