package dev.exitflow.core.image;

/**
 * An image as it arrived.
 *
 * <p>The bytes are shared, not copied: records of a stream are read once, and a copy each would double their cost.
 *
 * @param encoding of {@code data}
 * @param width pixels in a row of the upright image, as the sender declares them; 0, with the height, where the file says it
 * @param height rows of the upright image, as the sender declares them; 0, with the width, where the file says it
 * @param data the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
public record EncodedImage(ImageEncoding encoding, int width, int height, byte[] data) {}
