package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processor's main program: configuration from a file, the environment and the command line; runs until it is told to stop. */
public final class ProcessorApp {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessorApp.class);

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private ProcessorApp() {}

    /**
     * Exits with 1 after a failure and 2 when the command line or the configuration is wrong. A signal stops it gracefully, with
     * the JVM's own status for it: 143 for SIGTERM.
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.getenv(), System.err));
    }

    static int run(String[] arguments, Map<String, String> environment, PrintStream messages) {
        ProcessorConfig config;
        try {
            if (arguments.length == 1 && arguments[0].equals("--help")) {
                messages.print(usage());
                return OK;
            }
            config = ProcessorConfig.of(sources(arguments, environment));
        } catch (ExitflowException e) {
            messages.println("exitflow-processor: " + e.getMessage());
            return USAGE;
        }
        try (Processor processor = Processor.start(config)) {
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close, "exitflow-stop"));
            processor.awaitEnd();
            return processor.failure().isPresent() ? FAILED : OK;
        } catch (ExitflowException e) {
            LOG.debug("start failed", e);
            messages.println("exitflow-processor: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /** The file weighs least, then the environment, then the rest of the command line, wherever {@code --config} stands. */
    static ConfigSources sources(String[] arguments, Map<String, String> environment) {
        ConfigSources files = new ConfigSources();
        ConfigSources commandLine = new ConfigSources();
        for (int index = 0; index < arguments.length; index++) {
            String argument = arguments[index];
            int equals = argument.indexOf('=');
            if (argument.equals("--config") && index + 1 < arguments.length) {
                files.file(Path.of(arguments[++index]));
            } else if (argument.equals("--command-config") && index + 1 < arguments.length) {
                commandLine.commandConfig(Path.of(arguments[++index]));
            } else if (equals > 0 && !argument.startsWith("-")) {
                commandLine.value(argument.substring(0, equals), argument.substring(equals + 1));
            } else {
                throw new ExitflowException("argument '%s' is not understood; see --help", argument);
            }
        }
        return files.environment(environment).values(commandLine.merged());
    }

    private static String usage() {
        return """
                usage: exitflow-processor [--config FILE] [--command-config FILE] [KEY=VALUE ...]
                Each key is also read from the environment: http.port from EXITFLOW_HTTP_PORT.
                Keys that start with kafka. go to Kafka's clients as they are, without that prefix.

                %s""".formatted(ConfigTable.text());
    }
}
