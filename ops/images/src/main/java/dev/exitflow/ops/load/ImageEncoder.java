package dev.exitflow.ops.load;

import dev.exitflow.schema.ImageEncoding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Turns RGB bytes into an image record's data. */
final class ImageEncoder {

    private ImageEncoder() {}

    static byte[] encode(LoadImage image, ImageEncoding encoding) {
        if (encoding == ImageEncoding.RAW_RGB8) {
            return image.rgb();
        }
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.rgb();
        for (int pixel = 0; pixel < image.width() * image.height(); pixel++) {
            int packed =
                    ((rgb[3 * pixel] & 0xff) << 16) | ((rgb[3 * pixel + 1] & 0xff) << 8) | (rgb[3 * pixel + 2] & 0xff);
            picture.setRGB(pixel % image.width(), pixel / image.width(), packed);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, encoding.name().toLowerCase(Locale.ROOT), out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }
}
