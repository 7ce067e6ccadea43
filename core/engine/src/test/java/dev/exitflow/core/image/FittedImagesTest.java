package dev.exitflow.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What a decoder does with images of any size, for a bundle that says how they are brought to the model's. */
class FittedImagesTest {

    private static final int SIDE = 8;

    private final Fitting fitting = new Fitting(input(Preprocessing.Orientation.EXIF));
    private final ImageDecoder decoder = new ImageDecoder(input(Preprocessing.Orientation.EXIF));

    @Test
    void shouldFitImagesOfAnySizeWhateverIsDeclared() throws IOException {
        byte[] rgb = FittingTest.random(30, 20);
        byte[] png = png(rgb, 30);

        byte[] expected = fitting.fit(rgb, 30, 20);

        assertThat(pixels(ImageEncoding.RAW_RGB8, 30, 20, rgb)).isEqualTo(expected);
        assertThat(pixels(ImageEncoding.PNG, 30, 20, png)).isEqualTo(expected);
        assertThat(pixels(ImageEncoding.PNG, 0, 0, png)).isEqualTo(expected);
        assertThat(pixels(ImageEncoding.PNG, SIDE, SIDE, png)).isEqualTo(expected);
    }

    @Test
    void shouldTurnAnImageBeforeItIsFittedUnlessTheBundleSaysOtherwise() throws IOException {
        byte[] rgb = FittingTest.random(30, 20);
        byte[] turned = PngBytes.of(
                PngBytes.RGB, 8, 30, unsigned(rgb), PngBytes.chunk("eXIf", ExifBytes.of(6, ByteOrder.BIG_ENDIAN)));

        assertThat(pixels(ImageEncoding.PNG, 0, 0, turned))
                .isEqualTo(fitting.fit(Orientation.TURNED_90.turn(rgb, 30, 20), 20, 30));
        DecodedImage asStored = new ImageDecoder(input(Preprocessing.Orientation.STORED))
                .decode(new EncodedImage(ImageEncoding.PNG, 0, 0, turned));
        assertThat(((DecodedImage.Pixels) asStored).rgb()).isEqualTo(fitting.fit(rgb, 30, 20));
    }

    @Test
    void shouldRefuseWhenThereAreTooManyPixels() throws IOException {
        byte[] bomb = png(new BufferedImage(65_536, 1, BufferedImage.TYPE_BYTE_BINARY));
        byte[] large = png(new BufferedImage(7681, 4320, BufferedImage.TYPE_BYTE_BINARY));

        assertThat(reason(ImageEncoding.PNG, 0, 0, bomb)).isEqualTo(RejectReason.OVERSIZED);
        assertThat(reason(ImageEncoding.PNG, 0, 0, large)).isEqualTo(RejectReason.OVERSIZED);
        assertThat(reason(ImageEncoding.RAW_RGB8, 7681, 4320, new byte[0])).isEqualTo(RejectReason.OVERSIZED);
    }

    @Test
    void shouldRefuseRawPixelsWhoseSizeIsNotDeclared() {
        assertThat(reason(ImageEncoding.RAW_RGB8, 0, 0, new byte[192])).isEqualTo(RejectReason.WRONG_SIZE);
        assertThat(reason(ImageEncoding.RAW_RGB8, -1, 8, new byte[192])).isEqualTo(RejectReason.WRONG_SIZE);
        assertThat(reason(ImageEncoding.RAW_RGB8, 9, 8, new byte[192])).isEqualTo(RejectReason.UNDECODABLE_IMAGE);
    }

    @Test
    void shouldReadTheSizeFromTheFileWhenTheBundleDemandsOneAndNoneIsDeclared() throws IOException {
        byte[] rgb = FittingTest.random(SIDE, SIDE);
        ImageDecoder strict = new ImageDecoder(SIDE, SIDE);

        assertThat(strict.decode(new EncodedImage(ImageEncoding.PNG, 0, 0, png(rgb, SIDE))))
                .isInstanceOfSatisfying(DecodedImage.Pixels.class, pixels -> assertThat(pixels.rgb())
                        .isEqualTo(rgb));
        DecodedImage other =
                strict.decode(new EncodedImage(ImageEncoding.PNG, 0, 0, png(FittingTest.random(9, SIDE), 9)));
        assertThat(((DecodedImage.Refused) other).reason()).isEqualTo(RejectReason.WRONG_SIZE);
    }

    private byte[] pixels(ImageEncoding encoding, int width, int height, byte[] data) {
        DecodedImage decoded = decoder.decode(new EncodedImage(encoding, width, height, data));
        assertThat(decoded).isInstanceOf(DecodedImage.Pixels.class);
        return ((DecodedImage.Pixels) decoded).rgb();
    }

    private RejectReason reason(ImageEncoding encoding, int width, int height, byte[] data) {
        DecodedImage decoded = decoder.decode(new EncodedImage(encoding, width, height, data));
        assertThat(decoded).isInstanceOf(DecodedImage.Refused.class);
        return ((DecodedImage.Refused) decoded).reason();
    }

    private static Manifest.Input input(Preprocessing.Orientation orientation) {
        Preprocessing steps = new Preprocessing(
                orientation,
                Preprocessing.Colour.RGB,
                Preprocessing.Resize.SHORTER_SIDE,
                List.of(10),
                Preprocessing.Interpolation.BILINEAR,
                true,
                null,
                Preprocessing.Crop.CENTRE,
                null);
        return new Manifest.Input(3, SIDE, SIDE, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f), steps);
    }

    private static int[] unsigned(byte[] bytes) {
        int[] values = new int[bytes.length];
        for (int index = 0; index < bytes.length; index++) {
            values[index] = bytes[index] & 0xff;
        }
        return values;
    }

    private static byte[] png(byte[] rgb, int width) {
        return PngBytes.of(PngBytes.RGB, 8, width, unsigned(rgb));
    }

    private static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
