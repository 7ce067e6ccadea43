package dev.exitflow.ops.autopilot;

import dev.exitflow.ops.autopilot.Observation.InForce;
import dev.exitflow.ops.autopilot.Observation.Recent;
import dev.exitflow.ops.monitor.StatsSummary.Agreement;
import dev.exitflow.ops.monitor.WilsonInterval;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Processors, a topic and a monitor as the autopilot sees them: queues, one per partition, that are worked off at the speed that the
 * policy's cost allows, with commits ten times a second, policies that take a moment to apply, statistics that are two seconds old, and
 * noise on all of it. Each partition has the same part of the instances for itself.
 */
final class SimulatedPlant {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final double STEP = 0.05;
    private static final double POLICY_DELAY = 0.7;
    private static final double STATS_DELAY = 2;
    private static final double EVIDENCE_SPAN = 120;
    private static final double LONG_EVIDENCE_SPAN = 600;
    private static final double P99_SPAN = 3;

    final List<Change> changes = new ArrayList<>();

    private final Ladder ladder;
    private final DoubleUnaryOperator load;
    private final Random random;
    private final Pilot pilot;
    private final List<Double> shares;
    private final List<Deque<double[]>> queues = new ArrayList<>();
    private final List<Double> looks = new ArrayList<>();
    private final Deque<double[]> answeredBatches = new ArrayDeque<>();
    private final Deque<double[]> samples = new ArrayDeque<>();
    private final List<double[]> lags = new ArrayList<>();

    /** Seconds that an image takes an instance at no cost, and further ones at the backbone's. */
    double fixedSeconds = 0.0002;

    double fullSeconds = 0.0008;

    /** By how much the calibrated agreement is too high. */
    double excess;

    int instances = 1;
    boolean isStalled;

    private double now;
    private double arrived;
    private double answered;
    private double committed;
    private double nextCommit;
    private InForce inForce;
    private InForce applied;
    private double appliesAt = Double.MAX_VALUE;

    /** A policy that was written. */
    record Change(double at, String by, int rung, Optional<Decision> decision) {}

    /** @param shares of the load, one per partition */
    SimulatedPlant(Ladder ladder, Pilot pilot, DoubleUnaryOperator load, List<Double> shares, long seed) {
        this.shares = shares;
        shares.forEach(share -> queues.add(new ArrayDeque<>()));
        this.ladder = ladder;
        this.pilot = pilot;
        this.load = load;
        this.random = new Random(seed);
        this.inForce = new InForce(0, List.of(1.0), 0, "", "", Instant.EPOCH);
        this.applied = inForce;
    }

    /** Images a second at T = 1, with one instance. */
    double fullCapacity() {
        return 1 / (fixedSeconds + fullSeconds);
    }

    /** Lets time pass, asking the pilot about once a second. */
    void run(double seconds) {
        double end = now + seconds;
        double nextLook = now + 1;
        while (now < end) {
            advance();
            if (now >= nextLook) {
                pilot.observe(observe()).ifPresent(this::carryOut);
                nextLook = now + 1 + 0.2 * random.nextDouble();
            }
        }
    }

    private void advance() {
        now += STEP;
        for (int partition = 0; partition < queues.size(); partition++) {
            arrive(queues.get(partition), shares.get(partition) * load.applyAsDouble(now) * STEP);
        }
        if (now >= appliesAt) {
            applied = inForce;
            appliesAt = Double.MAX_VALUE;
        }
        if (!isStalled) {
            double most = capacity(applied) * STEP / queues.size();
            queues.forEach(queue -> answer(queue, most * (1 + 0.1 * random.nextGaussian())));
        }
        if (now >= nextCommit) {
            committed = answered;
            nextCommit = now + 0.1;
        }
        lags.add(new double[] {now, lag()});
    }

    private void arrive(Deque<double[]> queue, double mean) {
        double arriving = mean + random.nextGaussian() * Math.sqrt(mean);
        if (arriving > 0) {
            arrived += arriving;
            queue.addLast(new double[] {now, arriving});
        }
    }

    private double capacity(InForce policy) {
        double cost = ladder.rung(rung(policy)).cost(policy.shadowRate());
        return instances / (fixedSeconds + fullSeconds * cost);
    }

    private void answer(Deque<double[]> queue, double most) {
        double left = Math.max(0, most);
        double done = 0;
        while (left > 0 && !queue.isEmpty()) {
            double[] batch = queue.peekFirst();
            double taken = Math.min(left, batch[1]);
            answeredBatches.add(new double[] {now, taken, now - batch[0]});
            done += taken;
            left -= taken;
            batch[1] -= taken;
            if (batch[1] <= 1e-9) {
                queue.removeFirst();
            }
        }
        answered += done;
        double share = trueAgreement(rung(applied));
        long sampled = 0;
        long agreeing = 0;
        for (int image = 0; image < done; image++) {
            if (random.nextDouble() < applied.shadowRate()) {
                sampled++;
                agreeing += random.nextDouble() < share ? 1 : 0;
            }
        }
        samples.add(new double[] {now, sampled, agreeing});
    }

