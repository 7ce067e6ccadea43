package dev.exitflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class SingleObjectCodecTest {

    private static final String TOPIC = "exitflow-images";

    private final RecordCodecs codecs = RecordCodecs.from(Map.of());
    private final RecordCodec<ImageRecord> images = codecs.imageRecords();

    @Test
    void shouldReadBackEveryRecordTypeWhenItWroteThem() {
        assertReadsBack(images, Samples.image());
        assertReadsBack(codecs.thresholdPolicies(), Samples.policy());
        assertReadsBack(codecs.predictions(), Samples.prediction());
        assertReadsBack(codecs.policyAcks(), Samples.ack());
        assertReadsBack(codecs.exitStats(), Samples.stats());
    }

    @Test
    void shouldReadBackNullsAndDefaultsWhenOptionalFieldsAreLeftOut() {
        ImageRecord image = ImageRecord.newBuilder()
                .setId("1")
                .setSource("gate-7")
                .setCapturedAt(Instant.EPOCH)
                .setEncoding(ImageEncoding.PNG)
                .setWidth(1)
                .setHeight(1)
                .setData(ByteBuffer.allocate(0))
                .build();

        assertReadsBack(images, image);
        assertThat(image.getModel()).isEmpty();
        assertThat(image.getLabel()).isEmpty();
    }

    @Test
    void shouldWriteWhatAvroItselfReadsWhenEncoding() throws IOException {
        byte[] bytes = codecs.thresholdPolicies().encode(TOPIC, Samples.policy());

        assertThat(bytes).startsWith(0xC3, 0x01);
        GenericRecord read = new BinaryMessageDecoder<GenericRecord>(
                        new GenericData(), ThresholdPolicy.getClassSchema())
                .decode(ByteBuffer.wrap(bytes));
        assertThat(read.get("version")).isEqualTo(3L);
        assertThat(read.get("thresholds")).isEqualTo(List.of(0.9, 0.75));
        assertThat(read.get("issuedBy")).hasToString("ana");
    }

    @Test
    void shouldReadWhatAvroItselfWritesWhenDecoding() throws IOException {
        ByteBuffer written = Samples.policy().toByteBuffer();
        byte[] bytes = new byte[written.remaining()];
        written.get(bytes);

        Decoded<ThresholdPolicy> decoded = codecs.thresholdPolicies().decode(TOPIC, bytes);

        assertThat(decoded).isEqualTo(new Decoded.Value<>(Samples.policy()));
    }

    /** Written by Python's fastavro 1.12.2 with ImageRecord.avsc, as the README shows. */
    @Test
    void shouldReadWhatPythonWroteWhenItUsedThePublishedSchema() {
        byte[] bytes = HexFormat.of().parseHex("c301298b5d4e3bfcbfc802310c676174652d37008091f5d1c06806404004ffd800");

        ImageRecord image = ((Decoded.Value<ImageRecord>) images.decode(TOPIC, bytes)).value();

        assertThat(image.getSource()).isEqualTo("gate-7");
        assertThat(image.getEncoding()).isEqualTo(ImageEncoding.JPEG);
        assertThat(image.getData()).isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0xFF, (byte) 0xD8}));
        assertThat(image.getLabel()).isEmpty();
    }

    @Test
    void shouldLeaveTheImageDataUntouchedWhenEncodingTwice() {
        ImageRecord image = Samples.image();

        byte[] first = images.encode(TOPIC, image);
        byte[] second = images.encode(TOPIC, image);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldEncodeTheNextRecordCleanlyWhenOneWasRefused() {
        ImageRecord refused = new ImageRecord();
        byte[] expected = images.encode(TOPIC, Samples.image());

        assertThatThrownBy(() -> images.encode(TOPIC, refused))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ImageRecord")
                .hasMessageContaining("exitflow-images")
                .hasMessageContaining("id");

        assertThat(images.encode(TOPIC, Samples.image())).isEqualTo(expected);
    }

    @Test
    void shouldKeepRecordsApartWhenSeveralThreadsShareACodec() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> jobs = IntStream.range(0, 200)
                    .<Callable<Boolean>>mapToObj(job -> () -> {
                        byte[] data = new byte[1 + job * 37];
                        Arrays.fill(data, (byte) job);
                        ImageRecord image = Samples.image(data);
                        return images.decode(TOPIC, images.encode(TOPIC, image)).equals(new Decoded.Value<>(image));
                    })
                    .toList();

            List<Future<Boolean>> answers = threads.invokeAll(jobs);

            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldReadBackAnImageWhenItIsLargerThanTheBufferThatIsKept() {
        assertReadsBack(images, Samples.image(new byte[3 << 20]));
    }

    @Test
    void shouldNameTheReasonWhenThereIsNoValue() {
        assertThat(reason(images.decode(TOPIC, null))).contains("tombstone");
        assertThat(reason(images.decode(TOPIC, new byte[0]))).contains("truncated header: 0 bytes");
    }

    @Test
    void shouldNameTheReasonWhenTheHeaderIsCut() {
        byte[] bytes = images.encode(TOPIC, Samples.image());

        assertThat(reason(images.decode(TOPIC, Arrays.copyOf(bytes, 9)))).contains("truncated header: 9 bytes");
    }

    @Test
    void shouldNameTheReasonWhenTheBytesAreInNoKnownEncoding() {
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13};

        assertThat(reason(images.decode(TOPIC, png))).contains("not single-object encoded: starts with 0x8950");
    }

    @Test
    void shouldPointToTheRegistryWhenTheBytesAreInConfluentWireFormat() {
        byte[] confluent = {0, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7};

        assertThat(reason(images.decode(TOPIC, confluent))).contains("schema.registry.url");
    }

    @Test
    void shouldNameTheFingerprintWhenTheSchemaIsUnknown() {
        byte[] bytes = images.encode(TOPIC, Samples.image());
        byte[] fingerprint = {(byte) 0xEF, (byte) 0xCD, (byte) 0xAB, (byte) 0x89, 0x67, 0x45, 0x23, 0x01};
        System.arraycopy(fingerprint, 0, bytes, 2, fingerprint.length);

        assertThat(reason(images.decode(TOPIC, bytes))).contains("unknown schema fingerprint 0x0123456789abcdef");
    }

    @Test
    void shouldRefuseARecordWhenItIsOfAnotherType() {
        byte[] bytes = codecs.policyAcks().encode(TOPIC, Samples.ack());

        assertThat(reason(images.decode(TOPIC, bytes))).contains("unknown schema fingerprint");
    }

    @Test
    void shouldNameTheReasonWhenTheValueIsCut() {
        byte[] bytes = images.encode(TOPIC, Samples.image());

        assertThat(reason(images.decode(TOPIC, Arrays.copyOf(bytes, bytes.length - 1))))
                .contains("truncated ImageRecord");
    }

    @Test
    void shouldNameTheReasonWhenBytesAreLeftOver() {
        byte[] bytes = images.encode(TOPIC, Samples.image());

        assertThat(reason(images.decode(TOPIC, Arrays.copyOf(bytes, bytes.length + 1))))
                .contains("more bytes than one ImageRecord takes");
    }

    @Test
    void shouldReadOldDataWhenAnEarlierVersionWroteIt() throws IOException {
        Schema earlier = SchemaBuilder.record("ThresholdPolicy")
                .namespace("dev.exitflow.schema")
                .fields()
                .requiredLong("version")
                .name("thresholds")
                .type()
                .array()
                .items()
                .doubleType()
                .noDefault()
                .requiredString("issuedBy")
                .requiredString("reason")
                .requiredLong("issuedAt")
                .endRecord();
        RecordFormat<ThresholdPolicy> format = new RecordFormat<>(ThresholdPolicy.class);
        RecordCodec<ThresholdPolicy> policies = new SingleObjectCodec<>(
                format,
                new SchemaHistory(
                        format.schema(),
                        List.of(earlier, SchemaHistory.of(format.schema()).newest())));
        GenericRecord old = new GenericRecordBuilder(earlier)
                .set("version", 3L)
                .set("thresholds", List.of(0.9, 0.75))
                .set("issuedBy", "ana")
                .set("reason", "rush hour")
                .set("issuedAt", Samples.policy().getIssuedAt().toEpochMilli())
                .build();
        byte[] bytes = new BinaryMessageEncoder<GenericRecord>(new GenericData(), earlier)
                .encode(old)
                .array();

        Decoded<ThresholdPolicy> decoded = policies.decode(TOPIC, bytes);

        ThresholdPolicy expected =
                ThresholdPolicy.newBuilder(Samples.policy()).setShadowRate(0).build();
        assertThat(decoded).isEqualTo(new Decoded.Value<>(expected));
    }

    private static <T> void assertReadsBack(RecordCodec<T> codec, T record) {
        assertThat(codec.decode(TOPIC, codec.encode(TOPIC, record))).isEqualTo(new Decoded.Value<>(record));
    }

    private static String reason(Decoded<?> decoded) {
        assertThat(decoded).isInstanceOf(Decoded.Malformed.class);
        return ((Decoded.Malformed<?>) decoded).reason();
    }
}
