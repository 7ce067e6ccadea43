package dev.exitflow.core.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Linux says of a processor's caches, which it learns from CPUID as oneDNN does.
 *
 * @param system where Linux lists the caches of the first processor
 * @param cpuInfo where Linux describes the processors
 */
record ProcessorCaches(Path system, Path cpuInfo) {

    static final ProcessorCaches OF_THIS_MACHINE =
            new ProcessorCaches(Path.of("/sys/devices/system/cpu/cpu0/cache"), Path.of("/proc/cpuinfo"));

    /** Facts of the processor that differ from start to start, or from core to core. */
    private static final String PASSING = "(?s)(cpu MHz|bogomips|processor|apicid|initial apicid|core id).*";

    /** Whether this is an x86 processor that Linux knows no cache of; false where there is no such list at all. */
    boolean hidden() {
        return Files.isReadable(cpuInfo)
                && System.getProperty("os.arch").matches("amd64|x86_64")
                && Files.isDirectory(system.getParent())
                && !Files.exists(system.resolve("index0"));
    }

    /** The processor's model and features, as far as a verdict on oneDNN depends on them. */
    String processor() {
        String known = System.getProperty("os.name") + " " + System.getProperty("os.arch") + " "
                + System.getenv("PROCESSOR_IDENTIFIER") + " hidden caches: " + hidden() + "\n";
        if (!Files.isReadable(cpuInfo)) {
            return known;
        }
        try (Stream<String> lines = Files.lines(cpuInfo)) {
            return known
                    + lines.takeWhile(line -> !line.isBlank())
                            .filter(line -> !line.toLowerCase(Locale.ROOT).matches(PASSING.toLowerCase(Locale.ROOT)))
                            .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + cpuInfo, e);
        }
    }
}
