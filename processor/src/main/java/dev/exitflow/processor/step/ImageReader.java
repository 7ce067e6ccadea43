package dev.exitflow.processor.step;

import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.inference.Sample;
import dev.exitflow.processor.step.ImageRead.Legible;
import dev.exitflow.processor.step.ImageRead.OfAnotherModel;
import dev.exitflow.processor.step.ImageRead.Refusal;
import dev.exitflow.schema.CalendarTime;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.topic.DeadLetterReason;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads a record of the images topic, all but the image's pixels, which the engine's workers decode.
 *
 * <p>Safe for use by several threads.
 */
public final class ImageReader {

    private final RecordCodec<ImageRecord> codec;
    private final String topic;
    private final String model;
    private final boolean skipsOtherModels;

    /**
     * @param topic the images topic
     * @param model name of the model that is served
     * @param skipsOtherModels whether images of another model are left to its processors, not refused
     */
    public ImageReader(RecordCodec<ImageRecord> codec, String topic, String model, boolean skipsOtherModels) {
        this.codec = codec;
        this.topic = topic;
        this.model = model;
        this.skipsOtherModels = skipsOtherModels;
    }

    /** The only topic whose records this reads. */
    String topic() {
        return topic;
    }

    /**
     * Reads one value; whatever it holds is an answer.
     *
     * @param value as received; may be null
     * @throws dev.exitflow.schema.SchemaRegistryException when a registry is configured and does not answer
     */
    ImageRead read(byte[] value) {
        if (value == null) {
            return new Refusal(DeadLetterReason.NULL_VALUE, "the record has no value, expected an ImageRecord");
        }
        Decoded<ImageRecord> decoded = codec.decode(topic, value);
        if (decoded instanceof Decoded.Malformed<ImageRecord> malformed) {
            return new Refusal(DeadLetterReason.UNDECODABLE_RECORD, malformed.reason());
        }
        return check(((Decoded.Value<ImageRecord>) decoded).value());
    }

    private ImageRead check(ImageRecord image) {
        if (image.getId().isEmpty() || image.getSource().isEmpty()) {
            return new Refusal(
                    DeadLetterReason.INVALID_RECORD,
                    "id '%s' of source '%s', expected both to be not empty"
                            .formatted(image.getId(), image.getSource()));
        }
        if (!CalendarTime.has(image.getCapturedAt())) {
            return new Refusal(
                    DeadLetterReason.INVALID_RECORD,
                    "capturedAt = %s, expected milliseconds since 1970, in the years 1 to 9999"
                            .formatted(image.getCapturedAt().toEpochMilli()));
        }
        String asked = image.getModel().orElse(model);
        if (!asked.equals(model) && skipsOtherModels) {
            return new OfAnotherModel(asked);
        }
        if (!asked.equals(model)) {
            return new Refusal(
                    DeadLetterReason.UNKNOWN_MODEL,
                    "image asks for model '%s', this processor serves '%s'".formatted(asked, model));
        }
        byte[] data = bytes(image.getData());
        return encoding(image, data)
                .map(encoding -> new EncodedImage(encoding, image.getWidth(), image.getHeight(), data))
                .<ImageRead>map(encoded -> new Legible(image, new Sample(image.getId(), image.getSource(), encoded)))
                .orElseGet(
                        () -> new Refusal(
                                DeadLetterReason.UNKNOWN_ENCODING,
                                "encoding is unknown and the bytes are neither a PNG nor a JPEG file, expected RAW_RGB8, PNG or JPEG"));
    }

    /** The declared encoding; where none is, that of the bytes. */
    private static Optional<ImageEncoding> encoding(ImageRecord image, byte[] data) {
        return switch (image.getEncoding()) {
            case RAW_RGB8 -> Optional.of(ImageEncoding.RAW_RGB8);
            case PNG -> Optional.of(ImageEncoding.PNG);
            case JPEG -> Optional.of(ImageEncoding.JPEG);
            case UNKNOWN -> ImageEncoding.of(data);
        };
    }

    /** Avro's buffer usually is exactly its array, which then need not be copied. */
    private static byte[] bytes(ByteBuffer data) {
        if (data.hasArray() && data.arrayOffset() == 0 && data.remaining() == data.array().length) {
            return data.array();
        }
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        return copy;
    }
}
