package dev.exitflow.processor;

import org.apache.kafka.common.config.ConfigDef;

/** The documentation of the configuration keys, made from their definitions. */
final class ConfigTable {

    private ConfigTable() {}

    /** A Markdown table, one row per key. */
    static String markdown() {
        StringBuilder table = new StringBuilder("| key | default | what it is | allowed |\n|---|---|---|---|\n");
        for (ConfigDef.ConfigKey key : ConfigKeys.all().values()) {
            table.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            key.name,
                            defaultOf(key),
                            key.documentation,
                            allowed(key).replace("|", "\\|")));
        }
        return table.toString();
    }

    /** Plain text for a terminal. */
    static String text() {
        StringBuilder text = new StringBuilder();
        for (ConfigDef.ConfigKey key : ConfigKeys.all().values()) {
            text.append("  %s=%s%n      %s%n"
                    .formatted(key.name, key.hasDefault() ? key.defaultValue : "...", key.documentation));
        }
        return text.toString();
    }

    private static String defaultOf(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "required";
        }
        return String.valueOf(key.defaultValue).isEmpty() ? "empty" : "`" + key.defaultValue + "`";
    }

    private static String allowed(ConfigDef.ConfigKey key) {
        return key.validator == null ? "" : "`" + key.validator + "`";
    }
}
