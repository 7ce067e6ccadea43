package dev.exitflow.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.Manifest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ImageDecoderTest {

    private static final int SIDE = 8;
    private static final Manifest.Input INPUT =
            new Manifest.Input(3, SIDE, SIDE, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

    private final ImageDecoder decoder = new ImageDecoder(INPUT);

    @Test
    void shouldPassRawBytesThrough() {
        byte[] rgb = randomRgb();

        assertThat(pixels(ImageEncoding.RAW_RGB8, rgb)).isEqualTo(rgb);
    }

    @Test
    void shouldDecodePngWithoutLoss() throws IOException {
        byte[] rgb = randomRgb();

        assertThat(pixels(ImageEncoding.PNG, encoded("png", picture(rgb, SIDE, SIDE))))
                .isEqualTo(rgb);
    }

    @Test
    void shouldDecodeJpegCloseToTheOriginal() throws IOException {
        byte[] grey = new byte[3 * SIDE * SIDE];
        Arrays.fill(grey, (byte) 100);

        byte[] decoded = pixels(ImageEncoding.JPEG, encoded("jpeg", picture(grey, SIDE, SIDE)));

        for (byte sample : decoded) {
            assertThat(sample & 0xff).isBetween(97, 103);
        }
    }

    @Test
    void shouldRefuseWhenTheDeclaredSizeIsNotTheModels() {
        DecodedImage decoded = decoder.decode(new EncodedImage(ImageEncoding.RAW_RGB8, 9, 8, new byte[216]));

        assertThat(decoded)
                .isEqualTo(new DecodedImage.Refused(RejectReason.WRONG_SIZE, "image is declared 9x8, expected 8x8"));
    }

    @Test
    void shouldRefuseWhenTheSizeIsAbsurd() {
        assertThat(reason(new EncodedImage(ImageEncoding.RAW_RGB8, Integer.MAX_VALUE, Integer.MAX_VALUE, new byte[0])))
                .isEqualTo(RejectReason.WRONG_SIZE);
        assertThat(reason(new EncodedImage(ImageEncoding.PNG, 0, -1, new byte[0])))
                .isEqualTo(RejectReason.WRONG_SIZE);
    }

    @Test
    void shouldRefuseWhenRawBytesAreTooFewOrTooMany() {
        assertThat(reason(new EncodedImage(ImageEncoding.RAW_RGB8, SIDE, SIDE, new byte[191])))
                .isEqualTo(RejectReason.UNDECODABLE_IMAGE);
        assertThat(reason(new EncodedImage(ImageEncoding.RAW_RGB8, SIDE, SIDE, new byte[193])))
                .isEqualTo(RejectReason.OVERSIZED);
    }

    @Test
    void shouldRefuseADecompressionBombByItsHeader() throws IOException {
        // 5,000 x 5,000 black pixels: 75 MB unpacked, some 75 kB as a PNG.
        byte[] bomb = encoded("png", new BufferedImage(5000, 5000, BufferedImage.TYPE_BYTE_BINARY));

        assertThat(reason(new EncodedImage(ImageEncoding.PNG, SIDE, SIDE, bomb)))
                .isEqualTo(RejectReason.OVERSIZED);
    }

    @Test
    void shouldRefuseWhenTheRealSizeIsNotTheDeclaredOne() throws IOException {
        byte[] larger = encoded("png", new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB));

        assertThat(reason(new EncodedImage(ImageEncoding.PNG, SIDE, SIDE, larger)))
                .isEqualTo(RejectReason.WRONG_SIZE);
    }

    @Property(seed = "1", tries = 200)
    void shouldRefuseAndNotThrowWhenACompressedImageIsTruncated(@ForAll @IntRange(max = 60) int kept)
            throws IOException {
        byte[] png = encoded("png", picture(randomRgb(), SIDE, SIDE));

        assertThat(reason(new EncodedImage(ImageEncoding.PNG, SIDE, SIDE, Arrays.copyOf(png, kept))))
                .isEqualTo(RejectReason.UNDECODABLE_IMAGE);
    }

    @Property(seed = "1", tries = 200)
    void shouldRefuseItWhenAJpegLacksAnyOfItsLastBytes(@ForAll @IntRange(min = 1, max = 600) int missing)
            throws IOException {
        byte[] jpeg = encoded("jpeg", picture(randomRgb(), SIDE, SIDE));

        assertThat(reason(new EncodedImage(
                        ImageEncoding.JPEG, SIDE, SIDE, Arrays.copyOf(jpeg, Math.max(0, jpeg.length - missing)))))
                .isEqualTo(RejectReason.UNDECODABLE_IMAGE);
    }

    @Property(seed = "1", tries = 300)
    void shouldNeverThrowWhateverTheBytesAre(@ForAll ImageEncoding encoding, @ForAll @Size(max = 300) byte[] bytes) {
        assertThat(decoder.decode(new EncodedImage(encoding, SIDE, SIDE, bytes)))
                .isNotNull();
    }

    private byte[] pixels(ImageEncoding encoding, byte[] data) {
        DecodedImage decoded = decoder.decode(new EncodedImage(encoding, SIDE, SIDE, data));
        assertThat(decoded).isInstanceOf(DecodedImage.Pixels.class);
        return ((DecodedImage.Pixels) decoded).rgb();
    }

    private RejectReason reason(EncodedImage image) {
        DecodedImage decoded = decoder.decode(image);
        assertThat(decoded).isInstanceOf(DecodedImage.Refused.class);
        return ((DecodedImage.Refused) decoded).reason();
    }

    private static byte[] randomRgb() {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        SplittableRandom random = new SplittableRandom(5);
        for (int index = 0; index < rgb.length; index++) {
            rgb[index] = (byte) random.nextInt(256);
        }
        return rgb;
    }

    private static BufferedImage picture(byte[] rgb, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < width * height; pixel++) {
            int packed = (rgb[3 * pixel] & 0xff) << 16 | (rgb[3 * pixel + 1] & 0xff) << 8 | (rgb[3 * pixel + 2] & 0xff);
            image.setRGB(pixel % width, pixel / width, packed);
        }
        return image;
    }

    private static byte[] encoded(String format, BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }
}
