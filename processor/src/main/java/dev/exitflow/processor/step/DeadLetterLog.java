package dev.exitflow.processor.step;

import dev.exitflow.core.WarningInterval;
import dev.exitflow.processor.step.ImageRead.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one warning about dead letters, given at most once in an interval. Safe for use by several threads. */
public final class DeadLetterLog {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterLog.class);

    private final WarningInterval warnings;
    private final InstantSource clock;

    /** @param interval from one warning to the next at least */
    public DeadLetterLog(Duration interval, InstantSource clock) {
        this.warnings = new WarningInterval(interval);
        this.clock = clock;
    }

    /**
     * Warns, or counts the dead letter towards the next warning.
     *
     * @return whether a warning was given
     */
    boolean refused(RecordPosition position, Refusal refusal) {
        OptionalLong more =
                warnings.next(Duration.between(Instant.EPOCH, clock.instant()).toNanos());
        more.ifPresent(count -> LOG.warn(
                "dead letter {}: {}: {} ({} more since the last warning)",
                position,
                refusal.reason(),
                refusal.detail(),
                count));
        return more.isPresent();
    }
}
