package dev.exitflow.ops.digits;

/**
 * A picture of a digit.
 *
 * <p>The array is handed over, not copied: it belongs to whoever asked for the picture.
 *
 * @param rgb (32, 32, 3), red first, one unsigned byte a sample
 * @param label the digit in the middle, 0 to 9
 * @param difficulty in [0, 1]: 0 is trivially clear, 1 barely readable
 */
@SuppressWarnings("ArrayRecordComponent") // Pictures are compared by nobody, and a copy a picture is a waste.
public record Digit(byte[] rgb, int label, double difficulty) {}
