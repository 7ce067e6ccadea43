package dev.exitflow.core.inference;

/** What became of a sample: an answer, or the reason why there can be none. */
public sealed interface Outcome permits Classified, Rejected {}
