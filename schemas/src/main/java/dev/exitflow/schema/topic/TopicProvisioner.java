package dev.exitflow.schema.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks topics up in a cluster and makes those that are missing. A topic that exists is changed by {@link #alter} alone.
 *
 * <p>All methods throw Kafka's own unchecked exceptions, such as {@link TimeoutException}
 * when the cluster does not answer. As safe for threads as its {@link Admin}, which stays the caller's to close.
 */
public final class TopicProvisioner {

    private static final Duration VISIBLE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration VISIBLE_CHECK_INTERVAL = Duration.ofMillis(20);

    private final Admin admin;

    public TopicProvisioner(Admin admin) {
        this.admin = admin;
    }

    /** The names of those of these topics that the cluster lacks, in their order. */
    public List<String> missing(List<Topic> topics) {
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(names(topics)).topicNameValues();
        List<String> missing = new ArrayList<>();
        for (String name : names(topics)) {
            try {
                get(descriptions.get(name));
            } catch (UnknownTopicOrPartitionException e) {
                missing.add(name);
            }
        }
        return missing;
    }

    /** What the cluster has of these topics, in their order. */
    public List<TopicState> inspect(List<Topic> topics) {
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(names(topics)).topicNameValues();
        Map<String, KafkaFuture<Config>> configs = configs(topics);
        List<TopicState> states = new ArrayList<>();
        for (Topic topic : topics) {
            try {
                TopicDescription description = get(descriptions.get(topic.name()));
                states.add(new TopicState(
                        topic,
                        true,
                        description.partitions().size(),
                        description.partitions().get(0).replicas().size(),
                        cleanupPolicy(configs.get(topic.name()))));
            } catch (UnknownTopicOrPartitionException e) {
                states.add(TopicState.missing(topic));
            }
        }
        return states;
    }

    private static String cleanupPolicy(KafkaFuture<Config> config) {
        try {
            return get(config).get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        } catch (AuthorizationException e) {
            return TopicState.NOT_AUTHORIZED;
        }
    }

    /**
     * Gives topics that exist the partitions and the cleanup policy that are expected of them; partitions are only ever added, and an
     * ordered topic's number is left as it is.
     *
     * @return the names of those that were changed
     */
    public List<String> alter(List<TopicState> states) {
        Map<String, NewPartitions> more = new HashMap<>();
        Map<ConfigResource, Collection<AlterConfigOp>> settings = new HashMap<>();
        Set<String> changed = new TreeSet<>();
        for (TopicState state : states) {
            Topic expected = state.expected();
            if (state.exists() && !expected.isOrdered() && state.partitions() < expected.partitions()) {
                more.put(expected.name(), NewPartitions.increaseTo(expected.partitions()));
            }
            if (state.exists()
                    && !state.cleanupPolicy().equals(expected.cleanup().value())) {
                settings.put(
                        new ConfigResource(ConfigResource.Type.TOPIC, expected.name()),
                        List.of(new AlterConfigOp(
                                new ConfigEntry(
                                        TopicConfig.CLEANUP_POLICY_CONFIG,
                                        expected.cleanup().value()),
                                AlterConfigOp.OpType.SET)));
            }
        }
        get(admin.createPartitions(more).all());
        get(admin.incrementalAlterConfigs(settings).all());
        changed.addAll(more.keySet());
        settings.keySet().forEach(resource -> changed.add(resource.name()));
        awaitLeaders(states.stream()
                .map(TopicState::expected)
                .filter(topic -> more.containsKey(topic.name()))
                .toList());
        return List.copyOf(changed);
    }

    /**
     * Makes the missing ones of these topics and waits until they can be seen; two callers at once do no harm.
     *
     * @param replicationFactor copies of each partition; empty leaves it to the cluster
     * @return the names of those that were made
     */
    public List<String> createMissing(List<Topic> topics, OptionalInt replicationFactor) {
        List<String> names = missing(topics);
        List<NewTopic> missing = topics.stream()
                .filter(topic -> names.contains(topic.name()))
                .map(topic -> newTopic(topic, replicationFactor))
                .toList();
        List<String> created = new ArrayList<>();
        Map<String, KafkaFuture<Void>> results = admin.createTopics(missing).values();
        for (NewTopic topic : missing) {
            try {
                get(results.get(topic.name()));
                created.add(topic.name());
            } catch (TopicExistsException e) {
                // Somebody else made it between our look and our request: that is what we wanted.
            }
        }
        awaitVisible(topics);
        awaitLeaders(
                topics.stream().filter(topic -> names.contains(topic.name())).toList());
        return created;
    }

    /**
     * A broker can be seen to lead a partition a moment before it does. A producer with several requests in flight must not meet that
     * moment: the first request is refused, a later one is taken, and the first is then out of order for ever (Kafka 4.3).
     */
    private void awaitLeaders(List<Topic> topics) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        // Only a leader at work answers; until then the client asks again.
        get(admin.listOffsets(ends).all());
    }

    /** The controller has made the topics before the brokers that answer clients have heard of them. */
    private void awaitVisible(List<Topic> topics) {
        long startNanos = System.nanoTime();
        for (List<String> missing = missing(topics); !missing.isEmpty(); missing = missing(topics)) {
            if (System.nanoTime() - startNanos > VISIBLE_TIMEOUT.toNanos()) {
                throw new TimeoutException(
                        "topics " + missing + " were made but could not be seen for " + VISIBLE_TIMEOUT);
            }
            LockSupport.parkNanos(VISIBLE_CHECK_INTERVAL.toNanos());
        }
    }

    private static NewTopic newTopic(Topic topic, OptionalInt replicationFactor) {
        short copies = replicationFactor.isPresent() ? (short) replicationFactor.getAsInt() : -1;
        Map<String, String> configuration = new HashMap<>(topic.configuration());
        if (copies > 1) {
            // One broker may be down without losing a record that was acknowledged, or the service.
            configuration.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(copies - 1));
        }
        return new NewTopic(topic.name(), topic.partitions(), copies).configs(configuration);
    }

    private Map<String, KafkaFuture<Config>> configs(List<Topic> topics) {
        List<ConfigResource> resources = names(topics).stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, KafkaFuture<Config>> configs = new HashMap<>();
        admin.describeConfigs(resources).values().forEach((resource, config) -> configs.put(resource.name(), config));
        return configs;
    }

    private static List<String> names(List<Topic> topics) {
        return topics.stream().map(Topic::name).toList();
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
