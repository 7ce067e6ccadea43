package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The terms that a loss is made of, one for each exit. */
final class Terms {

    private Terms() {}

    /** The sum of arrays of one shape, at least one. */
    static NDArray sum(List<NDArray> terms) {
        return terms.stream().reduce(NDArray::add).orElseThrow();
    }

    /** The mean of arrays of one shape, at least one. */
    static NDArray mean(List<NDArray> terms) {
        return Scale.by(1.0 / terms.size(), sum(terms));
    }
}
