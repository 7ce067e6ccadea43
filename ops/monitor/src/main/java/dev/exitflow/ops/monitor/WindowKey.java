package dev.exitflow.ops.monitor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * One model's second.
 *
 * @param startMillis first instant of the window, a whole second, milliseconds since 1970
 * @param model the model's name
 */
record WindowKey(long startMillis, String model) implements Comparable<WindowKey> {

    /** How long a window is. */
    static final Duration LENGTH = Duration.ofSeconds(1);

    private static final Comparator<WindowKey> ORDER =
            Comparator.comparingLong(WindowKey::startMillis).thenComparing(WindowKey::model);

    /** The window that an instant falls into. */
    static WindowKey at(Instant instant, String model) {
        return new WindowKey(Math.floorDiv(instant.toEpochMilli(), LENGTH.toMillis()) * LENGTH.toMillis(), model);
    }

    /** First instant after the window, milliseconds since 1970. */
    long endMillis() {
        return startMillis + LENGTH.toMillis();
    }

    @Override
    public int compareTo(WindowKey other) {
        return ORDER.compare(this, other);
    }

    /** Of the keys in a state store: eight bytes of time, then the name. */
    static Serde<WindowKey> serde() {
        return Serdes.serdeFrom((topic, key) -> key.toBytes(), (topic, bytes) -> ofBytes(bytes));
    }

    private byte[] toBytes() {
        byte[] name = model.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(startMillis)
                .put(name)
                .array();
    }

    private static WindowKey ofBytes(byte[] bytes) {
        String model = new String(bytes, Long.BYTES, bytes.length - Long.BYTES, StandardCharsets.UTF_8);
        return new WindowKey(ByteBuffer.wrap(bytes).getLong(), model);
    }
}
