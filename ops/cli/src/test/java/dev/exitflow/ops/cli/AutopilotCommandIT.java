package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.TestBroker;
import dev.exitflow.ops.autopilot.Crew;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.Signature;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Monitors with autopilots as processes of their own, one of which is killed. */
@Tag("broker")
@Timeout(240)
class AutopilotCommandIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final PolicyKey DIGITS = PolicyKey.ofModel("digits");

    @RegisterExtension
    static final TestBroker broker = new TestBroker();

    @TempDir
    Path folder;

    private String prefix;
    private Topics topics;
    private final List<Process> monitors = new ArrayList<>();

    @BeforeEach
    void createTopics(TestInfo test) {
        prefix = test.getTestMethod().orElseThrow().getName() + "-";
        topics = Topics.withPrefix(prefix);
        assertThat(run("topics", "create").status()).isZero();
    }

    @AfterEach
    void kill() {
        monitors.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldLetOneActAndAnotherTakeOverWhenItIsKilled() throws Exception {
        try (Admin admin = Admin.create(broker.clientProperties());
                ThresholdTopic policies = new ThresholdTopic(broker.clientProperties(), topics)) {
            monitors.add(monitor());
            monitors.add(monitor());
            await().atMost(PATIENCE).until(() -> {
                Crew crew = Crew.of(admin, topics, "digits");
                return crew.size() == 2 && crew.steering().isPresent();
            });
            // The bundle's default lets images leave, and nobody samples: one autopilot says so, and only one.
            await().atMost(PATIENCE).until(() -> policies.history(DIGITS).size() == 1);
            await().during(Duration.ofSeconds(4))
                    .atMost(PATIENCE)
                    .until(() -> policies.history(DIGITS).size() == 1);
            String first = Crew.of(admin, topics, "digits").steering().orElseThrow();
            assertThat(run("autopilot", "status", "--model", "digits").out())
                    .contains("the autopilot steers", first + " is elected");

            Process elected = monitors.stream()
                    .filter(monitor -> first.endsWith("-" + monitor.pid()))
                    .findFirst()
                    .orElseThrow();
            elected.destroyForcibly().waitFor();

            await().atMost(PATIENCE).until(() -> Crew.of(admin, topics, "digits")
                    .steering()
                    .filter(name -> !name.equals(first))
                    .isPresent());
            policies.reset(DIGITS, new Signature("ann", ""));
            await().atMost(PATIENCE).until(() -> policies.history(DIGITS).size() == 3);
            assertThat(policies.history(DIGITS).get(2).policy().orElseThrow().getIssuedBy())
                    .isEqualTo("autopilot");
        }
    }

    @Test
    void shouldSayWhoHoldsAModelAndReleaseIt() {
        try (ThresholdTopic policies = new ThresholdTopic(broker.clientProperties(), topics)) {
            policies.set(PolicyRequest.uniform(DIGITS, 0.8, "ann", "by hand"));

            CommandRun held = run("autopilot", "status", "--model", "digits");
            CommandRun released = run("autopilot", "release", "--model", "digits");
            CommandRun again = run("autopilot", "release", "--model", "digits", "--format", "json");

            assertThat(held.out()).contains("held by hand since").contains("by ann");
            assertThat(released.status()).as(released.err()).isZero();
            assertThat(released.out()).contains("by autopilot: released by").contains("goes on until there is reason");
            assertThat(again.out()).contains("\"change\":\"none\"");
            assertThat(policies.current(DIGITS)
                            .orElseThrow()
                            .policy()
                            .orElseThrow()
                            .getThresholds())
                    .containsExactly(0.8);
            assertThat(run("autopilot", "status", "--model", "digits", "--format", "json")
                            .out())
                    .contains("\"heldByHand\":false");
        }
    }

    private Process monitor() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("-Dexitflow.home=" + System.getProperty("exitflow.home")));
        command.addAll(List.of("dev.exitflow.ops.cli.Exitflow", "monitor", "--bundle", "digits", "--http-port", "0"));
        command.addAll(List.of("--autopilot", "--target-lag", "2s", "--agreement-floor", "0.95"));
        command.addAll(List.of("--application-id", prefix + "monitor", "--prefix", prefix));
        command.addAll(List.of("--bootstrap-server", broker.bootstrapServers()));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out" + monitors.size()).toFile())
                .redirectError(folder.resolve("err" + monitors.size()).toFile())
                .start();
    }

    private CommandRun run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--prefix", prefix, "--bootstrap-server", broker.bootstrapServers()));
        return CommandRun.of(all.toArray(String[]::new));
    }
}
