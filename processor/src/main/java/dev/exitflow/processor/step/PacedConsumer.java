package dev.exitflow.processor.step;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * A stream thread's main consumer, which polls so that the engine never runs out of images, few wait in line, and no partition falls far
 * behind the others.
 *
 * <p>All but {@link Consumer#poll} goes to the consumer inside, by reflection: the interface has some sixty methods, and grows.
 */
final class PacedConsumer implements InvocationHandler {

    private final Consumer<byte[], byte[]> consumer;
    private final LookAhead lookAhead;
    private final PollPace pace;
    private final Frontiers frontiers;

    /** Partitions that the poll under way leaves out. */
    private final Set<TopicPartition> leftOut = new HashSet<>();

    private PacedConsumer(Consumer<byte[], byte[]> consumer, LookAhead lookAhead, PollPace pace, Frontiers frontiers) {
        this.consumer = consumer;
        this.lookAhead = lookAhead;
        this.pace = pace;
        this.frontiers = frontiers;
    }

    /**
     * Paces a consumer.
     *
     * @param pace of this consumer alone
     * @param frontiers likewise
     */
    @SuppressWarnings("unchecked") // of the one interface that the proxy has
    static Consumer<byte[], byte[]> of(
            Consumer<byte[], byte[]> consumer, LookAhead lookAhead, PollPace pace, Frontiers frontiers) {
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                new PacedConsumer(consumer, lookAhead, pace, frontiers));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("poll")) {
            return poll((Duration) arguments[0]);
        }
        if (method.getName().equals("pause")) {
            leftOut.removeAll(
                    (Collection<?>) arguments[0]); // within a rebalance: stays paused until Streams resumes it
        }
        try {
            return method.invoke(consumer, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        Optional<Duration> wait = pace.next(ahead(), timeout);
        if (wait.isEmpty()) {
            return ConsumerRecords.empty();
        }
        ConsumerRecords<byte[], byte[]> records = pollEvenly(wait.get());
        pace.polled(ahead());
        return records;
    }

    /** Leaves out, for this poll alone, the partitions that are far ahead of others; what was fetched of them stays in the consumer. */
    private ConsumerRecords<byte[], byte[]> pollEvenly(Duration timeout) {
        Set<TopicPartition> assigned = consumer.assignment();
        leftOut.addAll(frontiers.tooFarAhead(assigned, this::hasMore));
        leftOut.removeAll(consumer.paused());
        consumer.pause(leftOut);
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
            frontiers.polled(records);
            return records;
        } finally {
            leftOut.retainAll(consumer.assignment());
            consumer.resume(leftOut);
            leftOut.clear();
        }
    }

    private boolean hasMore(TopicPartition partition) {
        return consumer.currentLag(partition).orElse(0) > 0;
    }

    private int ahead() {
        return lookAhead.size(consumer.assignment());
    }
}
