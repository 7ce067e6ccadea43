package dev.exitflow.processor.step;

import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.processor.step.ImageRead.Refusal;
import dev.exitflow.schema.ImageRecord;
import java.util.concurrent.CompletableFuture;

/** How far a record has come on its way between two steps of the topology. */
public sealed interface ImageState {

    /**
     * Read, and handed to the engine.
     *
     * @param received the record's value, not copied
     * @param image what it says
     * @param outcome completes when the engine is done
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never changed
    record PendingImage(byte[] received, ImageRecord image, CompletableFuture<Outcome> outcome) implements ImageState {}

    /**
     * Classified.
     *
     * @param image what was asked
     * @param answer the engine's
     */
    record AnsweredImage(ImageRecord image, Classified answer) implements ImageState {}

    /**
     * On its way to the dead letters.
     *
     * @param received the record's value, not copied; may be null
     * @param refusal why
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never changed
    record RefusedImage(byte[] received, Refusal refusal) implements ImageState {}

    /** Left to the processors of another model; it goes no further here. */
    record SkippedImage() implements ImageState {}
}
