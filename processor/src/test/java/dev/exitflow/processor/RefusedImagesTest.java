package dev.exitflow.processor;

import static dev.exitflow.processor.TopologyHarness.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.topic.DeadLetterHeader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of images that cannot be classified: a dead letter each, and the stream goes on. */
class RefusedImagesTest {

    private static final Instant SENT = Instant.parse("2026-02-03T04:05:06.789Z");

    private final TopologyHarness harness = new TopologyHarness();

    @AfterEach
    void close() {
        harness.close();
    }

    static Stream<Arguments> badRecords() throws IOException {
        byte[] good = TinyModel.encoded(TinyModel.image("a"));
        byte[] unknownFingerprint = good.clone();
        unknownFingerprint[5] ^= 1;
        byte[] unknownEncoding = TinyModel.encoded(TinyModel.image("a").setEncoding(ImageEncoding.UNKNOWN));
        byte[] png = compressed("png", TinyModel.SIDE, TinyModel.SIDE);
        byte[] bomb = compressed("png", 4_000, 4_000);
        byte[] jpeg = compressed("jpeg", TinyModel.SIDE, TinyModel.SIDE);
        byte[] wrongPng = compressed("png", 9, 8);
        return Stream.of(
                Arguments.of("tombstone", null, "NULL_VALUE"),
                Arguments.of("empty value", new byte[0], "UNDECODABLE_RECORD"),
                Arguments.of("not Avro", bytes("hello"), "UNDECODABLE_RECORD"),
                Arguments.of("truncated Avro", Arrays.copyOf(good, 40), "UNDECODABLE_RECORD"),
                Arguments.of("unknown fingerprint", unknownFingerprint, "UNDECODABLE_RECORD"),
                Arguments.of("empty id", TinyModel.encoded(TinyModel.image("")), "INVALID_RECORD"),
                Arguments.of(
                        "empty source", TinyModel.encoded(TinyModel.image("a").setSource("")), "INVALID_RECORD"),
                Arguments.of("no time of capture", captured(Long.MIN_VALUE), "INVALID_RECORD"),
                Arguments.of("capture in microseconds", captured(1_764_331_200_000_000L), "INVALID_RECORD"),
                Arguments.of(
                        "other model", TinyModel.encoded(TinyModel.image("a").setModel("huge")), "UNKNOWN_MODEL"),
                Arguments.of("unknown encoding", unknownEncoding, "UNKNOWN_ENCODING"),
                Arguments.of(
                        "declared size", TinyModel.encoded(TinyModel.image("a").setWidth(9)), "WRONG_SIZE"),
                Arguments.of(
                        "negative size", TinyModel.encoded(TinyModel.image("a").setHeight(-8)), "WRONG_SIZE"),
                Arguments.of(
                        "truncated raw",
                        TinyModel.encoded(data(ImageEncoding.RAW_RGB8, new byte[100])),
                        "UNDECODABLE_IMAGE"),
                Arguments.of(
                        "oversized raw", TinyModel.encoded(data(ImageEncoding.RAW_RGB8, new byte[193])), "OVERSIZED"),
                Arguments.of(
                        "truncated PNG",
                        TinyModel.encoded(data(ImageEncoding.PNG, Arrays.copyOf(png, png.length - 30))),
                        "UNDECODABLE_IMAGE"),
                Arguments.of(
                        "truncated JPEG",
                        TinyModel.encoded(data(ImageEncoding.JPEG, Arrays.copyOf(jpeg, jpeg.length - 9))),
                        "UNDECODABLE_IMAGE"),
                Arguments.of(
                        "PNG said to be JPEG", TinyModel.encoded(data(ImageEncoding.JPEG, png)), "UNDECODABLE_IMAGE"),
                Arguments.of("PNG of another size", TinyModel.encoded(data(ImageEncoding.PNG, wrongPng)), "WRONG_SIZE"),
                Arguments.of("decompression bomb", TinyModel.encoded(data(ImageEncoding.PNG, bomb)), "OVERSIZED"),
                Arguments.of("NaN answer", TinyModel.encoded(TinyModel.black("a")), "NOT_FINITE"),
                Arguments.of("failing engine", TinyModel.encoded(TinyModel.white("a")), "ENGINE_FAILURE"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("badRecords")
    void shouldKeepTheRecordAndSayWhyWhenItCannotBeClassified(String kind, byte[] value, String reason) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", bytes("00-1"));

        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("before")));
        harness.images().pipeInput(new TestRecord<>(bytes("camera-1"), value, headers, SENT.toEpochMilli()));
        harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("after")));

        assertThat(harness.predictions()).extracting(Prediction::getId).containsExactly("before", "after");
        assertThat(harness.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo(bytes("camera-1"));
            assertThat(letter.value()).isEqualTo(value);
            assertThat(letter.getRecordTime()).isEqualTo(SENT);
            Map<String, String> said = texts(letter);
            assertThat(said.remove("exitflow.detail")).as(kind).isNotBlank().doesNotContain("\n");
            assertThat(said)
                    .containsOnly(
                            Map.entry("traceparent", "00-1"),
                            Map.entry("exitflow.topic", "exitflow-images"),
                            Map.entry("exitflow.partition", "0"),
                            Map.entry("exitflow.offset", "1"),
                            Map.entry("exitflow.timestamp", Long.toString(SENT.toEpochMilli())),
                            Map.entry("exitflow.reason", reason),
                            Map.entry("exitflow.instance", "unit-1"));
        });
        assertThat(harness.registry
                        .get("exitflow.dead.letters")
                        .tag("reason", reason)
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldReadEncodingAndSizeFromTheBytesWhenTheSenderDeclaresNeither() throws IOException {
        for (String format : new String[] {"png", "jpeg"}) {
            byte[] data = compressed(format, TinyModel.SIDE, TinyModel.SIDE);
            ImageRecord.Builder undeclared = ImageRecord.newBuilder()
                    .setId(format)
                    .setSource("camera-1")
                    .setCapturedAt(SENT)
                    .setEncoding(ImageEncoding.UNKNOWN)
                    .setData(ByteBuffer.wrap(data));
            harness.images().pipeInput(bytes("camera-1"), TinyModel.encoded(undeclared));
        }

        assertThat(harness.predictions()).extracting(Prediction::getId).containsExactly("png", "jpeg");
        assertThat(harness.deadLetters()).isEmpty();
    }

    @Test
    void shouldSayTheLastRefusalOnlyWhenAReplayedRecordIsRefusedAgain() {
        RecordHeaders headers = new RecordHeaders();
        headers.add(DeadLetterHeader.REASON.key(), bytes("WRONG_SIZE"));
        headers.add(DeadLetterHeader.OFFSET.key(), bytes("4711"));

        harness.images().pipeInput(new TestRecord<>(bytes("camera-1"), null, headers, SENT.toEpochMilli()));

        TestRecord<byte[], byte[]> letter = harness.deadLetters().get(0);
        assertThat(letter.headers().headers(DeadLetterHeader.REASON.key())).hasSize(1);
        assertThat(texts(letter)).containsEntry("exitflow.reason", "NULL_VALUE").containsEntry("exitflow.offset", "0");
    }

    @Test
    void shouldRefuseAnImageWithoutAKeyWhenItIsBad() {
        harness.images().pipeInput((byte[]) null, bytes("hello"));

        assertThat(harness.deadLetters()).singleElement().satisfies(letter -> assertThat(letter.key())
                .isNull());
    }

    private static byte[] captured(long millis) {
        return TinyModel.encoded(TinyModel.image("a").setCapturedAt(Instant.ofEpochMilli(millis)));
    }

    private static ImageRecord.Builder data(ImageEncoding encoding, byte[] data) {
        return TinyModel.image("a").setEncoding(encoding).setData(ByteBuffer.wrap(data));
    }

    private static byte[] compressed(String format, int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < TinyModel.SIDE; x++) {
            image.setRGB(x, x, 0x123456 * (x + 1));
        }
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }

    private static Map<String, String> texts(TestRecord<byte[], byte[]> letter) {
        Map<String, String> texts = new HashMap<>();
        letter.headers().forEach(header -> texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }

    @Test
    void shouldOnlyCountItWhenAnImageAsksForAnotherModelThatHasProcessorsOfItsOwn() {
        try (TopologyHarness sharing = new TopologyHarness(true)) {
            sharing.images()
                    .pipeInput(
                            bytes("camera-1"),
                            TinyModel.encoded(TinyModel.image("a").setModel("huge")));
            sharing.images()
                    .pipeInput(
                            bytes("camera-1"),
                            TinyModel.encoded(TinyModel.image("b").setModel("tiny")));
            sharing.images().pipeInput(bytes("camera-1"), TinyModel.encoded(TinyModel.image("c")));

            assertThat(sharing.predictions()).extracting(Prediction::getId).containsExactly("b", "c");
            assertThat(sharing.deadLetters()).isEmpty();
            assertThat(sharing.registry.get("exitflow.skipped").counter().count())
                    .isEqualTo(1);
        }
    }
}
