package dev.exitflow.ops.monitor;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How the processors are at one moment.
 *
 * @param at when
 * @param arrived images that ever came into the topic, whoever keeps them: rates follow from two of these; empty where the brokers did not say
 * @param backlog those of them that wait; empty where the brokers did not say or nobody has begun
 * @param waited for how long those have waited; empty where the backlog is
 * @param instances processors in their consumer group, by name; empty where the brokers did not say, too
 * @param problem why the brokers do not say, once that lasts; empty while they do
 */
public record Pulse(
        Instant at,
        OptionalLong arrived,
        OptionalLong backlog,
        Optional<Waited> waited,
        SortedSet<String> instances,
        Optional<String> problem) {

    /** A moment of which nothing is known. */
    static Pulse unknown(Instant at, Optional<String> problem) {
        return new Pulse(at, OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), new TreeSet<>(), problem);
    }
}
