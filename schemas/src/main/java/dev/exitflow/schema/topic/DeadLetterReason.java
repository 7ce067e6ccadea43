package dev.exitflow.schema.topic;

/** Why a record went to the dead letters; few kinds, since they label metrics. */
public enum DeadLetterReason {
    /** The record has no value. */
    NULL_VALUE,
    /** The value is no image record: not Avro, an unknown schema fingerprint, or it ends too early. */
    UNDECODABLE_RECORD,
    /** A field that must say something is empty. */
    INVALID_RECORD,
    /** The image asks for a model that is not served here. */
    UNKNOWN_MODEL,
    /** The image's encoding is none that this version knows. */
    UNKNOWN_ENCODING,
    /** The bytes are not an image of the declared encoding, or end too early. */
    UNDECODABLE_IMAGE,
    /** The image's size is not the model's, or not the declared one. */
    WRONG_SIZE,
    /** The image has more bytes, or would unpack to more, than allowed. */
    OVERSIZED,
    /** The model answered with something that is not a number. */
    NOT_FINITE,
    /** The engine failed on this image alone, and would again. */
    ENGINE_FAILURE
}
