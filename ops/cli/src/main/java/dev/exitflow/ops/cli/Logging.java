package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the log holds and looks like: the settings that logback.xml reads, which are set before the first logger is made. */
final class Logging {

    /** The least level of all loggers; Kafka's clients and libraries write little without it. */
    static final String LEVEL = "EXITFLOW_LOG_LEVEL";

    /** The least level of this project's loggers. */
    static final String OWN_LEVEL = "EXITFLOW_OWN_LOG_LEVEL";

    /** The name of the appender. */
    static final String FORMAT = "EXITFLOW_LOG_FORMAT";

    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
    private static final List<String> FORMATS = List.of("text", "json");

    private Logging() {}

    /** Sets the settings of this process, whose environment may say more than the option for verbose. */
    static void configure(boolean verbose) {
        settings(System.getenv(), verbose).forEach(System::setProperty);
    }

    /**
     * The settings.
     *
     * @throws ExitflowException where the environment has a level or a format that there is not
     */
    static Map<String, String> settings(Map<String, String> environment, boolean verbose) {
        String format = environment.getOrDefault(FORMAT, "text").toLowerCase(Locale.ROOT);
        require(FORMAT, format, FORMATS);
        if (!environment.containsKey(LEVEL)) {
            return Map.of(OWN_LEVEL, verbose ? "INFO" : "WARN", FORMAT, format);
        }
        String level = environment.get(LEVEL).toUpperCase(Locale.ROOT);
        require(LEVEL, level, LEVELS);
        return Map.of(OWN_LEVEL, level, LEVEL, level, FORMAT, format);
    }

    private static void require(String variable, String value, List<String> known) {
        if (!known.contains(value)) {
            throw new ExitflowException(
                    "environment variable %s is '%s', expected one of %s", variable, value, String.join(", ", known));
        }
    }
}
