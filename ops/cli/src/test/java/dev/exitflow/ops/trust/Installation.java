package dev.exitflow.ops.trust;

import static org.awaitility.Awaitility.await;

import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.TopicTail;
import dev.exitflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** The topics and the consumer group of one round, apart from those of all others on the same broker. */
final class Installation implements AutoCloseable {

    static final int PARTITIONS = 6;

    /** For everything that must happen some time, on a machine that others may use too. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    /** After which what still has not happened is taken never to happen; what comes between the two is slow. */
    static final Duration HOPELESS = PATIENCE.multipliedBy(5);

    private static final Duration LOOK = Duration.ofMillis(20);

    private final Map<String, Object> client;
    private final String prefix;
    private final Topics topics;
    private final Admin admin;

    /** Creates the topics. */
    Installation(String bootstrapServers, String prefix) {
        this.client = Map.of("bootstrap.servers", bootstrapServers);
        this.prefix = prefix;
        this.topics = Topics.withPrefix(prefix).withPartitions(PARTITIONS);
        this.admin = Admin.create(client);
        createTopics();
    }

    void createTopics() {
        new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
    }

    /** Deletes the images topic, and waits until no broker knows it. */
    void deleteImages() throws InterruptedException, ExecutionException {
        String images = topics.images().name();
        admin.deleteTopics(List.of(images)).all().get();
        await().pollInterval(LOOK)
                .atMost(PATIENCE)
                .until(() -> !admin.listTopics().names().get().contains(images));
    }

    /** Changes settings of the thresholds topic. */
    void configureThresholds(Map<String, String> settings) throws InterruptedException, ExecutionException {
        List<AlterConfigOp> changes = settings.entrySet().stream()
                .map(setting -> new AlterConfigOp(
                        new ConfigEntry(setting.getKey(), setting.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        ConfigResource topic = new ConfigResource(
                ConfigResource.Type.TOPIC, topics.thresholds().name());
        admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
    }

    Map<String, Object> client() {
        return client;
    }

    Topics topics() {
        return topics;
    }

    /** What a processor must be told to be part of it. */
    Map<String, String> processorSettings() {
        return Map.of(
                "bootstrap.servers",
                client.get("bootstrap.servers").toString(),
                "topics.prefix",
                prefix,
                "application.id",
                group());
    }

    /** Waits until exactly these instances are in the group, as far as the broker knows. */
    void awaitInstances(Set<String> names) {
        LiveInstances live = new LiveInstances(admin, group());
        await().pollInterval(LOOK).atMost(PATIENCE).ignoreExceptions().until(() -> live.names()
                .equals(names));
    }

    /** Where the images topic ends now, by partition. */
    Map<Integer, Long> ends() throws InterruptedException, ExecutionException {
        Map<Integer, Long> ends = new HashMap<>();
        ends(topics.images().name(), PARTITIONS, IsolationLevel.READ_UNCOMMITTED)
                .forEach((partition, end) -> ends.put(partition.partition(), end));
        return ends;
    }

    /** Waits until all images are consumed by the group's own account, and no transaction is open on what it wrote. */
    void awaitQuiet() {
        await().pollInterval(LOOK).atMost(PATIENCE).ignoreExceptions().until(() -> isConsumed() && isSettled());
    }

    private boolean isConsumed() throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group())
                .partitionsToOffsetAndMetadata()
                .get();
        return ends().entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset =
                    committed.get(new TopicPartition(topics.images().name(), end.getKey()));
            return end.getValue() == 0 || (offset != null && offset.offset() == end.getValue());
        });
    }

    private boolean isSettled() throws InterruptedException, ExecutionException {
        return isSettled(topics.predictions().name(), PARTITIONS)
                && isSettled(topics.deadLetters().name(), 1);
    }

    private boolean isSettled(String topic, int partitions) throws InterruptedException, ExecutionException {
        return ends(topic, partitions, IsolationLevel.READ_COMMITTED)
                .equals(ends(topic, partitions, IsolationLevel.READ_UNCOMMITTED));
    }

    private Map<TopicPartition, Long> ends(String topic, int partitions, IsolationLevel isolation)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** Hands over all committed outcomes, in order within each partition of their topics. */
    void outcomes(Consumer<Outcome> reader) {
        try (TopicTail tail = Outcome.tail(client, topics)) {
            tail.readToEnd(record -> reader.accept(Outcome.of(record, topics)));
        }
    }

    /** Everything that became of all images until now. */
    Audit.Findings audit(TinyImages images) throws InterruptedException, ExecutionException {
        Audit audit = new Audit(images, policies());
        outcomes(audit::add);
        return audit.findings(ends());
    }

    /** All records of the control topic, in order. */
    List<ConsumerRecord<byte[], byte[]>> policies() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicTail tail =
                TopicTail.fromBeginning(client, topics.thresholds().name())) {
            tail.readToEnd(records::add);
        }
        return records;
    }

    /** The group's members and state, the group's offsets, and every transaction, as the brokers have them; a line each. */
    List<String> picture() {
        List<String> lines = new ArrayList<>();
        add(lines, () -> admin.describeClassicGroups(List.of(group())).all());
        add(lines, () -> admin.listConsumerGroupOffsets(group()).partitionsToOffsetAndMetadata());
        add(lines, () -> admin.listTransactions().allByBrokerId());
        return lines;
    }

    private static void add(List<String> lines, Supplier<KafkaFuture<?>> question) {
        try {
            lines.add(String.valueOf(question.get().get()));
        } catch (ExecutionException e) {
            lines.add(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lines.add(String.valueOf(e));
        }
    }

    private String group() {
        return prefix + "processor";
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
