package dev.exitflow.ops.load;

import dev.exitflow.ops.digits.Digit;
import dev.exitflow.ops.digits.DigitsGenerator;

/**
 * An image to send.
 *
 * @param rgb (H, W, 3), red first; not copied
 * @param width pixels a row
 * @param height rows
 * @param label the name of its true class, null if unknown
 */
@SuppressWarnings("ArrayRecordComponent") // not changed once it is made
public record LoadImage(byte[] rgb, int width, int height, String label) {

    static LoadImage of(Digit digit) {
        return new LoadImage(
                digit.rgb(), DigitsGenerator.SIDE, DigitsGenerator.SIDE, DigitsGenerator.LABELS.get(digit.label()));
    }
}
