package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import dev.exitflow.core.dataset.NumpyUnpickler.NumpyArray;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A file of CIFAR-10's Python version: a pickled dict of {@code data}, a uint8 array (N, 3072), and {@code labels}. */
final class CifarPickle {

    /** What every pickle since Python 2.3 starts with, and neither an image nor a label of the binary version does. */
    private static final int PROTOCOL_OPCODE = 0x80;

    private CifarPickle() {}

    /** Whether there is a file that starts as a pickle does. */
    static boolean isAt(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == PROTOCOL_OPCODE;
        } catch (IOException e) {
            return false; // whoever reads it will say why it cannot be read
        }
    }

    static CifarBatch read(Path file) throws IOException {
        Object content = unpickled(file);
        if (!(content instanceof Map<?, ?> batch
                && batch.get("data") instanceof NumpyArray data
                && batch.get("labels") instanceof List<?> labels)) {
            throw new ExitflowException(
                    "%s: a pickle without 'data' (an array) and 'labels' (a list), expected a batch of CIFAR-10's Python version",
                    file);
        }
        int[] shape = {labels.size(), CifarBatch.IMAGE_BYTES};
        if (labels.isEmpty() || !data.isUnsignedBytes() || !Arrays.equals(data.shape(), shape)) {
            throw new ExitflowException(
                    "%s: %d labels and data of type %s and shape %s, expected at least one label and uint8 of shape %s",
                    file, labels.size(), data.type(), Arrays.toString(data.shape()), Arrays.toString(shape));
        }
        return CifarBatch.ofPlanes(
                data.bytes(),
                labels.stream().mapToInt(label -> number(file, label)).toArray());
    }

    private static int number(Path file, Object label) {
        if (label instanceof Integer number) {
            return number;
        }
        throw new ExitflowException("%s: label %s, expected a whole number", file, label);
    }

    private static Object unpickled(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return new NumpyUnpickler().load(in);
        } catch (RuntimeException e) {
            // The unpickler answers damaged input with runtime exceptions of many kinds; all mean the same here.
            throw new ExitflowException(file + ": not a whole batch of CIFAR-10's Python version: " + Reason.of(e), e);
        }
    }
}
