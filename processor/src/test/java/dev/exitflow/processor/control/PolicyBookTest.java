package dev.exitflow.processor.control;

import static dev.exitflow.processor.control.PolicyDesk.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.groups.Tuple.tuple;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.processor.TinyModel;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class PolicyBookTest {

    private static final String STORE = "policies";

    private final PolicyDesk desk = new PolicyDesk();

    @Test
    void shouldTellOnlyEachKeysLastVerdictWhenHistoryHasBeenRead() {
        desk.book.restoreStarts();
        desk.apply("tiny", TinyModel.policy(1, 0, 0.1));
        desk.apply("tiny/camera-1", TinyModel.policy(1, 0, 0.2));
        desk.apply("tiny", TinyModel.policy(2, 0, 0.3));
        desk.apply("tiny/camera-1", bytes("rubbish"));
        List<PolicyAck> before = desk.acks();
        boolean restoredBefore = desk.book.isRestored();
        desk.book.restoreEnds();

        assertThat(before).isEmpty();
        assertThat(restoredBefore).isFalse();
        assertThat(desk.book.isRestored()).isTrue();
        assertThat(desk.acks())
                .extracting(PolicyAck::getPolicyKey, PolicyAck::getPolicyVersion, PolicyAck::getStatus)
                .containsExactlyInAnyOrder(
                        tuple("tiny", 2L, PolicyStatus.APPLIED), tuple("tiny/camera-1", 0L, PolicyStatus.REJECTED));
        assertThat(desk.policies.policyFor("camera-1").thresholds()).containsExactly(0.2);
        assertThat(desk.policies.policyFor("camera-2").thresholds()).containsExactly(0.3);
    }

    @Test
    void shouldJudgeWhatTheStoreHoldsWhenItWasFilledPastTheProcessor() {
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
        KeyValueStore<byte[], byte[]> store = store(context);
        store.put(bytes("tiny"), TinyModel.policy(4, 0, 0.4));
        store.put(bytes("tiny/camera-1"), TinyModel.policy(5, 0, Double.NaN));
        store.put(bytes("other"), bytes("rubbish"));

        new PolicyBookProcessor(desk.book, STORE).init(context);

        assertThat(desk.policies.policyFor("camera-1")).isEqualTo(ExitPolicy.uniform(4, 0.4));
    }

    @Test
    void shouldNotTellTwiceWhenTheStoreWasFilledThroughTheProcessor() {
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
        store(context);
        PolicyBookProcessor restoring = new PolicyBookProcessor(desk.book, STORE);
        restoring.init(context);
        desk.book.restoreStarts();
        restoring.process(new Record<>(bytes("tiny"), TinyModel.policy(4, 0, 0.4), 0));
        desk.book.restoreEnds();

        new PolicyBookProcessor(desk.book, STORE).init(context);

        assertThat(desk.acks()).hasSize(1);
    }

    @Test
    void shouldChangeNothingWhenARecordHasNoKey() {
        assertThat(desk.book.apply(null, TinyModel.policy(1, 0, 0.4))).isFalse();

        assertThat(desk.acks()).isEmpty();
        assertThat(desk.policies.policyFor("camera-1").version()).isZero();
    }

    @Test
    void shouldApplyAllTheSameWhenAcknowledgementsCannotBeSent() {
        desk.producer.sendException = new TimeoutException("no broker");

        assertThatCode(() -> desk.apply("tiny", TinyModel.policy(4, 0, 0.4))).doesNotThrowAnyException();

        assertThat(desk.policies.policyFor("camera-1").version()).isEqualTo(4);
    }

    @Test
    void shouldCloseItsProducerWhenAcknowledgementsEnd() {
        new PolicyAcks(
                        desk.producer,
                        TinyModel.CODECS.policyAcks(),
                        new PolicyAcks.Address("a", "b", PolicyDesk.SERVED),
                        () -> PolicyDesk.NOW)
                .close();

        assertThat(desk.producer.closed()).isTrue();
    }

    private static KeyValueStore<byte[], byte[]> store(MockProcessorContext<Void, Void> context) {
        KeyValueStore<byte[], byte[]> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray())
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        return store;
    }
}
