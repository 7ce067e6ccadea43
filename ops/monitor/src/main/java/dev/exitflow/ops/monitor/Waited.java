package dev.exitflow.ops.monitor;

import java.time.Duration;

/**
 * How long images have waited that have no answer yet: at least so long, and up to a second and a bit longer.
 *
 * @param longest of all; zero where none waits
 * @param longestServed of those in partitions of which something was answered in the last second; a partition that stands still lacks a
 *     processor, not speed
 */
public record Waited(Duration longest, Duration longestServed) {}
