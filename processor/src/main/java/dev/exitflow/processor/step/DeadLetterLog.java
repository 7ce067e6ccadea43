package dev.exitflow.processor.step;

import dev.exitflow.processor.step.ImageRead.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one warning about dead letters, given at most once in an interval. Safe for use by several threads. */
public final class DeadLetterLog {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterLog.class);

    private final Duration interval;
    private final InstantSource clock;
    private Instant next = Instant.MIN;
    private long silent;

    /** @param interval from one warning to the next at least */
    public DeadLetterLog(Duration interval, InstantSource clock) {
        this.interval = interval;
        this.clock = clock;
    }

    /**
     * Warns, or counts the dead letter towards the next warning.
     *
     * @return whether a warning was given
     */
    synchronized boolean refused(RecordPosition position, Refusal refusal) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            silent++;
            return false;
        }
        LOG.warn(
                "dead letter {}: {}: {} ({} more since the last warning)",
                position,
                refusal.reason(),
                refusal.detail(),
                silent);
        next = now.plus(interval);
        silent = 0;
        return true;
    }
}
