package dev.exitflow.core;

import java.time.Duration;
import java.util.OptionalLong;

/** Lets one warning through in an interval, and counts those that it holds back. Safe for use by several threads. */
public final class WarningInterval {

    private final long intervalNanos;
    private boolean warned;
    private long warnedAtNanos;
    private long heldBack;

    /** @param interval from one warning to the next at least */
    public WarningInterval(Duration interval) {
        this.intervalNanos = interval.toNanos();
    }

    /**
     * Asks for leave to warn.
     *
     * @param nowNanos of any clock, always the same one
     * @return how many were held back since the last warning; empty where this one is held back, too
     */
    public synchronized OptionalLong next(long nowNanos) {
        if (warned && nowNanos - warnedAtNanos < intervalNanos) {
            heldBack++;
            return OptionalLong.empty();
        }
        OptionalLong before = OptionalLong.of(heldBack);
        warned = true;
        warnedAtNanos = nowNanos;
        heldBack = 0;
        return before;
    }
}
