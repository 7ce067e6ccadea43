package dev.exitflow.processor.step;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;

/** The headers of a dead letter, each text in UTF-8, that say where the record came from and why it was refused. */
public enum DeadLetterHeader {
    /** Topic it was read from. */
    TOPIC("exitflow.topic"),
    /** Partition there, from 0. */
    PARTITION("exitflow.partition"),
    /** Offset there. */
    OFFSET("exitflow.offset"),
    /** Its timestamp there, milliseconds since 1970-01-01T00:00:00Z; the dead letter has the same. */
    TIMESTAMP("exitflow.timestamp"),
    /** Name of a {@link DeadLetterReason}. */
    REASON("exitflow.reason"),
    /** One line: what was got and what was expected. */
    DETAIL("exitflow.detail"),
    /** Name of the processor instance that refused it. */
    INSTANCE("exitflow.instance");

    /** Leaves room for the other headers within what the dead-letters topic takes beyond the largest image. */
    private static final int MAX_CHARACTERS = 1_000;

    private final String key;

    DeadLetterHeader(String key) {
        this.key = key;
    }

    /** The header's key. */
    public String key() {
        return key;
    }

    /** Sets the header; an earlier one, from before a replay, gives way. A long value is cut. */
    void set(Headers headers, Object value) {
        String text = String.valueOf(value);
        String cut = text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS);
        headers.remove(key).add(key, cut.getBytes(StandardCharsets.UTF_8));
    }
}
