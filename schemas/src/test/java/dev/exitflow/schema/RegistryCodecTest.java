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
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void shouldAskOnceWhenManyRecordsHaveAnIdOfNoUse() {
        int protobuf = registry.register(SUBJECT, "message M {}", "PROTOBUF");
        int broken = registry.register(SUBJECT, "{\"type\": \"nothing\"}");

        for (int record = 0; record < 50; record++) {
            assertThat(reason(acks.decode(TOPIC, header(protobuf)))).contains("type PROTOBUF");
            assertThat(reason(acks.decode(TOPIC, header(broken)))).contains("schema id " + broken);
        }

        assertThat(registry.requests()).hasSize(2);
    }

    @Test
    void shouldReadAWritersSchemaWhenItRefersToOthers() throws IOException {
        String status = "{\"type\":\"enum\",\"name\":\"PolicyStatus\",\"symbols\":[\"APPLIED\"]}";
        Schema whole = ackSchema(SchemaBuilder.enumeration("PolicyStatus")
                .namespace("dev.exitflow.schema")
                .symbols("APPLIED"));
        registry.register("status", status.replace("\"name\"", "\"namespace\":\"dev.exitflow.schema\",\"name\""));
        registry.registerReferring(
                "verdict",
                "{\"type\":\"record\",\"name\":\"Verdict\",\"namespace\":\"dev.exitflow.schema\",\"fields\":["
                        + "{\"name\":\"status\",\"type\":\"PolicyStatus\"}]}",
                "dev.exitflow.schema.PolicyStatus",
                "status");
        int id = registry.registerReferring(
                SUBJECT,
                whole.toString().replace(status, "\"PolicyStatus\""),
                "dev.exitflow.schema.Verdict",
                "verdict");
        byte[] bytes = wireFormat(id, whole, ack(whole, 5L));

        Decoded<PolicyAck> decoded = acks.decode(TOPIC, bytes);
        acks.decode(TOPIC, bytes);

        assertThat(registry.schema(id)).doesNotContain("APPLIED");
        assertThat(value(decoded).getStatus()).isEqualTo(PolicyStatus.APPLIED);
        assertThat(registry.requests())
                .containsExactly(
                        "GET /schemas/ids/" + id,
                        "GET /subjects/verdict/versions/1",
                        "GET /subjects/status/versions/1");
    }

    @Test
    void shouldNameTheTypeWhenWhatASchemaRefersToIsNotRegistered() {
        int id = registry.registerReferring(SUBJECT, "\"PolicyStatus\"", "dev.exitflow.schema.PolicyStatus", "gone");

        assertThat(reason(acks.decode(TOPIC, header(id))))
                .contains("dev.exitflow.schema.PolicyStatus, version 1 of subject 'gone', which is not registered");
    }

    @Test
    void shouldReadAWritersSchemaWhenADefaultDoesNotFitItsType() throws IOException {
        Schema written = ackSchema(PolicyStatus.getClassSchema());
        String invalid = written.toString()
                .replace("\"instance\",\"type\":\"string\"", "\"instance\",\"type\":\"string\",\"default\":null");
        int id = registry.register(SUBJECT, invalid);

        Decoded<PolicyAck> decoded = acks.decode(TOPIC, wireFormat(id, written, ack(written, 5L)));

        assertThat(invalid).isNotEqualTo(written.toString());
        assertThat(value(decoded).getInstance()).isEqualTo("processor-9");
    }

    /** Avro throws another exception on each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "17",
                "[]",
                "{}",
                "{\"type\":\"nothing\"}",
                "{\"type\":\"enum\",\"name\":\"E\"}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":99999999999}",
                "{\"type\":\"fixed\",\"name\":\"F\"}",
                "{\"type\":\"array\"}",
                "[\"null\",\"null\"]",
                "[[\"null\"]]",
                "{\"type\":\"record\",\"name\":\"R\"}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{}]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"Unknown\"}]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}",
                "{\"type\":\"record\",\"name\":\"no name\",\"fields\":[]}"
            })
    void shouldAnswerMalformedWhenAvroDoesNotTakeTheSchema(String schema) {
        int id = registry.register(SUBJECT, schema);

        assertThat(reason(acks.decode(TOPIC, header(id)))).isNotBlank();
        assertThat(reason(codecs.imageRecords().decode(TOPIC, header(id)))).isNotBlank();
        assertThat(reason(codecs.thresholdPolicies().decode(TOPIC, header(id)))).isNotBlank();
    }

    @Test
    void shouldAnswerMalformedWhenARecordIsNestedDeep() {
        String more = "{\"name\":\"more\",\"type\":[\"null\",\"PolicyAck\"]},";
        String schema = ackSchema(PolicyStatus.getClassSchema()).toString();
        int id = registry.register(SUBJECT, schema.replace("\"fields\":[", "\"fields\":[" + more));
        byte[] bytes = ByteBuffer.allocate(1_000_005).put(header(id)).array();
        Arrays.fill(bytes, 5, bytes.length, (byte) 2);

        assertThat(registry.schema(id)).contains(more);
        assertThat(reason(acks.decode(TOPIC, bytes))).contains("PolicyAck").contains("1000005 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp-millis, 1764331200123",
        "timestamp-micros, 1764331200123456",
        "timestamp-nanos, 1764331200123456789",
        ", 1764331200123"
    })
    void shouldConvertAnInstantWhenItsWriterHasAnotherUnit(String unit, long written) throws IOException {
        Schema schema = ackSchema(PolicyStatus.getClassSchema(), unit);
        int id = registry.register(SUBJECT, schema.toString());

        Decoded<PolicyAck> decoded = acks.decode(TOPIC, wireFormat(id, schema, ack(schema, written)));

        assertThat(value(decoded).getAckedAt().toEpochMilli()).isEqualTo(1764331200123L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"local-timestamp-millis", "local-timestamp-micros", "time-micros", "of-our-own"})
    void shouldRefuseAnInstantWhenItsWriterHasNone(String unit) throws IOException {
        Schema schema = ackSchema(PolicyStatus.getClassSchema(), unit);
        int id = registry.register(SUBJECT, schema.toString());
        byte[] bytes = wireFormat(id, schema, ack(schema, 5L));

        assertThat(reason(acks.decode(TOPIC, bytes)))
                .contains("schema id " + id)
                .contains("field ackedAt was written as " + unit)
                .contains("timestamp-micros");
        acks.decode(TOPIC, bytes);
        assertThat(registry.requests()).hasSize(1);
    }

    /** Every instant of every record. */
    @Test
    void shouldConvertAllInstantsWhenTheirWriterHasMicroseconds() throws IOException {
        assertConverted(codecs.imageRecords(), Samples.image());
        assertConverted(codecs.thresholdPolicies(), Samples.policy());
        assertConverted(codecs.predictions(), Samples.prediction());
        assertConverted(codecs.policyAcks(), Samples.ack());
        assertConverted(codecs.exitStats(), Samples.stats());
    }

    private <T extends SpecificRecord> void assertConverted(RecordCodec<T> codec, T record) throws IOException {
        String ours = record.getSchema().toString();
        Schema theirs = new Schema.Parser().parse(ours.replace("timestamp-millis", "timestamp-micros"));
        byte[] inMillis = codec.encode(TOPIC, record);
        GenericRecord read = new GenericDatumReader<GenericRecord>(record.getSchema())
                .read(null, DecoderFactory.get().binaryDecoder(inMillis, 5, inMillis.length - 5, null));
        GenericRecord copy = new GenericData.Record(theirs);
        record.getSchema().getFields().forEach(field -> {
            boolean isInstant = "timestamp-millis".equals(field.schema().getProp("logicalType"));
            Object value = read.get(field.pos());
            copy.put(field.pos(), isInstant ? 1_000 * (long) value : value);
        });

        Decoded<T> decoded =
                codec.decode(TOPIC, wireFormat(registry.register("micros", theirs.toString()), theirs, copy));

        assertThat(theirs).isNotEqualTo(record.getSchema());
        assertThat(decoded).isEqualTo(new Decoded.Value<>(record));
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

    private static Schema ackSchema(Schema status) {
        return ackSchema(status, null);
    }

    /** @param unit the logical type of the instant; null for none */
    private static Schema ackSchema(Schema status, String unit) {
        Schema instant = Schema.create(Schema.Type.LONG);
        if (unit != null) {
            instant.addProp("logicalType", unit);
        }
        return SchemaBuilder.record("PolicyAck")
                .namespace("dev.exitflow.schema")
                .fields()
                .requiredString("instance")
                .requiredString("model")
                .requiredString("policyKey")
                .requiredLong("policyVersion")
                .name("status")
                .type(status)
                .noDefault()
                .name("ackedAt")
                .type(instant)
                .noDefault()
                .endRecord();
    }

    private static GenericRecord ack(Schema schema, long ackedAt) {
        return new GenericRecordBuilder(schema)
                .set("instance", "processor-9")
                .set("model", "digits")
                .set("policyKey", "digits")
                .set("policyVersion", 8L)
                .set(
                        "status",
                        new GenericData.EnumSymbol(schema.getField("status").schema(), "APPLIED"))
                .set("ackedAt", ackedAt)
                .build();
    }

    private static <T> T value(Decoded<T> decoded) {
        assertThat(decoded).isInstanceOf(Decoded.Value.class);
        return ((Decoded.Value<T>) decoded).value();
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
