package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import java.nio.file.Path;

/**
 * The images of one of CIFAR-10's files, which stores an image as planes of red, green and blue.
 *
 * @param pixels (N, 32, 32, 3), red first; not copied
 * @param targets (N), class numbers, not yet checked; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // lives while a data set is read
record CifarBatch(byte[] pixels, int[] targets) {

    /** Pixels per row, and rows. */
    static final int SIDE = 32;

    private static final int PLANE_BYTES = SIDE * SIDE;

    /** Of one image without its label. */
    static final int IMAGE_BYTES = 3 * PLANE_BYTES;

    private static final int RECORD_BYTES = 1 + IMAGE_BYTES;

    /** The content of a file of the binary version: records of a label byte and an image. */
    static CifarBatch ofRecords(Path file, byte[] records) {
        if (records.length == 0 || records.length % RECORD_BYTES != 0) {
            throw new ExitflowException(
                    "%s: %d bytes, expected a multiple of %d (label and 3x32x32 pixels) as in CIFAR-10's binary version",
                    file, records.length, RECORD_BYTES);
        }
        int[] targets = new int[records.length / RECORD_BYTES];
        byte[] pixels = new byte[targets.length * IMAGE_BYTES];
        for (int image = 0; image < targets.length; image++) {
            targets[image] = Byte.toUnsignedInt(records[image * RECORD_BYTES]);
            interleave(records, image * RECORD_BYTES + 1, pixels, image * IMAGE_BYTES);
        }
        return new CifarBatch(pixels, targets);
    }

    private static void interleave(byte[] planes, int from, byte[] pixels, int to) {
        for (int pixel = 0; pixel < PLANE_BYTES; pixel++) {
            pixels[to + 3 * pixel] = planes[from + pixel];
            pixels[to + 3 * pixel + 1] = planes[from + PLANE_BYTES + pixel];
            pixels[to + 3 * pixel + 2] = planes[from + 2 * PLANE_BYTES + pixel];
        }
    }
}
