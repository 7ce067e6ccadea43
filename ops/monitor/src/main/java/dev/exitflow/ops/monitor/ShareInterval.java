package dev.exitflow.ops.monitor;

/**
 * Where a share lies, as far as a sample tells.
 *
 * @param low in [0, 1]
 * @param high in [0, 1], not below {@code low}
 */
public record ShareInterval(double low, double high) {}
