package dev.exitflow.schema.topic;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
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
    INSTANCE("exitflow.instance"),
    /** How often it was sent again before; set by who sends it again, and kept when it is refused once more. */
    REPLAYS("exitflow.replays");

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

    /** The header's text, if it is there. */
    public Optional<String> of(Headers headers) {
        Header header = headers.lastHeader(key);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** Sets the header; an earlier one, from before a replay, gives way. A long value is cut. */
    public void set(Headers headers, Object value) {
        String text = String.valueOf(value);
        String cut = text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS);
        headers.remove(key).add(key, cut.getBytes(StandardCharsets.UTF_8));
    }
}
