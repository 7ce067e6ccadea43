package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.exitflow.ops.DockerCondition;
import dev.exitflow.processor.Topics;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;

/** The repository's docker-compose.yml, from the build of its image to predictions, with three processors. */
@Tag("docker")
@ExtendWith(DockerCondition.class)
@Timeout(900) // the image's build downloads all dependencies the first time
class ComposeStackIT {

    private static final int PROCESSORS = 3;

    private ComposeContainer stack;
    private Map<String, Object> client;

    /** So that the log tells which service did not come up. */
    @BeforeAll
    static void showWhatComposeSays() {
        ((Logger) LoggerFactory.getLogger("tc.docker")).setLevel(Level.INFO);
    }

    @BeforeEach
    @SuppressWarnings("resource") // stopped below
    void start() throws IOException {
        int port = freePort();
        client = Map.of("bootstrap.servers", "127.0.0.1:" + port);
        stack = new ComposeContainer(new File("../docker-compose.yml"))
                .withPull(false) // compose pulls what is not here
                .withBuild(true)
                .withEnv("EXITFLOW_KAFKA_PORT", Integer.toString(port))
                .withServices("load")
                .withScaledService("processor", PROCESSORS);
        stack.start();
    }

    @AfterEach
    void stop() {
        stack.stop();
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
