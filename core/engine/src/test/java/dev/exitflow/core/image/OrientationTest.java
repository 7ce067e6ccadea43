package dev.exitflow.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {

    /** Three pixels wide, two high. */
    private static final String UPRIGHT = "123456";

    @ParameterizedTest
    @CsvSource({
        "1, 123456, 3",
        "2, 321654, 3",
        "3, 654321, 3",
        "4, 456123, 3",
        "5, 142536, 2",
        "6, 362514, 2",
        "7, 635241, 2",
        "8, 415263, 2"
    })
    void shouldTurnAPngUprightWhateverItsOrientation(int orientation, String stored, int storedWidth) {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            byte[] exif = PngBytes.chunk("eXIf", ExifBytes.of(orientation, order));
            byte[] png =
                    PngBytes.of(PngBytes.GRAY, 8, storedWidth, stored.chars().toArray(), exif);

            assertThat(read(ImageEncoding.PNG, 3, 2, png)).isEqualTo(UPRIGHT);
            assertThat(ImageHeader.of(Path.of("a.png"), png)).isEqualTo(new ImageHeader(ImageEncoding.PNG, 3, 2));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, ab, 32", "2, ba, 32", "3, ba, 32", "4, ab, 32", "5, ab, 16", "6, ba, 16", "7, ba, 16", "8, ab, 16"})
    void shouldTurnAJpegUprightWhateverItsOrientation(int orientation, String stored, int storedWidth) {
        byte[] samples = new byte[32 * 16];
        for (int pixel = 0; pixel < samples.length; pixel++) {
            boolean first = storedWidth == 32 ? pixel % 32 < 16 : pixel < 256;
            samples[pixel] = (byte) stored.charAt(first ? 0 : 1);
        }
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            byte[] jpeg = JpegBytes.with(
                    JpegBytes.ofComponents(storedWidth, 1, samples),
                    JpegBytes.EXIF,
                    ExifBytes.segment(orientation, order));

            String upright = read(ImageEncoding.JPEG, 32, 16, jpeg);

            assertThat(upright).startsWith("a".repeat(16) + "b".repeat(16)).endsWith("a".repeat(16) + "b".repeat(16));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 255, 65535})
    void shouldLeaveTheImageAsItIsWhenThereIsNoSuchOrientation(int orientation) {
        assertThat(Orientation.of(ByteBuffer.wrap(ExifBytes.of(orientation, ByteOrder.BIG_ENDIAN))))
                .isEqualTo(Orientation.UPRIGHT);
    }

    @Test
    void shouldLeaveTheImageAsItIsWhenTheExifDataAreDamaged() {
        byte[] whole = ExifBytes.of(6, ByteOrder.BIG_ENDIAN);
        byte[] farAway = whole.clone();
        farAway[4] = (byte) 0x80;

        Stream.concat(
                        Stream.iterate(0, length -> length < 30, length -> length + 1)
                                .map(length -> Arrays.copyOf(whole, length)),
                        Stream.of(farAway))
                .forEach(damaged -> assertThat(Orientation.of(ByteBuffer.wrap(damaged)))
                        .as("%d bytes", damaged.length)
                        .isEqualTo(Orientation.UPRIGHT));
    }

    @Test
    void shouldRefuseWhenTheUprightImageHasAnotherSize() {
        byte[] exif = PngBytes.chunk("eXIf", ExifBytes.of(6, ByteOrder.BIG_ENDIAN));
        byte[] png = PngBytes.of(PngBytes.GRAY, 8, 3, UPRIGHT.chars().toArray(), exif);

        assertThat(new ImageDecoder(3, 2).decode(new EncodedImage(ImageEncoding.PNG, 3, 2, png)))
                .isEqualTo(new DecodedImage.Refused(RejectReason.WRONG_SIZE, "png image is 2x3, expected 3x2"));
    }

    /** The red values as characters. */
    private static String read(ImageEncoding encoding, int width, int height, byte[] file) {
        DecodedImage decoded = new ImageDecoder(width, height).decode(new EncodedImage(encoding, width, height, file));
        assertThat(decoded).isInstanceOf(DecodedImage.Pixels.class);
        byte[] rgb = ((DecodedImage.Pixels) decoded).rgb();
        StringBuilder text = new StringBuilder();
        for (int red = 0; red < rgb.length; red += 3) {
            text.append((char) rgb[red]);
        }
        return text.toString();
    }
}
