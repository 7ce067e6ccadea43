package dev.exitflow.core.dataset;

import dev.exitflow.core.bundle.Manifest;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What the reading of image files needs to know.
 *
 * @param fitting the input that images of any size are brought to; empty where they keep their size
 * @param read hears how many images are read; any thread may call it
 */
record Reading(Optional<Manifest.Input> fitting, IntConsumer read) {

    /** Reads images as they are. */
    static Reading asStored(IntConsumer read) {
        return new Reading(Optional.empty(), read);
    }

    /** Reads images as a model takes them, where its bundle says how. */
    static Reading asInput(Manifest.Input input, IntConsumer read) {
        return new Reading(Optional.of(input).filter(wanted -> wanted.preprocessing() != null), read);
    }
}
