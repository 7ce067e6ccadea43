package dev.exitflow.ops.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Java process holds after a full collection of its garbage.
 *
 * @param bytes of all objects
 * @param nativeArrays PyTorch tensors among them
 */
record HeapHistogram(long bytes, long nativeArrays) {

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern ARRAYS =
            Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+ai\\.djl\\.pytorch\\.engine\\.PtNDArray\\b");

    /** Asks the JDK's {@code jcmd}, which collects the garbage first. */
    static HeapHistogram of(long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher total = TOTAL.matcher(histogram);
        if (jcmd.waitFor() != 0 || !total.find()) {
            throw new IOException("jcmd " + pid + " GC.class_histogram: " + histogram);
        }
        Matcher arrays = ARRAYS.matcher(histogram);
        return new HeapHistogram(Long.parseLong(total.group(1)), arrays.find() ? Long.parseLong(arrays.group(1)) : 0);
    }
}
