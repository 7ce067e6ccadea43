package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.ops.TestBroker;
import dev.exitflow.ops.control.SimulatedInstance;
import dev.exitflow.ops.control.SimulatedInstance.Manner;
import dev.exitflow.schema.topic.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("broker")
@Timeout(120)
class ThresholdCommandIT {

    private static final String DIGITS = "../../core/engine/src/main/bundles/digits";

    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    private String prefix;

    @BeforeEach
    void createTopics(TestInfo test) {
        prefix = test.getTestMethod().orElseThrow().getName() + "-";
        CommandRun created = CommandRun.of(
                "topics", "create", "--prefix", prefix, "--partitions", "3", "--bootstrap-server", address());
        assertThat(created.status()).isZero();
    }

    @Test
    void shouldResolveFromSourceThenModelThenDefaultWhenAsked() throws Exception {
        JsonNode fallback = json(threshold("get --model tiny --source gate --format json"));
        threshold("set --model tiny --t 0.8 --reason quiet");
        JsonNode ofModel = json(threshold("get --model tiny --source gate --format json"));
        threshold("set --model tiny --source gate --exit 0=0.9,1=0.7 --shadow-rate 0.05 --issued-by ann");
        JsonNode ofSource = json(threshold("get --model tiny --source gate --format json"));
        CommandRun text = threshold("get --model tiny");

        assertThat(fallback.get("resolvedFrom").asText()).isEqualTo("default");
        assertThat(fallback.has("thresholds")).isFalse();
        assertThat(ofModel.get("resolvedFrom").asText()).isEqualTo("tiny");
        assertThat(ofModel.get("reason").asText()).isEqualTo("quiet");
        assertThat(ofModel.get("issuedBy").asText()).startsWith(System.getProperty("user.name"));
        assertThat(ofSource.get("resolvedFrom").asText()).isEqualTo("tiny/gate");
        assertThat(ofSource.get("thresholds").toString()).isEqualTo("[0.9,0.7]");
        assertThat(ofSource.get("shadowRate").asDouble()).isEqualTo(0.05);
        assertThat(text.out()).contains("tiny v1: T 0.8", "(resolved from tiny)");
    }

    @Test
    void shouldShowHistoryAndListWhenPoliciesChange() throws Exception {
        threshold("set --model tiny --t 0.8");
        JsonNode second = json(threshold("set --model tiny --t 0.7 --format json"));
        CommandRun reset = threshold("reset --model tiny");
        threshold("set --model other --t 1");
        write("other", "nonsense");

        JsonNode history = json(threshold("history --model tiny --format json"));
        CommandRun list = threshold("list");

        assertThat(second.get("version").asLong()).isEqualTo(2);
        assertThat(second.get("previousVersion").asLong()).isEqualTo(1);
        assertThat(reset.out()).contains("tiny reset to the default (before: v2, T 0.7)");
        assertThat(history).extracting(entry -> entry.get("change").asText()).containsExactly("set", "set", "reset");
        assertThat(threshold("history --model tiny").out().lines()).hasSize(4);
        assertThat(list.out().lines()).hasSize(2);
        assertThat(list.out()).contains("KEY", "THRESHOLDS", "other");
        assertThat(list.err().lines()).singleElement().asString().startsWith("ignored: key other at offset 4");
    }

