package dev.exitflow.ops.load;

/**
 * An image to send.
 *
 * @param rgb (H, W, 3), red first; not copied
 * @param width pixels a row
 * @param height rows
 * @param label the name of its true class, null if unknown
 */
@SuppressWarnings("ArrayRecordComponent") // made for one record and sent at once
public record LoadImage(byte[] rgb, int width, int height, String label) {}