    double trueAgreement(int rung) {
        return rung == 0 ? 1 : Math.min(1, ladder.rung(rung).agreement() - excess);
    }

    private Observation observe() {
        double known = now - STATS_DELAY;
        looks.add(now);
        forget(answeredBatches, known - P99_SPAN);
        forget(samples, known - LONG_EVIDENCE_SPAN);
        return new Observation(
                instant(now),
                OptionalLong.of((long) arrived),
                OptionalLong.of((long) (arrived - committed)),
                waitedSeconds(),
                instances,
                new Recent(
                        p99Millis(known),
                        OptionalDouble.empty(),
                        agreement(known, EVIDENCE_SPAN),
                        agreement(known, LONG_EVIDENCE_SPAN)),
                inForce);
    }

    private static void forget(Deque<double[]> timed, double before) {
        while (!timed.isEmpty() && timed.peekFirst()[0] <= before) {
            timed.removeFirst();
        }
    }

    /** What a monitor knows: since which look the oldest image waits. */
    private double waitedSeconds() {
        double oldest = now - lag();
        return now - looks.stream().filter(look -> look >= oldest).findFirst().orElse(now);
    }

    private OptionalDouble p99Millis(double known) {
        List<double[]> recent = answeredBatches.stream()
                .filter(batch -> batch[0] > known - P99_SPAN && batch[0] <= known)
                .sorted((a, b) -> Double.compare(b[2], a[2]))
                .toList();
        double rest = 0.01 * recent.stream().mapToDouble(batch -> batch[1]).sum();
        for (double[] batch : recent) {
            rest -= batch[1];
            if (rest <= 0) {
                return OptionalDouble.of(1e3 * (batch[2] + 0.05));
            }
        }
        return OptionalDouble.empty();
    }

    private Optional<Agreement> agreement(double known, double span) {
        double from = Math.max(known - span, seconds(inForce.since()) + 2);
        long all = 0;
        long agreeing = 0;
        for (double[] some : samples) {
            if (some[0] > from && some[0] <= known) {
                all += (long) some[1];
                agreeing += (long) some[2];
            }
        }
        return all == 0
                ? Optional.empty()
                : Optional.of(new Agreement((double) agreeing / all, WilsonInterval.of(agreeing, all), all));
    }

    private void carryOut(Decision decision) {
        write(Helm.AUTOPILOT, decision.thresholds(), decision.shadowRate(), decision.reason(), Optional.of(decision));
    }

    /** Somebody sets a rung. */
    void write(String by, int rung) {
        write(by, ladder.rung(rung).thresholds(), inForce.shadowRate(), "", Optional.empty());
    }

    private void write(
            String by, List<Double> thresholds, double shadowRate, String reason, Optional<Decision> decision) {
        inForce = new InForce(inForce.version() + 1, thresholds, shadowRate, by, reason, instant(now));
        appliesAt = now + POLICY_DELAY;
        changes.add(new Change(now, by, rung(inForce), decision));
    }

    private int rung(InForce policy) {
        return ladder.positionOf(policy.thresholds(), OptionalDouble.empty());
    }

    int rung() {
        return rung(inForce);
    }

    InForce inForce() {
        return inForce;
    }

    double now() {
        return now;
    }

    /** What the pilot says that it does. */
    String line() {
        return pilot.line();
    }

    /** Seconds that the oldest image has waited. */
    double lag() {
        return queues.stream()
                .filter(queue -> !queue.isEmpty())
                .mapToDouble(queue -> now - queue.peekFirst()[0])
                .max()
                .orElse(0);
    }

    /** The last moment in a span at which images waited for longer than a limit; its beginning where there was none. */
    double lastLagAbove(double limit, double from, double to) {
        return lags.stream()
                .filter(lag -> lag[0] >= from && lag[0] <= to && lag[1] > limit)
                .mapToDouble(lag -> lag[0])
                .max()
                .orElse(from);
    }

    List<Change> changesSince(double from) {
        return changes.stream().filter(change -> change.at() >= from).toList();
    }

    private static Instant instant(double seconds) {
        return START.plus(Duration.ofNanos((long) (seconds * 1e9)));
    }

    private static double seconds(Instant instant) {
        return instant.equals(Instant.EPOCH)
                ? 0
                : Duration.between(START, instant).toNanos() / 1e9;
    }
}
