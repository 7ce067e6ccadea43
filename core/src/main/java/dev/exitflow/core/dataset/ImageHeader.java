package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.image.ImageEncoding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * What the first bytes of an image file say; its name may say otherwise.
 *
 * @param encoding PNG or JPEG
 * @param width pixels per row
 * @param height rows
 */
record ImageHeader(ImageEncoding encoding, int width, int height) {

    /** @throws ExitflowException naming the file, if it is neither PNG nor JPEG, or its header is damaged */
    static ImageHeader of(Path file, byte[] content) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (readers.hasNext()) {
                ImageReader reader = readers.next();
                try {
                    reader.setInput(in, true, true);
                    return new ImageHeader(encoding(file, reader), reader.getWidth(0), reader.getHeight(0));
                } finally {
                    reader.dispose();
                }
            }
        } catch (IOException e) {
            throw new ExitflowException(file + ": damaged image: " + e.getMessage(), e);
        }
        throw new ExitflowException("%s: not an image, expected PNG or JPEG", file);
    }

    private static ImageEncoding encoding(Path file, ImageReader reader) throws IOException {
        String format = reader.getFormatName().toUpperCase(Locale.ROOT);
        return switch (format) {
            case "PNG" -> ImageEncoding.PNG;
            case "JPEG" -> ImageEncoding.JPEG;
            default -> throw new ExitflowException("%s: a %s image, expected PNG or JPEG", file, format);
        };
    }
}
