package dev.exitflow.ops.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How an {@link EmbeddedBroker} runs.
 *
 * @param port of the loopback interface that clients connect to; 0 takes any free one
 * @param dataDirectory where topics are kept, made if it is missing; empty means a temporary one that goes with the
 *     broker
 * @param minFreeBytes the broker does not start, or stops, once the disk of its data has less room than this
 * @param startTimeout how long the start may take; after a hard kill it takes longer than usual
 */
public record BrokerSettings(int port, Optional<Path> dataDirectory, long minFreeBytes, Duration startTimeout) {

    /** Room for the segments that Kafka writes between two looks at the disk. */
    public static final long DEFAULT_MIN_FREE_BYTES = 64L << 20;

    private static final int MAX_PORT = 65_535;

    public BrokerSettings {
        if (port < 0 || port > MAX_PORT) {
            throw new BrokerException("port %d of the embedded broker: expected 0 (any free port) to 65535", port);
        }
        if (minFreeBytes < 0) {
            throw new BrokerException(
                    "%d bytes to keep free for the embedded broker: expected 0 or more", minFreeBytes);
        }
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new BrokerException("start timeout %s of the embedded broker: expected more than zero", startTimeout);
        }
        dataDirectory =
                dataDirectory.map(directory -> directory.toAbsolutePath().normalize());
    }

    /** Any free port and a temporary data directory. */
    public static BrokerSettings temporary() {
        return new BrokerSettings(0, Optional.empty(), DEFAULT_MIN_FREE_BYTES, Duration.ofMinutes(2));
    }

    /** The same settings on another port. */
    public BrokerSettings withPort(int newPort) {
        return new BrokerSettings(newPort, dataDirectory, minFreeBytes, startTimeout);
    }

    /** The same settings with data that outlives the broker. */
    public BrokerSettings withDataDirectory(Path directory) {
        return new BrokerSettings(port, Optional.of(directory), minFreeBytes, startTimeout);
    }

    /** The same settings with another reserve on the disk. */
    public BrokerSettings withMinFreeBytes(long bytes) {
        return new BrokerSettings(port, dataDirectory, bytes, startTimeout);
    }
}
