package dev.exitflow.core.image;

import dev.exitflow.core.bundle.Manifest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Turns an encoded image into RGB bytes of the wanted size, or says why not.
 *
 * <p>A compressed image's header is read first, so an image that would unpack to more than is wanted is refused before
 * any of its pixels are. Immutable, safe for use by several threads.
 */
public final class ImageDecoder {

    private static final int MAX_ENCODED_BYTES = 16 << 20;

    private final int width;
    private final int height;

    /** Decodes for a model's input. */
    public ImageDecoder(Manifest.Input input) {
        this(input.width(), input.height());
    }

    /** Decodes images of one size, both in pixels. */
    public ImageDecoder(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** Decodes one image; never throws for what is in it. */
    public DecodedImage decode(EncodedImage image) {
        if (image.width() != width || image.height() != height) {
            return refused(
                    RejectReason.WRONG_SIZE,
                    "image is declared %dx%d, expected %dx%d",
                    image.width(),
                    image.height(),
                    width,
                    height);
        }
        if (image.data().length > MAX_ENCODED_BYTES) {
            return refused(
                    RejectReason.OVERSIZED,
                    "image has %d bytes, at most %d are read",
                    image.data().length,
                    MAX_ENCODED_BYTES);
        }
        return switch (image.encoding()) {
            case RAW_RGB8 -> raw(image.data());
            case PNG -> compressed("png", image.data());
            case JPEG -> compressed("jpeg", image.data());
        };
    }

    private DecodedImage raw(byte[] data) {
        int expected = 3 * width * height;
        if (data.length < expected) {
            return refused(
                    RejectReason.UNDECODABLE_IMAGE,
                    "raw image has %d bytes, expected %d: it is truncated",
                    data.length,
                    expected);
        }
        if (data.length > expected) {
            return refused(RejectReason.OVERSIZED, "raw image has %d bytes, expected %d", data.length, expected);
        }
        return new DecodedImage.Pixels(data);
    }

    private DecodedImage compressed(String format, byte[] data) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        ImageReader reader = readers.next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
            reader.setInput(in, true, true);
            int actualWidth = reader.getWidth(0);
            int actualHeight = reader.getHeight(0);
            if (actualWidth != width || actualHeight != height) {
                RejectReason reason = (long) actualWidth * actualHeight > 64L * width * height
                        ? RejectReason.OVERSIZED
                        : RejectReason.WRONG_SIZE;
                return refused(
                        reason, "%s image is %dx%d, expected %dx%d", format, actualWidth, actualHeight, width, height);
            }
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            DecodedImage pixels = new DecodedImage.Pixels(rgb(reader.read(0)));
            // The JPEG reader only warns of a truncated image, and makes up the rest of its pixels.
            return warnings.isEmpty() ? pixels : damaged(format, data, warnings.get(0));
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers answer damaged input with runtime exceptions of many kinds; all mean the same here.
            return damaged(format, data, e);
        } finally {
            reader.dispose();
        }
    }

    private static DecodedImage damaged(String format, byte[] data, Object why) {
        return refused(
                RejectReason.UNDECODABLE_IMAGE, "%d bytes are not a whole %s image: %s", data.length, format, why);
    }

    private byte[] rgb(BufferedImage image) {
        int[] packed = image.getRGB(0, 0, width, height, null, 0, width);
        byte[] rgb = new byte[3 * packed.length];
        for (int pixel = 0; pixel < packed.length; pixel++) {
            rgb[3 * pixel] = (byte) (packed[pixel] >> 16);
            rgb[3 * pixel + 1] = (byte) (packed[pixel] >> 8);
            rgb[3 * pixel + 2] = (byte) packed[pixel];
        }
        return rgb;
    }

    private static DecodedImage refused(RejectReason reason, String detail, Object... arguments) {
        return new DecodedImage.Refused(reason, String.format(Locale.ROOT, detail, arguments));
    }
}
