package dev.exitflow.processor;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Finds out at start whether this process can read every kind of batch. Snappy and zstd unpack a native library into a temporary directory when
 * they are first used, which fails where the directory is mounted noexec; without this, the first such batch would be the first to show it.
 */
final class CompressionCheck {

    /** The codecs with natives, and the JVM's option for the directory of each; LZ4 has an implementation in Java, too. */
    private static final Map<String, String> OPTIONS =
            Map.of("snappy", "-Dorg.xerial.snappy.tempdir", "zstd", "-DZstdTempFolder");

    private static final byte MAGIC = 2;

    private CompressionCheck() {}

    /**
     * Says in one line which batches cannot be read and how to mend it; empty where all can.
     *
     * @param told also hears it
     */
    static Optional<String> problem(Consumer<String> told) {
        Optional<String> problem = problem();
        problem.ifPresent(told);
        return problem;
    }

    private static Optional<String> problem() {
        Map<String, String> failures = new TreeMap<>();
        OPTIONS.keySet().forEach(codec -> failure(codec).ifPresent(failure -> failures.put(codec, failure)));
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "batches compressed with %s cannot be read, as the native library does not load (%s); set %s or -Djava.io.tmpdir to a"
                        + " directory that can be written to and is not mounted noexec",
                String.join(" or ", failures.keySet()),
                failures.values().stream().distinct().collect(Collectors.joining("; ")),
                failures.keySet().stream()
                        .map(OPTIONS::get)
                        .reduce((one, other) -> one + " and " + other)
                        .orElseThrow()));
    }

    private static Optional<String> failure(String codec) {
        try (OutputStream out = Compression.of(codec).build().wrapForOutput(new ByteBufferOutputStream(64), MAGIC)) {
            out.write(1);
            return Optional.empty();
        } catch (VirtualMachineError e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) { // the libraries throw errors of their own
            return Optional.of(reason(e));
        }
    }

    /** The end of what the library says, which begins with its file. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return message.substring(message.lastIndexOf(": ") + 1)
                .lines()
                .findFirst()
                .orElse("no message")
                .strip();
    }
}
