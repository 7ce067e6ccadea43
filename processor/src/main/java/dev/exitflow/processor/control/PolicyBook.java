package dev.exitflow.processor.control;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.core.policy.PolicyResolver;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.ThresholdPolicy;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the thresholds topic into the policies in force, and tells what came of each record.
 *
 * <p>Records apply in the topic's order: the last good one of a key is in force, whatever its version, so that all instances
 * agree and an operator can go back. A record that is not good changes nothing. While the topic is being read from its
 * beginning at start, only what came of each key's last record is told, once the end is reached.
 *
 * <p>Written by Kafka Streams' global thread alone; the resolver it fills may be read by any thread.
 */
public final class PolicyBook {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyBook.class);

    private final PolicyResolver resolver;
    private final String model;
    private final RecordCodec<ThresholdPolicy> codec;
    private final String topic;
    private final PolicyAcks acks;
    private final Map<String, PolicyVerdict> untold = new LinkedHashMap<>();
    private boolean restoring;
    private volatile boolean restored;
    private volatile long rejections;

    /**
     * @param resolver receives the policies of {@code model}
     * @param topic the thresholds topic
     */
    public PolicyBook(
            PolicyResolver resolver, String model, RecordCodec<ThresholdPolicy> codec, String topic, PolicyAcks acks) {
        this.resolver = resolver;
        this.model = model;
        this.codec = codec;
        this.topic = topic;
        this.acks = acks;
    }

    /** Hold the verdicts back: what comes now is history. */
    public void restoreStarts() {
        restoring = true;
    }

    /** Tell what came of each key's last record; from now on tell at once. */
    public void restoreEnds() {
        restoring = false;
        restored = true;
        untold.values().forEach(this::tell);
        untold.clear();
    }

    /** Whether the topic has been read to where its end was when this process started. */
    public boolean isRestored() {
        return restored;
    }

    /** Policies for this model that were not good, since the start. */
    public long rejections() {
        return rejections;
    }

    /**
     * Puts one record in force if it is good and about this model; never throws for what it holds.
     *
     * @param keyBytes may be null
     * @param value null takes the key's policy out of force
     * @return whether the record changed what is in force
     */
    public boolean apply(byte[] keyBytes, byte[] value) {
        String key = keyBytes == null ? "" : new String(keyBytes, StandardCharsets.UTF_8);
        if (!resolver.concerns(key)) {
            LOG.debug("policy for '{}' is not about model {}", key, model);
            return false;
        }
        PolicyVerdict verdict = value == null ? remove(key) : judge(key, value);
        if (restoring) {
            untold.put(key, verdict);
        } else {
            tell(verdict);
        }
        return verdict.applied();
    }

    /** Applies a record that got into the store without passing {@link #apply}; one that did pass is known already. */
    void adopt(byte[] keyBytes, byte[] value) {
        if (resolver.get(new String(keyBytes, StandardCharsets.UTF_8)).isEmpty()) {
            apply(keyBytes, value);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // the global thread alone writes it
    private void tell(PolicyVerdict verdict) {
        if (!verdict.applied()) {
            rejections++;
            LOG.warn("policy for {} rejected, what was in force stays: {}", verdict.policyKey(), verdict.rejection());
        } else if (verdict.version() == 0) {
            LOG.info("policy for {} removed, what it overrode is in force again", verdict.policyKey());
        } else {
            LOG.info(
                    "policy for {} is {}",
                    verdict.policyKey(),
                    resolver.get(verdict.policyKey()).orElse(null));
        }
        acks.tell(
                verdict,
                resolver.get(verdict.policyKey()).map(ExitPolicy::version).orElse(0L));
    }

    private PolicyVerdict remove(String key) {
        resolver.remove(key);
        return new PolicyVerdict(key, 0, null);
    }

    private PolicyVerdict judge(String key, byte[] value) {
        Decoded<ThresholdPolicy> decoded;
        try {
            decoded = codec.decode(topic, value);
        } catch (SchemaRegistryException e) {
            // Thrown on, it would stop the whole application: Kafka Streams has no second try on a global topic.
            return new PolicyVerdict(key, 0, "the value's schema is not known: " + e.getMessage());
        }
        if (decoded instanceof Decoded.Malformed<ThresholdPolicy> malformed) {
            return new PolicyVerdict(key, 0, malformed.reason());
        }
        return putInForce(key, ((Decoded.Value<ThresholdPolicy>) decoded).value());
    }

    private PolicyVerdict putInForce(String key, ThresholdPolicy policy) {
        long version = policy.getVersion();
        try {
            resolver.put(key, resolver.judge().judge(key, version, policy.getThresholds(), policy.getShadowRate()));
            return new PolicyVerdict(key, version, null);
        } catch (InvalidPolicyException e) {
            return new PolicyVerdict(key, version, e.getMessage());
        }
    }
}
