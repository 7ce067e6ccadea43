package dev.exitflow.core.image;

/** What an encoded image turned out to be. */
public sealed interface DecodedImage {

    /**
     * An image of the wanted size.
     *
     * @param rgb (H, W, 3), red first; the caller's own, or the sender's array where it was raw already
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    record Pixels(byte[] rgb) implements DecodedImage {}

    /**
     * Not an image that the model can take.
     *
     * @param reason its kind
     * @param detail one line: what was got and what was expected
     */
    record Refused(RejectReason reason, String detail) implements DecodedImage {}
}
