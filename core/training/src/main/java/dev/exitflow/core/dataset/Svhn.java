package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * SVHN's cropped digits (format 2): street numbers of 32×32 in MATLAB files, of which {@code X} is (H, W, 3, N) and {@code y}
 * is (N, 1) with the digit 0 as 10.
 *
 * @see <a href="http://ufldl.stanford.edu/housenumbers/">the data set's page</a>
 */
public final class Svhn {

    /** The ten classes, in the order of their numbers. */
    public static final List<String> LABELS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static final String TRAINING_FILE = "train_32x32.mat";
    private static final String TEST_FILE = "test_32x32.mat";
    private static final String SUFFIX = ".mat";
    private static final String HEADER = "MATLAB 5.0 MAT-file";
    private static final int LABEL_OF_ZERO = 10;

    private Svhn() {}

    /** Whether a folder has one of SVHN's files, or a file is called as one. */
    static boolean isAt(Path path) {
        return Files.isDirectory(path)
                ? Files.exists(path.resolve(TRAINING_FILE)) || Files.exists(path.resolve(TEST_FILE))
                : path.toString().endsWith(SUFFIX);
    }

    /**
     * Reads {@code train_32x32.mat} of a folder, or one file.
     *
     * @throws ExitflowException if the file is missing, or is not what SVHN's format 2 is
     */
    public static ImageSet train(Path folderOrFile) {
        return read(Files.isDirectory(folderOrFile) ? folderOrFile.resolve(TRAINING_FILE) : folderOrFile);
    }

    /**
     * Reads {@code test_32x32.mat} of a folder, or one file.
     *
     * @throws ExitflowException if the file is missing, or is not what SVHN's format 2 is
     */
    public static ImageSet test(Path folderOrFile) {
        return read(Files.isDirectory(folderOrFile) ? folderOrFile.resolve(TEST_FILE) : folderOrFile);
    }

    private static ImageSet read(Path file) {
        requireHeader(file);
        try (Source source = Sources.openStreamingFile(file.toFile());
                Mat5File content = Mat5.newReader(source)
                        .setEntryFilter(entry ->
                                entry.getName().equals("X") || entry.getName().equals("y"))
                        .readMat()) {
            Matrix images = matrix(file, content, "X");
            Matrix labels = matrix(file, content, "y");
            requireShapes(file, images, labels);
            int height = images.getDimensions()[0];
            int width = images.getDimensions()[1];
            byte[] pixels = pixels(images, height, width);
            return new ImageSet("SVHN " + file.getFileName(), width, height, LABELS, pixels, targets(file, labels));
        } catch (IOException e) {
            throw new ExitflowException(file + ": not a whole MATLAB file: " + e.getMessage(), e);
        }
    }

    private static void requireHeader(Path file) {
        byte[] start = new byte[HEADER.length()];
        int read;
        try (var in = Files.newInputStream(file)) {
            read = in.readNBytes(start, 0, start.length);
        } catch (IOException e) {
            throw new ExitflowException(
                    "cannot read " + file + " (" + e.getClass().getSimpleName() + "); SVHN's format 2 is "
                            + TRAINING_FILE + " and " + TEST_FILE,
                    e);
        }
        String text = new String(start, 0, read, StandardCharsets.US_ASCII);
        if (!text.equals(HEADER)) {
            throw new ExitflowException(
                    "%s: starts with '%s', expected '%s' as SVHN's format 2 does",
                    file, text.replaceAll("[^ -~]", "?"), HEADER);
        }
    }

    private static Matrix matrix(Path file, Mat5File content, String name) {
        for (var entry : content.getEntries()) {
            if (entry.getName().equals(name) && entry.getValue() instanceof Matrix matrix) {
                return matrix;
            }
        }
        throw new ExitflowException("%s: no matrix '%s', expected X and y as in SVHN's format 2", file, name);
    }

    private static void requireShapes(Path file, Matrix images, Matrix labels) {
        int[] shape = images.getDimensions();
        // MATLAB leaves a last dimension of one image out.
        int count = shape.length == 3 ? 1 : shape[shape.length - 1];
        boolean ofImages = (shape.length == 3 || shape.length == 4) && shape[2] == 3;
        if (!ofImages || images.getType() != MatlabType.UInt8 || labels.getNumElements() != count) {
            throw new ExitflowException(
                    "%s: X is %s of shape %s and y of shape %s, expected uint8 (height, width, 3, images) and (images, 1)",
                    file, images.getType(), Arrays.toString(shape), Arrays.toString(labels.getDimensions()));
        }
    }

    /** MATLAB's first dimension is its fastest: an image is three planes, each column by column. */
    private static byte[] pixels(Matrix images, int height, int width) {
        byte[] pixels = new byte[images.getNumElements()];
        int element = 0;
        for (int image = 0; image < pixels.length; image += 3 * height * width) {
            for (int color = 0; color < 3; color++) {
                for (int column = 0; column < width; column++) {
                    for (int row = 0; row < height; row++) {
                        pixels[image + 3 * (row * width + column) + color] = images.getByte(element++);
                    }
                }
            }
        }
        return pixels;
    }

    private static int[] targets(Path file, Matrix labels) {
        int[] targets = new int[labels.getNumElements()];
        for (int image = 0; image < targets.length; image++) {
            int label = labels.getInt(image);
            if (label < 1 || label > LABEL_OF_ZERO) {
                throw new ExitflowException(
                        "%s: image %d has label %d, expected 1 to 9, and 10 for the digit 0", file, image, label);
            }
            targets[image] = label % LABEL_OF_ZERO;
        }
        return targets;
    }
}
