package dev.exitflow.core.image;

import dev.exitflow.core.bundle.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Turns an encoded image into RGB bytes of the wanted size, or says why not.
 *
 * <p>The bytes are the stored values: no colour profile is applied, transparency is left out, gray becomes R = G = B, of 16
 * bits the upper byte is taken, and inks become (255 - C)(255 - K) / 255. An image whose EXIF data say so is turned upright,
 * and its size is that of the upright image. Only missing pixels make an image undecodable; damaged metadata does not.
 *
 * <p>A compressed image's header is read first, so an image that would unpack to more than is wanted is refused before
 * any of its pixels are. Immutable, safe for use by several threads.
 */
public final class ImageDecoder {

    /** What a compressed image may have at most. */
    public static final int MAX_ENCODED_BYTES = 16 << 20;

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
            case PNG, JPEG -> compressed(image.encoding(), image.data());
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

    private DecodedImage compressed(ImageEncoding encoding, byte[] data) {
        try {
            StoredImage stored = StoredImage.open(encoding, data);
            if (stored.uprightWidth() != width || stored.uprightHeight() != height) {
                return wrongSize(stored);
            }
            return new DecodedImage.Pixels(stored.orientation().turn(rgb(stored), stored.width(), stored.height()));
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers answer damaged input with runtime exceptions of many kinds; all mean the same here.
            return refused(
                    RejectReason.UNDECODABLE_IMAGE,
                    "%d bytes are not a whole %s image: %s",
                    data.length,
                    encoding.name().toLowerCase(Locale.ROOT),
                    e instanceof IOException && e.getMessage() != null ? e.getMessage() : e);
        }
    }

    private DecodedImage wrongSize(StoredImage stored) {
        boolean bomb = (long) stored.width() * stored.height() > 64L * width * height;
        return refused(
                bomb ? RejectReason.OVERSIZED : RejectReason.WRONG_SIZE,
                "%s image is %dx%d, expected %dx%d",
                stored.format(),
                stored.uprightWidth(),
                stored.uprightHeight(),
                width,
                height);
    }

    private static byte[] rgb(StoredImage stored) throws IOException {
        ImageReader reader =
                ImageIO.getImageReadersByFormatName(stored.format()).next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(stored.plain()))) {
            reader.setInput(in, true, true);
            if (reader.getWidth(0) != stored.width() || reader.getHeight(0) != stored.height()) {
                throw new IOException("it has more than one size"); // and must not be read: it may be any
            }
            return stored.rgb(reader);
        } finally {
            reader.dispose();
        }
    }

    private static DecodedImage refused(RejectReason reason, String detail, Object... arguments) {
        return new DecodedImage.Refused(reason, String.format(Locale.ROOT, detail, arguments));
    }
}
