package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The places that configuration comes from, in order of growing weight: a file, the environment, the command line.
 *
 * <p>Mutable and not safe for use by several threads; made, filled and read at start.
 */
public final class ConfigSources {

    private static final String KAFKA_VARIABLES = ConfigKeys.environmentVariable(ConfigKeys.KAFKA_PREFIX);

    private final Map<String, String> merged = new LinkedHashMap<>();

    /**
     * Adds a properties file of the processor's keys.
     *
     * @throws ExitflowException when it cannot be read
     */
    public ConfigSources file(Path file) {
        merged.putAll(read(file));
        return this;
    }

    /**
     * Adds a properties file of Kafka's own client settings, as Kafka's tools take with {@code --command-config}; each is
     * passed on to all clients.
     *
     * @throws ExitflowException when it cannot be read
     */
    public ConfigSources commandConfig(Path file) {
        read(file).forEach((key, value) -> merged.put(ConfigKeys.KAFKA_PREFIX + key, value));
        return this;
    }

    /**
     * Adds the variables that name our keys, such as {@code EXITFLOW_HTTP_PORT}, or Kafka's, such as
     * {@code EXITFLOW_KAFKA_SECURITY_PROTOCOL}; all others are left alone.
     */
    public ConfigSources environment(Map<String, String> variables) {
        for (String key : ConfigKeys.all().keySet()) {
            String value = variables.get(ConfigKeys.environmentVariable(key));
            if (value != null) {
                merged.put(key, value);
            }
        }
        variables.forEach((name, value) -> {
            if (name.startsWith(KAFKA_VARIABLES)) {
                String key = name.substring(KAFKA_VARIABLES.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
                merged.put(ConfigKeys.KAFKA_PREFIX + key, value);
            }
        });
        return this;
    }

    /** Adds values by the processor's keys. */
    public ConfigSources values(Map<String, String> values) {
        merged.putAll(values);
        return this;
    }

    /** Adds one value. */
    public ConfigSources value(String key, Object value) {
        merged.put(key, String.valueOf(value));
        return this;
    }

    /** What the sources say together. */
    Map<String, String> merged() {
        return Map.copyOf(merged);
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new ExitflowException(file + ": cannot be read as a properties file: " + Reason.of(e), e);
        }
        Map<String, String> values = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }
}
