package dev.exitflow.core.inference;

/**
 * One of the classes that an answer holds most probable.
 *
 * @param label index of the class
 * @param probability of it, in [0, 1]
 */
public record RankedClass(int label, float probability) {}
