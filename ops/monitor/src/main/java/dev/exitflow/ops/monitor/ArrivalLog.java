package dev.exitflow.ops.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * How long images have waited, from when each partition's end was first seen behind them: the count alone does not tell, since an image in a
 * long partition waits longer than one in a short one. Not safe for use by several threads.
 */
final class ArrivalLog {

    private final Duration memory;
    private final Deque<Backlog.Look> looks = new ArrayDeque<>();

    /** @param memory an image is known to have waited for about so long at most */
    ArrivalLog(Duration memory) {
        this.memory = memory;
    }

    /** Remembers what the brokers say now, and says how long the images that wait have waited. */
    Waited add(Backlog.Look now) {
        Backlog.Look before = looks.peekLast();
        if (before != null && isAnew(before, now)) {
            looks.clear();
            before = null;
        }
        looks.addLast(now);
        while (looks.peekFirst().at().isBefore(now.at().minus(memory))) {
            looks.removeFirst();
        }
        Duration longest = Duration.ZERO;
        Duration longestServed = Duration.ZERO;
        for (Map.Entry<Integer, Backlog.Queue> partition : now.partitions().entrySet()) {
            Duration waited = waited(partition.getKey(), partition.getValue());
            longest = longer(longest, waited);
            if (before != null && isServed(before.partitions().get(partition.getKey()), partition.getValue())) {
                longestServed = longer(longestServed, waited);
            }
        }
        return new Waited(longest, longestServed);
    }

    /** The next image to be answered came before the first look that saw an end behind it. */
    private Duration waited(int partition, Backlog.Queue queue) {
        if (queue.waiting() == 0) {
            return Duration.ZERO;
        }
        Instant seen = looks.stream()
                .filter(look -> look.partitions().containsKey(partition)
                        && look.partitions().get(partition).arrived() > queue.answered())
                .findFirst()
                .orElseThrow() // the newest is one
                .at();
        return Duration.between(seen, looks.peekLast().at());
    }

    private static boolean isServed(Backlog.Queue before, Backlog.Queue now) {
        return before != null && now.answered() > before.answered();
    }

    /** Whether the topic was made anew, or the clock was set back. */
    private static boolean isAnew(Backlog.Look before, Backlog.Look now) {
        return now.at().isBefore(before.at())
                || before.partitions().entrySet().stream().anyMatch(partition -> {
                    Backlog.Queue queue = now.partitions().get(partition.getKey());
                    return queue == null
                            || queue.arrived() < partition.getValue().arrived();
                });
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
