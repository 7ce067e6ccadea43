package dev.exitflow.core.training;

/** What an exit is taught to answer. */
public enum Targets {
    /** The backbone's own most probable class (PTEENet's pseudo-labels): no labels are needed. */
    BACKBONE,
    /** The backbone's probabilities (distillation): they also tell how sure it is, and what else the image resembles. */
    DISTILLED,
    /** The true labels. */
    LABELS
}
