package dev.exitflow.ops.monitor;

import dev.exitflow.schema.SchemaRegistryException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a topic on and on, on a thread of its own, over times when the brokers do not answer. */
final class TopicFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long RETRY_MILLIS = 1_000;

    private final LookBack tail;
    private final Consumer<ConsumerRecords<byte[], byte[]>> taker;
    private final String what;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);

    private TopicFollower(String what, LookBack tail, Consumer<ConsumerRecords<byte[], byte[]>> taker) {
        this.what = what;
        this.tail = tail;
        this.taker = taker;
        this.thread = new Thread(this::follow, "exitflow-" + what + "-feed");
    }

    /**
     * Begins.
     *
     * @param what is read, in a word
     * @param tail closed at the end
     * @param taker gets what came, on the follower's thread
     */
    static TopicFollower start(String what, LookBack tail, Consumer<ConsumerRecords<byte[], byte[]>> taker) {
        TopicFollower follower = new TopicFollower(what, tail, taker);
        follower.thread.setDaemon(true);
        follower.thread.start();
        return follower;
    }

    private void follow() {
        boolean isDown = false;
        try (tail) {
            while (closing.getCount() > 0) {
                try {
                    taker.accept(tail.poll(POLL));
                    isDown = false;
                } catch (KafkaException | SchemaRegistryException e) {
                    if (!isDown) {
                        LOG.warn("the {} cannot be read at the moment: {}", what, e.toString());
                    }
                    isDown = true;
                    closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
