package dev.exitflow.core.image;

/** Why an image cannot be classified, whoever tries; few kinds, since they label metrics. */
public enum RejectReason {
    /** The bytes are not an image of the declared encoding, or end too early. */
    UNDECODABLE_IMAGE,
    /** The image's size is not the model's, or not the declared one. */
    WRONG_SIZE,
    /** The image has more bytes, or would unpack to more, than allowed. */
    OVERSIZED,
    /** The model answered with something that is not a number. */
    NOT_FINITE
}
