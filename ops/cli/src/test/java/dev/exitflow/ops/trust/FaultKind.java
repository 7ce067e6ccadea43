package dev.exitflow.ops.trust;

import java.util.Optional;

/** What goes wrong in a round. */
enum FaultKind {
    /** A processor is killed from outside, wherever it is. */
    KILLED(null),
    /** A processor ends with predictions sent and their transaction open. */
    KILLED_IN_MID_BATCH(HaltPoint.SENT),
    /** A processor ends with predictions and offsets in a transaction that it does not commit. */
    KILLED_BEFORE_COMMIT(HaltPoint.OFFSETS_SENT),
    /** A processor ends while its commit is on its way. */
    KILLED_AT_COMMIT(HaltPoint.COMMITTING),
    /** A processor ends with a commit that it did not hear of. */
    KILLED_AFTER_COMMIT(HaltPoint.COMMITTED),
    /** A processor ends while it reads the policies at its start. */
    KILLED_IN_RESTORE(HaltPoint.RESTORING),
    /** A processor ends between the news of other partitions and their tasks. */
    KILLED_IN_REBALANCE(HaltPoint.REBALANCING),
    /** The broker is killed and started again on what it had written. */
    BROKER_KILLED(null),
    /** The broker stands still for seconds, again and again, and is killed and started again on what it had written. */
    BROKER_STALLED(null),
    /** A processor stands still until the group has given its partitions away, then goes on. */
    PAUSED(null),
    /** An instance joins, answers, and leaves. */
    JOINED_AND_LEFT(null),
    /** Instances are stopped gracefully, one after the other, and replaced by those of the model's next version. */
    ROLLED_OUT(null),
    /** Senders' clocks are wrong by years, and a processor is killed. */
    CLOCKS_WRONG(null),
    /** The broker's disk runs full, so that it stops; it is started again once there is room. */
    DISK_FULL(null);

    private final HaltPoint point;

    FaultKind(HaltPoint point) {
        this.point = point;
    }

    /** The point at which a processor halts itself, for the kinds that are about one. */
    Optional<HaltPoint> point() {
        return Optional.ofNullable(point);
    }

    /** Whether it can happen to processors that write without transactions. */
    boolean happensWithoutTransactions() {
        return point != HaltPoint.OFFSETS_SENT;
    }
}
