package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;

class ReachabilityTest {

    private static final Reachability SHORT = new Reachability(Duration.ofMillis(200), Duration.ofMillis(1_800));

    @Test
    void shouldSayThatNothingIsThereWhenNothingListens() {
        assertThatThrownBy(() -> require("127.0.0.1:1"))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no Kafka broker answers at 127.0.0.1:1 (waited 0 s)");
    }

    @Test
    void shouldWaitLongerAndSayWhatItMayBeWhenSomethingListensAndDoesNotAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String servers = "127.0.0.1:1,127.0.0.1:" + silent.getLocalPort();

            assertThatThrownBy(() -> require(servers))
                    .isInstanceOf(ExitflowException.class)
                    .hasMessageContaining("something listens at " + servers + ", but does not answer")
                    .hasMessageContaining("waited 2 s", "TLS", "--command-config");
        }
    }

    private static void require(String servers) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
            SHORT.require(admin, servers);
        }
    }
}
