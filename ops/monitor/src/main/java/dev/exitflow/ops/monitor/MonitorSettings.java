package dev.exitflow.ops.monitor;

import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.topic.Topics;
import java.util.Map;

/**
 * What a monitor watches.
 *
 * @param clientProperties for any Kafka client, and the schema registry's where there is one
 * @param topics of the installation
 * @param application consumer group of the statistics; monitors with the same name share the work
 * @param processors consumer group of the processors, their {@code application.id}
 */
public record MonitorSettings(
        Map<String, Object> clientProperties, Topics topics, String application, String processors) {

    public MonitorSettings {
        clientProperties = Map.copyOf(clientProperties);
    }

    /** The usual names of the groups. */
    public static MonitorSettings of(Map<String, Object> clientProperties, Topics topics) {
        return new MonitorSettings(
                clientProperties, topics, StatsStream.DEFAULT_APPLICATION, LiveInstances.DEFAULT_GROUP);
    }
}
