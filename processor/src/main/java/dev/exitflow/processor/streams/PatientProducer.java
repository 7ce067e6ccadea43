package dev.exitflow.processor.streams;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A stream thread's producer, which ends a transaction however long the broker is away, and closes within a bound.
 *
 * <p>Kafka's producer (4.3) cannot be used again once a commit has outlasted {@code max.block.ms}, unless the commit is repeated, which
 * Streams does not do: the next record fails the thread and stays in the producer's buffer, so that the {@code close()} that
 * follows never returns. The thread then never closes its consumer, whose heartbeats keep the group waiting for it until
 * {@code max.poll.interval.ms} is over, five minutes by default.
 *
 * <p>All other methods go to the producer inside, by reflection: the interface grows.
 */
final class PatientProducer implements InvocationHandler {

    /** A transaction that is open then is aborted by the broker, and its images are answered again. */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** What Kafka allows to be called again after a timeout, to wait further. */
    private static final Set<String> REPEATED =
            Set.of("sendOffsetsToTransaction", "commitTransaction", "abortTransaction");

    private final Producer<byte[], byte[]> producer;

    private PatientProducer(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    @SuppressWarnings("unchecked") // of the one interface that the proxy has
    static Producer<byte[], byte[]> of(Producer<byte[], byte[]> producer) {
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, new PatientProducer(producer));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("close") && method.getParameterCount() == 0) {
            producer.close(CLOSE_TIMEOUT);
            return null;
        }
        while (true) {
            try {
                return method.invoke(producer, arguments);
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof TimeoutException && REPEATED.contains(method.getName()))) {
                    throw e.getCause();
                }
            }
        }
    }
}
