package dev.exitflow.ops.trust;

import dev.exitflow.ops.ServeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** The processors of one round, each a process with a name of its own that no later one takes. */
final class Fleet implements AutoCloseable {

    private static final String HEAP = "-Xmx256m";

    /** C1 alone: these processes live for seconds, and what the better compiler costs they never earn back. */
    private static final List<String> SHORT_LIVED = List.of(HEAP, "-XX:TieredStopAtLevel=1");

    /** The whole heap from the start, so that memory that comes to it later is another's. */
    private static final List<String> LONG_LIVED = List.of(HEAP, "-Xms256m", "-XX:+AlwaysPreTouch");

    private static final Map<String, String> ROLLING = Map.of("rolling.update", "true");

    private final Installation installation;
    private final Path folder;
    private final String guarantee;
    private final List<ServeProcess> processes = new CopyOnWriteArrayList<>(); // another thread may look at them

    Fleet(Installation installation, Path folder, String guarantee) {
        this.installation = installation;
        this.folder = folder;
        this.guarantee = guarantee;
    }

    /** Starts one more and does not wait for it. */
    ServeProcess start() throws IOException {
        return start(TinyImages.BUNDLE, SHORT_LIVED, Map.of());
    }

    /** Starts one of another bundle of the same model and does not wait for it. */
    ServeProcess start(Path bundle) throws IOException {
        return start(bundle, SHORT_LIVED, ROLLING);
    }

    /** Starts one of another model, with settings of its own. */
    ServeProcess start(Path bundle, Map<String, String> values) throws IOException {
        return start(bundle, SHORT_LIVED, values);
    }

    /** Starts one that earns back what the better compiler costs, and whose memory can be watched. */
    ServeProcess startForLong() throws IOException {
        return start(TinyImages.BUNDLE, LONG_LIVED, Map.of());
    }

    /** Starts one that ends at a point once {@code fuse} exists. */
    ServeProcess startHalting(HaltPoint point, Path fuse, int passes) throws IOException {
        List<String> options = new ArrayList<>(SHORT_LIVED);
        options.addAll(Fuse.options(point, fuse, passes));
        return start(
                TinyImages.BUNDLE, options, Map.of("kafka.default.client.supplier", HaltingClients.class.getName()));
    }

    /** Starts one with settings of its own, whose stream thread is held up at a point while {@code fuse} exists. */
    ServeProcess startHeld(HaltPoint point, Path fuse, Map<String, String> values) throws IOException {
        List<String> options = new ArrayList<>(SHORT_LIVED);
        options.addAll(Fuse.holdingOptions(point, fuse));
        Map<String, String> all = new HashMap<>(values);
        all.put("kafka.default.client.supplier", HaltingClients.class.getName());
        return start(TinyImages.BUNDLE, options, all);
    }

    private ServeProcess start(Path bundle, List<String> options, Map<String, String> values) throws IOException {
        Map<String, String> settings = new HashMap<>(installation.processorSettings());
        settings.put("processing.guarantee", guarantee);
        settings.put("workers", "1");
        settings.put("metrics.kafka", "false");
        settings.put("kafka.session.timeout.ms", "6000");
        settings.putAll(values);
        ServeProcess process = ServeProcess.start(
                Files.createDirectories(folder), "life-" + processes.size(), options, bundle, settings);
        processes.add(process);
        return process;
    }

    /** Stops all gracefully. */
    void stop() throws InterruptedException {
        processes.forEach(ServeProcess::terminate);
        for (ServeProcess process : processes) {
            if (!process.awaitEnd(Installation.PATIENCE.toSeconds())) {
                throw new AssertionError("instance %s does not stop".formatted(process.instance()));
            }
        }
    }

    /** Waits until the group consists of those that run. */
    void awaitTogether() {
        installation.awaitInstances(alive());
    }

    /** The names of those that run. */
    Set<String> alive() {
        return running().stream().map(ServeProcess::instance).collect(Collectors.toSet());
    }

    /** Those that run. */
    List<ServeProcess> running() {
        return processes.stream().filter(ServeProcess::isAlive).toList();
    }

    /** Processes that were started so far. */
    int started() {
        return processes.size();
    }

    @Override
    public void close() {
        processes.forEach(ServeProcess::close);
    }
}
