package dev.exitflow.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryCodecTest {

    private static final String TOPIC = "exitflow-acks";
    private static final String SUBJECT = "exitflow-acks-value";

    private SchemaRegistryStub registry;
    private RecordCodecs codecs;
    private RecordCodec<PolicyAck> acks;

    @BeforeEach
    void startRegistry() throws IOException {
        registry = new SchemaRegistryStub();
        codecs = RecordCodecs.from(Map.of("schema.registry.url", registry.url() + "/"));
        acks = codecs.policyAcks();
    }

    @AfterEach
    void stopRegistry() {
        registry.close();
    }

    @Test
    void shouldReadBackEveryRecordTypeWhenItWroteThem() {
        assertReadsBack(codecs.imageRecords(), Samples.image());
        assertReadsBack(codecs.thresholdPolicies(), Samples.policy());
        assertReadsBack(codecs.predictions(), Samples.prediction());
        assertReadsBack(codecs.policyAcks(), Samples.ack());
        assertReadsBack(codecs.exitStats(), Samples.stats());
    }

    @Test
    void shouldWriteZeroTheIdAndPlainAvroWhenEncoding() throws IOException {
        byte[] bytes = acks.encode(TOPIC, Samples.ack());

        ByteBuffer header = ByteBuffer.wrap(bytes);
        assertThat(header.get()).isZero();
        Schema registered = new Schema.Parser().parse(registry.schema(header.getInt()));
        GenericRecord read = new GenericDatumReader<GenericRecord>(registered)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
        assertThat(read.get("policyKey")).hasToString("digits/gate-7");
        assertThat(read.get("status")).hasToString("REJECTED");
    }

    @Test
    void shouldRegisterThePublishedSchemaOnceWhenManyRecordsAreWritten() {
        byte[] first = acks.encode(TOPIC, Samples.ack());
        acks.encode(TOPIC, Samples.ack());
        acks.decode(TOPIC, first);
        acks.decode(TOPIC, first);

        assertThat(registry.requests())
                .containsExactly("POST /subjects/exitflow-acks-value/versions", "GET /schemas/ids/100");
        assertThat(registry.schema(100)).contains("\"doc\"").doesNotContain("avro.java.string");
    }

    @Test
    void shouldOnlyLookTheSchemaUpWhenRegisteringIsForbidden() {
        RecordCodec<PolicyAck> careful = RecordCodecs.from(
                        Map.of("schema.registry.url", registry.url(), "auto.register.schemas", false))
                .policyAcks();

        assertThatThrownBy(() -> careful.encode(TOPIC, Samples.ack()))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("dev.exitflow.schema.PolicyAck")
                .hasMessageContaining(SUBJECT)
                .hasMessageContaining("auto.register.schemas");

        byte[] written = acks.encode(TOPIC, Samples.ack());
        assertThat(careful.encode(TOPIC, Samples.ack())).isEqualTo(written);
    }

    @Test
    void shouldReadAnotherWritersSchemaWhenItHasOtherFieldsAndSymbols() throws IOException {
        Schema newer = SchemaBuilder.record("PolicyAck")
                .namespace("dev.exitflow.schema")
                .fields()
                .requiredString("addedLater")
                .requiredString("instance")
                .requiredString("model")
                .requiredString("policyKey")
                .requiredLong("policyVersion")
                .name("status")
                .type(SchemaBuilder.enumeration("PolicyStatus").symbols("APPLIED", "POSTPONED"))
                .noDefault()
                .requiredLong("ackedAt")
                .endRecord();
        GenericRecord record = new GenericRecordBuilder(newer)
                .set("addedLater", "x")
                .set("instance", "processor-9")
                .set("model", "digits")
                .set("policyKey", "digits")
                .set("policyVersion", 8L)
                .set(
                        "status",
                        new GenericData.EnumSymbol(newer.getField("status").schema(), "POSTPONED"))
                .set("ackedAt", 5L)
                .build();
        int id = registry.register(SUBJECT, newer.toString());

        Decoded<PolicyAck> decoded = acks.decode(TOPIC, wireFormat(id, newer, record));

        PolicyAck ack = ((Decoded.Value<PolicyAck>) decoded).value();
        assertThat(ack.getInstance()).isEqualTo("processor-9");
        assertThat(ack.getStatus()).isEqualTo(PolicyStatus.UNKNOWN);
        assertThat(ack.getReason()).isEmpty();
        assertThat(ack.getAckedAt().toEpochMilli()).isEqualTo(5);
    }

    @Test
    void shouldReadSingleObjectRecordsTooWhenATopicMovesToARegistry() {
        byte[] before = RecordCodecs.from(Map.of()).policyAcks().encode(TOPIC, Samples.ack());

        assertThat(acks.decode(TOPIC, before)).isEqualTo(new Decoded.Value<>(Samples.ack()));
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void shouldAskOnceWhenManyRecordsHaveTheSameUnknownId() {
        byte[] bytes = {0, 0, 0, 1, 0, 9, 9, 9};

        assertThat(reason(acks.decode(TOPIC, bytes))).isEqualTo("unknown schema id 256");
        assertThat(reason(acks.decode(TOPIC, bytes))).isEqualTo("unknown schema id 256");

        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void shouldNotAskWhenNoRegistryGivesSuchAnId() {
        assertThat(reason(acks.decode(TOPIC, header(-1)))).isEqualTo("unknown schema id -1");

        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void shouldAskAgainWhenAnIdWasUnknownAWhileAgo() {
        long[] nanos = {0};
        SchemaRegistry patient =
                new SchemaRegistry(RegistryConfig.from(Map.of("schema.registry.url", registry.url())), () -> nanos[0]);
        assertThat(reason(patient.schema(100))).isEqualTo("unknown schema id 100");
        registry.register(SUBJECT, "\"string\"");

        nanos[0] += 11_000_000_000L;

        assertThat(patient.schema(100)).isEqualTo(new Decoded.Value<>(Schema.create(Schema.Type.STRING)));
    }

    @Test
    void shouldNameTheReasonWhenTheSchemaIsOfNoUse() {
        int protobuf = registry.register(SUBJECT, "message M {}", "PROTOBUF");
        int broken = registry.register(SUBJECT, "{\"type\": \"nothing\"}");
        int foreign = registry.register(SUBJECT, "{\"type\":\"record\",\"name\":\"Foreign\",\"fields\":[]}");

        assertThat(reason(acks.decode(TOPIC, header(protobuf)))).contains("type PROTOBUF, expected AVRO");
        assertThat(reason(acks.decode(TOPIC, header(broken)))).contains("schema id " + broken);
        assertThat(reason(acks.decode(TOPIC, header(foreign))))
                .contains("Foreign")
                .contains("PolicyAck");
    }

    @Test
    void shouldNameTheReasonWhenBytesAreInNoKnownEncoding() {
        assertThat(reason(acks.decode(TOPIC, null))).contains("tombstone");
        assertThat(reason(acks.decode(TOPIC, new byte[0]))).contains("truncated header: 0 bytes");
        assertThat(reason(acks.decode(TOPIC, new byte[4]))).contains("truncated header: 4 bytes");
        assertThat(reason(acks.decode(TOPIC, new byte[] {'{', '}'}))).contains("starts with 0x7b");
    }

    @Test
    void shouldThrowAndRecoverWhenTheRegistryIsOutOfOrderForAWhile() {
        byte[] bytes = acks.encode(TOPIC, Samples.ack());
        RecordCodec<PolicyAck> fresh =
                RecordCodecs.from(Map.of("schema.registry.url", registry.url())).policyAcks();

        registry.failWith(503);
        assertThatThrownBy(() -> fresh.decode(TOPIC, bytes))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("HTTP 503");
        assertThatThrownBy(() -> fresh.encode(TOPIC, Samples.ack())).isInstanceOf(SchemaRegistryException.class);
        registry.failWith(0);

        assertThat(fresh.decode(TOPIC, bytes)).isEqualTo(new Decoded.Value<>(Samples.ack()));
        assertThat(fresh.encode(TOPIC, Samples.ack())).isEqualTo(bytes);
    }

    @Test
    void shouldNameTheUrlWhenNoRegistryAnswers() {
        registry.close();

        assertThatThrownBy(() -> acks.encode(TOPIC, Samples.ack()))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining(registry.url())
                .hasMessageContaining("schema.registry.url");
    }

    @Test
    void shouldAskTheNextNodeWhenTheFirstDoesNotAnswer() throws IOException {
        SchemaRegistryStub gone = new SchemaRegistryStub();
        gone.close();
        RecordCodec<PolicyAck> codec = RecordCodecs.from(
                        Map.of("schema.registry.url", gone.url() + ", " + registry.url()))
                .policyAcks();

        assertReadsBack(codec, Samples.ack());
    }

    @Test
    void shouldSendTheUserWhenOneIsConfigured() {
        RecordCodec<PolicyAck> codec = RecordCodecs.from(
                        Map.of("schema.registry.url", registry.url(), "basic.auth.user.info", "ana:s3cret"))
                .policyAcks();

        codec.encode(TOPIC, Samples.ack());

        assertThat(registry.authorization())
                .isEqualTo(
                        "Basic " + Base64.getEncoder().encodeToString("ana:s3cret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldNameEveryBadKeyWhenTheConfigurationIsWrong() {
        Map<String, ?> config = Map.of(
                "schema.registry.url", "localhost:8081",
                "basic.auth.user.info", "ana",
                "auto.register.schemas", "maybe",
                "schema.registry.timeout.ms", 0);

        assertThatThrownBy(() -> RecordCodecs.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema.registry.url: got 'localhost:8081'")
                .hasMessageContaining("basic.auth.user.info")
                .hasMessageContaining("auto.register.schemas: got 'maybe'")
                .hasMessageContaining("schema.registry.timeout.ms: got '0'");
    }

    private static byte[] wireFormat(int id, Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(header(id));
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static byte[] header(int id) {
        return ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
    }

    private static <T> void assertReadsBack(RecordCodec<T> codec, T record) {
        byte[] bytes = codec.encode(TOPIC, record);

        assertThat(codec.decode(TOPIC, bytes)).isEqualTo(new Decoded.Value<>(record));
        assertThat(reason(codec.decode(TOPIC, Arrays.copyOf(bytes, bytes.length - 1))))
                .contains("truncated");
    }

    private static String reason(Decoded<?> decoded) {
        assertThat(decoded).isInstanceOf(Decoded.Malformed.class);
        return ((Decoded.Malformed<?>) decoded).reason();
    }
}
