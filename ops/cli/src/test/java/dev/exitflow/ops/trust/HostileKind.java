package dev.exitflow.ops.trust;

import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;

/** A way in which a record of the images topic can be bad. */
enum HostileKind {
    NULL_VALUE("NULL_VALUE"),
    EMPTY_VALUE("UNDECODABLE_RECORD"),
    RANDOM_BYTES("UNDECODABLE_RECORD"),
    TRUNCATED_RECORD("UNDECODABLE_RECORD"),
    UNKNOWN_SCHEMA("UNDECODABLE_RECORD"),
    NO_ID("INVALID_RECORD"),
    NO_SOURCE("INVALID_RECORD"),
    OTHER_MODEL("UNKNOWN_MODEL"),
    UNKNOWN_ENCODING("UNKNOWN_ENCODING"),
    SIZE_ZERO("WRONG_SIZE"),
    SIZE_NEGATIVE("WRONG_SIZE"),
    SIZE_GREATEST("WRONG_SIZE"),
    RAW_TOO_SHORT("UNDECODABLE_IMAGE"),
    RAW_TOO_LONG("OVERSIZED"),
    PNG_TRUNCATED("UNDECODABLE_IMAGE"),
    JPEG_TRUNCATED("UNDECODABLE_IMAGE"),
    PNG_OF_NOISE("UNDECODABLE_IMAGE"),
    JPEG_OF_NOISE("UNDECODABLE_IMAGE"),
    PNG_OF_ANOTHER_SIZE("WRONG_SIZE"),
    DECOMPRESSION_BOMB("OVERSIZED"),
    MODEL_THROWS("ENGINE_FAILURE"),
    MODEL_ANSWERS_NAN("NOT_FINITE"),
    /** Bits flipped anywhere in a record; it may still be one. */
    MUTATED_RECORD,
    /** Bytes changed in a PNG, which may still be one. */
    MUTATED_PNG("UNDECODABLE_IMAGE", "WRONG_SIZE", "OVERSIZED"),
    /** Bytes changed in a JPEG, which may well still be one. */
    MUTATED_JPEG("UNDECODABLE_IMAGE", "WRONG_SIZE", "OVERSIZED");

    private static final RecordCodec<ImageRecord> CODEC =
            RecordCodecs.from(Map.of()).imageRecords();
    /** What a processor's log must not have at the beginning of a line. */
    static final String FORGED_LINE = "00:00:00.000 ERROR forged\u001b[2J";

    private static final int SIDE = 8;
    private static final int PIXEL_BYTES = 3 * SIDE * SIDE;
    private static final int BOMB_SIDE = 5_000;
    private static final byte[] PNG = encoded("png", SIDE);
    private static final byte[] JPEG = encoded("jpeg", SIDE);
    private static final byte[] OTHER_PNG = encoded("png", SIDE + 1);
    private static final byte[] BOMB = encoded("png", BOMB_SIDE);

    @SuppressWarnings("ImmutableEnumChecker") // of Set.of
    private final Set<String> reasons;

    HostileKind(String... reasons) {
        this.reasons = Set.of(reasons);
    }

    /** Whether no record of this kind can be answered. */
    boolean isCertain() {
        return compareTo(MUTATED_RECORD) < 0;
    }

    /** Whether a dead letter of this kind may have this reason. */
    boolean allows(String reason) {
        return reasons.isEmpty() || reasons.contains(reason);
    }

    /** A value of this kind, null for none; each call another where chance has room. */
    byte[] value(Random random) {
        return switch (this) {
            case NULL_VALUE -> null;
            case EMPTY_VALUE -> new byte[0];
            case RANDOM_BYTES -> noise(random, 1 + random.nextInt(400));
            case TRUNCATED_RECORD -> {
                byte[] whole = encode(raw(noise(random, PIXEL_BYTES)));
                yield Arrays.copyOf(whole, random.nextInt(whole.length));
            }
            case UNKNOWN_SCHEMA -> {
                byte[] record = encode(raw(noise(random, PIXEL_BYTES)));
                record[2 + random.nextInt(8)] ^= (byte) (1 + random.nextInt(255));
                yield record;
            }
            case NO_ID -> encode(raw(noise(random, PIXEL_BYTES)).setId(""));
            case NO_SOURCE -> encode(raw(noise(random, PIXEL_BYTES)).setSource(""));
            case OTHER_MODEL -> encode(raw(noise(random, PIXEL_BYTES)).setModel("other\n" + FORGED_LINE));
            case UNKNOWN_ENCODING -> encode(raw(noise(random, PIXEL_BYTES)).setEncoding(ImageEncoding.UNKNOWN));
            case SIZE_ZERO -> encode(raw(new byte[0]).setWidth(0).setHeight(0));
            case SIZE_NEGATIVE -> encode(raw(noise(random, 10)).setWidth(-SIDE).setHeight(-SIDE));
            case SIZE_GREATEST ->
                encode(raw(noise(random, 10)).setWidth(Integer.MAX_VALUE).setHeight(Integer.MAX_VALUE));
            case RAW_TOO_SHORT -> encode(raw(noise(random, random.nextInt(PIXEL_BYTES))));
            case RAW_TOO_LONG -> encode(raw(noise(random, PIXEL_BYTES + 1 + random.nextInt(2_000))));
            case PNG_TRUNCATED -> encode(png(Arrays.copyOf(PNG, random.nextInt(60))));
            case JPEG_TRUNCATED -> encode(jpeg(Arrays.copyOf(JPEG, random.nextInt(JPEG.length - 2))));
            case PNG_OF_NOISE -> encode(png(noise(random, random.nextInt(500))));
            case JPEG_OF_NOISE -> encode(jpeg(noise(random, random.nextInt(500))));
            case PNG_OF_ANOTHER_SIZE -> encode(png(OTHER_PNG));
            case DECOMPRESSION_BOMB -> encode(png(BOMB));
            case MODEL_THROWS -> encode(raw(filled(0xff)));
            case MODEL_ANSWERS_NAN -> encode(raw(filled(0)));
            case MUTATED_RECORD -> mutated(encode(raw(noise(random, PIXEL_BYTES))), random);
            case MUTATED_PNG -> encode(png(mutated(PNG, random)));
            case MUTATED_JPEG -> encode(jpeg(mutated(JPEG, random)));
        };
    }

    private static ImageRecord.Builder raw(byte[] data) {
        return record(ImageEncoding.RAW_RGB8, data);
    }

    private static ImageRecord.Builder png(byte[] data) {
        return record(ImageEncoding.PNG, data);
    }

    private static ImageRecord.Builder jpeg(byte[] data) {
        return record(ImageEncoding.JPEG, data);
    }

    private static ImageRecord.Builder record(ImageEncoding encoding, byte[] data) {
        return ImageRecord.newBuilder()
                .setId("hostile-0")
                .setSource("nobody")
                .setModel(null)
                .setCapturedAt(Instant.EPOCH)
                .setEncoding(encoding)
                .setWidth(SIDE)
                .setHeight(SIDE)
                .setData(ByteBuffer.wrap(data))
                .setLabel(null);
    }

    private static byte[] encode(ImageRecord.Builder record) {
        return CODEC.encode("hostile", record.build());
    }

    private static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[PIXEL_BYTES];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] mutated(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int left = 1 + random.nextInt(8); left > 0; left--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] encoded(String format, int side) {
        BufferedImage picture = new BufferedImage(
                side, side, side == SIDE ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_BINARY);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
            picture.setRGB(pixel % SIDE, pixel / SIDE, 0x123456 * pixel);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
