package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.schema.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Tag("broker")
@Timeout(120)
class TopicsCommandIT {

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    @Test
    void shouldCreateTopicsOnceWhenCalledTwice() throws Exception {
        JsonNode first = json(topics("create", "--prefix", "twice-", "--partitions", "2", "--format", "json"));
        JsonNode second = json(topics("create", "--prefix", "twice-", "--partitions", "2", "--format", "json"));

        assertThat(first).hasSize(6).allSatisfy(topic -> assertThat(text(topic, "state"))
                .isEqualTo("created"));
        assertThat(second).hasSize(6).allSatisfy(topic -> assertThat(text(topic, "state"))
                .isEqualTo("ok"));
        assertThat(first.get(0).get("topic").asText()).isEqualTo("twice-images");
        assertThat(first.get(0).get("partitions").asInt()).isEqualTo(2);
        assertThat(first.get(1).get("cleanupPolicy").asText()).isEqualTo("compact");
    }

    @Test
    void shouldGiveTopicsTheirSettingsWhenCreated() throws Exception {
        assertThat(topics("create", "--prefix", "settings-").status()).isZero();

        assertThat(configuration("settings-images").get("max.message.bytes").value())
                .isEqualTo(Integer.toString(Topics.MAX_IMAGE_BATCH_BYTES));
        assertThat(configuration("settings-thresholds").get("cleanup.policy").value())
                .isEqualTo("compact");
    }

    @Test
    void shouldSayWhatDiffersAndChangeItOnlyWhenToldTo() throws Exception {
        assertThat(topics("create", "--prefix", "more-", "--partitions", "2").status())
                .isZero();

        CommandRun asked = topics("create", "--prefix", "more-", "--partitions", "3");
        CommandRun notAsked = topics("create", "--prefix", "more-");
        JsonNode altered =
                json(topics("create", "--prefix", "more-", "--partitions", "3", "--alter", "--format", "json"));
        CommandRun fewer = topics("create", "--prefix", "more-", "--partitions", "1", "--alter");

        assertThat(asked.status()).isEqualTo(1);
        assertThat(asked.err().lines())
                .singleElement()
                .asString()
                .contains("more-images has 2 partitions, 3 were asked for", "more-predictions", "--alter");
        assertThat(notAsked.status()).isZero();
        assertThat(altered)
                .extracting(topic -> text(topic, "state"))
                .containsExactly("altered", "ok", "altered", "ok", "ok", "ok");
        assertThat(altered.get(0).get("partitions").asInt()).isEqualTo(3);
        assertThat(fewer.status()).isEqualTo(1);
        assertThat(fewer.err()).contains("more-images has 3 partitions, 1 were asked for: Kafka takes none away");
    }

    @Test
    void shouldMendTheCleanupPolicyButNotThePartitionsOfTheControlTopicWhenAltering() throws Exception {
        try (Admin admin = admin()) {
            NewTopic forgets =
                    new NewTopic("mend-thresholds", 1, (short) 1).configs(Map.of("cleanup.policy", "delete"));
            NewTopic split = new NewTopic("mend-acks", 3, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(forgets, split)).all().get(30, TimeUnit.SECONDS);
        }

        CommandRun run = topics("create", "--prefix", "mend-", "--alter");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("mend-acks: has 3 partitions, expected 1", "delete the topic")
                .doesNotContain("mend-thresholds");
        assertThat(configuration("mend-thresholds").get("cleanup.policy").value())
                .isEqualTo("compact");
    }

    @Test
    void shouldReportMissingTopicsWhenDescribed() {
        CommandRun run = topics("describe", "--prefix", "absent-");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("TOPIC", "absent-images", "missing");
        assertThat(run.err().lines()).singleElement().asString().contains("absent-acks: missing", "topics create");
    }

    @Test
    void shouldReportCleanupPolicyWhenItIsWrong() throws Exception {
        try (Admin admin = admin()) {
            NewTopic wrong = new NewTopic("wrong-thresholds", 1, (short) 1).configs(Map.of("cleanup.policy", "delete"));
            admin.createTopics(List.of(wrong)).all().get(30, TimeUnit.SECONDS);
        }

        CommandRun run = topics("create", "--prefix", "wrong-");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("created");
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("wrong-thresholds: cleanup.policy is delete, expected compact");
    }

    @Test
    void shouldSayWhyInOneLineWhenClusterCannotHoldTheCopies() {
        CommandRun run = topics("create", "--prefix", "copies-", "--replication-factor", "3");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("replication factor");
    }

    @Test
    void shouldUsePropertiesWhenCommandConfigIsGiven(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("client.properties"), "security.protocol=banana\n");

        CommandRun run = topics("create", "--command-config", file.toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("banana");
    }

    private static CommandRun topics(String... arguments) {
        return CommandRun.of(Stream.of(
                        Stream.of("topics"),
                        Arrays.stream(arguments),
                        Stream.of("--bootstrap-server", broker.bootstrapServers()))
                .flatMap(part -> part)
                .toArray(String[]::new));
    }

    private static JsonNode json(CommandRun run) throws Exception {
        assertThat(run.status()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private static String text(JsonNode object, String key) {
        return object.get(key).asText();
    }

    private static Config configuration(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin()) {
            return admin.describeConfigs(List.of(resource))
                    .values()
                    .get(resource)
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Admin admin() {
        return Admin.create(broker.clientProperties());
    }
}
