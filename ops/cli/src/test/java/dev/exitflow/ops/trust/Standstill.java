package dev.exitflow.ops.trust;

import dev.exitflow.ops.ServeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes down what may tell why nothing goes on, whenever half a minute has passed without an outcome: what the brokers say of the group and its
 * transactions in a file of the round, and the processors' threads in their logs.
 */
final class Standstill implements AutoCloseable {

    private static final long LOOK_SECONDS = 30;

    private final OutcomeWatch watch;
    private final Installation installation;
    private final Fleet fleet;
    private final Path file;
    private final SteadyThread thread;
    private long seen;

    /** @param folder of the round, which has the processors' logs, too */
    Standstill(OutcomeWatch watch, Installation installation, Fleet fleet, Path folder) {
        this.watch = watch;
        this.installation = installation;
        this.fleet = fleet;
        this.file = folder.resolve("standstill.log");
        this.thread = new SteadyThread("standstill", 1.0 / LOOK_SECONDS, number -> look());
    }

    private void look() {
        long now = watch.count();
        if (now == seen) {
            write();
        }
        seen = now;
    }

    private void write() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%s %d outcomes, up to %s", Instant.now(), seen, watch.reached()));
        lines.addAll(installation.picture());
        try {
            Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            for (ServeProcess process : fleet.running()) {
                process.dumpThreads();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
