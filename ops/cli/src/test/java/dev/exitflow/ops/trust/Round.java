package dev.exitflow.ops.trust;

import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.ServeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;

/** One round: processors answer a steady stream under changing policies, something goes wrong, and everything is counted. */
final class Round implements AutoCloseable {

    private static final double IMAGES_PER_SECOND = 300;
    private static final double POLICIES_PER_SECOND = 8;
    private static final int OUTCOMES_AROUND_THE_FAULT = 300;
    private static final Duration LOOK = Duration.ofMillis(10);

    /** A Java machine's status when it ended in good order because it was asked to. */
    private static final int TERMINATED = 143;

    private final CampaignBroker broker;
    private final RoundPlan plan;
    private final TinyImages images;
    private final Path folder;
    private final Installation installation;
    private final Fleet fleet;
    private OptionalDouble recoverySeconds = OptionalDouble.empty();
    private OptionalDouble brokerSeconds = OptionalDouble.empty();
    private OptionalDouble firstSeconds = OptionalDouble.empty();

    Round(CampaignBroker broker, RoundPlan plan, TinyImages images, Path folder) {
        this.broker = broker;
        this.plan = plan;
        this.images = images;
        this.folder = folder;
        this.installation = new Installation(broker.address(), String.format(Locale.ROOT, "round%d-", plan.number()));
        this.fleet = new Fleet(installation, folder, plan.guarantee());
    }

    /** Runs it from the first image to the last outcome. */
    @SuppressWarnings("try") // the traffic is there, nobody talks to it
    RoundResult run() throws Exception {
        ServeProcess victim = startFleet();
        try (OutcomeWatch watch = new OutcomeWatch(installation.client(), installation.topics());
                Standstill standstill = new Standstill(watch, installation, fleet, folder)) {
            try (PolicyTraffic policies = new PolicyTraffic(
                            installation.client(), installation.topics(), POLICIES_PER_SECOND, plan.seed());
                    ImageTraffic traffic = new ImageTraffic(
                            installation.client(),
                            installation.topics(),
                            images,
                            IMAGES_PER_SECOND,
                            plan.kind() == FaultKind.CLOCKS_WRONG)) {
                try {
                    await("outcomes before the fault")
                            .atMost(Installation.PATIENCE)
                            .until(() -> watch.reached().size() == Installation.PARTITIONS
                                    && watch.count() > OUTCOMES_AROUND_THE_FAULT);
                    happen(victim, watch);
                    long before = watch.count();
                    await("outcomes after the fault")
                            .atMost(Installation.PATIENCE)
                            .until(() -> watch.count() > before + OUTCOMES_AROUND_THE_FAULT);
                } catch (ConditionTimeoutException e) {
                    throw new AssertionError("hung: %s; %s".formatted(e.getMessage(), inWords(traffic, watch)), e);
                }
            }
            installation.awaitQuiet();
        }
        RoundResult.Recovery recovery = new RoundResult.Recovery(recoverySeconds, brokerSeconds, firstSeconds);
        return new RoundResult(plan, installation.audit(images), fleet.started(), recovery);
    }

    /** What was reached; {@link Standstill} has written down more. */
    private String inWords(ImageTraffic traffic, OutcomeWatch watch) throws Exception {
        return String.format(
                Locale.ROOT,
                "%s; %d outcomes, up to %s; the images topic ends at %s; running: %s",
                traffic.inWords(),
                watch.count(),
                watch.reached(),
                installation.ends(),
                fleet.alive());
    }

    private ServeProcess startFleet() throws Exception {
        boolean halts = plan.kind().point().isPresent() && plan.kind() != FaultKind.KILLED_IN_RESTORE;
        ServeProcess victim =
                halts ? fleet.startHalting(plan.kind().point().orElseThrow(), fuse(), passes()) : fleet.start();
        while (fleet.started() < plan.instances()) {
            fleet.start();
        }
        fleet.awaitTogether();
        return victim;
    }

    private int passes() {
        return plan.kind() == FaultKind.KILLED_IN_REBALANCE ? 1 : plan.passes();
    }

    private Path fuse() {
        return folder.resolve("fuse");
    }

    private void light() throws Exception {
        Files.createFile(fuse());
    }

    private void happen(ServeProcess victim, OutcomeWatch watch) throws Exception {
        switch (plan.kind()) {
            case KILLED, CLOCKS_WRONG -> {
                victim.kill();
                replaced(victim, watch);
            }
            case KILLED_IN_MID_BATCH, KILLED_BEFORE_COMMIT, KILLED_AT_COMMIT, KILLED_AFTER_COMMIT -> {
                light();
                awaitEnd(victim);
                replaced(victim, watch);
            }
            case KILLED_IN_RESTORE -> {
                light();
                awaitEnd(fleet.startHalting(HaltPoint.RESTORING, fuse(), 1));
                fleet.start();
                fleet.awaitTogether();
            }
            case KILLED_IN_REBALANCE -> {
                light();
                fleet.start();
                awaitEnd(victim);
                replaced(victim, watch);
            }
            case BROKER_KILLED -> {
                broker.kill();
                brokerGone(watch);
            }
            case BROKER_STALLED -> {
                broker.stall(plan.seed());
                broker.kill();
                brokerGone(watch);
            }
            case DISK_FULL -> {
                broker.runOutOfDisk();
                brokerGone(watch);
            }
            case PAUSED -> paused(victim, watch);
            case JOINED_AND_LEFT -> joinedAndLeft(watch);
            case ROLLED_OUT -> rolledOut(watch);
        }
    }

