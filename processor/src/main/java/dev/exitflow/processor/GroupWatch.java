package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.instance.ServedModel;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after every rebalance, on a thread of its own, whether the group still serves one model. Two instances that start at the
 * same moment do not see each other before they join: the one that announced itself later gives way.
 *
 * <p>Safe for use by several threads.
 */
final class GroupWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupWatch.class);

    private final ProcessorConfig config;
    private final ServedModel ours;
    private final long announcedAt;
    private final Runnable stop;
    private final ExecutorService executor;
    private volatile ExitflowException refusal;

    /**
     * @param announcedAt offset of this instance's announcement
     * @param stop called once, on the thread of this object, when this instance must not go on
     */
    GroupWatch(ProcessorConfig config, ServedModel ours, long announcedAt, Runnable stop) {
        this.config = config;
        this.ours = ours;
        this.announcedAt = announcedAt;
        this.stop = stop;
        this.executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, config.instance() + "-group-watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Looks soon. */
    void rebalanced() {
        try {
            executor.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed before the look after a rebalance", e);
        }
    }

    private void look() {
        if (refusal != null) {
            return;
        }
        try (GroupCheck check = new GroupCheck(config, ours)) {
            check.requireAlikeBefore(announcedAt);
        } catch (GroupCheck.MixedGroupException e) {
            refusal = e;
            LOG.error("stopping: {}", e.getMessage());
            stop.run();
        } catch (ExitflowException | KafkaException e) {
            LOG.warn("cannot tell whether the group serves one model: {}", e.getMessage());
        }
    }

    /** Why this instance must not go on, if so. */
    Optional<Throwable> refusal() {
        return Optional.ofNullable(refusal);
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
