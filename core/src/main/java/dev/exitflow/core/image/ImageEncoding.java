package dev.exitflow.core.image;

/** How an image's bytes are laid out. */
public enum ImageEncoding {
    /** (H, W, 3) unsigned bytes, red first, no header. */
    RAW_RGB8,
    /** Portable Network Graphics. */
    PNG,
    /** JPEG File Interchange Format. */
    JPEG
}
