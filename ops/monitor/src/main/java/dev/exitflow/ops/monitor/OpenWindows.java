package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The windows that a task still adds to. Every addition is in the state store before {@link #add} returns, so that a commit holds
 * exactly the additions of the records that it covers. Belongs to its task's thread.
 */
final class OpenWindows {

    private final KeyValueStore<WindowKey, ExitStats> store;
    private final NavigableMap<WindowKey, Open> open = new TreeMap<>();

    private static final class Open {
        private final WindowTally tally = new WindowTally();
        private long changedMillis;
    }

    /** Goes on with what the store holds, which is taken to have changed now. */
    OpenWindows(KeyValueStore<WindowKey, ExitStats> store, long nowMillis) {
        this.store = store;
        try (KeyValueIterator<WindowKey, ExitStats> left = store.all()) {
            while (left.hasNext()) {
                KeyValue<WindowKey, ExitStats> entry = left.next();
                Open window = new Open();
                window.tally.add(entry.value);
                window.changedMillis = nowMillis;
                open.put(entry.key, window);
            }
        }
    }

    /** Adds to a window, which is opened if need be; if the addition throws, nothing has changed. */
    void add(WindowKey key, long nowMillis, Consumer<WindowTally> addition) {
        Open window = open.getOrDefault(key, new Open());
        addition.accept(window.tally);
        open.put(key, window);
        window.changedMillis = nowMillis;
        store.put(key, window.tally.toPart(key.model(), key.startMillis(), key.endMillis()));
    }

    /**
     * Takes out windows, the earliest first.
     *
     * @param isDone told each window's key, and when it was last added to, milliseconds since 1970
     */
    List<Map.Entry<WindowKey, WindowTally>> take(BiPredicate<WindowKey, Long> isDone) {
        List<Map.Entry<WindowKey, WindowTally>> done = new ArrayList<>();
        open.forEach((key, window) -> {
            if (isDone.test(key, window.changedMillis)) {
                done.add(Map.entry(key, window.tally));
            }
        });
        done.forEach(entry -> {
            open.remove(entry.getKey());
            store.delete(entry.getKey());
        });
        return done;
    }
}
