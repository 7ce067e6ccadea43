package dev.exitflow.core.training;

/** What an exit is taught to answer. */
public enum Targets {
    /** The backbone's own most probable class (PTEENet's pseudo-labels): no labels are needed. */
    BACKBONE,
    /** The true labels. */
    LABELS
}
