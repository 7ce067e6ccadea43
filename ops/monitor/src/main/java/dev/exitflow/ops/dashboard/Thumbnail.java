package dev.exitflow.ops.dashboard;

import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.image.ImageHeader;
import dev.exitflow.schema.ImageRecord;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;

/** A small picture of an image record, drawn anew: what a sender put into its bytes beside pixels does not reach the page. */
final class Thumbnail {

    private static final int LARGEST_SIDE = 96;
    private static final int MOST_PIXELS = 1 << 22;

    private Thumbnail() {}

    /** A PNG as a data URI; empty where the record holds no image, or one of more than four million pixels. */
    static Optional<String> of(ImageRecord image) {
        byte[] data = new byte[image.getData().remaining()];
        image.getData().duplicate().get(data);
        return header(image, data)
                .filter(header -> header.width() > 0
                        && header.height() > 0
                        && (long) header.width() * header.height() <= MOST_PIXELS)
                .flatMap(header -> {
                    int width = header.width();
                    int height = header.height();
                    DecodedImage decoded = new ImageDecoder(width, height)
                            .decode(new EncodedImage(header.encoding(), width, height, data));
                    return decoded instanceof DecodedImage.Pixels pixels
                            ? Optional.of(uri(draw(pixels.rgb(), width, height)))
                            : Optional.empty();
                });
    }

    /** What a file says of itself, whatever the sender declares; of raw pixels what the sender declares. */
    private static Optional<ImageHeader> header(ImageRecord image, byte[] data) {
        return image.getEncoding() == dev.exitflow.schema.ImageEncoding.RAW_RGB8
                ? Optional.of(new ImageHeader(ImageEncoding.RAW_RGB8, image.getWidth(), image.getHeight()))
                : ImageHeader.find(data);
    }

    private static BufferedImage draw(byte[] rgb, int width, int height) {
        BufferedImage whole = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < width * height; pixel++) {
            int packed = (rgb[3 * pixel] & 0xff) << 16 | (rgb[3 * pixel + 1] & 0xff) << 8 | (rgb[3 * pixel + 2] & 0xff);
            whole.setRGB(pixel % width, pixel / width, packed);
        }
        double scale = (double) LARGEST_SIDE / Math.max(width, height);
        if (scale >= 1) {
            return whole; // the page enlarges it
        }
        int smallWidth = Math.max(1, (int) Math.round(scale * width));
        int smallHeight = Math.max(1, (int) Math.round(scale * height));
        BufferedImage small = new BufferedImage(smallWidth, smallHeight, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(whole, 0, 0, smallWidth, smallHeight, null);
        graphics.dispose();
        return small;
    }

    private static String uri(BufferedImage picture) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
