package dev.exitflow.ops.monitor;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.topic.Topics;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The internal topic that keeps what a monitor has counted of the second at hand, one partition for each of the predictions'. Kafka
 * Streams makes it, and refuses to run for ever once the predictions have got more partitions.
 *
 * @param admin stays the caller's to close
 * @param name of the topic
 * @param predictions name of the topic of which it has the number of partitions
 */
record Changelog(Admin admin, String name, String predictions) {

    static Changelog of(Admin admin, Topics topics, String application) {
        return new Changelog(
                admin,
                "%s-%s-changelog".formatted(application, PredictionCounter.STORE),
                topics.predictions().name());
    }

    /**
     * Whether it exists for another number of partitions than the predictions have now.
     *
     * @throws ExitflowException when the brokers do not say
     */
    boolean isOutgrown() {
        int partitions = partitions(name);
        return partitions > 0 && partitions != partitions(predictions);
    }

    /**
     * Deletes it if it is outgrown, and with it what was counted of seconds that are not over.
     *
     * @return whether it was
     * @throws ExitflowException when the brokers do not take it
     */
    boolean deleteIfOutgrown() {
        // Several monitors may look at once: the first to be back has made the next one, which fits.
        if (!isOutgrown()) {
            return false;
        }
        try {
            admin.deleteTopics(Set.of(name)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw failure("delete", e.getCause());
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return true;
    }

    private int partitions(String topic) {
        KafkaFuture<TopicDescription> description =
                admin.describeTopics(Set.of(topic)).topicNameValues().get(topic);
        try {
            return description.get().partitions().size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw failure("describe", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private ExitflowException failure(String what, Throwable cause) {
        return new ExitflowException("cannot %s topic %s: %s".formatted(what, name, cause.getMessage()), cause);
    }
}
