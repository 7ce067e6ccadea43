package dev.exitflow.core.image;

import java.io.IOException;
import javax.imageio.ImageReader;

/** A compressed image whose header is read and whose pixels are not. */
sealed interface StoredImage permits PngFile, JpegFile {

    /** The name by which ImageIO knows the format. */
    String format();

    /** Pixels in a row, as they are stored. */
    int width();

    /** Rows, as they are stored. */
    int height();

    /** How the pixels are turned to stand upright. */
    Orientation orientation();

    /** Pixels in a row of the upright image. */
    default int uprightWidth() {
        return orientation().swapsSides() ? height() : width();
    }

    /** Rows of the upright image. */
    default int uprightHeight() {
        return orientation().swapsSides() ? width() : height();
    }

    /**
     * The file with what its pixels need and nothing else.
     *
     * <p>Metadata that is damaged, or that ImageIO would convert colours by, does not reach its reader.
     */
    byte[] plain();

    /**
     * Reads the pixels as they are stored, without any conversion by a colour profile and without transparency.
     *
     * @param reader has {@link #plain} as its input
     * @return (H, W, 3), red first
     * @throws IOException if pixels are missing
     */
    byte[] rgb(ImageReader reader) throws IOException;

    /**
     * Reads a file's header.
     *
     * @throws IOException saying what is wrong, if the bytes do not begin as an image of that encoding does
     */
    static StoredImage open(ImageEncoding encoding, byte[] file) throws IOException {
        return switch (encoding) {
            case PNG -> PngFile.open(file);
            case JPEG -> JpegFile.open(file);
            case RAW_RGB8 -> throw new IllegalArgumentException("raw pixels are not compressed");
        };
    }
}
