package dev.exitflow.ops.control;

import dev.exitflow.core.policy.PolicyJudge;
import dev.exitflow.schema.ThresholdPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The records of the thresholds topic read so far, and what they leave in force. What that is also depends on how many exits a model
 * has, which may become known later, so it is judged when asked for. Not safe for use by several threads.
 */
final class PolicyHistory {

    /** One policy with the largest number there is must not leave none for all that come after it. */
    private static final long BEYOND_COUNTING = 1L << 52;

    private final List<PolicyEntry> entries = new ArrayList<>();
    private final Function<String, OptionalInt> earlyExits;

    /** @param earlyExits of a model by name; empty where not known */
    PolicyHistory(Function<String, OptionalInt> earlyExits) {
        this.earlyExits = earlyExits;
    }

    /** Entries of one key must come in the topic's order. */
    void add(PolicyEntry entry) {
        entries.add(entry);
    }

    /** The same entry as its model's instances judge it. */
    PolicyEntry judged(PolicyEntry entry) {
        return entry.judged(earlyExits.apply(PolicyJudge.modelOf(entry.key())));
    }

    /** All records of a key that the topic still has. */
    List<PolicyEntry> of(String key) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key))
                .map(this::judged)
                .toList();
    }

    List<PolicyEntry> all() {
        return entries.stream().map(this::judged).toList();
    }

    /** The last good policy of every key that was not reset since, by key. */
    List<PolicyEntry> inForce() {
        return List.copyOf(inForce(all()).values());
    }

    Optional<PolicyEntry> inForce(String key) {
        return Optional.ofNullable(inForce(of(key)).get(key));
    }

    private static Map<String, PolicyEntry> inForce(List<PolicyEntry> judged) {
        Map<String, PolicyEntry> inForce = new TreeMap<>();
        for (PolicyEntry entry : judged) {
            if (entry.isReset()) {
                inForce.remove(entry.key());
            } else if (entry.problem().isEmpty()) {
                inForce.put(entry.key(), entry);
            }
        }
        return inForce;
    }

    /** The number of the policy in force; 0 where there is none. */
    long versionInForce(String key) {
        return inForce(key)
                .flatMap(PolicyEntry::policy)
                .map(ThresholdPolicy::getVersion)
                .orElse(0L);
    }

    /** The number for a key's next policy: higher than any that it had, resets or not, as far as the topic shows. */
    long nextVersion(String key) {
        return of(key).stream()
                        .flatMap(PolicyHistory::number)
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0)
                + 1;
    }

    /** The number that a policy takes up; nothing where it is none that counting would come to. */
    private static Stream<Long> number(PolicyEntry entry) {
        return entry.policy().map(ThresholdPolicy::getVersion).stream()
                .filter(version -> version > 0 && version < BEYOND_COUNTING);
    }

    /** The offset of a key's last record that the topic still has; -1 where it has none. */
    long lastOffset(String key) {
        return of(key).stream().mapToLong(PolicyEntry::offset).max().orElse(-1);
    }

    /** A key's good policies and resets after an offset, but for some that are known. */
    List<PolicyEntry> since(String key, long offset, Set<Long> knownOffsets) {
        return of(key).stream()
                .filter(entry -> entry.offset() > offset && !knownOffsets.contains(entry.offset()))
                .filter(entry -> entry.problem().isEmpty())
                .toList();
    }

    /** Whether a record before this one has its number already, or a higher one. */
    boolean hadVersionBefore(PolicyChange change) {
        return of(change.key()).stream()
                .filter(entry -> entry.offset() < change.offset())
                .flatMap(PolicyHistory::number)
                .anyMatch(version -> version >= change.version());
    }
}
