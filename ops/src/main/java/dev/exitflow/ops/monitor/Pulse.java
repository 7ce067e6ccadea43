package dev.exitflow.ops.monitor;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.SortedSet;

/**
 * How the processors are at one moment.
 *
 * @param at when
 * @param backlog images that wait; empty where the brokers did not say or nobody has begun
 * @param instances processors in their consumer group, by name; empty where the brokers did not say, too
 */
public record Pulse(Instant at, OptionalLong backlog, SortedSet<String> instances) {}