    private void replaced(ServeProcess victim, OutcomeWatch watch) throws Exception {
        Recovery recovery = new Recovery(installation, watch, watch.partitionsOf(victim.instance()));
        fleet.start();
        recoverySeconds = recovery.await();
    }

    private void brokerGone(OutcomeWatch watch) throws Exception {
        Recovery recovery = Recovery.afterSilence(watch);
        broker.start();
        brokerSeconds = OptionalDouble.of(recovery.seconds());
        firstSeconds = OptionalDouble.of(recovery.awaitAny());
        recoverySeconds = recovery.await();
    }

    private void paused(ServeProcess victim, OutcomeWatch watch) throws Exception {
        Set<Integer> partitions = watch.partitionsOf(victim.instance());
        victim.pause();
        Recovery recovery = new Recovery(installation, watch, partitions);
        Set<String> others = new HashSet<>(fleet.alive());
        others.remove(victim.instance());
        installation.awaitInstances(others);
        if (others.isEmpty()) {
            victim.wake();
            recoverySeconds = recovery.await();
        } else {
            recoverySeconds = recovery.await();
            victim.wake();
        }
        fleet.awaitTogether();
    }

    private void joinedAndLeft(OutcomeWatch watch) throws Exception {
        ServeProcess guest = fleet.start();
        fleet.awaitTogether();
        await().atMost(Installation.PATIENCE)
                .until(() -> !watch.partitionsOf(guest.instance()).isEmpty());
        Set<Integer> partitions = watch.partitionsOf(guest.instance());
        guest.terminate();
        Recovery recovery = new Recovery(installation, watch, partitions);
        awaitEnd(guest);
        recoverySeconds = recovery.await();
    }

    /** Counts the longest of the gaps. */
    private void rolledOut(OutcomeWatch watch) throws Exception {
        Path next = TinyImages.nextVersion(folder.resolve("next-version"));
        double longest = 0;
        for (ServeProcess old : fleet.running()) {
            Recovery recovery = new Recovery(installation, watch, watch.partitionsOf(old.instance()));
            old.terminate();
            longest = Math.max(longest, recovery.await().orElse(0));
            awaitEnd(old);
            if (old.exitStatus() != TERMINATED) {
                throw new AssertionError(String.format(
                        Locale.ROOT, "instance %s ended with status %d", old.instance(), old.exitStatus()));
            }
            fleet.start(next);
            fleet.awaitTogether();
        }
        recoverySeconds = OptionalDouble.of(longest);
        await().atMost(Installation.PATIENCE).until(() -> watch.versions().contains(TinyImages.NEXT_VERSION));
    }

    private static void awaitEnd(ServeProcess process) throws Exception {
        if (!process.awaitEnd(Installation.PATIENCE.toSeconds())) {
            throw new AssertionError("instance %s still runs:%n%s".formatted(process.instance(), process.log()));
        }
    }

    @Override
    public void close() {
        fleet.close();
        installation.close();
    }

    /** The time from a fault until the slowest of the partitions that it hit has the outcome of an image that came after it. */
    private static final class Recovery {

        private final OutcomeWatch watch;
        private final Map<Integer, Long> goals = new HashMap<>();
        private final long startNanos = System.nanoTime();

        private Recovery(OutcomeWatch watch) {
            this.watch = watch;
        }

        Recovery(Installation installation, OutcomeWatch watch, Set<Integer> partitions) throws Exception {
            this(watch);
            goals.putAll(installation.ends());
            goals.keySet().retainAll(partitions);
        }

        /** Where no one can be asked for the ends: anything new, on any partition, cannot come before the broker is back. */
        static Recovery afterSilence(OutcomeWatch watch) {
            Recovery recovery = new Recovery(watch);
            watch.reached().forEach((partition, offset) -> recovery.goals.put(partition, offset + 1));
            return recovery;
        }

        /** Waits for it; empty where the fault hit none. */
        OptionalDouble await() {
            if (goals.isEmpty()) {
                return OptionalDouble.empty();
            }
            until(() -> watch.hasReached(goals));
            return OptionalDouble.of(seconds());
        }

        /** Waits for the first of the partitions only; the others follow as what has piled up is answered. */
        double awaitAny() {
            until(() -> watch.hasReachedAny(goals));
            return seconds();
        }

        private static void until(Callable<Boolean> reached) {
            org.awaitility.Awaitility.await("first outcomes after the fault")
                    .pollInterval(LOOK)
                    .atMost(Installation.HOPELESS)
                    .until(reached);
        }

        /** How long ago the fault was. */
        double seconds() {
            return (System.nanoTime() - startNanos) / 1e9;
        }
    }
}
