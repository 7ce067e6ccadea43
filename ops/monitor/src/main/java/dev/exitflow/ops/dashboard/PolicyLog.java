package dev.exitflow.ops.dashboard;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.monitor.Monitor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last changes of policies and what they did, followed on a thread of its own. Safe for use by several threads.
 */
final class PolicyLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyLog.class);
    private static final int KEPT = 200;
    private static final long RETRY_MILLIS = 2_000;

    private final Monitor monitor;
    private final InstantSource clock;
    private final List<PolicyEntry> entries = new ArrayList<>();
    private final Map<Long, PolicyCard> finished = new HashMap<>();
    private Map<Long, String> standings = Map.of();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::follow, "exitflow-policy-log");

    PolicyLog(Monitor monitor, InstantSource clock) {
        this.monitor = monitor;
        this.clock = clock;
        thread.setDaemon(true);
        thread.start();
    }

    /** The oldest first; what a change did is on its card as soon as that is known. */
    synchronized List<PolicyCard> cards() {
        List<PolicyCard> cards = new ArrayList<>();
        for (int index = 0; index < entries.size(); index++) {
            PolicyCard card = card(index);
            cards.add(card.withStanding(standings.get(card.id())));
        }
        return cards;
    }

    private PolicyCard card(int index) {
        PolicyEntry entry = entries.get(index);
        PolicyCard known = finished.get(entry.offset());
        if (known != null) {
            return known;
        }
        Optional<Instant> next = entries.subList(index + 1, entries.size()).stream()
                .filter(later -> later.key().equals(entry.key()))
                .map(PolicyEntry::writtenAt)
                .findFirst();
        PolicyCard card = PolicyCard.of(entry, next, monitor.recent(), clock.instant());
        if (card.after() != null || card.noEffect() != null) {
            finished.put(entry.offset(), card); // the statistics behind it will be forgotten
        }
        return card;
    }

    private void follow() {
        boolean isDown = false;
        while (closing.getCount() > 0) {
            try (ThresholdTopic topic = new ThresholdTopic(
                    monitor.settings().clientProperties(), monitor.settings().topics())) {
                replace(topic.history());
                isDown = false;
                topic.watch(this::add, () -> {
                    ask(topic);
                    return closing.getCount() == 0;
                });
            } catch (ExitflowException | KafkaException e) {
                if (!isDown) {
                    LOG.warn("the policies cannot be followed at the moment: {}", e.getMessage());
                }
                isDown = true;
                pause();
            }
        }
    }

    /** Looks what the instances that run made of the policies in force. */
    private synchronized void ask(ThresholdTopic topic) {
        Set<String> running = monitor.pulse().instances();
        Map<String, PolicyEntry> inForce = new HashMap<>();
        entries.stream().filter(entry -> entry.problem().isEmpty()).forEach(entry -> inForce.put(entry.key(), entry));
        standings = inForce.values().stream()
                .filter(entry -> entry.policy().isPresent())
                .collect(Collectors.toMap(PolicyEntry::offset, entry -> topic.standing(entry, running)
                        .text()));
    }

    private void pause() {
        try {
            closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }

    private synchronized void replace(List<PolicyEntry> history) {
        entries.clear();
        history.forEach(this::add);
    }

    private synchronized void add(PolicyEntry entry) {
        entries.add(entry);
        if (entries.size() > KEPT) {
            finished.remove(entries.remove(0).offset());
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
