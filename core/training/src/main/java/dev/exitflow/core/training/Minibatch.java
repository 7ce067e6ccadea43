package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.function.Supplier;

/**
 * Some images of a set, in one view of each. Lives for one call; not safe for use by several threads.
 *
 * <p>The pixels are made when they are asked for, since features that are kept on disk need none.
 */
final class Minibatch {

    private final NDManager scope;
    private final Supplier<NDArray> makePixels;
    private final long[] targets;
    private final int[] images;
    private final int view;
    private NDArray pixels;

    Minibatch(NDManager scope, Supplier<NDArray> makePixels, long[] targets, int[] images, int view) {
        this.scope = scope;
        this.makePixels = makePixels;
        this.targets = targets;
        this.images = images;
        this.view = view;
    }

    /** What the batch's arrays belong to, and are closed with. */
    NDManager scope() {
        return scope;
    }

    /** (N, C, H, W), normalised. */
    NDArray pixels() {
        if (pixels == null) {
            pixels = makePixels.get();
        }
        return pixels;
    }

    /** How many images there are. */
    int size() {
        return images.length;
    }

    /** Class numbers, (N). */
    long[] targets() {
        return targets.clone();
    }

    /** Numbers in the set, (N). */
    int[] images() {
        return images.clone();
    }

    /** Which view of each image this is: 0 as it is, from 1 on augmented. */
    int view() {
        return view;
    }
}
