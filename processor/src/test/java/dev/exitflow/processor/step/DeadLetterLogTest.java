package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.processor.step.ImageRead.Refusal;
import dev.exitflow.schema.topic.DeadLetterReason;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeadLetterLogTest {

    private static final RecordPosition POSITION = new RecordPosition("images", 0, 1);
    private static final Refusal REFUSAL = new Refusal(DeadLetterReason.WRONG_SIZE, "9x9");

    private Instant now = Instant.EPOCH;
    private final DeadLetterLog log = new DeadLetterLog(Duration.ofSeconds(10), () -> now);

    @Test
    void shouldWarnOncePerIntervalWhenLettersComeInARow() {
        boolean first = log.refused(POSITION, REFUSAL);
        boolean second = log.refused(POSITION, REFUSAL);
        now = now.plusMillis(9_999);
        boolean justBefore = log.refused(POSITION, REFUSAL);
        now = now.plusMillis(1);
        boolean after = log.refused(POSITION, REFUSAL);

        assertThat(new boolean[] {first, second, justBefore, after}).containsExactly(true, false, false, true);
    }
}
