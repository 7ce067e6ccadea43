package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CIFAR-10: 50,000 training and 10,000 test images of 32×32 in ten classes, in its binary version.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">the data set's page</a>
 */
public final class Cifar10 {

    /** The ten classes, in the order of their numbers. */
    public static final List<String> LABELS =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private static final List<String> TRAINING_FILES =
            IntStream.rangeClosed(1, 5).mapToObj(batch -> "data_batch_" + batch).toList();
    private static final String TEST_FILE = "test_batch";
    private static final String BINARY_SUFFIX = ".bin";

    private Cifar10() {}

    /** Whether a folder has one of CIFAR-10's files, or a file looks like one. */
    static boolean isAt(Path path) {
        if (Files.isDirectory(path)) {
            return Stream.concat(TRAINING_FILES.stream(), Stream.of(TEST_FILE))
                    .anyMatch(name ->
                            Files.exists(path.resolve(name + BINARY_SUFFIX)) || Files.exists(path.resolve(name)));
        }
        return path.toString().endsWith(BINARY_SUFFIX);
    }

    /**
     * Reads the 50,000 training images of a folder, or all images of one file.
     *
     * @throws ExitflowException if a file is missing or is none of CIFAR-10's
     */
    public static ImageSet train(Path folderOrFile) {
        if (Files.isDirectory(folderOrFile)) {
            return read(
                    "train",
                    TRAINING_FILES.stream()
                            .map(name -> file(folderOrFile, name))
                            .toList());
        }
        return read(folderOrFile);
    }

    /**
     * Reads the 10,000 test images of a folder, or all images of one file.
     *
     * @throws ExitflowException if a file is missing or is none of CIFAR-10's
     */
    public static ImageSet test(Path folderOrFile) {
        return read(Files.isDirectory(folderOrFile) ? file(folderOrFile, TEST_FILE) : folderOrFile);
    }

    private static Path file(Path folder, String name) {
        Path file = folder.resolve(name + BINARY_SUFFIX);
        if (!Files.exists(file) && Files.exists(folder.resolve(name))) {
            throw new ExitflowException(
                    "%s: CIFAR-10's Python version, expected its binary one with %s%s; get it by `exitflow data download cifar10`,"
                            + " or from https://www.cs.toronto.edu/~kriz/cifar.html",
                    folder, name, BINARY_SUFFIX);
        }
        return file;
    }

    private static ImageSet read(Path file) {
        return read(file.getFileName().toString(), List.of(file));
    }

    private static ImageSet read(String part, List<Path> files) {
        List<CifarBatch> batches = files.stream().map(Cifar10::batch).toList();
        int count = batches.stream().mapToInt(batch -> batch.targets().length).sum();
        byte[] pixels = new byte[count * CifarBatch.IMAGE_BYTES];
        int[] targets = new int[count];
        int first = 0;
        for (CifarBatch batch : batches) {
            int size = batch.targets().length;
            System.arraycopy(batch.targets(), 0, targets, first, size);
            System.arraycopy(batch.pixels(), 0, pixels, first * CifarBatch.IMAGE_BYTES, size * CifarBatch.IMAGE_BYTES);
            first += size;
        }
        return new ImageSet("CIFAR-10 " + part, CifarBatch.SIDE, CifarBatch.SIDE, LABELS, pixels, targets);
    }

    private static CifarBatch batch(Path file) {
        try {
            return CifarBatch.ofRecords(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ExitflowException(
                    "cannot read " + file + " (" + e.getClass().getSimpleName()
                            + "); CIFAR-10's binary version is data_batch_1.bin to data_batch_5.bin and test_batch.bin",
                    e);
        }
    }
}
