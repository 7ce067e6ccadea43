package dev.exitflow.processor;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.SchemaRegistryException;
import dev.exitflow.schema.instance.AckLog;
import dev.exitflow.schema.instance.AckLog.Announcement;
import dev.exitflow.schema.instance.LiveInstances;
import dev.exitflow.schema.instance.ServedModel;
import dev.exitflow.schema.topic.TopicException;
import dev.exitflow.schema.topic.TopicTail;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/**
 * Makes sure that the instances of one consumer group serve one model: they share the images, and each image goes to any of them.
 *
 * <p>It compares what the members of the group have announced on the acks topic. Members that never announced anything, of versions
 * that do not, are left out. Not safe for use by several threads.
 */
final class GroupCheck implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** The group serves something else than this instance. */
    static final class MixedGroupException extends ExitflowException {

        private static final long serialVersionUID = 1L;

        @FormatMethod
        MixedGroupException(@FormatString String message, Object... arguments) {
            super(message, arguments);
        }
    }

    private final ProcessorConfig config;
    private final ServedModel ours;
    private final Admin admin;
    private final TopicTail tail;
    private final AckLog said;

    /**
     * Connects.
     *
     * @param ours the model that this instance is to serve
     * @throws TopicException when the topic is missing or no broker answers
     */
    GroupCheck(ProcessorConfig config, ServedModel ours) {
        this.config = config;
        this.ours = ours;
        this.said = new AckLog(config.codecs().policyAcks());
        this.tail = TopicTail.fromBeginning(
                config.clientProperties(), config.topics().acks().name());
        this.admin = Admin.create(new StreamsSettings(config).ofAdmin());
    }

    /**
     * Returns if no member of the group serves anything else.
     *
     * @throws ExitflowException naming the member that does
     */
    void requireAlike() {
        requireAlikeBefore(Long.MAX_VALUE);
    }

    /**
     * As {@link #requireAlike}, but for members that announced themselves after this instance: they are the ones to give way.
     *
     * @param announcedAt offset of this instance's announcement
     */
    void requireAlikeBefore(long announcedAt) {
        try {
            tail.readToEnd(said::add);
        } catch (SchemaRegistryException e) {
            throw new ExitflowException("cannot read who serves what: " + e.getMessage(), e);
        }
        Optional<Announcement> other = new LiveInstances(admin, config.applicationId())
                .names().stream()
                        .filter(name -> !name.equals(config.instance()))
                        .flatMap(name -> said.announcement(name).stream())
                        .filter(one -> one.offset() < announcedAt && !mayShare(one.served()))
                        .min(Comparator.comparingLong(Announcement::offset));
        if (other.isPresent()) {
            throw refusal(other.get());
        }
    }

    private boolean mayShare(ServedModel theirs) {
        return theirs.equals(ours) || (theirs.isSameModelAs(ours) && config.isRollingUpdate());
    }

    private MixedGroupException refusal(Announcement other) {
        String mend = other.served().isSameModelAs(ours)
                ? "to replace the group's instances one by one, set %s=true for the new ones"
                        .formatted(ConfigKeys.ROLLING_UPDATE)
                : "give each model a group of its own with %s, and say what to do with the other's images with %s"
                        .formatted(ConfigKeys.APPLICATION_ID, ConfigKeys.MODELS_OTHER);
        return new MixedGroupException(
                "group %s: instance %s serves %s, this instance %s: images would be answered by either; stop the other (after a crash the"
                        + " group forgets it within seconds), or %s",
                config.applicationId(), other.instance(), other.served(), ours, mend);
    }

    @Override
    public void close() {
        tail.close();
        admin.close(CLOSE_TIMEOUT);
    }
}
