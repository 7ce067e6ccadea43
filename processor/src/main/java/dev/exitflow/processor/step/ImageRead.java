package dev.exitflow.processor.step;

import dev.exitflow.core.inference.Sample;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.topic.DeadLetterReason;

/** What the bytes of a record on the images topic turned out to be. */
sealed interface ImageRead {

    /**
     * A record whose image can be tried.
     *
     * @param image as it was sent
     * @param sample the same, for the engine; shares the image's bytes
     */
    record Legible(ImageRecord image, Sample sample) implements ImageRead {}

    /**
     * A record that cannot be classified, whoever tries.
     *
     * @param reason its kind
     * @param detail one line: what was got and what was expected
     */
    record Refusal(DeadLetterReason reason, String detail) implements ImageRead {}

    /**
     * A record that is left to the processors of another model.
     *
     * @param model that it asks for
     */
    record OfAnotherModel(String model) implements ImageRead {}
}