    @Test
    void shouldWriteNothingAndPredictWhenRunIsDry() throws Exception {
        CommandRun unknown = threshold("set --model tiny --t 0.8 --dry-run");
        CommandRun text = threshold("set --model digits --t 0.83 --dry-run --bundle " + DIGITS);
        JsonNode json = json(threshold("set --model digits --t 0.83 --dry-run --format json --bundle " + DIGITS));

        assertThat(unknown.status()).isZero();
        assertThat(unknown.out()).startsWith("would set tiny v1: T 0.8").contains("no prediction");
        assertThat(text.out().lines())
                .hasSize(3)
                .anyMatch(
                        line -> line.matches(
                                "predicted +cost \\d+\\.\\d %, agreement \\d+\\.\\d %, at least \\d+\\.\\d % with 95 % certainty"))
                .anyMatch(line -> line.matches("now +the bundle's default: cost .*"));
        assertThat(json.at("/predicted/agreement").asDouble()).isBetween(0.9, 1.0);
        assertThat(json.at("/now/predicted/flopsFraction").asDouble())
                .isGreaterThan(json.at("/predicted/flopsFraction").asDouble());
        assertThat(json(threshold("history --model digits --format json"))).isEmpty();
        assertThat(json(threshold("history --model tiny --format json"))).isEmpty();
    }

    @Test
    void shouldWriteThresholdsAndWhatWasAskedWhenAimIsGiven() throws Exception {
        Manifest manifest = BundleLoader.load(Path.of(DIGITS)).manifest();
        String set = "set --model digits --format json --reason peak --bundle " + DIGITS;

        JsonNode named = json(threshold(set + " --operating-point economy"));
        JsonNode budget = json(threshold(set + " --flops-budget 0.4 --shadow-rate 0.02"));
        JsonNode agreement = json(threshold(set + " --min-agreement 0.97"));

        assertThat(thresholds(named))
                .isEqualTo(manifest.operatingPoints().get("economy").thresholds());
        assertThat(named.get("reason").asText()).matches("operating point economy \\(predicted cost .*\\): peak");
        assertThat(thresholds(budget))
                .isEqualTo(Forecast.of(manifest).frontier().within(0.4).thresholds());
        assertThat(budget.get("reason").asText()).startsWith("FLOPs budget 40.0 % (predicted cost 3");
        assertThat(thresholds(agreement))
                .isEqualTo(Forecast.of(manifest).cheapest(0.97, 0.95).thresholds());
        assertThat(agreement.get("reason").asText())
                .startsWith("agreement of at least 97.0 % with 95 % certainty (predicted")
                .contains(", at least 97.");
        assertThat(agreement.get("shadowRate").asDouble()).as("kept").isEqualTo(0.02);
    }

    @Test
    void shouldPromiseWithTheCertaintyAskedForOrNotAtAll() throws Exception {
        String set = "set --model digits --min-agreement 0.97 --dry-run --format json --bundle " + DIGITS;

        JsonNode usual = json(threshold(set)).get("predicted");
        JsonNode surer = json(threshold(set + " --certainty 0.999")).get("predicted");
        JsonNode estimate = json(threshold(set + " --certainty none")).get("predicted");
        CommandRun text =
                threshold("set --model digits --min-agreement 0.97 --certainty none --dry-run --bundle " + DIGITS);
        CommandRun wrong = threshold(set + " --certainty 1.5");

        assertThat(usual.get("certainty").asDouble()).isEqualTo(0.95);
        assertThat(usual.get("agreementLowerBound").asDouble())
                .isBetween(0.97, usual.get("agreement").asDouble());
        assertThat(surer.get("agreementLowerBound").asDouble()).isGreaterThanOrEqualTo(0.97);
        assertThat(surer.get("flopsFraction").asDouble())
                .isGreaterThan(usual.get("flopsFraction").asDouble());
        assertThat(estimate.has("agreementLowerBound")).isFalse();
        assertThat(estimate.get("agreement").asDouble()).isGreaterThanOrEqualTo(0.97);
        assertThat(estimate.get("flopsFraction").asDouble())
                .isLessThan(usual.get("flopsFraction").asDouble());
        assertThat(text.out()).contains("(an estimate, nothing is promised)");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("expected a number between 0 and 1, or none");
    }

