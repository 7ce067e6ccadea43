package dev.exitflow.ops.dashboard;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Hands every event to every open page, without waiting for any: a page that does not keep up loses its subscription and
 * begins anew. Safe for use by several threads.
 */
final class EventHub {

    private static final int MOST_PAGES = 32;
    private static final int QUEUED_EVENTS = 512;

    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Something new.
     *
     * @param name of its kind
     * @param json what is new
     */
    record Event(String name, String json) {}

    /** One page's place. */
    final class Subscription implements AutoCloseable {

        private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(QUEUED_EVENTS);
        private volatile boolean overrun;

        /** The next event; empty where none comes in time. */
        Optional<Event> next(Duration patience) throws InterruptedException {
            return Optional.ofNullable(events.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
        }

        /** Whether it has missed nothing, and the hub is open. */
        boolean isIntact() {
            return !overrun && !closed;
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }

    /** A place that hears what is published from now on; empty where too many pages are open. */
    Optional<Subscription> subscribe() {
        if (subscriptions.size() >= MOST_PAGES) {
            return Optional.empty();
        }
        Subscription subscription = new Subscription();
        subscriptions.add(subscription);
        return Optional.of(subscription);
    }

    /** Whether anybody listens. */
    boolean hasListeners() {
        return !subscriptions.isEmpty();
    }

    /** How many listen. */
    int listeners() {
        return subscriptions.size();
    }

    void publish(Event event) {
        for (Subscription subscription : subscriptions) {
            if (!subscription.events.offer(event)) {
                subscription.overrun = true;
            }
        }
    }

    /** Lets all pages go. */
    void close() {
        closed = true;
        publish(new Event("end", "{}")); // wakes those that wait
    }
}
