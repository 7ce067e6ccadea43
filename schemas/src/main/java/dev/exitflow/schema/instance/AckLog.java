package dev.exitflow.schema.instance;

import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.PolicyAck;
import dev.exitflow.schema.PolicyStatus;
import dev.exitflow.schema.RecordCodec;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Keeps what the instances have said on the acks topic: which model each serves, and what each made of each policy.
 *
 * <p>It holds the last of each; instances that are long gone are among them. Not safe for use by several threads.
 */
public final class AckLog {

    /** What an announcement has for the key of a policy, which it is not about. */
    public static final String ANNOUNCEMENT = "";

    private final RecordCodec<PolicyAck> codec;
    private final Map<String, Announcement> announcements = new HashMap<>();
    private final Map<String, String> modelOfInstance = new HashMap<>();
    private final Map<String, Map<String, Answers>> byPolicyKey = new HashMap<>();

    /**
     * What an instance said at its start.
     *
     * @param instance its name
     * @param served its model
     * @param offset of the record: who has a lower one was first
     */
    public record Announcement(String instance, ServedModel served, long offset) {}

    /**
     * The last that an instance said of the policies of one key.
     *
     * @param inForce version that it has in force for the key; empty where it never said
     * @param rejected version and reason of its last record, where that was rejected
     */
    public record Answers(Optional<Long> inForce, Optional<Rejection> rejected) {}

    /**
     * A policy that is not in force, and why.
     *
     * @param version of the policy; 0 where it could not be read
     * @param reason one line
     */
    public record Rejection(long version, String reason) {}

    public AckLog(RecordCodec<PolicyAck> codec) {
        this.codec = codec;
    }

    /**
     * Takes in a record; one that cannot be read is left out.
     *
     * @throws dev.exitflow.schema.SchemaRegistryException when a registry is configured and does not answer
     */
    public void add(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null
                || !(codec.decode(record.topic(), record.value()) instanceof Decoded.Value<PolicyAck> decoded)) {
            return;
        }
        PolicyAck ack = decoded.value();
        modelOfInstance.put(ack.getInstance(), ack.getModel());
        if (ack.getPolicyKey().equals(ANNOUNCEMENT)) {
            ServedModel served = new ServedModel(
                    ack.getModel(),
                    ack.getModelVersion().orElse(""),
                    ack.getModelDigest().orElse(""),
                    ack.getEarlyExits().orElse(0),
                    ack.getDefaultThresholds().orElse(List.of()));
            announcements.put(ack.getInstance(), new Announcement(ack.getInstance(), served, record.offset()));
        } else {
            byPolicyKey
                    .computeIfAbsent(ack.getPolicyKey(), key -> new HashMap<>())
                    .merge(ack.getInstance(), answers(ack), AckLog::later);
        }
    }

    private static Answers answers(PolicyAck ack) {
        if (ack.getStatus() == PolicyStatus.REJECTED) {
            Rejection rejection =
                    new Rejection(ack.getPolicyVersion(), ack.getReason().orElse("no reason given"));
            return new Answers(ack.getVersionInForce(), Optional.of(rejection));
        }
        return new Answers(Optional.of(ack.getVersionInForce().orElse(ack.getPolicyVersion())), Optional.empty());
    }

    /** An instance that rejects a policy without saying what stays in force keeps what it had. */
    private static Answers later(Answers before, Answers now) {
        return now.inForce().isPresent() ? now : new Answers(before.inForce(), now.rejected());
    }

    /** What an instance announced last. */
    public Optional<Announcement> announcement(String instance) {
        return Optional.ofNullable(announcements.get(instance));
    }

    /** The model that an instance has answered for or announced; empty where it never said anything. */
    public Optional<String> model(String instance) {
        return Optional.ofNullable(modelOfInstance.get(instance));
    }

    /** Every model that any instance has acknowledged a policy of or announced, sorted. */
    public Set<String> models() {
        return new TreeSet<>(modelOfInstance.values());
    }

    /** A model as the instance that started last announced it; empty where none has. */
    public Optional<ServedModel> served(String model) {
        return announcements.values().stream()
                .filter(one -> one.served().name().equals(model))
                .max(Comparator.comparingLong(Announcement::offset))
                .map(Announcement::served);
    }

    /** What an instance said of the policies of a key; empty where it never said anything. */
    public Optional<Answers> answers(String policyKey, String instance) {
        return Optional.ofNullable(byPolicyKey.getOrDefault(policyKey, Map.of()).get(instance));
    }
}
