package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;

/**
 * The product of an array and a number, where gradients are recorded.
 *
 * <p>{@code array.mul(number)} must not be used there. DJL lays the number into memory that the garbage collector owns and lets go of it
 * as soon as the product is made, but autograd reads it again in the backward pass: after a collection in between, gradients are
 * multiplied by whatever lies there by then. Division by a number suffers the same, addition does not.
 */
final class Scale {

    private Scale() {}

    /** {@code factor} times {@code array}; the factor lives as long as the array's manager. */
    static NDArray by(double factor, NDArray array) {
        return array.mul(array.getManager().create((float) factor));
    }
}
