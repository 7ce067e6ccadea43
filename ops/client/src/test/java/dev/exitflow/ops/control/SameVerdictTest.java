package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.PolicyResolver;
import dev.exitflow.processor.control.PolicyAcks;
import dev.exitflow.processor.control.PolicyBook;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import dev.exitflow.schema.instance.AckLog;
import dev.exitflow.schema.instance.ServedModel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A processor's policy book and the operators' view of the control topic, fed with the same records. */
class SameVerdictTest {

    private static final String THRESHOLDS = "exitflow-thresholds";
    private static final String ACKS = "exitflow-acks";
    private static final String INSTANCE = "unit-1";
    private static final ServedModel SERVED = new ServedModel("digits", "1", "ab".repeat(32), 3, List.of(1.0));
    private static final RecordCodecs CODECS = RecordCodecs.from(Map.of());

    /** The value is null for a tombstone. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never changed
    record Change(String key, byte[] value) {}

    @Property(seed = "11", tries = 500)
    void shouldJudgeEveryRecordAlikeOnBothSides(@ForAll("changes") List<Change> changes) {
        BothSides sides = new BothSides();
        changes.forEach(sides::take);
        for (String key : List.of("digits", "digits/a", "digits/", "digits/ ")) {
            sides.assertSameInForce(key);
        }
    }

    private static final class BothSides {

        private final MockProducer<byte[], byte[]> producer = new MockProducer<>(
                true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        private final PolicyResolver resolver = new PolicyResolver("digits", 3, ExitPolicy.uniform(0, 1));
        private final PolicyAcks acks = new PolicyAcks(
                producer,
                CODECS.policyAcks(),
                new PolicyAcks.Address(ACKS, INSTANCE, SERVED),
                InstantSource.fixed(Instant.EPOCH));
        private final PolicyBook book =
                new PolicyBook(resolver, "digits", CODECS.thresholdPolicies(), THRESHOLDS, acks);
        private final AckLog said = new AckLog(CODECS.policyAcks());
        private final PolicyHistory history = new PolicyHistory(model -> said.served(model)
                .map(served -> OptionalInt.of(served.earlyExits()))
                .orElse(OptionalInt.empty()));
        private long offset;

        BothSides() {
            acks.announce(Duration.ZERO);
        }

        void take(Change change) {
            byte[] key = change.key().getBytes(StandardCharsets.UTF_8);
            boolean isApplied = book.apply(key, change.value());
            ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(THRESHOLDS, 0, offset++, key, change.value());
            PolicyEntry entry = PolicyEntry.of(record, CODECS.thresholdPolicies());
            history.add(entry);
            readAcks();
            PolicyEntry judged = history.judged(entry);
            if (resolver.concerns(change.key())) {
                assertThat(judged.problem().isEmpty()).as(change.key()).isEqualTo(isApplied);
                assertSameReason(judged);
            }
        }

        void assertSameInForce(String key) {
            assertThat(history.inForce(key).flatMap(PolicyEntry::exitPolicy)).isEqualTo(resolver.get(key));
            history.inForce(key).ifPresent(entry -> assertThat(
                            Standing.of(entry, "digits", Set.of(INSTANCE), said).inForce())
                    .containsExactly(INSTANCE));
        }

        private void assertSameReason(PolicyEntry judged) {
            Optional<String> rejection = said.answers(judged.key(), INSTANCE)
                    .flatMap(AckLog.Answers::rejected)
                    .map(AckLog.Rejection::reason);
            assertThat(rejection).isEqualTo(judged.problem());
        }

        private void readAcks() {
            for (ProducerRecord<byte[], byte[]> sent : producer.history()) {
                said.add(new ConsumerRecord<>(ACKS, 0, 0, sent.key(), sent.value()));
            }
            producer.clear();
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> keys = Arbitraries.of("digits", "digits/a", "digits/", "digits/ ", "digit", "");
        Arbitrary<Long> versions = Arbitraries.of(-1L, 0L, 1L, 2L, Long.MAX_VALUE);
        Arbitrary<Double> numbers = Arbitraries.of(0.0, 0.5, 0.99583, 1.0, -0.1, 1.5, Double.NaN);
        Arbitrary<byte[]> policies = Combinators.combine(
                        versions, numbers.list().ofMaxSize(5), Arbitraries.of(0.0, 0.1, 2.0, Double.NaN))
                .as(SameVerdictTest::policy);
        Arbitrary<byte[]> rubbish = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        return Combinators.combine(keys, Arbitraries.oneOf(policies, rubbish).injectNull(0.1))
                .as(Change::new)
                .list()
                .ofMaxSize(20);
    }

    private static byte[] policy(long version, List<Double> thresholds, double shadowRate) {
        return CODECS.thresholdPolicies()
                .encode(
                        THRESHOLDS,
                        ThresholdPolicy.newBuilder()
                                .setVersion(version)
                                .setThresholds(thresholds)
                                .setShadowRate(shadowRate)
                                .setIssuedBy("ann")
                                .setReason("")
                                .setIssuedAt(Instant.EPOCH)
                                .build());
    }
}
