package dev.exitflow.processor.control;

import static dev.exitflow.processor.control.PolicyDesk.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.processor.TinyModel;
import dev.exitflow.schema.instance.AckLog;
import dev.exitflow.schema.instance.AckLog.Answers;
import dev.exitflow.schema.instance.AckLog.Rejection;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class AckLogTest {

    private final PolicyDesk desk = new PolicyDesk();
    private final AckLog log = new AckLog(TinyModel.CODECS.policyAcks());

    @Test
    void shouldKnowWhatAnInstanceServesWhenItHasAnnouncedItself() {
        desk.acks.announce(Duration.ZERO);
        readAll();

        assertThat(log.models()).containsExactly("tiny");
        assertThat(log.served("tiny")).contains(PolicyDesk.SERVED);
        assertThat(log.served("huge")).isEmpty();
        assertThat(log.announcement("unit-1").map(AckLog.Announcement::served)).contains(PolicyDesk.SERVED);
        assertThat(log.announcement("unit-2")).isEmpty();
    }

    @Test
    void shouldKnowWhatStaysInForceWhenTheNextPolicyIsRejected() {
        desk.apply("tiny", TinyModel.policy(3, 0, 0.4));
        desk.apply("tiny", TinyModel.policy(4, 0, 0.1, 0.2, 0.3));
        readAll();

        Answers answers = log.answers("tiny", "unit-1").orElseThrow();

        assertThat(answers.inForce()).contains(3L);
        assertThat(answers.rejected().map(Rejection::version)).contains(4L);
        assertThat(log.answers("tiny/gate", "unit-1")).isEmpty();
    }

    @Test
    void shouldKnowNoneInForceWhenAKeyWasReset() {
        desk.apply("tiny", TinyModel.policy(3, 0, 0.4));
        desk.apply("tiny", null);
        readAll();

        assertThat(log.answers("tiny", "unit-1")).contains(new Answers(Optional.of(0L), Optional.empty()));
    }

    @Test
    void shouldLeaveOutWhatCannotBeRead() {
        log.add(new ConsumerRecord<>("exitflow-acks", 0, 0, bytes("unit-1"), bytes("nonsense")));
        log.add(new ConsumerRecord<>("exitflow-acks", 0, 1, bytes("unit-1"), null));

        assertThat(log.models()).isEmpty();
    }

    private void readAll() {
        long offset = 0;
        for (ProducerRecord<byte[], byte[]> sent : desk.producer.history()) {
            log.add(new ConsumerRecord<>(sent.topic(), 0, offset++, sent.key(), sent.value()));
        }
    }
}
