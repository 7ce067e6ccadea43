package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.processor.ConfigSources;
import dev.exitflow.processor.InvalidConfigException;
import dev.exitflow.processor.Processor;
import dev.exitflow.processor.ProcessorConfig;
import dev.exitflow.schema.topic.TopicProvisioner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code exitflow serve}: a processor in this process, until somebody stops it. */
@Command(
        name = "serve",
        description = {
            "Classifies the images of the images topic until it is stopped (Ctrl-C, SIGTERM).",
            "Prints the address of its health and metrics once it is ready. Several share the images."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow serve --bundle digits",
            "  exitflow serve --bundle my-bundle --bootstrap-server kafka-1:9092 --command-config client.properties",
            "  exitflow serve --bundle digits --create-topics --set http.port=0 --set workers=2"
        })
final class ServeCommand implements Callable<Integer> {

    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    private static final String BUNDLE = "bundle";

    /** It is ready, or has ended, long before. */
    private static final Duration FOREVER = Duration.ofDays(365);

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            description = "The model: name of a shipped bundle, or a bundle's directory or zip.")
    String bundle;

    @Mixin
    ClusterOptions cluster;

    @Option(names = "--config", paramLabel = "FILE", description = "Properties of the processor, see its README.")
    Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One property of the processor; weighs more than the file and the environment. Repeatable.")
    Map<String, String> values = new LinkedHashMap<>();

    @Option(names = "--create-topics", description = "Create the topics that are missing first.")
    boolean createTopics;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    ServeCommand() {}

    @Override
    public Integer call() {
        ProcessorConfig checked = configuration(System.getenv());
        if (createTopics) {
            createTopics(checked);
        }
        try (Processor processor = Processor.start(checked)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(processor), "exitflow-serve-stop"));
            say("instance %s serves model %s version %s"
                    .formatted(
                            processor.instance(),
                            processor.bundle().name(),
                            processor.bundle().manifest().version()));
            if (processor.awaitReady(FOREVER)) {
                output.printValue("uri", processor.httpUri());
            }
            processor.awaitEnd();
            processor.failure().ifPresent(cause -> {
                String why = cause instanceof ExitflowException ? cause.getMessage() : cause.toString();
                throw new ExitflowException("instance " + processor.instance() + " failed: " + why, cause);
            });
            return Exitflow.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exitflow.OK;
        }
    }

    /** The file weighs least, then the environment, then {@code --set}, then the options with names of their own. */
    ProcessorConfig configuration(Map<String, String> environment) {
        ConfigSources sources = new ConfigSources();
        if (config != null) {
            sources.file(config);
        }
        if (environment.containsKey(ClusterOptions.ADDRESS_VARIABLE)) {
            sources.value(BOOTSTRAP_SERVERS, environment.get(ClusterOptions.ADDRESS_VARIABLE));
        }
        sources.environment(environment);
        if (cluster.commandConfig != null) {
            sources.commandConfig(cluster.commandConfig);
        }
        sources.values(values);
        if (command.commandLine().getParseResult().hasMatchedOption("--bootstrap-server")) {
            sources.value(BOOTSTRAP_SERVERS, cluster.bootstrapServers);
        }
        if (bundle != null) {
            sources.value(BUNDLE, ShippedBundles.resolve(bundle));
        }
        try {
            return ProcessorConfig.of(sources);
        } catch (InvalidConfigException e) {
            if (e.problems().size() == 1 && e.problems().get(0).startsWith(BUNDLE + " is not set")) {
                throw new ParameterException(
                        command.commandLine(),
                        "missing --bundle NAME|DIR, or bundle in --config or EXITFLOW_BUNDLE",
                        e);
            }
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private void createTopics(ProcessorConfig checked) {
        try (Admin admin = ClusterOptions.connect(checked.clientProperties())) {
            List<String> created =
                    new TopicProvisioner(admin).createMissing(checked.topics().all(), OptionalInt.empty());
            if (!created.isEmpty()) {
                say("created " + String.join(", ", created));
            }
        }
    }

    private void stop(Processor processor) {
        if (processor.health().alive()) {
            say("stopping");
        }
        processor.close();
    }

    private void say(String message) {
        command.commandLine().getErr().println(message);
        command.commandLine().getErr().flush();
    }
}
