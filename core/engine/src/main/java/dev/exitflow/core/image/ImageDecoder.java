package dev.exitflow.core.image;

import dev.exitflow.core.bundle.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
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
 * <p>An image of another size is fitted where the model's bundle says how, and refused otherwise. A compressed image's header is
 * read first, so an image that would unpack to more than is taken is refused before any of its pixels are. Immutable, safe for use
 * by several threads.
 */
public final class ImageDecoder {

    /** What a compressed image may have at most. */
    public static final int MAX_ENCODED_BYTES = 16 << 20;

    private final int width;
    private final int height;
    private final Optional<Fitting> fitting;

    /** Decodes for a model's input. */
    public ImageDecoder(Manifest.Input input) {
        this.width = input.width();
        this.height = input.height();
        this.fitting = Optional.ofNullable(input.preprocessing()).map(steps -> new Fitting(input));
    }

    /** Decodes images of one size, both in pixels. */
    public ImageDecoder(int width, int height) {
        this.width = width;
        this.height = height;
        this.fitting = Optional.empty();
    }

    /** Decodes one image; never throws for what is in it. */
    public DecodedImage decode(EncodedImage image) {
        boolean declared = image.encoding() == ImageEncoding.RAW_RGB8 || image.width() != 0 || image.height() != 0;
        if (fitting.isEmpty() && declared && !isWanted(image.width(), image.height())) {
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
            case RAW_RGB8 -> raw(image.data(), image.width(), image.height());
            case PNG, JPEG -> compressed(image.encoding(), image.data());
        };
    }

    private boolean isWanted(int imageWidth, int imageHeight) {
        return imageWidth == width && imageHeight == height;
    }

    private DecodedImage raw(byte[] data, int imageWidth, int imageHeight) {
        if (fitting.isPresent() && !Fitting.takes(imageWidth, imageHeight)) {
            return tooLarge("raw", imageWidth, imageHeight);
        }
        int expected = 3 * imageWidth * imageHeight;
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
        return pixels(data, imageWidth, imageHeight);
    }

    private DecodedImage compressed(ImageEncoding encoding, byte[] data) {
        try {
            StoredImage stored = StoredImage.open(encoding, data);
            Orientation orientation =
                    fitting.isEmpty() || fitting.get().turnsUpright() ? stored.orientation() : Orientation.UPRIGHT;
            int imageWidth = orientation.swapsSides() ? stored.height() : stored.width();
            int imageHeight = orientation.swapsSides() ? stored.width() : stored.height();
            if (fitting.isEmpty() && !isWanted(imageWidth, imageHeight)) {
                return wrongSize(stored);
            }
            if (fitting.isPresent() && !Fitting.takes(imageWidth, imageHeight)) {
                return tooLarge(stored.format(), imageWidth, imageHeight);
            }
            byte[] upright = orientation.turn(rgb(stored), stored.width(), stored.height());
            return pixels(upright, imageWidth, imageHeight);
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

    private DecodedImage pixels(byte[] rgb, int imageWidth, int imageHeight) {
        return new DecodedImage.Pixels(
                fitting.map(steps -> steps.fit(rgb, imageWidth, imageHeight)).orElse(rgb));
    }

    private static DecodedImage tooLarge(String format, int imageWidth, int imageHeight) {
        return refused(
                imageWidth < 1 || imageHeight < 1 ? RejectReason.WRONG_SIZE : RejectReason.OVERSIZED,
                "%s image is %dx%d, expected sides of 1 to %d and at most %d pixels",
                format,
                imageWidth,
                imageHeight,
                Fitting.MAX_SIDE,
                Fitting.MAX_PIXELS);
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
