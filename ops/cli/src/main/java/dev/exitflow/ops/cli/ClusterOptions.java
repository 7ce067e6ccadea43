package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import picocli.CommandLine.Option;

/** The options of every command that talks to Kafka, as Kafka's own tools have them; a mixin. */
final class ClusterOptions {

    /** The environment variable that names the brokers for every command. */
    static final String ADDRESS_VARIABLE = "EXITFLOW_BOOTSTRAP_SERVER";

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:" + ADDRESS_VARIABLE + ":-localhost:9092}",
            description = "Kafka brokers to start from, separated by commas (default: ${DEFAULT-VALUE}).")
    String bootstrapServers;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties for Kafka's clients, such as security settings.")
    Path commandConfig;

    ClusterOptions() {}

    /**
     * Properties for any Kafka client: the file's, with the brokers to start from.
     *
     * @throws ExitflowException if the file cannot be read
     */
    Map<String, Object> clientProperties() {
        Map<String, Object> all = new HashMap<>();
        if (commandConfig != null) {
            Properties file = new Properties();
            try (Reader reader = Files.newBufferedReader(commandConfig)) {
                file.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new ExitflowException("--command-config " + commandConfig + ": " + Reason.of(e), e);
            }
            file.forEach((key, value) -> all.put(key.toString(), value));
        }
        all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return all;
    }

    /**
     * Connects to the cluster; the caller closes the client.
     *
     * @throws ExitflowException if no broker answers, see {@link Reachability}
     */
    Admin connect() {
        return connect(clientProperties());
    }

    /** As {@link #connect()}, with properties from elsewhere. */
    static Admin connect(Map<String, Object> clientProperties) {
        Admin admin = Admin.create(clientProperties);
        try {
            Reachability.USUAL.require(
                    admin,
                    clientProperties
                            .get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)
                            .toString());
            return admin;
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    /** Fails early where a producer or a consumer would wait for a minute. */
    void requireReachable() {
        connect().close();
    }
}
