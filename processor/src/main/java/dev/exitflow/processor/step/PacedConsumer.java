package dev.exitflow.processor.step;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * A stream thread's main consumer, which polls so that the engine never runs out of images and few wait in line.
 *
 * <p>All but {@link Consumer#poll} goes to the consumer inside, by reflection: the interface has some sixty methods, and grows.
 */
final class PacedConsumer implements InvocationHandler {

    private final Consumer<byte[], byte[]> consumer;
    private final LookAhead lookAhead;
    private final PollPace pace;

    private PacedConsumer(Consumer<byte[], byte[]> consumer, LookAhead lookAhead, PollPace pace) {
        this.consumer = consumer;
        this.lookAhead = lookAhead;
        this.pace = pace;
    }

    /**
     * Paces a consumer.
     *
     * @param pace of this consumer alone
     */
    @SuppressWarnings("unchecked") // of the one interface that the proxy has
    static Consumer<byte[], byte[]> of(Consumer<byte[], byte[]> consumer, LookAhead lookAhead, PollPace pace) {
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                new PacedConsumer(consumer, lookAhead, pace));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("poll")) {
            return poll((Duration) arguments[0]);
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
        ConsumerRecords<byte[], byte[]> records = consumer.poll(wait.get());
        pace.polled(ahead());
        return records;
    }

    private int ahead() {
        return lookAhead.size(consumer.assignment());
    }
}
