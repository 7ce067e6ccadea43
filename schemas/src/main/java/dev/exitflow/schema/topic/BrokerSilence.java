package dev.exitflow.schema.topic;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Keeps account of how long no broker has answered, and has a line logged when that lasts, seldom while it does, and once when it is over.
 *
 * <p>Kafka's own clients write hundreds of lines a minute meanwhile, which is why their loggers are quiet. Safe for use by several threads.
 */
public final class BrokerSilence {

    /** Shorter silences are of a busy machine or a new leader, and no news. */
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

    /** Between two lines about one silence. */
    static final Duration REPEAT = Duration.ofMinutes(5);

    private final String brokers;
    private final String consequence;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Consumer<String> log;
    private long answeredNanos;
    private boolean silent;
    private long nextLineNanos;

    /**
     * Begins with an answer.
     *
     * @param brokers their addresses, as in {@code bootstrap.servers}
     * @param consequence what the silence means, for the end of the line
     * @param patience with a silence, before it is one to report
     * @param nanoTime as {@link System#nanoTime()}
     * @param log takes each line, on the thread that reports
     */
    public BrokerSilence(
            String brokers, String consequence, Duration patience, LongSupplier nanoTime, Consumer<String> log) {
        this.brokers = brokers;
        this.consequence = consequence;
        this.patience = patience;
        this.nanoTime = nanoTime;
        this.log = log;
        this.answeredNanos = nanoTime.getAsLong();
        this.nextLineNanos = patience.toNanos();
    }

    /** Reports an answer of any broker. */
    public synchronized void answered() {
        if (problem().isPresent()) {
            log.accept(text("a broker at %s answers again after %d s", brokers, length().toSeconds()));
        }
        answeredNanos = nanoTime.getAsLong();
        nextLineNanos = patience.toNanos();
        silent = false;
    }

    /** Reports a question that no broker has answered. */
    public synchronized void unanswered() {
        silent = true;
        long nanos = length().toNanos();
        if (nanos >= nextLineNanos) {
            problem().ifPresent(log);
            nextLineNanos = nanos + REPEAT.toNanos();
        }
    }

    /** Whether a request failed for want of an answer, and not by one. */
    public static boolean isTimeout(Throwable failure) {
        return failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
    }

    /** How long ago the last answer was; zero unless a question was not answered since. */
    public synchronized Duration length() {
        return silent ? Duration.ofNanos(nanoTime.getAsLong() - answeredNanos) : Duration.ZERO;
    }

    /** The silence in words, once it outlasts the patience. */
    public synchronized Optional<String> problem() {
        Duration length = length();
        return silent && length.compareTo(patience) >= 0
                ? Optional.of(text("no broker answers at %s for %d s; %s", brokers, length.toSeconds(), consequence))
                : Optional.empty();
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
