package dev.exitflow.ops.trust;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which policy was in force for one source after each record of the control topic, oldest first.
 *
 * <p>An instance reads that topic forward, so the stamps of one instance's life on one source's images, in the order they were made, are
 * those of a walk along this line that never turns back. Policies may come again, after a reset; a version alone says nothing.
 */
final class PolicyTimeline {

    private final List<ExitPolicy> inForce = new ArrayList<>();

    /**
     * @param records the whole control topic
     * @param fallback in force where no record is
     */
    PolicyTimeline(List<ConsumerRecord<byte[], byte[]>> records, String source, ExitPolicy fallback) {
        RecordCodec<ThresholdPolicy> codec = RecordCodecs.from(Map.of()).thresholdPolicies();
        ExitPolicy ofModel = fallback;
        ExitPolicy ofSource = null;
        inForce.add(fallback);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            ExitPolicy before = key.equals(TinyImages.MODEL) ? ofModel : ofSource;
            ExitPolicy after = record.value() == null
                    ? key.equals(TinyImages.MODEL) ? fallback : null
                    : parse(codec, record, before);
            if (key.equals(TinyImages.MODEL)) {
                ofModel = after;
            } else if (key.equals(TinyImages.MODEL + "/" + source)) {
                ofSource = after;
            }
            ExitPolicy now = ofSource == null ? ofModel : ofSource;
            if (!now.equals(inForce.get(inForce.size() - 1))) {
                inForce.add(now);
            }
        }
    }

    private static ExitPolicy parse(
            RecordCodec<ThresholdPolicy> codec, ConsumerRecord<byte[], byte[]> record, ExitPolicy before) {
        if (!(codec.decode(record.topic(), record.value()) instanceof Decoded.Value<ThresholdPolicy> decoded)) {
            return before;
        }
        ThresholdPolicy policy = decoded.value();
        try {
            return new ExitPolicy(policy.getVersion(), policy.getThresholds(), policy.getShadowRate());
        } catch (InvalidPolicyException e) {
            return before;
        }
    }

    /** A walk from the beginning. */
    Walk walk() {
        return new Walk();
    }

    /** One instance's way along the line. */
    final class Walk {

        private int at;

        private Walk() {}

        /** Goes on, no further than it must, to a policy under which this prediction can have been made; false if there is none. */
        boolean reaches(Prediction prediction) {
            for (int next = at; next < inForce.size(); next++) {
                if (explains(inForce.get(next), prediction)) {
                    at = next;
                    return true;
                }
            }
            return false;
        }
    }

    private static boolean explains(ExitPolicy policy, Prediction prediction) {
        int exit = TinyImages.exitUnder(policy);
        int met = Math.min(exit, TinyImages.EARLY_EXITS - 1);
        return policy.version() == prediction.getPolicyVersion()
                && policy.threshold(met) == prediction.getThreshold()
                && exit == prediction.getExit()
                && policy.shadows(prediction.getId())
                        == prediction.getBackboneAgrees().isPresent();
    }
}
