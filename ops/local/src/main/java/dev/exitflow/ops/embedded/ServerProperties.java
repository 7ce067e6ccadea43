package dev.exitflow.ops.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.network.Selectable;

/** The server configuration of a single node for one person's machine: broker and controller, nothing replicated. */
final class ServerProperties {

    static final int NODE_ID = 1;
    static final String BROKER_LISTENER = "PLAINTEXT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final int MEBIBYTE = 1 << 20;
    private static final int ROLL_MINUTES = 30;

    private ServerProperties() {}

    static Map<String, Object> of(Path log, int brokerPort, int controllerPort, Duration startTimeout) {
        Map<String, Object> all = new HashMap<>();
        putNode(all, log, brokerPort, controllerPort);
        all.put("server.max.startup.time.ms", startTimeout.toMillis());
        putInternalTopics(all);
        putLogs(all);
        putThreads(all);
        // Kafka reads a number only from text or from exactly the type it has in mind.
        all.replaceAll((key, value) -> value.toString());
        return all;
    }

    private static void putNode(Map<String, Object> all, Path log, int brokerPort, int controllerPort) {
        String broker = BROKER_LISTENER + "://" + LoopbackSockets.HOST + ":" + brokerPort;
        String controller = LoopbackSockets.HOST + ":" + controllerPort;
        all.put("node.id", NODE_ID);
        all.put("process.roles", "broker,controller");
        all.put("listeners", broker + "," + CONTROLLER_LISTENER + "://" + controller);
        all.put("advertised.listeners", broker);
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("inter.broker.listener.name", BROKER_LISTENER);
        all.put("controller.listener.names", CONTROLLER_LISTENER);
        all.put("controller.quorum.voters", NODE_ID + "@" + controller);
        all.put("log.dirs", log.toString());
        // The system sizes it by what passes: Kafka's 100 KiB are few for large images.
        all.put("socket.send.buffer.bytes", Selectable.USE_DEFAULT_BUFFER_SIZE);
        // After a hard kill the controller waits for the old session to end: 4 s to be ready instead of 12 s.
        all.put("broker.session.timeout.ms", 2_000);
        all.put("broker.heartbeat.interval.ms", 500);
        // Each of these no-op records is an fsync; the default writes two a second.
        all.put("metadata.max.idle.interval.ms", 5_000);
    }

    private static void putInternalTopics(Map<String, Object> all) {
        all.put("default.replication.factor", 1);
        all.put("min.insync.replicas", 1);
        all.put("offsets.topic.replication.factor", 1);
        all.put("offsets.topic.num.partitions", 2);
        all.put("transaction.state.log.replication.factor", 1);
        all.put("transaction.state.log.min.isr", 1);
        all.put("transaction.state.log.num.partitions", 2);
        all.put("share.coordinator.state.topic.replication.factor", 1);
        all.put("share.coordinator.state.topic.min.isr", 1);
        all.put("share.coordinator.state.topic.num.partitions", 1);
        // A missing topic is a mistake to report, not a topic to guess.
        all.put("auto.create.topics.enable", false);
        all.put("group.initial.rebalance.delay.ms", 0);
        all.put("group.min.session.timeout.ms", 1_000);
    }

    private static void putLogs(Map<String, Object> all) {
        // After a hard kill Kafka reads each partition's last segment again as a whole, and all that it has not noted
        // as
        // synced, so the start takes longer the more there is: it begins new ones soon and notes often.
        all.put("log.segment.bytes", 16 * MEBIBYTE);
        all.put("log.roll.ms", Duration.ofMinutes(ROLL_MINUTES).toMillis());
        all.put("log.flush.offset.checkpoint.interval.ms", 5_000);
        // Of transactions and offsets the coordinators read all that is not compacted, which the last segment never is.
        all.put("offsets.topic.segment.bytes", 4 * MEBIBYTE);
        all.put("transaction.state.log.segment.bytes", 4 * MEBIBYTE);
        // Index files are made at full size: 512 KiB index 256 MiB of records.
        all.put("log.index.size.max.bytes", MEBIBYTE / 2);
        // What may go, goes soon: on one person's machine a minute of images can be a gigabyte.
        all.put("log.retention.check.interval.ms", 60_000);
        all.put("log.cleaner.threads", 1);
        // Heap that is taken at once; the default is 128 MiB.
        all.put("log.cleaner.dedupe.buffer.size", 2 * MEBIBYTE);
    }

    private static void putThreads(Map<String, Object> all) {
        all.put("num.network.threads", 2);
        all.put("num.io.threads", 4);
        all.put("background.threads", 2);
        all.put("group.coordinator.threads", 1);
        all.put("share.coordinator.threads", 1);
    }
}
