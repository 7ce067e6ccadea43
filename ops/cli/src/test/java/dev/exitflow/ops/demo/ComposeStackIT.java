package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.exitflow.ops.DockerCondition;
import dev.exitflow.schema.topic.Topics;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;

/** The repository's docker-compose.yml, from the build of its image to predictions and to Prometheus, with three processors. */
@Tag("docker")
@ExtendWith(DockerCondition.class)
@Timeout(900) // the image's build downloads all dependencies the first time
class ComposeStackIT {

    private static final int PROCESSORS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static ComposeContainer stack;
    private static Map<String, Object> client;
    private static PrometheusServer prometheus;

    @BeforeAll
    @SuppressWarnings("resource") // stopped below
    static void start() throws IOException {
        ((Logger) LoggerFactory.getLogger("tc.docker"))
                .setLevel(Level.INFO); // so that the log tells which service did not come up
        int port = freePort();
        client = Map.of("bootstrap.servers", "127.0.0.1:" + port);
        prometheus = new PrometheusServer(freePort());
        stack = new ComposeContainer(new File("../../docker-compose.yml"))
                .withPull(false) // compose pulls what is not here
                .withBuild(true)
                .withEnv("EXITFLOW_KAFKA_PORT", Integer.toString(port))
                .withEnv("EXITFLOW_MONITOR_PORT", Integer.toString(freePort()))
                .withEnv("EXITFLOW_PROMETHEUS_PORT", Integer.toString(prometheus.port()))
                .withServices("load", "monitor", "prometheus")
                .withScaledService("processor", PROCESSORS);
        stack.start();
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.stop();
        }
    }

    @Test
    void shouldLoseAndDoubleNothingWhenOneOfThreeProcessorsIsKilled() throws Exception {
        assertThat(container("kafka").isHealthy()).isTrue();
        for (int number = 1; number <= PROCESSORS; number++) {
            assertThat(container("processor-" + number).isHealthy()).isTrue();
        }
        CountedRun run = new CountedRun(client, Topics.standard());
        run.awaitMembers(PROCESSORS);

        run.expectEveryImageAnsweredOnceDespite(() -> kill(container("processor-2")));

        assertThat(container("processor-1").isHealthy()).isTrue();
        assertThat(container("processor-2").isRunning()).isFalse();
        assertThat(container("processor-3").isHealthy()).isTrue();
    }

    @Test
    void shouldTellPrometheusOfEveryProcessorAndOfTheWholeWhenMonitored() {
        double running = IntStream.rangeClosed(1, PROCESSORS)
                .filter(number -> container("processor-" + number).isRunning())
                .count();

        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            assertThat(prometheus.value("count(up{job='exitflow-processor'} == 1)"))
                    .isEqualTo(running);
            assertThat(prometheus.value("count(up{job='exitflow-monitor'} == 1)"))
                    .isEqualTo(1);
            assertThat(prometheus.value("count(count by (instance) (exitflow_exits_total{model='digits'}))"))
                    .isEqualTo(running);
            assertThat(prometheus.value("max(exitflow_instances)")).isEqualTo(running);
            assertThat(prometheus.value("max(exitflow_predictions_per_second{model='digits'})"))
                    .isPositive();
        });
        assertThat(prometheus.rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.get("health").asText()).isEqualTo("ok"));
        assertThat(prometheus.rules())
                .extracting(rule -> rule.get("state").asText())
                .doesNotContain("firing");
    }

    private ContainerState container(String name) {
        return stack.getContainerByServiceName(name).orElseThrow();
    }

    private static void kill(ContainerState container) {
        DockerClientFactory.lazyClient()
                .killContainerCmd(container.getContainerId())
                .exec();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
