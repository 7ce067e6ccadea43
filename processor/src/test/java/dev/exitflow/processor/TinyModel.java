package dev.exitflow.processor;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.topic.Topics;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The bundle under src/test/resources and records for it: see the README there. */
public final class TinyModel {

    public static final String NAME = "tiny";
    public static final int SIDE = 8;
    public static final int EARLY_EXITS = 2;
    public static final RecordCodecs CODECS = RecordCodecs.from(Map.of());
    public static final Instant CAPTURED = Instant.parse("2026-01-02T03:04:05.678Z");

    private static final int PIXEL_BYTES = 3 * SIDE * SIDE;

    private TinyModel() {}

    public static Path directory() {
        try {
            return Path.of(TinyModel.class.getResource("/tiny-bundle").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static ModelBundle bundle() {
        return BundleLoader.load(directory());
    }

    /** A noisy image that every policy can classify; the same id gives the same image. */
    public static ImageRecord.Builder image(String id) {
        byte[] pixels = new byte[PIXEL_BYTES];
        new Random(id.hashCode()).nextBytes(pixels);
        return image(id, pixels);
    }

    /** The image on which the first stage throws. */
    public static ImageRecord.Builder white(String id) {
        byte[] pixels = new byte[PIXEL_BYTES];
        Arrays.fill(pixels, (byte) 0xff);
        return image(id, pixels);
    }

    /** The image on which the first stage answers NaN. */
    public static ImageRecord.Builder black(String id) {
        return image(id, new byte[PIXEL_BYTES]);
    }

    public static byte[] encoded(ImageRecord.Builder image) {
        return CODECS.imageRecords().encode(Topics.standard().images().name(), image.build());
    }

    public static byte[] policy(long version, double shadowRate, Double... thresholds) {
        ThresholdPolicy policy = ThresholdPolicy.newBuilder()
                .setVersion(version)
                .setThresholds(List.of(thresholds))
                .setShadowRate(shadowRate)
                .setIssuedBy("test")
                .setReason("")
                .setIssuedAt(CAPTURED)
                .build();
        return CODECS.thresholdPolicies().encode(Topics.standard().thresholds().name(), policy);
    }

    private static ImageRecord.Builder image(String id, byte[] pixels) {
        return ImageRecord.newBuilder()
                .setId(id)
                .setSource("camera-1")
                .setModel(null)
                .setCapturedAt(CAPTURED)
                .setEncoding(ImageEncoding.RAW_RGB8)
                .setWidth(SIDE)
                .setHeight(SIDE)
                .setData(ByteBuffer.wrap(pixels))
                .setLabel(null);
    }
}
