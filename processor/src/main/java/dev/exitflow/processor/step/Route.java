package dev.exitflow.processor.step;

/**
 * The two ways on from a step, by the names of the next steps in the topology.
 *
 * @param onward of an image that can go on
 * @param refused of one that cannot
 */
public record Route(String onward, String refused) {}