    @Test
    void shouldFailWhenVersionIsNotTheExpectedOne() throws Exception {
        threshold("set --model tiny --t 0.9 --issued-by ann");

        CommandRun conflict = threshold("set --model tiny --t 0.5 --expect-version 0");
        CommandRun success = threshold("set --model tiny --t 0.5 --expect-version 1");

        assertThat(conflict.status()).isEqualTo(1);
        assertThat(conflict.err().lines())
                .singleElement()
                .asString()
                .contains("the default was expected in force, but it is v1 by ann");
        assertThat(success.status()).isZero();
        assertThat(json(threshold("history --model tiny --format json"))).hasSize(2);
    }

    @Test
    void shouldSayAfterHowLongWhenEveryInstanceApplied() throws Exception {
        try (SimulatedInstance one = start("one-1", Manner.APPLIES);
                SimulatedInstance two = start("two-1", Manner.APPLIES)) {
            CommandRun text = threshold("set --model tiny --t 0.8 --wait --timeout-seconds 60");
            JsonNode json = json(threshold("reset --model tiny --wait --timeout 60s --format json"));

            assertThat(text.err()).isEmpty();
            assertThat(text.status()).isZero();
            assertThat(text.out()).containsPattern("applied on 2 of 2 instances after \\d+ ms");
            assertThat(json.get("acks").get("applied").asInt()).isEqualTo(2);
            assertThat(List.of(one, two)).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldFailAndNameTheInstancesWhenNotAllApplied() throws Exception {
        try (SimulatedInstance refusing = start("refusing-1", Manner.REJECTS);
                SimulatedInstance silent = start("silent-1", Manner.IS_SILENT)) {
            CommandRun run = threshold("set --model tiny --t 0.8 --wait --timeout 3s --format json");

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .contains(
                            "applied on 0 of 2 instances",
                            "rejected by refusing-1: " + SimulatedInstance.REASON,
                            "no answer from silent-1");
            JsonNode acks = JSON.readTree(run.out()).get("acks");
            assertThat(acks.get("missing").toString()).isEqualTo("[\"silent-1\"]");
            assertThat(acks.get("answers").get(0).get("outcome").asText()).isEqualTo("rejected");
            assertThat(List.of(refusing, silent)).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldCallAPolicyInForceOnlyWhereInstancesAcknowledgedIt() throws Exception {
        try (SimulatedInstance willing = start("willing-1", Manner.APPLIES)) {
            try (SimulatedInstance refusing = start("refusing-1", Manner.REJECTS)) {
                threshold("set --model tiny --t 0.8 --wait --timeout-seconds 60");

                JsonNode rejected = json(threshold("list --format json")).get(0);
                assertThat(rejected.get("state").asText())
                        .isEqualTo("rejected by 1 of 2 instances: " + SimulatedInstance.REASON);
                assertThat(rejected.get("inForceOn").toString()).isEqualTo("[\"willing-1\"]");
                assertThat(refusing).isNotNull();
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> threshold("get --model tiny")
                    .out()
                    .contains("(resolved from tiny), in force on 1 of 1 instance"));
            assertThat(willing).isNotNull();
        }
        assertThat(threshold("list").out()).contains("written, no instance runs");
    }

    @Test
    void shouldSayThatAPolicyIsOnlyWrittenWhenNoInstanceAcknowledgedIt() throws Exception {
        try (SimulatedInstance silent = start("silent-1", Manner.IS_SILENT)) {
            CommandRun before = threshold("get --model tiny");
            threshold("set --model tiny --t 0.8");

            assertThat(before.out()).contains("the bundle's default applies, T 1.0");
            assertThat(threshold("list").out()).contains("written, not acknowledged by any of 1 instance");
            assertThat(silent).isNotNull();
        }
    }

    @Test
    void shouldRefuseWhatNoInstanceWouldApplyWhenTheyHaveSaidWhatTheyServe() throws Exception {
        try (SimulatedInstance one = start("one-1", Manner.APPLIES)) {
            CommandRun mistyped = threshold("set --model tinny --t 0.8");
            CommandRun exits = threshold("set --model tiny --exit 0=0.5,1=0.5,2=0.5");
            CommandRun unknown = threshold("get --model tinny");

            assertThat(mistyped.status()).isEqualTo(1);
            assertThat(mistyped.err()).contains("model 'tinny'", "did you mean tiny?", "--force");
            assertThat(exits.status()).isEqualTo(1);
            assertThat(exits.err()).contains("3 thresholds, expected 1 or 2");
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.err()).contains("did you mean tiny?");
            assertThat(threshold("history --model tinny").status()).isEqualTo(1);
            assertThat(json(threshold("list --format json"))).isEmpty();
            assertThat(threshold("set --model tinny --t 0.8 --force").status()).isZero();
            assertThat(one).isNotNull();
        }
    }

    @Test
    void shouldSayWhoResetAndWhatAppliesWhenASourceIsReset() throws Exception {
        threshold("set --model tiny --t 0.8");
        threshold("set --model tiny --source gate --t 0.5");

        CommandRun reset = threshold("reset --model tiny --source gate --issued-by bob --reason cleaned");

        assertThat(reset.out()).contains("tiny/gate reset to tiny v1, T 0.8 (before: v1, T 0.5)");
        assertThat(json(threshold("history --model tiny --source gate --format json")))
                .last()
                .satisfies(last -> {
                    assertThat(last.get("issuedBy").asText()).isEqualTo("bob");
                    assertThat(last.get("reason").asText()).isEqualTo("cleaned");
                });
    }

    @Test
    void shouldFailWhenNoInstanceRunsToWaitFor() {
        CommandRun run = threshold("set --model tiny --t 0.8 --wait --group nobody");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("tiny v1: T 0.8");
        assertThat(run.err()).contains("written, but applied on 0 of 0 instances");
    }

    @Test
    void shouldPrintEachChangeWhenWatching() throws Exception {
        threshold("set --model tiny --t 0.9");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CompletableFuture<Integer> watch = CompletableFuture.supplyAsync(() -> Exitflow.run(
                new PrintWriter(out), new PrintWriter(err, true), arguments("watch --count 2 --format json")));
        await().atMost(Duration.ofSeconds(60)).until(() -> err.toString().contains("watching"));

        threshold("set --model tiny --t 0.8");
        threshold("reset --model tiny");

        assertThat(watch.get(60, TimeUnit.SECONDS)).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(JSON.readTree(lines.get(0)).get("thresholds").toString()).isEqualTo("[0.8]");
        assertThat(JSON.readTree(lines.get(1)).get("change").asText()).isEqualTo("reset");
    }

    @Test
    void shouldFailInOneLineWhenTopicIsMissing() {
        CommandRun run = CommandRun.of("threshold", "list", "--prefix", "absent-", "--bootstrap-server", address());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("no topic absent-thresholds", "topics create");
    }

    private SimulatedInstance start(String name, Manner manner) throws InterruptedException {
        Topics topics = Topics.withPrefix(prefix);
        return SimulatedInstance.start(Map.of("bootstrap.servers", address()), topics, name, manner);
    }

    private CommandRun threshold(String line) {
        return CommandRun.of(arguments(line));
    }

    private String[] arguments(String line) {
        return Stream.of(
                        Stream.of("threshold"),
                        Stream.of(line.split(" ")),
                        Stream.of("--prefix", prefix, "--bootstrap-server", address()))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }

    private void write(String key, String value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            prefix + "thresholds",
                            key.getBytes(StandardCharsets.UTF_8),
                            value.getBytes(StandardCharsets.UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static String address() {
        return broker.bootstrapServers();
    }

    private static List<Double> thresholds(JsonNode policy) {
        List<Double> thresholds = new ArrayList<>();
        policy.get("thresholds").forEach(threshold -> thresholds.add(threshold.asDouble()));
        return thresholds;
    }

    private static JsonNode json(CommandRun run) throws Exception {
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return JSON.readTree(run.out());
    }
}
