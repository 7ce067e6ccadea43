package dev.exitflow.ops.embedded;

import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;

/**
 * The thread group of one embedded broker; threads that Kafka starts from within it belong to it as well.
 *
 * <p>Kafka ends the whole process, without a word on the command line, when its disk fails. The group tells which
 * thread's wish to do so is a broker's: that broker is reported as failed, and the process goes on.
 */
final class BrokerThreads extends ThreadGroup {

    private final Consumer<Throwable> onFatal;

    /**
     * @param port of the broker, for the group's name
     * @param onFatal called on one of the group's threads, each time one of them wants the process to end
     */
    BrokerThreads(int port, Consumer<Throwable> onFatal) {
        super("embedded-broker-" + port);
        this.onFatal = onFatal;
        Exit.setHaltProcedure((status, message) -> {
            reportIfBroker(status, message);
            Runtime.getRuntime().halt(status);
        });
        Exit.setExitProcedure((status, message) -> {
            reportIfBroker(status, message);
            System.exit(status);
        });
    }

    Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(this, task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Whether a group is a broker's or within one; null, the group of a thread that has ended, is not. */
    static boolean hold(ThreadGroup group) {
        return brokerOf(group) != null;
    }

    private static BrokerThreads brokerOf(ThreadGroup innermost) {
        for (ThreadGroup group = innermost; group != null; group = group.getParent()) {
            if (group instanceof BrokerThreads broker) {
                return broker;
            }
        }
        return null;
    }

    private static void reportIfBroker(int status, String message) {
        BrokerThreads broker = brokerOf(Thread.currentThread().getThreadGroup());
        if (broker != null) {
            IllegalStateException cause = new IllegalStateException(
                    "Kafka wanted to end the process with status " + status + (message == null ? "" : ": " + message));
            broker.onFatal.accept(cause);
            // The caller counts on never getting control back.
            throw cause;
        }
    }
}
