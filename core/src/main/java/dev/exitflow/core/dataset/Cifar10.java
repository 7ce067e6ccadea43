package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CIFAR-10 in its binary format: records of one label byte and 3072 pixel bytes (planes red, green, blue of 32×32).
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">the data set's page</a>
 */
public final class Cifar10 {

    /** The ten classes, in the order of their numbers. */
    public static final List<String> LABELS =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private static final int SIDE = 32;
    private static final int PLANE_BYTES = SIDE * SIDE;
    private static final int RECORD_BYTES = 1 + 3 * PLANE_BYTES;

    private Cifar10() {}

    /** Reads the 50,000 training images: {@code data_batch_1.bin} to {@code data_batch_5.bin} of a folder. */
    public static ImageSet train(Path folder) {
        List<Path> files = new ArrayList<>();
        for (int batch = 1; batch <= 5; batch++) {
            files.add(folder.resolve("data_batch_" + batch + ".bin"));
        }
        return read(files);
    }

    /** Reads the 10,000 test images ({@code test_batch.bin}) of a folder, or all images of one {@code .bin} file. */
    public static ImageSet test(Path folderOrFile) {
        return read(List.of(Files.isDirectory(folderOrFile) ? folderOrFile.resolve("test_batch.bin") : folderOrFile));
    }

    private static ImageSet read(List<Path> files) {
        List<byte[]> contents = files.stream().map(Cifar10::contents).toList();
        int count =
                contents.stream().mapToInt(bytes -> bytes.length / RECORD_BYTES).sum();
        byte[] pixels = new byte[count * 3 * PLANE_BYTES];
        int[] targets = new int[count];
        int image = 0;
        for (byte[] bytes : contents) {
            for (int offset = 0; offset < bytes.length; offset += RECORD_BYTES, image++) {
                targets[image] = bytes[offset];
                interleave(bytes, offset + 1, pixels, image * 3 * PLANE_BYTES);
            }
        }
        String name = "CIFAR-10 " + (files.size() == 1 ? files.get(0).getFileName() : "train");
        return new ImageSet(name, SIDE, SIDE, LABELS, pixels, targets);
    }

    private static byte[] contents(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ExitflowException(
                    "cannot read " + file
                            + ": expected CIFAR-10 in its binary format (data_batch_1.bin … test_batch.bin)",
                    e);
        }
        if (bytes.length == 0 || bytes.length % RECORD_BYTES != 0) {
            throw new ExitflowException(
                    "%s: %d bytes, expected a multiple of %d (label and 3x32x32 pixels); is it the binary version?",
                    file, bytes.length, RECORD_BYTES);
        }
        return bytes;
    }

    private static void interleave(byte[] planes, int from, byte[] pixels, int to) {
        for (int pixel = 0; pixel < PLANE_BYTES; pixel++) {
            pixels[to + 3 * pixel] = planes[from + pixel];
            pixels[to + 3 * pixel + 1] = planes[from + PLANE_BYTES + pixel];
            pixels[to + 3 * pixel + 2] = planes[from + 2 * PLANE_BYTES + pixel];
        }
    }
}
