package dev.exitflow.core.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/** How an image's bytes are laid out. */
public enum ImageEncoding {
    /** (H, W, 3) unsigned bytes, red first, no header. */
    RAW_RGB8,
    /** Portable Network Graphics. */
    PNG,
    /** JPEG File Interchange Format. */
    JPEG;

    /** Tells a file's encoding by its first bytes; empty where they are neither PNG's nor JPEG's. */
    public static Optional<ImageEncoding> of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        if (file.length >= Long.BYTES && bytes.getLong(0) == PngFile.SIGNATURE) {
            return Optional.of(PNG);
        }
        boolean jpeg = file.length >= Short.BYTES && bytes.getShort(0) == JpegSegments.SIGNATURE;
        return jpeg ? Optional.of(JPEG) : Optional.empty();
    }
}
