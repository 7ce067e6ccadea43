package dev.exitflow.core.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites a frozen TorchScript module so that a convolution and the addition and ReLU behind it are one call of oneDNN, which then
 * never writes the map in between to memory.
 *
 * <p>A TorchScript file is a zip with its code as text, one statement a line. Only what is certain is touched: a convolution whose result is
 * used once, by a ReLU or by an addition under a ReLU, in code of one function that changes nothing in place. PyTorch has these
 * calls where it is built with oneDNN; elsewhere the result does not load.
 */
final class ConvolutionFusion {

    private static final Pattern STATEMENT = Pattern.compile("(\\s+)(?:(\\w+) = |return )(.*)");
    private static final Pattern CONVOLUTION =
            Pattern.compile("torch\\.conv2d\\((\\w+), ([\\w.]+), ([\\w.]+), (\\[[\\d, ]+\\]), (\\[[\\d, ]+\\])\\)");
    private static final Pattern RELU = Pattern.compile("torch\\.relu\\((\\w+)\\)");
    private static final Pattern RELU_OF_SUM = Pattern.compile("torch\\.relu\\(torch\\.add\\((\\w+), (\\w+)\\)\\)");
    private static final Pattern IN_PLACE = Pattern.compile("\\.\\w*[a-z]_\\(");
    private static final String NO_NUMBERS = "annotate(List[Optional[number]], [])";

    private final String code;
    private final Map<String, Convolution> convolutions = new HashMap<>();
    private final String[] lines;
    private int fused;

    private ConvolutionFusion(String code) {
        this.code = code;
        this.lines = code.split("\n", -1);
    }

    /** A convolution without groups and dilation, and the line that it stands in. */
    private record Convolution(int line, String input, String weight, String bias, String stride, String padding) {

        /** @param with the second operand of an addition and a comma, or nothing */
        String call(String with, String after) {
            return String.format(
                    "ops.mkldnn._convolution_pointwise(%s, %s%s, %s, %s, %s, [1, 1], 1, %s)",
                    input, with, weight, bias, padding, stride, after);
        }
    }

    /**
     * Rewrites a module's file.
     *
     * @return the bytes of one that computes the same; empty if there is nothing to fuse
     */
    static Optional<byte[]> of(Path module) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int fused = 0;
        try (ZipFile in = new ZipFile(module.toFile());
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] content = in.getInputStream(entry).readAllBytes();
                if (entry.getName().endsWith(".py")) {
                    ConvolutionFusion fusion = new ConvolutionFusion(new String(content, StandardCharsets.UTF_8));
                    content = fusion.rewritten().getBytes(StandardCharsets.UTF_8);
                    fused += fusion.fused;
                }
                if (!entry.getName().endsWith(".debug_pkl")) { // positions in the old text
                    store(out, entry.getName(), content);
                }
            }
        }
        return fused > 0 ? Optional.of(bytes.toByteArray()) : Optional.empty();
    }

    /** PyTorch wants its files stored, not compressed. */
    private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }

    private String rewritten() {
        if (occurrences("def ") != 1 || IN_PLACE.matcher(code).find()) {
            return code;
        }
        for (int number = 0; number < lines.length; number++) {
            Matcher statement = STATEMENT.matcher(lines[number]);
            if (statement.matches()) {
                rewrite(number, statement.group(2), statement.group(3));
            }
        }
        return Arrays.stream(lines).filter(line -> line != null).collect(Collectors.joining("\n"));
    }

    private void rewrite(int line, String name, String expression) {
        Matcher convolution = CONVOLUTION.matcher(expression);
        if (name != null && convolution.matches()) {
            convolutions.put(
                    name,
                    new Convolution(
                            line,
                            convolution.group(1),
                            convolution.group(2),
                            convolution.group(3),
                            convolution.group(4),
                            convolution.group(5)));
            return;
        }
        Matcher relu = RELU.matcher(expression);
        if (relu.matches()) {
            usedOnce(relu.group(1)).ifPresent(found -> {
                replace(found, line, expression, found.call("", "\"relu\", " + NO_NUMBERS + ", \"\""));
            });
            return;
        }
        Matcher sum = RELU_OF_SUM.matcher(expression);
        if (sum.matches()) {
            for (List<String> order :
                    List.of(List.of(sum.group(1), sum.group(2)), List.of(sum.group(2), sum.group(1)))) {
                Optional<Convolution> found = usedOnce(order.get(0));
                if (found.isPresent()) {
                    String after = "\"add\", None, \"relu\", " + NO_NUMBERS + ", None";
                    replace(found.get(), line, expression, found.get().call(order.get(1) + ", ", after));
                    return;
                }
            }
        }
    }

    private void replace(Convolution convolution, int line, String expression, String call) {
        lines[convolution.line()] = null;
        lines[line] = lines[line].replace(expression, call);
        fused++;
    }

    private Optional<Convolution> usedOnce(String name) {
        boolean once =
                Pattern.compile("\\b" + name + "\\b").matcher(code).results().count() == 2;
        return once ? Optional.ofNullable(convolutions.get(name)) : Optional.empty();
    }

    private long occurrences(String text) {
        return Pattern.compile(Pattern.quote(text)).matcher(code).results().count();
    }
}
