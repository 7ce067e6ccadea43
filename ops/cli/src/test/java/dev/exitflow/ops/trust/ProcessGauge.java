package dev.exitflow.ops.trust;

import dev.exitflow.ops.trust.Trend.Point;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.InterruptException;

/** What a Java process holds, looked at while it works, against how many records have passed. Reads Linux's /proc. */
final class ProcessGauge implements AutoCloseable {

    /** What happens before is the start: classes, compiled code and buffers that are made once. */
    private static final double WARM_UP_SHARE = 0.4;

    /** Looks at /proc for one at the heap, which stops the process for a moment. */
    private static final int HEAP_EVERY = 8;

    private static final double KIBIBYTES = 1 << 10;
    private static final double MEBIBYTE = 1 << 20;

    private final long pid;
    private final Path proc;
    private final LongSupplier records;
    private final Map<Quantity, List<Point>> points = new EnumMap<>(Quantity.class);
    private final SteadyThread thread;

    /** Something of which a process should not hold ever more. */
    enum Quantity {
        /** Memory that is really there. */
        RESIDENT_MIB("residentMiB"),
        /** Objects of the Java heap that are in use. */
        HEAP_MIB("heapMiB"),
        /** PyTorch tensors. */
        NATIVE_ARRAYS("nativeArrays"),
        /** Threads of the operating system. */
        THREADS("threads"),
        /** Open files and sockets. */
        FILES("files");

        private final String figure;

        Quantity(String figure) {
            this.figure = figure;
        }

        /** Its name in a summary. */
        String figure() {
            return figure;
        }
    }

    /** @param records that have passed so far */
    ProcessGauge(long pid, double looksPerSecond, LongSupplier records) {
        this.pid = pid;
        this.proc = Path.of("/proc", Long.toString(pid));
        this.records = records;
        this.thread = new SteadyThread("process-gauge", looksPerSecond, this::look);
    }

    private void look(long number) {
        try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
            String status = Files.readString(proc.resolve("status"));
            add(Quantity.RESIDENT_MIB, number(status, "VmRSS") / KIBIBYTES);
            add(Quantity.THREADS, number(status, "Threads"));
            add(Quantity.FILES, (double) files.count());
            if (number % HEAP_EVERY == 0) {
                HeapHistogram heap = HeapHistogram.of(pid);
                add(Quantity.HEAP_MIB, heap.bytes() / MEBIBYTE);
                add(Quantity.NATIVE_ARRAYS, (double) heap.nativeArrays());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static double number(String status, String key) {
        Matcher line = Pattern.compile("(?m)^%s:\\s+(\\d+)".formatted(key)).matcher(status);
        if (!line.find()) {
            throw new IllegalStateException("no " + key + " in " + status);
        }
        return Double.parseDouble(line.group(1));
    }

    private synchronized void add(Quantity quantity, double held) {
        points.computeIfAbsent(quantity, key -> new ArrayList<>()).add(new Point(records.getAsLong(), held));
    }

    /** What was held since the warm-up, which is a share of all records so far. */
    private synchronized Trend trend(Quantity quantity) {
        double warm = WARM_UP_SHARE * records.getAsLong();
        List<Point> all = points.get(quantity);
        List<Point> steady =
                all.stream().filter(point -> point.records() >= warm).toList();
        return Trend.of(steady.isEmpty() ? all.subList(all.size() - 1, all.size()) : steady);
    }

    /** The trends of all quantities. */
    Map<Quantity, Trend> trends() {
        Map<Quantity, Trend> trends = new EnumMap<>(Quantity.class);
        for (Quantity quantity : Quantity.values()) {
            trends.put(quantity, trend(quantity));
        }
        return trends;
    }

    /** The trends of all quantities, for a summary. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        trends().forEach((quantity, trend) -> figures.put(quantity.figure(), trend.figures()));
        return figures;
    }

    @Override
    public void close() {
        thread.close();
    }
}
