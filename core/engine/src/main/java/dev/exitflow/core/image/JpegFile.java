package dev.exitflow.core.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageReader;

/**
 * A JPEG file.
 *
 * @param width pixels in a stored row
 * @param height stored rows
 * @param orientation by its EXIF segment
 * @param colours of its components
 * @param restarts its scan in parts
 * @param plain the file without application segments and comments, with an Adobe marker that states the colours
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not kept
record JpegFile(
        int width, int height, Orientation orientation, JpegColours colours, RestartIntervals restarts, byte[] plain)
        implements StoredImage {

    /** What libjpeg says of padding before a marker, as webcams send it; no pixel is missing. */
    private static final String PADDING = "extraneous bytes before marker";

    static JpegFile open(byte[] file) throws IOException {
        return new JpegSegments(file).read();
    }

    @Override
    public String format() {
        return "jpeg";
    }

    /** Reads the pixels; libjpeg only warns where any are missing, and makes them up. */
    @Override
    public byte[] rgb(ImageReader reader) throws IOException {
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        byte[] rgb = colours.isInk()
                ? colours.rgb(StoredPixels.samples(reader.readRaster(0, null)))
                : StoredPixels.rgb(reader.read(0));
        if (!warnings.isEmpty()) {
            requirePaddingOnly(warnings);
            restarts.read(plain, reader);
            requirePaddingOnly(warnings);
        }
        return rgb;
    }

    private static void requirePaddingOnly(List<String> warnings) throws IOException {
        for (String warning : warnings) {
            if (!warning.contains(PADDING)) {
                throw new IOException(warning);
            }
        }
    }
}
