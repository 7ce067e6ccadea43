package dev.exitflow.ops.cli;

import dev.exitflow.ops.embedded.BrokerException;
import dev.exitflow.ops.embedded.BrokerSettings;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow broker}: Kafka in this process, until somebody stops it. */
@Command(
        name = "broker",
        description = {
            "Runs a single Kafka broker for this machine until it is stopped (Ctrl-C, SIGTERM).",
            "Prints the address once clients can connect. It listens on 127.0.0.1 only."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {"  exitflow broker", "  exitflow broker --port 0 --data-dir kafka-data"})
final class BrokerCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Port to listen on; 0 takes any free one (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where topics are kept; without it they are gone when the broker stops.")
    Path dataDirectory;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    BrokerCommand() {}

    @Override
    public Integer call() {
        BrokerSettings settings = BrokerSettings.temporary().withPort(port);
        if (dataDirectory != null) {
            settings = settings.withDataDirectory(dataDirectory);
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings)) {
            Thread closer = new Thread(broker::close, "exitflow-broker-close");
            Runtime.getRuntime().addShutdownHook(closer);
            output.printValue("bootstrapServers", broker.bootstrapServers());
            command.commandLine().getErr().printf("Kafka is ready, its data is in %s%n", broker.dataDirectory());
            throw failureOf(broker);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exitflow.OK;
        }
    }

    /** Waits for as long as the broker runs. */
    private static BrokerException failureOf(EmbeddedBroker broker) throws InterruptedException {
        try {
            return broker.failure().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker's failure is a value, never an error", e);
        }
    }
}
